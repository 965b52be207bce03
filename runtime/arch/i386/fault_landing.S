/* void xc_arch_fault_landing(void)
 *
 * Where a fault in managed code goes on: the handler edited the CONTEXT so that the faulting instruction appears to have called this.
 * Stack      managed, or the system stack where the managed one ran out; [esp] is the faulting instruction's address (of a jump into nowhere: the address behind the call), for debuggers.
 * Never returns; goes to xc_fault_panic, which takes the fault from the task.
 * Flags      DF, TF and AC were cleared in the CONTEXT. */

        .section .text$xc_m, "xr"
        .p2align 6
        .globl  _xc_arch_fault_landing
_xc_arch_fault_landing:
        pushl   %ebp                            /* a frame as any function's, so that a debugger walks through the fault */
        movl    %esp, %ebp
        andl    $-16, %esp
        call    _xc_fault_panic
        ud2                                     /* xc_fault_panic does not return */
