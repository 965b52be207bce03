/* What holds of every prediction, over random texts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random_texts.h"
#include "model/model.h"
#include "test.h"
#include "trace/journal.h"

enum { TEXTS = 40000, OPEN_MAX = 512 };

/* One text under test, for messages as well. */
struct subject {
    char text[RANDOM_TEXT_BYTES];
    struct scenario_program program;
    struct model_prediction prediction;
};

static void fail_at(const struct subject *subject, size_t place, const char *what) {
    char line[512] = "(the end)";
    if (place < subject->prediction.count)
        trace_event_print(&subject->prediction.events[place], &subject->program, line, sizeof line);
    fail_msg("%s\n  event %u: %s\n  %s", subject->text, (unsigned)place + 1, line, what);
}

static void subject_begin(struct subject *subject) {
    subject->program = parse_right(subject->text);
    model_predict(&subject->program, NULL, &subject->prediction);
}

/* The state of an event, without what else it says. */
static struct trace_event state_of(const struct trace_event *event) {
    struct trace_event state = {.depth = event->depth, .locks = event->locks, .chain_length = event->chain_length};
    memcpy(state.chain, event->chain, sizeof state.chain);
    return state;
}

/* The state around an operation, told from that at its `enter`. */
static struct trace_event state_around(const struct trace_event *enter, const struct scenario_program *program) {
    struct trace_event state = state_of(enter);
    switch (program->nodes[enter->operation].operation) {
    case SCENARIO_CALL: state.depth--; break;
    case SCENARIO_LOCK: state.locks--; break;
    case SCENARIO_BACK:
    case SCENARIO_ARGS:
    case SCENARIO_VIA:
    case SCENARIO_SEH:
    case SCENARIO_TRY:
    case SCENARIO_CXX:
        state.chain_length--;
        state.chain[0] = state.chain[0] >> 2 | state.chain[1] << 62;
        state.chain[1] >>= 2;
        break;
    default: break;
    }
    return state;
}

static unsigned symbol_at(const struct trace_event *event, unsigned place) {
    return event->chain[place / 32] >> (2 * (place % 32)) & 3;
}

/* T, or something overwritten, stands at the far end and nowhere else. Bits behind the end are zero. */
static bool chain_is_sound(const struct trace_event *event) {
    if (event->chain_length == 0 || event->chain_length > TRACE_SYMBOLS_MAX)
        return event->chain_length > 0;
    for (unsigned place = 0; place + 1 < event->chain_length; place++)
        if (symbol_at(event, place) != TRACE_SYMBOL_CALLBACK && symbol_at(event, place) != TRACE_SYMBOL_FOREIGN)
            return false;
    for (unsigned place = event->chain_length; place < TRACE_SYMBOLS_MAX; place++)
        if (symbol_at(event, place) != 0)
            return false;
    unsigned last = symbol_at(event, event->chain_length - 1u);
    return last == TRACE_SYMBOL_THREAD || last == TRACE_SYMBOL_STRANGE;
}

static unsigned callbacks_in(const struct trace_event *event) {
    unsigned count = 0;
    for (unsigned place = 0; place < event->chain_length && place < TRACE_SYMBOLS_MAX; place++)
        count += symbol_at(event, place) == TRACE_SYMBOL_CALLBACK;
    return count;
}

/* Whether managed code was running when the event was written. */
static bool is_managed(const struct trace_event *event, const struct scenario_program *program) {
    const struct scenario_node *node = &program->nodes[event->operation];
    if (event->kind == TRACE_DEFERRED)
        return true;
    return (event->kind == TRACE_ENTER ? scenario_block_side(node, 0) : (enum scenario_side)node->side) == SCENARIO_SIDE_MANAGED;
}

/* Each way out of an operation finds the state that its surroundings had; what is inside of what agrees with the text; a deferred function
 * runs once. Without leaks, and told from the events alone. */
static void check_levels(const struct subject *subject) {
    const struct model_prediction *prediction = &subject->prediction;
    struct { unsigned operation; struct trace_event around; unsigned runs; } open[OPEN_MAX];
    unsigned count = 0;
    bool has_unwound = false;
    for (size_t place = 0; place < prediction->count; place++) {
        const struct trace_event *event = &prediction->events[place];
        if (!trace_kind_has_state(event->kind))
            continue;
        has_unwound = has_unwound || (event->kind == TRACE_DEFERRED && event->reason == TRACE_WHY_UNWIND);
        if (!has_unwound && event->depth != callbacks_in(event) + !is_managed(event, &subject->program))
            fail_at(subject, place, "the depth is not what the chain's callbacks make it");
        struct trace_event state = state_of(event);
        switch (event->kind) {
        case TRACE_ENTER:
            assert_true(count < OPEN_MAX);
            open[count].operation = event->operation;
            open[count].runs = 0;
            open[count++].around = state_around(event, &subject->program);
            break;
        case TRACE_LEAVE:
            if (count == 0 || open[count - 1].operation != event->operation)
                fail_at(subject, place, "left without being the innermost");
            if (memcmp(&open[--count].around, &state, sizeof state) != 0)
                fail_at(subject, place, "left in another state than it was entered in");
            break;
        case TRACE_RECOVERED:
        case TRACE_CAUGHT:
        case TRACE_DEFERRED:
            if (event->kind == TRACE_DEFERRED && event->reason == TRACE_WHY_UNWIND)
                break; /* on top of what is wiped, which stays until somebody has caught */
            while (count > 0 && open[count - 1].operation != event->operation)
                count--; /* wiped */
            if (count == 0)
                fail_at(subject, place, "an end of something that was not entered");
            if (memcmp(&open[count - 1].around, &state, sizeof state) != 0)
                fail_at(subject, place, "another state than around it");
            if (event->kind != TRACE_DEFERRED)
                count--;
            else if (open[count - 1].runs++ > 0)
                fail_at(subject, place, "a deferred function runs twice");
            break;
        default: break;
        }
    }
}

static unsigned count_events(const struct model_prediction *prediction, enum trace_kind kind) {
    unsigned count = 0;
    for (size_t place = 0; place < prediction->count; place++)
        count += prediction->events[place].kind == kind;
    return count;
}

static unsigned count_defers(const struct subject *subject) {
    unsigned count = 0;
    for (size_t place = 0; place < subject->prediction.count; place++) {
        const struct trace_event *event = &subject->prediction.events[place];
        count += event->kind == TRACE_ENTER && subject->program.nodes[event->operation].operation == SCENARIO_DEFER;
    }
    return count;
}

/* Fields that a kind does not use are zero, and codes are codes whoever writes them. */
static bool fields_are_right(const struct trace_event *event) {
    bool has_value = true, has_reason = false, is_status = false;
    switch (event->kind) {
    case TRACE_PANIC:
    case TRACE_SAME: break;
    case TRACE_RAISE: /* g++'s exceptions have no code, and blocks of a compiler's frames do not know it */
    case TRACE_CAUGHT:
    case TRACE_UNWIND: has_value = is_status = event->is_status; break;
    case TRACE_CRASH: /* std::terminate has no status */
        has_reason = true;
        has_value = is_status = event->is_status;
        break;
    case TRACE_FILTER: is_status = has_reason = true; break;
    case TRACE_RECOVERED: is_status = event->is_status; break;
    case TRACE_END:
        has_reason = true;
        has_value = event->reason == TRACE_ENDED_PANIC;
        is_status = has_value && event->is_status;
        break;
    case TRACE_STOP: has_reason = true; break;
    case TRACE_DEFERRED:
        has_reason = true;
        has_value = false;
        break;
    default: has_value = false; break;
    }
    return event->is_status == is_status && (has_value || event->value == 0) && (has_reason || event->reason == 0);
}

static void check_ends(const struct subject *subject) {
    const struct model_prediction *prediction = &subject->prediction;
    size_t last = prediction->count - 1;
    for (size_t place = 0; place < prediction->count; place++) {
        const struct trace_event *event = &prediction->events[place];
        bool is_end = !trace_kind_has_state(event->kind);
        if (is_end && place != last)
            fail_at(subject, place, "something happens behind the end");
        if (is_end && (event->depth | event->locks | event->chain_length | event->chain[0] | event->chain[1]) != 0)
            fail_at(subject, place, "an end has no state");
        if (!is_end && !chain_is_sound(event))
            fail_at(subject, place, "no sound chain");
        if (!fields_are_right(event))
            fail_at(subject, place, "a field that this kind does not use, or a code that is not one");
        if (event->task != 1 || event->operation >= subject->program.count)
            fail_at(subject, place, "whose event is that?");
    }
    bool ends = !trace_kind_has_state(prediction->events[last].kind);
    assert_int_equal(!ends, prediction->outcome.kind == OUTCOME_CRASH_UNKNOWN);
    unsigned runs = count_events(prediction, TRACE_DEFERRED), defers = count_defers(subject);
    if (prediction->events[last].kind == TRACE_END ? runs != defers : runs > defers)
        fail_at(subject, last, "not every deferred function ran, or one ran twice");
}

/* Predicts it again into another array. */
static void check_sameness(const struct subject *subject) {
    struct model_prediction again = {0};
    model_predict(&subject->program, &(struct model_platform){0}, &again);
    assert_int_equal(again.state, subject->prediction.state);
    assert_int_equal(again.count, subject->prediction.count);
    assert_memory_equal(again.events, subject->prediction.events, again.count * sizeof *again.events);
    assert_true(outcomes_equal(&again.outcome, &subject->prediction.outcome));
    model_prediction_free(&again);
}

static unsigned check_texts(const struct random_taste *taste, uint64_t seed) {
    struct random random = {seed};
    static struct subject subject;
    unsigned outcomes[OUTCOME_HANG + 1] = {0}, predicted = 0;
    for (unsigned text = 0; text < TEXTS; text++) {
        random_text(&random, taste, subject.text);
        subject_begin(&subject);
        assert_in_range(subject.prediction.count, 1, JOURNAL_EVENTS_MAX);
        check_sameness(&subject);
        if (subject.prediction.state == MODEL_PREDICTED) {
            predicted++;
            outcomes[subject.prediction.outcome.kind]++;
            check_ends(&subject);
            if (!taste->leaks)
                check_levels(&subject);
        }
        scenario_program_free(&subject.program);
    }
    model_prediction_free(&subject.prediction);
    for (unsigned kind = 0; kind < OUTCOME_HANG; kind++)
        if (outcomes[kind] == 0 && kind != OUTCOME_VIOLATION && (taste->leaks || kind != OUTCOME_CRASH_UNKNOWN))
            fail_msg("no text has the outcome number %u: these texts are not random enough", kind);
    return predicted;
}

static void without_leaks(void **state) {
    (void)state;
    assert_in_range(check_texts(&(struct random_taste){.operations_max = 14, .rounds_max = 3}, 1), TEXTS, TEXTS);
}

static void with_leaks(void **state) {
    (void)state;
    assert_in_range(check_texts(&(struct random_taste){.operations_max = 14, .leaks = true, .rounds_max = 3}, 2), TEXTS, TEXTS);
}

static void long_ones_with_endless_repeats(void **state) {
    (void)state;
    assert_in_range(check_texts(&(struct random_taste){.operations_max = 40, .leaks = true, .rounds_max = 0xFFFFFFFE}, 3), TEXTS * 9 / 10, TEXTS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_leaks),
        cmocka_unit_test(with_leaks),
        cmocka_unit_test(long_ones_with_endless_repeats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
