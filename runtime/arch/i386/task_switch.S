/* void xc_arch_task_switch(uintptr_t *sp, uintptr_t other_sp)
 *
 * Takes      sp in eax, other_sp in edx (XC_ARCH_CALL).
 * Puts the registers on the stack we stand on, and its pointer into *sp; goes on where the call stood that put them on the other stack. Between a task's managed stack and the
 * system stack of the thread that runs it.
 * Needs      other_sp from such a call, or from xc_arch_task_prepare.
 * Keeps      for each side: ebx esi edi ebp, the x87 control word, MXCSR. The x87 stack is empty, as at every call.
 * Stack      the other one on return. FS:[0] and the stack bounds in the TIB stay as they are.
 *
 *   | return address                 |
 *   | ebp, ebx, esi, edi             |
 *   | x87 control word               |
 *   | MXCSR                          | <- *sp */
#include "offsets.h"

        .section .text$xc_m, "xr"
        .p2align 6
        .globl  _xc_arch_task_switch
_xc_arch_task_switch:
        pushl   %ebp
        pushl   %ebx
        pushl   %esi
        pushl   %edi
        subl    $8, %esp
        fnstcw  SWITCHED_X87_CONTROL(%esp)
        stmxcsr SWITCHED_MXCSR(%esp)
        movl    %esp, (%eax)
        movl    %edx, %esp                      /* on the other stack */
        fnclex                                  /* what one side left pending must not come up under the other's control word */
        fldcw   SWITCHED_X87_CONTROL(%esp)
        ldmxcsr SWITCHED_MXCSR(%esp)
        addl    $8, %esp
        popl    %edi
        popl    %esi
        popl    %ebx
        popl    %ebp
        popl    %ecx
        jmp     *%ecx                           /* no ret: the processor would predict the other side's caller */
