/* The journal's writing side: a file mapped into memory, so that what was written is there whatever becomes of the process. */
#include "state.h"

#include <stdio.h>
#include <string.h>
#include <windows.h>

struct step_journal step_journal;
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
    step_journal.header = mapping ? MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0) : NULL;
    if (!step_journal.header) {
        snprintf(message, sizeof message, "%s: no room for a journal of %d MiB (error %lu): free disk or address space", file ? file : "memory",
                 JOURNAL_BYTES >> 20, GetLastError());
        return message;
    }
    memcpy(step_journal.header->magic, JOURNAL_MAGIC, sizeof step_journal.header->magic);
    step_journal.header->event_bytes = sizeof(struct trace_event);
    step_journal.header->used = sizeof *step_journal.header;
    step_platform(step_journal.header->platform, sizeof step_journal.header->platform);
    return NULL;
}

bool step_journal_has_room(void) {
    return JOURNAL_BYTES - step_journal.header->used >= sizeof(struct journal_run) + JOURNAL_EVENTS_MAX * sizeof(struct trace_event) + JOURNAL_HEADER_BYTES;
}

struct journal_run *step_journal_begin(unsigned index) {
    step_journal.run = (struct journal_run *)((char *)step_journal.header + step_journal.header->used);
    step_journal.events = step_journal.next = (struct trace_event *)(step_journal.run + 1);
    step_journal.end = step_journal.events + JOURNAL_EVENTS_MAX;
    *step_journal.run = (struct journal_run){.index = index, .state = JOURNAL_RUNNING};
    step_journal.header->current = step_journal.header->used;
    step_journal.header->used += sizeof *step_journal.run;
    step_journal.header->runs++;
    step_journal.written = 0;
    if (!step.grouped)
        QueryPerformanceCounter(&started);
    return step_journal.run;
}

/* The next run takes the place of the last one: nobody will read that any more. */
void step_journal_rewind(void) {
    step_journal.header->used = sizeof *step_journal.header;
    step_journal.header->runs = 0;
}

struct trace_event *step_journal_room(void) { return (struct trace_event *)((struct journal_run *)((char *)step_journal.header + step_journal.header->used) + 1); }

void step_journal_end(enum journal_state state) {
    if (!step.grouped) {
        LARGE_INTEGER now, frequency;
        QueryPerformanceCounter(&now);
        QueryPerformanceFrequency(&frequency);
        uint64_t nanoseconds = (uint64_t)((double)(now.QuadPart - started.QuadPart) * 1e9 / (double)frequency.QuadPart);
        step_journal.run->nanoseconds_low = (uint32_t)nanoseconds;
        step_journal.run->nanoseconds_high = (uint32_t)(nanoseconds >> 32);
    }
    step_journal.run->rules_checked = step.checked;
    step_journal.header->used = step_journal.header->current + sizeof *step_journal.run + step_journal.run->events * sizeof *step_journal.events;
    step_journal.run->state = state;
}

void step_journal_put_aside(void) {
    struct journal_header *header = step_journal.header;
    struct journal_said *said = (struct journal_said *)((char *)header + header->used);
    size_t length = strlen(header->report) + 1, bytes = (sizeof *said + length + JOURNAL_GRAIN - 1) / JOURNAL_GRAIN * JOURNAL_GRAIN;
    said->stop = header->stop;
    memcpy(said->report, header->report, length);
    header->used += bytes;
    step_journal.run->said = bytes;
    header->went_on++;
    header->stop = (struct journal_stop){0};
    header->report[0] = 0;
}

void step_journal_is_full(void) {
    step_journal_end(JOURNAL_TOO_LONG);
    TerminateProcess(GetCurrentProcess(), 3);
}

void step_journal_add(const struct trace_event *event) {
    *step_journal_next() = *event;
    step_journal.written++;
    step_journal_count();
}

void step_journal_take_back(uint32_t events) {
    step_journal.run->events = events;
    step_journal.next = step_journal.events + events;
}

void step_journal_count_same(void) {
    step_journal.events[step_journal.run->events - 1].value++;
    step_journal.header->progress++;
}
