/* One routine for each kind of fault: void inject_NAME(void).
 * inject_NAME_at is the instruction that faults, inject_NAME_after where to go on when somebody repaired it.
 * Stack      the caller's. Keeps ebx esi edi ebp; everything pushed is popped behind _after, so resuming there balances.
 * Flags and control words that a routine changes in order to fault are put back behind _after. Whoever goes on elsewhere has to do that for itself.
 * A call into nowhere faults with the return address pushed: whoever resumes pops it, as a return would.
 * fault_kinds.def has the bytes of each instruction; a test compares. */

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

routine STEP
        pushfl
        orl     $0x100, (%esp)                  /* TF: a trap behind the next instruction but one */
        popfl
at STEP
        nop
after STEP
        ret                                     /* whoever dispatches the trap has cleared TF */

routine ICEBP
at ICEBP
        .byte   0xf1
after ICEBP
        ret

routine GUARD
        movl    _inject_guard_address, %eax
at GUARD
        movl    (%eax), %eax
after GUARD
        ret

routine OVERFLOW
        pushl   %ebp
        movl    %esp, %ebp
        movl    %esp, %eax
down:   subl    $16, %eax
        movl    _inject_overflow_margin, %ecx
        addl    %eax, %ecx
        cmpl    %esp, %ecx
        cmovbl  %ecx, %esp                      /* the stack is used as far down as this, and probed further down by the margin, as a big frame is */
at OVERFLOW
        testl   %eax, (%eax)
        jmp     down
after OVERFLOW
        movl    %ebp, %esp
        popl    %ebp
        ret

routine X87
        subl    $8, %esp
        fnstcw  (%esp)
        movl    (%esp), %eax
        andb    $~4, %al                        /* ZM: division by zero is no longer masked */
        movl    %eax, 4(%esp)
        fldcw   4(%esp)
        fld1
        fldz
        .globl  _inject_X87_cause
_inject_X87_cause:
        fdivrp                                  /* raises it ... */
at X87
        fwait                                   /* ... and here it is seen */
after X87
        fnclex
        emms
        fldcw   (%esp)
        addl    $8, %esp
        ret

routine SSE
        subl    $8, %esp
        stmxcsr (%esp)
        movl    (%esp), %eax
        andl    $~0x200, %eax                   /* ZM */
        movl    %eax, 4(%esp)
        ldmxcsr 4(%esp)
        movl    $0x3f800000, %eax               /* 1.0 */
        movd    %eax, %xmm0
        xorps   %xmm1, %xmm1
at SSE
        divss   %xmm1, %xmm0
after SSE
        ldmxcsr (%esp)
        addl    $8, %esp
        ret

routine ALIGN
        pushl   $0
        pushl   $0
        pushfl
        orl     $0x40000, (%esp)                /* AC */
        popfl
at ALIGN
        movl    1(%esp), %eax
after ALIGN
        pushfl
        andl    $~0x40000, (%esp)
        popfl
        addl    $8, %esp
        ret

routine LOCK
at LOCK
        .byte   0xf0, 0x89, 0xc0                /* lock movl %eax, %eax: nothing to lock */
after LOCK
        ret

routine INPAGE
        movl    _inject_inpage_address, %eax
at INPAGE
        movl    (%eax), %eax
after INPAGE
        ret

routine INT2D
        xorl    %eax, %eax                      /* a service that no debugger has: a breakpoint. 1 and up would print */
at INT2D
        int     $0x2d
after INT2D
        nop                                     /* Windows takes the byte behind for the interrupt's own: who repairs a breakpoint steps over one */
        ret

routine FAILFAST
        movl    $7, %ecx                        /* FAST_FAIL_FATAL_APP_EXIT */
at FAILFAST
        int     $0x29
after FAILFAST
        ret
