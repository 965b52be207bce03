/* Routines that break one promise each, for the checker to find: see assembly_check_test.c, whose table says what each is given.
 * In a sound routine of this file: eax is the result, 0x600D; ecx a function to call, where it calls one; 4(%esp) and 8(%esp) its arguments. */
#include "assembly_check.h"
#include "offsets.h"

#define SOUND 0x600D

        .macro broken name
        .globl  _broken_\name
_broken_\name:
        .endm
        .macro comes_back
        movl    $SOUND, %eax
        ret
        .endm
        .macro flags set
        pushfl
        orl     $\set, (%esp)
        popfl
        comes_back
        .endm

        .text
broken nothing
        comes_back

broken ebx
        notl    %ebx
        comes_back
broken esi
        notl    %esi
        comes_back
broken edi
        notl    %edi
        comes_back
broken ebp
        notl    %ebp
        comes_back

broken esp_by_4
        movl    $SOUND, %eax
        popl    %ecx
        subl    $4, %esp
        jmp     *%ecx
broken esp_by_16
        movl    $SOUND, %eax
        popl    %ecx
        subl    $16, %esp
        jmp     *%ecx
broken esp_popped
        movl    $SOUND, %eax
        ret     $4

broken direction
        std
        comes_back
broken trap
        flags 0x100
broken alignment_check
        flags 0x40000

broken x87_control
        pushl   $0x027F
        fldcw   (%esp)
        addl    $4, %esp
        comes_back
broken x87_stack
        fldpi
        comes_back
broken x87_pending                              /* entered with division by zero unmasked */
        fnstcw  x87_control
        pushl   $0x037F
        fldcw   (%esp)
        addl    $4, %esp
        fld1
        fldz
        fdivrp
        fstp    %st(0)
        fldcw   x87_control
        comes_back
broken mxcsr
        pushl   $0x9F80
        ldmxcsr (%esp)
        addl    $4, %esp
        comes_back
broken head
        movl    %esp, %fs:0
        comes_back

broken result
        movl    $0xBAD, %eax
        ret

broken writes_its_arguments
        incl    8(%esp)
        comes_back
broken writes_above
        incl    12(%esp)
        comes_back
broken writes_far_above
        incl    8192(%esp)
        comes_back
broken writes_below
        incl    -4(%esp)
        comes_back
broken writes_far_below
        incl    -8192(%esp)
        comes_back
broken writes_the_other_stack                   /* eax: where it is in use above */
        incl    (%eax)
        comes_back
broken writes_below_the_other_stack
        incl    -4(%eax)
        comes_back
broken relies_below                             /* an exception between the two lines, and what lay there is another's */
        movl    $SOUND, -8(%esp)
        nop
        movl    -8(%esp), %eax
        ret

broken faults
        ud2
broken goes_away
        jmp     _assembly_call_escape

        .macro calls_aligned before after
        pushl   %ebp
        movl    %esp, %ebp
        andl    $-16, %esp
        subl    $12, %esp
        pushl   8(%ebp)
        \before
        call    *%ecx
        \after
        movl    %ebp, %esp
        popl    %ebp
        comes_back
        .endm
broken calls_nobody                             /* and is sound where nobody is expected */
        comes_back
broken calls
        calls_aligned
broken calls_twice
        calls_aligned "pushl %ecx; subl $8, %esp; pushl 8(%ebp); call *%ecx; addl $12, %esp; popl %ecx"
broken calls_with_direction
        calls_aligned std cld
broken calls_with_another_argument
        calls_aligned "incl (%esp)"
broken calls_unaligned
        pushl   %ebp
        movl    %esp, %ebp
        pushl   8(%ebp)
        call    *%ecx
        movl    %ebp, %esp
        popl    %ebp
        comes_back
broken calls_on_this_stack                      /* where the other one is meant */
        calls_aligned

/* xc_arch_frame_run, broken: what only the way back by xc_arch_frame_resume shows. */
        .macro frame_run change
        movl    %esp, FRAME_SP(%eax)
        movl    %ebp, FRAME_EBP(%eax)
        movl    %ebx, FRAME_EBX(%eax)
        movl    %esi, FRAME_ESI(%eax)
        movl    %edi, FRAME_EDI(%eax)
        stmxcsr FRAME_MXCSR(%eax)
        fnstcw  FRAME_X87_CONTROL(%eax)
        \change
        pushl   %ebp
        movl    %esp, %ebp
        andl    $-16, %esp
        subl    $12, %esp
        pushl   %ecx
        call    *%edx
        movl    %ebp, %esp
        popl    %ebp
        movl    $SOUND, %eax
        ret
        .endm
        .set    at_ebx, FRAME_EBX               /* the preprocessor does not look into strings */
        .set    at_esi, FRAME_ESI
        .set    at_edi, FRAME_EDI
        .set    at_ebp, FRAME_EBP
        .set    at_mxcsr, FRAME_MXCSR
        .set    at_x87_control, FRAME_X87_CONTROL
broken frame_nothing
        frame_run
broken frame_ebx
        frame_run "notl at_ebx(%eax)"
broken frame_esi
        frame_run "notl at_esi(%eax)"
broken frame_edi
        frame_run "notl at_edi(%eax)"
broken frame_ebp
        frame_run "notl at_ebp(%eax)"
broken frame_mxcsr
        frame_run "movl $0xDF80, at_mxcsr(%eax)"
broken frame_x87_control
        frame_run "movw $0x047F, at_x87_control(%eax)"
broken frame_esp_by_4                           /* a second copy of the return address */
        pushl   (%esp)
        frame_run
broken frame_esp_by_16
        pushl   (%esp)
        pushl   (%esp)
        pushl   (%esp)
        pushl   (%esp)
        frame_run

        .data
x87_control: .long 0
