/* i386: see broken_registers.S. */
#ifndef EXCHAIN_TESTS_BROKEN_REGISTERS_H
#define EXCHAIN_TESTS_BROKEN_REGISTERS_H

#include <stdbool.h>
#include <windows.h>

#include "../../../adapters/adapter.h"

typedef bool broken_recover(adapter_function *body, void *body_argument, void (*recovered)(const struct adapter_panic *panic, void *argument), void *argument);
broken_recover broken_recover_ebx, broken_recover_esi, broken_recover_edi, broken_recover_direction, broken_recover_alignment, broken_recover_x87_control,
    broken_recover_x87_tag, broken_recover_mxcsr, broken_recover_sp;
extern broken_recover *broken_whole_recover;

static inline void broken_pc_advance(CONTEXT *context) { context->Eip++; }

#endif
