/* Which texts exploring makes: the rules of docs/EXPLORING.md, asked of the model's trace and of the text, not of the grammar. */
#ifndef EXCHAIN_TESTS_EXPLORE_BELONGS_H
#define EXCHAIN_TESTS_EXPLORE_BELONGS_H

#include "model/model.h"

enum { EXPLORE_BELONGS_NODES_MAX = 8 };

/* Leaves the program as it was, and its prediction behind. */
bool explore_text_belongs(struct scenario_program *program, bool may_end_process, struct model_prediction *prediction);

#endif
