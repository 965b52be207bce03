/* Calls into C and callbacks out of it.
 *
 * The round trip: managed -> C -> managed -> panic -> recover. In call order; "head" is FS:[0].
 *
 *   leg                        stack     head                     saved, and where
 *   ---------------------------------------------------------------------------------------------------------------------------
 *   xc_run                     system    the activation's record  what was the head: activation.head, system stack
 *     switch_to_managed        managed   the same                 system stack's esp: activation.system_sp
 *     xc_recover               managed   the same                 callee-saved registers, control words, esp; the innermost call and
 *                                                                 activation, locks: the frame, managed stack
 *       xc_call                managed   the same                 head: call.head, managed stack
 *         switch_to_system     system    the same                 managed stack's esp: call.managed_sp
 *           C registers        system    C's record               by C, in its frame
 *           xc_callback        system    a new activation's       C's record: activation.head, system stack
 *             switch_to_managed managed  the same                 system stack's esp, callee-saved registers of C
 *               xc_panic       managed   the same                 the value: task.panic
 *                 xc_unwind    managed   call.head                nothing: everything inside the frame is given up. xc_call_close puts back
 *                                                                 head and activation as the call found them; the frame gives locks
 *                 frame_resume managed   call.head                (registers and esp go back to the frame's)
 *     xc_recover returns true  managed   call.head
 *
 * What lies on the system stack below activation.system_sp is dead from then on: C's frames, C's record, the callback's activation. The next call
 * writes over them. That is why the head must have been put back: golang/go#7470 did not, and the first fault after the stack was used
 * again found garbage for a handler.
 *
 * The seed (Go's change for windows/386, March 2014) keeps the head in the deferred end-of-call and puts it back while the panic passes; here the call keeps it
 * and the unwinding passes each call, so that deferred functions of outer levels already run under the right head.
 */
#include "internal.h"

/* Registers the activation's record as the head, and makes the activation the innermost.
 * The counterpart is xc_activation_leave; a panic that passes undoes both in xc_call_close, an unwinding of C in xc_activation_unwound. */
XC_CODE void xc_activation_enter(struct xc_activation *activation, struct xc_thread *thread) {
    activation->stack_base = xc_arch_stack_base();
    activation->outer = thread->activation;
    activation->locks = thread->task->locks;
    activation->panic_on_fault = thread->task->panic_on_fault;
    activation->thread = thread;
    activation->call = thread->task->call;
    activation->unwound = NULL;
    activation->head = xc_arch_head(); /* before our own record is the head */
    xc_arch_register(&activation->record, activation->head);
    thread->activation = activation;
}

XC_CODE void xc_activation_leave(struct xc_activation *activation) {
    struct xc_thread *thread = activation->thread;
    struct xc_task *task = thread->task;
    if (thread->activation != activation || task->call != activation->call)
        xc_stop(XC_STOP_CALLBACK_LEFT_OPEN, (uintptr_t)activation, (uintptr_t)thread->activation, (uintptr_t)task->call,
                (uintptr_t)activation->call);
    thread->activation = activation->outer;
    xc_arch_head_set(activation->head);
}

XC_CODE void xc_call(xc_function *function, void *argument) {
    struct xc_thread *thread = xc_thread_managed((void *)xc_call);
    struct xc_task *task = thread->task;
    struct xc_activation *activation = thread->activation;
    struct xc_call call;
    call.outer = task->call;
    call.activation = activation;
    call.depth = call.outer ? call.outer->depth + 1 : 1;
    call.head = xc_arch_head();
    task->call = &call;
    xc_arch_switch_to_system(&call, function, argument, activation->system_sp);
    uintptr_t head = xc_arch_head();
    if (head != call.head)
        xc_stop(XC_STOP_SEH_RECORD_LEFT_BEHIND, head, call.head, (uintptr_t)&call, activation->system_sp);
    task->call = call.outer;
}

XC_CODE void xc_callback(xc_function *function, void *argument) {
    struct xc_thread *thread = xc_thread_current();
    if (!thread) {
        xc_callback_attached(function, argument);
        return;
    }
    if (xc_thread_is_managed(thread))
        xc_thread_out_of_place(thread, (void *)xc_callback);
    struct xc_activation activation;
    xc_activation_enter(&activation, thread);
    xc_arch_switch_to_managed(&activation, function, argument, thread->task->call->managed_sp);
    xc_activation_leave(&activation);
}
