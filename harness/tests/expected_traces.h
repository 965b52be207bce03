/* Whole traces, written down by hand, against what the model predicts. */
#ifndef EXCHAIN_TESTS_EXPECTED_TRACES_H
#define EXCHAIN_TESTS_EXPECTED_TRACES_H

#include <stddef.h>

#include "model/model.h"

enum { EXPECTED_LINES_MAX = 40 };

struct expected_trace {
    const char *text;
    const char *outcome;
    const char *lines[EXPECTED_LINES_MAX]; /* as events are printed, with single blanks; up to the first NULL */
};

/* Fails behind the last one when any differs, with both traces side by side for each that does. */
void expect_traces(const struct expected_trace *traces, size_t count);

/* The line of one event, its columns pressed together. */
void print_pressed(const struct trace_event *event, const struct scenario_program *program, char *buffer, size_t size);

#endif
