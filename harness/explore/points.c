/* What may stand at a point, so that a text of so many operations can still be made of it. Points that are alike are one: there are few, whatever stands in a text, and what was worked out for one is
 * there the next time.
 *
 * numbers.c asks how many where this asks whether: the same way through the grammar, and a test holds one against the other. */
#include <stdlib.h>
#include <string.h>

#include "table.h"

/* Bit N: N operations here and behind, where what may come behind the block is known. */
static uint32_t reach_of(struct explore_space *space, const struct point *point) {
    uint32_t reach = 0;
    for (unsigned operations = 0; operations <= space->operations_max; operations++)
        for (enum explore_exit exit = 0; exit < EXPLORE_EXIT_COUNT; exit++)
            if (point->after[exit] && explore_goal_of(space, point->context, operations, exit)->ways)
                reach |= point->after[exit] << operations;
    return reach & ((2u << space->operations_max) - 1);
}

static const struct point *point_of(struct explore_space *space, struct explore_context context, const uint32_t after[]) {
    struct point **first = &space->points[explore_context_index(context)];
    for (struct point *point = *first; point; point = point->same_context)
        if (memcmp(point->after, after, sizeof point->after) == 0)
            return point;
    struct point *point = calloc(1, sizeof *point);
    if (!point)
        abort(); /* texts would be missing; a process that dies is reported */
    point->context = context;
    memcpy(point->after, after, sizeof point->after);
    point->reach = reach_of(space, point);
    point->same_context = *first;
    *first = point;
    return point;
}

void explore_points_free(struct explore_space *space) {
    for (unsigned index = 0; index < EXPLORE_CONTEXT_COUNT; index++)
        for (struct point *point = space->points[index], *next; point; point = next) {
            next = point->same_context;
            for (unsigned operations = 0; operations <= EXPLORE_OPERATIONS_MAX; operations++)
                free(point->letters[operations]);
            free(point);
        }
}

const struct point *explore_point_of_text(struct explore_space *space) {
    uint32_t after[EXPLORE_EXIT_COUNT];
    for (enum explore_exit exit = 0; exit < EXPLORE_EXIT_COUNT; exit++)
        after[exit] = explore_text_may_be_left(space, exit);
    return point_of(space, explore_context_of_text(), after);
}

const struct point *explore_point_behind(struct explore_space *space, const struct point *point, enum explore_exit exit) {
    const struct point **known = (const struct point **)&point->behind[exit];
    if (!*known)
        *known = point_of(space, explore_context_behind(point->context, exit), point->after);
    return *known;
}

/* How many may still come where an operation here is left so. */
static uint32_t after_operation(struct explore_space *space, const struct point *point, enum explore_exit exit) {
    if (exit == EXPLORE_IMPOSSIBLE)
        return 0;
    return explore_goes_on(exit) ? explore_point_behind(space, point, exit)->reach : point->after[exit];
}

static const struct point *in_block(struct explore_space *space, const struct point *point, unsigned letter, unsigned block, enum explore_exit body) {
    unsigned count;
    const struct explore_letter *entry = &explore_letters(&count)[letter];
    struct explore_context inside = explore_context_inside(entry->behaviour, entry->stops_walk, point->context);
    uint32_t after[EXPLORE_EXIT_COUNT] = {0};
    for (enum explore_exit exit = 0; exit < EXPLORE_EXIT_COUNT; exit++)
        if (explore_context_allows(inside, exit))
            after[exit] = explore_runs_deferred(entry->behaviour, block, exit)
                              ? explore_point_deferred(space, point, letter, exit)->reach
                              : after_operation(space, point, explore_exit_of_operation(entry->behaviour, point->context, block, body, exit));
    return point_of(space, inside, after);
}

const struct point *explore_point_inside(struct explore_space *space, const struct point *point, unsigned letter) {
    unsigned count;
    const struct point **known = (const struct point **)&point->inside[letter];
    if (!*known)
        *known = in_block(space, point, letter, explore_first_block(explore_letters(&count)[letter].behaviour), EXPLORE_GOES_ON);
    return *known;
}

/* Whatever letter defers: they differ in nothing. */
const struct point *explore_point_deferred(struct explore_space *space, const struct point *point, unsigned letter, enum explore_exit body) {
    const struct point **known = (const struct point **)&point->deferred[body];
    if (!*known)
        *known = in_block(space, point, letter, 0, body);
    return *known;
}

/* How a block is left at this point behind an operation that was left so, if nothing more is to come. */
static enum explore_exit exit_behind(struct explore_context context, enum explore_exit exit) {
    return explore_goes_on(exit) ? explore_exit_of_nothing(explore_context_behind(context, exit)) : exit;
}

/* How an operation is left that stands here and has nothing in its blocks. */
static enum explore_exit exit_of_letter(const struct explore_letter *letter, struct explore_context context) {
    if (!explore_has_block(letter->behaviour))
        return explore_exit_of_leaf(letter->behaviour, context);
    enum explore_exit inside = explore_exit_of_nothing(explore_context_inside(letter->behaviour, letter->stops_walk, context));
    return explore_exit_of_operation(letter->behaviour, context, explore_first_block(letter->behaviour), inside, inside);
}

const struct point_letters *explore_point_find_letters(struct explore_space *space, const struct point *point, unsigned operations) {
    unsigned count, side = point->context.side;
    const struct explore_letter *letters = explore_letters(&count);
    struct point_letters *found = calloc(1, sizeof *found);
    if (!found)
        abort();
    for (unsigned place = 0; place < space->letters_of_side[side]; place++) {
        unsigned letter = space->letters[side][place];
        enum explore_behaviour behaviour = letters[letter].behaviour;
        uint32_t reach = explore_has_block(behaviour) ? explore_point_inside(space, point, letter)->reach
                                                      : after_operation(space, point, explore_exit_of_leaf(behaviour, point->context));
        if (!(reach >> (operations - 1) & 1))
            continue;
        found->exits[found->count] = (uint8_t)exit_behind(point->context, exit_of_letter(&letters[letter], point->context));
        found->letters[found->count++] = (uint8_t)letter;
    }
    return ((struct point *)point)->letters[operations] = found;
}
