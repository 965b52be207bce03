/* The bounds of the runtime's code: the linker sorts .text$NAME sections by name, and everything of the runtime is in .text$xc_m. */
        .section .text$xc_a, "xr"
        .globl  _xc_code_begin
_xc_code_begin:
        nop

        .section .text$xc_z, "xr"
        .globl  _xc_code_end
_xc_code_end:
        nop
