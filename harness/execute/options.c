#include "options.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

/* FILE beside the running program. */
static const char *beside(const char *file, char *path, size_t size) {
    DWORD length = GetModuleFileNameA(NULL, path, size);
    while (length && path[length - 1] != '\\')
        length--;
    snprintf(path + length, size - length, "%s", file);
    if (GetFileAttributesA(path) != INVALID_FILE_ATTRIBUTES)
        return path;
    snprintf(path + length, size - length, "..\\%s", file); /* a scenario's own binary lies one folder deeper */
    return path;
}

const char *execute_options_read(int count, char **words, bool batch, struct execute_options *options) {
    static char runtime[MAX_PATH], foreign[MAX_PATH], message[200];
    *options = (struct execute_options){.step = {.rules = true, .clobber = true}, .count = UINT_MAX};
    for (int index = 1; index < count; index++) {
        const char *word = words[index], *value = index + 1 < count ? words[index + 1] : NULL;
        if (!strcmp(word, "--help")) {
            options->help = true;
            return NULL;
        }
        if (batch && !strcmp(word, "--platform")) {
            options->platform = true;
            return NULL;
        }
        if (!strcmp(word, "--no-clobber")) {
            options->step.clobber = false;
            continue;
        }
        if (batch && !strcmp(word, "--go-on")) {
            options->go_on = true;
            continue;
        }
        if (!strcmp(word, "--passive")) {
            options->step.passive = true;
            continue;
        }
        if (batch && (!strcmp(word, "--step") || !strcmp(word, "--suspend"))) {
            options->step.stepped = true;
            options->step.suspend |= !strcmp(word, "--suspend");
            continue;
        }
        bool takes_value = !strcmp(word, "--runtime") || !strcmp(word, "--foreign") || !strcmp(word, "--journal") || !strcmp(word, "--rules") ||
                           (batch && (!strcmp(word, "--list") || !strcmp(word, "--from") || !strcmp(word, "--count") || !strcmp(word, "--inject") || !strcmp(word, "--sweep")));
        if (!takes_value || !value) {
            snprintf(message, sizeof message, takes_value ? "%s: a value must follow" : "%s: unknown option; --help lists them", word);
            return message;
        }
        index++;
        if (!strcmp(word, "--runtime"))
            options->step.runtime = value;
        else if (!strcmp(word, "--foreign"))
            options->step.foreign = value;
        else if (!strcmp(word, "--journal"))
            options->step.journal = value;
        else if (!strcmp(word, "--inject"))
            options->step.inject = value;
        else if (!strcmp(word, "--sweep"))
            options->step.sweep = value;
        else if (!strcmp(word, "--list"))
            options->list = value;
        else if (!strcmp(word, "--from"))
            options->from = strtoul(value, NULL, 10);
        else if (!strcmp(word, "--count"))
            options->count = strtoul(value, NULL, 10);
        else if (!strcmp(value, "all") || !strcmp(value, "none"))
            options->step.rules = !strcmp(value, "all");
        else
            return "--rules: all or none";
    }
    if (!options->step.runtime)
        options->step.runtime = beside("exchain-reference.dll", runtime, sizeof runtime);
    if (!options->step.foreign)
        options->step.foreign = beside("exchain-foreign-O2.dll", foreign, sizeof foreign);
    if (options->step.stepped && !options->step.inject)
        return "--step, --suspend: --inject SCHEDULE must go with it: 'every=1' is every instruction";
    if (options->step.inject && (!options->step.sweep || options->count != 1))
        return "--inject: --sweep FILE and --count 1 must go with it: one text, and a file that says how it went";
    if (options->step.inject && options->go_on)
        return "--go-on: --inject looks at one process from its start to its end";
    if (batch && !options->list)
        return "--list FILE is missing: a file with one scenario a line";
    return NULL;
}

const char *execute_options_help(bool batch) {
    return batch ? "usage: exchain-execute --list FILE [--from K] [--count N] [--journal FILE] [--runtime DLL] [--foreign DLL] [--rules all|none] [--no-clobber] [--passive]\n"
                   "       [--go-on] [--inject SCHEDULE --sweep FILE [--step | --suspend]]\n"
                   "       exchain-execute --platform\n"
                   "Says which platform this is, or runs scenarios K to K+N-1 of FILE (one text a line, numbered from 0) in this process, and writes their traces to the journal.\n"
                 : "usage: SCENARIO [--journal FILE] [--runtime DLL] [--foreign DLL] [--rules all|none] [--no-clobber] [--passive]\n"
                   "Runs the scenario that this program was written from, prints its trace and outcome, and writes the journal where one is named.\n";
}
