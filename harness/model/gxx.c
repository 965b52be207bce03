/* Exceptions of g++'s for i686: an unwinder that walks the stack by the tables of each function it comes by, twice, and knows nothing of the chain.
 *
 *   the search      from the throw outward, to the nearest frame whose catch block takes the exception. It ends at the first function without tables: of the runtime, of
 *                   Windows, or made by a compiler of Microsoft's model. Then nobody takes it, and std::terminate ends the process before anything is unwound.
 *   the cleaning    from the throw outward again: control really comes back to each frame of g++'s with a destructor, then to the catch block. Records of frames inside
 *                   are dead from then on, nobody was told, and the head still leads to them. The stack they lie in is used again at once. */
#include "machine.h"

static bool takes(const struct scenario_node *node) {
    return node->kind == SCENARIO_FRAME_CATCH || node->kind == SCENARIO_FRAME_RESUME || node->kind == SCENARIO_FRAME_REFAULT;
}

/* From `frame` outward; NULL: nobody. */
static const struct cpp_frame *search(const struct machine *machine, const struct cpp_frame *frame) {
    for (; frame != NULL && machine->nodes[frame->operation].operation == SCENARIO_GXX; frame = frame->outer)
        if (takes(&machine->nodes[frame->operation]))
            return frame;
    return NULL;
}

static void come_back(struct machine *machine, const struct cpp_frame *frame) {
    chain_wipe(&machine->chain, frame->head);
    machine->walked = frame;
}

/* From `frame` outward. */
static enum way_out throw_from(struct machine *machine, const struct cpp_frame *frame) {
    const struct cpp_frame *taker = search(machine, frame);
    if (taker == NULL) {
        write_last_event(machine, TRACE_CRASH, 0, TRACE_PLACE_FOREIGN, 0, false);
        return WAY_OUT_ENDED;
    }
    for (; frame != taker; frame = frame->outer) {
        if (machine->nodes[frame->operation].kind != SCENARIO_FRAME_FINALLY)
            continue;
        come_back(machine, frame);
        write_event(machine, TRACE_UNWIND, frame->operation);
    }
    come_back(machine, taker);
    machine->jumped_to = NULL;
    machine->walked_to = taker;
    return WAY_OUT_CAUGHT;
}

enum way_out run_gthrow(struct machine *machine, unsigned operation) {
    write_event(machine, TRACE_RAISE, operation);
    return throw_from(machine, machine->walked);
}

static enum way_out run_catch_block(struct machine *machine, unsigned operation, const struct cpp_frame *frame) {
    const struct scenario_node *node = &machine->nodes[operation];
    switch ((enum scenario_frame_kind)node->kind) {
    case SCENARIO_FRAME_RESUME:
        write_event(machine, TRACE_RAISE, operation);
        return throw_from(machine, frame->outer);
    case SCENARIO_FRAME_REFAULT:
        write_event(machine, TRACE_FAULT, operation);
        return dispatch_fault(machine, node->number);
    default: return WAY_OUT_NORMAL;
    }
}

enum way_out run_gxx(struct machine *machine, unsigned operation) {
    const struct scenario_node *node = &machine->nodes[operation];
    struct moment outside = moment_now(machine);
    struct cpp_frame frame = {machine->walked, machine->chain.head, (uint16_t)operation};
    machine->walked = &frame;
    write_event(machine, TRACE_ENTER, operation);
    enum way_out way_out = run_block(machine, node->block[0]);
    if (way_out == WAY_OUT_NORMAL) {
        machine->walked = outside.walked;
        if (node->kind == SCENARIO_FRAME_FINALLY)
            write_event(machine, TRACE_FINALLY, operation);
        write_event(machine, TRACE_LEAVE, operation);
    } else if (way_out == WAY_OUT_CAUGHT && machine->walked_to == &frame) {
        moment_restore_counts(machine, &outside);
        way_out = run_catch_block(machine, operation, &frame);
        if (way_out == WAY_OUT_NORMAL)
            write_event(machine, TRACE_CAUGHT, operation);
    }
    return way_out;
}
