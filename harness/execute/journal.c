/* The journal's writing side: a file mapped into memory, so that what was written is there whatever becomes of the process. */
#include "state.h"

#include <stdio.h>
#include <string.h>
#include <windows.h>

static struct journal_header *header;
static struct journal_run *run;
static struct trace_event *events;
static LARGE_INTEGER started;

const char *step_journal_open(const char *file) {
    static char message[400];
    HANDLE handle = INVALID_HANDLE_VALUE;
    if (file) {
        handle = CreateFileA(file, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
        if (handle == INVALID_HANDLE_VALUE) {
            snprintf(message, sizeof message, "%s: the journal cannot be written (error %lu): choose another file with --journal", file, GetLastError());
            return message;
        }
    }
    HANDLE mapping = CreateFileMappingA(handle, NULL, PAGE_READWRITE, 0, JOURNAL_BYTES, NULL);
    header = mapping ? MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0) : NULL;
    if (!header) {
        snprintf(message, sizeof message, "%s: no room for a journal of %d MiB (error %lu): free disk or address space", file ? file : "memory",
                 JOURNAL_BYTES >> 20, GetLastError());
        return message;
    }
    memcpy(header->magic, JOURNAL_MAGIC, sizeof header->magic);
    header->event_bytes = sizeof(struct trace_event);
    header->used = sizeof *header;
    step_platform(header->platform, sizeof header->platform);
    return NULL;
}

struct journal_header *step_journal_header(void) { return header; }
struct journal_run *step_journal_run(void) { return run; }
struct trace_event *step_journal_events(void) { return events; }

bool step_journal_has_room(void) {
    return JOURNAL_BYTES - header->used >= sizeof(struct journal_run) + JOURNAL_EVENTS_MAX * sizeof(struct trace_event);
}

struct journal_run *step_journal_begin(unsigned index) {
    run = (struct journal_run *)((char *)header + header->used);
    events = (struct trace_event *)(run + 1);
    memset(run, 0, sizeof *run);
    run->index = index;
    run->state = JOURNAL_RUNNING;
    header->current = header->used;
    header->used += sizeof *run;
    header->runs++;
    QueryPerformanceCounter(&started);
    return run;
}

void step_journal_end(enum journal_state state) {
    LARGE_INTEGER now, frequency;
    QueryPerformanceCounter(&now);
    QueryPerformanceFrequency(&frequency);
    uint64_t nanoseconds = (uint64_t)((double)(now.QuadPart - started.QuadPart) * 1e9 / (double)frequency.QuadPart);
    run->nanoseconds_low = (uint32_t)nanoseconds;
    run->nanoseconds_high = (uint32_t)(nanoseconds >> 32);
    run->rules_checked = step.checked;
    header->used = header->current + sizeof *run + run->events * sizeof *events;
    run->state = state;
}

void step_journal_add(const struct trace_event *event) {
    if (run->events == JOURNAL_EVENTS_MAX) {
        step_journal_end(JOURNAL_TOO_LONG);
        TerminateProcess(GetCurrentProcess(), 3);
    }
    events[run->events] = *event;
    run->events++; /* only now does the event count */
    header->progress++;
}

void step_journal_count_same(void) {
    events[run->events - 1].value++;
    header->progress++;
}
