/* The stack of a task, as its segments: a managed one, and for each open call a foreign one and a managed one outside of it.
 *
 *   managed stack                              system stack
 *   | stack_high                         |
 *   |   managed, outermost               |
 *   | call 1: managed_sp                 | ->  | base: system_sp                      |
 *   |                                    |     |   foreign, of call 1                 |
 *   |   managed, of the callback         | <-  | its callback's activation: system_sp |
 *   | here                               |
 *
 * Calls and activations say where each begins and ends (INVARIANT 2), so the walk needs no frame pointer of anybody's. Where C has gone over to a fiber between a call and its
 * callback, the foreign segment is what lies on the fiber's stack, up to its base: how much of the other stack C uses, only C knows. */
#include "internal.h"

XC_CODE static uintptr_t foreign_high(const struct xc_activation *callback, const struct xc_activation *outside) {
    return callback->stack_base == outside->stack_base ? outside->system_sp : callback->stack_base;
}

XC_CODE unsigned xc_traceback(struct xc_segment *segments, unsigned capacity) {
    struct xc_thread *thread = xc_thread_managed((void *)xc_traceback);
    const struct xc_activation *activation = thread->activation;
    uintptr_t low = xc_arch_sp(), pc = (uintptr_t)__builtin_return_address(0);
    unsigned count = 0;
    for (;;) {
        const struct xc_call *call = activation->call;
        if (count < capacity)
            segments[count] = (struct xc_segment){XC_SEGMENT_MANAGED, low, call ? call->managed_sp : thread->task->stack_high, pc, 0};
        count++;
        if (!call)
            return count;
        if (count < capacity)
            segments[count] = (struct xc_segment){XC_SEGMENT_FOREIGN, activation->system_sp, foreign_high(activation, call->activation),
                                                  xc_arch_callback_pc(activation->system_sp), (uintptr_t)&activation->record};
        count++;
        low = call->managed_sp;
        pc = xc_arch_call_pc(call->managed_sp);
        activation = call->activation;
    }
}
