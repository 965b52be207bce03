/* A trap at every instruction of a text (--step), or a suspension (--suspend). Without, begin and end do nothing. */
#ifndef EXCHAIN_EXECUTE_SWEEP_STEP_H
#define EXCHAIN_EXECUTE_SWEEP_STEP_H

#include "../inject/sweep_file.h"
#include "step.h"

enum { SWEEP_RUNTIME, SWEEP_FOREIGN, SWEEP_EXECUTOR }; /* the numbers of the images in the file */

/* Behind the runtime's start. `schedule` and `file` must stay. NULL: fine; else one line. */
const char *step_sweep_step_prepare(struct inject_schedule *schedule, struct sweep_header *file, const struct step_options *options);
/* Whether a text can be stepped: one that raises the same exception itself cannot. NULL: it can; else one line. */
const char *step_sweep_step_fits(const struct scenario_program *program);
void step_sweep_step_begin(void);
void step_sweep_step_end(void);

#endif
