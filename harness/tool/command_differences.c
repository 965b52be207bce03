/* The known differences of platforms, and which texts of a list each of them is about: one that is about none is not known to be one. */
#include "differences.h"

#include <stdio.h>
#include <string.h>

#include "model/model.h"
#include "tool.h"

void tool_difference_members(struct json *json, unsigned number) {
    const struct model_difference *difference = &model_differences[number];
    json_text(json, "id", difference->id);
    json_text(json, "platforms", difference->platforms);
    json_text(json, "reason", difference->reason);
    json_text(json, "source", difference->source);
}

void tool_difference(struct json *json, unsigned number) {
    json_object_begin(json, NULL);
    tool_difference_members(json, number);
    json_object_end(json);
}

struct predictions {
    struct model_prediction contract, platform;
};

static bool differ(const struct predictions *predictions) {
    const struct model_prediction *contract = &predictions->contract, *platform = &predictions->platform;
    return contract->state == MODEL_PREDICTED && platform->state == MODEL_PREDICTED &&
           (contract->count != platform->count || memcmp(contract->events, platform->events, contract->count * sizeof *contract->events) != 0);
}

static enum tool_status write_texts(struct json *json, unsigned number, const struct tool_list *list, struct predictions *predictions) {
    struct model_platform platform = {0};
    model_platform_add(&platform, number);
    for (size_t index = 0; index < list->count; index++) {
        struct scenario_program program;
        enum tool_status status = tool_list_parse(list, index, &program);
        if (status != TOOL_FINE)
            return status;
        model_predict(&program, NULL, &predictions->contract);
        model_predict(&program, &platform, &predictions->platform);
        scenario_program_free(&program);
        if (differ(predictions))
            json_number(json, NULL, index);
    }
    return TOOL_FINE;
}

enum tool_status command_differences(char **words) {
    bool has_list = words[0] != NULL && strcmp(words[0], "--list") == 0 && words[1] != NULL && words[2] == NULL;
    if (words[0] != NULL && !has_list)
        return tool_wrong_request("differences: expected --list FILE or nothing");
    struct tool_list list = {0};
    struct predictions predictions = {0};
    struct json json = {.stream = stdout};
    enum tool_status status = has_list ? tool_list_read(words[1], &list) : TOOL_FINE;
    for (unsigned number = 0; number < model_differences_count && status == TOOL_FINE; number++) {
        json_object_begin(&json, NULL);
        tool_difference_members(&json, number);
        json_array_begin(&json, "texts");
        status = write_texts(&json, number, &list, &predictions);
        json_array_end(&json);
        json_object_end(&json);
        json_line_end(&json);
    }
    model_prediction_free(&predictions.contract);
    model_prediction_free(&predictions.platform);
    if (has_list)
        tool_list_free(&list);
    return status;
}
