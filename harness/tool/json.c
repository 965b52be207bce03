#include "json.h"

#include <inttypes.h>

/* Bytes that are not printable ASCII become escapes: the output is ASCII whatever a report holds. */
static void write_string(FILE *stream, const char *text) {
    fputc('"', stream);
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        switch (byte) {
        case '"': fputs("\\\"", stream); break;
        case '\\': fputs("\\\\", stream); break;
        case '\n': fputs("\\n", stream); break;
        case '\t': fputs("\\t", stream); break;
        default:
            if (byte < 0x20 || byte >= 0x7f)
                fprintf(stream, "\\u%04x", byte);
            else
                fputc(byte, stream);
        }
    }
    fputc('"', stream);
}

static void begin_value(struct json *json, const char *key) {
    if (json->needs_comma)
        fputs(", ", json->stream);
    json->needs_comma = true;
    if (key != NULL) {
        write_string(json->stream, key);
        fputs(": ", json->stream);
    }
}

static void begin(struct json *json, const char *key, char bracket) {
    begin_value(json, key);
    fputc(bracket, json->stream);
    json->needs_comma = false;
}

static void end(struct json *json, char bracket) {
    fputc(bracket, json->stream);
    json->needs_comma = true;
}

void json_object_begin(struct json *json, const char *key) {
    begin(json, key, '{');
}

void json_object_end(struct json *json) {
    end(json, '}');
}

void json_array_begin(struct json *json, const char *key) {
    begin(json, key, '[');
}

void json_array_end(struct json *json) {
    end(json, ']');
}

void json_text(struct json *json, const char *key, const char *text) {
    if (text == NULL) {
        json_null(json, key);
    } else {
        begin_value(json, key);
        write_string(json->stream, text);
    }
}

void json_number(struct json *json, const char *key, uint64_t number) {
    begin_value(json, key);
    fprintf(json->stream, "%" PRIu64, number);
}

void json_bool(struct json *json, const char *key, bool value) {
    begin_value(json, key);
    fputs(value ? "true" : "false", json->stream);
}

void json_null(struct json *json, const char *key) {
    begin_value(json, key);
    fputs("null", json->stream);
}

void json_line_end(struct json *json) {
    fputc('\n', json->stream);
    json->needs_comma = false;
}
