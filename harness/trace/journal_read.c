#include "journal_read.h"

#include <string.h>

#include "scenario/writer.h"

/* A run's header; the caller has made sure that it lies inside. */
static struct journal_run run_at(const struct journal *journal, size_t place) {
    struct journal_run run;
    memcpy(&run, journal->bytes + place, sizeof run);
    return run;
}

static size_t run_bytes(const struct journal_run *run) {
    return sizeof *run + run->events * sizeof(struct trace_event) + run->said;
}

static bool refuse(char *problem, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool refuse(char *problem, const char *format, ...) {
    struct writer writer = writer_begin(problem, JOURNAL_PROBLEM_BYTES);
    va_list arguments;
    va_start(arguments, format);
    writer_format_list(&writer, format, arguments);
    va_end(arguments);
    return false;
}

static bool check_header(const struct journal *journal, char *problem) {
    const struct journal_header *header = &journal->header;
    if (memcmp(header->magic, JOURNAL_MAGIC, sizeof header->magic) != 0)
        return refuse(problem, "not a journal: it does not begin with %s", JOURNAL_MAGIC);
    if (header->event_bytes != sizeof(struct trace_event))
        return refuse(problem, "a journal of another version: its events have %u bytes, expected %u", (unsigned)header->event_bytes,
                      (unsigned)sizeof(struct trace_event));
    if (header->used < JOURNAL_HEADER_BYTES || header->used > journal->size)
        return refuse(problem, "damaged journal: %u bytes are said to be used, the file has %lu", (unsigned)header->used,
                      (unsigned long)journal->size);
    if (header->finished > 1)
        return refuse(problem, "damaged journal: the end marker is %u, expected 0 or 1", (unsigned)header->finished);
    return true;
}

static bool check_events(const struct journal *journal, uint32_t number, size_t place, uint32_t count, char *problem) {
    for (uint32_t i = 0; i < count; i++) {
        unsigned kind = journal->bytes[place + i * sizeof(struct trace_event) + offsetof(struct trace_event, kind)];
        if (kind == TRACE_NONE || kind >= TRACE_KIND_COUNT)
            return refuse(problem, "damaged journal: event %u of run %u is of no kind (%u)", (unsigned)i, (unsigned)number, kind);
    }
    return true;
}

/* Words fill their room up to a NUL at least. */
static bool ends_in(const char *words, size_t room) { return memchr(words, 0, room) != NULL; }

/* What the end of a run said, behind which the process went on. */
static bool check_said(const struct journal *journal, const struct journal_run *run, uint32_t number, size_t place, char *problem) {
    if (run->said == 0)
        return true;
    const struct journal_said *said = (const void *)(journal->bytes + place);
    if (run->state != JOURNAL_STOPPED || run->said % JOURNAL_GRAIN != 0 || run->said <= sizeof *said)
        return refuse(problem, "damaged journal: run %u has no room for what its end says (%u bytes)", (unsigned)number, (unsigned)run->said);
    if (!ends_in(said->stop.rule, sizeof said->stop.rule) || !ends_in(said->stop.title, sizeof said->stop.title) ||
        !ends_in(said->report, run->said - sizeof *said))
        return refuse(problem, "damaged journal: what the end of run %u says does not end", (unsigned)number);
    return true;
}

/* Of the last run the header may say less than is there: its writer died between two stores. */
static bool check_run(const struct journal *journal, uint32_t number, size_t place, char *problem) {
    const struct journal_header *header = &journal->header;
    bool is_last = number + 1 == header->runs;
    if (journal->size - place < sizeof(struct journal_run))
        return refuse(problem, "damaged journal: %u runs are said to be there, the file ends before run %u", (unsigned)header->runs,
                      (unsigned)number);
    struct journal_run run = run_at(journal, place);
    if (run.said > JOURNAL_HEADER_BYTES)
        return refuse(problem, "damaged journal: run %u says %u bytes at its end, more than there can be", (unsigned)number, (unsigned)run.said);
    if (run.events > JOURNAL_EVENTS_MAX || run_bytes(&run) > journal->size - place)
        return refuse(problem, "damaged journal: run %u has %u events, more than there can be", (unsigned)number, (unsigned)run.events);
    if (run.state < JOURNAL_RUNNING || run.state > JOURNAL_REFUSED)
        return refuse(problem, "damaged journal: run %u has no known state (%u)", (unsigned)number, (unsigned)run.state);
    bool ends_process = run.state == JOURNAL_RUNNING || (run.state == JOURNAL_STOPPED && run.said == 0) || run.state == JOURNAL_REFUSED;
    if (!is_last && ends_process)
        return refuse(problem, "damaged journal: run %u ended the process, but others follow", (unsigned)number);
    if (!is_last && place + run_bytes(&run) > header->used)
        return refuse(problem, "damaged journal: run %u lies behind the bytes that are said to be used", (unsigned)number);
    if (is_last && header->finished && run.state == JOURNAL_RUNNING)
        return refuse(problem, "damaged journal: it is marked as finished, but run %u is going on", (unsigned)number);
    size_t events = run.events * sizeof(struct trace_event);
    return check_events(journal, number, place + sizeof run, run.events, problem) && check_said(journal, &run, number, place + sizeof run + events, problem);
}

bool journal_open(struct journal *journal, const void *bytes, size_t size, char *problem) {
    *journal = (struct journal){.bytes = bytes, .size = size};
    if ((uintptr_t)bytes % _Alignof(struct trace_event) != 0)
        return refuse(problem, "the journal lies in memory at an odd place: its reader's mistake, not the file's");
    if (size < JOURNAL_HEADER_BYTES)
        return refuse(problem, "not a journal: it has %lu bytes, its header alone has %d", (unsigned long)size, JOURNAL_HEADER_BYTES);
    memcpy(&journal->header, bytes, sizeof journal->header);
    if (!check_header(journal, problem))
        return false;
    struct journal_header *header = &journal->header;
    header->report[sizeof header->report - 1] = '\0';
    header->platform[sizeof header->platform - 1] = '\0';
    header->stop.rule[sizeof header->stop.rule - 1] = '\0';
    header->stop.title[sizeof header->stop.title - 1] = '\0';

    size_t place = JOURNAL_HEADER_BYTES, last = 0;
    for (uint32_t number = 0; number < header->runs; number++) {
        if (!check_run(journal, number, place, problem))
            return false;
        struct journal_run run = run_at(journal, place);
        last = place;
        place += run_bytes(&run);
    }
    journal->end = place;
    /* A run is begun before it is counted: `current` may be one further. */
    bool current_is_known = header->current == last || header->current == place;
    if (header->runs > 0 && !current_is_known)
        return refuse(problem, "damaged journal: the current run is said to be at byte %u, the last one is at %lu", (unsigned)header->current,
                      (unsigned long)last);
    return true;
}

bool journal_next(const struct journal *journal, size_t *place, struct journal_entry *entry) {
    if (*place >= journal->end)
        return false;
    struct journal_run run = run_at(journal, *place);
    entry->index = run.index;
    entry->state = (enum journal_state)run.state;
    entry->events = (const struct trace_event *)(const void *)(journal->bytes + *place + sizeof run);
    entry->count = run.events;
    entry->nanoseconds = (uint64_t)run.nanoseconds_high << 32 | run.nanoseconds_low;
    entry->rules_checked = run.rules_checked;
    entry->branches = run.branches;
    *place += run_bytes(&run);
    entry->is_last = *place == journal->end;
    entry->went_on = run.said != 0;
    /* Where the process did not go on, this is the last run, and what its end says is in the header. */
    const struct journal_said *said = (const void *)(entry->events + run.events);
    const struct journal_stop *stop = entry->went_on ? &said->stop : &journal->header.stop;
    bool stopped = run.state == JOURNAL_STOPPED;
    entry->stop = stopped && stop->code != 0 ? stop : NULL;
    entry->report = !stopped ? "" : entry->went_on ? said->report : journal->header.report;
    return true;
}
