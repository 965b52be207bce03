#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

/* A text from standard input has no name to be called by. */
static enum tool_status print_file(const char *name, struct tool_text *text) {
    bool is_named = name != NULL && strcmp(name, "-") != 0;
    struct tool_file file;
    enum tool_status status = tool_read(name, &file);
    if (status != TOOL_FINE)
        return status;
    struct scenario_program program;
    struct scenario_error error;
    if (!scenario_parse(file.bytes, file.length, &program, &error)) {
        status = tool_wrong_text(is_named ? name : NULL, 0, &error);
    } else {
        const char *canonical = tool_canonical(&program, text);
        if (canonical != NULL)
            puts(canonical);
        else
            status = tool_trouble("out of memory");
        scenario_program_free(&program);
    }
    tool_file_free(&file);
    return status;
}

enum tool_status command_print(char **words) {
    for (char **word = words; *word != NULL; word++) {
        if ((*word)[0] == '-' && (*word)[1] != '\0')
            return tool_wrong_request("print: unknown option `%s`, expected files", *word);
    }
    struct tool_text text = {0};
    enum tool_status status = TOOL_FINE;
    if (*words == NULL)
        status = print_file(NULL, &text);
    for (; *words != NULL && status == TOOL_FINE; words++)
        status = print_file(*words, &text);
    free(text.bytes);
    return status;
}
