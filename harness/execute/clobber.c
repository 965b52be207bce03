/* Overwrites the dead part of the system stack, so that nothing survives by luck: a dead record that nobody overwrote still works. */
#include "state.h"

#include <windows.h>

enum {
    CLOBBER_MARGIN = 8 << 10,  /* below the deepest step seen: what handlers and the dispatcher used without a step of their own */
    CLOBBER_RECORD = 256, /* more than a foreign frame's record and what belongs to it */
    CLOBBER_MAX = 512 << 10,
    CLOBBER_KEPT = 64 << 10    /* of the stack's low end: its guard page is Windows' */
};
static const uint32_t CLOBBER_PATTERN = 0x5EAD5EAD; /* no address that is mapped, no aligned record */

/* The handler of a dead record that is overwritten: code in no image, which ends the process without a word. What really stands there then may be called as well, and
 * where that is nowhere, the dispatcher calls it again for the fault of having called it: down the stack, over the record itself, and from there to a silent death or round
 * in a circle, as it happens. */
static uintptr_t dead_end;

bool step_clobber_prepare(void) {
    enum { PAGE_BYTES = 0x1000 };
    void *page = VirtualAlloc(NULL, PAGE_BYTES, MEM_RESERVE | MEM_COMMIT, PAGE_EXECUTE_READWRITE);
    if (page)
        __builtin_memcpy(page, machine_ends_process, sizeof machine_ends_process);
    dead_end = (uintptr_t)page;
    return page != NULL;
}

static void overwrite(uintptr_t record) {
    ((uintptr_t *)record)[0] = CLOBBER_PATTERN;
    ((uintptr_t *)record)[1] = dead_end;
}

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
        overwrite(record);
        if (!step_is_left_behind(record))
            step_left_behind_add(record);
    }
}

/* A thread of C's has a stack and a list of its own, and so has a fiber. */
static bool is_on_this_stack(uintptr_t record) { return record >= machine_tib(TIB_STACK_LIMIT) && record < machine_tib(TIB_STACK_BASE); }

static uintptr_t low_end(uintptr_t high, bool spare) {
    uintptr_t low = step.thread.lowest_sp < high ? step.thread.lowest_sp : high, limit = machine_tib(TIB_STACK_LIMIT);
    if (high - low > CLOBBER_MAX)
        low = high - CLOBBER_MAX;
    low = low > CLOBBER_MARGIN ? low - CLOBBER_MARGIN : 0;
    /* Records that a bad library left behind: what happens behind a recover by itself spares them, so that the text goes on to the return that names
     * them; an operation of the text does not. */
    for (size_t index = 0; index < step.chain.dead_known_count; index++) {
        uintptr_t record = (uintptr_t)step.left_behind[index];
        if (!is_on_this_stack(record))
            continue;
        if (record < high && spare && record + CLOBBER_RECORD > low)
            low = record + CLOBBER_RECORD;
        else if (record < low && !spare)
            low = record & ~(uintptr_t)15;
    }
    return low < limit + CLOBBER_KEPT ? limit + CLOBBER_KEPT : low;
}

/* Behind a clobber of [low, high): the dead records in there. And those outside: a library that leaks again has its second frame around the record that the first one left
 * behind, which is dead all the same, in a gap that nobody uses. */
static void overwrite_dead(uintptr_t low, uintptr_t high) {
    for (size_t index = 0; index < step.chain.dead_known_count; index++) {
        uintptr_t record = (uintptr_t)step.left_behind[index];
        if (!is_on_this_stack(record))
            continue;
        uintptr_t handler = ((const uintptr_t *)record)[1];
        if ((record >= low && record < high) || (record >= high && handler >= step.foreign_image->low && handler < step.foreign_image->high))
            overwrite(record);
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
        overwrite_dead(low, high);
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
    overwrite_dead(low, sp);
    step.thread.lowest_sp = sp;
    step_event(TRACE_DONE, operation, 0, 0, false);
}
