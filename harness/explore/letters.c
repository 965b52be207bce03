/* The table of letters, and letters as operations of a text. */
#include <string.h>

#include "../scenario/facts.h"
#include "../scenario/writer.h"
#include "grammar.h"

static const struct explore_letter letters[] = {
#define LETTER(operation, kind, number, side, behaviour, core, faults, threads, frames, tasks, turns, ruins, kinds, all) \
    {SCENARIO_##operation, kind, number, SCENARIO_SIDE_##side, EXPLORE_##behaviour, SCENARIO_##operation == SCENARIO_TRY || SCENARIO_##operation == SCENARIO_CXX, \
     {core, faults, threads, frames, tasks, turns, ruins, kinds, all, all}},
#include "letters.def"
#undef LETTER
};
enum { LETTERS_COUNT = sizeof letters / sizeof *letters };
_Static_assert((int)LETTERS_COUNT < (int)EXPLORE_LETTERS_MAX, "coverage has a column for each letter and one for the text itself");

static const struct {
    const char *word;
    bool has_deaths;
} profiles[EXPLORE_PROFILE_COUNT] = {
    [EXPLORE_CORE] = {"core", false},
    [EXPLORE_FAULTS] = {"faults", false},
    [EXPLORE_THREADS] = {"threads", false},
    [EXPLORE_FRAMES] = {"frames", false},
    [EXPLORE_TASKS] = {"tasks", false},
    [EXPLORE_TURNS] = {"turns", false},
    [EXPLORE_RUINS] = {"ruins", false},
    [EXPLORE_KINDS] = {"kinds", false},
    [EXPLORE_ALIVE] = {"alive", false},
    [EXPLORE_ALL] = {"all", true},
};

const char *explore_profile_word(enum explore_profile profile) { return profiles[profile].word; }
bool explore_profile_has_deaths(enum explore_profile profile) { return profiles[profile].has_deaths; }

enum explore_profile explore_profile_find(const char *word) {
    enum explore_profile profile = 0;
    while (profile < EXPLORE_PROFILE_COUNT && strcmp(profiles[profile].word, word) != 0)
        profile++;
    return profile;
}

const struct explore_letter *explore_letters(unsigned *count) {
    *count = LETTERS_COUNT;
    return letters;
}

bool explore_letter_is_in(unsigned letter, enum explore_profile profile) {
    return letters[letter].in[profile] && (profiles[profile].has_deaths || letters[letter].behaviour != EXPLORE_DIES);
}

static bool is_one(const struct explore_letter *letter, const struct scenario_node *node) {
    if (letter->operation != node->operation || letter->side != node->side)
        return false;
    if (letter->operation == SCENARIO_RAISE)
        return letter->kind == node->noncontinuable;
    bool any_number = letter->operation == SCENARIO_PANIC;
    return letter->kind == node->kind && (any_number || letter->number == node->number);
}

unsigned explore_letter_of(const struct scenario_node *node) {
    unsigned letter = 0;
    while (letter < LETTERS_COUNT && !is_one(&letters[letter], node))
        letter++;
    return letter;
}

void explore_letter_write(unsigned letter, struct scenario_node *node, unsigned panics, unsigned raises) {
    const struct explore_letter *entry = &letters[letter];
    node->operation = entry->operation;
    node->side = entry->side;
    node->kind = entry->kind;
    node->noncontinuable = false;
    node->number = entry->number;
    switch ((enum scenario_operation)entry->operation) {
    case SCENARIO_PANIC: node->number = panics + 1; break;
    case SCENARIO_RAISE:
        node->kind = 0;
        node->noncontinuable = entry->kind != 0;
        node->number = 0xE0000001u + raises;
        break;
    default: break;
    }
}

size_t explore_letter_print(unsigned letter, char *buffer, size_t size) {
    const struct explore_letter *entry = &letters[letter];
    struct scenario_words kinds = scenario_kind_words(scenario_operation_argument(entry->operation));
    struct writer writer = writer_begin(buffer, size);
    writer_text(&writer, scenario_operation_facts(entry->operation)->word);
    if (kinds.count > 0) {
        writer_text(&writer, " ");
        writer_text(&writer, kinds.word[entry->kind]);
    }
    switch ((enum scenario_operation)entry->operation) {
    case SCENARIO_RAISE:
        if (entry->kind != 0)
            writer_text(&writer, " noncontinuable");
        break;
    case SCENARIO_REPEAT:
    case SCENARIO_ARGS:
        writer_text(&writer, " ");
        writer_decimal(&writer, entry->number);
        break;
    case SCENARIO_SEH:
    case SCENARIO_TRY:
    case SCENARIO_CXX:
    case SCENARIO_GXX:
        if (entry->number != SCENARIO_FAULT_NIL_READ) {
            writer_text(&writer, " ");
            writer_text(&writer, scenario_fault_kind_word(entry->number));
        }
        break;
    default: break;
    }
    return writer.length;
}

const char *explore_exit_word(enum explore_exit exit) {
    static const char *const words[EXPLORE_EXIT_COUNT] = {"end", "record", "ruin", "panic", "goexit", "panic over goexit", "caught", "jump", "thrown", "thrown by g++'s", "death"};
    return words[exit];
}

const char *explore_behaviour_word(enum explore_behaviour behaviour) {
    static const char *const words[] = {
        [EXPLORE_GOES_ON_LEAF] = "goes-on", [EXPLORE_CLOBBERS] = "clobbers", [EXPLORE_PANICS] = "panics",
        [EXPLORE_PANICS_GATED] = "panics-gated", [EXPLORE_DIES] = "dies", [EXPLORE_EXITS] = "exits", [EXPLORE_RAISES] = "raises",
        [EXPLORE_RAISES_HARD] = "raises-hard", [EXPLORE_JUMPS] = "jumps", [EXPLORE_THROWS] = "throws", [EXPLORE_GTHROWS] = "gthrows",
        [EXPLORE_PASSES] = "passes", [EXPLORE_CALLS] = "calls", [EXPLORE_RECOVERS] = "recovers", [EXPLORE_DEFERS] = "defers", [EXPLORE_GATES] = "gates",
        [EXPLORE_CALLS_BACK] = "calls-back", [EXPLORE_CALLS_BACK_ELSEWHERE] = "calls-back-elsewhere", [EXPLORE_CARRIES] = "carries",
        [EXPLORE_STARTS] = "starts", [EXPLORE_STARTS_TASK] = "starts-task", [EXPLORE_LOOKS] = "looks", [EXPLORE_CATCHES] = "catches",
        [EXPLORE_RESUMES] = "resumes", [EXPLORE_REFAULTS] = "refaults", [EXPLORE_LEAKS] = "leaks", [EXPLORE_CXX_CATCHES] = "cxx-catches",
        [EXPLORE_CXX_RETHROWS] = "cxx-rethrows", [EXPLORE_CXX_REFAULTS] = "cxx-refaults", [EXPLORE_GXX_LOOKS] = "gxx-looks",
        [EXPLORE_GXX_CATCHES] = "gxx-catches", [EXPLORE_GXX_RETHROWS] = "gxx-rethrows", [EXPLORE_GXX_REFAULTS] = "gxx-refaults",
        [EXPLORE_MARKS] = "marks", [EXPLORE_REPEATS] = "repeats"};
    return words[behaviour];
}
