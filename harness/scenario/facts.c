/* The tables (.def) as data. Nothing else reads the words. */
#include "facts.h"

#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* The SIDE column, as the two columns of the facts. */
#define MAY_BE_MANAGED true, false
#define MAY_BE_FOREIGN false, true
#define MAY_BE_EITHER true, true

static const struct scenario_operation_facts operations[] = {
    [SCENARIO_TEXT] = {"", MAY_BE_MANAGED, "M"},
#define OPERATION(name, word, side, argument, blocks) [SCENARIO_##name] = {word, MAY_BE_##side, blocks},
#include "operations.def"
#undef OPERATION
};
_Static_assert(COUNT_OF(operations) == SCENARIO_OPERATION_COUNT, "every operation has facts");

static const unsigned char operation_arguments[] = {
    [SCENARIO_TEXT] = SCENARIO_ARGUMENT_NONE,
#define OPERATION(name, word, side, argument, blocks) [SCENARIO_##name] = SCENARIO_ARGUMENT_##argument,
#include "operations.def"
#undef OPERATION
};

static const char *const operation_words[] = {
    [SCENARIO_TEXT] = "",
#define OPERATION(name, word, side, argument, blocks) [SCENARIO_##name] = word,
#include "operations.def"
#undef OPERATION
};

static const char *const frame_kind_words[] = {
#define FRAME_KIND(name, word) [SCENARIO_FRAME_##name] = word,
#include "frame_kinds.def"
#undef FRAME_KIND
};

static const char *const carrier_words[] = {
#define CARRIER(name, word) [SCENARIO_CARRIER_##name] = word,
#include "carriers.def"
#undef CARRIER
};

static const char *const fault_kind_words[] = {
#define FAULT_KIND(name, word, status, panics, ...) [SCENARIO_FAULT_##name] = word,
#include "../inject/fault_kinds.def"
#undef FAULT_KIND
};

static const char *const convention_words[] = {[SCENARIO_CDECL] = "cdecl", [SCENARIO_STDCALL] = "stdcall"};

const struct scenario_operation_facts *scenario_operation_facts(enum scenario_operation operation) {
    return &operations[operation];
}

const char *scenario_frame_kind_word(enum scenario_frame_kind kind) {
    return frame_kind_words[kind];
}

const char *scenario_carrier_word(enum scenario_carrier carrier) {
    return carrier_words[carrier];
}

const char *scenario_fault_kind_word(enum scenario_fault_kind kind) {
    return fault_kind_words[kind];
}

unsigned scenario_blocks_count(enum scenario_operation operation) {
    const char *blocks = operations[operation].blocks;
    return blocks[0] == '\0' ? 0 : blocks[1] == '\0' ? 1 : 2;
}

enum scenario_side scenario_block_side(const struct scenario_node *node, unsigned index) {
    switch (operations[node->operation].blocks[index]) {
    case 'M': return SCENARIO_SIDE_MANAGED;
    case 'F': return SCENARIO_SIDE_FOREIGN;
    default: return node->side; /* "=": the side that the operation itself stands on */
    }
}

enum scenario_argument scenario_operation_argument(enum scenario_operation operation) {
    return operation_arguments[operation];
}

struct scenario_words scenario_operation_words(void) {
    return (struct scenario_words){operation_words, COUNT_OF(operation_words)};
}

struct scenario_words scenario_kind_words(enum scenario_argument argument) {
    switch (argument) {
    case SCENARIO_ARGUMENT_FAULT_KIND: return (struct scenario_words){fault_kind_words, COUNT_OF(fault_kind_words)};
    case SCENARIO_ARGUMENT_FRAME_KIND: return (struct scenario_words){frame_kind_words, COUNT_OF(frame_kind_words)};
    case SCENARIO_ARGUMENT_CARRIER: return (struct scenario_words){carrier_words, COUNT_OF(carrier_words)};
    case SCENARIO_ARGUMENT_ARGUMENTS: return (struct scenario_words){convention_words, COUNT_OF(convention_words)};
    default: return (struct scenario_words){NULL, 0};
    }
}

const char *scenario_kind_noun(enum scenario_argument argument) {
    switch (argument) {
    case SCENARIO_ARGUMENT_CARRIER: return "carrier";
    case SCENARIO_ARGUMENT_ARGUMENTS: return "calling convention";
    default: return "kind";
    }
}

unsigned scenario_words_find(struct scenario_words words, const char *word, size_t length) {
    unsigned place = 0;
    while (place < words.count && !(strncmp(words.word[place], word, length) == 0 && words.word[place][length] == '\0'))
        place++;
    return place;
}

struct scenario_range scenario_number_range(enum scenario_argument argument) {
    switch (argument) {
    case SCENARIO_ARGUMENT_COUNT: return (struct scenario_range){1, UINT32_MAX};
    case SCENARIO_ARGUMENT_ARGUMENTS: return (struct scenario_range){0, 9};
    default: return (struct scenario_range){0, UINT32_MAX};
    }
}

bool scenario_may_stand(enum scenario_operation operation, enum scenario_side side) {
    return side == SCENARIO_SIDE_MANAGED ? operations[operation].managed : operations[operation].foreign;
}
