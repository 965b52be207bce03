/* Threads that no runtime made: C's own, a timer's, a pool's. Whoever asks for one waits until it is done. */
#include "foreign.h"

#include <windows.h>

struct errand {
    void (*work)(void *);
    void *argument;
    HANDLE done; /* timers and pools: their threads live on, so nobody can join them */
};

static void work(const struct errand *errand) {
    if (!foreign_fiber_ready()) /* before anybody looks at the thread */
        ExitProcess(3);
    errand->work(errand->argument);
    ConvertFiberToThread();
}

static DWORD WINAPI run(LPVOID parameter) {
    work(parameter);
    return 0;
}

static DWORD WINAPI run_pooled(LPVOID parameter) {
    const struct errand *errand = parameter;
    work(errand);
    SetEvent(errand->done);
    return 0;
}

static VOID CALLBACK run_timed(PVOID parameter, BOOLEAN fired) {
    (void)fired;
    run_pooled(parameter);
}

bool foreign_thread(foreign_body *body, void *argument) {
    struct errand errand = {body, argument, NULL};
    void *marks = foreign_marks;
    struct foreign_overflow overflow = foreign_overflow_now();
    foreign_marks = NULL; /* nobody jumps from one thread to another */
    foreign_overflow_set((struct foreign_overflow){0, 0});
    HANDLE thread = CreateThread(NULL, 0, run, &errand, 0, NULL);
    if (thread) {
        WaitForSingleObject(thread, INFINITE);
        CloseHandle(thread);
    }
    foreign_marks = marks;
    foreign_overflow_set(overflow);
    return thread != NULL;
}

bool foreign_on_thread_of(enum scenario_carrier carrier, void (*callback)(void *), void *argument) {
    struct errand errand = {callback, argument, NULL};
    if (carrier == SCENARIO_CARRIER_CREATETHREAD)
        return foreign_thread(callback, argument);
    errand.done = CreateEventA(NULL, TRUE, FALSE, NULL);
    if (!errand.done)
        return false;
    HANDLE timer = NULL;
    void *marks = foreign_marks;
    struct foreign_overflow overflow = foreign_overflow_now();
    foreign_marks = NULL;
    foreign_overflow_set((struct foreign_overflow){0, 0});
    BOOL begun = carrier == SCENARIO_CARRIER_TIMER ? CreateTimerQueueTimer(&timer, NULL, run_timed, &errand, 1, 0, WT_EXECUTEONLYONCE)
                                                   : QueueUserWorkItem(run_pooled, &errand, WT_EXECUTEDEFAULT);
    if (begun)
        WaitForSingleObject(errand.done, INFINITE);
    if (timer)
        DeleteTimerQueueTimer(NULL, timer, INVALID_HANDLE_VALUE);
    CloseHandle(errand.done);
    foreign_marks = marks;
    foreign_overflow_set(overflow);
    return begun;
}
