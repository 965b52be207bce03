/* void xc_arch_switch_to_system(struct xc_call *call, void (*function)(void *), void *argument, uintptr_t system_sp)
 *
 * Takes      call in eax, function in edx, argument in ecx, system_sp on the stack (XC_ARCH_CALL).
 * Runs function(argument) on the system stack, below system_sp.
 * Needs      managed stack; system_sp the innermost activation's.
 * Stack      managed on entry and return. While function runs, call->managed_sp says where callbacks continue on the managed stack.
 * Keeps      ebx esi edi ebp as far as function does.
 * May be     wiped by a panic (xc_unwind closes the call) or by foreign unwinding: then it never returns.
 *
 *   managed stack                       system stack
 *   | system_sp                |        | the activation's frame   |  <- system_sp
 *   | return address           |        | argument                 |
 *   | ebp of the caller        | <- ebp | return address into here |  <- esp in function
 *                                ^ call->managed_sp */
#include "offsets.h"

        .section .text$xc_m, "xr"
        .p2align 6
        .globl  _xc_arch_switch_to_system
_xc_arch_switch_to_system:
        pushl   %ebp
        movl    %esp, %ebp
        movl    %esp, CALL_MANAGED_SP(%eax)     /* callbacks go on below this */
        movl    8(%ebp), %esp                   /* on the system stack; from here only ebp knows the way home */
        andl    $-16, %esp
        subl    $12, %esp
        pushl   %ecx
        call    *%edx
        movl    %ebp, %esp                      /* home, whatever function left in esp */
        popl    %ebp
        ret
