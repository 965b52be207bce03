#include "space.h"

#include <stdlib.h>
#include <string.h>

/* A goal: a block of so many operations, in such surroundings, that is left in such a way. */
struct goal {
    uint64_t ways;  /* how many there are, UINT64_MAX: more than fit */
    double about;   /* the same, never too many to say */
    struct option *options; /* its first operation, in the order of the space; NULL: not worked out yet */
    uint32_t count;
    bool known;     /* ways and about are */
    uint8_t operations, exit;
    struct explore_context context;
};

/* A first operation: which letter, how many operations it takes with what stands in it, how its blocks are left, how it is. */
struct option {
    uint64_t before; /* ways of the options before this one; saturated as ways are */
    struct parts {   /* what it leaves to be filled, once it is among a goal's options: its blocks, in their order, and what stands behind it */
        const struct goal *blocks[SCENARIO_BLOCKS_MAX], *behind;
        unsigned count; /* of blocks */
    } parts;
    uint8_t letter, operations, exit;
    uint8_t deferred; /* operations in a defer's function */
    uint8_t inside[SCENARIO_BLOCKS_MAX];
};

struct explore_space {
    enum explore_profile profile;
    unsigned operations_max;
    unsigned letters_count;
    uint8_t letters[2][EXPLORE_LETTERS_MAX]; /* those of the profile, by side */
    unsigned letters_of_side[2];
    struct goal *goals; /* by context, operations, exit */
    bool out_of_memory;
};

static uint64_t plus(uint64_t left, uint64_t right) {
    uint64_t sum;
    return __builtin_add_overflow(left, right, &sum) ? UINT64_MAX : sum;
}
static uint64_t times(uint64_t left, uint64_t right) {
    uint64_t product;
    return __builtin_mul_overflow(left, right, &product) ? UINT64_MAX : product;
}

static struct goal *goal_at(struct explore_space *space, struct explore_context context, unsigned operations, enum explore_exit exit) {
    return &space->goals[(explore_context_index(context) * (space->operations_max + 1) + operations) * EXPLORE_EXIT_COUNT + exit];
}

static void goal_know(struct explore_space *space, struct goal *goal);

static const struct goal *goal_of(struct explore_space *space, struct explore_context context, unsigned operations, enum explore_exit exit) {
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

static bool goes_on(enum explore_exit exit) { return exit == EXPLORE_GOES_ON || exit == EXPLORE_LEAVES_RECORD; }

static struct parts parts_of(struct explore_space *space, const struct goal *goal, const struct option *option) {
    struct parts parts = {.count = 0};
    unsigned count;
    enum explore_behaviour behaviour = explore_letters(&count)[option->letter].behaviour;
    if (explore_has_block(behaviour)) {
        struct explore_context inside = explore_context_inside(behaviour, goal->context);
        unsigned operations = option->operations - 1;
        if (behaviour == EXPLORE_DEFERS) {
            parts.blocks[parts.count++] = goal_of(space, inside, option->deferred, option->inside[0]);
            operations -= option->deferred;
        }
        parts.blocks[parts.count] = goal_of(space, inside, operations, option->inside[parts.count]);
        parts.count++;
    }
    struct explore_context behind = explore_context_behind(goal->context, option->exit);
    bool is_end = !goes_on(option->exit); /* nothing stands behind it, and how the block is left is said */
    parts.behind = goal_of(space, behind, goal->operations - option->operations, is_end ? explore_exit_of_nothing(behind) : (enum explore_exit)goal->exit);
    return parts;
}

/* Every option of a goal, in the order of the space, whether it has any ways or not. */
typedef void visit_option(void *owner, struct explore_space *space, const struct goal *goal, const struct option *option);

static void each_option(struct explore_space *space, const struct goal *goal, visit_option *visit, void *owner) {
    unsigned all, side = goal->context.side;
    const struct explore_letter *letters = explore_letters(&all);
    for (unsigned place = 0; place < space->letters_of_side[side]; place++) {
        struct option option = {.letter = space->letters[side][place]};
        enum explore_behaviour behaviour = letters[option.letter].behaviour;
        for (option.operations = 1; option.operations <= (explore_has_block(behaviour) ? goal->operations : 1); option.operations++) {
            bool is_last = option.operations == goal->operations;
            if (!explore_has_block(behaviour)) {
                enum explore_exit exit = explore_exit_of_leaf(behaviour, goal->context);
                option.exit = (uint8_t)exit;
                if (exit != EXPLORE_IMPOSSIBLE && (goes_on(exit) || (is_last && exit == goal->exit)))
                    visit(owner, space, goal, &option);
            } else if (behaviour != EXPLORE_DEFERS) {
                for (option.inside[0] = 0; option.inside[0] < EXPLORE_EXIT_COUNT; option.inside[0]++) {
                    enum explore_exit exit = explore_exit_of_block(behaviour, goal->context, option.inside[0]);
                    option.exit = (uint8_t)exit;
                    if (exit != EXPLORE_IMPOSSIBLE && (goes_on(exit) || (is_last && exit == goal->exit)))
                        visit(owner, space, goal, &option);
                }
            } else {
                for (option.deferred = 0; option.deferred < option.operations; option.deferred++)
                    for (option.inside[0] = 0; option.inside[0] < EXPLORE_EXIT_COUNT; option.inside[0]++)
                        for (option.inside[1] = 0; option.inside[1] < EXPLORE_EXIT_COUNT; option.inside[1]++) {
                            enum explore_exit exit = explore_exit_of_defer(option.inside[1], option.inside[0], option.deferred == 0);
                            option.exit = (uint8_t)exit;
                            if (exit != EXPLORE_IMPOSSIBLE && (goes_on(exit) || (is_last && exit == goal->exit)))
                                visit(owner, space, goal, &option);
                        }
            }
        }
    }
}

struct ways {
    uint64_t exactly;
    double about;
};

static struct ways ways_of(struct explore_space *space, const struct goal *goal, const struct option *option) {
    struct parts parts = parts_of(space, goal, option);
    struct ways ways = {parts.behind->ways, parts.behind->about};
    for (unsigned block = 0; block < parts.count; block++) {
        ways.exactly = times(ways.exactly, parts.blocks[block]->ways);
        ways.about *= parts.blocks[block]->about;
    }
    return ways;
}

static void add_ways(void *owner, struct explore_space *space, const struct goal *goal, const struct option *option) {
    struct goal *sum = owner;
    struct ways ways = ways_of(space, goal, option);
    sum->ways = plus(sum->ways, ways.exactly);
    sum->about += ways.about;
}

/* Recursion ends: what an option leaves has fewer operations, and no operation leaves more. */
static void goal_know(struct explore_space *space, struct goal *goal) {
    if (goal->operations == 0) {
        goal->ways = explore_exit_of_nothing(goal->context) == (enum explore_exit)goal->exit;
        goal->about = (double)goal->ways;
        return;
    }
    each_option(space, goal, add_ways, goal);
}

static void add_option(void *owner, struct explore_space *space, const struct goal *goal, const struct option *option) {
    struct goal *filled = owner;
    struct ways ways = ways_of(space, goal, option);
    if (ways.exactly == 0)
        return;
    if ((filled->count & (filled->count - 1)) == 0) { /* full: 0, 1, 2, 4, ... */
        struct option *grown = realloc(filled->options, (filled->count ? 2 * filled->count : 1) * sizeof *grown);
        if (!grown) {
            space->out_of_memory = true;
            return;
        }
        filled->options = grown;
    }
    struct option *added = &filled->options[filled->count];
    *added = *option;
    added->parts = parts_of(space, goal, option);
    added->before = filled->ways; /* counted anew on the way */
    filled->ways = plus(filled->ways, ways.exactly);
    filled->count++;
}

/* The options of a goal that has ways. */
static const struct option *options_of(struct explore_space *space, const struct goal *goal) {
    struct goal *filled = goal_at(space, goal->context, goal->operations, goal->exit);
    if (!filled->options) {
        filled->ways = 0;
        each_option(space, goal, add_option, filled);
    }
    return filled->options;
}

struct explore_space *explore_space_open(enum explore_profile profile, unsigned operations_max) {
    struct explore_space *space = calloc(1, sizeof *space);
    if (!space)
        return NULL;
    space->profile = profile;
    space->operations_max = operations_max;
    space->goals = calloc((size_t)EXPLORE_CONTEXT_COUNT * (operations_max + 1) * EXPLORE_EXIT_COUNT, sizeof *space->goals);
    if (!space->goals) {
        free(space);
        return NULL;
    }
    const struct explore_letter *letters = explore_letters(&space->letters_count);
    for (unsigned letter = 0; letter < space->letters_count; letter++)
        if (explore_letter_is_in(letter, profile)) {
            unsigned side = letters[letter].side;
            space->letters[side][space->letters_of_side[side]++] = (uint8_t)letter;
        }
    return space;
}

void explore_space_close(struct explore_space *space) {
    if (!space)
        return;
    size_t count = (size_t)EXPLORE_CONTEXT_COUNT * (space->operations_max + 1) * EXPLORE_EXIT_COUNT;
    for (size_t index = 0; index < count; index++)
        free(space->goals[index].options);
    free(space->goals);
    free(space);
}

/* How a text may be left, as a block. */
static bool text_may_be_left(const struct explore_space *space, enum explore_exit exit) {
    return exit != EXPLORE_DEATH || explore_profile_has_deaths(space->profile);
}

uint64_t explore_space_of_size(struct explore_space *space, unsigned operations) {
    uint64_t size = 0;
    for (enum explore_exit exit = 0; exit < EXPLORE_EXIT_COUNT; exit++)
        if (text_may_be_left(space, exit))
            size = plus(size, goal_of(space, explore_context_of_text(), operations, exit)->ways);
    return size;
}

uint64_t explore_space_size(struct explore_space *space) {
    uint64_t size = 0;
    for (unsigned operations = 1; operations <= space->operations_max; operations++)
        size = plus(size, explore_space_of_size(space, operations));
    return size;
}

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
    enum explore_exit exit;
};

struct explore_cursor *explore_cursor_open(struct explore_space *space) {
    struct explore_cursor *cursor = calloc(1, sizeof *cursor);
    if (!cursor)
        return NULL;
    cursor->space = space;
    cursor->program.nodes = cursor->nodes;
    cursor->program.is_built = true; /* letters are */
    cursor->nodes[0] = (struct scenario_node){.operation = SCENARIO_TEXT, .side = SCENARIO_SIDE_MANAGED};
    return cursor;
}

void explore_cursor_close(struct explore_cursor *cursor) { free(cursor); }
const struct scenario_program *explore_cursor_program(const struct explore_cursor *cursor) { return &cursor->program; }
const uint8_t *explore_cursor_letters(const struct explore_cursor *cursor) { return cursor->letters; }
enum explore_exit explore_cursor_exit(const struct explore_cursor *cursor) { return cursor->exit; }

static const struct agenda *agenda_add(struct explore_cursor *cursor, const struct goal *goal, const struct agenda *then, unsigned parent, unsigned block, unsigned before) {
    if (goal->operations == 0)
        return then;
    struct agenda *added = &cursor->agendas[cursor->agendas_count++];
    *added = (struct agenda){goal, then, then ? times(then->goal->ways, then->ways) : 1, (uint16_t)parent, (uint16_t)before, (uint8_t)block};
    return added;
}

/* Begins a text: one goal, no decision. */
static const struct agenda *begin_text(struct explore_cursor *cursor, unsigned operations, enum explore_exit exit) {
    cursor->agendas_count = 0;
    cursor->operations = operations;
    cursor->exit = exit;
    cursor->program.count = operations + 1;
    cursor->nodes[0].block[0] = 0;
    return agenda_add(cursor, goal_of(cursor->space, explore_context_of_text(), operations, exit), NULL, 0, 0, 0);
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
    for (unsigned block = parts->count; block-- > 0;)
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
        take(cursor, place, &options_of(cursor->space, cursor->decisions[place].agenda->goal)[0]);
    }
}

void explore_cursor_seek(struct explore_cursor *cursor, uint64_t number) {
    struct explore_space *space = cursor->space;
    for (unsigned operations = 1; operations <= space->operations_max; operations++)
        for (enum explore_exit exit = 0; exit < EXPLORE_EXIT_COUNT; exit++) {
            if (!text_may_be_left(space, exit))
                continue;
            uint64_t ways = goal_of(space, explore_context_of_text(), operations, exit)->ways;
            if (number >= ways) {
                number -= ways;
                continue;
            }
            begin_decisions(cursor, begin_text(cursor, operations, exit));
            for (unsigned place = 0; place < operations; place++) {
                struct decision *decision = &cursor->decisions[place];
                const struct goal *goal = decision->agenda->goal;
                const struct option *options = options_of(space, goal);
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
            if (text_may_be_left(space, exit) && goal_of(space, explore_context_of_text(), operations, exit)->ways) {
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
            take(cursor, place, &goal->options[++decision->option]);
            take_first_from(cursor, place + 1);
            return true;
        }
    }
    return next_kind_of_text(cursor);
}

/* What a draw needs beside the option that it looks at. */
struct draw {
    double weight, left;
    explore_weigh *weigh;
    void *owner;
    unsigned before;
    struct option chosen;
    bool is_chosen;
};

static double weight_of(struct draw *draw, struct explore_space *space, const struct goal *goal, const struct option *option) {
    double ways = ways_of(space, goal, option).about;
    return ways > 0 && draw->weigh ? ways * draw->weigh(draw->owner, draw->before, option->letter) : ways;
}

static void add_weight(void *owner, struct explore_space *space, const struct goal *goal, const struct option *option) {
    struct draw *draw = owner;
    draw->weight += weight_of(draw, space, goal, option);
}

static void choose(void *owner, struct explore_space *space, const struct goal *goal, const struct option *option) {
    struct draw *draw = owner;
    double weight = weight_of(draw, space, goal, option);
    if (weight <= 0 || (draw->is_chosen && draw->left < 0))
        return;
    draw->chosen = *option; /* the last one with any weight stays, whatever rounding did */
    draw->is_chosen = true;
    draw->left -= weight;
}

bool explore_cursor_draw(struct explore_cursor *cursor, unsigned operations, double (*random)(void *owner), explore_weigh *weigh, void *owner) {
    struct explore_space *space = cursor->space;
    double total = 0, about[EXPLORE_EXIT_COUNT];
    for (enum explore_exit exit = 0; exit < EXPLORE_EXIT_COUNT; exit++) {
        about[exit] = text_may_be_left(space, exit) ? goal_of(space, explore_context_of_text(), operations, exit)->about : 0;
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
        struct draw draw = {.weigh = weigh, .owner = owner, .before = before};
        each_option(space, goal, add_weight, &draw);
        draw.left = random(owner) * draw.weight;
        each_option(space, goal, choose, &draw);
        draw.chosen.parts = parts_of(space, goal, &draw.chosen);
        take(cursor, place, &draw.chosen);
        before = draw.chosen.letter;
    }
    return true;
}

/* Ranking: a text's blocks are left as their letters say, worked out anew from the outside in. */
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
        struct explore_context inside = explore_context_inside(behaviour, context);
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
        if (!goes_on(read.exit) || !read_operation(reading, number, context, &option) || read.operations + option.operations > reading->space->operations_max)
            return (struct block_read){0, EXPLORE_IMPOSSIBLE};
        read.operations += option.operations;
        context = explore_context_behind(context, option.exit);
        read.exit = goes_on(option.exit) ? explore_exit_of_nothing(context) : (enum explore_exit)option.exit;
    }
    return read;
}

static uint64_t rank_block(const struct reading *reading, unsigned first, const struct goal *goal) {
    struct option wanted;
    if (goal->operations == 0)
        return 0;
    read_operation(reading, first, goal->context, &wanted);
    const struct option *option = options_of(reading->space, goal);
    while (option->letter != wanted.letter || option->operations != wanted.operations || option->deferred != wanted.deferred ||
           memcmp(option->inside, wanted.inside, sizeof wanted.inside) != 0)
        option++;
    const struct parts *parts = &option->parts;
    uint64_t rank = 0;
    for (unsigned block = 0; block < parts->count; block++)
        rank = rank * parts->blocks[block]->ways + rank_block(reading, reading->program->nodes[first].block[block], parts->blocks[block]);
    return option->before + rank * parts->behind->ways + rank_block(reading, reading->program->nodes[first].next, parts->behind);
}

bool explore_space_find(struct explore_space *space, const struct scenario_program *program, uint64_t *number) {
    const struct reading reading = {space, program};
    if (program->count < 2 || program->count - 1 > space->operations_max)
        return false;
    struct block_read read = read_block(&reading, program->nodes[0].block[0], explore_context_of_text());
    if (read.exit == EXPLORE_IMPOSSIBLE || !text_may_be_left(space, read.exit))
        return false;
    uint64_t rank = 0;
    for (unsigned operations = 1; operations < read.operations; operations++)
        rank += explore_space_of_size(space, operations);
    for (enum explore_exit exit = 0; exit < read.exit; exit++)
        if (text_may_be_left(space, exit))
            rank += goal_of(space, explore_context_of_text(), read.operations, exit)->ways;
    *number = rank + rank_block(&reading, program->nodes[0].block[0], goal_of(space, explore_context_of_text(), read.operations, read.exit));
    return true;
}
