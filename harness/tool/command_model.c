/* What must happen, without running anything. */
#include <stdlib.h>
#include <string.h>

#include "model/model.h"
#include "tool.h"
#include "trace_json.h"

static void write_prediction(struct json *json, size_t index, const char *text, const struct scenario_program *program,
                             const struct model_prediction *prediction) {
    bool is_predicted = prediction->state == MODEL_PREDICTED;
    char outcome[64];
    if (is_predicted)
        outcome_print(&prediction->outcome, outcome, sizeof outcome);
    json_object_begin(json, NULL);
    json_number(json, "index", index);
    json_text(json, "text", text);
    json_text(json, "outcome", is_predicted ? outcome : NULL);
    json_text(json, "error", prediction->state == MODEL_TOO_LONG ? "trace too long" : prediction->state == MODEL_UNSETTLED ? prediction->reason : NULL);
    json_trace(json, "trace", program, prediction->events, is_predicted ? prediction->count : 0);
    json_object_end(json);
    json_line_end(json);
}

static enum tool_status model_text(const struct tool_list *list, size_t index, struct model_prediction *prediction, struct tool_text *text) {
    static const struct model_platform contract;
    struct scenario_program program;
    enum tool_status status = tool_list_parse(list, index, &program);
    if (status != TOOL_FINE)
        return status;
    model_predict(&program, &contract, prediction);
    const char *canonical = tool_canonical(&program, text);
    if (prediction->state == MODEL_OUT_OF_MEMORY || canonical == NULL) {
        status = tool_trouble("out of memory");
    } else {
        struct json json = {.stream = stdout};
        write_prediction(&json, index, canonical, &program, prediction);
    }
    scenario_program_free(&program);
    return status;
}

/* A list with a mistake is refused whole, before anything is said about its first text. */
static enum tool_status check_list(const struct tool_list *list) {
    for (size_t index = 0; index < list->count; index++) {
        struct scenario_program program;
        enum tool_status status = tool_list_parse(list, index, &program);
        if (status != TOOL_FINE)
            return status;
        scenario_program_free(&program);
    }
    return TOOL_FINE;
}

enum tool_status command_model(char **words) {
    if (words[0] == NULL || strcmp(words[0], "--list") != 0 || words[1] == NULL || words[2] != NULL)
        return tool_wrong_request("model: expected --list FILE and nothing else");
    struct tool_list list;
    enum tool_status status = tool_list_read(words[1], &list);
    if (status != TOOL_FINE)
        return status;
    struct model_prediction prediction = {0};
    struct tool_text text = {0};
    status = check_list(&list);
    for (size_t index = 0; index < list.count && status == TOOL_FINE; index++)
        status = model_text(&list, index, &prediction, &text);
    free(text.bytes);
    model_prediction_free(&prediction);
    tool_list_free(&list);
    return status;
}
