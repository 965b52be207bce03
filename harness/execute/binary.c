/* The main program of a scenario's own binary. */
#include <stdio.h>
#include <string.h>

#include "options.h"
#include "state.h"

enum { EXIT_REQUEST = 2, EXIT_MACHINE = 3 };

int step_main(int count, char **words, const char *text, step_block *body) {
    struct execute_options options;
    const char *error = execute_options_read(count, words, false, &options);
    if (!error && options.help) {
        fputs(execute_options_help(false), stdout);
        return 0;
    }
    if (error) {
        fprintf(stderr, "%s: %s\n", words[0], error);
        return EXIT_REQUEST;
    }
    struct scenario_program program;
    struct scenario_error mistake;
    if (!scenario_parse(text, strlen(text), &program, &mistake)) {
        fprintf(stderr, "%s: the text it was written from has a mistake at column %u: %s\n", words[0], mistake.column, mistake.message);
        return EXIT_REQUEST;
    }
    error = step_open(&options.step);
    if (error) {
        fprintf(stderr, "%s: %s\n", words[0], error);
        return EXIT_MACHINE;
    }
    printf("%s\n", text);
    fflush(stdout); /* a crash must not take it along */
    switch (step_can(0, &program)) {
    case STEP_CAN: step_run(0, &program, body, NULL); break;
    case STEP_RUNTIME_CANNOT: printf("SKIP: the runtime under test makes no thunks\n"); break;
    case STEP_TEXT_CANNOT:
        fprintf(stderr, "%s: %s\n", words[0], step_journal_header()->report);
        step_close();
        return EXIT_REQUEST;
    }
    char line[400];
    for (unsigned index = 0; index < step_journal_run()->events; index++) {
        trace_event_print(&step_journal_events()[index], &program, line, sizeof line);
        printf("%s\n", line);
    }
    step_close();
    scenario_program_free(&program);
    return 0;
}
