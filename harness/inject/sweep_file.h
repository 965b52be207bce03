/* What a sweep leaves: a file that the executor maps, so that it says where it was whatever becomes of the process. driver/exchain/sweep_file.py reads it.
 * All numbers little-endian, texts NUL-terminated. */
#ifndef EXCHAIN_INJECT_SWEEP_FILE_H
#define EXCHAIN_INJECT_SWEEP_FILE_H

#include <stdint.h>

#include "schedule.h"

#define SWEEP_MAGIC "EXSWEEP1"

/* What a process holds, as Windows counts. */
struct sweep_held {
    uint32_t handles, threads;
};

/* Refusals by count: 512 bytes. */
struct sweep_counted {
    uint32_t injected;                      /* requests that were refused */
    uint32_t phase;                         /* of the first of them: enum inject_phase */
    uint32_t caller;                        /* ... the address behind the runtime's call */
    uint32_t caller_offset;                 /* ... from the base of its image; 0: in none */
    char point[INJECT_POINT_BYTES];         /* ... its name */
    uint32_t held;                          /* what was taken and not given back, at the end */
    uint32_t held_what;                     /* ... the first of it */
    char held_point[INJECT_POINT_BYTES];
    uint32_t chain_changed;                 /* the head of the exception list at the end is another than at the beginning */
    struct sweep_held before, after;        /* the text's run */
    char refused[192];                      /* what the runtime said instead of running the text; empty: it ran it */
    char reserved[512 - 24 - 2 * INJECT_POINT_BYTES - 4 - 2 * sizeof(struct sweep_held) - 192];
};
_Static_assert(sizeof(struct sweep_counted) == 512, "");

/* Faults at every instruction. */
enum { SWEEP_IMAGES_MAX = 4, SWEEP_BREAKS_MAX = 64, SWEEP_CODE_BYTES_MAX = 1 << 20 };

/* Consecutive instructions at which the same was wrong. Offsets are from the base of their image. */
struct sweep_break {
    uint32_t first_site, count;
    uint32_t image, offset;           /* of the first */
    uint32_t last_image, last_offset; /* of the last */
    uint32_t sp;
    char rule[8];                     /* "V2"; empty: no rule of ours, but what `words` say */
    char words[100];
    char chain[884];                  /* at the first: a line a record */
};
_Static_assert(sizeof(struct sweep_break) == 1020, "");

struct sweep_image {
    uint32_t base, code_offset, code_bytes; /* the section that is stepped */
    char word[20];                          /* runtime, foreign, executor */
};

struct sweep_stepped {
    uint32_t injected, survived;
    uint32_t declared;          /* sites where the chain is not whole by design: sweep_windows.def */
    uint32_t image, offset, sp; /* where it is: the last words of a process that died without any */
    uint32_t breaks, breaks_lost;
    uint32_t missed;            /* threads of which some instructions may have run unstepped */
    uint32_t images_count;
    uint32_t declared_by[4];    /* `declared`, window by window, in the order of the list */
    struct sweep_image images[SWEEP_IMAGES_MAX];
    struct sweep_break broken[SWEEP_BREAKS_MAX];
    /* How often each instruction was come to, at most 255, by the offset into its image's code; image after image. */
    uint8_t come_to[SWEEP_CODE_BYTES_MAX];
};

struct sweep_header {
    char magic[8];
    uint32_t sites;     /* where something could have been injected */
    uint32_t phase;     /* where the run is: enum inject_phase */
    uint32_t finished;  /* 1: the run came to its own end */
    uint32_t reserved;
    struct sweep_counted counted;
    struct sweep_stepped stepped;
};

#endif
