/* Frames that a C compiler makes from __try: a record with msvcrt's _except_handler3, a scope table, and the level at which the function is. */
#include "made.h"

int _abnormal_termination(void);
void *__cdecl _exception_info(void);

int foreign_try_except(struct foreign_frame *frame, void (*body)(void *), void *argument) {
    __try {
        body(argument);
    } __except (foreign_try_asked(frame, _exception_info())) {
        return 1;
    }
    return 0;
}

int foreign_try_finally(struct foreign_frame *frame, void (*body)(void *), void *argument) {
    __try {
        body(argument);
    } __finally {
        foreign_made_ended(frame, _abnormal_termination());
    }
    return 0;
}
