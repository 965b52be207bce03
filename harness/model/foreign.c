/* Operations of foreign code. Nothing here is undone when a panic comes by: the level that the panic ends at does it. */
#include "machine.h"

enum { STOP_FIBER_LEFT = 0xE111 };

/* The running thread's code goes on another thread, which nobody knows: no task, no record with a symbol. False: no memory. */
static bool go_to_thread(struct machine *machine) {
    machine->levels = NULL;
    machine->depth = machine->locks = 0;
    machine->task = 0;
    machine->mark = NULL;
    machine->walked = NULL;
    machine->panic_on_fault = machine->exhausted = false;
    if (chain_begin_thread(&machine->chain))
        return true;
    give_up(machine->prediction, MODEL_OUT_OF_MEMORY, "no memory for the chain");
    return false;
}

/* The running thread's code goes on on another stack of the same thread, whose chain is its own. */
static bool go_to_fiber(struct machine *machine) {
    machine->mark = NULL;
    machine->exhausted = false;
    if (chain_begin_thread(&machine->chain))
        return true;
    give_up(machine->prediction, MODEL_OUT_OF_MEMORY, "no memory for the chain");
    return false;
}

/* A callback on a thread without a task: the runtime gives it one, with a record of the thread's. Nobody outside can recover its panic, and its goexit ends no more than
 * itself. */
static enum way_out run_attached(struct machine *machine, unsigned operation) {
    struct level level = {.outside = moment_now(machine), .operation = (uint16_t)operation, .kind = LEVEL_CALLBACK};
    if (!machine_register(machine, TRACE_SYMBOL_THREAD, 0, operation))
        return WAY_OUT_ENDED;
    level.record = machine->chain.head;
    level.started = machine->started;
    machine->levels = &level;
    machine->task = ++machine->tasks;
    machine->started = 0;
    write_event(machine, TRACE_ENTER, operation);
    enum way_out way_out = run_block(machine, machine->nodes[operation].block[0]);
    if (way_out == WAY_OUT_CAUGHT || way_out == WAY_OUT_ENDED)
        return way_out;
    write_end(machine, operation, way_out);
    if (way_out == WAY_OUT_PANIC || way_out == WAY_OUT_PANIC_OVER_GOEXIT)
        return WAY_OUT_ENDED;
    moment_restore(machine, &level.outside);
    started_have_ended(machine);
    machine->started = level.started;
    return WAY_OUT_NORMAL;
}

static enum way_out run_on_same_thread(struct machine *machine, unsigned operation) {
    struct level level = {.outside = moment_now(machine), .operation = (uint16_t)operation, .kind = LEVEL_CALLBACK};
    if (!machine_register(machine, TRACE_SYMBOL_CALLBACK, 0, operation))
        return WAY_OUT_ENDED;
    level.record = machine->chain.head;
    machine->levels = &level;
    write_event(machine, TRACE_ENTER, operation);
    enum way_out way_out = run_block(machine, machine->nodes[operation].block[0]);
    if (way_out == WAY_OUT_NORMAL)
        moment_restore(machine, &level.outside);
    return way_out;
}

static bool has_fiber(const struct scenario_node *node) { return node->operation == SCENARIO_VIA && node->kind == SCENARIO_CARRIER_FIBER; }

bool has_own_thread(const struct scenario_node *node) {
    if (node->operation != SCENARIO_VIA)
        return false;
    return node->kind == SCENARIO_CARRIER_CREATETHREAD || node->kind == SCENARIO_CARRIER_TIMER || node->kind == SCENARIO_CARRIER_THREADPOOL;
}

/* No panic comes back from a fiber: the runtime stops where it would. */
static enum way_out run_on_fiber(struct machine *machine, unsigned operation) {
    if (!go_to_fiber(machine))
        return WAY_OUT_ENDED;
    if (machine->task == 0)
        return run_attached(machine, operation);
    enum way_out way_out = run_on_same_thread(machine, operation);
    bool leaves = way_out == WAY_OUT_PANIC || way_out == WAY_OUT_PANIC_OVER_GOEXIT || way_out == WAY_OUT_GOEXIT;
    return leaves ? write_bugcheck(machine, last_operation(machine), STOP_FIBER_LEFT) : way_out;
}

/* `back`, `args`, `dll`, and `via` whoever carries it: each calls back once, and what Windows, or the user's DLL, registers in between has no symbol. */
enum way_out run_callback(struct machine *machine, unsigned operation) {
    struct moment outside = moment_now(machine);
    enum way_out way_out;
    if (has_own_thread(&machine->nodes[operation])) {
        way_out = go_to_thread(machine) ? run_attached(machine, operation) : WAY_OUT_ENDED;
        if (way_out == WAY_OUT_NORMAL)
            moment_restore(machine, &outside);
    } else if (has_fiber(&machine->nodes[operation])) {
        way_out = run_on_fiber(machine, operation);
        if (way_out == WAY_OUT_NORMAL)
            moment_restore(machine, &outside);
    } else {
        way_out = machine->task == 0 ? run_attached(machine, operation) : run_on_same_thread(machine, operation);
    }
    if (way_out == WAY_OUT_NORMAL)
        write_event(machine, TRACE_LEAVE, operation);
    return way_out;
}

/* Foreign code on a thread of its own, joined. Nothing crosses over: an exception that nobody takes there ends the process. */
enum way_out run_thread(struct machine *machine, unsigned operation) {
    struct moment outside = moment_now(machine);
    if (!go_to_thread(machine))
        return WAY_OUT_ENDED;
    write_event(machine, TRACE_ENTER, operation);
    enum way_out way_out = run_block(machine, machine->nodes[operation].block[0]);
    if (way_out != WAY_OUT_NORMAL)
        return way_out;
    moment_restore(machine, &outside);
    write_event(machine, TRACE_LEAVE, operation);
    return WAY_OUT_NORMAL;
}

static struct trace_event *write_coded(struct machine *machine, enum trace_kind kind, unsigned operation, uint32_t code) {
    struct trace_event *event = write_event(machine, kind, operation);
    event->value = code;
    event->is_status = true;
    return event;
}

/* A frame's catch block, everything inside the frame having been unwound. C++ code that faults or throws in it does so with its frame still registered; the frame is
 * past its try block and takes nothing any more. */
static enum way_out run_catch_block(struct machine *machine, unsigned operation, uint32_t place) {
    const struct scenario_node *node = &machine->nodes[operation];
    if (node->operation != SCENARIO_CXX || node->kind == SCENARIO_FRAME_CATCH)
        return WAY_OUT_NORMAL;
    machine->chain.records[place].busy = true;
    if (node->kind == SCENARIO_FRAME_RESUME) {
        write_coded(machine, TRACE_RAISE, operation, cxx_exception.code);
        return dispatch(machine, cxx_exception);
    }
    write_event(machine, TRACE_FAULT, operation);
    return dispatch_fault(machine, node->number);
}

/* `seh`, `try`, `cxx`. */
enum way_out run_frame(struct machine *machine, unsigned operation) {
    const struct scenario_node *node = &machine->nodes[operation];
    struct moment outside = moment_now(machine);
    if (!machine_register(machine, TRACE_SYMBOL_FOREIGN, node->kind, operation))
        return WAY_OUT_ENDED;
    uint32_t place = machine->chain.head;
    struct moment inside = moment_now(machine);
    struct cpp_frame walked = {machine->walked, place, (uint16_t)operation};
    if (node->operation != SCENARIO_SEH) /* which C made with tables, and walking comes past it */
        machine->walked = &walked;
    write_event(machine, TRACE_ENTER, operation);
    enum way_out way_out = run_block(machine, node->block[0]);
    machine->walked = outside.walked;
    if (way_out == WAY_OUT_NORMAL) {
        /* A good library puts the head to its own Next, and with that unlinks whatever was left behind inside. */
        if (node->kind == SCENARIO_FRAME_LEAK) {
            chain_leave_dead(&machine->chain, place);
        } else {
            if (node->kind == SCENARIO_FRAME_FINALLY && node->operation != SCENARIO_SEH)
                write_event(machine, TRACE_FINALLY, operation);
            moment_restore(machine, &outside);
        }
        write_event(machine, TRACE_LEAVE, operation);
    } else if (way_out == WAY_OUT_CAUGHT && !machine->jumped_to && !machine->walked_to && machine->caught_record == place) {
        uint32_t code = machine->caught_code;
        bool exhausted = machine->exhausted; /* a catch block still stands on what is left */
        moment_restore(machine, &inside);
        machine->exhausted = exhausted;
        way_out = run_catch_block(machine, operation, place);
        if (way_out == WAY_OUT_NORMAL) {
            moment_restore(machine, &outside);
            write_coded(machine, TRACE_CAUGHT, operation, code);
        }
    }
    return way_out;
}

enum way_out run_setjmp(struct machine *machine, unsigned operation) {
    struct moment outside = moment_now(machine);
    struct mark mark = {machine->chain.head};
    machine->mark = &mark;
    write_event(machine, TRACE_ENTER, operation);
    enum way_out way_out = run_block(machine, machine->nodes[operation].block[0]);
    if (way_out == WAY_OUT_NORMAL) {
        machine->mark = outside.mark;
        write_event(machine, TRACE_LEAVE, operation);
    } else if (way_out == WAY_OUT_CAUGHT && machine->jumped_to == &mark) {
        moment_restore(machine, &outside);
        write_coded(machine, TRACE_CAUGHT, operation, STATUS_UNWIND);
        way_out = WAY_OUT_NORMAL;
    }
    return way_out;
}

enum way_out run_longjmp(struct machine *machine, unsigned operation) {
    const struct mark *mark = machine->mark;
    write_event(machine, TRACE_JUMP, operation);
    if (mark == NULL) {
        write_event(machine, TRACE_DONE, operation); /* nothing to jump to */
        return WAY_OUT_NORMAL;
    }
    return unwind(machine, (struct unwinding){.target = mark->head, .code = STATUS_UNWIND, .jumps_to = mark});
}

static enum way_out run_exception(struct machine *machine, unsigned operation, struct exception exception) {
    enum way_out way_out = dispatch(machine, exception);
    if (way_out == WAY_OUT_NORMAL)
        write_event(machine, TRACE_DONE, operation);
    return way_out;
}

enum way_out run_raise(struct machine *machine, unsigned operation) {
    const struct scenario_node *node = &machine->nodes[operation];
    write_coded(machine, TRACE_RAISE, operation, node->number);
    return run_exception(machine, operation, (struct exception){.code = node->number, .noncontinuable = node->noncontinuable});
}

const struct exception cxx_exception = {.code = 0xE06D7363, .noncontinuable = true, .thrown = true};

enum way_out run_throw(struct machine *machine, unsigned operation) {
    write_coded(machine, TRACE_RAISE, operation, cxx_exception.code);
    return run_exception(machine, operation, cxx_exception);
}

enum way_out run_foreign_fault(struct machine *machine, unsigned operation) {
    write_event(machine, TRACE_FAULT, operation);
    enum way_out way_out = dispatch_fault(machine, machine->nodes[operation].kind);
    if (way_out == WAY_OUT_NORMAL)
        write_event(machine, TRACE_DONE, operation);
    return way_out;
}
