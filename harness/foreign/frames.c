/* Frames with a registration record that this C code registers by hand, as C libraries did before compilers did it for them: one for each kind.
 *
 * The record lies in the frame of foreign_frame_run. Its handler is asked in the first pass of an exception, and told of the unwinding in the second. */
#include "foreign.h"

#include "frame.h"
#include "made.h"

struct by_hand {
    EXCEPTION_REGISTRATION_RECORD record; /* first: ntdll hands its address to the handler */
    struct frame_floats floats; /* before the body: who takes an exception out of the middle of an x87 expression puts them back */
    struct foreign_frame frame;
    void *place[5]; /* catch: where to go on, for __builtin_setjmp */
};

struct foreign_hooks foreign_hooks;

/* Called from assembly. */
EXCEPTION_DISPOSITION foreign_frame_decide(EXCEPTION_RECORD *record, struct by_hand *by_hand, CONTEXT *context);

enum foreign_answer foreign_frame_asked(struct foreign_frame *frame, const EXCEPTION_RECORD *record, CONTEXT *context) {
    uint32_t code = record->ExceptionCode, flags = record->ExceptionFlags;
    struct foreign_seen seen = {code, context_pc(context), record->NumberParameters, {record->ExceptionInformation[0], record->ExceptionInformation[1]}};
    foreign_hooks.saw(frame->operation, &seen);
    switch ((enum scenario_frame_kind)frame->kind) {
    case SCENARIO_FRAME_CATCH:
        foreign_hooks.asked(frame->operation, code, flags, FOREIGN_CATCHES);
        frame->code = code;
        return FOREIGN_CATCHES;
    case SCENARIO_FRAME_RESUME:
        if (code == STATUS_NONCONTINUABLE_EXCEPTION)
            break; /* nothing to repair */
        foreign_hooks.asked(frame->operation, code, flags, FOREIGN_CONTINUES);
        context_repair(context, record);
        return FOREIGN_CONTINUES;
    case SCENARIO_FRAME_REFAULT:
        if (frame->looking)
            break;
        foreign_hooks.asked(frame->operation, code, flags, FOREIGN_FAULTS);
        frame->looking = true;
        foreign_fault(foreign_hooks.refault_kind(frame->operation));
        frame->looking = false;
        foreign_hooks.repaired(frame->operation);
        return FOREIGN_SEARCHES;
    default:
        break;
    }
    foreign_hooks.asked(frame->operation, code, flags, FOREIGN_SEARCHES);
    return FOREIGN_SEARCHES;
}

EXCEPTION_DISPOSITION foreign_frame_decide(EXCEPTION_RECORD *record, struct by_hand *by_hand, CONTEXT *context) {
    enum { UNWINDING = 0x2, EXIT_UNWIND = 0x4 };
    struct foreign_frame *frame = &by_hand->frame;
    if (record->ExceptionFlags & (UNWINDING | EXIT_UNWIND)) {
        foreign_hooks.told(frame->operation, record->ExceptionCode, record->ExceptionFlags);
        return ExceptionContinueSearch;
    }
    switch (foreign_frame_asked(frame, record, context)) {
    case FOREIGN_CATCHES:
        foreign_unwind_to(by_hand, record);
        __builtin_longjmp(by_hand->place, 1);
    case FOREIGN_CONTINUES:
        return ExceptionContinueExecution;
    default:
        return ExceptionContinueSearch;
    }
}

/* Where records lie that may be left behind: far below the caller, so that they stay as they are until the stack is really used again, and below any that is linked there
 * already, so that the chain does not bite its tail. How far: a part of what is left, 64 KiB of an unused stack; as deep as frames can be nested, some is left. */
size_t foreign_far_below_bytes(void) {
    enum { PART = 32, APART = 512, RECORDS_MAX = 1 << 16 };
    uintptr_t here = (uintptr_t)__builtin_frame_address(0), lowest = here, low_end = frame_stack_low_end(), record = frame_head();
    for (unsigned records = 0; record >= low_end && record < frame_stack_base() && records < RECORDS_MAX; records++) {
        if (record < lowest)
            lowest = record; /* the ones above are alive */
        record = *(const uintptr_t *)record;
    }
    return lowest < here ? here - lowest + APART : (here - low_end) / PART;
}

/* A bad library: returns with its record still registered. */
static void __attribute__((noinline)) frame_leak(unsigned operation, foreign_body *body, void *argument) {
    char *far_below = __builtin_alloca(foreign_far_below_bytes());
    struct by_hand *by_hand = (struct by_hand *)(((uintptr_t)far_below + 15) & ~(uintptr_t)15);
    *by_hand = (struct by_hand){.frame = {.kind = SCENARIO_FRAME_LEAK, .operation = operation}};
    frame_register(&by_hand->record);
    body(argument);
    foreign_hooks.left_behind(operation, (uintptr_t)by_hand);
}

bool foreign_frame_run(enum scenario_frame_kind kind, unsigned operation, foreign_body *body, void *argument, uint32_t *code) {
    if (kind == SCENARIO_FRAME_LEAK) {
        frame_leak(operation, body, argument);
        return false;
    }
    struct by_hand by_hand = {.frame = {.kind = (int)kind, .operation = operation}};
    volatile bool caught = false;
    frame_floats_save(&by_hand.floats);
    if (__builtin_setjmp(by_hand.place) == 0) {
        frame_register(&by_hand.record);
        body(argument);
    } else {
        caught = true; /* RtlUnwind has made our record the head again */
        frame_floats_restore(&by_hand.floats);
        foreign_overflow_mend((uintptr_t)&by_hand);
    }
    frame_unregister(&by_hand.record);
    *code = by_hand.frame.code;
    return caught;
}
