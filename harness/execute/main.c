/* The batch executor: scenarios from a list, one after another, in this process. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "go_on.h"
#include "interpret.h"
#include "options.h"
#include "state.h"
#include "sweep_step.h"

enum { EXIT_REQUEST = 2, EXIT_MACHINE = 3 };

/* The whole file, NUL-terminated; NULL where it cannot be read. */
static char *read_whole(const char *name) {
    FILE *file = fopen(name, "rb");
    if (!file)
        return NULL;
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *text = size < 0 ? NULL : malloc((size_t)size + 1);
    if (text)
        text[fread(text, 1, (size_t)size, file)] = 0;
    fclose(file);
    return text;
}

static struct execute_options options;
static const char *texts;

static int run_from(unsigned first) {
    unsigned index = 0;
    for (const char *line = texts; *line; index++) {
        size_t length = strcspn(line, "\n");
        struct scenario_program program;
        struct scenario_error mistake;
        if (index >= first) {
            if (!step_has_room())
                break; /* finished all the same: the driver goes on behind the last run */
            if (!scenario_parse(line, length, &program, &mistake)) {
                fprintf(stderr, "exchain-execute: %s:%u:%u: %s\n", options.list, index + 1, mistake.column, mistake.message);
                return EXIT_REQUEST;
            }
            const char *error = options.step.stepped ? step_sweep_step_fits(&program) : NULL;
            if (error) {
                fprintf(stderr, "exchain-execute: %s\n", error);
                return EXIT_REQUEST;
            }
            if (!step_is_fresh_for(&program)) {
                scenario_program_free(&program);
                break; /* as above */
            }
            enum step_can can = step_can(index, &program);
            if (can == STEP_CAN)
                interpret(index, &program);
            scenario_program_free(&program);
            if (can == STEP_TEXT_CANNOT)
                break; /* as above */
        }
        line += length + (line[length] == '\n');
        if (index >= options.from && index - options.from + 1 >= options.count)
            break;
    }
    step_close();
    return 0;
}

int main(int count, char **words) {
    const char *error = execute_options_read(count, words, true, &options);
    if (!error && options.help) {
        fputs(execute_options_help(true), stdout);
        return 0;
    }
    if (error) {
        fprintf(stderr, "exchain-execute: %s\n", error);
        return EXIT_REQUEST;
    }
    if (options.platform) {
        char name[JOURNAL_PLATFORM_BYTES];
        step_platform(name, sizeof name);
        printf("%s\n", name);
        return 0;
    }
    if (options.go_on && !step_go_on_prepare()) {
        fputs("exchain-execute: no room for stacks to go on with: free address space\n", stderr);
        return EXIT_MACHINE;
    }
    texts = read_whole(options.list);
    if (!texts) {
        fprintf(stderr, "exchain-execute: %s: cannot be read\n", options.list);
        return EXIT_MACHINE;
    }
    error = step_open(&options.step);
    if (error) {
        fprintf(stderr, "exchain-execute: %s\n", error);
        return EXIT_MACHINE;
    }
    return options.go_on ? step_go_on_run(run_from, options.from) : run_from(options.from);
}
