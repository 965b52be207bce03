/* A scenario as plain C: one function a block, nested as the text nests them, calling the same steps as the batch executor. Portable C. */
#ifndef EXCHAIN_SCENARIO_WRITE_C_H
#define EXCHAIN_SCENARIO_WRITE_C_H

#include <stdio.h>

#include "program.h"

/* What the file's header tells a reader. */
struct scenario_c_header {
    const char *name;     /* the binary's, without .exe */
    const char *origin;   /* the file that the text came from */
    const char *target;   /* the preset and the folder of the build that it needs */
    const char *compiler; /* the command that compiles for it on Linux */
};

/* Writes a whole source file. False: `out` could not be written. */
bool scenario_write_c(const struct scenario_program *program, const struct scenario_c_header *header, FILE *out);

#endif
