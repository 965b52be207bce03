#include "trace_json.h"

/* The longest words an operation has (a DLL's path) and 64 symbols fit. */
enum { LINE_BYTES = 4096 };

void json_trace(struct json *json, const char *key, const struct scenario_program *program, const struct trace_event *events, size_t count) {
    char line[LINE_BYTES];
    json_array_begin(json, key);
    for (size_t i = 0; i < count; i++) {
        trace_event_print(&events[i], program, line, sizeof line);
        json_text(json, NULL, line);
    }
    json_array_end(json);
}
