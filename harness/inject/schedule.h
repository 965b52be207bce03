/* When to inject: one syntax for faults at instructions and for refusals by count. Portable C.
 *
 *   nth=N        the first N matching sites are left alone, the next one is injected, and so are those behind it as far as `times` allows
 *   every=K      each K-th matching site: K-1, 2K-1, ... counted from 0
 *   one-in=K     each with a chance of one in K; seed=S chooses which (0 where it is left out), the same S the same ones
 *   times=M      M times at most; 1 where nth stands alone, else as often as it comes
 *   depth=A-B    only where so many calls into C are open; depth=A: exactly A
 *   phase=WORD   only while the runtime is started (`start`), runs the text (`text`), is stopped (`stop`)
 *   point=NAME   only at requests of this name (by count), or in the image of this word (at instructions): runtime, foreign, executor
 *
 * Joined by commas. nth, every and one-in exclude each other; with none of them every matching site is injected. */
#ifndef EXCHAIN_INJECT_SCHEDULE_H
#define EXCHAIN_INJECT_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum inject_phase { INJECT_START, INJECT_TEXT, INJECT_STOP, INJECT_PHASE_COUNT };

enum { INJECT_POINT_BYTES = 32 };

/* A place and moment where something can be injected. */
struct inject_site {
    enum inject_phase phase;
    uint32_t depth;    /* calls into C that are open */
    const char *point; /* its name; NULL: it has none */
};

struct inject_schedule {
    enum { INJECT_ALWAYS, INJECT_NTH, INJECT_EVERY, INJECT_ONE_IN } when;
    uint32_t number;   /* N or K */
    uint32_t seed;
    uint32_t times;    /* UINT32_MAX: no limit */
    uint32_t depth_low, depth_high;
    int phase;         /* enum inject_phase; -1: any */
    char point[INJECT_POINT_BYTES]; /* empty: any */
    uint32_t matched, injected; /* so far */
};

/* Reads `words`; an empty text is every site. False: `problem` says in one line what is wrong and what there is. */
bool inject_schedule_read(const char *words, struct inject_schedule *schedule, char *problem, size_t size);

/* Whether to inject here. Counts the site where it matches. */
bool inject_schedule_decide(struct inject_schedule *schedule, const struct inject_site *site);

const char *inject_phase_word(enum inject_phase phase);

#endif
