/* Exploring in this process: text after text of a range is made, predicted, run and compared; the tally says how far it came. */
#ifndef EXCHAIN_EXECUTE_EXPLORE_H
#define EXCHAIN_EXECUTE_EXPLORE_H

#include "../explore/space.h"
#include "../explore/tally.h"
#include "step.h"

struct explore_options {
    struct step_options step;
    const char *tally; /* file; NULL: in memory */
    enum explore_profile profile;
    unsigned operations_max;
    uint64_t first, count;
    unsigned rounds;   /* 0: the range is run once; else so often, and the sum of what each group took when it was fastest is printed: a benchmark */
    unsigned group;    /* texts between two looks at what costs a system call */
    bool whole;        /* each text is run from its beginning, whatever it has in common with the one before */
    bool draw;         /* random texts: `first` is the number of the first draw */
    unsigned operations_min;
    uint64_t seed;
};

/* NULL: fine; else one line. */
const char *explore_options_read(int count, char **words, struct explore_options *options);

/* explore_tally.c: the mapped file. NULL: no room, and *error says it. */
struct tally *explore_tally_open(const char *file, const char **error);
/* A random text is about to be run. Texts are far shorter than the room for them: EXPLORE_OPERATIONS_MAX operations. */
void explore_tally_text(struct tally *tally, const struct scenario_program *program);
/* Counts a text that ended as predicted. The first `kept` events are those of the text that was counted before, and so are those from `same_from` on, as many as there were. */
void explore_tally_count(struct tally *tally, const struct explore_cursor *cursor, const struct trace_event *events, size_t count, size_t kept, size_t same_from);

/* explore_reached.c: from now on the tally has marks where the runtime's blocks were reached; nothing where it does not tell. */
void explore_reached_begin(const char *runtime, struct tally *tally);
/* How many were reached for the first time since this was last asked. */
unsigned explore_reached_news(void);

/* explore_draw.c: random texts, the sooner the less was seen of what stands in them. */
void explore_draw_begin(uint64_t seed, const struct tally *tally);
bool explore_draw(struct explore_cursor *cursor, unsigned operations_min, unsigned operations_max);
/* What the text at the cursor, which has just been run, came to; `blocks`: of the runtime's that no text before it had reached. */
void explore_draw_learn(const struct explore_cursor *cursor, const struct trace_event *events, size_t count, unsigned blocks);

#endif
