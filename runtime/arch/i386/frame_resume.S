/* _Noreturn void xc_arch_frame_resume(const struct xc_arch_frame *frame, unsigned why)
 *
 * Takes      frame in eax, why in edx (XC_ARCH_CALL).
 * Makes the frame's xc_arch_frame_run return a second time, with `why`.
 * Needs      the frame alive: on the current task's managed stack, above sp; the exception list and the runtime's lists already put back.
 * Restores   sp, callee-saved registers, direction flag, x87 control word and empty x87 stack, MXCSR.
 * Stack      managed before and after; everything below the frame's sp is dead afterwards. */
#include "offsets.h"

        .section .text$xc_m, "xr"
        .p2align 6
        .globl  _xc_arch_frame_resume
_xc_arch_frame_resume:
        movl    %eax, %ecx                      /* frame */
        movl    %edx, %eax                      /* why: what frame_run returns */
        cld                                     /* the wiped code may have been inside a backward copy */
        emms                                    /* ... or inside an x87 expression */
        fldcw   FRAME_X87_CONTROL(%ecx)
        ldmxcsr FRAME_MXCSR(%ecx)
        movl    FRAME_EDI(%ecx), %edi
        movl    FRAME_ESI(%ecx), %esi
        movl    FRAME_EBX(%ecx), %ebx
        movl    FRAME_EBP(%ecx), %ebp
        movl    FRAME_SP(%ecx), %esp            /* at frame_run's return address */
        popl    %ecx
        jmp     *%ecx                           /* no ret: the processor would predict the wiped code's callers */
