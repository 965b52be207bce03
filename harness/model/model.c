#include "model.h"

#include <stdlib.h>

#include "machine.h"

/* An operation without a block that changes nothing. */
static enum way_out run_done(struct machine *machine, unsigned operation) {
    write_event(machine, TRACE_DONE, operation);
    return WAY_OUT_NORMAL;
}

static enum way_out run_clobber(struct machine *machine, unsigned operation) {
    chain_clobber(&machine->chain);
    return run_done(machine, operation);
}

enum way_out run_by_kind(struct machine *machine, unsigned operation) {
    const struct scenario_node *node = &machine->nodes[operation];
    switch ((enum scenario_operation)node->operation) {
    case SCENARIO_CALL: return run_call(machine, operation);
    case SCENARIO_RECOVER: return run_recover(machine, operation);
    case SCENARIO_DEFER: return run_defer(machine, operation);
    case SCENARIO_PANIC: return run_panic(machine, operation);
    case SCENARIO_GOEXIT: return run_goexit(machine, operation);
    case SCENARIO_PANIC_ON_FAULT: return run_panic_on_fault(machine, operation);
    case SCENARIO_LOCK: return run_lock(machine, operation);
    case SCENARIO_GO: return run_go(machine, operation);
    case SCENARIO_YIELD: return run_yield(machine, operation);
    case SCENARIO_WAIT: return run_wait(machine, operation);
    case SCENARIO_SYNC: return run_sync(machine, operation);
    case SCENARIO_TRACEBACK: return run_traceback(machine, operation);
    case SCENARIO_CHECK: return run_done(machine, operation);
    case SCENARIO_FAULT: return node->side == SCENARIO_SIDE_MANAGED ? run_managed_fault(machine, operation) : run_foreign_fault(machine, operation);
    case SCENARIO_CLOBBER: return run_clobber(machine, operation);
    case SCENARIO_REPEAT: return run_repeat(machine, operation);
    case SCENARIO_BACK:
    case SCENARIO_ARGS:
    case SCENARIO_DLL:
    case SCENARIO_VIA: return run_callback(machine, operation);
    case SCENARIO_THREAD: return run_thread(machine, operation);
    case SCENARIO_SETJMP: return run_setjmp(machine, operation);
    case SCENARIO_LONGJMP: return run_longjmp(machine, operation);
    case SCENARIO_SEH:
    case SCENARIO_TRY:
    case SCENARIO_CXX: return run_frame(machine, operation);
    case SCENARIO_GXX: return run_gxx(machine, operation);
    case SCENARIO_RAISE: return run_raise(machine, operation);
    case SCENARIO_THROW: return run_throw(machine, operation);
    case SCENARIO_GTHROW: return run_gthrow(machine, operation);
    case SCENARIO_TEXT:
    case SCENARIO_OPERATION_COUNT: break; /* no operations */
    }
    return WAY_OUT_NORMAL;
}

enum way_out run_block(struct machine *machine, unsigned first) {
    for (unsigned operation = first; operation != 0 && machine_going(machine); operation = machine->nodes[operation].next) {
        enum way_out way_out = run_operation(machine, operation);
        if (way_out != WAY_OUT_NORMAL)
            return way_out;
    }
    return machine_going(machine) ? WAY_OUT_NORMAL : WAY_OUT_ENDED;
}

/* The task's own end is like a recover: nothing of what was under way is left, so `end` has no state. */
void write_end(struct machine *machine, unsigned operation, enum way_out way_out) {
    switch (way_out) {
    case WAY_OUT_NORMAL: write_last_event(machine, TRACE_END, operation, TRACE_ENDED_OK, 0, false); break;
    case WAY_OUT_PANIC:
    case WAY_OUT_PANIC_OVER_GOEXIT:
        write_last_event(machine, TRACE_END, operation, TRACE_ENDED_PANIC, machine->panic.value, machine->panic.is_status);
        break;
    case WAY_OUT_GOEXIT: write_last_event(machine, TRACE_END, operation, TRACE_ENDED_GOEXIT, 0, false); break;
    case WAY_OUT_CAUGHT: /* by a frame inside the text: it has come to its end there */
    case WAY_OUT_ENDED: break;
    }
}

static const struct model_platform contract;

void machine_goes_on(struct machine *machine, const struct scenario_program *program, const struct model_platform *platform) {
    machine->nodes = program->nodes;
    machine->platform = platform != NULL ? platform : &contract;
}

static void begin_machine(struct machine *machine, const struct scenario_program *program, const struct model_platform *platform, struct model_prediction *prediction) {
    machine_goes_on(machine, program, platform);
    machine->prediction = prediction; /* field by field: most of it is room for records that stays untouched */
    machine->levels = NULL;
    machine->depth = 0;
    machine->locks = 0;
    machine->task = machine->tasks = 1;
    machine->panic_on_fault = machine->exhausted = false;
    machine->mark = machine->jumped_to = NULL;
    machine->walked = machine->walked_to = NULL;
    machine->panic = (struct panic){0};
    machine->started = 0;
    machine->strands_open = 0;
    machine->waits_for = 0;
    machine->unwindings = 0;
    machine->taken_back = 0;
    chain_begin(&machine->chain);
}

bool predict_strand(const struct scenario_program *program, unsigned operation, const struct model_platform *platform, struct model_prediction *prediction) {
    struct machine machine;
    begin_machine(&machine, program, platform, prediction);
    machine.strands_open = operation != 0; /* whoever started it */
    if (operation != 0)
        write_event(&machine, TRACE_ENTER, operation);
    enum way_out way_out = run_block(&machine, program->nodes[operation].block[0]);
    write_end(&machine, operation, way_out);
    chain_end(&machine.chain);
    return way_out != WAY_OUT_ENDED || prediction->count == 0 || !trace_kind_has_state(prediction->events[prediction->count - 1].kind);
}

void model_predict(const struct scenario_program *program, const struct model_platform *platform, struct model_prediction *prediction) {
    model_predict_next(program, 0, platform, prediction);
}

void model_prediction_free(struct model_prediction *prediction) {
    free(prediction->events);
    free(prediction->orders);
    model_memory_free(prediction->memory);
    *prediction = (struct model_prediction){0};
}
