/* Hardware faults, raised by real instructions: assembly, so that no compiler deletes or moves them. One routine a kind, named after fault_kinds.def.
 * The routines are linked into whoever wants to fault: the executor for managed code, the foreign library for C. */
#ifndef EXCHAIN_INJECT_FAULT_H
#define EXCHAIN_INJECT_FAULT_H

#include <stdbool.h>
#include <stdint.h>

#include "../scenario/program.h"

/* Reserves the memory that wild accesses and guard pages need. Call once before the first fault. False: no memory. */
bool inject_prepare(void);

/* How far ahead of the stack pointer `overflow` probes, in bytes: what is left of the stack for handlers when it has run out. 0 to begin with. */
extern uintptr_t inject_overflow_margin;

/* Raises the fault on the caller's stack. Returns only when somebody resumed it, or on a platform where the instruction goes through.
 * Leaves the last-error value alone. The first `inpage` makes its file: a machine that has no room for one ends the process (3), with a line on standard error. */
void inject_fault(enum scenario_fault_kind kind);
/* Its two halves: what must be so again before each fault, and the fault. */
void inject_fault_make_ready(enum scenario_fault_kind kind);
void inject_fault_raise(enum scenario_fault_kind kind);
/* The second half in the middle of whatever compiled code can be in the middle of: direction flag set, x87 stack in use, float words and registers changed. */
void inject_fault_raise_in_the_middle(enum scenario_fault_kind kind);

/* Where execution goes on when the fault at `pc` is repaired: the address behind the faulting instruction; 0 when no routine of this image faults there. */
uintptr_t inject_fault_resume_pc(uintptr_t pc);

/* What a handler must see of a fault of this image's, by the table. Numbers that the table does not know (an address on a stack) are any. */
struct inject_report {
    uintptr_t routine;         /* that raises it */
    uint32_t status;
    uintptr_t pc[2];           /* one of the two */
    unsigned parameters[2];    /* one of the two: how many */
    unsigned known;            /* the first so many of these are known */
    uintptr_t information[2];
};
void inject_fault_report(enum scenario_fault_kind kind, struct inject_report *report);

#endif
