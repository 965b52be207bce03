/* Hardware faults, raised by real instructions: assembly, so that no compiler deletes or moves them. One routine a kind, named after fault_kinds.def.
 * The routines are linked into whoever wants to fault: the executor for managed code, the foreign library for C. */
#ifndef EXCHAIN_INJECT_FAULT_H
#define EXCHAIN_INJECT_FAULT_H

#include <stdbool.h>
#include <stdint.h>

#include "../scenario/program.h"

/* Reserves the memory that wild accesses go to. Call once before the first fault. False: no memory. */
bool inject_prepare(void);

/* Raises the fault on the caller's stack. Returns only when somebody resumed it. The kind must be a built one. */
void inject_fault(enum scenario_fault_kind kind);

/* Where execution goes on when the fault at `pc` is repaired: the address behind the faulting instruction; 0 when no routine of this image faults there. */
uintptr_t inject_fault_resume_pc(uintptr_t pc);

#endif
