/* What the commands of exchain-scenario share: their exit statuses, the way to say what is wrong, files, lists of texts. */
#ifndef EXCHAIN_TOOL_TOOL_H
#define EXCHAIN_TOOL_TOOL_H

#include <stdbool.h>
#include <stddef.h>

#include "scenario/program.h"

enum tool_status {
    TOOL_FINE = 0,
    TOOL_NOT_AS_EXPECTED = 1,
    TOOL_WRONG_REQUEST = 2,
    TOOL_TROUBLE = 3 /* the machine's: an unreadable file, no memory */
};

/* Each writes one line to standard error and gives its status back, for `return`. */
enum tool_status tool_wrong_request(const char *format, ...) __attribute__((format(printf, 1, 2)));
enum tool_status tool_trouble(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* `FILE:line:column: message`; without a file (NULL) `line:column: message`. `lines_before`: the text begins so many lines down in its file. */
enum tool_status tool_wrong_text(const char *file, unsigned lines_before, const struct scenario_error *error);

/* A whole file; `-` or NULL is standard input. */
struct tool_file {
    const char *bytes; /* aligned as malloc and mmap align; never NULL after success */
    size_t length;
    void *mapped, *allocated; /* which of the two to give back */
};
enum tool_status tool_read(const char *name, struct tool_file *file);
/* The same without copying: a journal is sparse, and only what is looked at gets read. */
enum tool_status tool_map(const char *name, struct tool_file *file);
void tool_file_free(struct tool_file *file);
/* map_posix.c, map_windows.c */
void tool_unmap(struct tool_file *file);

/* A file with one text a line. The number of a text is its line's, from 0. */
struct tool_list {
    struct tool_file file;
    size_t *starts; /* of each line; one more than there are, for the end */
    size_t count;
};
enum tool_status tool_list_read(const char *name, struct tool_list *list);
void tool_list_free(struct tool_list *list);
/* Parses text `index`; a mistake is said with the list's line. */
enum tool_status tool_list_parse(const struct tool_list *list, size_t index, struct scenario_program *program);

/* The canonical form, in a buffer that grows and is the caller's to free. NULL: no memory. */
struct tool_text {
    char *bytes;
    size_t size;
};
const char *tool_canonical(const struct scenario_program *program, struct tool_text *text);

/* The commands: `words` are those behind the command's name, up to NULL. */
enum tool_status command_print(char **words);
enum tool_status command_model(char **words);
enum tool_status command_judge(char **words);
enum tool_status command_expect(char **words);
enum tool_status command_differences(char **words);
enum tool_status command_write_c(char **words);
enum tool_status command_space(char **words);
enum tool_status command_texts(char **words);
enum tool_status command_edits(char **words);

#endif
