/* The space of a profile: every text of 1 to N operations, each once, in a fixed order with numbers from 0. Portable C.
 *
 * The order: by the number of operations, then operation by operation in the order in which they run (a deferred function behind its body). The next one stands as deep as it can, as each letter that may
 * stand there in the order of letters.def, then further out, block by block. How a block will be left, and how much will stand in it, is not decided before: so texts that follow each other part as late as they can, and
 * whatever two texts begin with they have in common with all between them. Numbers and texts are found from each other by counting what is left out (numbers.c), so a range of numbers is as good a part of the
 * space as any. */
#ifndef EXCHAIN_EXPLORE_SPACE_H
#define EXCHAIN_EXPLORE_SPACE_H

#include "grammar.h"

enum { EXPLORE_OPERATIONS_MAX = 24 };

struct explore_space;

/* NULL: no memory. The space is at its place until explore_space_close. 1 <= operations_max <= EXPLORE_OPERATIONS_MAX. */
struct explore_space *explore_space_open(enum explore_profile profile, unsigned operations_max);
void explore_space_close(struct explore_space *space);
/* How many texts of exactly so many operations there are; UINT64_MAX: more than can be said. */
uint64_t explore_space_of_size(struct explore_space *space, unsigned operations);
/* Of 1 to operations_max. */
uint64_t explore_space_size(struct explore_space *space);

/* A place in the space, and the text there. */
struct explore_cursor;
struct explore_cursor *explore_cursor_open(struct explore_space *space);
void explore_cursor_close(struct explore_cursor *cursor);
/* Goes to a number, which is below explore_space_size. */
void explore_cursor_seek(struct explore_cursor *cursor, uint64_t number);
/* On to the next number; false behind the last. */
bool explore_cursor_next(struct explore_cursor *cursor);
/* A random text of so many operations. `weigh` says how much it is wanted that a letter follows another (`count`: the text's beginning); greater than 0.
 * Without weights every text is as likely as any other. `random` returns numbers of [0, 1). False: there is none of this size. */
typedef double explore_weigh(void *owner, unsigned before, unsigned letter);
bool explore_cursor_draw(struct explore_cursor *cursor, unsigned operations, double (*random)(void *owner), explore_weigh *weigh, void *owner);
/* How many operations, from the first on, are those of the text that the cursor was at before its last move, at the same places: in the same block, behind the same operation. What comes behind them may be another. */
unsigned explore_cursor_unchanged(const struct explore_cursor *cursor);
/* The text at the cursor: owned by it, good until the cursor moves. Its spellings are empty. Its operations have numbers in the order in which they run, not in which they are written. */
const struct scenario_program *explore_cursor_program(const struct explore_cursor *cursor);
/* The letters of its operations, from number 1 on. */
const uint8_t *explore_cursor_letters(const struct explore_cursor *cursor);
/* How the text ends; EXPLORE_DEATH: with the process. */
enum explore_exit explore_cursor_exit(const struct explore_cursor *cursor);

/* The number of a text. False: it is not part of the space. Values of panics and raises are not looked at. */
bool explore_space_find(struct explore_space *space, const struct scenario_program *program, uint64_t *number);

#endif
