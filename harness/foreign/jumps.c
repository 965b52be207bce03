/* setjmp and longjmp of the C library. On x86 msvcrt's longjmp unwinds (RtlUnwind) up to the record that was the head at setjmp, so everybody in between is told. */
#include "foreign.h"

#include <setjmp.h>
#include <stddef.h>

struct mark {
    jmp_buf place;
    void *outer;
};
void *foreign_marks; /* of the thread that is running: threads.c puts it away */

bool foreign_mark(foreign_body *body, void *argument) {
    struct mark mark;
    mark.outer = foreign_marks;
    foreign_marks = &mark;
    volatile bool jumped = false;
    if (setjmp(mark.place) == 0) {
        body(argument);
    } else {
        jumped = true;
        foreign_overflow_mend((uintptr_t)&mark);
    }
    foreign_marks = mark.outer;
    return jumped;
}

void foreign_jump(void) {
    struct mark *innermost = foreign_marks;
    if (innermost)
        longjmp(innermost->place, 1);
}
