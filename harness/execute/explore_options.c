/* The exploring executor's own options; what is left is the executors' common ones. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explore.h"
#include "options.h"

static bool read_number(const char *value, uint64_t smallest, uint64_t largest, uint64_t *number) {
    char *end;
    *number = strtoull(value, &end, 10);
    return *value && !*end && *number >= smallest && *number <= largest;
}

const char *explore_options_read(int count, char **words, struct explore_options *options) {
    static char message[200], *rest[64];
    int kept = 1;
    uint64_t number;
    *options = (struct explore_options){.profile = EXPLORE_CORE, .operations_max = 6, .count = UINT64_MAX, .group = 2048, .operations_min = 1};
    rest[0] = words[0];
    for (int index = 1; index < count; index++) {
        const char *word = words[index], *value = index + 1 < count ? words[index + 1] : "";
        bool fine = true;
        if (!strcmp(word, "--whole")) {
            options->whole = true;
            continue;
        }
        if (!strcmp(word, "--tally")) {
            options->tally = value;
        } else if (!strcmp(word, "--profile")) {
            options->profile = explore_profile_find(value);
            fine = options->profile != EXPLORE_PROFILE_COUNT;
        } else if (!strcmp(word, "--max-ops")) {
            fine = read_number(value, 1, EXPLORE_OPERATIONS_MAX, &number);
            options->operations_max = (unsigned)number;
        } else if (!strcmp(word, "--min-ops")) {
            fine = read_number(value, 1, EXPLORE_OPERATIONS_MAX, &number);
            options->operations_min = (unsigned)number;
        } else if (!strcmp(word, "--first")) {
            fine = read_number(value, 0, UINT64_MAX, &options->first);
        } else if (!strcmp(word, "--count")) {
            fine = read_number(value, 0, UINT64_MAX, &options->count);
        } else if (!strcmp(word, "--group")) {
            fine = read_number(value, 1, UINT32_MAX, &number);
            options->group = (unsigned)number;
        } else if (!strcmp(word, "--rounds")) {
            fine = read_number(value, 1, 1000, &number);
            options->rounds = (unsigned)number;
        } else if (!strcmp(word, "--seed")) {
            fine = read_number(value, 0, UINT64_MAX, &options->seed);
            options->draw = true;
        } else {
            if (kept == 64)
                return "too many words";
            rest[kept++] = words[index];
            continue;
        }
        if (!fine) {
            snprintf(message, sizeof message, "%s: `%s` is none of its values", word, value);
            return message;
        }
        index++;
    }
    struct execute_options common;
    const char *error = execute_options_read(kept, rest, false, &common);
    options->step = common.step;
    if (!error && options->rounds && (options->draw || options->count == UINT64_MAX))
        return "--rounds is for a range of a space: with --count, without --seed";
    if (!error && common.help)
        return "usage: exchain-explore [--profile core|faults|threads|frames|tasks|turns|ruins|kinds|alive|all] [--max-ops N] [--first NUMBER] [--count COUNT] [--group TEXTS] [--whole] [--rounds N] [--seed S [--min-ops N]]"
               " [--tally FILE] [--journal FILE] [--runtime DLL] [--foreign DLL] [--rules all|none] [--no-clobber]";
    return error;
}
