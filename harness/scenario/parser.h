/* Between parse.c (operations and blocks) and parse_argument.c (what follows an operation's word). */
#ifndef EXCHAIN_SCENARIO_PARSER_H
#define EXCHAIN_SCENARIO_PARSER_H

#include "lex.h"
#include "writer.h"

/* A block that is open; the text's own is the first and has no braces. */
struct open_block {
    uint16_t node, last; /* whose block it is, and the last operation in it so far */
    uint8_t index;       /* which of the node's blocks */
    uint8_t side;
    unsigned line, column; /* of its brace */
};

struct parser {
    struct lexer lexer;
    struct token token; /* the next one that is not consumed; never a comment */
    const char *text;   /* as given; spellings are counted from here */
    struct scenario_program *program;
    size_t capacity;
    struct open_block open[1 + SCENARIO_NESTING_MAX];
    unsigned depth; /* open[depth] is the innermost block */
    struct scenario_error *error;
};

/* On to the next token. False: the bytes make none, and the error says so. */
bool parser_advance(struct parser *parser);
/* A mistake at the current token; what is written into the answer becomes its message. */
struct writer parser_mistake(const struct parser *parser);
/* The same with its whole message. Always false, for `return`. */
bool parser_refuse(const struct parser *parser, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* What follows the word of `node`'s operation; the current token is the first behind the word. */
bool parser_argument(struct parser *parser, struct scenario_node *node);

#endif
