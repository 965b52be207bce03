/* Random texts: here it is decided beforehand how a block will be left and how much will stand in it, since then it is known how many texts there are of each kind. */
#include "table.h"

/* What is still to be filled: the innermost block first, and of two the body of a deferred function. */
struct agenda {
    const struct goal *goal;
    const struct agenda *then;
    unsigned parent, block, before; /* whose block; the operation before, 0: none */
};

struct drawing {
    struct agenda agendas[1 + 3 * EXPLORE_OPERATIONS_MAX];
    unsigned count;
};

static const struct agenda *agenda_add(struct drawing *drawing, const struct goal *goal, const struct agenda *then, unsigned parent, unsigned block, unsigned before) {
    if (goal->operations == 0)
        return then;
    struct agenda *added = &drawing->agendas[drawing->count++];
    *added = (struct agenda){goal, then, parent, block, before};
    return added;
}

/* Answers what is to be filled behind that. */
static const struct agenda *fill(struct drawing *drawing, const struct agenda *agenda, unsigned number, const struct parts *parts) {
    const struct agenda *then = agenda_add(drawing, parts->behind, agenda->then, agenda->parent, agenda->block, number);
    for (unsigned block = 0; block < parts->count; block++) /* the last is filled first */
        then = agenda_add(drawing, parts->blocks[block], then, number, block, 0);
    return then;
}

/* A letter, by how many texts begin with each times how much it is wanted. */
static unsigned draw_letter(struct explore_space *space, const struct goal *goal, double fraction, explore_weigh *weigh, void *owner, unsigned before) {
    const double *about = explore_about_kinds(space, goal);
    unsigned side = goal->context.side, count = space->letters_of_side[side], last = 0;
    double weights[EXPLORE_LETTERS_MAX], total = 0;
    for (unsigned place = 0; place < count; place++) {
        unsigned letter = space->letters[side][place];
        weights[place] = about[space->kind_of[letter]];
        if (weights[place] > 0 && weigh)
            weights[place] *= weigh(owner, before, letter);
        total += weights[place];
    }
    double left = fraction * total;
    for (unsigned place = 0; place < count && left >= 0; place++)
        if (weights[place] > 0) {
            left -= weights[place];
            last = place; /* the last one with any weight stays, whatever rounding did */
        }
    return space->letters[side][last];
}

/* Then one of the options that begin with it. */
struct choice {
    double left;
    struct option option;
    bool is_made;
};

static void choose(void *owner, struct explore_space *space, const struct goal *goal, const struct option *option) {
    struct choice *choice = owner;
    double about = explore_ways_of(space, goal, option).about;
    if (about <= 0 || (choice->is_made && choice->left < 0))
        return;
    choice->option = *option;
    choice->is_made = true;
    choice->left -= about;
}

bool explore_cursor_draw(struct explore_cursor *cursor, unsigned operations, double (*random)(void *owner), explore_weigh *weigh, void *owner) {
    struct explore_space *space = cursor->space;
    double total = 0, about[EXPLORE_EXIT_COUNT];
    for (enum explore_exit exit = 0; exit < EXPLORE_EXIT_COUNT; exit++) {
        about[exit] = explore_text_may_be_left(space, exit) ? explore_goal_of(space, explore_context_of_text(), operations, exit)->about : 0;
        total += about[exit];
    }
    if (total <= 0)
        return false;
    double left = random(owner) * total;
    enum explore_exit exit = 0, last = 0;
    for (; exit < EXPLORE_EXIT_COUNT && left >= 0; exit++)
        if (about[exit] > 0) {
            left -= about[exit];
            last = exit;
        }
    explore_cursor_begin(cursor, operations);
    cursor->exit = last;
    struct drawing drawing = {.count = 0};
    const struct agenda *agenda = agenda_add(&drawing, explore_goal_of(space, explore_context_of_text(), operations, last), NULL, 0, 0, 0);
    unsigned letters_count, before, panics = 0, raises = 0;
    explore_letters(&letters_count);
    before = letters_count;
    for (unsigned number = 1; number <= operations; number++) {
        const struct goal *goal = agenda->goal;
        unsigned letter = draw_letter(space, goal, random(owner), weigh, owner, before);
        struct choice choice = {.left = random(owner) * explore_about_kinds(space, goal)[space->kind_of[letter]]};
        explore_each_option(space, goal, letter, choose, &choice);
        struct parts parts = explore_parts_of(space, goal, &choice.option);
        explore_cursor_write(cursor, number, letter, agenda->parent, agenda->block, agenda->before, panics, raises);
        panics += cursor->nodes[number].operation == SCENARIO_PANIC;
        raises += cursor->nodes[number].operation == SCENARIO_RAISE;
        agenda = fill(&drawing, agenda, number, &parts);
        before = letter;
    }
    return true;
}
