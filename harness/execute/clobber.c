/* Overwrites the dead part of the system stack, so that nothing survives by luck: a dead record that nobody overwrote still works. */
#include "state.h"

enum {
    CLOBBER_MARGIN = 8 << 10,  /* below the deepest step seen: what handlers and the dispatcher used without a step of their own */
    CLOBBER_SPARED = 256,
    CLOBBER_MAX = 512 << 10,
    CLOBBER_KEPT = 64 << 10    /* of the stack's low end: its guard page is Windows' */
};
static const uint32_t CLOBBER_PATTERN = 0x5EAD5EAD; /* no address that is mapped, no aligned record */

static uintptr_t low_end(uintptr_t high) {
    uintptr_t low = step.lowest_sp < high ? step.lowest_sp : high, limit = machine_tib(TIB_STACK_LIMIT);
    if (high - low > CLOBBER_MAX)
        low = high - CLOBBER_MAX;
    low = low > CLOBBER_MARGIN ? low - CLOBBER_MARGIN : 0;
    /* A record that a bad library left behind stays legible, so that the text goes on to the return that names it. */
    for (size_t index = 0; index < step.chain.dead_known_count; index++)
        if (step.left_behind[index] < high && step.left_behind[index] + CLOBBER_SPARED > low)
            low = step.left_behind[index] + CLOBBER_SPARED;
    return low < limit + CLOBBER_KEPT ? limit + CLOBBER_KEPT : low;
}

/* From managed code: everything below the place where the next call continues. */
void step_clobber_dead_stack(void) {
    struct adapter_observation observation;
    step.adapter->observe(&observation);
    uintptr_t high = observation.system_sp, low = low_end(high) & ~(uintptr_t)3;
    for (uintptr_t address = low; address + 4 <= high; address += 4)
        *(volatile uint32_t *)address = CLOBBER_PATTERN;
    step.lowest_sp = high;
}

void step_clobber(unsigned operation) {
    step_clobber_dead_stack();
    step_event(TRACE_DONE, operation, 0, 0, false);
}

/* From foreign code: everything below the frame we stand in. */
void step_foreign_clobber(unsigned operation) {
    uintptr_t sp = machine_sp(), low = low_end(sp);
    machine_clobber_below((sp - low) & ~(uintptr_t)15, CLOBBER_PATTERN);
    step.lowest_sp = sp;
    step_event(TRACE_DONE, operation, 0, 0, false);
}
