/* unsigned xc_arch_frame_run(struct xc_arch_frame *frame, void (*function)(void *), void *argument)
 *
 * Takes      frame in eax, function in edx, argument in ecx (XC_ARCH_CALL).
 * Remembers where we are, then calls function(argument).
 * Returns    0 when function returned; `why` when xc_arch_frame_resume was called for this frame, at most once.
 * Stack      managed, before and after. The frame's sp points at our return address, which stays where it is: function runs below it.
 * Keeps      ebx esi edi ebp, on both ways out.
 * May be     left by xc_arch_frame_resume, and unwound by foreign code (then the frame is dead). */
#include "offsets.h"

        .section .text$xc_m, "xr"
        .p2align 6
        .globl  _xc_arch_frame_run
_xc_arch_frame_run:
        movl    %esp, FRAME_SP(%eax)
        movl    %ebp, FRAME_EBP(%eax)
        movl    %ebx, FRAME_EBX(%eax)
        movl    %esi, FRAME_ESI(%eax)
        movl    %edi, FRAME_EDI(%eax)
        stmxcsr FRAME_MXCSR(%eax)
        fnstcw  FRAME_X87_CONTROL(%eax)
        pushl   %ebp
        movl    %esp, %ebp
        andl    $-16, %esp
        subl    $12, %esp
        pushl   %ecx                            /* aligned to 16 at the call */
        call    *%edx
        movl    %ebp, %esp
        popl    %ebp
        xorl    %eax, %eax
        ret
