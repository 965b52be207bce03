#ifndef EXCHAIN_EXECUTE_SWEEP_SUSPEND_H
#define EXCHAIN_EXECUTE_SWEEP_SUSPEND_H

#include <stdbool.h>
#include <windows.h>

/* Starts the visitor. `look` is called on its thread while the other one is suspended; `wrong` is what its context shows that it should not, or NULL.
 * False: Windows has no thread. */
bool sweep_suspend_prepare(void (*look)(const char *wrong));

/* The calling thread is going to spin (TRAP_PARKS) with this context, and waits for its visit. */
void sweep_suspend_park(const CONTEXT *context);

#endif
