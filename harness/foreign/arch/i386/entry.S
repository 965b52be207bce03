/* void foreign_unwind_to(void *frame, EXCEPTION_RECORD *record)
 *
 * RtlUnwind up to `frame`, exclusively. Keeps ebx esi edi ebp, which RtlUnwind need not keep on x86.
 * Stack      system; called inside the frame's handler. */
        .text
        .globl  _foreign_unwind_to
_foreign_unwind_to:
        pushl   %ebp
        movl    %esp, %ebp
        pushl   %ebx
        pushl   %esi
        pushl   %edi
        pushl   $0                              /* return value: nobody reads it */
        pushl   12(%ebp)                        /* record */
        pushl   $0f                             /* target pc: RtlUnwind returns to its caller on x86 */
        pushl   8(%ebp)                         /* frame */
        call    _RtlUnwind@16
0:      leal    -12(%ebp), %esp
        popl    %edi
        popl    %esi
        popl    %ebx
        popl    %ebp
        ret

/* EXCEPTION_DISPOSITION foreign_frame_entry(EXCEPTION_RECORD *, void *frame, CONTEXT *, void *dispatcher)
 *
 * The handler in the records of this library's frames. Windows promises 4 bytes of alignment, compiled C wants 16. An x87 exception that is pending (the one
 * that we are asked about, maybe) would come up again at the first x87 instruction of ours that waits. */
        .globl  _foreign_frame_entry
_foreign_frame_entry:
        pushl   %ebp
        movl    %esp, %ebp
        cld
        fnclex
        andl    $-16, %esp
        subl    $4, %esp
        pushl   16(%ebp)                        /* context */
        pushl   12(%ebp)                        /* frame */
        pushl   8(%ebp)                         /* record */
        call    _foreign_frame_decide
        movl    %ebp, %esp
        popl    %ebp
        ret
