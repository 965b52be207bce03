/* One routine for each kind of fault: void inject_NAME(void).
 * inject_NAME_at is the instruction that faults, inject_NAME_after where to go on when somebody repaired it.
 * Stack      the caller's. Keeps ebx esi edi ebp; everything pushed is popped behind _after, so resuming there balances.
 * A call into nowhere faults with the return address pushed: whoever resumes pops it, as a return would. */

        .macro routine name
        .globl  _inject_\name, _inject_\name\()_at, _inject_\name\()_after
_inject_\name:
        .endm
        .macro at name
_inject_\name\()_at:
        .endm
        .macro after name
_inject_\name\()_after:
        .endm

        .text
routine NIL_READ
        xorl    %eax, %eax
at NIL_READ
        movl    (%eax), %eax
after NIL_READ
        ret

routine NIL_WRITE
        xorl    %eax, %eax
at NIL_WRITE
        movl    %eax, (%eax)
after NIL_WRITE
        ret

routine NIL_EXEC
        xorl    %eax, %eax
at NIL_EXEC
        call    *%eax
after NIL_EXEC
        ret

routine WILD_READ
        movl    _inject_wild_address, %eax
at WILD_READ
        movl    (%eax), %eax
after WILD_READ
        ret

routine WILD_WRITE
        movl    _inject_wild_address, %eax
at WILD_WRITE
        movl    %eax, (%eax)
after WILD_WRITE
        ret

routine NOEXEC
        movl    _inject_data_address, %eax
at NOEXEC
        call    *%eax
after NOEXEC
        ret

routine DIV0
        xorl    %edx, %edx
        movl    $1, %eax
        xorl    %ecx, %ecx
at DIV0
        divl    %ecx
after DIV0
        ret

routine IDIV_OVERFLOW
        movl    $0x80000000, %eax               /* the least number there is ... */
        movl    $-1, %edx
        movl    $-1, %ecx
at IDIV_OVERFLOW
        idivl   %ecx                            /* ... has no opposite */
after IDIV_OVERFLOW
        ret

routine INTO
        movb    $0x7f, %al
        addb    $1, %al                         /* sets OF */
at INTO
        into
after INTO
        ret

routine BOUND
        pushl   $2                              /* upper bound */
        pushl   $1                              /* lower bound */
        xorl    %eax, %eax
at BOUND
        boundl  %eax, (%esp)
after BOUND
        addl    $8, %esp
        ret

routine UD2
at UD2
        ud2
after UD2
        ret

routine PRIV
at PRIV
        cli
after PRIV
        ret

routine INT3
at INT3
        int3
after INT3
        ret
