/* Overwrites the dead part of the system stack, so that nothing survives by luck: a dead record that nobody overwrote still works. */
#include "state.h"

enum {
    CLOBBER_MARGIN = 8 << 10,  /* below the deepest step seen: what handlers and the dispatcher used without a step of their own */
    CLOBBER_RECORD = 256, /* more than a foreign frame's record and what belongs to it */
    CLOBBER_MAX = 512 << 10,
    CLOBBER_KEPT = 64 << 10    /* of the stack's low end: its guard page is Windows' */
};
static const uint32_t CLOBBER_PATTERN = 0x5EAD5EAD; /* no address that is mapped, no aligned record */

void step_left_behind_add(uintptr_t record) {
    if (step.chain.dead_known_count < STEP_LEFT_BEHIND_MAX)
        step.left_behind[step.chain.dead_known_count++] = record;
}

bool step_is_left_behind(uintptr_t record) {
    for (size_t index = step.chain.dead_known_count; index-- > 0;)
        if (step.left_behind[index] == record)
            return true;
    return false;
}

/* Whoever goes on from here uses the stack in which they lie; how soon depends on compilers. They are overwritten at once, so that nothing depends on it. */
void step_clobber_wiped(uintptr_t until) {
    step.gxx_unwinds = false;
    for (uintptr_t record = machine_tib(TIB_HEAD), next; record != until && record != CLOBBER_PATTERN; record = next) {
        next = *(const uintptr_t *)record;
        machine_fill(record, 2, CLOBBER_PATTERN);
        if (!step_is_left_behind(record))
            step_left_behind_add(record);
    }
}

static uintptr_t low_end(uintptr_t high, bool spare) {
    uintptr_t low = step.thread.lowest_sp < high ? step.thread.lowest_sp : high, limit = machine_tib(TIB_STACK_LIMIT);
    if (high - low > CLOBBER_MAX)
        low = high - CLOBBER_MAX;
    low = low > CLOBBER_MARGIN ? low - CLOBBER_MARGIN : 0;
    /* Records that a bad library left behind: what happens behind a recover by itself spares them, so that the text goes on to the return that names
     * them; an operation of the text does not. */
    for (size_t index = 0; index < step.chain.dead_known_count; index++) {
        uintptr_t record = (uintptr_t)step.left_behind[index];
        if (record < high && spare && record + CLOBBER_RECORD > low)
            low = record + CLOBBER_RECORD;
        else if (record < low && !spare)
            low = record & ~(uintptr_t)15;
    }
    return low < limit + CLOBBER_KEPT ? limit + CLOBBER_KEPT : low;
}

/* A library that leaks again: its second frame lies around the record that the first one left behind, which is dead all the same, in a gap that nobody uses. */
static void overwrite_enclosed(uintptr_t high) {
    for (size_t index = 0; index < step.chain.dead_known_count; index++) {
        const uintptr_t *record = (const uintptr_t *)(uintptr_t)step.left_behind[index];
        if ((uintptr_t)record >= high && record[1] >= step.foreign_image->low && record[1] < step.foreign_image->high)
            machine_fill((uintptr_t)record, 2, CLOBBER_PATTERN);
    }
}

/* From managed code: everything below the place where the next call continues. */
void step_clobber_dead_stack(bool spare) {
    struct adapter_observation observation;
    step.adapter->observe(&observation);
    uintptr_t high = observation.system_sp, low = low_end(high, spare) & ~(uintptr_t)3;
    if (low < high)
        machine_fill(low, (high - low) / 4, CLOBBER_PATTERN);
    if (!spare)
        overwrite_enclosed(high);
    step.thread.lowest_sp = high;
}

void step_clobber(unsigned operation) {
    step_clobber_dead_stack(false);
    step_event(TRACE_DONE, operation, 0, 0, false);
}

/* From foreign code: everything below the frame we stand in. */
void step_foreign_clobber(unsigned operation) {
    uintptr_t sp = machine_sp(), low = low_end(sp, false);
    machine_clobber_below((sp - low) & ~(uintptr_t)15, CLOBBER_PATTERN);
    overwrite_enclosed(sp);
    step.thread.lowest_sp = sp;
    step_event(TRACE_DONE, operation, 0, 0, false);
}
