/* Operations of managed code: the levels that a panic or a goexit goes through, outward.
 *
 * A panic needs no list of levels here: it is the way out of one block after the other, and each level that it comes to puts back its own moment
 * before anything else happens. That is the contract's order, "unwinds first, runs the deferred function then". */
#include "machine.h"

enum { STOP_SEH_RECORD_LEFT_BEHIND = 0xE102 };

/* An operation that changes something for its block and has it back behind it; the caller has made the change. */
static enum way_out run_changed(struct machine *machine, unsigned operation, const struct moment *outside) {
    write_event(machine, TRACE_ENTER, operation);
    enum way_out way_out = run_block(machine, machine->nodes[operation].block[0]);
    if (way_out == WAY_OUT_NORMAL) {
        moment_restore(machine, outside);
        write_event(machine, TRACE_LEAVE, operation);
    }
    return way_out;
}

enum way_out run_lock(struct machine *machine, unsigned operation) {
    struct moment outside = moment_now(machine);
    machine->locks++;
    return run_changed(machine, operation, &outside);
}

enum way_out run_panic_on_fault(struct machine *machine, unsigned operation) {
    struct moment outside = moment_now(machine);
    machine->panic_on_fault = true;
    return run_changed(machine, operation, &outside);
}

enum way_out run_call(struct machine *machine, unsigned operation) {
    struct moment outside = moment_now(machine);
    machine->depth++;
    machine->walked = NULL; /* the runtime's own functions have no tables that C's unwinders know */
    write_event(machine, TRACE_ENTER, operation);
    enum way_out way_out = run_block(machine, machine->nodes[operation].block[0]);
    if (way_out != WAY_OUT_NORMAL)
        return way_out;
    if (machine->chain.head != outside.head)
        return write_bugcheck(machine, operation, STOP_SEH_RECORD_LEFT_BEHIND);
    moment_restore(machine, &outside);
    write_event(machine, TRACE_LEAVE, operation);
    return WAY_OUT_NORMAL;
}

enum way_out run_recover(struct machine *machine, unsigned operation) {
    struct moment outside = moment_now(machine);
    write_event(machine, TRACE_ENTER, operation);
    enum way_out way_out = run_block(machine, machine->nodes[operation].block[0]);
    switch (way_out) {
    case WAY_OUT_NORMAL:
        write_event(machine, TRACE_LEAVE, operation);
        return WAY_OUT_NORMAL;
    case WAY_OUT_PANIC:
    case WAY_OUT_PANIC_OVER_GOEXIT: {
        moment_restore(machine, &outside);
        struct trace_event *event = write_event(machine, TRACE_RECOVERED, operation);
        event->value = machine->panic.value;
        event->is_status = machine->panic.is_status;
        return way_out == WAY_OUT_PANIC ? WAY_OUT_NORMAL : WAY_OUT_GOEXIT;
    }
    default: return way_out;
    }
}

/* Which of two is under way after a deferred function that ran because of the first was left by the second. */
static enum way_out replace(enum way_out first, enum way_out second) {
    bool goexit_under_way = first == WAY_OUT_GOEXIT || first == WAY_OUT_PANIC_OVER_GOEXIT;
    return second == WAY_OUT_PANIC && goexit_under_way ? WAY_OUT_PANIC_OVER_GOEXIT : second;
}

static enum trace_why why_deferred(enum way_out body) {
    switch (body) {
    case WAY_OUT_NORMAL: return TRACE_WHY_NORMAL;
    case WAY_OUT_GOEXIT: return TRACE_WHY_GOEXIT;
    default: return TRACE_WHY_PANIC;
    }
}

/* Block 0 is the deferred function, block 1 the body. An unwinding runs the deferred function itself, deep inside the body, and takes the level off
 * the list before (dispatch.c): then the body's way out is not one that comes back to it here. */
enum way_out run_defer(struct machine *machine, unsigned operation) {
    const struct scenario_node *node = &machine->nodes[operation];
    struct level level = {.outside = moment_now(machine), .operation = (uint16_t)operation, .kind = LEVEL_DEFER};
    machine->levels = &level;
    write_event(machine, TRACE_ENTER, operation);
    enum way_out body = run_block(machine, node->block[1]);
    if (body == WAY_OUT_CAUGHT || body == WAY_OUT_ENDED)
        return body;

    moment_restore(machine, &level.outside);
    struct panic panic = machine->panic; /* the deferred function may have panics of its own */
    write_event(machine, TRACE_DEFERRED, operation)->reason = (uint8_t)why_deferred(body);
    run_begins_deferred(machine, operation);
    enum way_out deferred = run_block(machine, node->block[0]);
    if (deferred != WAY_OUT_NORMAL)
        return replace(body, deferred);
    machine->panic = panic;
    if (body == WAY_OUT_NORMAL)
        write_event(machine, TRACE_LEAVE, operation);
    return body;
}

enum way_out run_panic(struct machine *machine, unsigned operation) {
    machine->panic = (struct panic){.value = machine->nodes[operation].number, .is_status = false};
    write_event(machine, TRACE_PANIC, operation)->value = machine->panic.value;
    return WAY_OUT_PANIC;
}

enum way_out run_goexit(struct machine *machine, unsigned operation) {
    write_event(machine, TRACE_GOEXIT, operation);
    return WAY_OUT_GOEXIT;
}

enum { NEVER, GATED, ALWAYS };

static const uint8_t fault_panics[SCENARIO_FAULT_KIND_COUNT] = {
#define FAULT_KIND(name, word, status, panics, ...) [SCENARIO_FAULT_##name] = panics,
#include "../inject/fault_kinds.def"
#undef FAULT_KIND
};

enum way_out run_managed_fault(struct machine *machine, unsigned operation) {
    enum scenario_fault_kind kind = machine->nodes[operation].kind;
    uint32_t status = fault_status(machine, kind);
    write_event(machine, TRACE_FAULT, operation);
    switch (fault_effect(machine, kind)) {
    case MODEL_FAULT_DOES_NOTHING: write_event(machine, TRACE_DONE, operation); return WAY_OUT_NORMAL;
    case MODEL_FAULT_ENDS_PROCESS: return WAY_OUT_ENDED;
    default: break;
    }
    if (fault_panics[kind] == NEVER || (fault_panics[kind] == GATED && !machine->panic_on_fault))
        return write_crash(machine, TRACE_PLACE_MANAGED, status);
    machine->panic = (struct panic){.value = status, .is_status = true};
    return WAY_OUT_PANIC;
}
