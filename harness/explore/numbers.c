/* The number of a text, and the text behind a number: how many texts come before it is counted decision by decision, of all letters that might have been taken instead. */
#include <stdlib.h>

#include "table.h"

/* How many ways there are to go on behind a block, by how it is left and how many operations are still to come: as many of these as are asked for. */
struct rest {
    uint64_t after[EXPLORE_EXIT_COUNT][EXPLORE_OPERATIONS_MAX + 1];
};

/* What is counted with: the rest behind each operation's block that is open, and its deferred function. */
struct counting {
    struct explore_cursor *cursor;
    bool is_idle; /* nothing is counted: it is only asked what there is */
    struct rest text, blocks[EXPLORE_OPERATIONS_MAX + 1][SCENARIO_BLOCKS_MAX];
};

/* Here and behind the block, with so many operations still to come. */
static uint64_t ways_here(struct explore_space *space, const struct rest *rest, struct explore_context context, unsigned operations) {
    const struct goal *goals = explore_goals_of(space, context);
    uint64_t ways = 0;
    for (enum explore_exit exit = 0; exit < EXPLORE_EXIT_COUNT; exit++)
        for (unsigned here = 0; here <= operations; here++) {
            uint64_t behind = rest->after[exit][operations - here];
            if (behind)
                ways = explore_plus(ways, explore_times(explore_goals_ways(space, goals, context, here, exit), behind));
        }
    return ways;
}

/* The rest behind an operation, in its block and further out. */
static void rest_behind(struct explore_space *space, const struct rest *rest, struct explore_context context, unsigned operations, struct rest *behind) {
    for (enum explore_exit exit = 0; exit < EXPLORE_EXIT_COUNT; exit++)
        for (unsigned still = 0; still <= operations; still++) {
            bool goes_on = explore_goes_on(exit) && explore_context_allows(context, exit);
            behind->after[exit][still] = goes_on ? ways_here(space, rest, explore_context_behind(context, exit), still) : rest->after[exit][still];
        }
}

/* The rest behind a block of an operation, from the one behind the operation. */
static void rest_inside(struct explore_space *space, const struct rest *behind, struct explore_context context, unsigned letter, unsigned block, enum explore_exit body,
                        unsigned operations, struct rest *inside) {
    unsigned count;
    const struct explore_letter *entry = &explore_letters(&count)[letter];
    struct explore_context around = explore_context_inside(entry->behaviour, entry->stops_walk, context);
    for (enum explore_exit exit = 0; exit < EXPLORE_EXIT_COUNT; exit++) {
        struct rest deferred;
        bool allows = explore_context_allows(around, exit), runs_deferred = allows && explore_runs_deferred(entry->behaviour, block, exit);
        enum explore_exit left = allows ? explore_exit_of_operation(entry->behaviour, context, block, body, exit) : EXPLORE_IMPOSSIBLE;
        if (runs_deferred)
            rest_inside(space, behind, context, letter, 0, exit, operations, &deferred);
        for (unsigned still = 0; still <= operations; still++)
            if (runs_deferred)
                inside->after[exit][still] = ways_here(space, &deferred, around, still);
            else
                inside->after[exit][still] = left == EXPLORE_IMPOSSIBLE ? 0 : behind->after[left][still];
    }
}

/* Texts in which this letter stands here, with so many operations still to come, it among them. */
static uint64_t ways_with(struct explore_space *space, const struct rest *behind, struct explore_context context, unsigned letter, unsigned operations) {
    unsigned count;
    const struct explore_letter *entry = &explore_letters(&count)[letter];
    if (!explore_has_block(entry->behaviour))
        return behind->after[explore_exit_of_leaf(entry->behaviour, context)][operations - 1]; /* what may stand here is never impossible */
    struct rest inside;
    rest_inside(space, behind, context, letter, explore_first_block(entry->behaviour), EXPLORE_GOES_ON, operations - 1, &inside);
    return ways_here(space, &inside, explore_context_inside(entry->behaviour, entry->stops_walk, context), operations - 1);
}

static struct counting *counting_make(void) {
    struct counting *counting = malloc(sizeof *counting);
    if (!counting)
        abort(); /* "not of the space" would be wrong */
    return counting;
}

static void begin(struct counting *counting, struct explore_cursor *cursor, unsigned operations, bool is_idle) {
    counting->cursor = cursor;
    counting->is_idle = is_idle;
    counting->text = (struct rest){0};
    for (enum explore_exit exit = 0; exit < EXPLORE_EXIT_COUNT; exit++)
        counting->text.after[exit][0] = explore_text_may_be_left(cursor->space, exit);
    explore_cursor_begin(cursor, operations);
}

/* The rest behind the block that a decision is made in. */
static const struct rest *rest_of(struct counting *counting, const struct open_block *open, unsigned operations) {
    if (!open->outer)
        return &counting->text;
    if (!open->rest) {
        struct explore_cursor *cursor = counting->cursor;
        struct rest *rest = &counting->blocks[open->parent][open->block];
        struct explore_context context = open->outer->point->context;
        struct rest behind;
        rest_behind(cursor->space, rest_of(counting, open->outer, operations), context, operations, &behind);
        rest_inside(cursor->space, &behind, context, cursor->letters[open->parent], open->block, (enum explore_exit)open->body, operations, rest);
        ((struct open_block *)open)->rest = rest;
    }
    return open->rest;
}

/* An operation of a text that is read: where it stands, and as what. */
struct read {
    uint8_t letter, block;
    uint16_t parent;
};

/* Makes a decision: the one that was read, or else the one that leads to the text with this number. Counts the texts that come before. False: there is no such. */
static bool decide(struct counting *counting, unsigned place, const struct read *read, uint64_t number, uint64_t *before) {
    struct explore_cursor *cursor = counting->cursor;
    struct decision *decision = &cursor->decisions[place];
    unsigned operations = cursor->operations - place;
    bool is_here;
    do {
        const struct open_block *open = decision->open;
        uint64_t here = 0;
        is_here = read && open->parent == read->parent && open->block == read->block;
        if (!is_here && !counting->is_idle) {
            const struct rest *rest = rest_of(counting, open, operations);
            here = ways_here(cursor->space, rest, open->point->context, operations) - rest->after[explore_exit_of_nothing(open->point->context)][operations];
        }
        is_here |= !read && number - *before < here;
        if (!is_here)
            *before = explore_plus(*before, here);
    } while (!is_here && explore_cursor_end_block(cursor, place));
    if (!is_here)
        return false;
    struct rest behind;
    struct explore_context context = decision->open->point->context;
    const struct point_letters *letters = explore_cursor_choice(cursor, place);
    if (!counting->is_idle)
        rest_behind(cursor->space, rest_of(counting, decision->open, operations), context, operations, &behind);
    for (decision->letter = 0; decision->letter < letters->count; decision->letter++) {
        unsigned letter = letters->letters[decision->letter];
        bool is_read = read && letter == read->letter;
        uint64_t ways = is_read || counting->is_idle ? 0 : ways_with(cursor->space, &behind, context, letter, operations);
        if (read ? is_read : number - *before < ways) {
            explore_cursor_take(cursor, place);
            return true;
        }
        *before = explore_plus(*before, ways);
    }
    return false;
}

void explore_cursor_seek(struct explore_cursor *cursor, uint64_t number) {
    struct counting *counting = counting_make();
    unsigned operations = 1;
    for (uint64_t ways; number >= (ways = explore_space_of_size(cursor->space, operations)); operations++)
        number -= ways;
    begin(counting, cursor, operations, false);
    uint64_t before = 0;
    for (unsigned place = 0; place < operations; place++)
        decide(counting, place, NULL, number, &before);
    free(counting);
}

/* The operations of a text in the order in which they run, each with its letter and where it stands. */
struct reading {
    const struct scenario_program *program;
    struct read operations[EXPLORE_OPERATIONS_MAX];
    unsigned count;
};

static bool read_block(struct reading *reading, unsigned first, unsigned parent, unsigned block) {
    unsigned letters;
    explore_letters(&letters);
    for (unsigned number = first; number; number = reading->program->nodes[number].next) {
        const struct scenario_node *node = &reading->program->nodes[number];
        unsigned letter = explore_letter_of(node);
        if (letter == letters || reading->count == EXPLORE_OPERATIONS_MAX)
            return false;
        reading->operations[reading->count++] = (struct read){(uint8_t)letter, (uint8_t)block, (uint16_t)parent};
        unsigned here = reading->count;
        for (unsigned inner = scenario_blocks_count(node->operation); inner-- > 0;) /* a deferred function's body runs first */
            if (!read_block(reading, node->block[inner], here, inner))
                return false;
    }
    return true;
}

static bool find(struct counting *counting, struct explore_cursor *cursor, const struct reading *reading, bool is_idle, uint64_t *number) {
    begin(counting, cursor, reading->count, is_idle);
    for (unsigned place = 0; place < reading->count; place++)
        if (!decide(counting, place, &reading->operations[place], 0, number))
            return false;
    return true;
}

bool explore_space_find(struct explore_space *space, const struct scenario_program *program, uint64_t *number) {
    struct reading reading = {.program = program};
    if (!read_block(&reading, program->nodes[0].block[0], 0, 0) || reading.count == 0 || reading.count > space->operations_max)
        return false;
    struct counting *counting = counting_make();
    struct explore_cursor *cursor = explore_cursor_open(space);
    if (!cursor)
        abort();
    *number = 0;
    for (unsigned operations = 1; operations < reading.count; operations++)
        *number = explore_plus(*number, explore_space_of_size(space, operations));
    bool found = find(counting, cursor, &reading, true, number) && find(counting, cursor, &reading, false, number); /* most that are asked for are not there */
    explore_cursor_close(cursor);
    free(counting);
    return found;
}
