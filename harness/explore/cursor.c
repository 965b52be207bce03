/* A place in the space: a text is a decision for each of its operations, which of its goal's options it is. */
#include <stdlib.h>

#include "table.h"

/* What is still to be filled: the innermost block first. Links are kept for as long as a decision that made them stands. */
struct agenda {
    const struct goal *goal;
    const struct agenda *then;
    uint64_t ways;     /* of everything behind this goal */
    uint16_t parent, before; /* whose block; the operation before, 0: none */
    uint8_t block;
};

/* One for each operation: decision d chose operation d + 1. */
struct decision {
    const struct agenda *agenda;
    unsigned option;
    unsigned agendas;  /* how many there were before it was taken */
    unsigned panics, raises;
};

struct explore_cursor {
    struct explore_space *space;
    struct scenario_program program;
    struct scenario_node nodes[EXPLORE_OPERATIONS_MAX + 1];
    uint8_t letters[EXPLORE_OPERATIONS_MAX + 1];
    struct decision decisions[EXPLORE_OPERATIONS_MAX];
    struct agenda agendas[1 + 3 * EXPLORE_OPERATIONS_MAX];
    unsigned agendas_count;
    unsigned operations; /* of the text */
    unsigned unchanged;  /* of them, by the last move */
    enum explore_exit exit;
};

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

static const struct agenda *agenda_add(struct explore_cursor *cursor, const struct goal *goal, const struct agenda *then, unsigned parent, unsigned block, unsigned before) {
    if (goal->operations == 0)
        return then;
    struct agenda *added = &cursor->agendas[cursor->agendas_count++];
    *added = (struct agenda){goal, then, then ? explore_times(then->goal->ways, then->ways) : 1, (uint16_t)parent, (uint16_t)before, (uint8_t)block};
    return added;
}

/* Begins a text: one goal, no decision. */
static const struct agenda *begin_text(struct explore_cursor *cursor, unsigned operations, enum explore_exit exit) {
    cursor->agendas_count = 0;
    cursor->unchanged = 0;
    cursor->operations = operations;
    cursor->exit = exit;
    cursor->program.count = operations + 1;
    cursor->nodes[0].block[0] = 0;
    return agenda_add(cursor, explore_goal_of(cursor->space, explore_context_of_text(), operations, exit), NULL, 0, 0, 0);
}

/* Decision number `place` takes this option: writes its operation, and answers what is to be filled then. */
static const struct agenda *take(struct explore_cursor *cursor, unsigned place, const struct option *option) {
    struct decision *decision = &cursor->decisions[place];
    const struct agenda *agenda = decision->agenda;
    unsigned number = place + 1;
    struct scenario_node *node = &cursor->nodes[number];
    node->next = node->block[0] = node->block[1] = 0;
    node->parent = agenda->parent;
    cursor->letters[number] = option->letter;
    explore_letter_write(option->letter, node, decision->panics, decision->raises);
    if (agenda->before)
        cursor->nodes[agenda->before].next = (uint16_t)number;
    else
        cursor->nodes[agenda->parent].block[agenda->block] = (uint16_t)number;
    cursor->agendas_count = decision->agendas;
    const struct parts *parts = &option->parts;
    const struct agenda *then = agenda_add(cursor, parts->behind, agenda->then, agenda->parent, agenda->block, number);
    for (unsigned block = 0; block < parts->count; block++) /* the last is filled first */
        then = agenda_add(cursor, parts->blocks[block], then, number, block, 0);
    if (number < cursor->operations) {
        struct decision *next = &cursor->decisions[number];
        next->agenda = then;
        next->agendas = cursor->agendas_count;
        next->panics = decision->panics + (node->operation == SCENARIO_PANIC);
        next->raises = decision->raises + (node->operation == SCENARIO_RAISE);
    }
    return then;
}

static void begin_decisions(struct explore_cursor *cursor, const struct agenda *agenda) {
    cursor->decisions[0] = (struct decision){.agenda = agenda, .agendas = cursor->agendas_count};
}

static void take_first_from(struct explore_cursor *cursor, unsigned place) {
    for (; place < cursor->operations; place++) {
        cursor->decisions[place].option = 0;
        take(cursor, place, &explore_options_of(cursor->space, cursor->decisions[place].agenda->goal)[0]);
    }
}

void explore_cursor_seek(struct explore_cursor *cursor, uint64_t number) {
    struct explore_space *space = cursor->space;
    for (unsigned operations = 1; operations <= space->operations_max; operations++)
        for (enum explore_exit exit = 0; exit < EXPLORE_EXIT_COUNT; exit++) {
            if (!explore_text_may_be_left(space, exit))
                continue;
            uint64_t ways = explore_goal_of(space, explore_context_of_text(), operations, exit)->ways;
            if (number >= ways) {
                number -= ways;
                continue;
            }
            begin_decisions(cursor, begin_text(cursor, operations, exit));
            for (unsigned place = 0; place < operations; place++) {
                struct decision *decision = &cursor->decisions[place];
                const struct goal *goal = decision->agenda->goal;
                const struct option *options = explore_options_of(space, goal);
                uint64_t here = number / decision->agenda->ways; /* which way of this goal */
                unsigned low = 0, high = goal->count; /* options[low].before <= here < options[high].before */
                while (high - low > 1) {
                    unsigned middle = (low + high) / 2;
                    *(options[middle].before <= here ? &low : &high) = middle;
                }
                number -= options[low].before * decision->agenda->ways;
                decision->option = low;
                take(cursor, place, &options[low]);
            }
            return;
        }
}

static bool next_kind_of_text(struct explore_cursor *cursor) {
    struct explore_space *space = cursor->space;
    unsigned operations = cursor->operations;
    enum explore_exit exit = cursor->exit + 1;
    for (; operations <= space->operations_max; operations++, exit = 0)
        for (; exit < EXPLORE_EXIT_COUNT; exit++)
            if (explore_text_may_be_left(space, exit) && explore_goal_of(space, explore_context_of_text(), operations, exit)->ways) {
                begin_decisions(cursor, begin_text(cursor, operations, exit));
                take_first_from(cursor, 0);
                return true;
            }
    return false;
}

bool explore_cursor_next(struct explore_cursor *cursor) {
    for (unsigned place = cursor->operations; place-- > 0;) {
        struct decision *decision = &cursor->decisions[place];
        const struct goal *goal = decision->agenda->goal;
        if (decision->option + 1 < goal->count) {
            cursor->unchanged = place;
            take(cursor, place, &goal->options[++decision->option]);
            take_first_from(cursor, place + 1);
            return true;
        }
    }
    return next_kind_of_text(cursor);
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
    begin_decisions(cursor, begin_text(cursor, operations, last));
    unsigned letters_count, before;
    explore_letters(&letters_count);
    before = letters_count;
    for (unsigned place = 0; place < operations; place++) {
        const struct goal *goal = cursor->decisions[place].agenda->goal;
        unsigned letter = draw_letter(space, goal, random(owner), weigh, owner, before);
        struct choice choice = {.left = random(owner) * explore_about_kinds(space, goal)[space->kind_of[letter]]};
        explore_each_option(space, goal, letter, choose, &choice);
        choice.option.parts = explore_parts_of(space, goal, &choice.option);
        take(cursor, place, &choice.option);
        before = letter;
    }
    return true;
}
