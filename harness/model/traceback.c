/* The stack of a task, as its segments. Which are there is said by the text alone: code runs where it stands, in the blocks around it. (So does a deferred function, whoever
 * runs it; one that an unwinding runs stands in its own `defer` block's callback, the wiped ones inside of that are gone.) */
#include "machine.h"

static void write_segment(struct machine *machine, unsigned traceback, enum trace_side side, unsigned operation) {
    struct trace_event *event = write_event(machine, TRACE_SEGMENT, traceback);
    event->reason = (uint8_t)side;
    event->value = operation;
}

/* The operation whose block is the managed code that `operation` stands in, up to a callback, a `go` or the text. */
static unsigned managed_around(const struct machine *machine, unsigned operation) {
    unsigned outer = machine->nodes[operation].parent;
    while (outer != 0 && machine->nodes[outer].side == SCENARIO_SIDE_MANAGED && machine->nodes[outer].operation != SCENARIO_GO)
        outer = machine->nodes[outer].parent;
    return outer;
}

/* The call whose block is the foreign code that `callback` stands in; 0: a thread that C made. */
static unsigned call_around(const struct machine *machine, unsigned callback) {
    unsigned outer = has_own_thread(&machine->nodes[callback]) ? 0 : machine->nodes[callback].parent;
    while (outer != 0 && machine->nodes[outer].side == SCENARIO_SIDE_FOREIGN)
        outer = machine->nodes[outer].operation == SCENARIO_THREAD ? 0 : machine->nodes[outer].parent;
    return outer;
}

enum way_out run_traceback(struct machine *machine, unsigned operation) {
    unsigned inner = operation;
    for (;;) {
        unsigned managed = managed_around(machine, inner);
        write_segment(machine, operation, TRACE_SIDE_MANAGED, managed);
        bool is_callback = managed != 0 && machine->nodes[managed].side == SCENARIO_SIDE_FOREIGN;
        inner = is_callback ? call_around(machine, managed) : 0;
        if (inner == 0)
            break;
        write_segment(machine, operation, TRACE_SIDE_FOREIGN, inner);
    }
    write_event(machine, TRACE_DONE, operation);
    return WAY_OUT_NORMAL;
}
