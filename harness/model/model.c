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

static enum way_out run_by_kind(struct machine *machine, unsigned operation) {
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

/* All that an operation can change for those behind it, when it is left by its end, is the chain (as run_repeat has it). Where it did not, and nothing before it or in it is another than in the text before, it need
 * not run again. */
static enum way_out run_operation(struct machine *machine, unsigned operation) {
    struct model_prediction *prediction = machine->prediction;
    if (operation >= prediction->passages_count)
        return run_by_kind(machine, operation);
    struct model_passage *passage = &prediction->passages[operation];
    if (passage->entered == prediction->count && passage->left <= prediction->kept) {
        prediction->count = passage->left;
        return WAY_OUT_NORMAL;
    }
    if (passage->entered > prediction->count)
        passage->entered = (uint32_t)prediction->count;
    passage->left = UINT32_MAX;
    struct chain_look before = chain_look(&machine->chain);
    enum way_out way_out = run_by_kind(machine, operation);
    if (way_out == WAY_OUT_NORMAL && chain_is_as(&machine->chain, &before))
        passage->left = (uint32_t)prediction->count;
    return way_out;
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

static void begin_machine(struct machine *machine, const struct scenario_program *program, const struct model_platform *platform, struct model_prediction *prediction) {
    machine->nodes = program->nodes; /* field by field: most of it is room for records that stays untouched */
    machine->platform = platform != NULL ? platform : &contract;
    machine->prediction = prediction;
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

struct kind_of_text {
    bool has_strands; /* more than one, or one that blocks */
    bool repeats;     /* a round that is taken back leaves others at its place */
};

/* Of the operations from `first` on. */
static struct kind_of_text kind_of(const struct scenario_program *program, size_t first) {
    struct kind_of_text kind = {false, false};
    for (size_t number = first; number < program->count; number++) {
        uint8_t operation = program->nodes[number].operation;
        kind.has_strands |= operation == SCENARIO_GO || operation == SCENARIO_SYNC;
        kind.repeats |= operation == SCENARIO_REPEAT;
    }
    return kind;
}

/* Events up to the first that an operation behind the unchanged ones was entered with. */
static size_t events_as_before(unsigned unchanged, const struct model_prediction *prediction) {
    size_t first = SIZE_MAX;
    for (size_t operation = unchanged + 1; operation < prediction->passages_count; operation++)
        if (first > prediction->passages[operation].entered)
            first = prediction->passages[operation].entered;
    return first == UINT32_MAX || first > prediction->count ? 0 : first;
}

/* From now on it is written down when an operation is entered and left. */
static void note_passages(const struct scenario_program *program, unsigned unchanged, struct model_prediction *prediction) {
    for (size_t operation = prediction->passages_count > 0 ? unchanged + 1 : 1; operation < program->count; operation++)
        prediction->passages[operation].entered = UINT32_MAX;
    prediction->passages_count = program->count;
}

void model_predict_next(const struct scenario_program *program, unsigned unchanged, const struct model_platform *platform, struct model_prediction *prediction) {
    if (unchanged == 0 || prediction->state != MODEL_PREDICTED || prediction->has_strands || prediction->differences != 0)
        prediction->passages_count = 0;
    prediction->state = MODEL_PREDICTED;
    prediction->reason[0] = '\0';
    prediction->differences = 0;
    prediction->outcome = (struct outcome){0};
    prediction->order_count = 0;
    prediction->silent = SIZE_MAX;
    prediction->has_strands = false;
    struct kind_of_text kind = kind_of(program, prediction->passages_count > 0 ? unchanged + 1 : 1); /* what was noted had none */
    bool noted = !kind.has_strands && !kind.repeats && program->count <= MODEL_PASSAGES_MAX;
    prediction->kept = noted && prediction->passages_count > 0 ? events_as_before(unchanged, prediction) : 0;
    prediction->count = prediction->total = 0;
    if (noted)
        note_passages(program, unchanged, prediction);
    else
        prediction->passages_count = 0;
    if (kind.has_strands) {
        predict_strands(program, platform, prediction);
        return;
    }
    predict_strand(program, 0, platform, prediction);
    prediction->total = prediction->count;
    if (prediction->state == MODEL_PREDICTED)
        prediction->outcome = outcome_of_trace(prediction->events, prediction->count);
}

void model_predict(const struct scenario_program *program, const struct model_platform *platform, struct model_prediction *prediction) {
    model_predict_next(program, 0, platform, prediction);
}

void model_prediction_free(struct model_prediction *prediction) {
    free(prediction->events);
    free(prediction->orders);
    *prediction = (struct model_prediction){0};
}
