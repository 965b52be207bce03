/* The traceback: what the runtime lists, against its own numbers (V18) and against where the executor's blocks that are open really lie. */
#include "state.h"

#include <windows.h>

enum { SEGMENTS_MAX = 2 * SCENARIO_NESTING_MAX + 1 };

static void check(bool holds, const struct verify_finding *finding, unsigned operation) {
    if (step.rules && !holds)
        step_stop(finding, operation);
}

/* Which operation's block each segment runs: of a foreign one the call that opened it, of a managed one the callback. A call's frame lies in the managed segment outside of the
 * one it opened, a callback's in the foreign one. */
static void find_operations(const struct verify_segment *segments, size_t count, unsigned *operations, unsigned traceback) {
    struct verify_finding finding;
    size_t place = 0;
    for (const struct step_guard *guard = step.open; guard && guard->opens != STEP_OPENS_TASK; guard = guard->outer) {
        bool holds = verify_stack_walk_holds(segments, count, (uintptr_t)guard, guard->opens == STEP_OPENS_CALLBACK, &place, &finding);
        check(holds, &finding, traceback);
        if (holds && guard->opens != STEP_OPENS_NOTHING && place > 0)
            operations[place - 1] = guard->operation;
    }
    operations[count - 1] = step.thread.operation;
}

/* The memory that Windows gave in one piece, and that `sp` lies in: a stack, whoever's it is. */
static void stack_around(uintptr_t sp, uint64_t *low, uint64_t *high) {
    MEMORY_BASIC_INFORMATION first, piece;
    *low = *high = 0;
    if (!VirtualQuery((void *)sp, &first, sizeof first) || first.State == MEM_FREE)
        return;
    *low = (uintptr_t)first.AllocationBase;
    for (piece = first; piece.State != MEM_FREE && piece.AllocationBase == first.AllocationBase;) {
        *high = (uintptr_t)piece.BaseAddress + piece.RegionSize;
        if (!VirtualQuery((void *)(uintptr_t)*high, &piece, sizeof piece))
            return;
    }
}

void step_traceback(unsigned operation) {
    static struct adapter_segment listed[SEGMENTS_MAX];
    static struct verify_segment segments[SEGMENTS_MAX];
    unsigned operations[SEGMENTS_MAX] = {0};
    struct adapter_observation observation;
    struct adapter_stack stack;
    struct verify_finding finding;
    unsigned count = step.adapter->traceback(listed, SEGMENTS_MAX);
    step.adapter->observe(&observation);
    step.adapter->observe_stack(&stack);
    size_t shown = count < SEGMENTS_MAX ? count : SEGMENTS_MAX;
    for (size_t place = 0; place < shown; place++) {
        segments[place] = (struct verify_segment){listed[place].foreign, listed[place].low, listed[place].high, listed[place].pc, listed[place].record, 0, 0};
        if (segments[place].foreign)
            stack_around(listed[place].low, &segments[place].stack_low, &segments[place].stack_high);
    }
    const struct verify_walk_facts facts = {
        .depth = observation.depth, .sp = machine_sp(), .managed_low = stack.low, .managed_high = stack.high, .images = step.chain.images, .image_count = step.chain.image_count};
    step.checks[TALLY_CHECK_TRACEBACK]++;
    check(verify_stack_walk(segments, shown, &facts, &finding), &finding, operation);
    if (shown)
        find_operations(segments, shown, operations, operation);
    for (size_t place = 0; place < shown; place++)
        step_event(TRACE_SEGMENT, operation, operations[place], segments[place].foreign ? TRACE_SIDE_FOREIGN : TRACE_SIDE_MANAGED, false);
    step_event(TRACE_DONE, operation, 0, 0, false);
}
