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

/* Where each operation and each event is counted: of those that are as they were in the text before, it is known. */
void explore_tally_count(struct tally *tally, const struct explore_cursor *cursor, const struct trace_event *events, size_t count, size_t kept) {
    static uint64_t *pairs[1 + EXPLORE_OPERATIONS_MAX], *seen[JOURNAL_EVENTS_MAX];
    const uint8_t *letters = explore_cursor_letters(cursor);
    unsigned operations = (unsigned)explore_cursor_program(cursor)->count - 1;
    for (unsigned operation = 1 + explore_cursor_unchanged(cursor); operation <= operations; operation++)
        pairs[operation] = &tally->pairs[operation > 1 ? letters[operation - 1] : TALLY_LETTERS - 1][letters[operation]];
    for (unsigned operation = 1; operation <= operations; operation++)
        ++*pairs[operation];
    for (size_t place = kept; place < count; place++)
        seen[place] = &tally->seen[tally_event(&events[place])];
    for (size_t place = 0; place < count; place++)
        ++*seen[place];
    for (uint32_t branches = step_journal_run()->branches; branches != 0; branches &= branches - 1)
        tally->branches[__builtin_ctz(branches)]++;
    tally->outcomes[explore_cursor_exit(cursor)]++;
    tally->operations += operations;
    tally->events += count;
    tally->done++;
}
