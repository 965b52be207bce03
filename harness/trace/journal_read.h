/* Reads a journal from memory. Whoever wrote it may have died in the middle or may be somebody else altogether: nothing in it is believed
 * before it was looked at, and nothing outside the bytes is ever touched. Portable C. */
#ifndef EXCHAIN_TRACE_JOURNAL_READ_H
#define EXCHAIN_TRACE_JOURNAL_READ_H

#include "journal.h"

struct journal {
    const unsigned char *bytes; /* the caller's */
    size_t size;
    struct journal_header header; /* a copy; its texts end in NUL */
    size_t end;                   /* behind the last run */
};

/* One text that was run, in the order of running. */
struct journal_entry {
    uint32_t index; /* of the text in the list */
    enum journal_state state;
    const struct trace_event *events;
    size_t count;
    uint64_t nanoseconds;
    uint32_t rules_checked;
    uint32_t branches;           /* a bit for each enum journal_branch */
    bool is_last;
    bool went_on;                /* the process did, behind a run that stopped */
    const struct journal_stop *stop; /* of the run that ended with one, else NULL */
    const char *report;          /* of the run that stopped, else empty */
};

/* Looks at everything. False: `problem` (at least JOURNAL_PROBLEM_BYTES) gets one line. `bytes` stay the caller's, must stay, and are aligned as
 * malloc and mmap align. The file may be longer than what is written of it. */
enum { JOURNAL_PROBLEM_BYTES = 160 };
bool journal_open(struct journal *journal, const void *bytes, size_t size, char *problem);
/* The run at *place, which is JOURNAL_HEADER_BYTES for the first, and moves on to the next. False: there is none. */
bool journal_next(const struct journal *journal, size_t *place, struct journal_entry *entry);

#endif
