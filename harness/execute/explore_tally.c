/* The tally's writing side. */
#include "explore.h"

#include <stdio.h>
#include <string.h>
#include <windows.h>

#include "../trace/journal.h"

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
    memcpy(tally->magic, TALLY_MAGIC, sizeof tally->magic);
    return tally;
}

/* Where each operation and each event is counted: of those that are as they were in the text before, it is known. */
void explore_tally_count(struct tally *tally, const struct explore_cursor *cursor, const struct trace_event *events, size_t count, size_t kept) {
    static uint64_t *pairs[1 + EXPLORE_OPERATIONS_MAX], *branches[JOURNAL_EVENTS_MAX];
    const uint8_t *letters = explore_cursor_letters(cursor);
    unsigned operations = (unsigned)explore_cursor_program(cursor)->count - 1;
    for (unsigned operation = 1 + explore_cursor_unchanged(cursor); operation <= operations; operation++)
        pairs[operation] = &tally->pairs[operation > 1 ? letters[operation - 1] : TALLY_LETTERS - 1][letters[operation]];
    for (unsigned operation = 1; operation <= operations; operation++)
        ++*pairs[operation];
    for (size_t place = kept; place < count; place++)
        branches[place] = &tally->branches[tally_branch(&events[place])];
    for (size_t place = 0; place < count; place++)
        ++*branches[place];
    tally->outcomes[explore_cursor_exit(cursor)]++;
    tally->operations += operations;
    tally->events += count;
    tally->done++;
}
