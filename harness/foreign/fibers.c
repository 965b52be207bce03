/* Win32 fibers: other stacks of the same thread, to which C switches. The TIB's bounds and the exception list change with the stack. */
#include "foreign.h"

#pragma GCC diagnostic ignored "-Warray-bounds" /* mingw's GetCurrentFiber reads the TIB through a pointer that GCC takes for null */
#include <windows.h>

struct errand {
    void (*callback)(void *);
    void *argument;
    void *home;
    bool done;
};

/* Runs on the fiber, which must never return: that would end the thread. */
static VOID CALLBACK run(LPVOID parameter) {
    struct errand *errand = parameter;
    errand->callback(errand->argument);
    errand->done = true;
    SwitchToFiber(errand->home);
}

/* The calling thread becomes a fiber of its own, for as long as it lives, so that switching changes nothing about it that stays changed. */
bool foreign_fiber_ready(void) { return IsThreadAFiber() || ConvertThreadToFiber(NULL); }

bool foreign_on_fiber(void (*callback)(void *), void *argument) {
    bool is_others = !IsThreadAFiber(); /* a thread that is not C's own goes back to what it was */
    if (!foreign_fiber_ready())
        return false;
    struct errand errand = {callback, argument, GetCurrentFiber(), false};
    void *fiber = CreateFiber(0, run, &errand), *marks = foreign_marks;
    struct foreign_overflow overflow = foreign_overflow_now();
    if (fiber) {
        foreign_marks = NULL; /* nobody jumps from one stack to another */
        foreign_overflow_set((struct foreign_overflow){0, 0});
        SwitchToFiber(fiber);
        foreign_marks = marks;
        foreign_overflow_set(overflow);
        DeleteFiber(fiber);
    }
    if (is_others)
        ConvertFiberToThread();
    return errand.done;
}
