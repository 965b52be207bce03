/* Files and lists of texts. */
#include "tool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_standard_input(const char *name) {
    return name == NULL || strcmp(name, "-") == 0;
}

static enum tool_status read_stream(const char *name, FILE *stream, struct tool_file *file) {
    size_t capacity = 0;
    char *bytes = NULL;
    for (;;) {
        if (file->length == capacity) {
            capacity = capacity == 0 ? 4096 : 2 * capacity;
            char *larger = realloc(bytes, capacity);
            if (larger == NULL) {
                free(bytes);
                return tool_trouble("%s: no memory for it", name);
            }
            bytes = larger;
        }
        size_t count = fread(bytes + file->length, 1, capacity - file->length, stream);
        file->length += count;
        if (count == 0)
            break;
    }
    file->bytes = file->allocated = bytes;
    if (!ferror(stream))
        return TOOL_FINE;
    tool_file_free(file);
    return tool_trouble("%s: %s", name, strerror(errno));
}

enum tool_status tool_read(const char *name, struct tool_file *file) {
    *file = (struct tool_file){0};
    if (is_standard_input(name))
        return read_stream("standard input", stdin, file);
    FILE *stream = fopen(name, "rb");
    if (stream == NULL)
        return tool_trouble("%s: %s", name, strerror(errno));
    enum tool_status status = read_stream(name, stream, file);
    fclose(stream);
    return status;
}

void tool_file_free(struct tool_file *file) {
    if (file->mapped != NULL)
        tool_unmap(file);
    free(file->allocated);
    *file = (struct tool_file){0};
}

enum tool_status tool_list_read(const char *name, struct tool_list *list) {
    *list = (struct tool_list){0};
    enum tool_status status = tool_read(name, &list->file);
    if (status != TOOL_FINE)
        return status;
    const char *bytes = list->file.bytes;
    size_t length = list->file.length;
    for (size_t i = 0; i < length; i++)
        list->count += bytes[i] == '\n' || i + 1 == length; /* the last line may lack its newline */
    list->starts = malloc((list->count + 1) * sizeof *list->starts);
    if (list->starts == NULL) {
        tool_list_free(list);
        return tool_trouble("%s: no memory for it", name);
    }
    size_t number = 0, start = 0;
    while (number < list->count) {
        list->starts[number++] = start;
        const char *newline = memchr(bytes + start, '\n', length - start);
        start = newline != NULL ? (size_t)(newline - bytes) + 1 : length;
    }
    list->starts[number] = length;
    return TOOL_FINE;
}

void tool_list_free(struct tool_list *list) {
    tool_file_free(&list->file);
    free(list->starts);
    *list = (struct tool_list){0};
}

enum tool_status tool_list_parse(const struct tool_list *list, size_t index, struct scenario_program *program) {
    size_t start = list->starts[index], end = list->starts[index + 1];
    if (end > start && list->file.bytes[end - 1] == '\n')
        end--;
    struct scenario_error error;
    if (scenario_parse(list->file.bytes + start, end - start, program, &error))
        return TOOL_FINE;
    return tool_wrong_text(NULL, (unsigned)index, &error);
}

const char *tool_canonical(const struct scenario_program *program, struct tool_text *text) {
    size_t length = scenario_print(program, text->bytes, text->size);
    if (length >= text->size) {
        char *larger = realloc(text->bytes, length + 1);
        if (larger == NULL)
            return NULL;
        text->bytes = larger;
        text->size = length + 1;
        scenario_print(program, text->bytes, text->size);
    }
    return text->bytes;
}
