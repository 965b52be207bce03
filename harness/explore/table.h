/* The table behind a space, for those who count, walk and number with it. Private to this folder. */
#ifndef EXCHAIN_EXPLORE_TABLE_H
#define EXCHAIN_EXPLORE_TABLE_H

#include "space.h"

/* A goal: a block of so many operations, in such surroundings, that is left in such a way. */
struct goal {
    uint64_t ways;  /* how many there are, UINT64_MAX: more than fit */
    double about;   /* the same, never too many to say */
    double *about_kind;     /* of `about`, by the kind of the first operation: of each letter of that kind; NULL: not worked out yet */
    bool known;     /* ways and about are */
    uint8_t operations, exit;
    struct explore_context context;
};

/* A first operation: which letter, how many operations it takes with what stands in it, how its blocks are left, how it is. */
struct option {
    uint8_t letter, operations, exit;
    uint8_t deferred; /* operations in a defer's function */
    uint8_t inside[SCENARIO_BLOCKS_MAX];
};

/* What an option leaves to be filled: its blocks, and what stands behind it. */
struct parts {
    const struct goal *blocks[SCENARIO_BLOCKS_MAX], *behind;
    unsigned count; /* of blocks */
};

/* Letters that are one to whoever counts. */
struct letter_kind {
    uint8_t letter; /* one of them */
    uint8_t count;  /* of the profile */
};

/* points.c: where an operation may stand next, and what becomes of the text then. Nothing is decided yet of how the blocks around will be left and how much will stand in them. */
struct point {
    struct explore_context context;
    uint32_t after[EXPLORE_EXIT_COUNT]; /* bit N of an exit: where the block is left so, N operations behind it can be a text's rest */
    uint32_t reach;                     /* bit N: N operations, here and behind, can be */
    struct point *same_context;         /* another */
    struct point_letters *letters[EXPLORE_OPERATIONS_MAX + 1]; /* by how many operations there are still to come; NULL: not worked out yet, as with all these */
    const struct point *behind[EXPLORE_LEAVES_RUIN + 1], *deferred[EXPLORE_EXIT_COUNT], *inside[EXPLORE_LETTERS_MAX];
};
struct point_letters {
    unsigned count;
    uint8_t letters[EXPLORE_LETTERS_MAX];
    uint8_t exits[EXPLORE_LETTERS_MAX]; /* of the last operation: how the block is left then */
};

struct explore_space {
    enum explore_profile profile;
    unsigned operations_max;
    unsigned letters_count;
    uint8_t letters[2][EXPLORE_LETTERS_MAX]; /* those of the profile, by side */
    unsigned letters_of_side[2];
    struct letter_kind kinds[2][EXPLORE_LETTERS_MAX];
    unsigned kinds_of_side[2];
    uint8_t kind_of[EXPLORE_LETTERS_MAX]; /* a letter's, on its side */
    struct goal *goals;    /* by context, operations, exit */
    struct point **points; /* by context */
};

/* Sums and products of ways; UINT64_MAX: more than fit. */
static inline uint64_t explore_plus(uint64_t left, uint64_t right) {
    uint64_t sum;
    return __builtin_add_overflow(left, right, &sum) ? UINT64_MAX : sum;
}
static inline uint64_t explore_times(uint64_t left, uint64_t right) {
    uint64_t product;
    return __builtin_mul_overflow(left, right, &product) ? UINT64_MAX : product;
}

/* Whether something may stand behind an operation that is left so. */
static inline bool explore_goes_on(enum explore_exit exit) { return exit == EXPLORE_GOES_ON || exit == EXPLORE_LEAVES_RECORD || exit == EXPLORE_LEAVES_RUIN; }

/* space.c: the goal, with its ways known. */
const struct goal *explore_goal_of(struct explore_space *space, struct explore_context context, unsigned operations, enum explore_exit exit);
/* The same for who asks for many in the same surroundings: their first. */
static inline const struct goal *explore_goals_of(const struct explore_space *space, struct explore_context context) {
    return &space->goals[(size_t)explore_context_index(context) * (space->operations_max + 1) * EXPLORE_EXIT_COUNT];
}
static inline uint64_t explore_goals_ways(struct explore_space *space, const struct goal *goals, struct explore_context context, unsigned operations, enum explore_exit exit) {
    const struct goal *goal = &goals[operations * EXPLORE_EXIT_COUNT + exit];
    return goal->known ? goal->ways : explore_goal_of(space, context, operations, exit)->ways;
}
/* What an option leaves to be filled. */
struct parts explore_parts_of(struct explore_space *space, const struct goal *goal, const struct option *option);

/* How many ways an option has. */
struct ways {
    uint64_t exactly;
    double about;
};
struct ways explore_ways_of(struct explore_space *space, const struct goal *goal, const struct option *option);

/* Every option of a goal that begins with this letter; some have no ways. */
typedef void visit_option(void *owner, struct explore_space *space, const struct goal *goal, const struct option *option);
void explore_each_option(struct explore_space *space, const struct goal *goal, unsigned letter, visit_option *visit, void *owner);
/* About how many ways a goal has that begin with a letter of each kind. */
const double *explore_about_kinds(struct explore_space *space, const struct goal *goal);

/* How a text may be left, as a block. */
bool explore_text_may_be_left(const struct explore_space *space, enum explore_exit exit);

/* points.c: where a text's first operation stands. */
const struct point *explore_point_of_text(struct explore_space *space);
/* In a block of this letter: the only one, or the one of two that runs first. */
const struct point *explore_point_inside(struct explore_space *space, const struct point *point, unsigned letter);
/* In the deferred function of one that stands here, where its body was left so. */
const struct point *explore_point_deferred(struct explore_space *space, const struct point *point, unsigned letter, enum explore_exit body);
/* Behind an operation here that was left so, in one of the ways to go on. */
const struct point *explore_point_behind(struct explore_space *space, const struct point *point, enum explore_exit exit);
/* What may stand here if so many operations are still to come, this one with them. */
const struct point_letters *explore_point_find_letters(struct explore_space *space, const struct point *point, unsigned operations);
static inline const struct point_letters *explore_point_letters(struct explore_space *space, const struct point *point, unsigned operations) {
    const struct point_letters *known = point->letters[operations];
    return known ? known : explore_point_find_letters(space, point, operations);
}
/* Whether the block may end here instead. */
static inline bool explore_point_is_end(const struct point *point, unsigned operations) {
    return point->after[explore_exit_of_nothing(point->context)] >> operations & 1;
}
void explore_points_free(struct explore_space *space);

/* How an operation is left whose block, the last that runs, was left so. A defer's `body` is of its deferred function only. */
static inline enum explore_exit explore_exit_of_operation(enum explore_behaviour behaviour, struct explore_context context, unsigned block, enum explore_exit body, enum explore_exit inside) {
    if (behaviour != EXPLORE_DEFERS)
        return explore_exit_of_block(behaviour, context, inside);
    return block == 1 ? explore_exit_of_defer(inside, EXPLORE_GOES_ON, true) : explore_exit_of_defer(body, inside, false);
}
/* The block that runs first. */
static inline unsigned explore_first_block(enum explore_behaviour behaviour) { return behaviour == EXPLORE_DEFERS; }
/* Whether a deferred function is run behind this block of an operation's. */
static inline bool explore_runs_deferred(enum explore_behaviour behaviour, unsigned block, enum explore_exit exit) {
    return behaviour == EXPLORE_DEFERS && block == 1 && explore_exit_of_defer(exit, EXPLORE_GOES_ON, false) != EXPLORE_IMPOSSIBLE;
}

/* cursor.c: a block that is not at its end. Another one for each place in it that is come to; kept for as long as a decision that made it stands. */
struct rest;
struct open_block {
    const struct point *point;
    const struct open_block *outer;
    const struct rest *rest; /* numbers.c */
    uint16_t parent, before; /* whose block; the operation before, 0: none */
    uint8_t block, body;     /* how a deferred function's body was left */
    uint8_t text_exit[EXPLORE_EXIT_COUNT]; /* of the text, if this block is left so and nothing more is to come; EXPLORE_IMPOSSIBLE: not worked out yet */
};

/* One for each operation: which block it stands in, and as which of the letters that may. */
struct decision {
    const struct open_block *open;
    unsigned letter;
    unsigned opened; /* blocks there were before it was taken */
    unsigned panics, raises;
};

struct explore_cursor {
    struct explore_space *space;
    struct scenario_program program;
    struct scenario_node nodes[EXPLORE_OPERATIONS_MAX + 1];
    uint8_t letters[EXPLORE_OPERATIONS_MAX + 1];
    struct decision decisions[EXPLORE_OPERATIONS_MAX];
    struct open_block blocks[1 + (1 + SCENARIO_BLOCKS_MAX) * EXPLORE_OPERATIONS_MAX]; /* the text's; for each operation the one that it opens or stands before, and one behind the end of each block of its own */
    unsigned blocks_count;
    unsigned operations; /* of the text */
    unsigned unchanged;  /* of them, by the last move */
    enum explore_exit exit;
};

/* Begins a text of so many operations; the first decision is to be made. */
void explore_cursor_begin(struct explore_cursor *cursor, unsigned operations);
/* What the decision has to choose from. */
const struct point_letters *explore_cursor_choice(struct explore_cursor *cursor, unsigned place);
/* The decision's block ends, and the operation is to stand further out. False: it cannot. */
bool explore_cursor_end_block(struct explore_cursor *cursor, unsigned place);
/* Takes the letter chosen from those, and leaves the next decision to be made. */
void explore_cursor_take(struct explore_cursor *cursor, unsigned place);
/* Writes an operation, linked to what it stands in and behind. */
void explore_cursor_write(struct explore_cursor *cursor, unsigned number, unsigned letter, unsigned parent, unsigned block, unsigned before, unsigned panics, unsigned raises);

#endif
