/* void machine_call_on(uintptr_t sp, void (*function)(void *), void *argument)
 *
 * Calls function(argument) further down on the stack we stand on.
 * Stack      any; esp at the call is aligned to 16, below `sp`. Keeps ebx esi edi ebp as far as function does.
 * May be     left by a panic: then nothing here needs to be undone. */
        .text
        .globl  _machine_call_on
_machine_call_on:
        pushl   %ebp
        movl    %esp, %ebp
        movl    8(%ebp), %esp
        andl    $-16, %esp
        subl    $12, %esp
        pushl   16(%ebp)
        call    *12(%ebp)
        movl    %ebp, %esp
        popl    %ebp
        ret
