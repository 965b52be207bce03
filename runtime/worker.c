/* Threads of the runtime's own: made when a family has a task that can go on and no thread for it, used again by whichever family needs one, ended by xc_runtime_stop.
 *
 * Each has a record of its own at the top of its system stack, for as long as it lives, and a loop that waits for its turn and runs tasks (xc_task_run_on). */
#include "internal.h"

static SRWLOCK xc_workers_lock = SRWLOCK_INIT; /* families run independently of each other */
static struct xc_thread *xc_workers_free, *xc_workers_all;

/* An event that is set when it is a thread's turn. Stops the process where Windows has none. */
XC_CODE HANDLE xc_wake_make(void) {
    HANDLE wake = xc_os.event_take(NULL, FALSE, FALSE, NULL);
    if (!wake)
        xc_stop(XC_STOP_THREAD_FAILED, 1, GetLastError(), 0, 0);
    return wake;
}

/* Entered by Windows. */
XC_CODE static DWORD WINAPI xc_worker_main(LPVOID argument) {
    struct xc_thread *thread = argument;
    struct xc_activation base;
    base.outer = NULL;
    base.thread = thread;
    base.call = NULL;
    base.unwound = NULL;
    base.locks = 0;
    base.panic_on_fault = false;
    base.head = xc_arch_head();
    xc_arch_register(&base.record, base.head);
    thread->base = &base;
    xc_arch_tls_set(xc_thread_tls_offset, thread);
    for (;;) {
        WaitForSingleObject(thread->wake, INFINITE);
        if (thread->ends)
            break;
        xc_task_run_on(thread);
    }
    xc_arch_tls_set(xc_thread_tls_offset, NULL);
    xc_arch_head_set(base.head);
    return 0;
}

XC_CODE static struct xc_thread *xc_worker_make(void) {
    struct xc_thread *thread = xc_os.memory_take(NULL, sizeof *thread, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE); /* zero, and all but never asked for */
    if (!thread)
        xc_stop(XC_STOP_THREAD_FAILED, 0, GetLastError(), 0, 0);
    thread->wake = xc_wake_make();
    thread->worker = xc_os.thread_take(NULL, 0, xc_worker_main, thread, 0, NULL);
    if (!thread->worker)
        xc_stop(XC_STOP_THREAD_FAILED, 2, GetLastError(), 0, 0);
    return thread;
}

/* A thread that nobody uses, for this family. Stops the process where Windows gives none. On the system stack. */
XC_CODE struct xc_thread *xc_worker_take(struct xc_family *family) {
    AcquireSRWLockExclusive(&xc_workers_lock);
    struct xc_thread *thread = xc_workers_free;
    if (thread)
        xc_workers_free = thread->next;
    ReleaseSRWLockExclusive(&xc_workers_lock);
    if (!thread) {
        thread = xc_worker_make();
        AcquireSRWLockExclusive(&xc_workers_lock);
        thread->made_before = xc_workers_all;
        xc_workers_all = thread;
        ReleaseSRWLockExclusive(&xc_workers_lock);
    }
    thread->family = family;
    return thread;
}

/* The family has come to its end: all its threads are idle. */
XC_CODE void xc_workers_give_back(struct xc_family *family) {
    if (!family->first_idle)
        return;
    AcquireSRWLockExclusive(&xc_workers_lock);
    family->last_idle->next = xc_workers_free;
    xc_workers_free = family->first_idle;
    ReleaseSRWLockExclusive(&xc_workers_lock);
}

/* No family is left. */
XC_CODE void xc_workers_end(void) {
    while (xc_workers_all) {
        struct xc_thread *thread = xc_workers_all;
        xc_workers_all = thread->made_before;
        thread->ends = true;
        SetEvent(thread->wake);
        WaitForSingleObject(thread->worker, INFINITE);
        xc_os.thread_give(thread->worker);
        xc_os.event_give(thread->wake);
        xc_os.memory_give(thread, 0, MEM_RELEASE);
    }
    xc_workers_free = NULL;
}
