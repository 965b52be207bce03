/* The grammar of exploring: which texts have every operation reached, known from the outside in (what surrounds a block) and from the inside out (how a
 * block is left). Portable C; knows letters.def and nothing of how a text is run.
 *
 * A scenario runs each operation once, so how a block is left follows from its text and from a few facts about what stands around it. Where an operation
 * is left in another way than by its end, nothing may stand behind it in its block: that is all there is to "every operation is reached", but for the
 * deferred functions that an end of the process takes along. */
#ifndef EXCHAIN_EXPLORE_GRAMMAR_H
#define EXCHAIN_EXPLORE_GRAMMAR_H

#include "../scenario/program.h"

/* How a block, or an operation, is left. */
enum explore_exit {
    EXPLORE_GOES_ON,        /* by its end */
    EXPLORE_LEAVES_RECORD,  /* by its end, with a record left behind on the chain: a call that ends so is a bug check */
    EXPLORE_LEAVES_RUIN,    /* the same, and it is overwritten: whoever walks that far dies */
    EXPLORE_PANIC,
    EXPLORE_GOEXIT,
    EXPLORE_PANIC_OVER_GOEXIT,
    EXPLORE_CAUGHT,         /* the innermost frame around that catches has taken an exception */
    EXPLORE_JUMP,           /* to the innermost mark around */
    EXPLORE_THROWN,         /* the innermost frame around that Microsoft's C++ made with a catch block has taken a C++ exception */
    EXPLORE_GTHROWN,        /* the same of g++'s */
    EXPLORE_DEATH,          /* the process ends */
    EXPLORE_EXIT_COUNT,
    EXPLORE_IMPOSSIBLE = EXPLORE_EXIT_COUNT
};

const char *explore_exit_word(enum explore_exit exit);

/* Which frame around a raise decides what becomes of it. C++ frames let it pass. */
enum explore_taker { EXPLORE_NOBODY, EXPLORE_A_CATCH, EXPLORE_A_RESUME, EXPLORE_A_RESUME_IN_A_CATCH };

/* Records that a bad library has left behind. HERE: since the innermost call or good frame was entered. RUINED: here only, and overwritten. */
enum explore_dead { EXPLORE_NONE_DEAD, EXPLORE_DEAD_OUTSIDE, EXPLORE_DEAD_HERE, EXPLORE_DEAD_HERE_AND_OUTSIDE, EXPLORE_RUINED, EXPLORE_DEAD_COUNT };
static inline bool explore_is_dead_here(enum explore_dead dead) { return dead >= EXPLORE_DEAD_HERE; }

/* A setjmp around, on the same thread. LOST: a jump to it walks over what is overwritten. AT_DEAD: what was the head there is dead, so a jump is one only as long as it still is the head;
 * OUT_OF_REACH: it no longer is, and Windows takes no record that lies below the walk for a target. */
enum explore_mark { EXPLORE_NO_MARK, EXPLORE_MARK, EXPLORE_MARK_LOST, EXPLORE_MARK_AT_DEAD, EXPLORE_MARK_OUT_OF_REACH, EXPLORE_MARK_COUNT };

/* Who takes an exception of g++'s: nobody whom its unwinder finds, a frame of g++'s with nothing registered since it was entered, or one with a record registered, dead or alive. */
enum explore_walked { EXPLORE_WALKED_NOBODY, EXPLORE_WALKED_CLEAN, EXPLORE_WALKED_RECORDS };

/* What a block needs to know of what stands around it. */
struct explore_context {
    uint8_t side;      /* enum scenario_side */
    uint8_t taker;     /* enum explore_taker */
    uint8_t dead;      /* enum explore_dead */
    uint8_t walked;    /* enum explore_walked; only C walks, so in managed code nobody */
    uint8_t mark;      /* enum explore_mark */
    bool cxx_first;    /* of the frames that a C++ exception asks, the nearest that decides is one of Microsoft's C++; else the one that `taker` speaks of */
    bool gate_open;    /* panic-on-fault */
    bool has_task;     /* foreign code: the thread is the runtime's; else a callback attaches it */
};
enum { EXPLORE_CONTEXT_COUNT = 2 * 4 * EXPLORE_DEAD_COUNT * 3 * EXPLORE_MARK_COUNT * 2 * 2 * 2 };
unsigned explore_context_index(struct explore_context context);
struct explore_context explore_context_of_text(void);
/* What stands behind an operation that was left in such a way, in its block. */
struct explore_context explore_context_behind(struct explore_context context, enum explore_exit exit);
/* Whether any block there is left so: an exception needs somebody around who takes it, a jump a mark. */
bool explore_context_allows(struct explore_context context, enum explore_exit exit);
/* How an empty block is left. */
enum explore_exit explore_exit_of_nothing(struct explore_context context);

enum explore_behaviour {
    /* without a block */
    EXPLORE_GOES_ON_LEAF, /* does something and goes on */
    EXPLORE_CLOBBERS,     /* the same, and overwrites the dead records that are linked here; never where some are linked further out, too */
    EXPLORE_PANICS,
    EXPLORE_PANICS_GATED, /* panics inside panic-on-fault, else the process ends */
    EXPLORE_DIES,
    EXPLORE_EXITS,        /* goexit */
    EXPLORE_RAISES,       /* an exception in foreign code */
    EXPLORE_RAISES_HARD,  /* a noncontinuable one */
    EXPLORE_JUMPS,        /* where there is no mark it does nothing, and is left out; so it is where Windows refuses */
    EXPLORE_THROWS,       /* a C++ exception in Microsoft's model, noncontinuable */
    EXPLORE_GTHROWS,      /* one of g++'s: never where it would be taken past records, which are dead then and still linked */
    /* with blocks */
    EXPLORE_PASSES,       /* is left as its block is */
    EXPLORE_CALLS,
    EXPLORE_RECOVERS,
    EXPLORE_DEFERS,       /* the one with two blocks */
    EXPLORE_GATES,        /* panic-on-fault */
    EXPLORE_CALLS_BACK,   /* on this thread */
    EXPLORE_CALLS_BACK_ELSEWHERE, /* on a fiber: the same task, and nothing crosses */
    EXPLORE_CARRIES,      /* calls back on a thread of its own */
    EXPLORE_STARTS,       /* foreign code on a thread of its own */
    EXPLORE_STARTS_TASK,  /* left out where that task ends the process: the others may have come to any point then */
    EXPLORE_LOOKS,        /* a frame that takes nothing */
    EXPLORE_CATCHES,
    EXPLORE_RESUMES,
    EXPLORE_REFAULTS,
    EXPLORE_LEAKS,
    EXPLORE_CXX_CATCHES,  /* C++ exceptions in Microsoft's model, by a catch block that ends, */
    EXPLORE_CXX_RETHROWS,
    EXPLORE_CXX_REFAULTS, /* or faults */
    EXPLORE_GXX_LOOKS,
    EXPLORE_GXX_CATCHES,
    EXPLORE_GXX_RETHROWS,
    EXPLORE_GXX_REFAULTS,
    EXPLORE_MARKS,        /* setjmp */
    EXPLORE_REPEATS       /* a block that leaves a record behind is left out: its rounds differ */
};
static inline bool explore_has_block(enum explore_behaviour behaviour) { return behaviour >= EXPLORE_PASSES; }

/* How an operation without a block is left; EXPLORE_IMPOSSIBLE: it does not stand there. */
enum explore_exit explore_exit_of_leaf(enum explore_behaviour behaviour, struct explore_context context);
/* What its block, or each of them, finds around it. `stops_walk`: a frame with a record whose function g++'s unwinder has no tables for. */
struct explore_context explore_context_inside(enum explore_behaviour behaviour, bool stops_walk, struct explore_context context);
/* How an operation with one block is left when its block was left so. */
enum explore_exit explore_exit_of_block(enum explore_behaviour behaviour, struct explore_context context, enum explore_exit inside);
/* How a `defer` is left; EXPLORE_IMPOSSIBLE where its function, unless empty, is never run. */
enum explore_exit explore_exit_of_defer(enum explore_exit body, enum explore_exit deferred, bool deferred_is_empty);

/* The letters, and who uses them. */
enum explore_profile { EXPLORE_CORE, EXPLORE_FAULTS, EXPLORE_THREADS, EXPLORE_FRAMES, EXPLORE_TASKS, EXPLORE_TURNS, EXPLORE_RUINS, EXPLORE_KINDS, EXPLORE_ALIVE, EXPLORE_ALL, EXPLORE_PROFILE_COUNT };
const char *explore_profile_word(enum explore_profile profile);
/* EXPLORE_PROFILE_COUNT where there is no such word. */
enum explore_profile explore_profile_find(const char *word);
/* Whether texts that end the process belong to it. */
bool explore_profile_has_deaths(enum explore_profile profile);

enum { EXPLORE_LETTERS_MAX = 128 };
struct explore_letter {
    uint8_t operation, kind, number, side, behaviour;
    bool stops_walk;
    bool in[EXPLORE_PROFILE_COUNT];
};
/* Every letter of the table; its place is its number everywhere. */
const struct explore_letter *explore_letters(unsigned *count);
/* Part of the profile. */
bool explore_letter_is_in(unsigned letter, enum explore_profile profile);
/* The letter that an operation of a text is, or `count` where it is none. */
unsigned explore_letter_of(const struct scenario_node *node);
/* Makes the node's operation this one; `panics` and `raises`: how many stand before it in the text, for values that tell one from another. */
void explore_letter_write(unsigned letter, struct scenario_node *node, unsigned panics, unsigned raises);
/* Its words without numbers that differ from text to text: `seh refault div0`, `raise noncontinuable`. As snprintf. */
size_t explore_letter_print(unsigned letter, char *buffer, size_t size);
const char *explore_behaviour_word(enum explore_behaviour behaviour);

#endif
