/* What frames made by compilers do when they are asked and told, one for each kind.
 *
 *            __try (try.c)                                        C++ (cxx.cpp)
 *   pass     __except whose filter searches                       catch of another type
 *   catch    __except whose filter executes its block             catch (...)
 *   resume   __except whose filter repairs the CONTEXT            catch (...) that rethrows: C++ resumes nothing but the exception itself
 *   finally  __finally                                            a destructor
 *   refault  __except whose filter faults                         catch (...) that faults: the catch block is where C++ code looks
 *   leak     pass, left by a jump that unwinds nothing            the same */
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

void foreign_cxx_caught(struct foreign_frame *frame) {
    frame->code = FOREIGN_CXX_EXCEPTION;
    if (frame->kind == SCENARIO_FRAME_RESUME)
        foreign_hooks.rethrows(frame->operation, frame->code);
    if (frame->kind == SCENARIO_FRAME_REFAULT) {
        foreign_hooks.faults(frame->operation);
        foreign_fault(foreign_hooks.refault_kind(frame->operation));
    }
}

void foreign_made_ended(struct foreign_frame *frame, bool unwinding) { foreign_hooks.ended(frame->operation, unwinding); }

/* The body of a `leak`, and the way out of it: a plain jump, as a coroutine library's switch or an error path in assembly leaves a function. Compilers take their
 * records off on every way out that they know of. */
struct leak {
    unsigned operation;
    foreign_body *body;
    void *argument;
    void *outside[5]; /* for __builtin_setjmp */
};

static void run_and_jump(void *argument) {
    struct leak *leak = argument;
    uintptr_t record = frame_head(); /* the frame around us has just registered it */
    leak->body(leak->argument);
    foreign_hooks.left_behind(leak->operation, record);
    __builtin_longjmp(leak->outside, 1);
}

static void __attribute__((noinline)) leak(foreign_made_run *run, unsigned operation, foreign_body *body, void *argument) {
    struct leak leak = {operation, body, argument, {0}};
    struct foreign_frame *frame = __builtin_alloca(foreign_far_below_bytes());
    *frame = (struct foreign_frame){.kind = SCENARIO_FRAME_LEAK, .operation = operation};
    if (__builtin_setjmp(leak.outside) == 0)
        run(frame, run_and_jump, &leak);
}

static foreign_made_run *const by_c[] = {
    [SCENARIO_FRAME_PASS] = foreign_try_except,    [SCENARIO_FRAME_CATCH] = foreign_try_except,   [SCENARIO_FRAME_RESUME] = foreign_try_except,
    [SCENARIO_FRAME_FINALLY] = foreign_try_finally, [SCENARIO_FRAME_REFAULT] = foreign_try_except, [SCENARIO_FRAME_LEAK] = foreign_try_except,
};

static foreign_made_run *const by_cxx[] = {
    [SCENARIO_FRAME_PASS] = foreign_cxx_catch_another, [SCENARIO_FRAME_CATCH] = foreign_cxx_catch_all,   [SCENARIO_FRAME_RESUME] = foreign_cxx_rethrow,
    [SCENARIO_FRAME_FINALLY] = foreign_cxx_destructor, [SCENARIO_FRAME_REFAULT] = foreign_cxx_catch_all, [SCENARIO_FRAME_LEAK] = foreign_cxx_catch_another,
};

bool foreign_frame_made(enum foreign_maker maker, enum scenario_frame_kind kind, unsigned operation, foreign_body *body, void *argument, uint32_t *code) {
    foreign_made_run *run = maker == FOREIGN_BY_CXX ? by_cxx[kind] : by_c[kind];
    if (kind == SCENARIO_FRAME_LEAK) {
        leak(run, operation, body, argument);
        return false;
    }
    struct foreign_frame frame = {.kind = (int)kind, .operation = operation};
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
