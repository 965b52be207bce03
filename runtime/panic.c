/* Panics, deferred functions, recovery, and the answer to an unwinding by foreign code.
 *
 * A panic unwinds first and runs deferred functions then: xc_unwind gives up everything inside the innermost frame, puts back what its calls and
 * the frame itself saved, and lets the frame's xc_arch_frame_run return a second time. The frame's owner (xc_defer, xc_recover, the task's base)
 * decides how to go on. So a deferred function always runs at the place where its xc_defer stands, on a stack that has room, and a panic
 * needs nothing of the stack it was raised on. */
#include "internal.h"

XC_CODE void xc_frame_enter(struct xc_frame *frame, struct xc_thread *thread) {
    struct xc_task *task = thread->task;
    frame->outer = task->frame;
    frame->call = task->call;
    frame->activation = thread->activation;
    frame->deferred = NULL;
    frame->number = task->frame ? task->frame->number + 1 : 0; /* the base counts nothing */
    frame->locks = task->locks;
    frame->panic_on_fault = task->panic_on_fault;
    task->frame = frame;
}

/* The thread may be another than the one on which the frame was entered, the task is not. */
XC_CODE void xc_frame_leave(struct xc_frame *frame, struct xc_task *task) {
    task->frame = frame->outer;
}

/* A panic would come back to another stack than the thread is on: C has switched to a fiber, and called back from there. Only Windows can switch back, and it would go
 * on in C's own code, behind C's own SwitchToFiber. Putting the TIB's fields back by hand would leave the rest of what belongs to a fiber (its local storage, its activation
 * contexts) to a thread that stands elsewhere. C that switches without telling the TIB has not left the stack, as far as Windows knows. */
XC_CODE static void __attribute__((noinline)) xc_fiber_left(const struct xc_activation *left, const struct xc_activation *outside) {
    if (xc_arch_stack_holds(left))
        xc_stop(XC_STOP_FIBER_LEFT, (uintptr_t)left, (uintptr_t)outside, xc_arch_stack_base(), xc_arch_stack_limit());
}

/* Gives up everything inside the innermost frame: the thread and the task are as the frame found them, the frame itself is off the list. */
XC_HOT struct xc_frame *xc_frame_give_up_inside(struct xc_thread *thread) {
    struct xc_task *task = thread->task;
    struct xc_frame *frame = task->frame;
    const struct xc_activation *left = thread->activation;
    while (task->call != frame->call)
        xc_call_close(thread, task->call);
    if (left != thread->activation && !xc_arch_stack_holds(thread->activation))
        xc_fiber_left(left, thread->activation);
    task->frame = frame->outer;
    task->locks = frame->locks;
    task->panic_on_fault = frame->panic_on_fault;
    return frame;
}

XC_HOT _Noreturn void xc_unwind_hot(struct xc_thread *thread, enum xc_why why) {
    struct xc_frame *frame = xc_frame_give_up_inside(thread);
    xc_arch_frame_resume(&frame->arch, why);
}

XC_CODE _Noreturn void xc_unwind(struct xc_thread *thread, enum xc_why why) { xc_unwind_hot(thread, why); }

XC_CODE _Noreturn void xc_panic(uintptr_t value) {
    struct xc_thread *thread = xc_thread_managed((void *)xc_panic);
    struct xc_panic *panic = &thread->task->panic; /* field by field: a compiler that takes this for rare would clear it with rep stos */
    panic->value = value;
    panic->is_fault = panic->exiting = false;
    panic->fault_address = panic->fault_pc = 0;
    xc_unwind_hot(thread, XC_WHY_PANIC);
}

XC_CODE _Noreturn void xc_repanic(const struct xc_panic *panic) {
    struct xc_thread *thread = xc_thread_managed((void *)xc_repanic);
    thread->task->panic = *panic;
    thread->task->panic.exiting = false;
    xc_unwind(thread, XC_WHY_PANIC);
}

XC_CODE _Noreturn void xc_goexit(void) {
    struct xc_thread *thread = xc_thread_managed((void *)xc_goexit);
    xc_unwind(thread, XC_WHY_GOEXIT);
}

/* Runs a function while a goexit is under way, and returns when the function does. A panic that leaves it remembers the goexit, so that
 * whoever recovers it knows that the task ends all the same. */
XC_CODE static void xc_run_exiting(struct xc_task *task, xc_function *function, void *argument) {
    struct xc_frame frame;
    xc_frame_enter(&frame, xc_thread_current());
    enum xc_why why = xc_arch_frame_run(&frame.arch, function, argument);
    if (why == XC_WHY_RETURN) {
        xc_frame_leave(&frame, task);
        return;
    }
    task->panic.exiting = true;
    xc_unwind(xc_thread_current(), why);
}

XC_CODE void xc_defer(xc_function *body, void *body_argument, xc_function *deferred, void *deferred_argument) {
    struct xc_thread *thread = xc_thread_managed((void *)xc_defer);
    struct xc_task *task = thread->task;
    struct xc_deferred frame;
    xc_frame_enter(&frame.frame, thread);
    frame.function = deferred;
    frame.argument = deferred_argument;
    frame.frame.deferred = &frame;
    enum xc_why why = xc_arch_frame_run(&frame.frame.arch, body, body_argument);
    if (why == XC_WHY_RETURN) {
        xc_frame_leave(&frame.frame, task);
        deferred(deferred_argument);
        return;
    }
    struct xc_panic panic = task->panic; /* a panic inside the deferred function, even a recovered one, has its own */
    if (why == XC_WHY_GOEXIT || panic.exiting)
        xc_run_exiting(task, deferred, deferred_argument);
    else
        deferred(deferred_argument);
    task->panic = panic;
    xc_unwind(xc_thread_current(), why); /* the body or the deferred function may have gone on on another thread */
}

/* A call of `recovered`, as one argument. */
struct xc_recovered_call {
    void (*recovered)(const struct xc_panic *panic, void *argument);
    void *argument;
    struct xc_panic panic;
};

XC_CODE static void xc_recovered_run(void *argument) {
    const struct xc_recovered_call *call = argument;
    call->recovered(&call->panic, call->argument);
}

/* xc_recover, as its entry in assembly calls it: before the body, behind it, and when a panic has landed. */
XC_CODE void XC_ARCH_CALL xc_recover_enter(struct xc_frame *frame) { xc_frame_enter(frame, xc_thread_managed((void *)xc_recover)); }

XC_CODE void XC_ARCH_CALL xc_recover_leave(struct xc_frame *frame) { xc_frame_leave(frame, xc_thread_current()->task); }

XC_CODE void XC_ARCH_CALL xc_recover_landed(struct xc_frame *frame, enum xc_why why, void (*recovered)(const struct xc_panic *panic, void *argument),
                               void *argument) {
    struct xc_thread *thread = frame->activation->thread;
    if (why == XC_WHY_GOEXIT)
        xc_unwind(thread, XC_WHY_GOEXIT);
    bool exiting = thread->task->panic.exiting;
    if (recovered) {
        struct xc_recovered_call call = {recovered, argument, thread->task->panic};
        if (exiting)
            xc_run_exiting(thread->task, xc_recovered_run, &call);
        else
            xc_recovered_run(&call);
    }
    if (exiting)
        xc_unwind(xc_thread_current(), XC_WHY_GOEXIT);
}

/* A deferred function that an unwinding of foreign code runs, in an activation of its own. Nothing may leave it but its end. */
struct xc_deferred_alone {
    struct xc_deferred *deferred;
    struct xc_activation *unwound;
};

XC_CODE static void xc_deferred_run_alone(void *argument) {
    const struct xc_deferred_alone *alone = argument;
    struct xc_thread *thread = xc_thread_current();
    struct xc_frame frame;
    xc_frame_enter(&frame, thread);
    enum xc_why why = xc_arch_frame_run(&frame.arch, alone->deferred->function, alone->deferred->argument);
    if (why != XC_WHY_RETURN)
        xc_stop(XC_STOP_PANIC_IN_FOREIGN_UNWIND, why == XC_WHY_PANIC ? thread->task->panic.value : 0, why == XC_WHY_GOEXIT,
                (uintptr_t)alone->unwound, (uintptr_t)alone->deferred);
    xc_frame_leave(&frame, thread->task);
}

/* Gives up everything inside an activation, runs the deferred functions in it, and makes the activation around it the innermost. */
XC_CODE static void xc_activation_wipe(struct xc_activation *activation) {
    struct xc_thread *thread = activation->thread;
    struct xc_task *task = thread->task;
    uintptr_t head = xc_arch_head(); /* the unwinder's, and its to change: closing calls must not decide it here */
    while (task->frame && task->frame->activation == activation) {
        struct xc_frame *frame = xc_frame_give_up_inside(thread);
        xc_arch_head_set(head);
        if (frame->deferred) {
            struct xc_deferred_alone alone = {frame->deferred, activation};
            struct xc_activation inner;
            /* The words are those of the code that faulted. The deferred function starts with what its body found. */
            struct xc_arch_floats unwinder = xc_arch_floats(), floats = {frame->arch.mxcsr, frame->arch.x87_control};
            xc_arch_floats_set(&floats);
            xc_activation_enter(&inner, thread);
            inner.unwound = activation;
            /* Below the frame lies only what is dead; its own fields are above. */
            xc_arch_switch_to_managed(&inner, xc_deferred_run_alone, &alone, (uintptr_t)frame->arch.sp);
            xc_activation_leave(&inner);
            xc_arch_floats_set(&unwinder);
        }
    }
    while (task->call != activation->call)
        xc_call_close(thread, task->call);
    xc_arch_head_set(head);
    task->locks = activation->locks;
    task->panic_on_fault = activation->panic_on_fault;
    thread->activation = activation->outer;
}

/* Foreign code unwinds over this activation: its managed frames are wiped. Runs their deferred functions, innermost first, and leaves the thread as it
 * was when the callback was entered; the record itself is taken off by the unwinding. On the system stack, inside ntdll's call of our handler.
 *
 * Where the activation was running a deferred function for another unwinding, the two have collided: Windows drops the older one and does not tell its activation
 * again, so what is left to do there is done here. */
XC_CODE void xc_activation_unwound(struct xc_activation *activation, const EXCEPTION_RECORD *record) {
    struct xc_thread *thread = activation->thread;
    if (thread->activation != activation)
        xc_stop(XC_STOP_UNWIND_OUT_OF_ORDER, (uintptr_t)activation, (uintptr_t)thread->activation, record->ExceptionCode, record->ExceptionFlags);
    while (activation) {
        struct xc_activation *older = activation->unwound;
        xc_activation_wipe(activation);
        activation = older;
    }
    if (!thread->activation) {
        xc_family_wait(thread);
        xc_thread_detach(thread); /* it was xc_run's own: the task is gone, and those that it started have ended */
    }
}
