/* Frames that compilers make: what the compilers of this library share. try.c and cxx.cpp are built by clang for a Windows without headers, so nothing of Windows or
 * of the C library is named here; cxx.cpp is built by g++ as well.
 *
 * They have the frames and nothing else: each runs body(argument) under what its compiler makes of it. What a frame does when it is asked
 * or told is decided in made.c, which it calls; so a fault of its own is raised in a called function, which is all that clang covers on i686. */
#ifndef EXCHAIN_FOREIGN_MADE_H
#define EXCHAIN_FOREIGN_MADE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a frame is, whoever made it. */
struct foreign_frame {
    int maker; /* enum foreign_maker */
    int kind;  /* enum scenario_frame_kind */
    unsigned operation;
    bool looking;  /* refault: inside its own fault */
    uint32_t code; /* what it took */
    uintptr_t head; /* by g++: of the exception list when the frame was entered */
};

/* 1: its __except or catch block took an exception; 0: the body came to its end. */
typedef int foreign_made_run(struct foreign_frame *frame, void (*body)(void *), void *argument);

/* try.c */
foreign_made_run foreign_try_except;
foreign_made_run foreign_try_finally;

/* cxx.cpp, by clang in Microsoft's model, and by g++ */
foreign_made_run foreign_cxx_catch_all, foreign_gxx_catch_all;
foreign_made_run foreign_cxx_catch_another, foreign_gxx_catch_another; /* a type that nothing here throws: it is compared, and the search goes on */
foreign_made_run foreign_cxx_rethrow, foreign_gxx_rethrow;
foreign_made_run foreign_cxx_destructor, foreign_gxx_destructor;
void foreign_cxx_throw(void);
void foreign_gxx_throw(void);

/* made.c. The filter of an __except: what it answers is EXCEPTION_EXECUTE_HANDLER (1), EXCEPTION_CONTINUE_SEARCH (0) or EXCEPTION_CONTINUE_EXECUTION (-1). */
int foreign_try_asked(struct foreign_frame *frame, void *exception_pointers);
/* In a catch block of C++. */
void foreign_cpp_caught(struct foreign_frame *frame);
/* In a __finally block or a destructor: once, whether its block has come to its end or is being unwound. */
void foreign_made_ended(struct foreign_frame *frame, bool unwinding) __attribute__((nothrow));

#ifdef __cplusplus
}
#endif

#endif
