/* void entries_note(...): writes down where the arguments begin. Keeps everything but eax and ecx. */
        .text
        .globl  _entries_note
_entries_note:
        movl    _entries_count, %ecx
        leal    4(%esp), %eax
        movl    %eax, _entries_arguments(,%ecx,4)
        incl    _entries_count
        ret

/* uintptr_t entries_call_skewed(void *function, const uintptr_t arguments[4], uint32_t skew)
 * Keeps ebx esi edi ebp as far as function does. */
        .globl  _entries_call_skewed
_entries_call_skewed:
        pushl   %ebp
        movl    %esp, %ebp
        movl    12(%ebp), %eax                  /* arguments */
        andl    $-16, %esp
        subl    16(%ebp), %esp
        pushl   12(%eax)
        pushl   8(%eax)
        pushl   4(%eax)
        pushl   (%eax)
        call    *8(%ebp)
        movl    %ebp, %esp
        popl    %ebp
        ret
