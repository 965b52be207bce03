#include "mistake.h"

#include <string.h>

enum {
    QUOTE_BYTES_MAX = 24,
    MEANT_BYTES_MAX = 24 /* a longer word is nobody's typing mistake */
};

struct writer mistake_at(struct scenario_error *error, unsigned line, unsigned column) {
    error->line = line;
    error->column = column;
    return writer_begin(error->message, sizeof error->message);
}

struct mistake_found mistake_quote(const char *bytes, size_t length) {
    struct mistake_found found;
    bool cut = length > QUOTE_BYTES_MAX;
    struct writer writer = writer_begin(found.text, sizeof found.text);
    writer_text(&writer, "`");
    writer_bytes(&writer, bytes, cut ? QUOTE_BYTES_MAX : length);
    writer_text(&writer, cut ? "...`" : "`");
    return found;
}

struct mistake_found mistake_found(const struct token *token) {
    switch (token->kind) {
    case TOKEN_END: return (struct mistake_found){"the end of the text"};
    case TOKEN_STRING: return (struct mistake_found){"a string"};
    default: return mistake_quote(token->start, token->length);
    }
}

void mistake_list_word(struct writer *message, unsigned *listed, const char *word) {
    static const char more[] = ", ...";
    if (*listed == UINT32_MAX)
        return;
    if (message->length + 2 + strlen(word) + sizeof more > message->size) {
        writer_text(message, more);
        *listed = UINT32_MAX;
        return;
    }
    writer_text(message, (*listed)++ == 0 ? " " : ", ");
    writer_text(message, word);
}

void mistake_list_words(struct writer *message, struct scenario_words words) {
    unsigned listed = 0;
    for (unsigned place = 0; place < words.count; place++)
        mistake_list_word(message, &listed, words.word[place]);
}

void mistake_list_operations(struct writer *message, enum scenario_side side) {
    unsigned listed = 0;
    for (int operation = SCENARIO_TEXT + 1; operation < SCENARIO_OPERATION_COUNT; operation++) {
        if (scenario_may_stand(operation, side))
            mistake_list_word(message, &listed, scenario_operation_facts(operation)->word);
    }
}

static char lower(char byte) {
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

static unsigned least(unsigned first, unsigned second) {
    return first < second ? first : second;
}

/* How many bytes to insert, delete, replace or swap with their neighbour (optimal string alignment). Both words are at most MEANT_BYTES_MAX long. */
static unsigned distance(const char *typed, size_t typed_length, const char *meant, size_t meant_length) {
    unsigned rows[3][MEANT_BYTES_MAX + 1];
    unsigned *before_last = rows[0], *last = rows[1], *row = rows[2];
    for (size_t column = 0; column <= meant_length; column++)
        row[column] = (unsigned)column;
    for (size_t line = 1; line <= typed_length; line++) {
        unsigned *spare = before_last;
        before_last = last;
        last = row;
        row = spare;
        row[0] = (unsigned)line;
        char byte = lower(typed[line - 1]);
        for (size_t column = 1; column <= meant_length; column++) {
            row[column] = least(least(last[column], row[column - 1]) + 1, last[column - 1] + (byte != meant[column - 1]));
            bool swapped = line > 1 && column > 1 && byte == meant[column - 2] && lower(typed[line - 2]) == meant[column - 1];
            if (swapped)
                row[column] = least(row[column], before_last[column - 2] + 1);
        }
    }
    return row[meant_length];
}

const char *mistake_nearest(struct scenario_words words, const char *word, size_t length) {
    if (length > MEANT_BYTES_MAX)
        return NULL;
    const char *nearest = NULL;
    unsigned shortest = length < 3 ? 2 : (unsigned)length / 3 + 1; /* a third of the word may be wrong, of a short one one byte */
    for (unsigned place = 0; place < words.count; place++) {
        size_t meant_length = strlen(words.word[place]);
        if (meant_length == 0 || meant_length > MEANT_BYTES_MAX)
            continue;
        unsigned needed = distance(word, length, words.word[place], meant_length);
        if (needed < shortest) {
            shortest = needed;
            nearest = words.word[place];
        }
    }
    return nearest;
}
