/* The tally's writing side. */
#include "explore.h"

#include <stdio.h>
#include <string.h>
#include <windows.h>

#include "state.h"

struct tally *explore_tally_open(const char *file, const char **error) {
    static char message[400];
    HANDLE handle = INVALID_HANDLE_VALUE;
    if (file) {
        handle = CreateFileA(file, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
        if (handle == INVALID_HANDLE_VALUE) {
            snprintf(message, sizeof message, "%s: the tally cannot be written (error %lu): choose another file with --tally", file, GetLastError());
            *error = message;
            return NULL;
        }
    }
    HANDLE mapping = CreateFileMappingA(handle, NULL, PAGE_READWRITE, 0, sizeof(struct tally), NULL);
    struct tally *tally = mapping ? MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0) : NULL;
    if (!tally) {
        snprintf(message, sizeof message, "%s: no room for a tally (error %lu): free disk or address space", file ? file : "memory", GetLastError());
        *error = message;
        return NULL;
    }
    unsigned letters;
    explore_letters(&letters);
    tally->bytes = sizeof *tally;
    tally->letters = letters;
    tally->checks_count = TALLY_CHECK_COUNT;
    tally->outcomes_count = EXPLORE_EXIT_COUNT;
    tally->seen_count = TALLY_EVENTS;
    tally->branches_count = TALLY_BRANCHES;
    tally->pairs_row = TALLY_LETTERS;
    tally->open_count = TALLY_OPEN;
    tally->texts_bytes = TALLY_TEXTS_BYTES;
    tally->reached_bytes = TALLY_REACHED_BYTES;
    memcpy(tally->magic, TALLY_MAGIC, sizeof tally->magic);
    return tally;
}

void explore_tally_text(struct tally *tally, const struct scenario_program *program) {
    static char text[TALLY_TEXTS_BYTES / 4];
    size_t length = scenario_print(program, text, sizeof text - 1);
    text[length++] = '\n';
    for (size_t place = 0; place < length; place++)
        tally->texts[(tally->texts_written + place) % TALLY_TEXTS_BYTES] = text[place];
    tally->texts_written += length;
}

_Static_assert((int)EXPLORE_OPERATIONS_MAX < (int)TALLY_OPEN_PAIRS, "a text's operations all have a place");

/* All counts of the file, `checks` the first; and the number of one. */
static uint64_t *counts(struct tally *tally) { return (uint64_t *)((char *)tally + offsetof(struct tally, checks)); }
#define COUNT(column) ((offsetof(struct tally, column) - offsetof(struct tally, checks)) / sizeof(uint64_t))

static void close(struct tally *tally, uint32_t *open) {
    if (*open)
        counts(tally)[*open] += tally->done;
    *open = 0;
}

static void stand(struct tally *tally, uint32_t *open, uint32_t count) {
    if (*open == count)
        return;
    close(tally, open);
    counts(tally)[count] -= tally->done;
    *open = count;
}

/* What is as it was in the text before stands open already; so only what is new is looked at, and what is gone. */
void explore_tally_count(struct tally *tally, const struct explore_cursor *cursor, const struct trace_event *events, size_t count, size_t kept, size_t same_from) {
    static size_t operations_before, events_before;
    uint32_t *open_events = tally->open + TALLY_OPEN_PAIRS;
    const uint8_t *letters = explore_cursor_letters(cursor);
    size_t operations = explore_cursor_program(cursor)->count - 1;
    for (size_t operation = 1 + explore_cursor_unchanged(cursor); operation <= operations; operation++)
        stand(tally, &tally->open[operation], COUNT(pairs) + (operation > 1 ? letters[operation - 1] : TALLY_LETTERS - 1) * TALLY_LETTERS + letters[operation]);
    for (size_t operation = operations + 1; operation <= operations_before; operation++)
        close(tally, &tally->open[operation]);
    operations_before = operations;
    size_t opened = count < TALLY_OPEN_EVENTS ? count : TALLY_OPEN_EVENTS;
    for (size_t place = kept; place < opened && place < same_from; place++)
        stand(tally, &open_events[place], COUNT(seen) + tally_event(&events[place]));
    for (size_t place = opened; place < events_before; place++)
        close(tally, &open_events[place]);
    events_before = opened;
    for (size_t place = opened; place < count; place++)
        tally->seen[tally_event(&events[place])]++;
    for (uint32_t branches = step_journal_run()->branches; branches != 0; branches &= branches - 1)
        tally->branches[__builtin_ctz(branches)]++;
    tally->outcomes[explore_cursor_exit(cursor)]++;
    tally->operations += operations;
    tally->events += count;
    tally->done++;
}
