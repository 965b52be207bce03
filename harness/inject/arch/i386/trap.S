/* void trap_flag_set(void)
 *
 * Sets the trap flag: the first trap comes before the caller's next instruction.
 * Stack      any. Keeps all registers. */
        .section .xctrap, "xr"
        .globl  _trap_flag_set
_trap_flag_set:
        pushfl
        orl     $0x100, (%esp)
        popfl                                   /* holds from the instruction behind the next one */
        ret

/* A return address of ours: asks uint64_t decide(uintptr_t sp, uintptr_t result) where to go on (eax) and with which flag besides the thread's own (edx), and goes there.
 * Stack      any; `sp` is what it is here, `result` the returned function's. Keeps all registers and flags. */
        .macro  returns_to name, decide
        .globl  _\name
_\name:
        leal    -4(%esp), %esp                  /* where to go on */
        pushfl
        pushl   %eax
        pushl   %ecx
        pushl   %edx
        leal    20(%esp), %ecx
        pushl   %eax
        pushl   %ecx
        call    _\decide
        addl    $8, %esp
        movl    %eax, 16(%esp)
        orl     %edx, 12(%esp)
        popl    %edx
        popl    %ecx
        popl    %eax
        popfl                                   /* a trap comes behind the next instruction */
        ret
        .endm

returns_to trap_comes_back, trap_landed         /* the return address of a function that waits */
returns_to trap_skip_ends, trap_skipped         /* ... that is run unstepped */

/* In the place of a function that Windows is to call on another thread: asks uint64_t trap_arrived(uintptr_t *frame), and goes there, with the stack as Windows has made it but for the argument.
 * Clobbers   eax ecx edx. */
        .globl  _trap_begins
_trap_begins:
        movl    %esp, %eax
        pushl   %eax
        call    _trap_arrived
        movl    %eax, (%esp)
        pushfl
        orl     %edx, (%esp)
        popfl
        ret

/* Where a parked thread spins, until somebody outside gives it another pc. Keeps all registers and flags. */
        .globl  _trap_park, _trap_park_end
_trap_park:
        pause
        jmp     _trap_park
_trap_park_end:
        nop
