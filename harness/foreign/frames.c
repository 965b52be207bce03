/* Frames with a registration record that this C code registers by hand, as C libraries did before compilers did it for them: one for each kind.
 *
 * The record lies in the frame of foreign_frame_run. Its handler is asked in the first pass of an exception, and told of the unwinding in the second. */
#include "foreign.h"

#include "frame.h"

struct foreign_frame {
    EXCEPTION_REGISTRATION_RECORD record; /* first: ntdll hands its address to the handler */
    struct frame_floats floats; /* before the body: who takes an exception out of the middle of an x87 expression puts them back */
    enum scenario_frame_kind kind;
    unsigned operation;
    bool looking;     /* refault: inside its own fault */
    uint32_t code;    /* catch: what it took */
    void *place[5];   /* catch: where to go on, for __builtin_setjmp */
};

struct foreign_hooks foreign_hooks;

/* Called from assembly. */
EXCEPTION_DISPOSITION foreign_frame_decide(EXCEPTION_RECORD *record, struct foreign_frame *frame, CONTEXT *context);

const uintptr_t foreign_frame_handler = (uintptr_t)foreign_frame_entry;

EXCEPTION_DISPOSITION foreign_frame_decide(EXCEPTION_RECORD *record, struct foreign_frame *frame, CONTEXT *context) {
    enum { UNWINDING = 0x2, EXIT_UNWIND = 0x4 };
    uint32_t code = record->ExceptionCode, flags = record->ExceptionFlags;
    if (flags & (UNWINDING | EXIT_UNWIND)) {
        foreign_hooks.told(frame->operation, code, flags);
        return ExceptionContinueSearch;
    }
    struct foreign_seen seen = {code, context_pc(context), record->NumberParameters, {record->ExceptionInformation[0], record->ExceptionInformation[1]}};
    foreign_hooks.saw(frame->operation, &seen);
    switch (frame->kind) {
    case SCENARIO_FRAME_CATCH:
        foreign_hooks.asked(frame->operation, code, flags, FOREIGN_CATCHES);
        frame->code = code;
        foreign_unwind_to(frame, record);
        __builtin_longjmp(frame->place, 1);
    case SCENARIO_FRAME_RESUME:
        if (code == STATUS_NONCONTINUABLE_EXCEPTION)
            break; /* nothing to repair */
        foreign_hooks.asked(frame->operation, code, flags, FOREIGN_CONTINUES);
        context_repair(context, record);
        return ExceptionContinueExecution;
    case SCENARIO_FRAME_REFAULT:
        if (frame->looking)
            break;
        foreign_hooks.asked(frame->operation, code, flags, FOREIGN_FAULTS);
        frame->looking = true;
        foreign_fault(foreign_hooks.refault_kind(frame->operation));
        frame->looking = false;
        foreign_hooks.repaired(frame->operation);
        return ExceptionContinueSearch;
    default:
        break;
    }
    foreign_hooks.asked(frame->operation, code, flags, FOREIGN_SEARCHES);
    return ExceptionContinueSearch;
}

/* A bad library: returns with its record still registered. The record lies far below the caller, so that it stays legible until the stack is really used
 * again, and below any record left behind before it, so that the chain does not bite its tail. */
static void __attribute__((noinline)) frame_leak(unsigned operation, foreign_body *body, void *argument) {
    enum { FAR_BELOW = 64 << 10, APART = 512 };
    uintptr_t here = (uintptr_t)__builtin_frame_address(0), head = frame_head();
    char *far_below = __builtin_alloca(head < here ? here - head + APART : FAR_BELOW);
    struct foreign_frame *frame = (struct foreign_frame *)(((uintptr_t)far_below + 15) & ~(uintptr_t)15);
    *frame = (struct foreign_frame){.kind = SCENARIO_FRAME_LEAK, .operation = operation};
    frame_register(&frame->record);
    body(argument);
    foreign_hooks.left_behind(operation, (uintptr_t)frame);
}

bool foreign_frame_run(enum scenario_frame_kind kind, unsigned operation, foreign_body *body, void *argument, uint32_t *code) {
    if (kind == SCENARIO_FRAME_LEAK) {
        frame_leak(operation, body, argument);
        return false;
    }
    struct foreign_frame frame = {.kind = kind, .operation = operation};
    volatile bool caught = false;
    frame_floats_save(&frame.floats);
    if (__builtin_setjmp(frame.place) == 0) {
        frame_register(&frame.record);
        body(argument);
    } else {
        caught = true; /* RtlUnwind has made our record the head again */
        frame_floats_restore(&frame.floats);
        foreign_overflow_mend((uintptr_t)&frame);
    }
    frame_unregister(&frame.record);
    *code = frame.code;
    return caught;
}
