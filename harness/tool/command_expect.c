/* Case files: what their authors say that happens, against the model. */
#include <stdio.h>

#include "expectations.h"
#include "tool.h"

struct totals { unsigned files, held, mistakes; };

static void report_mistake(void *context, unsigned line, const char *mistake) {
    const char *file = context;
    printf("%s:%u: %s\n", file, line, mistake);
}

static enum tool_status expect_program(const char *name, const struct scenario_program *program, struct model_prediction *prediction,
                                       struct totals *totals) {
    static const struct model_platform contract;
    model_predict(program, &contract, prediction);
    if (prediction->state == MODEL_OUT_OF_MEMORY)
        return tool_trouble("out of memory");
    struct expectations_result result = expectations_check(program, prediction, report_mistake, (void *)name);
    if (prediction->state == MODEL_TOO_LONG) {
        printf("%s:1: the trace is too long for a case\n", name);
        result.mistakes++;
    } else if (prediction->state == MODEL_UNSETTLED) {
        printf("%s:1: %s\n", name, prediction->reason);
        result.mistakes++;
    }
    totals->files++;
    totals->held += result.held;
    totals->mistakes += result.mistakes;
    return TOOL_FINE;
}

static enum tool_status expect_file(const char *name, struct model_prediction *prediction, struct totals *totals) {
    struct tool_file file;
    enum tool_status status = tool_read(name, &file);
    if (status != TOOL_FINE)
        return status;
    struct scenario_program program;
    struct scenario_error error;
    if (!scenario_parse(file.bytes, file.length, &program, &error)) {
        status = tool_wrong_text(name, 0, &error);
    } else {
        status = expect_program(name, &program, prediction, totals);
        scenario_program_free(&program);
    }
    tool_file_free(&file);
    return status;
}

enum tool_status command_expect(char **words) {
    if (*words == NULL)
        return tool_wrong_request("expect: expected case files");
    struct model_prediction prediction = {0};
    struct totals totals = {0};
    enum tool_status status = TOOL_FINE;
    for (; *words != NULL && status == TOOL_FINE; words++)
        status = expect_file(*words, &prediction, &totals);
    model_prediction_free(&prediction);
    if (status != TOOL_FINE)
        return status;
    printf("case files: %u, expectations that hold: %u, mistakes: %u\n", totals.files, totals.held, totals.mistakes);
    return totals.mistakes > 0 ? TOOL_NOT_AS_EXPECTED : TOOL_FINE;
}
