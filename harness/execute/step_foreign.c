/* The foreign operations. Each runs on the system stack; the frames between are the foreign library's. */
#include "state.h"

/* A block that says whether it came to its end. */
struct to_the_end {
    const struct step_entered *entered;
    bool ended;
};

static MACHINE_GONE_ON_IN void enter_to_the_end(void *argument) {
    struct to_the_end *block = argument;
    STEP_ENTERED();
    step_enter((void *)block->entered);
    block->ended = true;
}

void step_callback_enter(struct step_callback *callback, unsigned operation) {
    step.last_error_armed = false; /* C was here, and may have set another */
    callback->strand = step.strand;
    step_thread_enter(&callback->before);
    callback->attaches = step.thread.task == 0;
    if (callback->attaches) {
        step.thread.task = ++step.tasks;
        step.thread.operation = operation;
        callback->started = step_started_begin();
    }
    step_guard_enter(&callback->guard, operation, callback->attaches ? STEP_OPENS_TASK : STEP_OPENS_CALLBACK);
}

void step_callback_leave(struct step_callback *callback, unsigned operation, bool ended) {
    step_strand_go_on(callback->strand);
    step_guard_leave(&callback->guard, operation);
    if (callback->attaches) {
        step_event(TRACE_END, operation, 0, ended ? TRACE_ENDED_OK : TRACE_ENDED_GOEXIT, false);
        step.thread.task = 0;
        step.tasks--;
        step_started_end(&callback->started);
    }
    step_thread_leave(&callback->before);
}

/* The runtime must return to C everything it relies on. */
MACHINE_GONE_ON_IN void step_callback(void *argument) {
    struct to_the_end block = {argument, false};
    struct step_callback callback;
    step_callback_enter(&callback, block.entered->operation);
    step_guard_call(&callback.guard, (void *)step.adapter->callback, (uintptr_t)enter_to_the_end, (uintptr_t)&block, 0, 0);
    step_callback_leave(&callback, block.entered->operation, block.ended);
}

static void enter_on_thread(void *argument) {
    struct step_thread before;
    step_thread_enter(&before);
    step_enter(argument);
    step_thread_leave(&before);
}

void step_thread(unsigned operation, step_block *foreign, void *argument) {
    size_t left_behind = step.chain.dead_known_count;
    step.foreign->thread(enter_on_thread, &(struct step_entered){operation, foreign, argument});
    step.chain.dead_known_count = left_behind; /* what was left behind there is gone with its stack */
    step_event(TRACE_LEAVE, operation, 0, 0, false);
}

MACHINE_GONE_ON_IN void step_back(unsigned operation, step_block *managed, void *argument) {
    step.foreign->back(step_callback, &(struct step_entered){operation, managed, argument});
    step_event(TRACE_LEAVE, operation, 0, 0, false);
}

void step_via(unsigned operation, enum scenario_carrier carrier, step_block *managed, void *argument) {
    step.foreign->via(carrier, step_callback, &(struct step_entered){operation, managed, argument});
    step_event(TRACE_LEAVE, operation, 0, 0, false);
}

/* A frame's own counters for V11: how often its handler was entered in the exception that is under way. */
static struct {
    uint32_t exception, faulted_in;
    uint8_t fault; /* of faulted_in */
    unsigned asked;
} entries[SCENARIO_OPERATIONS_MAX + 1];

/* What a frame of C that takes an exception, or a setjmp that is jumped to, finds changed by those it wiped without coming back through their steps. */
struct landing {
    size_t left_behind;
    unsigned looking, unwinding, task, tasks;
    uint32_t exception;
    uint8_t fault;
    void *marks;
    struct step_strand *strand;
    struct step_guard *open;
    struct step_started started;
};

static struct landing landing_now(void) {
    return (struct landing){step.chain.dead_known_count, step.looking, step.unwinding, step.thread.task, step.tasks, step.exception, step.fault, *step.foreign->marks,
                            step.strand, step.open, step.started};
}

/* `cut`: who lands has put the head back, and what was left behind inside is off the chain. g++'s unwinder leaves it linked. */
static void land(const struct landing *landing, bool cut) {
    step_strand_go_on(landing->strand); /* whoever unwound over a task of a thread of C's has waited for those that it started */
    if (landing->tasks != step.tasks)
        step_started_end(&landing->started);
    step.open = landing->open;
    if (cut)
        step.chain.dead_known_count = landing->left_behind;
    step.looking = landing->looking;
    if (step.unwinding > landing->unwinding)
        step_branch(JOURNAL_BRANCH_COLLIDED); /* the one that was going on inside will never end */
    step.unwinding = landing->unwinding;
    step.exception = landing->exception;
    step.fault = landing->fault;
    step.thread.task = landing->task; /* a task that was attached inside is gone with its frames */
    step.tasks = landing->tasks;
    *step.foreign->marks = landing->marks;
    step.foreign->landed();
}

static MACHINE_GONE_ON_IN void run_frame(enum foreign_maker maker, unsigned operation, enum scenario_frame_kind kind, step_block *foreign, void *argument) {
    struct landing landing = landing_now();
    uint32_t code = 0;
    bool caught = step.foreign->frame(maker, kind, operation, step_enter, &(struct step_entered){operation, foreign, argument}, &code);
    bool has_record = maker != FOREIGN_BY_GXX;
    if (caught)
        land(&landing, has_record);
    else if (kind != SCENARIO_FRAME_LEAK && has_record)
        step.chain.dead_known_count = landing.left_behind; /* a frame that ends puts its own Next back: what was left behind inside is off the chain */
    step_event(caught ? TRACE_CAUGHT : TRACE_LEAVE, operation, caught ? code : 0, 0, caught && has_record);
}

void step_seh(unsigned operation, enum scenario_frame_kind kind, step_block *foreign, void *argument) {
    run_frame(FOREIGN_BY_HAND, operation, kind, foreign, argument);
}

void step_try(unsigned operation, enum scenario_frame_kind kind, step_block *foreign, void *argument) {
    run_frame(FOREIGN_BY_C, operation, kind, foreign, argument);
}

void step_cxx(unsigned operation, enum scenario_frame_kind kind, step_block *foreign, void *argument) {
    run_frame(FOREIGN_BY_CXX, operation, kind, foreign, argument);
}

void step_gxx(unsigned operation, enum scenario_frame_kind kind, step_block *foreign, void *argument) {
    run_frame(FOREIGN_BY_GXX, operation, kind, foreign, argument);
}

MACHINE_GONE_ON_IN void step_setjmp(unsigned operation, step_block *foreign, void *argument) {
    enum { UNWIND = 0xC0000027 }; /* STATUS_UNWIND: the code of an unwinding without an exception */
    struct landing landing = landing_now();
    bool jumped = step.foreign->mark(step_enter, &(struct step_entered){operation, foreign, argument});
    if (jumped)
        land(&landing, true);
    step_event(jumped ? TRACE_CAUGHT : TRACE_LEAVE, operation, jumped ? UNWIND : 0, 0, jumped);
}

void step_longjmp(unsigned operation) {
    step_event(TRACE_JUMP, operation, 0, 0, false);
    step.why = TRACE_WHY_UNWIND;
    step.exception = ++step.exceptions;
    step.fault = 0;
    step.foreign->jump();
    step_event(TRACE_DONE, operation, 0, 0, false);
}

void step_raise(unsigned operation, uint32_t code, bool noncontinuable) {
    step_event(TRACE_RAISE, operation, code, 0, true);
    step.exception = ++step.exceptions;
    step.fault = 0;
    step.foreign->raise(code, noncontinuable);
    step_branch(JOURNAL_BRANCH_SOFTWARE);
    step_event(TRACE_DONE, operation, 0, 0, false);
}

/* A C++ frame that takes it asks nobody first, so what is going to wipe frames is said here; where nobody takes it, none is wiped. */
void step_throw(unsigned operation) {
    step_event(TRACE_RAISE, operation, FOREIGN_CXX_EXCEPTION, 0, true);
    step.why = TRACE_WHY_UNWIND;
    step.exception = ++step.exceptions;
    step.fault = 0;
    step.foreign->throw();
    step_event(TRACE_DONE, operation, 0, 0, false);
}

void step_gthrow(unsigned operation) {
    step_event(TRACE_RAISE, operation, 0, 0, false);
    step.gxx_unwinds = true;
    step.foreign->gthrow();
}

/* The head of the chain, as the last event has it, is a record that the dispatcher will not have. */
static bool head_is_strange(void) {
    const struct trace_event *last = &step_journal_events()[step_journal_run()->events - 1];
    return last->chain_length && (last->chain[0] & 3) == TRACE_SYMBOL_STRANGE;
}

void step_foreign_fault(unsigned operation, enum scenario_fault_kind kind) {
    step_event(TRACE_FAULT, operation, 0, 0, false);
    if (head_is_strange())
        step_branch(JOURNAL_BRANCH_BAD_STACK); /* nobody comes back from it; the outcome says so */
    step.exception = ++step.exceptions;
    step.fault = (uint8_t)(1 + kind);
    step.faults++;
    step.foreign->fault(kind);
    step_branch(JOURNAL_BRANCH_CONTINUE);
    step_event(TRACE_DONE, operation, 0, 0, false);
}

static enum scenario_fault_kind refault_kind(unsigned operation) { return (enum scenario_fault_kind)step.program->nodes[operation].number; }

static void on_saw(unsigned operation, const struct foreign_seen *seen) {
    if (!step.rules || !step.fault)
        return;
    struct inject_report report;
    struct verify_finding finding;
    step.foreign->fault_report((enum scenario_fault_kind)(step.fault - 1), &report);
    const struct verify_fault expected = {report.status, {report.pc[0], report.pc[1]}, {report.parameters[0], report.parameters[1]}, report.known,
                                          {report.information[0], report.information[1]}};
    const struct verify_fault_seen looked = {seen->code, seen->pc, seen->parameters, {seen->information[0], seen->information[1]}};
    step.checks[TALLY_CHECK_REPORT]++;
    if (!verify_fault_report(operation, &expected, &looked, &finding))
        step_stop(&finding, operation);
}

/* What a question in a handler says of the dispatcher that asks it. */
static void note_asked(uint32_t code, uint32_t flags, enum foreign_answer answer) {
    enum { NESTED_CALL = 0x10, NONCONTINUABLE_EXCEPTION = 0xC0000025, INVALID_DISPOSITION = 0xC0000026 };
    static uint32_t searched, nested; /* the last exception in which a handler passed on, and in which the flag was seen */
    if (searched == step.exception)
        step_branch(JOURNAL_BRANCH_SEARCH);
    searched = answer == FOREIGN_SEARCHES ? step.exception : 0;
    if (flags & NESTED_CALL)
        step_branch(JOURNAL_BRANCH_NESTED);
    else if (nested == step.exception)
        step_branch(JOURNAL_BRANCH_NESTED_PAST);
    nested = flags & NESTED_CALL ? step.exception : nested;
    if (code == NONCONTINUABLE_EXCEPTION)
        step_branch(JOURNAL_BRANCH_NONCONTINUABLE);
    if (code == INVALID_DISPOSITION)
        step_branch(JOURNAL_BRANCH_INVALID_DISPOSITION);
    if (step.unwinding)
        step_branch(JOURNAL_BRANCH_UNWIND_NESTED);
}

static void on_asked(unsigned operation, uint32_t code, uint32_t flags, enum foreign_answer answer) {
    enum { NONCONTINUABLE = 0x1 };
    struct verify_finding finding;
    unsigned going_on = step.current;
    if (entries[operation].exception != step.exception)
        entries[operation].asked = 0;
    entries[operation].exception = step.exception;
    unsigned times = ++entries[operation].asked;
    step.checks[TALLY_CHECK_HANDLER]++;
    step.faults += answer == FOREIGN_FAULTS;
    note_asked(code, flags, answer);
    if (step.rules && !verify_handler_entry(operation, code, flags, times, step.looking > 0, &finding))
        step_stop(&finding, operation);
    step_event(TRACE_FILTER, operation, code, answer, true);
    step.current = going_on;
    if (answer == FOREIGN_CATCHES)
        step.why = TRACE_WHY_UNWIND;
    /* What follows is another exception, whose walk asks everybody anew. */
    if (answer == FOREIGN_FAULTS || (answer == FOREIGN_CONTINUES && flags & NONCONTINUABLE)) {
        if (answer == FOREIGN_FAULTS) {
            entries[operation].faulted_in = step.exception;
            entries[operation].fault = step.fault;
        }
        step.exception = ++step.exceptions;
        step.fault = answer == FOREIGN_FAULTS ? (uint8_t)(1 + refault_kind(operation)) : 0;
        step.looking++;
    }
}

static void on_repaired(unsigned operation) {
    step.exception = entries[operation].faulted_in;
    step.fault = entries[operation].fault;
    step.looking--;
}

static void on_told(unsigned operation, uint32_t code, uint32_t flags) {
    enum { UNWINDING = 0x2, EXIT_UNWIND = 0x4, ALONE = 0xC0000027 };
    if (flags & UNWINDING)
        step_branch(code == ALONE ? JOURNAL_BRANCH_UNWIND_ALONE : JOURNAL_BRANCH_UNWIND);
    if (flags & EXIT_UNWIND)
        step_branch(JOURNAL_BRANCH_EXIT_UNWIND);
    unsigned going_on = step.current;
    step_event(TRACE_UNWIND, operation, code, 0, true);
    step.current = going_on;
}

static void on_left_behind(unsigned operation, uintptr_t record) {
    (void)operation;
    step_left_behind_add(record);
}

/* A __finally block or a destructor cannot know the code of what unwinds. */
static void on_ended(unsigned operation, bool unwinding) {
    unsigned going_on = step.current;
    step_event(unwinding ? TRACE_UNWIND : TRACE_FINALLY, operation, 0, 0, false);
    step.current = going_on;
    step.gxx_unwinds |= unwinding && step.program->nodes[operation].operation == SCENARIO_GXX;
}

/* In the catch block, everything inside the frame has been unwound. */
static void on_rethrows(unsigned operation, uint32_t code) {
    step_event(TRACE_RAISE, operation, code, 0, code != 0);
    step.gxx_unwinds = code == 0;
    step.why = TRACE_WHY_UNWIND;
    step.exception = ++step.exceptions;
    step.fault = 0;
}

static void on_faults(unsigned operation) {
    step_event(TRACE_FAULT, operation, 0, 0, false);
    step.exception = ++step.exceptions;
    step.fault = (uint8_t)(1 + refault_kind(operation));
}

const struct foreign_hooks step_foreign_hooks = {
    .asked = on_asked,
    .repaired = on_repaired,
    .told = on_told,
    .left_behind = on_left_behind,
    .saw = on_saw,
    .refault_kind = refault_kind,
    .ended = on_ended,
    .rethrows = on_rethrows,
    .faults = on_faults,
    .wiped = step_clobber_wiped,
    .terminates = step_on_terminate,
};
