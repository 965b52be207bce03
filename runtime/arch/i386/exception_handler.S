/* EXCEPTION_DISPOSITION xc_arch_exception_handler(EXCEPTION_RECORD *, struct xc_activation *, CONTEXT *, void *dispatcher)
 *
 * The handler in every record of the runtime: hands over to xc_exception, in C.
 * Called by  ntdll, cdecl, on the stack that the exception left: the managed one for a fault in managed code, else the system stack.
 * Needs      nothing: the flags and the stack's alignment are whatever they were; Windows promises 4 bytes, compiled C here wants 16.
 * Keeps      ebx esi edi ebp. */

        .section .text$xc_m, "xr"
        .globl  _xc_arch_exception_handler
_xc_arch_exception_handler:
        pushl   %ebp
        movl    %esp, %ebp
        cld
        andl    $-16, %esp
        pushl   20(%ebp)                        /* dispatcher's own */
        pushl   16(%ebp)                        /* context */
        pushl   12(%ebp)                        /* our activation: the record is its first field */
        pushl   8(%ebp)                         /* exception record */
        call    _xc_exception
        movl    %ebp, %esp
        popl    %ebp
        ret
