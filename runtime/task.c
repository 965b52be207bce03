/* Tasks: starting them, whose turn it is, blocking.
 *
 * Of a family one task runs at a time. Whoever runs has the turn, which is nothing that is stored anywhere: every other thread of the family stands in
 * WaitForSingleObject, so what the family shares needs no lock, and neither does managed code. The turn goes from thread to thread by an event each. Why one at a time:
 * a call into C and back costs 10 ns and knows nothing of all this, since it neither gives the turn up nor asks for it. The price: C that blocks in a system call of its own keeps
 * the family waiting. What blocks through the runtime (xc_park, xc_wait), in a callback of whatever depth, does not.
 *
 * Two ways to give way, by where the task's frames lie:
 *
 *   any thread will do     they are all on the managed stack. xc_arch_task_switch puts the registers there, and goes back to the loop of the thread's own (worker.c), which goes on
 *                          with another task on the same system stack.
 *   the task is kept       some are on this system stack (a callback is open, or it is xc_run's own task), or the task is locked. The thread waits with it, on the system stack
 *                          below everything that is in use, and the turn goes to another thread.
 *
 * Both leave the TIB and the exception list alone: they belong to the thread, and describe the system stack that its task's calls use. */
#include "internal.h"

XC_CODE static bool xc_thread_keeps_task(const struct xc_thread *thread) {
    return !thread->worker || thread->activation != thread->base || thread->task->locks;
}

XC_CODE static void xc_task_make_ready(struct xc_task *task) {
    struct xc_family *family = task->family;
    task->next = NULL;
    if (family->first_ready)
        family->last_ready->next = task;
    else
        family->first_ready = task;
    family->last_ready = task;
}

/* Takes the task whose turn it is. `last` gave way last. */
XC_CODE static struct xc_task *xc_task_take_ready(struct xc_family *family, const struct xc_task *last) {
    struct xc_task *task = family->first_ready;
    if (!task)
        xc_stop(XC_STOP_ALL_TASKS_BLOCKED, family->tasks + 1, family->root->number, last ? last->number : 0, last ? (uintptr_t)last->call : 0);
    family->first_ready = task->next;
    return task;
}

/* Gives the turn to a task on another thread than this one: the one that waits with it, or one that is idle. From here on the family is not ours. */
XC_CODE static void xc_turn_pass(struct xc_task *task) {
    struct xc_family *family = task->family;
    struct xc_thread *thread = task->thread;
    if (!thread) {
        thread = family->first_idle;
        if (thread)
            family->first_idle = thread->next;
        else
            thread = xc_worker_take(family);
        thread->task = task;
    }
    SetEvent(thread->wake);
}

/* The task is ready or blocked, and this thread waits with it until it is its turn again. On the system stack. */
XC_CODE static void xc_turn_wait(void *argument) {
    struct xc_thread *thread = argument;
    struct xc_task *task = thread->task, *next = xc_task_take_ready(thread->family, task);
    if (next == task)
        return;
    if (!thread->wake)
        thread->wake = xc_wake_make();
    task->thread = thread;
    xc_turn_pass(next);
    WaitForSingleObject(thread->wake, INFINITE);
    task->thread = NULL;
}

/* The calling task is ready or blocked: others run until it is its turn. It may be another thread then. */
XC_CODE static void xc_task_give_way(struct xc_thread *thread) {
    if (xc_thread_keeps_task(thread)) {
        struct xc_call place; /* on no list: only for the way to the system stack and back */
        xc_arch_switch_to_system(&place, xc_turn_wait, thread, thread->activation->system_sp);
    } else
        xc_arch_task_switch(&thread->task->sp, thread->base->system_sp);
}

/* Runs the thread's task until it gives way, and those that come behind it and may run here; then passes the turn on. On the system stack of a thread of the
 * runtime's own, under its record. */
XC_CODE void xc_task_run_on(struct xc_thread *thread) {
    struct xc_family *family = thread->family;
    for (;;) {
        struct xc_task *task = thread->task;
        /* Frames remember the activation they were entered in. All of a task's that any thread may run are in its thread's base, and that is now this one's. */
        if (task->frame && task->frame->activation != thread->base)
            for (struct xc_frame *frame = task->frame; frame; frame = frame->outer)
                frame->activation = thread->base;
        thread->activation = thread->base;
        xc_arch_task_switch(&thread->base->system_sp, task->sp);
        thread->activation = NULL;
        struct xc_task *last = task->ended ? NULL : task;
        if (task->ended) {
            struct xc_task *parent = task->parent;
            family->tasks--;
            if (--parent->children == 0 && parent->waiting) {
                parent->waiting = false;
                xc_task_make_ready(parent);
            }
            xc_stack_give_back(task); /* and with it the task, which lies there */
        }
        struct xc_task *next = xc_task_take_ready(family, last);
        thread->task = next->thread ? NULL : next;
        if (next->thread) {
            thread->next = NULL;
            if (family->first_idle)
                family->last_idle->next = thread;
            else
                family->first_idle = thread;
            family->last_idle = thread;
            xc_turn_pass(next); /* from here on this thread may be given a task at any moment: it must not look before it has been woken */
            return;
        }
    }
}

/* The task's first managed function: the base that every panic ends at. */
XC_CODE void xc_task_main(void *on) {
    struct xc_thread *thread = on;
    struct xc_task *task = thread->task;
    struct xc_frame base;
    xc_frame_enter(&base, thread);
    enum xc_why why = xc_arch_frame_run(&base.arch, task->function, task->argument);
    if (why == XC_WHY_RETURN)
        xc_frame_leave(&base, task);
    task->ending = (struct xc_ending){.end = why == XC_WHY_PANIC ? XC_ENDED_PANIC : why == XC_WHY_GOEXIT ? XC_ENDED_GOEXIT : XC_ENDED_RETURN};
    if (why == XC_WHY_PANIC)
        task->ending.panic = task->panic;
}

/* Where a task that xc_go made begins, and ends. */
XC_CODE _Noreturn void xc_task_first(struct xc_task *task) {
    xc_task_main(xc_thread_current());
    if (task->ending.end == XC_ENDED_PANIC)
        xc_panic_not_recovered(&task->ending.panic);
    task->locks = 0;
    xc_wait();
    task->ended = true;
    for (;;) /* nobody comes back */
        xc_arch_task_switch(&task->sp, xc_thread_current()->base->system_sp);
}

/* The first task has ended; the others may not have. */
XC_CODE void xc_family_wait(struct xc_thread *thread) {
    struct xc_task *task = thread->task;
    while (task->children) {
        task->waiting = true;
        xc_turn_wait(thread);
    }
}

XC_CODE enum xc_error xc_go(xc_function *function, void *argument) {
    struct xc_task *parent = xc_thread_managed((void *)xc_go)->task;
    struct xc_task *task = xc_task_make();
    if (!task)
        return XC_ERROR_MEMORY;
    task->function = function;
    task->argument = argument;
    task->family = parent->family;
    task->parent = parent;
    parent->children++;
    parent->family->tasks++;
    task->sp = xc_arch_task_prepare(task->stack_high, task);
    xc_task_make_ready(task);
    return XC_OK;
}

XC_CODE void xc_yield(void) {
    struct xc_thread *thread = xc_thread_managed((void *)xc_yield);
    if (!thread->family->first_ready)
        return;
    xc_task_make_ready(thread->task);
    xc_task_give_way(thread);
}

XC_CODE void xc_wait(void) {
    struct xc_task *task = xc_thread_managed((void *)xc_wait)->task;
    while (task->children) {
        task->waiting = true;
        xc_task_give_way(xc_thread_current());
    }
}

XC_CODE struct xc_task *xc_task_self(void) { return xc_thread_managed((void *)xc_task_self)->task; }

XC_CODE void xc_park(void) {
    struct xc_thread *thread = xc_thread_managed((void *)xc_park);
    struct xc_task *task = thread->task;
    task->parked = !task->permit;
    task->permit = false;
    if (task->parked)
        xc_task_give_way(thread);
}

XC_CODE void xc_ready(struct xc_task *task) {
    struct xc_thread *thread = xc_thread_managed((void *)xc_ready);
    if (task->family != thread->family)
        xc_thread_out_of_place(thread, (void *)xc_ready);
    task->permit = !task->parked;
    if (!task->parked)
        return;
    task->parked = false;
    xc_task_make_ready(task);
}
