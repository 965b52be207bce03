/* What the tables say beyond program.h: the words an argument may be, and what follows an operation's word. For the parser, the printer
 * and whoever makes programs without a text. Portable C. */
#ifndef EXCHAIN_SCENARIO_FACTS_H
#define EXCHAIN_SCENARIO_FACTS_H

#include "program.h"

/* The ARGUMENT column of operations.def. */
enum scenario_argument {
    SCENARIO_ARGUMENT_NONE,
    SCENARIO_ARGUMENT_VALUE_OPTIONAL,
    SCENARIO_ARGUMENT_NUMBER,
    SCENARIO_ARGUMENT_COUNT,
    SCENARIO_ARGUMENT_FAULT_KIND,
    SCENARIO_ARGUMENT_FRAME_KIND,
    SCENARIO_ARGUMENT_CARRIER,
    SCENARIO_ARGUMENT_ARGUMENTS,
    SCENARIO_ARGUMENT_CODE,
    SCENARIO_ARGUMENT_SYMBOL
};
enum scenario_argument scenario_operation_argument(enum scenario_operation operation);

/* Words, each at the place that is its enum value. */
struct scenario_words {
    const char *const *word;
    unsigned count;
};
/* Every operation's word; place 0, the text itself, has the empty word. */
struct scenario_words scenario_operation_words(void);
/* The words of which one stands in node.kind: frame kinds, fault kinds, carriers or calling conventions; none for the other arguments. */
struct scenario_words scenario_kind_words(enum scenario_argument argument);
/* What people call such a word: `kind`, `carrier`, `calling convention`. */
const char *scenario_kind_noun(enum scenario_argument argument);
/* The place of a word, words.count where it is not there. */
unsigned scenario_words_find(struct scenario_words words, const char *word, size_t length);

/* The smallest and the largest number that may follow. */
struct scenario_range { uint32_t smallest, largest; };
struct scenario_range scenario_number_range(enum scenario_argument argument);

bool scenario_may_stand(enum scenario_operation operation, enum scenario_side side);

#endif
