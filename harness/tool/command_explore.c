/* Spaces of texts, for who does not run them: how many there are and of what, the text behind a number, the texts next to one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explore/reduce.h"
#include "explore/space.h"
#include "explore/tally.h"
#include "json.h"
#include "model/model.h"
#include "tool.h"

static enum tool_status open_space(char ***words, const char *command, struct explore_space **space, enum explore_profile *profile, unsigned *operations_max) {
    char **at = *words;
    if (!at[0] || strcmp(at[0], "--profile") != 0 || !at[1] || !at[2] || strcmp(at[2], "--max-ops") != 0 || !at[3])
        return tool_wrong_request("%s: expected --profile PROFILE --max-ops N", command);
    *profile = explore_profile_find(at[1]);
    char *end;
    unsigned long operations = strtoul(at[3], &end, 10);
    if (*profile == EXPLORE_PROFILE_COUNT)
        return tool_wrong_request("%s: there is no profile `%s`, expected core, faults, threads, frames, tasks, turns, ruins, kinds, alive or all", command, at[1]);
    if (*end || operations < 1 || operations > EXPLORE_OPERATIONS_MAX)
        return tool_wrong_request("%s: --max-ops %s: expected 1 to %d", command, at[3], EXPLORE_OPERATIONS_MAX);
    *operations_max = (unsigned)operations;
    *space = explore_space_open(*profile, *operations_max);
    *words = at + 4;
    return *space ? TOOL_FINE : tool_trouble("out of memory");
}

static void write_letter(struct json *json, unsigned letter, enum explore_profile profile) {
    unsigned count;
    const struct explore_letter *entry = &explore_letters(&count)[letter];
    char words[64];
    explore_letter_print(letter, words, sizeof words);
    json_object_begin(json, NULL);
    json_text(json, "words", words);
    json_text(json, "side", entry->side == SCENARIO_SIDE_MANAGED ? "managed" : "foreign");
    json_text(json, "behaviour", explore_behaviour_word(entry->behaviour));
    json_bool(json, "stops_walk", entry->stops_walk);
    json_bool(json, "used", explore_letter_is_in(letter, profile));
    json_object_end(json);
}

static void write_words(struct json *json, const char *key, const char *const *words, size_t count) {
    json_array_begin(json, key);
    for (size_t index = 0; index < count; index++)
        json_text(json, NULL, words[index]);
    json_array_end(json);
}

/* Names of what a tally counts, in its order, so that nobody has to have them twice. */
static void write_columns(struct json *json) {
    static const char *const rules[] = {
#define RULE(number, ...) "V" #number,
#include "verify/rules.def"
#undef RULE
    };
    static const char *const checks[] = {
#define CHECK(name, word, rules) word,
#include "explore/checks.def"
#undef CHECK
    };
    static const char *const checked[] = {
#define CHECK(name, word, rules) rules,
#include "explore/checks.def"
#undef CHECK
    };
    static const char *const branches[] = {
#define BRANCH(name, word, ...) word,
#include "trace/branches.def"
#undef BRANCH
    };
    write_words(json, "rules", rules, sizeof rules / sizeof *rules);
    write_words(json, "checks", checks, sizeof checks / sizeof *checks);
    write_words(json, "checked", checked, sizeof checked / sizeof *checked);
    write_words(json, "branches", branches, sizeof branches / sizeof *branches);
    json_array_begin(json, "exits");
    for (enum explore_exit exit = 0; exit < EXPLORE_EXIT_COUNT; exit++)
        json_text(json, NULL, explore_exit_word(exit));
    json_array_end(json);
    json_array_begin(json, "events");
    for (unsigned place = 0; place < TALLY_EVENTS; place++) {
        char words[64];
        enum trace_kind kind = (enum trace_kind)(place / 8);
        const char *reason = kind < TRACE_KIND_COUNT ? trace_reason_word(kind, place / 2 % 4) : NULL;
        snprintf(words, sizeof words, "%s%s%s%s", kind < TRACE_KIND_COUNT ? trace_kind_word(kind) : "?", reason ? " " : "", reason ? reason : "",
                 place % 2 && (kind == TRACE_RECOVERED || kind == TRACE_END) ? " of a fault" : "");
        json_text(json, NULL, words);
    }
    json_array_end(json);
}

enum tool_status command_space(char **words) {
    struct explore_space *space;
    enum explore_profile profile;
    unsigned operations_max, letters;
    enum tool_status status = open_space(&words, "space", &space, &profile, &operations_max);
    if (status != TOOL_FINE)
        return status;
    struct json json = {.stream = stdout};
    json_object_begin(&json, NULL);
    json_text(&json, "profile", explore_profile_word(profile));
    json_bool(&json, "deaths", explore_profile_has_deaths(profile));
    json_array_begin(&json, "sizes"); /* of 1, 2, ... operations; null: more than 64 bits can say */
    for (unsigned operations = 1; operations <= operations_max; operations++) {
        uint64_t size = explore_space_of_size(space, operations);
        if (size == UINT64_MAX)
            json_null(&json, NULL);
        else
            json_number(&json, NULL, size);
    }
    json_array_end(&json);
    json_array_begin(&json, "letters");
    explore_letters(&letters);
    for (unsigned letter = 0; letter < letters; letter++)
        write_letter(&json, letter, profile);
    json_array_end(&json);
    write_columns(&json);
    json_object_end(&json);
    json_line_end(&json);
    explore_space_close(space);
    return TOOL_FINE;
}

enum tool_status command_texts(char **words) {
    struct explore_space *space;
    enum explore_profile profile;
    unsigned operations_max;
    enum tool_status status = open_space(&words, "texts", &space, &profile, &operations_max);
    if (status != TOOL_FINE)
        return status;
    struct explore_cursor *cursor = explore_cursor_open(space);
    struct tool_text text = {0};
    uint64_t size = explore_space_size(space);
    if (!cursor)
        status = tool_trouble("out of memory");
    for (; *words && status == TOOL_FINE; words++) {
        char *end;
        uint64_t number = strtoull(*words, &end, 10);
        if (*end || number >= size) {
            status = tool_wrong_request("texts: %s: expected a number below %llu", *words, (unsigned long long)size);
            break;
        }
        explore_cursor_seek(cursor, number);
        const char *canonical = tool_canonical(explore_cursor_program(cursor), &text);
        if (!canonical)
            status = tool_trouble("out of memory");
        else
            puts(canonical);
    }
    free(text.bytes);
    explore_cursor_close(cursor);
    explore_space_close(space);
    return status;
}

/* Whether every operation of the text is reached, as the judge asks it of a run. */
static bool reaches_all(const struct scenario_program *program, struct model_prediction *prediction) {
    static bool reached[SCENARIO_OPERATIONS_MAX + 1];
    model_predict(program, NULL, prediction);
    memset(reached, 0, sizeof reached);
    for (size_t place = 0; place < prediction->count; place++)
        reached[prediction->events[place].operation] = true;
    for (size_t operation = 1; operation < program->count; operation++)
        if (!reached[operation])
            return false;
    return prediction->state == MODEL_PREDICTED;
}

static enum tool_status write_edits(struct json *json, const struct scenario_program *program, struct model_prediction *prediction, struct tool_text *text) {
    static const char *const kinds[] = {"take-away", "lift", "halve", "replace"};
    size_t count = explore_edits(program, NULL, 0);
    struct explore_edit *edits = malloc((count + 1) * sizeof *edits);
    if (!edits)
        return tool_trouble("out of memory");
    explore_edits(program, edits, count);
    json_array_begin(json, "edits");
    for (size_t index = 0; index < count; index++) {
        struct scenario_program edited;
        char words[2][96];
        if (!explore_edit_apply(program, &edits[index], &edited))
            break;
        const char *canonical = tool_canonical(&edited, text);
        if (canonical && edited.count > 1 && reaches_all(&edited, prediction)) {
            scenario_print_operation(program, edits[index].operation, words[0], sizeof words[0]);
            explore_letter_print(edits[index].letter, words[1], sizeof words[1]);
            json_object_begin(json, NULL);
            json_text(json, "kind", kinds[edits[index].kind]);
            json_number(json, "operation", edits[index].operation);
            json_text(json, "words", words[0]);
            json_text(json, "instead", edits[index].kind == EXPLORE_REPLACE ? words[1] : NULL);
            json_number(json, "operations", edited.count - 1);
            json_text(json, "text", canonical);
            json_object_end(json);
        }
        scenario_program_free(&edited);
    }
    json_array_end(json);
    free(edits);
    return TOOL_FINE;
}

enum tool_status command_edits(char **words) {
    if (words[0] == NULL || strcmp(words[0], "--list") != 0 || words[1] == NULL || words[2] != NULL)
        return tool_wrong_request("edits: expected --list FILE and nothing else");
    struct tool_list list;
    enum tool_status status = tool_list_read(words[1], &list);
    if (status != TOOL_FINE)
        return status;
    struct model_prediction prediction = {0};
    struct tool_text text = {0};
    for (size_t index = 0; index < list.count && status == TOOL_FINE; index++) {
        struct scenario_program program;
        status = tool_list_parse(&list, index, &program);
        if (status != TOOL_FINE)
            break;
        struct json json = {.stream = stdout};
        json_object_begin(&json, NULL);
        json_text(&json, "text", tool_canonical(&program, &text));
        status = write_edits(&json, &program, &prediction, &text);
        json_object_end(&json);
        json_line_end(&json);
        scenario_program_free(&program);
    }
    free(text.bytes);
    model_prediction_free(&prediction);
    tool_list_free(&list);
    return status;
}
