/* The task's own settings: the lock to its thread, and panic-on-fault. Frames remember both, and xc_unwind puts them back. */
#include "internal.h"

XC_CODE void xc_task_lock(void) {
    enum { LOCKS_MAX = 0xFFFF };
    struct xc_task *task = xc_thread_managed((void *)xc_task_lock)->task;
    if (task->locks == LOCKS_MAX)
        xc_stop(XC_STOP_LOCK_COUNT_BROKEN, task->locks, task->number, 0, 0);
    task->locks++;
}

XC_CODE void xc_task_unlock(void) {
    struct xc_task *task = xc_thread_managed((void *)xc_task_unlock)->task;
    if (task->locks == 0)
        xc_stop(XC_STOP_LOCK_COUNT_BROKEN, 0, task->number, 0, 0);
    task->locks--;
}

XC_CODE bool xc_task_panic_on_fault_set(bool panics) {
    struct xc_task *task = xc_thread_managed((void *)xc_task_panic_on_fault_set)->task;
    bool before = task->panic_on_fault;
    task->panic_on_fault = panics;
    return before;
}
