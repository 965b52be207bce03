/* void xc_arch_switch_to_managed(struct xc_activation *activation, void (*function)(void *), void *argument, uintptr_t managed_sp)
 *
 * Takes      activation in eax, function in edx, argument in ecx, managed_sp on the stack (XC_ARCH_CALL).
 * Runs function(argument) on the managed stack, below managed_sp.
 * Needs      system stack; the activation's record is registered already.
 * Stack      system on entry and return. While function runs, activation->system_sp says where calls continue on the system stack.
 * Keeps      ebx esi edi ebp: they lie on the system stack until foreign code gets control again.
 * May be     wiped by a panic or by foreign unwinding: then it never returns, and nothing here needs to be undone.
 *
 *   system stack                                      managed stack
 *   | managed_sp                                 |    | the call that led to C   | <- managed_sp
 *   | return address                             |    | argument                 |
 *   | ebp of the caller                          |    | return address into here | <- esp in function
 *   | ebx, esi, edi                              | <- activation->system_sp */
#include "offsets.h"

        .section .text$xc_m, "xr"
        .p2align 6
        .globl  _xc_arch_switch_to_managed
_xc_arch_switch_to_managed:
        pushl   %ebp
        movl    %esp, %ebp
        pushl   %ebx
        pushl   %esi
        pushl   %edi
        movl    %eax, %esi                      /* activation: esi is kept by function */
        movl    %esp, ACTIVATION_SYSTEM_SP(%esi)
        movl    8(%ebp), %esp                   /* on the managed stack */
        andl    $-16, %esp
        subl    $12, %esp
        pushl   %ecx
        call    *%edx
        movl    ACTIVATION_SYSTEM_SP(%esi), %esp /* home */
        popl    %edi
        popl    %esi
        popl    %ebx
        popl    %ebp
        ret
