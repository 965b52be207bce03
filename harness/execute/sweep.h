/* A run that is swept (--inject): refusals by count, or traps at instructions. Without, all of these do nothing. */
#ifndef EXCHAIN_EXECUTE_SWEEP_H
#define EXCHAIN_EXECUTE_SWEEP_H

#include <stdint.h>

struct step_options;

/* Behind loading the runtime, before its start. NULL: fine; else one line. */
const char *step_sweep_open(const struct step_options *options);
/* Behind its start. NULL: fine; else one line. */
const char *step_sweep_started(const struct step_options *options);
/* Around the text's run. */
void step_sweep_begin(void);
void step_sweep_end(void);
/* The runtime said no. Where that is what was injected, it is how the run ends, and this does not return. */
void step_sweep_refused(const char *sentence);
/* Behind the text: stops the runtime, and looks at what is left. */
void step_sweep_close(void);
/* Sites so far. */
uint32_t step_sweep_sites(void);

#endif
