/* The exploring executor: makes, predicts, runs and compares one text after another, in this process. Only counts come out, and the one text that did otherwise
 * than predicted: then the process ends, since nothing in it can be trusted any more, and the journal has that text's trace.
 *
 * All rules are on. What costs a system call or as much (V12 to V15, the tag word of V8) is looked at once a group of texts, on the first text of the next:
 * what was changed stays changed until somebody looks. A group that broke is run again by the driver, in a fresh process, in groups of one. What two texts in a row begin with is run
 * in the first of them (parting.c). */
#include "explore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "../judge/judge.h"
#include "interpret.h"
#include "state.h"

enum { EXIT_DIFFERS = 1, EXIT_REQUEST = 2, EXIT_MACHINE = 3 };
/* The first group of a process, and one in so many, is of texts that are all run from their beginning: where a runtime keeps anything elsewhere than on its stacks, whatever its adapter says, putting these
 * back is not enough, and may hide what it does wrong. */
enum { WHOLE_EVERY = 64 };

static struct tally *tally;
static bool is_random;
static bool may_part; /* as parting.c has it */

/* Between two texts, in managed code of a task of its own: whether everything is as it was when the group began. */
struct look {
    bool compare, holds;
};

static void look_at_process(void *argument) {
    static uint32_t tag_before;
    struct look *look = argument;
    struct verify_finding finding;
    uint32_t tag = machine_x87_tag();
    look->holds = !look->compare || !step.rules || (step_process_holds(&finding) && tag == tag_before);
    tag_before = tag;
    step_process_begin();
}

/* Takes over what the steps have counted. */
static void count_checks(void) {
    for (unsigned place = 0; place < TALLY_CHECK_COUNT; place++) {
        tally->checks[place] += step.checks[place];
        step.checks[place] = 0;
    }
    tally->faults += step.faults;
    tally->parted += step.parted;
    step.faults = step.parted = 0;
}

/* Where it is timed: a group's fastest time, by its place in the range. As bench/measure.h: everything that disturbs only adds. */
static struct {
    LONGLONG *fastest, began;
    size_t place;
} times;

static void times_begin(void) {
    LARGE_INTEGER now;
    QueryPerformanceCounter(&now);
    times.began = now.QuadPart;
    times.place = 0;
}

static void group_is_timed(void) {
    LARGE_INTEGER now;
    QueryPerformanceCounter(&now);
    LONGLONG took = now.QuadPart - times.began, *fastest = &times.fastest[times.place++];
    if (!*fastest || took < *fastest)
        *fastest = took;
    times.began = now.QuadPart;
}

static void group_ends(const struct explore_options *options, bool compare) {
    enum adapter_end end;
    struct adapter_panic panic;
    struct look look = {compare, true};
    step.adapter->run(look_at_process, &look, &end, &panic);
    step_others_ran();
    if (!look.holds) {
        tally->state = TALLY_GROUP_BROKE;
        TerminateProcess(GetCurrentProcess(), EXIT_DIFFERS);
    }
    tally->group_first = tally->first + tally->done;
    count_checks();
    step_partings_forget();
    uint64_t next = tally->first + (tally->count ? tally->done % tally->count : 0); /* where it is timed, the range begins anew */
    step.partings = may_part && compare && next / options->group % WHOLE_EVERY != 0;
    if (compare && times.fastest)
        group_is_timed();
}

/* Whether what happens is as long and in the order in which the model writes it: no rounds that are taken back, no tasks beside each other. */
static bool is_plain(enum scenario_operation operation) { return operation != SCENARIO_REPEAT && operation != SCENARIO_GO && operation != SCENARIO_SYNC; }

/* Whether all that C does of it lies on the stack that it was called on (parting.c). */
static bool stays_on_its_stack(enum scenario_operation operation) {
    switch (operation) {
    case SCENARIO_THREAD:
    case SCENARIO_VIA:
    case SCENARIO_DLL:
    case SCENARIO_FAULT:
    case SCENARIO_YIELD:
    case SCENARIO_WAIT: return false;
    default: return is_plain(operation);
    }
}

static bool needs_no_thunk(enum scenario_operation operation) { return operation != SCENARIO_ARGS; }

static bool is_of_all(bool (*holds)(enum scenario_operation operation), enum explore_profile profile) {
    unsigned count;
    const struct explore_letter *letters = explore_letters(&count);
    for (unsigned letter = 0; letter < count; letter++)
        if (explore_letter_is_in(letter, profile) && !holds(letters[letter].operation))
            return false;
    return true;
}

static bool is_same(const struct model_prediction *prediction, const struct trace_event *events, uint32_t count) {
    if (count != prediction->count)
        return false;
    if (prediction->events == events)
        return step_journal.written == 0; /* each was compared when it happened */
    return !memcmp(prediction->events, events, count * sizeof *events);
}

/* The text at the cursor, as the batch executor would run it; the journal holds this one run. */
static void run_text(const struct explore_cursor *cursor, struct model_prediction *prediction) {
    const struct scenario_program *program = explore_cursor_program(cursor);
    model_predict_next(program, explore_cursor_unchanged(cursor), NULL, prediction);
    tally->expects_death = prediction->state != MODEL_PREDICTED || prediction->count == 0 || prediction->events[prediction->count - 1].kind != TRACE_END ||
                           prediction->events[prediction->count - 1].operation != 0;
    step_journal_rewind();
    if (step.partings)
        step_partings_choose(explore_cursor_unchanged(cursor));
    interpret(0, program);
    uint32_t count = step_journal_run()->events;
    const struct trace_event *events = step_journal_events();
    bool is_as_predicted = is_same(prediction, events, count) || (prediction->has_strands && judge_agrees(prediction, events, count));
    if (tally->expects_death || !is_as_predicted) {
        tally->state = TALLY_DIFFERS;
        TerminateProcess(GetCurrentProcess(), EXIT_DIFFERS);
    }
    explore_tally_count(tally, cursor, events, count, prediction->kept, prediction->same_from);
    if (is_random)
        explore_draw_learn(cursor, events, count, explore_reached_news());
    count_checks();
}

/* The range, or so many draws. */
static void go_through(const struct explore_options *options, struct explore_cursor *cursor, struct model_prediction *prediction) {
    uint64_t end = tally->done + tally->count;
    unsigned in_group = 0;
    if (!options->draw && tally->count)
        explore_cursor_seek(cursor, options->first);
    if (times.fastest)
        times_begin(); /* a shard is sought once, and has more texts than what is timed */
    while (tally->done < end) {
        if (options->draw) {
            if (!explore_draw(cursor, options->operations_min, options->operations_max))
                continue; /* none of that size: another */
            explore_tally_text(tally, explore_cursor_program(cursor));
        }
        run_text(cursor, prediction);
        if (++in_group == options->group) {
            group_ends(options, true);
            in_group = 0;
        }
        if (!options->draw && tally->done < end)
            explore_cursor_next(cursor);
    }
    if (in_group > 0)
        group_ends(options, true);
}

/* False: no memory for the times. */
static bool go_through_timed(const struct explore_options *options, struct explore_cursor *cursor, struct model_prediction *prediction) {
    LARGE_INTEGER frequency;
    size_t groups = (size_t)((tally->count + options->group - 1) / options->group);
    LONGLONG sum = 0;
    QueryPerformanceFrequency(&frequency);
    times.fastest = calloc(groups, sizeof *times.fastest);
    if (!times.fastest)
        return false;
    for (unsigned round = 0; round < options->rounds; round++)
        go_through(options, cursor, prediction);
    for (size_t group = 0; group < groups; group++)
        sum += times.fastest[group];
    printf("{\"texts\": %llu, \"faults\": %llu, \"ns\": %.0f}\n", (unsigned long long)tally->count, (unsigned long long)tally->faults / options->rounds,
           (double)sum * 1e9 / (double)frequency.QuadPart);
    return true;
}

static void explore(const struct explore_options *options, struct explore_cursor *cursor) {
    struct model_prediction prediction = {0};
    step_journal_rewind();
    step.without_thunks = is_of_all(needs_no_thunk, options->profile);
    if (is_of_all(is_plain, options->profile)) { /* predicted where it will be written: an event that happens as predicted stands there already */
        prediction.events = step_journal_room();
        prediction.capacity = JOURNAL_EVENTS_MAX;
        may_part = !options->draw && !options->whole && is_of_all(stays_on_its_stack, options->profile) && step_partings_prepare();
    }
    group_ends(options, false);
    if (!options->rounds) {
        go_through(options, cursor, &prediction);
    } else if (!go_through_timed(options, cursor, &prediction)) {
        fprintf(stderr, "exchain-explore: no memory for the times: choose a smaller --count\n");
        TerminateProcess(GetCurrentProcess(), EXIT_MACHINE);
    }
    tally->state = TALLY_FINISHED;
}

/* Here, once: no text asks again. What no text of the profile calls is not loaded, since user32 would be half of a process's start. */
static const char *carriers_ready(enum explore_profile profile) {
    unsigned count;
    const struct explore_letter *letters = explore_letters(&count);
    const char *error = NULL;
    for (unsigned letter = 0; letter < count && !error; letter++)
        if (letters[letter].operation == SCENARIO_VIA && explore_letter_is_in(letter, profile))
            error = step_carrier_ready((enum scenario_carrier)letters[letter].kind);
    return error;
}

/* With many letters and large texts it takes seconds, so it is done before the first, with a sign of life behind each size. */
static void count_what_is_drawn_from(struct explore_space *space, unsigned operations_max) {
    for (unsigned operations = 1; operations <= operations_max; operations++) {
        explore_space_of_size(space, operations);
        step_journal_header()->progress++;
    }
}

int main(int count, char **words) {
    struct explore_options options;
    const char *error = explore_options_read(count, words, &options);
    if (error) {
        fprintf(stderr, "exchain-explore: %s\n", error);
        return EXIT_REQUEST;
    }
    struct explore_space *space = explore_space_open(options.profile, options.operations_max);
    struct explore_cursor *cursor = space ? explore_cursor_open(space) : NULL;
    if (!cursor) {
        fprintf(stderr, "exchain-explore: no memory for the space: choose a smaller --max-ops\n");
        return EXIT_MACHINE;
    }
    uint64_t size = options.draw ? UINT64_MAX : explore_space_size(space);
    if (options.first > size || (!options.draw && size == UINT64_MAX)) {
        fprintf(stderr, "exchain-explore: the space has %llu texts\n", (unsigned long long)size);
        return EXIT_REQUEST;
    }
    step.grouped = true;
    is_random = options.draw;
    tally = explore_tally_open(options.tally, &error);
    if (tally) {
        explore_reached_begin(options.step.runtime, tally);
        error = step_open(&options.step);
        if (!error)
            error = carriers_ready(options.profile);
    }
    if (error) {
        fprintf(stderr, "exchain-explore: %s\n", error);
        return EXIT_MACHINE;
    }
    tally->first = options.first;
    tally->count = options.count < size - options.first ? options.count : size - options.first;
    if (options.draw) {
        explore_draw_begin(options.seed + options.first * 0x632BE59BD9B4E019u, tally);
        count_what_is_drawn_from(space, options.operations_max);
    }
    explore(&options, cursor);
    step_close();
    return 0;
}
