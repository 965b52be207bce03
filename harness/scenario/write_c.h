/* A scenario as plain C: one function a block, nested as the text nests them, calling the same steps as the batch executor. Portable C. */
#ifndef EXCHAIN_SCENARIO_WRITE_C_H
#define EXCHAIN_SCENARIO_WRITE_C_H

#include <stdio.h>

#include "program.h"

/* Writes a whole source file. `name` is the binary's name without .exe, `origin` the file that the text came from. False: `out` could not be written. */
bool scenario_write_c(const struct scenario_program *program, const char *name, const char *origin, FILE *out);

#endif
