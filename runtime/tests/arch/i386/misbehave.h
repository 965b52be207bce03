/* i386: managed code that leaves everything changed that a recover has to put back, and looks at what only assembly sees. */
#ifndef EXCHAIN_RUNTIME_TESTS_MISBEHAVE_H
#define EXCHAIN_RUNTIME_TESTS_MISBEHAVE_H

#include <stdint.h>

/* Loses every callee-saved register but ebp, then panics with 7. Stack: esp may be anything; xc_panic aligns nothing it relies on. */
static inline _Noreturn void misbehave_registers_then_panic(void) {
    __asm__ volatile("movl $0x11111111, %ebx\n\t"
                     "movl $0x22222222, %esi\n\t"
                     "movl $0x33333333, %edi\n\t"
                     "movl $0x44444444, %ebp\n\t"
                     "pushl $7\n\t"
                     "call _xc_panic");
    __builtin_unreachable();
}

/* The same by a fault, with the direction flag set: in the middle of a backward copy. */
static inline _Noreturn void misbehave_registers_then_fault(void) {
    __asm__ volatile("movl $0x11111111, %ebx\n\t"
                     "movl $0x44444444, %ebp\n\t"
                     "movl $16, %esi\n\t"
                     "movl $32, %edi\n\t"
                     "movl $4, %ecx\n\t"
                     "std\n\t"
                     "rep movsl");
    __builtin_unreachable();
}

/* Sets the direction flag and panics with 7: no compiled code may be called so, but a panic may be. */
static inline _Noreturn void misbehave_direction_then_panic(void) {
    __asm__ volatile("pushl $7\n\t"
                     "std\n\t"
                     "call _xc_panic");
    __builtin_unreachable();
}

/* Reads address 0 with the alignment-check flag set. */
static inline _Noreturn void misbehave_alignment_then_fault(void) {
    __asm__ volatile("pushfl\n\t"
                     "orl $0x40000, (%esp)\n\t"
                     "popfl\n\t"
                     "xorl %eax, %eax\n\t"
                     "movl (%eax), %eax");
    __builtin_unreachable();
}

/* Reads address 0 with esp somewhere that is no stack of the task's. */
static inline _Noreturn void misbehave_stack_then_fault(void *high) {
    __asm__ volatile("movl %0, %%esp\n\t"
                     "xorl %%eax, %%eax\n\t"
                     "movl (%%eax), %%eax" : : "r"(high));
    __builtin_unreachable();
}

static inline uint32_t misbehave_flags(void) {
    uint32_t flags;
    __asm__ volatile("pushfl\n\tpopl %0" : "=r"(flags));
    return flags;
}

/* Single precision, rounding down; MXCSR: flush to zero, rounding up, everything masked. */
enum { MISBEHAVE_X87_CONTROL = 0x047F, MISBEHAVE_MXCSR = 0xDF80 };
static inline void misbehave_float_words(void) {
    const uint16_t control = MISBEHAVE_X87_CONTROL;
    const uint32_t mxcsr = MISBEHAVE_MXCSR;
    __asm__ volatile("fldcw %0\n\tldmxcsr %1" : : "m"(control), "m"(mxcsr));
}
static inline void misbehave_float_words_set(uint16_t control, uint32_t mxcsr) {
    __asm__ volatile("fldcw %0\n\tldmxcsr %1" : : "m"(control), "m"(mxcsr));
}

/* Leaves so many values on the x87 stack, as code in the middle of an expression does. */
static inline void misbehave_x87_push(unsigned count) {
    for (; count; count--)
        __asm__ volatile("fld1");
}

/* Divides by zero on the x87 with that exception unmasked. The fault comes with the next x87 instruction that waits: here where `waits`, else whenever. */
static inline void misbehave_x87_divide(int waits) {
    const uint16_t control = 0x037B;
    __asm__ volatile("fnclex\n\tfldcw %0\n\tfld1\n\tfldz\n\tfdivrp" : : "m"(control));
    if (waits)
        __asm__ volatile("fwait");
}

/* The same with the exception masked: all that is left is a mark in the status word, which comes up when somebody unmasks it. */
static inline void misbehave_x87_divide_masked(void) {
    const uint16_t control = 0x037F;
    __asm__ volatile("fnclex\n\tfldcw %0\n\tfld1\n\tfldz\n\tfdivrp" : : "m"(control));
}

/* How much of 8 nested additions the x87 stack can hold: 8, unless somebody left values on it. */
static inline double misbehave_x87_eight(void) {
    double sum;
    __asm__ volatile("fld1\n\tfld1\n\tfld1\n\tfld1\n\tfld1\n\tfld1\n\tfld1\n\tfld1\n\t"
                     "faddp\n\tfaddp\n\tfaddp\n\tfaddp\n\tfaddp\n\tfaddp\n\tfaddp\n\t"
                     "fstpl %0"
                     : "=m"(sum));
    return sum;
}

#endif
