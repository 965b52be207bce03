/* void machine_checked_call(struct machine_checked *checked)
 *
 * Calls checked->function with five arguments (cdecl: one that takes fewer does not look) with ebx, esi and edi loaded from `before`, and writes down what it
 * finds when control comes back, by a return or by a recovery.
 * Stack      any, before and after. esp at the call is `skew` bytes below a multiple of 16.
 * Relies on  ebp alone on the way back: with ebp lost, what follows reads garbage and the process ends. */
#include "machine.h"

        .text
        .globl  _machine_checked_call
_machine_checked_call:
        pushl   %ebp
        movl    %esp, %ebp
        pushl   %ebx
        pushl   %esi
        pushl   %edi
        movl    8(%ebp), %eax
        andl    $-16, %esp
        subl    $12, %esp
        subl    CHECKED_SKEW(%eax), %esp
        pushl   CHECKED_ARGUMENTS+16(%eax)
        pushl   CHECKED_ARGUMENTS+12(%eax)
        pushl   CHECKED_ARGUMENTS+8(%eax)
        pushl   CHECKED_ARGUMENTS+4(%eax)
        pushl   CHECKED_ARGUMENTS(%eax)
        movl    %esp, CHECKED_SP_BEFORE(%eax)
        movl    %ebp, CHECKED_EBP_BEFORE(%eax)
        movl    CHECKED_BEFORE(%eax), %ebx
        movl    CHECKED_BEFORE+4(%eax), %esi
        movl    CHECKED_BEFORE+8(%eax), %edi
        call    *CHECKED_FUNCTION(%eax)
        movl    8(%ebp), %ecx                   /* ecx and edx are nobody's after a call */
        movl    %eax, CHECKED_RESULT(%ecx)
        movl    %esp, CHECKED_SP_AFTER(%ecx)
        movl    %ebp, CHECKED_EBP_AFTER(%ecx)
        movl    %ebx, CHECKED_AFTER(%ecx)
        movl    %esi, CHECKED_AFTER+4(%ecx)
        movl    %edi, CHECKED_AFTER+8(%ecx)
        pushfl
        popl    CHECKED_FLAGS_AFTER(%ecx)
        cld
        leal    -12(%ebp), %esp
        popl    %edi
        popl    %esi
        popl    %ebx
        popl    %ebp
        GONE_ON_IN_RETURN
