/* A place in the space: a text is a decision for each of its operations. Where it stands: as deep as it can, or further out, behind as many ends of blocks; and which letter it is there. */
#include <stdlib.h>
#include <string.h>

#include "table.h"

struct explore_cursor *explore_cursor_open(struct explore_space *space) {
    struct explore_cursor *cursor = calloc(1, sizeof *cursor);
    if (!cursor)
        return NULL;
    cursor->space = space;
    cursor->program.nodes = cursor->nodes;
    cursor->nodes[0] = (struct scenario_node){.operation = SCENARIO_TEXT, .side = SCENARIO_SIDE_MANAGED};
    return cursor;
}

void explore_cursor_close(struct explore_cursor *cursor) { free(cursor); }
const struct scenario_program *explore_cursor_program(const struct explore_cursor *cursor) { return &cursor->program; }
const uint8_t *explore_cursor_letters(const struct explore_cursor *cursor) { return cursor->letters; }
unsigned explore_cursor_unchanged(const struct explore_cursor *cursor) { return cursor->unchanged; }
enum explore_exit explore_cursor_exit(const struct explore_cursor *cursor) { return cursor->exit; }

static struct open_block *open_block(struct explore_cursor *cursor, const struct point *point, const struct open_block *outer, unsigned parent, unsigned block, unsigned before) {
    struct open_block *opened = &cursor->blocks[cursor->blocks_count++];
    *opened = (struct open_block){.point = point, .outer = outer, .parent = (uint16_t)parent, .block = (uint8_t)block, .before = (uint16_t)before};
    memset(opened->text_exit, EXPLORE_IMPOSSIBLE, sizeof opened->text_exit);
    return opened;
}

/* The same block, behind an operation in it. */
static const struct open_block *behind(struct explore_cursor *cursor, const struct open_block *open, unsigned number, enum explore_exit exit) {
    struct open_block *opened = open_block(cursor, explore_point_behind(cursor->space, open->point, exit), open->outer, open->parent, open->block, number);
    opened->body = open->body;
    opened->rest = open->rest;
    return opened;
}

static enum explore_behaviour behaviour_of(const struct explore_cursor *cursor, unsigned number) {
    unsigned count;
    return explore_letters(&count)[cursor->letters[number]].behaviour;
}

/* What is open when a block has been left so; NULL: nothing, the text is at its end. */
static const struct open_block *left(struct explore_cursor *cursor, const struct open_block *open, enum explore_exit exit) {
    for (; open->outer; open = open->outer) {
        enum explore_behaviour behaviour = behaviour_of(cursor, open->parent);
        if (explore_runs_deferred(behaviour, open->block, exit)) {
            const struct point *point = explore_point_deferred(cursor->space, open->outer->point, cursor->letters[open->parent], exit);
            struct open_block *deferred = open_block(cursor, point, open->outer, open->parent, 0, 0);
            deferred->body = (uint8_t)exit;
            return deferred;
        }
        exit = explore_exit_of_operation(behaviour, open->outer->point->context, open->block, open->body, exit);
        if (explore_goes_on(exit))
            return behind(cursor, open->outer, open->parent, exit);
    }
    return NULL;
}

/* How the text is left if this block is left so, and nothing more is to come. */
static enum explore_exit text_exit(const struct explore_cursor *cursor, const struct open_block *open, enum explore_exit exit) {
    if (!open->outer)
        return exit;
    uint8_t *known = (uint8_t *)&open->text_exit[exit];
    if (*known == EXPLORE_IMPOSSIBLE) {
        enum explore_behaviour behaviour = behaviour_of(cursor, open->parent);
        struct explore_context context = open->outer->point->context;
        bool runs_deferred = explore_runs_deferred(behaviour, open->block, exit); /* an empty one */
        enum explore_exit operation = runs_deferred ? explore_exit_of_operation(behaviour, context, 0, exit, EXPLORE_GOES_ON)
                                                    : explore_exit_of_operation(behaviour, context, open->block, open->body, exit);
        *known = (uint8_t)text_exit(cursor, open->outer, explore_goes_on(operation) ? explore_exit_of_nothing(explore_context_behind(context, operation)) : operation);
    }
    return (enum explore_exit)*known;
}

static uint16_t *link_to(struct explore_cursor *cursor, unsigned parent, unsigned block, unsigned before) {
    return before ? &cursor->nodes[before].next : &cursor->nodes[parent].block[block];
}

void explore_cursor_write(struct explore_cursor *cursor, unsigned number, unsigned letter, unsigned parent, unsigned block, unsigned before, unsigned panics, unsigned raises) {
    struct scenario_node *node = &cursor->nodes[number];
    node->next = node->block[0] = node->block[1] = 0;
    node->parent = (uint16_t)parent;
    cursor->letters[number] = (uint8_t)letter;
    explore_letter_write(letter, node, panics, raises);
    *link_to(cursor, parent, block, before) = (uint16_t)number;
}

void explore_cursor_begin(struct explore_cursor *cursor, unsigned operations) {
    cursor->blocks_count = 0;
    cursor->unchanged = 0;
    cursor->operations = operations;
    cursor->program.count = operations + 1;
    cursor->nodes[0].block[0] = 0;
    const struct open_block *text = open_block(cursor, explore_point_of_text(cursor->space), NULL, 0, 0, 0);
    cursor->decisions[0] = (struct decision){.open = text, .opened = cursor->blocks_count};
}

const struct point_letters *explore_cursor_choice(struct explore_cursor *cursor, unsigned place) {
    return explore_point_letters(cursor->space, cursor->decisions[place].open->point, cursor->operations - place);
}

bool explore_cursor_end_block(struct explore_cursor *cursor, unsigned place) {
    struct decision *decision = &cursor->decisions[place];
    const struct open_block *open = decision->open;
    if (!open->outer || !explore_point_is_end(open->point, cursor->operations - place))
        return false;
    *link_to(cursor, open->parent, open->block, open->before) = 0;
    cursor->blocks_count = decision->opened;
    decision->open = left(cursor, open, explore_exit_of_nothing(open->point->context));
    decision->opened = cursor->blocks_count;
    decision->letter = 0;
    return true;
}

static void take(struct explore_cursor *cursor, unsigned place, const struct point_letters *letters) {
    struct decision *decision = &cursor->decisions[place];
    const struct open_block *open = decision->open;
    unsigned number = place + 1, letter = letters->letters[decision->letter];
    explore_cursor_write(cursor, number, letter, open->parent, open->block, open->before, decision->panics, decision->raises);
    if (number == cursor->operations) {
        cursor->exit = text_exit(cursor, open, (enum explore_exit)letters->exits[decision->letter]);
        return;
    }
    enum explore_behaviour behaviour = behaviour_of(cursor, number);
    struct decision *next = &cursor->decisions[number];
    cursor->blocks_count = decision->opened;
    if (explore_has_block(behaviour)) {
        next->open = open_block(cursor, explore_point_inside(cursor->space, open->point, letter), open, number, explore_first_block(behaviour), 0);
    } else {
        enum explore_exit exit = explore_exit_of_leaf(behaviour, open->point->context);
        next->open = explore_goes_on(exit) ? behind(cursor, open, number, exit) : left(cursor, open, exit);
    }
    next->opened = cursor->blocks_count;
    next->letter = 0;
    next->panics = decision->panics + (cursor->nodes[number].operation == SCENARIO_PANIC);
    next->raises = decision->raises + (cursor->nodes[number].operation == SCENARIO_RAISE);
}

void explore_cursor_take(struct explore_cursor *cursor, unsigned place) { take(cursor, place, explore_cursor_choice(cursor, place)); }

/* Takes the first letter that there is, from the decision's own on, here or further out. False: there is none. */
static bool take_next(struct explore_cursor *cursor, unsigned place) {
    const struct point_letters *letters = explore_cursor_choice(cursor, place);
    for (; cursor->decisions[place].letter >= letters->count; letters = explore_cursor_choice(cursor, place))
        if (!explore_cursor_end_block(cursor, place))
            return false;
    take(cursor, place, letters);
    return true;
}

static void take_first_from(struct explore_cursor *cursor, unsigned place) {
    for (; place < cursor->operations; place++)
        take_next(cursor, place);
}

bool explore_cursor_next(struct explore_cursor *cursor) {
    for (unsigned place = cursor->operations; place-- > 0;) {
        struct decision *decision = &cursor->decisions[place];
        decision->letter++;
        if (take_next(cursor, place)) {
            cursor->unchanged = place;
            take_first_from(cursor, place + 1);
            return true;
        }
        *link_to(cursor, decision->open->parent, decision->open->block, decision->open->before) = 0;
    }
    for (unsigned operations = cursor->operations + 1; operations <= cursor->space->operations_max; operations++)
        if (explore_space_of_size(cursor->space, operations)) {
            explore_cursor_begin(cursor, operations);
            take_first_from(cursor, 0);
            return true;
        }
    return false;
}
