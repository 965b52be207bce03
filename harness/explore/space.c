/* How many texts there are: the table of ways, filled as it is asked for. */
#include <stdlib.h>

#include "table.h"

static struct goal *goal_at(struct explore_space *space, struct explore_context context, unsigned operations, enum explore_exit exit) {
    return &space->goals[(explore_context_index(context) * (space->operations_max + 1) + operations) * EXPLORE_EXIT_COUNT + exit];
}

static void goal_know(struct explore_space *space, struct goal *goal);

const struct goal *explore_goal_of(struct explore_space *space, struct explore_context context, unsigned operations, enum explore_exit exit) {
    struct goal *goal = goal_at(space, context, operations, exit);
    if (!goal->known) {
        goal->operations = (uint8_t)operations;
        goal->exit = (uint8_t)exit;
        goal->context = context;
        goal_know(space, goal);
        goal->known = true;
    }
    return goal;
}

struct parts explore_parts_of(struct explore_space *space, const struct goal *goal, const struct option *option) {
    struct parts parts = {.count = 0};
    unsigned count;
    const struct explore_letter *letter = &explore_letters(&count)[option->letter];
    enum explore_behaviour behaviour = letter->behaviour;
    if (explore_has_block(behaviour)) {
        struct explore_context inside = explore_context_inside(behaviour, letter->stops_walk, goal->context);
        unsigned operations = option->operations - 1;
        if (behaviour == EXPLORE_DEFERS) {
            parts.blocks[parts.count++] = explore_goal_of(space, inside, option->deferred, option->inside[0]);
            operations -= option->deferred;
        }
        parts.blocks[parts.count] = explore_goal_of(space, inside, operations, option->inside[parts.count]);
        parts.count++;
    }
    struct explore_context behind = explore_context_behind(goal->context, option->exit);
    bool is_end = !explore_goes_on(option->exit); /* nothing stands behind it, and how the block is left is said */
    parts.behind = explore_goal_of(space, behind, goal->operations - option->operations, is_end ? explore_exit_of_nothing(behind) : (enum explore_exit)goal->exit);
    return parts;
}

/* Hands the option on where it leads to the goal. */
static void offer(struct explore_space *space, const struct goal *goal, struct option *option, enum explore_exit exit, visit_option *visit, void *owner) {
    option->exit = (uint8_t)exit;
    if (exit != EXPLORE_IMPOSSIBLE && (explore_goes_on(exit) || (exit == goal->exit && option->operations == goal->operations)))
        visit(owner, space, goal, option);
}

void explore_each_option(struct explore_space *space, const struct goal *goal, unsigned number, visit_option *visit, void *owner) {
    unsigned all;
    const struct explore_letter *letter = &explore_letters(&all)[number];
    enum explore_behaviour behaviour = letter->behaviour;
    struct option option = {.letter = (uint8_t)number, .operations = 1};
    if (!explore_has_block(behaviour)) {
        offer(space, goal, &option, explore_exit_of_leaf(behaviour, goal->context), visit, owner);
        return;
    }
    struct explore_context around_block = explore_context_inside(behaviour, letter->stops_walk, goal->context);
    uint8_t exits[EXPLORE_EXIT_COUNT]; /* of its blocks */
    unsigned count = 0;
    for (enum explore_exit exit = 0; exit < EXPLORE_EXIT_COUNT; exit++)
        if (explore_context_allows(around_block, exit))
            exits[count++] = (uint8_t)exit;
    for (; option.operations <= goal->operations; option.operations++) {
        if (behaviour != EXPLORE_DEFERS) {
            for (unsigned inside = 0; inside < count; inside++) {
                option.inside[0] = exits[inside];
                offer(space, goal, &option, explore_exit_of_block(behaviour, goal->context, option.inside[0]), visit, owner);
            }
            continue;
        }
        for (option.deferred = 0; option.deferred < option.operations; option.deferred++)
            for (unsigned pair = 0; pair < count * count; pair++) {
                option.inside[0] = exits[pair / count];
                option.inside[1] = exits[pair % count];
                offer(space, goal, &option, explore_exit_of_defer(option.inside[1], option.inside[0], option.deferred == 0), visit, owner);
            }
    }
}

struct ways explore_ways_of(struct explore_space *space, const struct goal *goal, const struct option *option) {
    struct parts parts = explore_parts_of(space, goal, option);
    struct ways ways = {parts.behind->ways, parts.behind->about};
    for (unsigned block = 0; block < parts.count; block++) {
        ways.exactly = explore_times(ways.exactly, parts.blocks[block]->ways);
        ways.about *= parts.blocks[block]->about;
    }
    return ways;
}

static void add_ways(void *owner, struct explore_space *space, const struct goal *goal, const struct option *option) {
    struct ways *sum = owner, ways = explore_ways_of(space, goal, option);
    sum->exactly = explore_plus(sum->exactly, ways.exactly);
    sum->about += ways.about;
}

static struct ways ways_that_begin(struct explore_space *space, const struct goal *goal, unsigned letter) {
    struct ways sum = {0};
    explore_each_option(space, goal, letter, add_ways, &sum);
    return sum;
}

/* Recursion ends: what an option leaves has fewer operations, and no operation leaves more. */
static void goal_know(struct explore_space *space, struct goal *goal) {
    if (goal->operations == 0) {
        goal->ways = explore_exit_of_nothing(goal->context) == (enum explore_exit)goal->exit;
        goal->about = (double)goal->ways;
        return;
    }
    unsigned side = goal->context.side;
    for (unsigned kind = 0; kind < space->kinds_of_side[side]; kind++) {
        const struct letter_kind *letters = &space->kinds[side][kind];
        struct ways ways = ways_that_begin(space, goal, letters->letter);
        goal->ways = explore_plus(goal->ways, explore_times(ways.exactly, letters->count));
        goal->about += ways.about * letters->count;
    }
}

const double *explore_about_kinds(struct explore_space *space, const struct goal *goal) {
    struct goal *filled = goal_at(space, goal->context, goal->operations, goal->exit);
    unsigned side = goal->context.side, kinds = space->kinds_of_side[side];
    if (!filled->about_kind) {
        filled->about_kind = malloc(kinds * sizeof *filled->about_kind);
        if (!filled->about_kind)
            abort(); /* as below */
        for (unsigned kind = 0; kind < kinds; kind++)
            filled->about_kind[kind] = ways_that_begin(space, goal, space->kinds[side][kind].letter).about;
    }
    return filled->about_kind;
}

static bool is_one_to_count(const struct explore_letter *letter, const struct explore_letter *other) {
    return letter->behaviour == other->behaviour && letter->stops_walk == other->stops_walk;
}

static void add_letter(struct explore_space *space, const struct explore_letter *letters, unsigned letter) {
    unsigned side = letters[letter].side, kind = 0;
    space->letters[side][space->letters_of_side[side]++] = (uint8_t)letter;
    while (kind < space->kinds_of_side[side] && !is_one_to_count(&letters[space->kinds[side][kind].letter], &letters[letter]))
        kind++;
    if (kind == space->kinds_of_side[side])
        space->kinds[side][space->kinds_of_side[side]++] = (struct letter_kind){.letter = (uint8_t)letter};
    space->kinds[side][kind].count++;
    space->kind_of[letter] = (uint8_t)kind;
}

struct explore_space *explore_space_open(enum explore_profile profile, unsigned operations_max) {
    struct explore_space *space = calloc(1, sizeof *space);
    if (!space)
        return NULL;
    space->profile = profile;
    space->operations_max = operations_max;
    space->goals = calloc((size_t)EXPLORE_CONTEXT_COUNT * (operations_max + 1) * EXPLORE_EXIT_COUNT, sizeof *space->goals);
    space->points = calloc(EXPLORE_CONTEXT_COUNT, sizeof *space->points);
    if (!space->goals || !space->points) {
        free(space->goals);
        free(space->points);
        free(space);
        return NULL;
    }
    const struct explore_letter *letters = explore_letters(&space->letters_count);
    for (unsigned letter = 0; letter < space->letters_count; letter++)
        if (explore_letter_is_in(letter, profile))
            add_letter(space, letters, letter);
    return space;
}

void explore_space_close(struct explore_space *space) {
    if (!space)
        return;
    size_t count = (size_t)EXPLORE_CONTEXT_COUNT * (space->operations_max + 1) * EXPLORE_EXIT_COUNT;
    for (size_t index = 0; index < count; index++)
        free(space->goals[index].about_kind);
    explore_points_free(space);
    free(space->points);
    free(space->goals);
    free(space);
}

bool explore_text_may_be_left(const struct explore_space *space, enum explore_exit exit) {
    return exit != EXPLORE_DEATH || explore_profile_has_deaths(space->profile);
}

uint64_t explore_space_of_size(struct explore_space *space, unsigned operations) {
    uint64_t size = 0;
    for (enum explore_exit exit = 0; exit < EXPLORE_EXIT_COUNT; exit++)
        if (explore_text_may_be_left(space, exit))
            size = explore_plus(size, explore_goal_of(space, explore_context_of_text(), operations, exit)->ways);
    return size;
}

uint64_t explore_space_size(struct explore_space *space) {
    uint64_t size = 0;
    for (unsigned operations = 1; operations <= space->operations_max; operations++)
        size = explore_plus(size, explore_space_of_size(space, operations));
    return size;
}
