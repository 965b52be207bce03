/* bool xc_recover(xc_function *body, void *body_argument, void (*recovered)(const struct xc_panic *, void *), void *argument)
 *
 * The public entry: remembers its caller, and hands over to xc_recover_from, in C.
 * Stack      managed, before and after.
 * Keeps      ebx esi edi ebp.
 * Returns    false by a ret, when body returned. When a panic was taken, xc_recover_from leaves through xc_arch_caller_resume instead.
 *
 *   | argument, recovered, body_argument, body |
 *   | return address                           | <- caller.sp
 *   | edi, esi, ebx, ebp, sp                   | struct xc_arch_caller
 *   | its address and the four arguments again | <- esp at the call, aligned to 16 */
#include "offsets.h"

        .section .text$xc_m, "xr"
        .globl  _xc_recover
_xc_recover:
        movl    %esp, %eax
        pushl   %edi
        pushl   %esi
        pushl   %ebx
        pushl   %ebp
        pushl   %eax
        movl    %esp, %ecx                      /* the caller, as xc_arch_caller_resume wants it */
        movl    %eax, %ebp
        andl    $-16, %esp
        subl    $12, %esp
        pushl   16(%eax)
        pushl   12(%eax)
        pushl   8(%eax)
        pushl   4(%eax)
        pushl   %ecx
        call    _xc_recover_from
        leal    -16(%ebp), %esp
        popl    %ebp
        popl    %ebx
        popl    %esi
        popl    %edi
        ret

/* _Noreturn void xc_arch_caller_resume(const struct xc_arch_caller *caller, unsigned result)
 *
 * Returns `result` to the remembered caller, by a jump: the processor predicts a ret by the calls it has seen, and those of the wiped code are
 * still among them, so that a ret would be mispredicted every time (measured: a quarter of the whole recovery). */
        .globl  _xc_arch_caller_resume
_xc_arch_caller_resume:
        movl    4(%esp), %ecx
        movl    8(%esp), %eax
        movl    CALLER_EDI(%ecx), %edi
        movl    CALLER_ESI(%ecx), %esi
        movl    CALLER_EBX(%ecx), %ebx
        movl    CALLER_EBP(%ecx), %ebp
        movl    CALLER_SP(%ecx), %esp
        popl    %ecx
        jmp     *%ecx
