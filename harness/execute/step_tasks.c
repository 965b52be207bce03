/* The operations of tasks: starting one, giving way, blocking. */
#include <stdlib.h>

#include "strand.h"

enum { NO_MEMORY = 8 }; /* ERROR_NOT_ENOUGH_MEMORY */

/* A task that is being started; freed by itself. */
struct start {
    struct step_entered entered;
    struct step_strand *strand;
    struct step_guard guard;
    bool left; /* its block has come to its end */
};

static void run_body(void *argument) {
    struct start *start = argument;
    step_enter(&start->entered);
    start->left = true;
}

/* The task's deferred function around everything. A task has ended when those that it started have. */
static void end_task(void *argument) {
    struct start *start = argument;
    bool panics = !start->left && step.why == TRACE_WHY_PANIC;
    if (panics)
        return; /* the runtime ends the process */
    step.open = &start->guard;
    step_guard_inside(&start->guard, start->entered.operation);
    step.adapter->wait();
    step_strand_go_on(start->strand);
    step_guard_inside(&start->guard, start->entered.operation);
    step_strands_waited_for();
    step_event(TRACE_END, start->entered.operation, 0, start->left ? TRACE_ENDED_OK : TRACE_ENDED_GOEXIT, false);
    step_strand_forget(start->strand);
    free(start);
}

static void begin_task(void *argument) {
    struct start *start = argument;
    step_strand_go_on(start->strand);
    step_guard_enter(&start->guard, start->entered.operation, STEP_OPENS_TASK);
    step.adapter->defer(run_body, start, end_task, start);
}

void step_go(unsigned operation, step_block *managed, void *argument) {
    struct step_strand *strand = step.strand;
    struct start *start = calloc(1, sizeof *start);
    const char *error = "no memory";
    if (start) {
        start->entered = (struct step_entered){operation, managed, argument};
        start->strand = step_strand_make();
        start->strand->standing.thread.task = start->strand->standing.tasks = 1;
        start->strand->standing.thread.operation = start->strand->standing.current = operation;
        step_event(TRACE_GO, operation, start->strand->standing.number, 0, false);
        step.last_error_armed = false;
        error = step.adapter->go(begin_task, start);
        step_others_ran();
    }
    step_strand_go_on(strand);
    if (error) /* no memory for it: an end that no text predicts, and that leaves nothing behind */
        step_panic(operation, NO_MEMORY);
}

static void let_others_run(unsigned operation, void *function, uintptr_t argument) {
    struct step_strand *strand = step.strand;
    struct step_guard guard;
    step.last_error_armed = false; /* the others' calls into Windows may change it, and the runtime's own */
    step_guard_enter(&guard, operation, STEP_OPENS_NOTHING);
    step_guard_call(&guard, function, argument, 0, 0, 0);
    step_strand_go_on(strand);
    step_guard_leave(&guard, operation);
}

void step_yield(unsigned operation) {
    let_others_run(operation, (void *)step.adapter->yield, 0);
    step_event(TRACE_DONE, operation, 0, 0, false);
}

void step_wait(unsigned operation) {
    step_event(TRACE_WAITS, operation, 0, 0, false);
    let_others_run(operation, (void *)step.adapter->wait, 0);
    step_strands_waited_for();
    step_event(TRACE_DONE, operation, 0, 0, false);
}

void step_sync(unsigned operation, uint32_t rendezvous) {
    step_event(TRACE_WAITS, operation, 0, 0, false);
    let_others_run(operation, (void *)step.adapter->sync, rendezvous);
    step_event(TRACE_DONE, operation, 0, 0, false);
}
