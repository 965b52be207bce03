/* uintptr_t foreign_call_skewed(uintptr_t (*function)(const struct foreign_args *), const struct foreign_args *args, uint32_t skew)
 *
 * Calls function(args) with its arguments `skew` (0, 4, 8, 12) bytes below a multiple of 16.
 * Stack      any, before and after. May be wiped.
 * Keeps      ebx esi edi ebp as far as function does. */
#include "frame.h"

        .text
        .globl  _foreign_call_skewed
_foreign_call_skewed:
        pushl   %ebp
        movl    %esp, %ebp
        andl    $-16, %esp
        subl    $12, %esp
        subl    16(%ebp), %esp                  /* skew */
        pushl   12(%ebp)                        /* args */
        call    *8(%ebp)
        movl    %ebp, %esp
        popl    %ebp
        ret

/* void foreign_call_checked(struct foreign_args *args)
 *
 * Calls args->function with args->count of its values, the first of them `skew` bytes below a multiple of 16, with ebx, esi and edi loaded from `before`; and writes down
 * the result and what else it finds when control comes back.
 * Stack      any, before and after. May be wiped.
 * Relies on  ebp alone on the way back. */
        .globl  _foreign_call_checked
_foreign_call_checked:
        pushl   %ebp
        movl    %esp, %ebp
        pushl   %ebx
        pushl   %esi
        pushl   %edi
        movl    8(%ebp), %eax
        movl    ARGS_COUNT(%eax), %ecx
        movl    ARGS_SKEW(%eax), %edx
        shll    $2, %ecx                        /* bytes of arguments */
        subl    %ecx, %edx
        andl    $15, %edx
        andl    $-16, %esp
        subl    %edx, %esp                      /* less than that, the arguments begin `skew` below a multiple of 16 */
        jecxz   1f
0:      pushl   ARGS_VALUES-4(%eax,%ecx)        /* the last one first */
        subl    $4, %ecx
        jnz     0b
1:      movl    %esp, ARGS_SP_BEFORE(%eax)
        movl    %ebp, ARGS_BEFORE+12(%eax)
        movl    ARGS_BEFORE(%eax), %ebx
        movl    ARGS_BEFORE+4(%eax), %esi
        movl    ARGS_BEFORE+8(%eax), %edi
        call    *ARGS_FUNCTION(%eax)
        movl    8(%ebp), %ecx                   /* ecx and edx are nobody's after a call */
        movl    %eax, ARGS_RESULT(%ecx)
        movl    %esp, ARGS_SP_AFTER(%ecx)
        movl    %ebp, ARGS_AFTER+12(%ecx)
        movl    %ebx, ARGS_AFTER(%ecx)
        movl    %esi, ARGS_AFTER+4(%ecx)
        movl    %edi, ARGS_AFTER+8(%ecx)
        leal    -12(%ebp), %esp
        pushfl
        popl    ARGS_FLAGS_AFTER(%ecx)
        cld
        popl    %edi
        popl    %esi
        popl    %ebx
        popl    %ebp
        ret
