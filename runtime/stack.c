/* Managed stacks.
 *
 *   high  +----------------------+ stack_high
 *         | usable               |
 *         +----------------------+ stack_low
 *         | room for a dispatch  | a fault at stack_low: the dispatcher's CONTEXT and our handler
 *         +----------------------+ guard_low + a page
 *         | guard page           | touching it: STATUS_GUARD_PAGE_VIOLATION, once
 *         +----------------------+ guard_low
 *         | room for the report  | the same, when the guard was touched
 *         +----------------------+ report_low
 *         | no access            | the end, in any case
 *   low   +----------------------+ reserve_low
 *
 * The dispatcher writes its CONTEXT below the faulting code's esp before it asks anybody, and where it cannot, the process dies without a word. The guard page
 * is just such a place: so it lies below the stack by as much as a dispatch needs. A CONTEXT with the processor's extended state takes up to 11,567 bytes (AMX;
 * golang/go#81238 was a reserve of 3,375); the rest is for our handler and whoever hears last words. Code that goes on into this room is not stopped: the guard is
 * behind it.
 *
 * The TIB's bounds stay those of the system stack: managed stacks hold no registration records. */
#include "internal.h"

enum { XC_PAGE = 4096, XC_DISPATCH_ROOM = 5 * XC_PAGE, XC_REPORT_ROOM = 8 * XC_PAGE };

/* Errors: false when Windows has no memory; the task is unchanged then. */
XC_CODE bool xc_stack_take(struct xc_task *task, size_t bytes) {
    size_t whole = XC_PAGE + XC_REPORT_ROOM + XC_PAGE + XC_DISPATCH_ROOM + bytes;
    char *memory = xc_stack_take_spare();
    if (!memory)
        memory = xc_stack_make(whole);
    if (!memory)
        return false;
    task->reserve_low = (uintptr_t)memory;
    task->report_low = (uintptr_t)memory + XC_PAGE;
    task->guard_low = (uintptr_t)memory + XC_PAGE + XC_REPORT_ROOM;
    task->stack_low = task->guard_low + XC_PAGE + XC_DISPATCH_ROOM;
    task->stack_high = (uintptr_t)memory + whole;
    return true;
}

bool xc_stack_keep;
static void *volatile xc_stack_spare;

XC_CODE char *xc_stack_take_spare(void) { return xc_stack_keep ? InterlockedExchangePointer(&xc_stack_spare, NULL) : NULL; }

XC_CODE char *xc_stack_make(size_t whole) {
    char *memory = xc_os.memory_take(NULL, whole, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    if (!memory)
        return NULL;
    DWORD before;
    if (!xc_os.memory_protect(memory, XC_PAGE, PAGE_NOACCESS, &before) ||
        !xc_os.memory_protect(memory + XC_PAGE + XC_REPORT_ROOM, XC_PAGE, PAGE_READWRITE | PAGE_GUARD, &before)) {
        xc_os.memory_give(memory, 0, MEM_RELEASE);
        return NULL;
    }
    return memory;
}

XC_CODE bool xc_stack_holds(const struct xc_task *task, uintptr_t sp) { return sp >= task->guard_low + XC_PAGE && sp <= task->stack_high; }

XC_CODE bool xc_stack_is_guard(const struct xc_task *task, uintptr_t address) {
    return address >= task->guard_low && address < task->guard_low + XC_PAGE;
}

XC_CODE void xc_stack_arm(const struct xc_task *task) {
    DWORD before;
    if (!xc_os.memory_protect((void *)task->guard_low, XC_PAGE, PAGE_READWRITE | PAGE_GUARD, &before))
        xc_stop(XC_STOP_GUARD_LOST, task->guard_low, GetLastError(), task->stack_low, task->number);
}

XC_CODE static void xc_stack_free(void *memory) {
    if (memory)
        xc_os.memory_give(memory, 0, MEM_RELEASE);
}

XC_CODE void xc_stack_give_back(struct xc_task *task) {
    void *memory = (void *)task->reserve_low;
    xc_stack_free(xc_stack_keep ? InterlockedExchangePointer(&xc_stack_spare, memory) : memory);
}

XC_CODE void xc_stack_drop_spare(void) {
    xc_stack_free(InterlockedExchangePointer(&xc_stack_spare, NULL));
}
