/* The task's own settings: the lock to its thread, and panic-on-fault. Frames remember both, and xc_unwind puts them back. */
#include "internal.h"

XC_CODE static struct xc_task *xc_task_current(void *entry) {
    struct xc_thread *thread = xc_thread_current();
    if (!thread || !xc_thread_is_managed(thread))
        xc_stop(XC_STOP_ENTRY_OUT_OF_PLACE, (uintptr_t)entry, 0, 0, xc_arch_sp());
    return thread->task;
}

XC_CODE void xc_task_lock(void) {
    enum { LOCKS_MAX = 0xFFFF };
    struct xc_task *task = xc_task_current((void *)xc_task_lock);
    if (task->locks == LOCKS_MAX)
        xc_stop(XC_STOP_LOCK_COUNT_BROKEN, task->locks, task->number, 0, 0);
    task->locks++;
}

XC_CODE void xc_task_unlock(void) {
    struct xc_task *task = xc_task_current((void *)xc_task_unlock);
    if (task->locks == 0)
        xc_stop(XC_STOP_LOCK_COUNT_BROKEN, 0, task->number, 0, 0);
    task->locks--;
}

XC_CODE bool xc_task_panic_on_fault_set(bool panics) {
    struct xc_task *task = xc_task_current((void *)xc_task_panic_on_fault_set);
    bool before = task->panic_on_fault;
    task->panic_on_fault = panics;
    return before;
}
