/* void assembly_call_now(void)
 *
 * Makes the call that assembly_now describes: loads every register, the flags and the float words from `before`, calls the routine, and writes down in `after` what it
 * finds. Comes home by assembly_now alone, whatever the routine did with the registers.
 * Stack      the caller's on entry and return; the routine runs on the one in before.esp, which holds its arguments.
 * Keeps      ebx esi edi ebp, the float words of C. */
#include "assembly_check.h"

#define NOW _assembly_now
#define NOW_BEFORE NOW+4
#define NOW_AFTER NOW+4+REGISTERS_BYTES
#define NOW_X87 NOW+4+2*REGISTERS_BYTES
#define NOW_HOME NOW_X87+X87_ENVIRONMENT_BYTES
#define NOW_CAME_BACK NOW_HOME+4

        .text
        .globl  _assembly_call_now, _assembly_call_back, _assembly_call_escape
_assembly_call_now:
        pushl   %ebp
        pushl   %ebx
        pushl   %esi
        pushl   %edi
        movl    %esp, NOW_HOME
        movl    $0, NOW_CAME_BACK
        fldcw   NOW_BEFORE+REGISTERS_X87_CONTROL
        ldmxcsr NOW_BEFORE+REGISTERS_MXCSR
        movl    NOW_BEFORE+REGISTERS_EAX, %eax
        movl    NOW_BEFORE+REGISTERS_EDX, %edx
        movl    NOW_BEFORE+REGISTERS_ECX, %ecx
        movl    NOW_BEFORE+REGISTERS_EBX, %ebx
        movl    NOW_BEFORE+REGISTERS_ESI, %esi
        movl    NOW_BEFORE+REGISTERS_EDI, %edi
        movl    NOW_BEFORE+REGISTERS_EBP, %ebp
        pushl   NOW_BEFORE+REGISTERS_EFLAGS     /* may begin to step: the handler lets us */
        popfl
        movl    NOW_BEFORE+REGISTERS_ESP, %esp
        call    *NOW
_assembly_call_back:
        movl    $1, NOW_CAME_BACK
_assembly_call_escape:                          /* a stand-in's way out, and a fault's */
        movl    %esp, NOW_AFTER+REGISTERS_ESP
        movl    NOW_HOME, %esp
        pushfl
        popl    NOW_AFTER+REGISTERS_EFLAGS
        pushl   $0x202
        popfl
        movl    %eax, NOW_AFTER+REGISTERS_EAX
        movl    %edx, NOW_AFTER+REGISTERS_EDX
        movl    %ecx, NOW_AFTER+REGISTERS_ECX
        movl    %ebx, NOW_AFTER+REGISTERS_EBX
        movl    %esi, NOW_AFTER+REGISTERS_ESI
        movl    %edi, NOW_AFTER+REGISTERS_EDI
        movl    %ebp, NOW_AFTER+REGISTERS_EBP
        movl    %fs:0, %eax
        movl    %eax, NOW_AFTER+REGISTERS_HEAD
        movl    NOW_BEFORE+REGISTERS_HEAD, %eax
        movl    %eax, %fs:0
        fnstenv NOW_X87
        stmxcsr NOW_AFTER+REGISTERS_MXCSR
        fninit
        pushl   $0x1F80
        ldmxcsr (%esp)
        addl    $4, %esp
        popl    %edi
        popl    %esi
        popl    %ebx
        popl    %ebp
        ret

/* The stand-ins. Each writes down its entry without a byte of the stack it was entered on, then does what assembly_acts says for it. */
        .macro  stand_in name number
        .globl  _\name
_\name:
        movl    %ecx, entry_ecx
        movl    %edx, entry_edx
        movl    $\number, %edx
        jmp     entered
        .endm

stand_in assembly_body 0
stand_in assembly_other_body 1
stand_in xc_recover_enter 2
stand_in xc_recover_leave 3
stand_in xc_recover_landed 4
stand_in xc_exception 5
stand_in xc_fault_panic 6
stand_in xc_thunk_called 7

        .globl  _xc_task_first
_xc_task_first:                                 /* no row comes here: task_switch_test.c, task_test.c */
        ud2

entered:                                        /* edx: who; ecx and edx as they were in entry_ecx, entry_edx; DF and AC untouched so far */
        movl    _assembly_entered, %ecx
        incl    _assembly_entered
        andl    $15, %ecx
        imull   $ENTRY_BYTES, %ecx, %ecx
        movl    %eax, _assembly_entries+REGISTERS_EAX(%ecx)
        movl    %ebx, _assembly_entries+REGISTERS_EBX(%ecx)
        movl    %esi, _assembly_entries+REGISTERS_ESI(%ecx)
        movl    %edi, _assembly_entries+REGISTERS_EDI(%ecx)
        movl    %ebp, _assembly_entries+REGISTERS_EBP(%ecx)
        movl    %esp, _assembly_entries+REGISTERS_ESP(%ecx)
        movl    %edx, _assembly_entries+ENTRY_WHO(%ecx)
        movl    entry_edx, %eax
        movl    %eax, _assembly_entries+REGISTERS_EDX(%ecx)
        movl    entry_ecx, %eax
        movl    %eax, _assembly_entries+REGISTERS_ECX(%ecx)
        movl    4(%esp), %eax
        movl    %eax, _assembly_entries+ENTRY_STACK(%ecx)
        movl    8(%esp), %eax
        movl    %eax, _assembly_entries+ENTRY_STACK+4(%ecx)
        movl    12(%esp), %eax
        movl    %eax, _assembly_entries+ENTRY_STACK+8(%ecx)
        movl    16(%esp), %eax
        movl    %eax, _assembly_entries+ENTRY_STACK+12(%ecx)
        movl    %esp, entry_esp
        movl    $scratch_top, %esp
        pushfl
        popl    _assembly_entries+REGISTERS_EFLAGS(%ecx)
        movl    entry_esp, %esp
        fnstcw  _assembly_entries+REGISTERS_X87_CONTROL(%ecx)
        stmxcsr _assembly_entries+REGISTERS_MXCSR(%ecx)
        cld
        shll    $5, %edx                        /* ACT_BYTES each */
        movl    _assembly_acts+ACT_WHAT(%edx), %eax
        cmpl    $ACTS_LEAVE, %eax
        je      leaves
        cmpl    $ACTS_LEAVE_X87_PENDING, %eax
        je      leaves_pending
        cmpl    $ACTS_ESCAPE, %eax
        je      _assembly_call_escape
        cmpl    $ACTS_CALL, %eax
        je      calls
returns:
        movl    _assembly_acts+ACT_VALUE(%edx), %ecx
        cmpl    $ACTS_RETURN_POPPING, %eax
        movl    %ecx, %eax
        pcmpeqd %xmm0, %xmm0
        pcmpeqd %xmm1, %xmm1
        pcmpeqd %xmm6, %xmm6
        pcmpeqd %xmm7, %xmm7
        movl    $0xDEADC0C0, %ecx
        movl    $0xDEADD0D0, %edx
        je      returns_popping
        stc
        ret
returns_popping:
        ret     $4

calls:                                          /* a frame of its own, aligned as C's are */
        pushl   %ebp
        movl    %esp, %ebp
        pushl   %edx
        andl    $-16, %esp
        subl    $12, %esp
        pushl   _assembly_acts+ACT_CALL+16(%edx)
        pushl   _assembly_acts+ACT_CALL(%edx)
        movl    _assembly_acts+ACT_CALL+4(%edx), %eax
        movl    _assembly_acts+ACT_CALL+12(%edx), %ecx
        movl    _assembly_acts+ACT_CALL+8(%edx), %edx
        popl    call_routine
        call    *call_routine
        movl    -4(%ebp), %edx
        movl    %ebp, %esp
        popl    %ebp
        movl    $ACTS_RETURN, %eax
        jmp     returns

leaves_pending:                                 /* divides by zero, unmasked, and does not wait for what comes of it */
        fnclex
        fldcw   zero_divide_unmasked
        jmp     leaves_dividing
leaves:                                         /* the same, masked: a mark in the status word */
        fnclex
        fldcw   other_control
leaves_dividing:
        fld1
        fld1
        fld1
        fldz
        fdivrp
        ldmxcsr other_mxcsr
        movl    _assembly_acts+ACT_FRAME(%edx), %eax
        testl   %eax, %eax
        jnz     0f
        movl    _assembly_entries+REGISTERS_EAX, %eax
0:      movl    _assembly_acts+ACT_VALUE(%edx), %edx
        movl    $0xDEADB0B0, %ebx
        movl    $0xDEAD5151, %esi
        movl    $0xDEADD1D1, %edi
        movl    $0xDEADBBBB, %ebp
        movl    $0xDEADC0C0, %ecx
        movl    $scratch_top, %esp              /* the wiped code's stack may be any */
        std
        jmp     _xc_arch_frame_resume

        .data
        .p2align 4
entry_eax: .long 0
entry_ecx: .long 0
entry_edx: .long 0
entry_esp: .long 0
call_routine: .long 0
zero_divide_unmasked: .word 0x037B, 0
other_control: .word 0x047F, 0
other_mxcsr: .long 0xDF80
        .fill   65536, 1, 0                     /* stepping brings the dispatcher's frames here */
scratch_top:
        .fill   64, 1, 0
