/* Whose turn it is to be stepped. Of all threads that are in our code, or on their way into it, one has the floor; it keeps it until it waits in Windows or has left our code for good,
 * and whoever comes meanwhile waits for it. So every instruction of every thread is stepped, and in which order threads run is decided by the text alone.
 *
 * Between trap.c and this file; only what is TRAP_CODE runs while the images are shut. */
#ifndef EXCHAIN_INJECT_TRAP_FLOOR_H
#define EXCHAIN_INJECT_TRAP_FLOOR_H

#include "trap.h"

bool trap_floor_prepare(const struct trap_plan *plan);
/* From begin to end somebody has the floor or could; the caller of begin has it. Behind end everybody runs as if we were not here. */
void trap_floor_begin(void);
void trap_floor_end(void);
bool trap_floor_is_on(void);
bool trap_floor_is_mine(void);

/* The calling thread has tripped over images that are shut: takes the floor where it has not got it, and opens them. `sp` is the thread's. False: it is all over, and they are open. */
bool trap_floor_come_in(uintptr_t sp);
/* The calling thread, which has the floor, is out of our code: shuts the images. `steps`: with its next instruction, which is Windows' own, and not by an exception. */
void trap_floor_go_out(CONTEXT *context, bool steps);

/* Entry of a function: it is to run unstepped. Whoever returns from it is stepped again, now or later; whoever leaves it by an exception does not come back here. */
void trap_floor_skip(CONTEXT *context);

#endif
