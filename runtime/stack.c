/* Managed stacks.
 *
 *   high  +----------------------+ stack_high
 *         | usable               |
 *         +----------------------+ stack_low
 *         | guard page           | touching it: STATUS_GUARD_PAGE_VIOLATION, once
 *         +----------------------+ guard_low
 *         | room for the report  | the dispatcher's CONTEXT and our handler, when the guard was touched
 *         +----------------------+ report_low
 *         | no access            | the end, in any case
 *   low   +----------------------+ reserve_low
 *
 * The TIB's bounds stay those of the system stack: managed stacks hold no registration records. */
#include "internal.h"

enum { XC_PAGE = 4096, XC_REPORT_ROOM = 8 * XC_PAGE };

/* Errors: false when Windows has no memory; the task is unchanged then. */
XC_CODE bool xc_stack_take(struct xc_task *task, size_t bytes) {
    size_t whole = XC_PAGE + XC_REPORT_ROOM + XC_PAGE + bytes;
    char *memory = xc_os.memory_take(NULL, whole, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    if (!memory)
        return false;
    DWORD before;
    if (!xc_os.memory_protect(memory, XC_PAGE, PAGE_NOACCESS, &before) ||
        !xc_os.memory_protect(memory + XC_PAGE + XC_REPORT_ROOM, XC_PAGE, PAGE_READWRITE | PAGE_GUARD, &before)) {
        xc_os.memory_give(memory, 0, MEM_RELEASE);
        return false;
    }
    task->reserve_low = (uintptr_t)memory;
    task->report_low = (uintptr_t)memory + XC_PAGE;
    task->guard_low = (uintptr_t)memory + XC_PAGE + XC_REPORT_ROOM;
    task->stack_low = task->guard_low + XC_PAGE;
    task->stack_high = (uintptr_t)memory + whole;
    return true;
}

XC_CODE void xc_stack_give_back(struct xc_task *task) {
    xc_os.memory_give((void *)task->reserve_low, 0, MEM_RELEASE);
}
