/* Going on behind an end that a text does not come back from: texts run on a thread of their own, which is left for dead, and everything of ours is put back as it was
 * before the first of them. The kill matrix's way, where nearly every text ends so; whoever uses it runs again alone what he wants to believe. */
#ifndef EXCHAIN_EXECUTE_GO_ON_H
#define EXCHAIN_EXECUTE_GO_ON_H

#include <stdbool.h>

/* The first thing of all in a process that will go on: takes room for stacks. False: there is none. */
bool step_go_on_prepare(void);
/* Runs texts(first) on another thread, and behind each end that can be gone on from texts(NEXT) on one more. Returns what texts returned, whose call came to its end. Or does not
 * return: texts that were left for dead have threads that never end. */
int step_go_on_run(int (*texts)(unsigned first), unsigned first);
/* The running text has ended in a way that it does not come back from; the journal says which. Returns where the process must end with it: where nobody goes on, or what is
 * left behind may not be what it seems. */
void step_go_on(void);

#endif
