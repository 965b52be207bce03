/* Text -> tokens. Looks at every byte once and never past the end; comments are tokens too, for those who read them. Portable C. */
#ifndef EXCHAIN_SCENARIO_LEX_H
#define EXCHAIN_SCENARIO_LEX_H

#include "program.h"

enum token_kind {
    TOKEN_END,     /* behind the last byte */
    TOKEN_WORD,    /* letters, digits, hyphens; which words there are is the parser's business */
    TOKEN_NUMBER,  /* as a word, beginning with a digit (or a sign and a digit): whether it is a number is the parser's business */
    TOKEN_STRING,  /* start and length without the quotes */
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_COMMENT  /* from its # up to the end of the line, exclusive */
};

struct token {
    enum token_kind kind;
    const char *start;
    size_t length;
    unsigned line, column; /* from 1, in bytes */
};

struct lexer {
    const char *place, *end;
    const char *line_start;
    unsigned line;
};

struct lexer lexer_begin(const char *text, size_t length);
/* The next token; false and *error when the bytes make none. */
bool lexer_next(struct lexer *lexer, struct token *token, struct scenario_error *error);

#endif
