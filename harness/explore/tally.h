/* What an exploring process leaves, kept up to date in a mapped file while it runs: how far it is, what it is at, what was covered. Whatever becomes of the
 * process, the file is there. Read by the driver (driver/exchain/shards.py), so: fixed sizes, little-endian. Portable C. */
#ifndef EXCHAIN_EXPLORE_TALLY_H
#define EXCHAIN_EXPLORE_TALLY_H

#include "../trace/journal.h"
#include "grammar.h"

#define TALLY_MAGIC "EXTALLY4"

enum tally_state {
    TALLY_RUNNING,     /* or dead */
    TALLY_FINISHED,    /* everything asked for was done */
    TALLY_DIFFERS,     /* the current text came to its end, and not as predicted */
    TALLY_GROUP_BROKE  /* a rule that is checked once a group broke: somewhere from group_first up to the current text */
};

/* What the rules were checked at. */
enum tally_check {
#define CHECK(name, ...) TALLY_CHECK_##name,
#include "checks.def"
#undef CHECK
    TALLY_CHECK_COUNT
};

enum {
    TALLY_LETTERS = EXPLORE_LETTERS_MAX,          /* the last column is the text's beginning */
    TALLY_KINDS = 32,                             /* of events: room for some that are not there yet */
    TALLY_EVENTS = TALLY_KINDS * 4 * 2,           /* of an event: its kind, its reason, whether its value is an NTSTATUS */
    TALLY_BRANCHES = 32,                          /* of the dispatcher: as many as a run's word has bits */
    TALLY_OPEN_PAIRS = 64, TALLY_OPEN_EVENTS = 448, /* of a text: further ones are counted one by one */
    TALLY_OPEN = TALLY_OPEN_PAIRS + TALLY_OPEN_EVENTS,
    TALLY_TEXTS_BYTES = 1 << 19,
    TALLY_REACHED_BYTES = 1 << 18                 /* of the runtime's image */
};

_Static_assert((int)TRACE_KIND_COUNT <= (int)TALLY_KINDS, "a tally has a place for every kind of event");
_Static_assert((int)JOURNAL_BRANCH_COUNT <= (int)TALLY_BRANCHES, "a tally has a place for every branch of the dispatcher");

/* A text has most of its operations and events in common with the one before it. One that stands at its place is not counted text by text: its count lost as many as texts were done when it came,
 * and gets as many as are done when it goes; until then, whoever reads adds them.
 *
 * The file says how large its columns are, so that its reader need not know. */
struct tally {
    char magic[8];
    uint32_t bytes;         /* sizeof(struct tally) */
    uint32_t state;         /* enum tally_state */
    uint64_t first, count;  /* what was asked for */
    uint64_t done;          /* texts that ended as predicted: first + done is the current one */
    uint64_t group_first;
    uint64_t operations, events, faults; /* so far; faults: hardware faults that were raised */
    uint64_t parted;        /* of `done`: those that went on where they part from the one before (harness/execute/parting.c) */
    uint32_t expects_death; /* the current text's prediction: the process ends */
    uint32_t letters;       /* how many there are in the table */
    uint32_t checks_count, outcomes_count, seen_count, branches_count, pairs_row, texts_bytes, reached_bytes, open_count;
    uint64_t texts_written; /* bytes so far; the last of them are there */
    uint64_t checks[TALLY_CHECK_COUNT];
    uint64_t outcomes[EXPLORE_EXIT_COUNT]; /* of texts, by how they are left */
    uint64_t seen[TALLY_EVENTS];
    uint64_t branches[TALLY_BRANCHES];     /* texts that made the dispatcher do it */
    uint64_t pairs[TALLY_LETTERS][TALLY_LETTERS]; /* an operation, and the next one in the text's order */
    uint32_t open[TALLY_OPEN];             /* which count stands open, by its number in this file, that of `checks` the first; 0: none. By the places in the text: operations, then events */
    char texts[TALLY_TEXTS_BYTES];         /* random ones, a line each, written round and round; the last is being run. Of enumerated ones the number says all */
    uint8_t reached[TALLY_REACHED_BYTES];  /* a basic block of the runtime's that was reached: 1 at the place in the image where it says so (harness/adapters/covered.h) */
};

static inline unsigned tally_event(const struct trace_event *event) {
    return ((unsigned)event->kind * 4 + (event->reason & 3)) * 2 + (event->is_status != 0);
}

#endif
