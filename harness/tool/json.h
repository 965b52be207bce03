/* Writes JSON, one value a line. Keys are the program's own; texts may hold any byte. */
#ifndef EXCHAIN_TOOL_JSON_H
#define EXCHAIN_TOOL_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json {
    FILE *stream;
    bool needs_comma;
};

/* `key` is NULL inside an array and for the outermost value. */
void json_object_begin(struct json *json, const char *key);
void json_object_end(struct json *json);
void json_array_begin(struct json *json, const char *key);
void json_array_end(struct json *json);
void json_text(struct json *json, const char *key, const char *text); /* NULL: null */
void json_number(struct json *json, const char *key, uint64_t number);
void json_bool(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);
/* Ends the line of an outermost value. */
void json_line_end(struct json *json);

#endif
