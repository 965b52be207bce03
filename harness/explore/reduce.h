/* What a text becomes when something is taken away from it, or one operation is another: for shrinking, and for the nearest text that passes. Portable C. */
#ifndef EXCHAIN_EXPLORE_REDUCE_H
#define EXCHAIN_EXPLORE_REDUCE_H

#include "../scenario/program.h"

enum explore_edit_kind {
    EXPLORE_TAKE_AWAY, /* the operation, with all that stands in it */
    EXPLORE_LIFT,      /* the operation's place is taken by what stands in a block inside it, on the same side */
    EXPLORE_HALVE,     /* a repeat's rounds */
    EXPLORE_REPLACE    /* the operation by another letter with the same blocks; what stands in them stays */
};

struct explore_edit {
    uint8_t kind;       /* enum explore_edit_kind */
    uint8_t block;      /* LIFT: which block of `inner` */
    uint8_t letter;     /* REPLACE */
    uint16_t operation; /* that is changed */
    uint16_t inner;     /* LIFT: it, or one inside it */
};

/* The edits of a text, all that make it smaller first. Fills at most `capacity`, answers how many there are. */
size_t explore_edits(const struct scenario_program *program, struct explore_edit *edits, size_t capacity);
/* The text that an edit makes; release with scenario_program_free. False: no memory. */
bool explore_edit_apply(const struct scenario_program *program, const struct explore_edit *edit, struct scenario_program *result);

#endif
