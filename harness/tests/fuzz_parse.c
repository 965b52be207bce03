/* For libFuzzer: any bytes are refused, or their canonical form parses to the same program and prints as itself. */
#include <stdlib.h>
#include <string.h>

#include "scenario/program.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds) {
    if (!holds)
        abort();
}

static char *print_whole(const struct scenario_program *program, size_t *length) {
    *length = scenario_print(program, NULL, 0);
    char *text = malloc(*length + 1);
    must(text != NULL);
    must(scenario_print(program, text, *length + 1) == *length);
    return text;
}

static void must_be_same(const struct scenario_program *one, const struct scenario_program *other) {
    must(one->count == other->count);
    for (size_t number = 0; number < one->count; number++) {
        const struct scenario_node *node = &one->nodes[number], *twin = &other->nodes[number];
        must(node->operation == twin->operation && node->side == twin->side && node->kind == twin->kind);
        must(node->noncontinuable == twin->noncontinuable && node->number == twin->number);
        must(node->parent == twin->parent && node->next == twin->next);
        must(node->block[0] == twin->block[0] && node->block[1] == twin->block[1]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct scenario_program program, again;
    struct scenario_error error = {0};
    if (!scenario_parse((const char *)data, size, &program, &error)) {
        must(error.line > 0 && error.column > 0 && error.message[0] != '\0');
        return 0;
    }
    size_t length, length_again;
    char *text = print_whole(&program, &length);
    must(scenario_parse(text, length, &again, &error));
    must_be_same(&program, &again);
    char *text_again = print_whole(&again, &length_again);
    must(length == length_again && memcmp(text, text_again, length) == 0);
    free(text_again);
    free(text);
    scenario_program_free(&again);
    scenario_program_free(&program);
    return 0;
}
