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

/* Where a function that is run unstepped returns to: goes on at trap_resume_at, stepped. Keeps all registers. */
        .globl  _trap_resume
_trap_resume:
        pushl   _trap_resume_at
        pushfl
        orl     $0x100, (%esp)
        popfl
        ret

/* Where a parked thread spins, until somebody outside gives it another pc. Keeps all registers and flags. */
        .globl  _trap_park, _trap_park_end
_trap_park:
        pause
        jmp     _trap_park
_trap_park_end:
        nop
