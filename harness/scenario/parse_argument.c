/* What follows an operation's word: numbers, kinds, the symbol of a DLL. */
#include <string.h>

#include "facts.h"
#include "mistake.h"
#include "parser.h"

enum {
    NUMBER_BYTES_MAX = 64,  /* leading zeros included */
    STRING_BYTES_MAX = 1024 /* a path and a symbol */
};

/* Remembers that the current token is how the node's number or string is written. */
static void spell(const struct parser *parser, struct scenario_node *node) {
    node->spelling = (uint32_t)(parser->token.start - parser->text);
    node->spelling_length = (uint16_t)parser->token.length;
}

enum number_form { NUMBER_FITS, NUMBER_TOO_LARGE, NUMBER_MALFORMED };

static enum number_form read_number(const struct token *token, uint32_t *number) {
    bool is_hexadecimal = token->length > 2 && token->start[0] == '0' && token->start[1] == 'x';
    unsigned base = is_hexadecimal ? 16 : 10;
    uint64_t value = 0;
    for (size_t i = is_hexadecimal ? 2 : 0; i < token->length; i++) {
        char byte = token->start[i];
        unsigned digit = 16;
        if (byte >= '0' && byte <= '9')
            digit = (unsigned)(byte - '0');
        else if (byte >= 'a' && byte <= 'f')
            digit = (unsigned)(byte - 'a') + 10;
        else if (byte >= 'A' && byte <= 'F')
            digit = (unsigned)(byte - 'A') + 10;
        if (digit >= base)
            return NUMBER_MALFORMED;
        value = value * base + digit;
        if (value > UINT32_MAX)
            value = (uint64_t)UINT32_MAX + 1; /* stays too large and never overflows; what follows may still be malformed */
    }
    *number = (uint32_t)value;
    return value > UINT32_MAX ? NUMBER_TOO_LARGE : NUMBER_FITS;
}

static bool parse_number(struct parser *parser, struct scenario_node *node, enum scenario_argument argument) {
    const char *word = scenario_operation_facts(node->operation)->word;
    struct mistake_found found = mistake_found(&parser->token);
    if (parser->token.kind != TOKEN_NUMBER)
        return parser_refuse(parser, "found %s, expected a number after `%s`", found.text, word);
    enum number_form form = read_number(&parser->token, &node->number);
    if (form == NUMBER_MALFORMED)
        return parser_refuse(parser, "%s is no number, expected decimal digits, or 0x and hexadecimal digits", found.text);
    struct scenario_range range = scenario_number_range(argument);
    if (form == NUMBER_TOO_LARGE || node->number < range.smallest || node->number > range.largest)
        return parser_refuse(parser, "%s is out of range, expected %u to %u after `%s`", found.text, (unsigned)range.smallest,
                             (unsigned)range.largest, word);
    if (parser->token.length > NUMBER_BYTES_MAX)
        return parser_refuse(parser, "%s is too long, expected at most %d digits", found.text, NUMBER_BYTES_MAX);
    spell(parser, node);
    return parser_advance(parser);
}

static bool refuse_kind(const struct parser *parser, const char *after, enum scenario_argument argument) {
    const struct token *token = &parser->token;
    const char *noun = scenario_kind_noun(argument);
    struct scenario_words words = scenario_kind_words(argument);
    struct mistake_found found = mistake_found(token);
    struct writer message = parser_mistake(parser);
    const char *meant = NULL;
    if (token->kind == TOKEN_WORD) {
        writer_format(&message, "unknown %s %s after `%s`, ", noun, found.text, after);
        meant = mistake_nearest(words, token->start, token->length);
    } else {
        writer_format(&message, "found %s after `%s`, ", found.text, after);
    }
    if (meant != NULL) {
        writer_format(&message, "did you mean `%s`?", meant);
    } else {
        writer_format(&message, "expected a %s:", noun);
        mistake_list_words(&message, words);
    }
    return false;
}

/* The frame kind, fault kind, carrier or calling convention. */
static bool parse_kind(struct parser *parser, struct scenario_node *node, enum scenario_argument argument) {
    struct scenario_words words = scenario_kind_words(argument);
    unsigned kind = words.count;
    if (parser->token.kind == TOKEN_WORD)
        kind = scenario_words_find(words, parser->token.start, parser->token.length);
    if (kind == words.count)
        return refuse_kind(parser, scenario_operation_facts(node->operation)->word, argument);
    node->kind = (uint8_t)kind;
    return parser_advance(parser);
}

/* `refault` may say with which fault; nil-read where it does not. */
static bool parse_refault(struct parser *parser, struct scenario_node *node) {
    const struct token *token = &parser->token;
    struct scenario_words words = scenario_kind_words(SCENARIO_ARGUMENT_FAULT_KIND);
    if (node->kind != SCENARIO_FRAME_REFAULT || token->kind != TOKEN_WORD)
        return true;
    unsigned fault = scenario_words_find(words, token->start, token->length);
    if (fault == words.count)
        return refuse_kind(parser, scenario_frame_kind_word(SCENARIO_FRAME_REFAULT), SCENARIO_ARGUMENT_FAULT_KIND);
    node->number = fault;
    spell(parser, node);
    return parser_advance(parser);
}

static bool is_symbol_of_file(const char *string, size_t length) {
    const char *end = string + length;
    const char *mark = memchr(string, '!', length);
    return mark != NULL && mark > string && mark + 1 < end && memchr(mark + 1, '!', (size_t)(end - mark - 1)) == NULL;
}

static bool parse_symbol(struct parser *parser, struct scenario_node *node) {
    const struct token *token = &parser->token;
    if (token->kind != TOKEN_STRING)
        return parser_refuse(parser, "found %s, expected a string \"FILE!SYMBOL\" after `dll`", mistake_found(token).text);
    if (token->length > STRING_BYTES_MAX)
        return parser_refuse(parser, "the string is too long, expected at most %d characters", STRING_BYTES_MAX);
    if (!is_symbol_of_file(token->start, token->length))
        return parser_refuse(parser, "the string %s is no symbol of a file, expected \"FILE!SYMBOL\" with one `!`",
                             mistake_quote(token->start, token->length).text);
    spell(parser, node);
    return parser_advance(parser);
}

/* The word is optional: what else stands there is the next operation, or somebody's attempt at it. */
static bool parse_noncontinuable(struct parser *parser, struct scenario_node *node) {
    static const char *const words[] = {"noncontinuable"};
    static const struct scenario_words only_word = {words, 1};
    const struct token *token = &parser->token;
    if (token->kind != TOKEN_WORD || mistake_nearest(only_word, token->start, token->length) == NULL)
        return true;
    if (scenario_words_find(only_word, token->start, token->length) == only_word.count)
        return parser_refuse(parser, "unknown word %s after `raise`, did you mean `%s`?", mistake_found(token).text, words[0]);
    node->noncontinuable = true;
    return parser_advance(parser);
}

bool parser_argument(struct parser *parser, struct scenario_node *node) {
    enum scenario_argument argument = scenario_operation_argument(node->operation);
    switch (argument) {
    case SCENARIO_ARGUMENT_VALUE_OPTIONAL:
        node->number = 1;
        return parser->token.kind != TOKEN_NUMBER || parse_number(parser, node, argument);
    case SCENARIO_ARGUMENT_NUMBER:
    case SCENARIO_ARGUMENT_COUNT:
        return parse_number(parser, node, argument);
    case SCENARIO_ARGUMENT_FRAME_KIND:
        return parse_kind(parser, node, argument) && parse_refault(parser, node);
    case SCENARIO_ARGUMENT_FAULT_KIND:
    case SCENARIO_ARGUMENT_CARRIER:
        return parse_kind(parser, node, argument);
    case SCENARIO_ARGUMENT_ARGUMENTS:
        return parse_kind(parser, node, argument) && parse_number(parser, node, argument);
    case SCENARIO_ARGUMENT_CODE:
        return parse_number(parser, node, argument) && parse_noncontinuable(parser, node);
    case SCENARIO_ARGUMENT_SYMBOL:
        return parse_symbol(parser, node);
    case SCENARIO_ARGUMENT_NONE:
        break;
    }
    return true;
}
