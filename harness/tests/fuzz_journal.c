/* For libFuzzer: any bytes are refused as a journal, or all their runs and events can be read and shown. */
#include <stdlib.h>
#include <string.h>

#include "trace/journal_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The fuzzer seldom finds eight kilobytes by itself: its bytes stand for the header's numbers, the stop, and what follows the header. */
enum { NUMBERS_BYTES = offsetof(struct journal_header, report) };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char text[] = "recover { call { seh pass { back { panic 7 } } } }";
    if (size < NUMBERS_BYTES)
        return 0;
    size_t runs_bytes = size - NUMBERS_BYTES, whole = JOURNAL_HEADER_BYTES + runs_bytes;
    unsigned char *bytes = calloc(1, whole);
    struct scenario_program program;
    struct scenario_error error;
    if (bytes == NULL || !scenario_parse(text, sizeof text - 1, &program, &error))
        abort();
    memcpy(bytes, data, NUMBERS_BYTES);
    memcpy(bytes + JOURNAL_HEADER_BYTES, data + NUMBERS_BYTES, runs_bytes);

    struct journal journal;
    char problem[JOURNAL_PROBLEM_BYTES] = "";
    if (journal_open(&journal, bytes, whole, problem)) {
        size_t place = JOURNAL_HEADER_BYTES;
        struct journal_entry entry;
        while (journal_next(&journal, &place, &entry)) {
            for (size_t i = 0; i < entry.count; i++) {
                char line[256];
                if (trace_event_print(&entry.events[i], &program, line, sizeof line) == 0)
                    abort();
            }
        }
    } else if (problem[0] == '\0') {
        abort();
    }
    scenario_program_free(&program);
    free(bytes);
    return 0;
}
