/* A system stack that ran out. Windows gives what is left of it to the handlers; whoever has taken the exception, and stands above again, must make the guard page anew, or
 * the next overflow ends the process without a word. */
#include <malloc.h>
#include <windows.h>

#include "foreign.h"
#include "frame.h"

enum { PAGE = 0x1000 };

static struct foreign_overflow under_way; /* on the thread that is running: threads.c puts it away */

struct foreign_overflow foreign_overflow_now(void) { return under_way; }
void foreign_overflow_set(struct foreign_overflow overflow) { under_way = overflow; }

void foreign_fault(enum scenario_fault_kind kind) {
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    if (kind == SCENARIO_FAULT_OVERFLOW && !under_way.begun)
        under_way = (struct foreign_overflow){here, frame_stack_limit()};
    inject_fault(kind);
    if (under_way.begun == here) /* somebody repaired it */
        foreign_overflow_mend(here + 1);
}

/* _resetstkoflw makes a guard page just below us. The pages below stay as used as they were: touching them one by one brings the guard, and the limit in the TIB, to where
 * both were when the overflow began. */
void foreign_overflow_mend(uintptr_t frame) {
    if (!under_way.begun || frame <= under_way.begun)
        return; /* none, or it goes on: we stand below it */
    _resetstkoflw();
    for (uintptr_t page = (uintptr_t)__builtin_frame_address(0) & ~(uintptr_t)(PAGE - 1); page >= under_way.limit; page -= PAGE)
        (void)*(volatile char *)page;
    under_way = (struct foreign_overflow){0, 0};
}
