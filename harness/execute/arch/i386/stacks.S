/* bool machine_stacks_keep(struct machine_stacks *stacks)
 *
 * Copies what is in use of the stack we stand on, from here up to `here_high`, and of the other one, and notes the head of the exception list.
 * Returns    0; and 1, as often as machine_stacks_put_back is called, each time with registers, both stacks and the head as they are now.
 * Stack      any, the same each time.
 *
 * _Noreturn void machine_stacks_put_back(const struct machine_stacks *stacks)
 *
 * Stack      either of the two, or another: what lies on them is overwritten, and the caller's frame with it.
 *
 * Both copy whole pieces of STACKS_GRAIN bytes, the lowest of which begins a little below what is in use: nothing is there. */
#include "machine.h"

        /* From esi to edi, ecx bytes: pieces, at least one. */
        .macro  COPY_PIECES
2:      movups  -16(%esi,%ecx), %xmm0
        movups  -32(%esi,%ecx), %xmm1
        movups  -48(%esi,%ecx), %xmm2
        movups  -64(%esi,%ecx), %xmm3
        movups  %xmm0, -16(%edi,%ecx)
        movups  %xmm1, -32(%edi,%ecx)
        movups  %xmm2, -48(%edi,%ecx)
        movups  %xmm3, -64(%edi,%ecx)
        subl    $STACKS_GRAIN, %ecx
        jnz     2b
        .endm

        /* Both stacks, those of eax. One of the registers is esi, from which, and the other is edi, to which. */
        .macro  COPY_STACKS stack, copy
        movl    STACKS_HERE_HIGH(%eax), \stack
        movl    STACKS_HERE_BYTES(%eax), %ecx
        subl    %ecx, \stack
        movl    STACKS_HERE_COPY(%eax), \copy
        COPY_PIECES
        movl    STACKS_THERE_LOW(%eax), \stack
        movl    STACKS_THERE_COPY(%eax), \copy
        movl    STACKS_THERE_BYTES(%eax), %ecx
        COPY_PIECES
        .endm

        .text
        .p2align 4
        .globl  _machine_stacks_keep
_machine_stacks_keep:
        pushl   %ebp
        pushl   %ebx
        pushl   %esi
        pushl   %edi
        movl    20(%esp), %eax
        movl    %esp, STACKS_SP(%eax)
        movl    %fs:0, %ecx
        movl    %ecx, STACKS_HEAD(%eax)
        movl    STACKS_HERE_HIGH(%eax), %ecx
        subl    %esp, %ecx
        addl    $STACKS_GRAIN - 1, %ecx
        andl    $-STACKS_GRAIN, %ecx
        movl    %ecx, STACKS_HERE_BYTES(%eax)
        COPY_STACKS stack=%esi, copy=%edi
        xorl    %eax, %eax
1:      popl    %edi
        popl    %esi
        popl    %ebx
        popl    %ebp
        GONE_ON_IN_RETURN

#ifdef EXCHAIN_EXPLORES
        /* Where GCC has the functions return that are MACHINE_GONE_ON_IN. The second is its name where it makes no sections of its own for such code, as for Windows. */
        .p2align 4
        .globl  ___x86_return_thunk, LRT0
___x86_return_thunk:
LRT0:
        GONE_ON_IN_RETURN
#endif

        .p2align 4
        .globl  _machine_stacks_put_back
_machine_stacks_put_back:
        movl    4(%esp), %eax
        movl    STACKS_SP(%eax), %esp           /* first: below it nothing is in use */
        COPY_STACKS stack=%edi, copy=%esi
        movl    STACKS_HEAD(%eax), %ecx         /* its record is there again */
        movl    %ecx, %fs:0
        movl    $1, %eax
        jmp     1b
