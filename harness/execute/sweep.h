/* A run with refusals by count (--inject). Without, all of these do nothing. */
#ifndef EXCHAIN_EXECUTE_SWEEP_H
#define EXCHAIN_EXECUTE_SWEEP_H

struct step_options;

/* Behind loading the runtime, before its start. NULL: fine; else one line. */
const char *step_sweep_open(const struct step_options *options);
/* Around the text's run. */
void step_sweep_begin(void);
void step_sweep_end(void);
/* The runtime said no. Where that is what was injected, it is how the run ends, and this does not return. */
void step_sweep_refused(const char *sentence);
/* Behind the text: stops the runtime, and looks at what is left. */
void step_sweep_close(void);

#endif
