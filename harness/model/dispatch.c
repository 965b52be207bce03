/* Exceptions in foreign code, as ntdll's RtlDispatchException and RtlUnwind treat them on x86.
 *
 *   the walk        asks the record at the head first, then outward, until one takes the exception or continues it. It unlinks nothing.
 *   the unwinding   begins when a frame takes it: every record nearer the head than that frame's is told, the head first, and unlinked when
 *                   its handler has returned. While a handler is being told, its own record is the head.
 *
 * Both happen on top of everything: the frames that the unwinding wipes still lie beneath it on the stack, here as there. */
#include "machine.h"

enum { STOP_PANIC_IN_FOREIGN_UNWIND = 0xE103 };

#define STATUS_NONCONTINUABLE 0xC0000025u

static enum way_out die_silently(void) {
    return WAY_OUT_ENDED; /* no event: nothing is left that could write one */
}

/* The runtime is being told by the record at the head: runs one deferred function in a callback of its own. */
static enum way_out run_deferred_in_unwinding(struct machine *machine, const struct level *defer) {
    if (machine->unwindings == MODEL_UNWINDINGS_MAX) {
        give_up(machine->prediction, MODEL_TOO_LONG, "unwindings inside each other, too many");
        return WAY_OUT_ENDED;
    }
    uint32_t told = machine->chain.head;
    moment_restore_counts(machine, &defer->outside); /* takes the level off the list: a deferred function never runs twice */
    struct level level = {.outside = moment_now(machine), .operation = defer->operation, .kind = LEVEL_UNWINDING};
    if (!machine_register(machine, TRACE_SYMBOL_CALLBACK, 0, defer->operation))
        return WAY_OUT_ENDED;
    level.record = machine->chain.head;
    machine->levels = &level;
    machine->unwindings++;
    write_event(machine, TRACE_DEFERRED, defer->operation)->reason = TRACE_WHY_UNWIND;
    enum way_out way_out = run_block(machine, machine->nodes[defer->operation].block[0]);
    switch (way_out) {
    case WAY_OUT_NORMAL:
        machine->unwindings--;
        machine->chain.head = told;
        machine->levels = level.outside.levels;
        return WAY_OUT_NORMAL;
    case WAY_OUT_PANIC:
    case WAY_OUT_PANIC_OVER_GOEXIT:
    case WAY_OUT_GOEXIT: return write_bugcheck(machine, last_operation(machine), STOP_PANIC_IN_FOREIGN_UNWIND);
    case WAY_OUT_CAUGHT:
        machine->unwindings--; /* by a frame further out: this unwinding is abandoned, that one goes on in its place */
        return WAY_OUT_CAUGHT;
    default: return way_out;
    }
}

/* The runtime is told that its callback, whose record is the head, is being wiped: it runs the deferred functions in it and closes it.
 *
 * Where the callback is the one of a deferred function that another unwinding was running, that unwinding is over: Windows calls it collided and
 * does not tell the record again that it had told. So what that one had left to do is done here, at the record that is told. */
static enum way_out wipe_callback(struct machine *machine) {
    for (;;) {
        const struct level *level = machine->levels;
        if (level->kind == LEVEL_DEFER) {
            enum way_out way_out = run_deferred_in_unwinding(machine, level);
            if (way_out != WAY_OUT_NORMAL)
                return way_out;
        } else {
            machine->chain.records[level->record].busy = true;
            if (level->kind == LEVEL_CALLBACK && level->outside.task == 0) { /* it was a thread of C's: detached when those that it started have ended */
                machine->waits_for = machine->started > 0 ? machine->task : 0;
                started_have_ended(machine);
                machine->started = level->started;
            }
            moment_restore_counts(machine, &level->outside);
            if (level->kind == LEVEL_CALLBACK)
                return WAY_OUT_NORMAL;
        }
    }
}

/* A frame that is told. An __except block and a catch block learn nothing of an unwinding that goes past them, and a __finally block or destructor that runs
 * does not know the code. C++ frames say that they were built with /EHs: they answer to nothing but C++ exceptions, neither now nor when they are asked. */
static void tell(struct machine *machine, const struct chain_record *record, uint32_t code) {
    bool ends_something = record->frame_kind == SCENARIO_FRAME_FINALLY;
    switch (machine->nodes[record->operation].operation) {
    case SCENARIO_TRY:
        if (ends_something)
            write_event(machine, TRACE_UNWIND, record->operation);
        break;
    case SCENARIO_CXX:
        if (ends_something && code == cxx_exception.code)
            write_event(machine, TRACE_UNWIND, record->operation);
        break;
    default: {
        struct trace_event *event = write_event(machine, TRACE_UNWIND, record->operation);
        event->value = code;
        event->is_status = true;
    }
    }
}

enum way_out unwind(struct machine *machine, struct unwinding unwinding) {
    for (uint32_t place = machine->chain.head; place > unwinding.target; place--) {
        const struct chain_record *record = &machine->chain.records[place];
        machine->chain.head = place;
        if (record->overwritten != 0)
            return die_silently(); /* by a deferred function of this unwinding: the walk still found it whole */
        if (record->symbol == TRACE_SYMBOL_FOREIGN) {
            tell(machine, record, unwinding.code);
        } else if (!record->busy) {
            enum way_out way_out = wipe_callback(machine);
            if (way_out != WAY_OUT_NORMAL)
                return way_out;
        }
    }
    machine->jumped_to = unwinding.jumps_to;
    machine->walked_to = NULL;
    machine->caught_record = unwinding.target;
    machine->caught_code = unwinding.caught;
    return WAY_OUT_CAUGHT;
}

/* Whether the frame is asked, as far as anybody can see: by its own handler, or by the filter of its __except. */
static bool is_asked(const struct machine *machine, const struct chain_record *record) {
    switch (machine->nodes[record->operation].operation) {
    case SCENARIO_TRY: return record->frame_kind != SCENARIO_FRAME_FINALLY;
    case SCENARIO_CXX: return false;
    default: return true;
    }
}

/* Whether it is a C++ frame with a catch block for the exception. It asks nobody. */
static bool takes_silently(const struct machine *machine, const struct chain_record *record, struct exception exception) {
    if (machine->nodes[record->operation].operation != SCENARIO_CXX || !exception.thrown || record->busy)
        return false;
    return record->frame_kind == SCENARIO_FRAME_CATCH || record->frame_kind == SCENARIO_FRAME_RESUME || record->frame_kind == SCENARIO_FRAME_REFAULT;
}

/* msvcrt's _except_handler3 has RtlUnwind make a record of its own for the unwinding; the others pass the exception's. */
static uint32_t unwinding_code(const struct machine *machine, const struct chain_record *record, uint32_t code) {
    return machine->nodes[record->operation].operation == SCENARIO_TRY ? STATUS_UNWIND : code;
}

static enum trace_answer answer(const struct chain_record *record, uint32_t code) {
    switch ((enum scenario_frame_kind)record->frame_kind) {
    case SCENARIO_FRAME_CATCH: return TRACE_CATCHES;
    case SCENARIO_FRAME_RESUME: return code == STATUS_NONCONTINUABLE ? TRACE_SEARCHES : TRACE_CONTINUES; /* that one leaves nothing to repair */
    case SCENARIO_FRAME_REFAULT: return record->busy ? TRACE_SEARCHES : TRACE_FAULTS;
    default: return TRACE_SEARCHES; /* a dead one too: its handler is still the library's */
    }
}

/* The nested exceptions are no deeper than there are `refault` records in the chain: each faults only while it is not in its own fault. */
enum way_out dispatch(struct machine *machine, struct exception exception) {
    for (uint32_t place = machine->chain.head; place > machine->chain.base && machine_going(machine); place--) {
        const struct chain_record *record = &machine->chain.records[place];
        if (record->overwritten != 0)
            return die_silently();
        if (record->symbol != TRACE_SYMBOL_FOREIGN)
            continue; /* what C raises is never the runtime's */
        if (takes_silently(machine, record, exception))
            return unwind(machine, (struct unwinding){.target = place, .code = exception.code, .caught = exception.code});
        if (!is_asked(machine, record))
            continue;
        struct trace_event *event = write_event(machine, TRACE_FILTER, record->operation);
        enum trace_answer said = answer(record, exception.code);
        event->value = exception.code;
        event->is_status = true;
        event->reason = (uint8_t)said;
        switch (said) {
        case TRACE_CATCHES:
            return unwind(machine, (struct unwinding){.target = place, .code = unwinding_code(machine, record, exception.code), .caught = exception.code});
        case TRACE_CONTINUES:
            return exception.noncontinuable ? dispatch(machine, (struct exception){.code = STATUS_NONCONTINUABLE, .noncontinuable = true}) : WAY_OUT_NORMAL;
        case TRACE_FAULTS: {
            machine->chain.records[place].busy = true;
            enum way_out way_out = dispatch_fault(machine, machine->nodes[record->operation].number);
            if (way_out != WAY_OUT_NORMAL)
                return way_out;
            machine->chain.records[place].busy = false; /* somebody continued its fault: it goes on and says that it searches */
            break;
        }
        case TRACE_SEARCHES: break;
        }
    }
    return machine_going(machine) && unhandled_is_reported(machine) ? write_crash(machine, TRACE_PLACE_FOREIGN, exception.code) : WAY_OUT_ENDED;
}

/* A stack runs out once. Handlers, and what an unwinding runs, stand on what is left; code that runs out of that too finds no guard page any more, but the end. */
enum way_out dispatch_fault(struct machine *machine, enum scenario_fault_kind kind) {
    switch (fault_effect(machine, kind)) {
    case MODEL_FAULT_DOES_NOTHING: return WAY_OUT_NORMAL;
    case MODEL_FAULT_ENDS_PROCESS: return die_silently();
    default: break;
    }
    enum { ACCESS_VIOLATION = 0xC0000005 };
    bool exhausted = machine->exhausted;
    uint32_t status = fault_status(machine, kind);
    if (kind == SCENARIO_FAULT_OVERFLOW) {
        machine->exhausted = true;
        status = exhausted ? ACCESS_VIOLATION : status;
    }
    enum way_out way_out = dispatch(machine, (struct exception){.code = status});
    if (way_out == WAY_OUT_NORMAL)
        machine->exhausted = exhausted; /* it goes on behind the code that used the stack up */
    return way_out;
}
