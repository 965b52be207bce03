/* What an exploring process leaves, kept up to date in a mapped file while it runs: how far it is, what it is at, what was covered. Whatever becomes of the
 * process, the file is there. Read by the driver (driver/exchain/shards.py), so: fixed sizes, little-endian. Portable C. */
#ifndef EXCHAIN_EXPLORE_TALLY_H
#define EXCHAIN_EXPLORE_TALLY_H

#include "../trace/event.h"
#include "grammar.h"

#define TALLY_MAGIC "EXTALLY1"

enum tally_state {
    TALLY_RUNNING,     /* or dead */
    TALLY_FINISHED,    /* everything asked for was done */
    TALLY_DIFFERS,     /* the current text came to its end, and not as predicted */
    TALLY_GROUP_BROKE  /* a rule that is checked once a group broke: somewhere from group_first up to the current text */
};

/* What the rules were checked at; each place checks several. */
enum tally_check {
    TALLY_CHECK_BLOCK,    /* behind a block: V1, V4 to V9, V16 */
    TALLY_CHECK_CHAIN,    /* at an event: V2, V3 */
    TALLY_CHECK_FAULT,    /* behind a recovered fault: V10 */
    TALLY_CHECK_HANDLER,  /* in a frame's handler: V11 */
    TALLY_CHECK_REPORT,   /* in a frame's handler that is shown a fault: V17 */
    TALLY_CHECK_PROCESS,  /* once a group: V12 to V15, and the tag word of V8 */
    TALLY_CHECK_COUNT
};

enum {
    TALLY_LETTERS = EXPLORE_LETTERS_MAX,          /* the last column is the text's beginning */
    TALLY_KINDS = 32,                             /* of events: room for some that are not there yet */
    TALLY_BRANCHES = TALLY_KINDS * 4 * 2,         /* of an event: its kind, its reason, whether its value is an NTSTATUS */
    TALLY_TEXT_BYTES = 2048
};

_Static_assert((int)TRACE_KIND_COUNT <= (int)TALLY_KINDS, "a tally has a place for every kind of event");

struct tally {
    char magic[8];
    uint32_t bytes;        /* sizeof(struct tally) */
    uint32_t state;        /* enum tally_state */
    uint64_t first, count; /* what was asked for */
    uint64_t done;         /* texts that ended as predicted: first + done is the current one */
    uint64_t group_first;
    uint64_t operations, events, faults; /* so far; faults: hardware faults that were raised */
    uint32_t expects_death; /* the current text's prediction: the process ends */
    uint32_t letters;       /* how many there are in the table */
    uint64_t checks[TALLY_CHECK_COUNT];
    uint64_t outcomes[EXPLORE_EXIT_COUNT]; /* of texts, by how they are left */
    uint64_t branches[TALLY_BRANCHES];
    uint64_t pairs[TALLY_LETTERS][TALLY_LETTERS]; /* an operation, and the next one in the text's order */
    char text[TALLY_TEXT_BYTES]; /* a random text that is being run; of an enumerated one the number says all */
};

static inline unsigned tally_branch(const struct trace_event *event) {
    return ((unsigned)event->kind * 4 + (event->reason & 3)) * 2 + (event->is_status != 0);
}

#endif
