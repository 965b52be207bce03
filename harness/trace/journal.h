/* The journal: a file that an executor maps and writes, and that survives the executor's death byte for byte.
 *
 *   struct journal_header            8,192 bytes
 *   struct journal_run, its events   one after another: 32 bytes, then 32 bytes an event, then `said` bytes
 *   ...
 *
 * One process writes one journal, text after text. Whatever ends a text with a report (a broken rule, a bugcheck, a crash) ends the process
 * too, so the header has room for one report. A process that was told to go on behind such an end (--go-on) says so: the report then stands
 * behind that run's events, and the run says how many bytes it takes. A run whose state is still JOURNAL_RUNNING when the process is gone is
 * the one it died in.
 * All numbers are little-endian, as on every machine that this project runs on. Portable C. */
#ifndef EXCHAIN_TRACE_JOURNAL_H
#define EXCHAIN_TRACE_JOURNAL_H

#include <stddef.h>
#include <stdint.h>

#include "event.h"

#define JOURNAL_MAGIC "EXJRNL01"

enum {
    JOURNAL_HEADER_BYTES = 8192,
    JOURNAL_PLATFORM_BYTES = 64,
    JOURNAL_EVENTS_MAX = 65536,     /* of one text */
    JOURNAL_BYTES = 64 << 20,       /* of the file; sparse until written */
    JOURNAL_GRAIN = 32              /* everything behind the header is a multiple of it */
};

/* What an exception dispatcher and unwinder can do: branches.def. */
enum journal_branch {
#define BRANCH(name, word, what, elsewhere) JOURNAL_BRANCH_##name,
#include "branches.def"
#undef BRANCH
    JOURNAL_BRANCH_COUNT
};
_Static_assert(JOURNAL_BRANCH_COUNT <= 32, "a bit for each");

enum journal_state {
    JOURNAL_RUNNING = 1,
    JOURNAL_ENDED,      /* by its own end: TRACE_END is the last event */
    JOURNAL_STOPPED,    /* by TRACE_STOP or TRACE_CRASH: the last event says which; the header has the report */
    JOURNAL_TOO_LONG,   /* more than JOURNAL_EVENTS_MAX events */
    JOURNAL_NO_THUNKS,  /* it was not run: the runtime under test makes no thunks */
    JOURNAL_REFUSED     /* it was not run: what it names is not there. The header's report says what, in one line; no run follows */
};

struct journal_run {
    uint32_t index;       /* which text of the list, from 0 */
    uint32_t state;       /* enum journal_state */
    uint32_t events;      /* how many follow, kept up to date with every event */
    uint32_t nanoseconds_low, nanoseconds_high; /* how long it took */
    uint32_t rules_checked; /* how often the rules were checked in it; 0: the rules were off */
    uint32_t branches;      /* what the dispatcher was seen to do: a bit for each of branches.def, the first is bit 0 */
    uint32_t said;          /* JOURNAL_STOPPED, and the process went on: bytes behind the events, a struct journal_said; else 0 */
};
_Static_assert(sizeof(struct journal_run) == JOURNAL_GRAIN, "a run's header is 32 bytes: events behind it stay aligned");

/* What a stop says of itself, in the four parameters' own meaning (docs/RULES.md). */
struct journal_stop {
    uint32_t code;          /* 0xE001 ...; 0: no stop */
    uint32_t parameters[4];
    char rule[8];           /* "V1"; empty for a bugcheck of the runtime */
    char title[40];         /* SEH_HEAD_NOT_RESTORED */
};

/* The header's two, put aside. */
struct journal_said {
    struct journal_stop stop;
    char report[]; /* NUL-terminated, with NULs up to a multiple of JOURNAL_GRAIN */
};

struct journal_header {
    char magic[8];
    uint32_t event_bytes;   /* sizeof(struct trace_event) */
    uint32_t used;          /* bytes of the file that are written, header included */
    uint32_t runs;          /* begun so far */
    uint32_t progress;      /* grows while anything moves: what a watchdog looks at */
    uint32_t finished;      /* 1: the executor came to its own end; the end marker that an exit code cannot be */
    uint32_t current;       /* offset of the run that is going on or was the last */
    struct journal_stop stop;
    char report[JOURNAL_HEADER_BYTES - 32 - sizeof(struct journal_stop) - 4 - JOURNAL_PLATFORM_BYTES]; /* text: the chain with a verdict a record; NUL-terminated */
    uint32_t went_on; /* how often the process did, behind a text that it would have ended with */
    char platform[JOURNAL_PLATFORM_BYTES]; /* where it was written: "wine-8.0", "windows-10.0.20348 debugged"; empty: unknown */
};
_Static_assert(sizeof(struct journal_header) == JOURNAL_HEADER_BYTES, "the runs begin where JOURNAL_HEADER_BYTES says");

#endif
