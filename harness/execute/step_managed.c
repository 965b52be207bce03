/* The managed operations. Each runs on the managed stack; what it passes to the runtime is called back there, or on the system stack for a call. */
#include "state.h"

#include <windows.h>

#include "../inject/fault.h"

MACHINE_GONE_ON_IN void step_call(unsigned operation, step_block *foreign, void *argument) {
    struct step_entered entered = {operation, foreign, argument};
    struct step_guard guard;
    step_guard_enter_managed(&guard, operation, STEP_OPENS_CALL);
    step_guard_call(&guard, (void *)step.adapter->call, (uintptr_t)step_enter_by_runtime, (uintptr_t)&entered, 0, 0);
    step_leave(&guard, operation);
}

/* What a recover took, and what is still to be said of it. */
struct recovered {
    unsigned operation;
    struct step_guard *guard;
    struct adapter_panic panic;
};

static __attribute__((noinline)) void check_last_error(unsigned operation) {
    struct verify_finding finding;
    step.checks[TALLY_CHECK_FAULT]++;
    if (step.rules && !verify_last_error(step.last_error, machine_tib(TEB_LAST_ERROR), &finding))
        step_stop(&finding, operation);
    step.last_error_armed = false;
}

static void say_recovered(const struct recovered *recovered) {
    if (recovered->panic.is_status && step.last_error_armed)
        check_last_error(recovered->operation);
    if (recovered->panic.is_status) {
        step_branch(JOURNAL_BRANCH_CONTINUE_ELSEWHERE);
        step_guard_process(recovered->operation);
    }
    step_event(TRACE_RECOVERED, recovered->operation, recovered->panic.value, 0, recovered->panic.is_status);
    if (step.clobber)
        step_clobber_dead_stack(true);
    step_others_ran(); /* what the runtime keeps in dead stack is another now */
}

static void on_recovered(const struct adapter_panic *panic, void *argument) {
    struct recovered *recovered = argument;
    STEP_ENTERED();
    recovered->panic = *panic;
    if (panic->exiting) { /* the recover will not return: a goexit goes on */
        step_guard_inside(recovered->guard, recovered->operation);
        say_recovered(recovered);
        step.why = TRACE_WHY_GOEXIT;
    }
}

MACHINE_GONE_ON_IN void step_recover(unsigned operation, step_block *body, void *argument) {
    struct step_entered entered = {operation, body, argument};
    struct step_guard guard;
    struct recovered recovered = {operation, &guard, {0, false, false}};
    step_guard_enter_managed(&guard, operation, STEP_OPENS_NOTHING);
    bool taken = (uint8_t)step_guard_call(&guard, (void *)step.adapter->recover, (uintptr_t)step_enter_by_runtime, (uintptr_t)&entered, (uintptr_t)on_recovered,
                                          (uintptr_t)&recovered);
    if (!taken) {
        step_leave(&guard, operation);
        return;
    }
    step_guard_leave(&guard, operation);
    say_recovered(&recovered);
}

/* A deferred function does not know why it runs; the trace does: `left` is set when the body came to its end. */
struct deferred {
    struct step_entered body;
    step_block *block;
    void *argument;
    struct step_guard *guard;
    bool left;
};

static MACHINE_GONE_ON_IN void run_body(void *argument) {
    struct deferred *deferred = argument;
    STEP_ENTERED();
    verify_deferred_open(&step.deferred, deferred->body.operation);
    step_enter(&deferred->body);
    deferred->left = true;
}

/* V16. */
static __attribute__((noinline)) void check_turn(unsigned operation) {
    struct verify_finding finding;
    bool in_turn = verify_deferred_runs(&step.deferred, operation, &finding);
    if (step.rules && !in_turn)
        step_stop(&finding, operation);
}

static MACHINE_GONE_ON_IN void run_deferred(void *argument) {
    const struct deferred *deferred = argument;
    STEP_ENTERED();
    unsigned operation = deferred->body.operation;
    step.open = deferred->guard; /* those inside are gone */
    check_turn(operation);
    enum trace_why why = deferred->left ? TRACE_WHY_NORMAL : step.why;
    step_event(TRACE_DEFERRED, operation, 0, why, false);
    bool unwinds = why == TRACE_WHY_UNWIND;
    step.unwinding += unwinds;
    deferred->block(deferred->argument);
    step.unwinding -= unwinds;
    if (!deferred->left)
        step.why = why; /* what goes on behind this deferred function; a panic inside it had its own reason */
}

MACHINE_GONE_ON_IN void step_defer(unsigned operation, step_block *block, void *block_argument, step_block *body, void *body_argument) {
    struct step_guard guard;
    struct deferred deferred = {{operation, body, body_argument}, block, block_argument, &guard, false};
    step_guard_enter_managed(&guard, operation, STEP_OPENS_NOTHING);
    step_guard_call(&guard, (void *)step.adapter->defer, (uintptr_t)run_body, (uintptr_t)&deferred, (uintptr_t)run_deferred, (uintptr_t)&deferred);
    step_leave(&guard, operation);
}

void step_panic(unsigned operation, uint32_t value) {
    step_event(TRACE_PANIC, operation, value, 0, false);
    step.why = TRACE_WHY_PANIC;
    step.adapter->panic(value);
}

void step_goexit(unsigned operation) {
    step_event(TRACE_GOEXIT, operation, 0, 0, false);
    step.why = TRACE_WHY_GOEXIT;
    step.adapter->goexit();
}

static void raise_fault(void *kind) { inject_fault_raise_in_the_middle((enum scenario_fault_kind)(uintptr_t)kind); }

/* Every second fault stands as low on the managed stack as code can: the dispatcher must find room there, too, before it asks anybody. */
static void raise_in_turn(enum scenario_fault_kind kind) {
    enum { LEAST = 256 };
    struct adapter_stack stack;
    step.adapter->observe_stack(&stack);
    bool low = step.managed_faults++ % 2 && stack.low && kind != SCENARIO_FAULT_OVERFLOW;
    if (low)
        machine_call_on(stack.low + LEAST, raise_fault, (void *)(uintptr_t)kind);
    else
        inject_fault_raise_in_the_middle(kind);
}

void step_fault(unsigned operation, enum scenario_fault_kind kind) {
    enum trace_why why = step.why;
    step_event(TRACE_FAULT, operation, 0, 0, false);
    step.why = TRACE_WHY_PANIC;
    step.last_error = 0x5EED0000 | operation;
    step.last_error_armed = true;
    step.thread.below_used |= kind == SCENARIO_FAULT_OVERFLOW;
    inject_fault_make_ready(kind);
    SetLastError(step.last_error);
    step.faults++;
    raise_in_turn(kind);
    step.last_error_armed = false; /* a platform where the instruction goes through */
    step.why = why;
    step_event(TRACE_DONE, operation, 0, 0, false);
}

void step_panic_on_fault(unsigned operation, step_block *body, void *argument) {
    bool before = step.adapter->panic_on_fault_set(true);
    step_enter(&(struct step_entered){operation, body, argument});
    step.adapter->panic_on_fault_set(before);
    step_event(TRACE_LEAVE, operation, 0, 0, false);
}

MACHINE_GONE_ON_IN void step_lock(unsigned operation, step_block *body, void *argument) {
    step.adapter->lock();
    step_enter(&(struct step_entered){operation, body, argument});
    step.adapter->unlock();
    step_event(TRACE_LEAVE, operation, 0, 0, false);
}

void step_check(unsigned operation) {
    step_guard_process(operation);
    step_event(TRACE_DONE, operation, 0, 0, false);
}

/* A round whose events equal those of the last round written is taken back and counted. */
void step_repeat(unsigned operation, uint32_t rounds, step_block *body, void *argument) {
    step_event(TRACE_ENTER, operation, 0, 0, false);
    const struct trace_event *events = step_journal_events();
    uint32_t written = 0, length = 0; /* the last round written: where, how many events */
    bool counting = false;            /* a `same` event is the last one */
    for (uint32_t round = 0; round < rounds; round++) {
        uint32_t begin = step_journal_run()->events;
        bool alone = !step.strands_open; /* else others write in between, and nobody can tell what a round is */
        body(argument);
        uint32_t now = step_journal_run()->events - begin;
        alone &= !step.strands_open;
        if (!alone)
            length = UINT32_MAX;
        else if (round > 0 && now == length && !__builtin_memcmp(&events[written], &events[begin], now * sizeof *events)) {
            step_journal_take_back(begin);
            if (counting)
                step_journal_count_same();
            else
                step_event(TRACE_SAME, operation, 1, 0, false);
            counting = true;
        } else {
            written = begin;
            length = now;
            counting = false;
        }
    }
    step_event(TRACE_LEAVE, operation, 0, 0, false);
}
