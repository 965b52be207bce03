/* Programs for tests: from texts that must be right, and from a generator. */
#ifndef EXCHAIN_TESTS_PROGRAMS_H
#define EXCHAIN_TESTS_PROGRAMS_H

#include "scenario/program.h"

/* Parses out of memory that ends exactly where the text does, so that a sanitizer sees any byte read past it. */
bool parse_exactly(const char *text, size_t length, struct scenario_program *program, struct scenario_error *error);
/* A text that has no mistake; the test fails, with the message, if it has one. Release with scenario_program_free. */
struct scenario_program parse_right(const char *text);
/* The canonical form, to be freed. */
char *print_whole(const struct scenario_program *program);

/* Whether two nodes are the same but for where they stand in their texts. */
bool same_node(const struct scenario_node *one, const struct scenario_node *other);

/* Pseudo-random numbers: the same seed gives the same ones everywhere. */
struct random { uint64_t state; };
uint32_t random_below(struct random *random, uint32_t limit);
/* A program made without a text, of at least one operation and at most `operations_max`. Any operation, kind and number may occur in it. */
struct scenario_program generate_program(struct random *random, unsigned operations_max);

#endif
