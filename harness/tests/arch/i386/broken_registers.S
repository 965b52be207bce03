/* bool broken_recover_...(body, body_argument, recovered, argument): the whole runtime's recover, which then loses one thing on the way out, where it took a panic.
 * What no C compiler would lose by itself. */

        .macro broken name
        .globl  _broken_recover_\name
_broken_recover_\name:
        pushl   16(%esp)
        pushl   16(%esp)
        pushl   16(%esp)
        pushl   16(%esp)
        call    *_broken_whole_recover
        addl    $16, %esp
        testb   %al, %al
        jz      0f
        .endm

        .macro comes_back
0:      ret
        .endm

        .text
broken ebx
        movl    $0x0BADBAD0, %ebx
comes_back

broken esi
        movl    $0x0BADBAD0, %esi
comes_back

broken edi
        movl    $0x0BADBAD0, %edi
comes_back

broken direction
        std
comes_back

broken alignment
        pushfl
        orl     $0x40000, (%esp)
        popfl
comes_back

broken x87_control
        pushl   $0x027F
        fldcw   (%esp)
        addl    $4, %esp
comes_back

broken x87_tag
        fld1
comes_back

broken mxcsr
        pushl   $0x9F80
        ldmxcsr (%esp)
        addl    $4, %esp
comes_back

broken sp
        popl    %ecx
        subl    $16, %esp
        jmp     *%ecx
comes_back
