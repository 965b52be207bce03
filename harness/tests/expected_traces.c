#include "expected_traces.h"

#include <stdio.h>
#include <string.h>

#include "programs.h"
#include "test.h"

void print_pressed(const struct trace_event *event, const struct scenario_program *program, char *buffer, size_t size) {
    trace_event_print(event, program, buffer, size);
    char *end = buffer;
    for (const char *place = buffer; *place != '\0'; place++)
        if (*place != ' ' || end == buffer || end[-1] != ' ')
            *end++ = *place;
    *end = '\0';
}

static size_t lines_count(const struct expected_trace *expected) {
    size_t count = 0;
    while (count < EXPECTED_LINES_MAX && expected->lines[count] != NULL)
        count++;
    return count;
}

static bool is_as_expected(const struct expected_trace *expected) {
    struct scenario_program program = parse_right(expected->text);
    struct model_prediction prediction = {0};
    model_predict(&program, NULL, &prediction);
    char outcome[64];
    outcome_print(&prediction.outcome, outcome, sizeof outcome);
    size_t expected_count = lines_count(expected);
    size_t longer = expected_count > prediction.count ? expected_count : prediction.count;
    bool is_right = prediction.state == MODEL_PREDICTED && strcmp(outcome, expected->outcome) == 0;
    if (!is_right)
        printf("%s\n  state %d, outcome: expected %s, predicted %s\n", expected->text, prediction.state, expected->outcome, outcome);
    for (size_t place = 0; place < longer; place++) {
        char line[512] = "(nothing)";
        if (place < prediction.count)
            print_pressed(&prediction.events[place], &program, line, sizeof line);
        const char *wanted = place < expected_count ? expected->lines[place] : "(nothing)";
        if (strcmp(line, wanted) != 0) {
            printf("%s\n  event %u: expected  %s\n  %*spredicted %s\n", expected->text, (unsigned)place + 1, wanted, place < 9 ? 9 : 10, "", line);
            is_right = false;
            break;
        }
    }
    model_prediction_free(&prediction);
    scenario_program_free(&program);
    return is_right;
}

void expect_traces(const struct expected_trace *traces, size_t count) {
    unsigned wrong = 0;
    for (size_t place = 0; place < count; place++)
        wrong += !is_as_expected(&traces[place]);
    if (wrong > 0)
        fail_msg("%u of %u traces differ", wrong, (unsigned)count);
}
