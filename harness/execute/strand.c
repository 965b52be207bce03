/* Strands: a task, and all that happens while it waits for C. One runs at a time, and what is known of it stands in `step`. Whoever lets others run goes on through
 * step_strand_go_on; those that run meanwhile find the strand in here, where the next one puts it. */
#include "strand.h"

#include <stdlib.h>
#include <string.h>
#include <windows.h>

static struct step_strand text;                       /* the text's own */
static uint64_t taken[TRACE_STRANDS_MAX / 64] = {1};  /* numbers of strands, a bit each */

void step_standing_put_away(struct step_standing *standing) {
    standing->thread = step.thread;
    standing->tasks = step.tasks;
    standing->number = step.strand_number;
    standing->started = step.started;
    standing->open = step.open;
    standing->left_behind_count = step.chain.dead_known_count;
    standing->deferred_count = step.deferred.count;
    standing->last_error = step.last_error;
    standing->last_error_armed = step.last_error_armed;
    standing->exception = step.exception;
    standing->fault = step.fault;
    standing->looking = step.looking;
    standing->unwinding = step.unwinding;
    standing->current = step.current;
    standing->why = step.why;
    standing->marks = *step.foreign->marks;
}

void step_standing_take_out(const struct step_standing *standing) {
    step_thread_use(&standing->thread);
    step.tasks = standing->tasks;
    step.strand_number = standing->number;
    step.started = standing->started;
    step.open = standing->open;
    step.chain.dead_known_count = standing->left_behind_count;
    step.deferred.count = standing->deferred_count;
    step.last_error = standing->last_error;
    step.last_error_armed = standing->last_error_armed;
    step.exception = standing->exception;
    step.fault = standing->fault;
    step.looking = standing->looking;
    step.unwinding = standing->unwinding;
    step.current = standing->current;
    step.why = standing->why;
    *step.foreign->marks = standing->marks;
}

static void put_away(struct step_strand *strand) {
    step_standing_put_away(&strand->standing);
    memcpy(strand->left_behind, step.left_behind, step.chain.dead_known_count * sizeof *step.left_behind);
    memcpy(strand->deferred, step.deferred.open, step.deferred.count * sizeof *step.deferred.open);
}

static void take_out(const struct step_strand *strand) {
    step_standing_take_out(&strand->standing);
    memcpy(step.left_behind, strand->left_behind, step.chain.dead_known_count * sizeof *step.left_behind);
    memcpy(step.deferred.open, strand->deferred, step.deferred.count * sizeof *step.deferred.open);
}

void step_strands_begin(void) {
    step.strand = &text;
    step.strand_number = 0;
    step.strands_open = 0;
    step.started = (struct step_started){{0}};
    step.open = NULL;
    memset(taken, 0, sizeof taken);
    taken[0] = 1;
}

struct step_strand *step_strand_of_text(void) { return &text; }

struct step_strand *step_strand_make(void) {
    unsigned number = 1;
    while (number < TRACE_STRANDS_MAX && taken[number / 64] >> number % 64 & 1)
        number++;
    struct step_strand *strand = number < TRACE_STRANDS_MAX ? calloc(1, sizeof *strand) : NULL;
    if (!strand) {
        step_journal_end(JOURNAL_TOO_LONG); /* so says the model: more than a trace can name */
        TerminateProcess(GetCurrentProcess(), 3);
    }
    strand->standing.number = number;
    taken[number / 64] |= 1ull << number % 64;
    step.started.bits[number / 64] |= 1ull << number % 64;
    step.strands_open++;
    return strand;
}

void step_strand_forget(struct step_strand *strand) {
    step.strand = NULL;
    free(strand);
}

void step_strand_go_on(struct step_strand *strand) {
    if (step.strand != strand) {
        if (step.strand)
            put_away(step.strand);
        take_out(strand);
        step.strand = strand;
    }
    if (step.thread.id == machine_thread_id())
        return;
    struct adapter_observation observation;
    struct step_thread now;
    step.adapter->observe(&observation);
    step_thread_first_seen(&now);
    now.task = step.thread.task;
    now.operation = step.thread.operation;
    now.below_size = step.thread.below_size;
    now.lowest_sp = observation.system_sp;
    step_thread_use(&now);
}

void step_strands_waited_for(void) {
    for (unsigned word = 0; word < TRACE_STRANDS_MAX / 64; word++) {
        if (!step.started.bits[word])
            continue;
        taken[word] &= ~step.started.bits[word];
        step.strands_open -= (unsigned)__builtin_popcountll(step.started.bits[word]);
        step.started.bits[word] = 0;
    }
}

struct step_started step_started_begin(void) {
    struct step_started before = step.started;
    step.started = (struct step_started){{0}};
    return before;
}

void step_started_end(const struct step_started *before) {
    step_strands_waited_for();
    step.started = *before;
}
