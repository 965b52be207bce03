#ifndef EXCHAIN_EXECUTE_INTERPRET_H
#define EXCHAIN_EXECUTE_INTERPRET_H

#include "step.h"

/* Runs a program whose operations all have executors, between step_open and step_close. `index` is the text's number in the journal. */
void interpret(unsigned index, const struct scenario_program *text);

#endif
