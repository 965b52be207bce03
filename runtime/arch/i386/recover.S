/* bool xc_recover(xc_function *body, void *body_argument, void (*recovered)(const struct xc_panic *, void *), void *argument)
 *
 * The public entry: makes the frame, lets C link it (xc_recover_enter), runs body, lets C unlink it (xc_recover_leave), returns false.
 * C is called with its first arguments in eax, edx, ecx (XC_ARCH_CALL). A panic comes back through xc_arch_frame_resume at `landed`, with the caller's registers; C decides (xc_recover_landed); returns true.
 * Stack      managed, before and after.
 * Keeps      ebx esi edi ebp, on both ways out.
 * May be     left for an outer frame, and unwound by foreign code.
 *
 *   | argument, recovered, body_argument, body |
 *   | return address                           |
 *   | ebp of the caller                        | <- ebp; esp at `landed`
 *   | landed                                   | <- frame.sp
 *   | struct xc_frame                          |
 *   | one argument                             | <- esp at the calls, aligned to 16 */
#include "offsets.h"

        .section .text$xc_m, "xr"
        .p2align 6
        .globl  _xc_recover
_xc_recover:
        pushl   %ebp
        movl    %esp, %ebp
        pushl   $landed
        subl    $XC_FRAME_BYTES, %esp
        movl    %esp, %eax                      /* the frame */
        leal    -4(%ebp), %ecx
        movl    (%ebp), %edx
        movl    %ecx, FRAME_SP(%eax)
        movl    %edx, FRAME_EBP(%eax)
        movl    %ebx, FRAME_EBX(%eax)
        movl    %esi, FRAME_ESI(%eax)
        movl    %edi, FRAME_EDI(%eax)
        stmxcsr FRAME_MXCSR(%eax)
        fnstcw  FRAME_X87_CONTROL(%eax)
        andl    $-16, %esp
        subl    $16, %esp
        call    _xc_recover_enter
        movl    12(%ebp), %eax                  /* body_argument */
        movl    %eax, (%esp)
        call    *8(%ebp)
        leal    -4-XC_FRAME_BYTES(%ebp), %eax   /* the frame */
        call    _xc_recover_leave
        xorl    %eax, %eax
        leave
        ret

landed:                                         /* eax: why; the other registers are the caller's */
        movl    %eax, %edx                      /* why */
        movl    %esp, %ecx                      /* home */
        subl    $XC_FRAME_BYTES+4, %esp
        movl    %esp, %eax                      /* the frame, which is still needed */
        andl    $-16, %esp
        pushl   %ecx
        subl    $8, %esp
        pushl   20(%ecx)                        /* argument */
        movl    16(%ecx), %ecx                  /* recovered */
        call    _xc_recover_landed
        movl    12(%esp), %esp
        addl    $4, %esp                        /* ebp is the caller's already */
        movl    $1, %eax
        popl    %ecx
        jmp     *%ecx                           /* no ret: the processor predicts it by the calls it has seen, and those of the wiped code are among them */
