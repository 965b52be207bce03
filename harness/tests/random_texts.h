/* Texts of nothing but built operations, for tests that need something to happen. */
#ifndef EXCHAIN_TESTS_RANDOM_TEXTS_H
#define EXCHAIN_TESTS_RANDOM_TEXTS_H

#include "programs.h"

enum { RANDOM_TEXT_BYTES = 4096 };

struct random_taste {
    unsigned operations_max; /* at most 40 */
    bool leaks;
    uint32_t rounds_max;     /* of a repeat; 0: no repeats */
};

/* Writes a text into `text`, which has RANDOM_TEXT_BYTES. */
void random_text(struct random *random, const struct random_taste *taste, char *text);

#endif
