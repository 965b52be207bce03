/* uintptr_t CONVENTION thunk(uintptr_t ...), as every thunk goes on
 *
 * Where C comes in through a thunk: hands its arguments to xc_thunk_called, in C, and goes back to the caller as the convention wants it.
 * Called by  foreign code, as a function of the thunk's own convention; the thunk's code (arch.h) has put who it is into eax and jumped here.
 * Needs      nothing: Windows promises 4 bytes of alignment, compiled C here wants 16; the direction flag is clear, as C promises.
 * Stack      system, before and after; pops the arguments where the convention says so.
 * Keeps      ebx esi edi ebp.
 * May be     wiped by a panic or by foreign unwinding: then it never returns.
 *
 *   | argument 0, 1, ...                |
 *   | return address into foreign code  |
 *   | ebp of the caller                 | <- ebp
 *   | ebx of the caller                 | */
#include "offsets.h"

        .section .text$xc_m, "xr"
        .p2align 6
        .globl  _xc_arch_thunk_entry
_xc_arch_thunk_entry:
        pushl   %ebp
        movl    %esp, %ebp
        pushl   %ebx
        movl    %eax, %ebx                      /* the thunk: ebx is kept by C */
        andl    $-16, %esp
        leal    8(%ebp), %edx                   /* arguments */
        call    _xc_thunk_called                /* the thunk still in eax (XC_ARCH_CALL); its result stays in eax */
        movl    THUNK_POPS(%ebx), %ecx
        movl    -4(%ebp), %ebx
        leave
        popl    %edx                            /* return address ... */
        addl    %ecx, %esp                      /* ... over the arguments that are ours to pop */
        pushl   %edx
        ret                                     /* not a jump: the processor predicts it by the call that led here */
