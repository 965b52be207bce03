/* Suspension at every instruction: the thread that is stepped spins before the instruction, with every register but the pc as the instruction will find it; a thread
 * of ours suspends it, reads its context and its chain from outside, as a profiler, a debugger or a garbage collector does, and sends it on. */
#include "sweep_suspend.h"

#include <string.h>
#include <windows.h>

#include "../inject/trap.h"

static void (*look_from_outside)(const char *wrong);
static HANDLE parked; /* set: a thread spins, or is about to, and waits to be visited */
static CONTEXT expected;
static HANDLE thread;
static DWORD thread_id;
static CONTEXT found;

/* What the thread's registers were when it was parked, against what the suspended thread shows. */
static const char *registers_compare(void) {
    enum { TRAP_FLAG = 0x100, RESUME_FLAG = 0x10000 };
    if (found.Edi != expected.Edi || found.Esi != expected.Esi || found.Ebx != expected.Ebx || found.Edx != expected.Edx || found.Ecx != expected.Ecx ||
        found.Eax != expected.Eax || found.Ebp != expected.Ebp || found.Esp != expected.Esp)
        return "the suspended thread's registers are not those of its instruction";
    if ((found.EFlags ^ expected.EFlags) & ~(DWORD)(TRAP_FLAG | RESUME_FLAG))
        return "the suspended thread's flags are not those of its instruction";
    return NULL;
}

/* Suspends the thread in the place where it spins. */
static void visit(void) {
    for (;;) {
        SuspendThread(thread);
        found.ContextFlags = CONTEXT_FULL;
        if (GetThreadContext(thread, &found) && trap_is_parked(found.Eip))
            break;
        ResumeThread(thread); /* it has not come to its place yet */
        SwitchToThread();
    }
    look_from_outside(registers_compare());
    found.Eip = expected.Eip;
    found.EFlags = expected.EFlags; /* the trap flag included */
}

/* The visitor, which never ends; what it does between two visits lies where code can be executed at any time. */
static TRAP_CODE DWORD WINAPI watch(LPVOID unused) {
    (void)unused;
    while (WaitForSingleObject(parked, INFINITE) == WAIT_OBJECT_0) {
        visit();
        found.ContextFlags = CONTEXT_CONTROL;
        SetThreadContext(thread, &found);
        ResumeThread(thread);
    }
    return 0;
}

bool sweep_suspend_prepare(void (*look)(const char *wrong)) {
    look_from_outside = look;
    parked = CreateEventA(NULL, FALSE, FALSE, NULL);
    HANDLE visitor = parked ? CreateThread(NULL, 0, watch, NULL, 0, NULL) : NULL;
    if (visitor)
        CloseHandle(visitor);
    return visitor != NULL;
}

void sweep_suspend_park(const CONTEXT *context) {
    if (thread_id != GetCurrentThreadId()) {
        if (thread)
            CloseHandle(thread);
        thread_id = GetCurrentThreadId();
        thread = OpenThread(THREAD_ALL_ACCESS, FALSE, thread_id);
    }
    expected = *context;
    SetEvent(parked);
}
