/* Operations that start tasks and wait for them, as the strand sees them that does so: it never learns when the others run. */
#include "machine.h"

enum way_out run_go(struct machine *machine, unsigned operation) {
    write_event(machine, TRACE_GO, operation); /* strands.c numbers the strand */
    machine->started++;
    machine->strands_open++;
    return WAY_OUT_NORMAL;
}

enum way_out run_yield(struct machine *machine, unsigned operation) {
    write_event(machine, TRACE_DONE, operation);
    return WAY_OUT_NORMAL;
}

void started_have_ended(struct machine *machine) {
    machine->strands_open -= machine->started;
    machine->started = 0;
}

enum way_out run_wait(struct machine *machine, unsigned operation) {
    write_event(machine, TRACE_WAITS, operation);
    started_have_ended(machine);
    write_event(machine, TRACE_DONE, operation);
    return WAY_OUT_NORMAL;
}

enum way_out run_sync(struct machine *machine, unsigned operation) {
    write_event(machine, TRACE_WAITS, operation);
    write_event(machine, TRACE_DONE, operation);
    return WAY_OUT_NORMAL;
}
