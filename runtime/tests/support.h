/* What the runtime's tests share. They link the runtime as a user would; foreign frames, faults and the call that checks registers are the harness's.
 *
 * Assertions of cmocka leave by longjmp, which must not happen while managed code is on the way. So whatever runs inside xc_run only takes notes and fills
 * structures; the assertions stand behind it. */
#ifndef EXCHAIN_RUNTIME_TESTS_SUPPORT_H
#define EXCHAIN_RUNTIME_TESTS_SUPPORT_H

#include <exchain/runtime.h>
#include <windows.h>

#include "foreign/foreign.h"
#include "inject/fault.h"
#include "machine.h"
#include "tests/test.h"

/* For cmocka's groups: the runtime with its own choices, the foreign frames' hooks and the fault injector made ready. */
int runtime_begin(void **state);
int runtime_begin_quiet(void **state); /* the foreign frames take no notes: for tests with several threads */
int runtime_end(void **state);

/* The same without the runtime: for those who start it themselves. False: no memory. */
bool foreign_ready(void);

/* Runs managed code, which must be possible. */
struct xc_ending run(xc_function *function, void *argument);

/* Notes: what happened, in order, separated by blanks. Kept in static memory; from any stack, of one thread. */
void notes_begin(void);
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *notes(void);

/* Everything that a recover promises to put back and that can be looked at. */
struct seen {
    uintptr_t head, stack_base, stack_limit, deallocation_stack, fiber_data;
    uint32_t x87_control, x87_tag, mxcsr;
    struct xc_observation runtime;
};
void see(struct seen *seen);
void assert_seen_equal(const struct seen *now, const struct seen *before);

/* Managed bodies. */
void do_nothing(void *unused);
_Noreturn void panic_with(void *value);         /* xc_panic((uintptr_t)value) */
_Noreturn void panic_with_7(void *unused);
_Noreturn void exit_task(void *unused);
void fault_at_nil(void *unused);                /* a real read of address 0 */

/* Foreign bodies: what C does. `argument` is a struct step. */
struct step {
    xc_function *function; /* what comes inside */
    void *argument;
};
void call_back(void *step);      /* C: xc_callback(function, argument) */
void record_around(void *step);  /* C: runs function(argument) under a record of its own, which only looks */
void call_c(void *step);         /* managed: xc_call(function, argument) */

/* Runs body under a record of C that takes the exception, by RtlUnwind. Foreign. Returns the code it took, 0: none came. */
uint32_t catch_around(xc_function *body, void *argument);
void raise_e0000001(void *unused); /* C: RaiseException */

#endif
