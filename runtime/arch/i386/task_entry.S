/* Where xc_arch_task_switch goes the first time: calls xc_task_first(task).
 *
 * Takes      the task in ebx (xc_arch_task_prepare).
 * Stack      the task's managed stack, empty. ebp is 0: for debuggers, the end of the frames.
 * Never returns. */

        .section .text$xc_m, "xr"
        .p2align 6
        .globl  _xc_arch_task_entry
_xc_arch_task_entry:
        andl    $-16, %esp
        subl    $12, %esp
        pushl   %ebx
        call    _xc_task_first
        ud2                                     /* xc_task_first does not return */
