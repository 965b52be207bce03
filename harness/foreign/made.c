/* What frames made by compilers do when they are asked and told, one for each kind.
 *
 *            __try (try.c)                                        C++ (cxx.cpp, in Microsoft's model and by g++)
 *   pass     __except whose filter searches                       catch of another type
 *   catch    __except whose filter executes its block             catch (...)
 *   resume   __except whose filter repairs the CONTEXT            catch (...) that rethrows: C++ resumes nothing but the exception itself
 *   finally  __finally                                            a destructor
 *   refault  __except whose filter faults                         catch (...) that faults: the catch block is where C++ code looks
 *   leak     pass, left by a jump that unwinds nothing            the same; g++'s frame has no record to leave behind */
#include "foreign.h"

#include "frame.h"
#include "made.h"

enum { EXECUTE_HANDLER = 1, CONTINUE_SEARCH = 0, CONTINUE_EXECUTION = -1 };

int foreign_try_asked(struct foreign_frame *frame, void *exception_pointers) {
    const EXCEPTION_POINTERS *pointers = exception_pointers;
    switch (foreign_frame_asked(frame, pointers->ExceptionRecord, pointers->ContextRecord)) {
    case FOREIGN_CATCHES: return EXECUTE_HANDLER;
    case FOREIGN_CONTINUES: return CONTINUE_EXECUTION;
    default: return CONTINUE_SEARCH;
    }
}

/* On the way out of a frame of g++'s that an exception leads through or to. */
static void come_back(const struct foreign_frame *frame) {
    if (frame->maker == FOREIGN_BY_GXX)
        foreign_hooks.wiped(frame->head);
}

void foreign_cpp_caught(struct foreign_frame *frame) {
    come_back(frame);
    frame->code = frame->maker == FOREIGN_BY_GXX ? 0 : FOREIGN_CXX_EXCEPTION;
    if (frame->kind == SCENARIO_FRAME_RESUME)
        foreign_hooks.rethrows(frame->operation, frame->code);
    if (frame->kind == SCENARIO_FRAME_REFAULT) {
        foreign_hooks.faults(frame->operation);
        foreign_fault(foreign_hooks.refault_kind(frame->operation));
    }
}

void foreign_made_ended(struct foreign_frame *frame, bool unwinding) {
    if (unwinding)
        come_back(frame);
    foreign_hooks.ended(frame->operation, unwinding);
}

/* The body of a `leak`, and the way out of it: a plain jump, as a coroutine library's switch or an error path in assembly leaves a function. Compilers take their
 * records off on every way out that they know of. */
struct leak {
    const struct foreign_frame *frame;
    foreign_body *body;
    void *argument;
    void *outside[5]; /* for __builtin_setjmp */
};

static void run_and_jump(void *argument) {
    struct leak *leak = argument;
    uintptr_t record = frame_head(); /* the frame around us has just registered it */
    leak->body(leak->argument);
    if (leak->frame->maker != FOREIGN_BY_GXX)
        foreign_hooks.left_behind(leak->frame->operation, record);
    __builtin_longjmp(leak->outside, 1);
}

static void __attribute__((noinline)) leak(foreign_made_run *run, const struct foreign_frame *like, foreign_body *body, void *argument) {
    struct foreign_frame *frame = __builtin_alloca(foreign_far_below_bytes());
    struct leak leak = {frame, body, argument, {0}};
    *frame = *like;
    if (__builtin_setjmp(leak.outside) == 0)
        run(frame, run_and_jump, &leak);
}

/* The body of a frame of g++'s. What is registered inside may be dead, and linked, when control comes back: it lies far below, so that no frame of C comes to lie upon it. */
struct far_below {
    foreign_body *body;
    void *argument;
};

static void __attribute__((noinline)) run_far_below(void *argument) {
    const struct far_below *inside = argument;
    char *gap = __builtin_alloca(foreign_far_below_bytes());
    __asm__ volatile("" : : "r"(gap) : "memory"); /* it is needed, although nothing is put there */
    inside->body(inside->argument);
    __asm__ volatile(""); /* no jump instead of a call: the gap would be gone */
}

static foreign_made_run *const runs[][SCENARIO_FRAME_KIND_COUNT] = {
    [FOREIGN_BY_C] = {[SCENARIO_FRAME_PASS] = foreign_try_except, [SCENARIO_FRAME_CATCH] = foreign_try_except, [SCENARIO_FRAME_RESUME] = foreign_try_except,
                      [SCENARIO_FRAME_FINALLY] = foreign_try_finally, [SCENARIO_FRAME_REFAULT] = foreign_try_except, [SCENARIO_FRAME_LEAK] = foreign_try_except},
#define BY_CPP(maker) \
    {[SCENARIO_FRAME_PASS] = foreign_##maker##_catch_another, [SCENARIO_FRAME_CATCH] = foreign_##maker##_catch_all, \
     [SCENARIO_FRAME_RESUME] = foreign_##maker##_rethrow, [SCENARIO_FRAME_FINALLY] = foreign_##maker##_destructor, \
     [SCENARIO_FRAME_REFAULT] = foreign_##maker##_catch_all, [SCENARIO_FRAME_LEAK] = foreign_##maker##_catch_another}
    [FOREIGN_BY_CXX] = BY_CPP(cxx),
    [FOREIGN_BY_GXX] = BY_CPP(gxx),
};

bool foreign_frame_made(enum foreign_maker maker, enum scenario_frame_kind kind, unsigned operation, foreign_body *body, void *argument, uint32_t *code) {
    foreign_made_run *run = runs[maker][kind];
    struct foreign_frame frame = {.maker = (int)maker, .kind = (int)kind, .operation = operation, .head = frame_head()};
    struct far_below inside = {body, argument};
    if (maker == FOREIGN_BY_GXX) {
        body = run_far_below;
        argument = &inside;
    }
    if (kind == SCENARIO_FRAME_LEAK) {
        leak(run, &frame, body, argument);
        return false;
    }
    struct frame_floats floats;
    frame_floats_save(&floats);
    bool took = run(&frame, body, argument);
    if (took) {
        frame_floats_restore(&floats); /* neither _except_handler3 nor a catch block does */
        foreign_overflow_mend((uintptr_t)&frame);
    }
    *code = frame.code;
    return took;
}
