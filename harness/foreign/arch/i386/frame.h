/* i386: how a frame of C is registered by hand, and how its handler repairs a CONTEXT. */
#ifndef EXCHAIN_FOREIGN_FRAME_H
#define EXCHAIN_FOREIGN_FRAME_H

/* struct foreign_args, for assembly */
#define ARGS_FUNCTION 0
#define ARGS_COUNT 8
#define ARGS_SKEW 12
#define ARGS_VALUES 16
#define ARGS_RESULT 52
#define ARGS_SP_BEFORE 56
#define ARGS_SP_AFTER 60
#define ARGS_BEFORE 68
#define ARGS_AFTER 84
#define ARGS_FLAGS_AFTER 100

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>
#include <windows.h>

#include "../../../inject/fault.h"
#include "../../foreign.h"

_Static_assert(offsetof(struct foreign_args, function) == ARGS_FUNCTION, "");
_Static_assert(offsetof(struct foreign_args, count) == ARGS_COUNT, "");
_Static_assert(offsetof(struct foreign_args, skew) == ARGS_SKEW, "");
_Static_assert(offsetof(struct foreign_args, values) == ARGS_VALUES, "");
_Static_assert(offsetof(struct foreign_args, result) == ARGS_RESULT, "");
_Static_assert(offsetof(struct foreign_args, sp_before) == ARGS_SP_BEFORE, "");
_Static_assert(offsetof(struct foreign_args, sp_after) == ARGS_SP_AFTER, "");
_Static_assert(offsetof(struct foreign_args, before) == ARGS_BEFORE, "");
_Static_assert(offsetof(struct foreign_args, after) == ARGS_AFTER, "");
_Static_assert(offsetof(struct foreign_args, flags_after) == ARGS_FLAGS_AFTER, "");

/* Calls function(args) with esp less aligned than compilers have it: see args.S. */
uintptr_t foreign_call_skewed(uintptr_t (*function)(const struct foreign_args *), const struct foreign_args *args, uint32_t skew);
/* Makes the call that args describes, and writes down what it finds behind it, sp_expected excepted. */
void foreign_call_checked(struct foreign_args *args);

/* RtlUnwind up to `frame`, exclusively, with the registers that it may lose kept. */
void foreign_unwind_to(void *frame, EXCEPTION_RECORD *record);
/* The handler in every record; aligns the stack and calls foreign_frame_decide. */
EXCEPTION_DISPOSITION foreign_frame_entry(EXCEPTION_RECORD *record, void *frame, CONTEXT *context, void *dispatcher);

static inline uintptr_t frame_tib(uintptr_t field) {
    uintptr_t value;
    __asm__ volatile("movl %%fs:(%1), %0" : "=r"(value) : "r"(field));
    return value;
}
static inline uintptr_t frame_stack_base(void) { return frame_tib(4); }
static inline uintptr_t frame_stack_limit(void) { return frame_tib(8); }
static inline uintptr_t frame_stack_low_end(void) { return frame_tib(0xE0C); } /* DeallocationStack: reserved from there on */
static inline uintptr_t frame_head(void) { return __readfsdword(0); }

static inline void frame_register(EXCEPTION_REGISTRATION_RECORD *record) {
    record->Handler = (PEXCEPTION_ROUTINE)foreign_frame_entry;
    record->Next = (EXCEPTION_REGISTRATION_RECORD *)frame_head();
    __writefsdword(0, (DWORD)record);
}

static inline void frame_unregister(const EXCEPTION_REGISTRATION_RECORD *record) { __writefsdword(0, (DWORD)record->Next); }

static inline uintptr_t context_pc(const CONTEXT *context) { return context->Eip; }

/* The control words and the alignment-check flag. A handler runs with those of the code that faulted, and RtlUnwind leaves them so. */
struct frame_floats {
    uint32_t mxcsr;
    uint16_t x87_control;
};
static inline void frame_floats_save(struct frame_floats *floats) {
    __asm__ volatile("stmxcsr %0\n\tfnstcw %1" : "=m"(floats->mxcsr), "=m"(floats->x87_control));
}
static inline void frame_floats_restore(const struct frame_floats *floats) {
    __asm__ volatile("pushfl\n\t"
                     "andl $~0x40000, (%%esp)\n\t" /* AC */
                     "popfl\n\t"
                     "fnclex\n\t" /* what is pending must not come up here ... */
                     "emms\n\t"   /* ... nor its operands stay on the x87's stack */
                     "fldcw %1\n\t"
                     "ldmxcsr %0"
                     :
                     : "m"(floats->mxcsr), "m"(floats->x87_control)
                     : "memory", "cc");
}

/* Goes on behind the instruction that faulted. A call into nowhere has pushed its return address: returning there is the repair. */
static inline void context_repair(CONTEXT *context, const EXCEPTION_RECORD *record) {
    enum { EXECUTED = 8 };
    uintptr_t behind = inject_fault_resume_pc(context->Eip);
    if (record->ExceptionCode == EXCEPTION_ACCESS_VIOLATION && record->ExceptionInformation[0] == EXECUTED) {
        context->Eip = *(DWORD *)context->Esp;
        context->Esp += sizeof(DWORD);
    } else if (behind) {
        context->Eip = behind;
    } else if (record->ExceptionCode == EXCEPTION_BREAKPOINT && context->Eip + 1 == (DWORD)record->ExceptionAddress) {
        context->Eip++; /* a raised breakpoint: the dispatcher takes the pc back by one, as it does behind an int3 */
    } /* else: RaiseException, which returns where its context says */
}

#endif /* __ASSEMBLER__ */

#endif
