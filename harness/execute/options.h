/* The options that the batch executor and every scenario's own binary share. */
#ifndef EXCHAIN_EXECUTE_OPTIONS_H
#define EXCHAIN_EXECUTE_OPTIONS_H

#include "step.h"

struct execute_options {
    struct step_options step;
    const char *list;     /* batch: file with one text a line */
    unsigned from, count; /* batch: which of them */
    bool go_on;           /* batch: behind a text that the process would end with, as far as that can be done (go_on.h) */
    bool help;
    bool platform;        /* only say which platform this is */
};

/* Fills *options with what the command line says and, where it is silent, with the DLLs beside the program. NULL: fine; else one line. */
const char *execute_options_read(int count, char **words, bool batch, struct execute_options *options);
/* What --help prints. */
const char *execute_options_help(bool batch);

#endif
