/* i386: what the executor reads of the thread it runs on, and the call that checks what a call keeps. A port fills a folder like this one. */
#ifndef EXCHAIN_EXECUTE_MACHINE_H
#define EXCHAIN_EXECUTE_MACHINE_H

/* struct machine_checked, for assembly */
#define CHECKED_FUNCTION 0
#define CHECKED_ARGUMENTS 4
#define CHECKED_BEFORE 24
#define CHECKED_EBP_BEFORE 36
#define CHECKED_SP_BEFORE 40
#define CHECKED_AFTER 44
#define CHECKED_EBP_AFTER 56
#define CHECKED_SP_AFTER 60
#define CHECKED_FLAGS_AFTER 64
#define CHECKED_RESULT 68
#define CHECKED_SKEW 72

/* struct machine_stacks, for assembly */
#define STACKS_SP 0
#define STACKS_HEAD 4
#define STACKS_HERE_COPY 8
#define STACKS_HERE_HIGH 12
#define STACKS_HERE_BYTES 16
#define STACKS_THERE_COPY 20
#define STACKS_THERE_LOW 24
#define STACKS_THERE_BYTES 28
#define STACKS_GRAIN 64

/* A text goes on in frames of an earlier one (parting.c). The processor predicts where a `ret` goes from the calls that it has seen, and of those it has not: each is mispredicted. An indirect jump goes where it went
 * the last times. ecx is nobody's where a function returns. Measured: 4 % of a text. */
#ifdef EXCHAIN_EXPLORES
#define GONE_ON_IN_RETURN popl %ecx; jmp *%ecx
#define MACHINE_GONE_ON_IN __attribute__((function_return("thunk-extern")))
#else
#define GONE_ON_IN_RETURN ret
#define MACHINE_GONE_ON_IN
#endif

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MACHINE_POINTER_BYTES = 4 };

/* 16 bytes, and as many as a struct step_moment has: compared and copied with SSE2, which every processor has that runs a Windows of today. In assembly, so that compiled code needs no aligned stack. */
struct machine_16 { unsigned char bytes[16]; };
struct machine_moment_bytes { unsigned char bytes[80]; };
#ifdef __SSE__
#define MACHINE_LOSES_XMM0 : "xmm0"
#define MACHINE_LOSES_XMM : "xmm0", "xmm1", "xmm2"
#else
#define MACHINE_LOSES_XMM0 /* no C uses it */
#define MACHINE_LOSES_XMM
#endif
#define MACHINE_ADD_DIFFERENCE(at) \
    "movdqu " #at "(%1), %%xmm1\n\tmovdqu " #at "(%2), %%xmm2\n\tpxor %%xmm2, %%xmm1\n\tpor %%xmm1, %%xmm0\n\t"
#define MACHINE_IS_NONE "pxor %%xmm1, %%xmm1\n\tpcmpeqd %%xmm1, %%xmm0\n\tpmovmskb %%xmm0, %0"
/* 0: they are the same. */
static inline uint32_t machine_difference_16(const void *one, const void *other) {
    uint32_t same;
    __asm__("movdqu (%1), %%xmm0\n\tmovdqu (%2), %%xmm1\n\tpcmpeqd %%xmm1, %%xmm0\n\tpmovmskb %%xmm0, %0"
            : "=r"(same) : "r"(one), "r"(other), "m"(*(const struct machine_16 *)one), "m"(*(const struct machine_16 *)other) MACHINE_LOSES_XMM);
    return same ^ 0xFFFF;
}
static inline uint32_t machine_moment_difference(const void *one, const void *other) {
    uint32_t same;
    __asm__("pxor %%xmm0, %%xmm0\n\t" MACHINE_ADD_DIFFERENCE(0) MACHINE_ADD_DIFFERENCE(16) MACHINE_ADD_DIFFERENCE(32) MACHINE_ADD_DIFFERENCE(48) MACHINE_ADD_DIFFERENCE(64)
            MACHINE_IS_NONE
            : "=r"(same) : "r"(one), "r"(other), "m"(*(const struct machine_moment_bytes *)one), "m"(*(const struct machine_moment_bytes *)other) MACHINE_LOSES_XMM);
    return same ^ 0xFFFF;
}
static inline void machine_moment_copy(void *to, const void *from) {
    __asm__("movdqu (%2), %%xmm0\n\tmovdqu 16(%2), %%xmm1\n\tmovdqu 32(%2), %%xmm2\n\tmovdqu %%xmm0, (%1)\n\tmovdqu %%xmm1, 16(%1)\n\tmovdqu %%xmm2, 32(%1)\n\t"
            "movdqu 48(%2), %%xmm0\n\tmovdqu 64(%2), %%xmm1\n\tmovdqu %%xmm0, 48(%1)\n\tmovdqu %%xmm1, 64(%1)"
            : "=m"(*(struct machine_moment_bytes *)to) : "r"(to), "r"(from), "m"(*(const struct machine_moment_bytes *)from) MACHINE_LOSES_XMM);
}

/* A call through machine_checked_call: callee-saved registers are loaded with values of our own before, and read after. */
struct machine_checked {
    void *function;
    uintptr_t arguments[5];
    uintptr_t before[3]; /* ebx, esi, edi: loaded before the call */
    uintptr_t ebp_before, sp_before;
    uintptr_t after[3];
    uintptr_t ebp_after, sp_after;
    uint32_t flags_after;
    uintptr_t result;
    uint32_t skew; /* 0, 4, 8 or 12: how far below a multiple of 16 the arguments lie */
};
_Static_assert(offsetof(struct machine_checked, arguments) == CHECKED_ARGUMENTS, "");
_Static_assert(offsetof(struct machine_checked, before) == CHECKED_BEFORE, "");
_Static_assert(offsetof(struct machine_checked, sp_before) == CHECKED_SP_BEFORE, "");
_Static_assert(offsetof(struct machine_checked, ebp_before) == CHECKED_EBP_BEFORE, "");
_Static_assert(offsetof(struct machine_checked, after) == CHECKED_AFTER, "");
_Static_assert(offsetof(struct machine_checked, sp_after) == CHECKED_SP_AFTER, "");
_Static_assert(offsetof(struct machine_checked, ebp_after) == CHECKED_EBP_AFTER, "");
_Static_assert(offsetof(struct machine_checked, flags_after) == CHECKED_FLAGS_AFTER, "");
_Static_assert(offsetof(struct machine_checked, result) == CHECKED_RESULT, "");
_Static_assert(offsetof(struct machine_checked, skew) == CHECKED_SKEW, "");

void machine_checked_call(struct machine_checked *checked);

/* A moment of a thread that stands on one of two stacks, to come back to. Bounds and room for copies are the caller's. */
struct machine_stacks {
    uintptr_t sp, head;
    void *here_copy;                  /* of the stack we stand on: from the stack pointer up to here_high, with up to STACKS_GRAIN bytes more */
    uintptr_t here_high, here_bytes;  /* here_bytes, sp, head: not the caller's */
    void *there_copy;                 /* of the other one */
    uintptr_t there_low, there_bytes; /* a multiple of STACKS_GRAIN */
};
_Static_assert(offsetof(struct machine_stacks, sp) == STACKS_SP && offsetof(struct machine_stacks, head) == STACKS_HEAD, "");
_Static_assert(offsetof(struct machine_stacks, here_copy) == STACKS_HERE_COPY && offsetof(struct machine_stacks, here_high) == STACKS_HERE_HIGH, "");
_Static_assert(offsetof(struct machine_stacks, here_bytes) == STACKS_HERE_BYTES && offsetof(struct machine_stacks, there_copy) == STACKS_THERE_COPY, "");
_Static_assert(offsetof(struct machine_stacks, there_low) == STACKS_THERE_LOW && offsetof(struct machine_stacks, there_bytes) == STACKS_THERE_BYTES, "");

/* False; and true each time that somebody puts back what is kept. */
bool machine_stacks_keep(struct machine_stacks *stacks);
_Noreturn void machine_stacks_put_back(const struct machine_stacks *stacks);
/* The tables by which g++'s unwinder can walk the functions of this image; NULL: it has none. */
const void *machine_unwind_tables(void);
/* Calls function(argument) with the stack pointer just below `sp`, aligned; everything below it is free. Comes back to where it was called. */
void machine_call_on(uintptr_t sp, void (*function)(void *), void *argument);

/* Fields of the TIB (winnt.h, NT_TIB; winternl.h, TEB). */
enum { TIB_HEAD = 0x0, TIB_STACK_BASE = 0x4, TIB_STACK_LIMIT = 0x8, TIB_FIBER_DATA = 0x10, TIB_SELF = 0x18, TEB_THREAD = 0x24, TEB_PEB = 0x30, TEB_LAST_ERROR = 0x34,
       TEB_DEALLOCATION_STACK = 0xE0C, PEB_FAST_LOCK = 0x1C, PEB_LOADER_LOCK = 0xA0 };

/* One of them, by its name. */
#define machine_tib(field) \
    (__extension__({ \
        uintptr_t tib_value; \
        __asm__ volatile("movl %%fs:%c1, %0" : "=r"(tib_value) : "i"(field)); \
        tib_value; \
    }))
static inline void machine_tib_set(uintptr_t field, uintptr_t value) {
    __asm__ volatile("movl %0, %%fs:(%1)" : : "r"(value), "r"(field) : "memory");
}
static inline uintptr_t machine_sp(void) {
    uintptr_t sp;
    __asm__ volatile("movl %%esp, %0" : "=r"(sp));
    return sp;
}
/* What compilers promise each other: the arguments of a function that is entered begin at a multiple of this. */
enum { MACHINE_ALIGNMENT = 16 };
/* Where the arguments of the function that this stands in begin. */
#define machine_arguments() ((uintptr_t)__builtin_dwarf_cfa())
/* Reads as compiled code reads its aligned variables: faults where it is not. */
static inline void machine_read_aligned(uintptr_t address) { __asm__ volatile("movaps (%0), %%xmm0" : : "r"(address) MACHINE_LOSES_XMM0); }
/* Windows' id of the thread. */
static inline uint32_t machine_thread_id(void) { return machine_tib(TEB_THREAD); }
/* The control words of floating point, looked at now and read later: it takes them a while to come to memory. */
struct machine_floats {
    uint32_t mxcsr;
    uint16_t x87_control;
};
static inline void machine_floats_look(struct machine_floats *floats) {
    __asm__ volatile("stmxcsr %0\n\tfnstcw %1" : "=m"(floats->mxcsr), "=m"(floats->x87_control));
}
static inline uint32_t machine_mxcsr_control_of(const struct machine_floats *floats) {
    enum { EXCEPTION_STATUS = 0x3F }; /* sticky flags: not control bits, C may leave them as it likes */
    return floats->mxcsr & ~(uint32_t)EXCEPTION_STATUS;
}
static inline uint32_t machine_x87_control_of(const struct machine_floats *floats) { return floats->x87_control; }
static inline uint32_t machine_mxcsr_control(void) {
    struct machine_floats floats;
    machine_floats_look(&floats);
    return machine_mxcsr_control_of(&floats);
}
static inline void machine_x87(uint32_t *control, uint32_t *tag) {
    uint32_t environment[7]; /* control, status, tag, ip, cs, operand, ds */
    __asm__ volatile("fnstenv %0\n\tfldenv %0" : "+m"(environment)); /* fnstenv masks every exception: put back */
    *control = environment[0] & 0xFFFF;
    *tag = environment[2] & 0xFFFF;
}
static inline uint32_t machine_x87_tag(void) {
    uint32_t control, tag;
    machine_x87(&control, &tag);
    return tag;
}

/* int 29h: nobody is asked (__fastfail). */
static const unsigned char machine_ends_process[] = {0xCD, 0x29};

/* Writes `pattern` into so many words from `low` on. */
static inline void machine_fill(uintptr_t low, size_t words, uint32_t pattern) {
    __asm__ volatile("cld; rep stosl" : "+D"(low), "+c"(words) : "a"(pattern) : "memory", "cc");
}

/* Writes `pattern` over [sp - bytes, sp - a few), the dead part of the stack we stand on, using no stack itself. */
static inline void machine_clobber_below(size_t bytes, uint32_t pattern) {
    uint32_t words = bytes / 4;
    void *low = (char *)machine_sp() - bytes;
    __asm__ volatile("cld; rep stosl" : "+D"(low), "+c"(words) : "a"(pattern) : "memory", "cc");
}
#endif

#endif
