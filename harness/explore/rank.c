/* The number of a text: its blocks are left as their letters say, worked out anew from the outside in. */
#include <string.h>

#include "table.h"

struct reading {
    struct explore_space *space;
    const struct scenario_program *program;
};

struct block_read {
    unsigned operations;
    enum explore_exit exit; /* EXPLORE_IMPOSSIBLE: not a block of the space */
};

static struct block_read read_block(const struct reading *reading, unsigned first, struct explore_context context);

/* How the operation is left, and the option that it is. False: not of the space. */
static bool read_operation(const struct reading *reading, unsigned number, struct explore_context context, struct option *option) {
    const struct scenario_node *node = &reading->program->nodes[number];
    unsigned count, letter = explore_letter_of(node);
    const struct explore_letter *letters = explore_letters(&count);
    if (letter == count || !explore_letter_is_in(letter, reading->space->profile))
        return false;
    enum explore_behaviour behaviour = letters[letter].behaviour;
    *option = (struct option){.letter = (uint8_t)letter, .operations = 1};
    enum explore_exit exit;
    if (!explore_has_block(behaviour)) {
        exit = explore_exit_of_leaf(behaviour, context);
    } else {
        struct explore_context inside = explore_context_inside(behaviour, letters[letter].stops_walk, context);
        bool defers = behaviour == EXPLORE_DEFERS;
        for (unsigned block = 0; block < 1u + defers; block++) {
            struct block_read read = read_block(reading, node->block[block], inside);
            if (read.exit == EXPLORE_IMPOSSIBLE)
                return false;
            option->inside[block] = (uint8_t)read.exit;
            option->operations = (uint8_t)(option->operations + read.operations);
            if (defers && block == 0)
                option->deferred = (uint8_t)read.operations;
        }
        exit = defers ? explore_exit_of_defer(option->inside[1], option->inside[0], option->deferred == 0)
                      : explore_exit_of_block(behaviour, context, option->inside[0]);
    }
    option->exit = (uint8_t)exit;
    return exit != EXPLORE_IMPOSSIBLE;
}

static struct block_read read_block(const struct reading *reading, unsigned first, struct explore_context context) {
    struct block_read read = {0, explore_exit_of_nothing(context)};
    for (unsigned number = first; number; number = reading->program->nodes[number].next) {
        struct option option;
        if (!explore_goes_on(read.exit) || !read_operation(reading, number, context, &option) || read.operations + option.operations > reading->space->operations_max)
            return (struct block_read){0, EXPLORE_IMPOSSIBLE};
        read.operations += option.operations;
        context = explore_context_behind(context, option.exit);
        read.exit = explore_goes_on(option.exit) ? explore_exit_of_nothing(context) : (enum explore_exit)option.exit;
    }
    return read;
}

static uint64_t rank_block(const struct reading *reading, unsigned first, const struct goal *goal) {
    struct option wanted;
    if (goal->operations == 0)
        return 0;
    read_operation(reading, first, goal->context, &wanted);
    const struct option *option = explore_options_of(reading->space, goal);
    while (option->letter != wanted.letter || option->operations != wanted.operations || option->deferred != wanted.deferred ||
           memcmp(option->inside, wanted.inside, sizeof wanted.inside) != 0)
        option++;
    const struct parts *parts = &option->parts;
    uint64_t rank = 0;
    for (unsigned block = parts->count; block-- > 0;) /* as the cursor fills them */
        rank = rank * parts->blocks[block]->ways + rank_block(reading, reading->program->nodes[first].block[block], parts->blocks[block]);
    return option->before + rank * parts->behind->ways + rank_block(reading, reading->program->nodes[first].next, parts->behind);
}

bool explore_space_find(struct explore_space *space, const struct scenario_program *program, uint64_t *number) {
    const struct reading reading = {space, program};
    if (program->count < 2 || program->count - 1 > space->operations_max)
        return false;
    struct block_read read = read_block(&reading, program->nodes[0].block[0], explore_context_of_text());
    if (read.exit == EXPLORE_IMPOSSIBLE || !explore_text_may_be_left(space, read.exit))
        return false;
    uint64_t rank = 0;
    for (unsigned operations = 1; operations < read.operations; operations++)
        rank += explore_space_of_size(space, operations);
    for (enum explore_exit exit = 0; exit < read.exit; exit++)
        if (explore_text_may_be_left(space, exit))
            rank += explore_goal_of(space, explore_context_of_text(), read.operations, exit)->ways;
    *number = rank + rank_block(&reading, program->nodes[0].block[0], explore_goal_of(space, explore_context_of_text(), read.operations, read.exit));
    return true;
}
