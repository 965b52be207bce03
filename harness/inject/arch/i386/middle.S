/* void inject_in_the_middle(void (*routine)(void))
 *
 * Calls a routine of faults.S as if compiled code had been in the middle of something: a backward copy (direction flag), an x87 expression (half its stack), a function
 * with float words of its own, with every callee-saved register but ebp in use. Whoever recovers the fault must not inherit any of it.
 * Stack      the caller's. ebp is kept for debuggers.
 * Returns    where the fault was resumed; then everything is as before. */

        .text
        .globl  _inject_in_the_middle
_inject_in_the_middle:
        movl    4(%esp), %eax
        pushl   %ebx
        pushl   %esi
        pushl   %edi
        subl    $8, %esp
        fnstcw  (%esp)
        stmxcsr 4(%esp)
        fldcw   control
        ldmxcsr mxcsr
        fld1
        fld1
        fldpi
        movl    $0xDEADB0B0, %ebx
        movl    $0xDEAD5151, %esi
        movl    $0xDEADD1D1, %edi
        std
        call    *%eax
        cld
        emms
        fldcw   (%esp)
        ldmxcsr 4(%esp)
        addl    $8, %esp
        popl    %edi
        popl    %esi
        popl    %ebx
        ret

        .data
        .p2align 2
control: .word 0x047F, 0                        /* single precision, rounding down; all masked */
mxcsr:  .long 0xDF80                            /* flush to zero, rounding up; all masked */
