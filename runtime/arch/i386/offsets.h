/* Offsets that assembly and C share; internal.h proves each with _Static_assert. */
#ifndef EXCHAIN_ARCH_OFFSETS_H
#define EXCHAIN_ARCH_OFFSETS_H

/* struct xc_arch_frame */
#define FRAME_SP 0
#define FRAME_EBP 4
#define FRAME_EBX 8
#define FRAME_ESI 12
#define FRAME_EDI 16
#define FRAME_MXCSR 20
#define FRAME_X87_CONTROL 24
#define FRAME_BYTES 28

/* The x87's six exceptions, in its control word: set where masked */
#define X87_EXCEPTIONS 0x3F

/* struct xc_frame, which begins with the above */
#define XC_FRAME_BYTES 56

/* struct xc_activation */
#define ACTIVATION_SYSTEM_SP 8

/* struct xc_call */
#define CALL_MANAGED_SP 0

/* struct xc_arch_switched */
#define SWITCHED_MXCSR 0
#define SWITCHED_X87_CONTROL 4

/* What lies above xc_activation.system_sp and xc_call.managed_sp */
#define CALLBACK_PC 16
#define CALL_PC 4

/* struct xc_thunk */
#define THUNK_POPS 0

#endif
