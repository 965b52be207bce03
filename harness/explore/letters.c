/* The table of letters, and letters as operations of a text. */
#include <string.h>

#include "../scenario/facts.h"
#include "../scenario/writer.h"
#include "grammar.h"

static const struct explore_letter letters[] = {
#define LETTER(operation, kind, side, behaviour, core, faults, threads, all) \
    {SCENARIO_##operation, kind, SCENARIO_SIDE_##side, EXPLORE_##behaviour, {core, faults, threads, all}},
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

bool explore_letter_is_in(unsigned letter, enum explore_profile profile) { return letters[letter].in[profile]; }

static bool is_one(const struct explore_letter *letter, const struct scenario_node *node) {
    if (letter->operation != node->operation || letter->side != node->side)
        return false;
    switch ((enum scenario_operation)letter->operation) {
    case SCENARIO_RAISE: return letter->kind == node->noncontinuable;
    case SCENARIO_REPEAT: return letter->kind == node->number;
    default: return letter->kind == node->kind;
    }
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
    node->number = 0;
    switch ((enum scenario_operation)entry->operation) {
    case SCENARIO_PANIC: node->number = panics + 1; break;
    case SCENARIO_RAISE:
        node->kind = 0;
        node->noncontinuable = entry->kind != 0;
        node->number = 0xE0000001u + raises;
        break;
    case SCENARIO_REPEAT:
        node->kind = 0;
        node->number = entry->kind;
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
    } else if (entry->operation == SCENARIO_RAISE && entry->kind != 0) {
        writer_text(&writer, " noncontinuable");
    } else if (entry->operation == SCENARIO_REPEAT) {
        writer_text(&writer, " ");
        writer_decimal(&writer, entry->kind);
    }
    return writer.length;
}

const char *explore_behaviour_word(enum explore_behaviour behaviour) {
    static const char *const words[] = {"goes-on", "clobbers", "panics", "panics-gated", "dies", "exits", "raises", "raises-hard", "jumps", "passes", "calls", "recovers", "defers", "gates",
                                        "calls-back", "carries", "starts", "looks", "catches", "resumes", "leaks", "marks", "repeats"};
    return words[behaviour];
}
