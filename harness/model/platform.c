/* Platforms by their names, and what each is known to do otherwise. */
#include <string.h>

#include "machine.h"

#define DIFFERENCE(id, platforms, override, reason, source)                                                    \
    _Static_assert(sizeof(id) > 1 && sizeof(platforms) > 1 && sizeof(reason) > 1 && sizeof(source) > 1,        \
                   "a known difference has an id, platforms, a reason and a source: \"" id "\"");
#include "differences.def"
#undef DIFFERENCE

#define FAULT_STATUS(name, code) .fault = SCENARIO_FAULT_##name, .status = code
#define FAULT_DOES_NOTHING(name) .fault = SCENARIO_FAULT_##name, .effect = MODEL_FAULT_DOES_NOTHING
#define FAULT_ENDS_PROCESS(name) .fault = SCENARIO_FAULT_##name, .effect = MODEL_FAULT_ENDS_PROCESS
#define UNHANDLED_ENDS_PROCESS .unhandled = true, .effect = MODEL_FAULT_ENDS_PROCESS
#define DIFFERENCE(id, platforms, override, reason, source) {id, platforms, reason, source, override},
const struct model_difference model_differences[] = {
#include "differences.def"
};
#undef DIFFERENCE

const unsigned model_differences_count = sizeof model_differences / sizeof model_differences[0];
_Static_assert(sizeof model_differences / sizeof model_differences[0] <= 64, "a prediction has a bit for each");

/* `wine` and `wine-8` are words of `wine-8.0`, `wine-80` and `win` are not; `debugged` is one of `wine-8.0 debugged`. */
static bool names(const char *word, size_t length, const char *platform) {
    for (const char *name = platform; name != NULL; name = strchr(name, ' ')) {
        name += *name == ' ';
        if (strncmp(name, word, length) == 0 && strchr("-. ", name[length]) != NULL) /* or its end, which strchr finds too */
            return true;
    }
    return false;
}

bool model_difference_is_of(const struct model_difference *difference, const char *platform) {
    const char *word = difference->platforms;
    while (*word != '\0') {
        size_t length = strcspn(word, " ");
        if (length > 0 && names(word, length, platform))
            return true;
        word += length + strspn(word + length, " ");
    }
    return false;
}

struct model_override *model_platform_add(struct model_platform *platform, unsigned number) {
    const struct model_difference *difference = &model_differences[number];
    struct model_override *override = difference->unhandled ? &platform->unhandled : &platform->faults[difference->fault];
    *override = (struct model_override){
        .status = difference->status,
        .effect = (uint8_t)difference->effect,
        .difference = (uint8_t)(number + 1),
    };
    return override;
}

bool model_platform_named(const char *name, struct model_platform *platform) {
    bool any = false;
    *platform = (struct model_platform){0};
    for (unsigned number = 0; number < model_differences_count; number++) {
        if (model_difference_is_of(&model_differences[number], name)) {
            model_platform_add(platform, number);
            any = true;
        }
    }
    return any;
}

/* The text has met this override: from here on the prediction is not the contract's. */
static const struct model_override *meet(const struct machine *machine, const struct model_override *override) {
    if (override->difference != 0)
        machine->prediction->differences |= UINT64_C(1) << (override->difference - 1);
    return override;
}

static const uint32_t fault_statuses[SCENARIO_FAULT_KIND_COUNT] = {
#define FAULT_KIND(name, word, status, panics, ...) [SCENARIO_FAULT_##name] = status,
#include "../inject/fault_kinds.def"
#undef FAULT_KIND
};

uint32_t fault_status(const struct machine *machine, enum scenario_fault_kind kind) {
    const struct model_override *here = meet(machine, &machine->platform->faults[kind]);
    return here->status != 0 ? here->status : fault_statuses[kind];
}

enum { NONE, READ, WRITE, EXECUTE, IN_PAGE, BREAK, SIMD, NOBODY };

static const uint8_t fault_information[SCENARIO_FAULT_KIND_COUNT] = {
#define FAULT_KIND(name, word, status, panics, bytes, pc, resume, information) [SCENARIO_FAULT_##name] = information,
#include "../inject/fault_kinds.def"
#undef FAULT_KIND
};

enum model_fault_effect fault_effect(const struct machine *machine, enum scenario_fault_kind kind) {
    const struct model_override *here = meet(machine, &machine->platform->faults[kind]);
    return here->effect == MODEL_FAULT_IS_DISPATCHED && fault_information[kind] == NOBODY ? MODEL_FAULT_ENDS_PROCESS : (enum model_fault_effect)here->effect;
}

bool unhandled_is_reported(const struct machine *machine) {
    return meet(machine, &machine->platform->unhandled)->effect != MODEL_FAULT_ENDS_PROCESS;
}
