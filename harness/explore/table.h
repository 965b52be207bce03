/* The table behind a space, for those who count, walk and rank with it (space.c, cursor.c, rank.c). Private to this folder. */
#ifndef EXCHAIN_EXPLORE_TABLE_H
#define EXCHAIN_EXPLORE_TABLE_H

#include "space.h"

/* A goal: a block of so many operations, in such surroundings, that is left in such a way. */
struct goal {
    uint64_t ways;  /* how many there are, UINT64_MAX: more than fit */
    double about;   /* the same, never too many to say */
    struct option *options; /* its first operation, in the order of the space; NULL: not worked out yet */
    double *about_kind;     /* of `about`, by the kind of the first operation: of each letter of that kind; NULL: not worked out yet */
    uint32_t count;
    bool known;     /* ways and about are */
    uint8_t operations, exit;
    struct explore_context context;
};

/* A first operation: which letter, how many operations it takes with what stands in it, how its blocks are left, how it is. */
struct option {
    uint64_t before; /* ways of the options before this one; saturated as ways are */
    struct parts {   /* what it leaves to be filled, once it is among a goal's options: its blocks, the last first, and what stands behind it */
        const struct goal *blocks[SCENARIO_BLOCKS_MAX], *behind;
        unsigned count; /* of blocks */
    } parts;
    uint8_t letter, operations, exit;
    uint8_t deferred; /* operations in a defer's function */
    uint8_t inside[SCENARIO_BLOCKS_MAX];
};

/* Letters that are one to whoever counts. */
struct letter_kind {
    uint8_t letter; /* one of them */
    uint8_t count;  /* of the profile */
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
    struct goal *goals; /* by context, operations, exit */
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
/* The options of a goal that has ways, those that have any. */
const struct option *explore_options_of(struct explore_space *space, const struct goal *goal);
/* What an option leaves to be filled. */
struct parts explore_parts_of(struct explore_space *space, const struct goal *goal, const struct option *option);

/* How many ways an option has. */
struct ways {
    uint64_t exactly;
    double about;
};
struct ways explore_ways_of(struct explore_space *space, const struct goal *goal, const struct option *option);

/* Every option of a goal that begins with this letter, in the order of the space; some have no ways. */
typedef void visit_option(void *owner, struct explore_space *space, const struct goal *goal, const struct option *option);
void explore_each_option(struct explore_space *space, const struct goal *goal, unsigned letter, visit_option *visit, void *owner);
/* About how many ways a goal has that begin with a letter of each kind. */
const double *explore_about_kinds(struct explore_space *space, const struct goal *goal);

/* How a text may be left, as a block. */
bool explore_text_may_be_left(const struct explore_space *space, enum explore_exit exit);

#endif
