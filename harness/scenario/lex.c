#include "lex.h"

#include "mistake.h"

struct lexer lexer_begin(const char *text, size_t length) {
    const char *start = length > 0 ? text : ""; /* an empty text may be NULL, which C does no arithmetic with */
    return (struct lexer){start, start + length, start, 1};
}

/* The C library's own classes depend on the locale; the language is ASCII. */
static bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

static bool is_word_byte(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || is_digit(byte) || byte == '-' || byte == '_';
}

static bool is_printable(char byte) {
    return byte >= 0x20 && byte < 0x7f;
}

static unsigned column_of(const struct lexer *lexer, const char *place) {
    return (unsigned)(place - lexer->line_start) + 1;
}

/* A byte that may stand nowhere, or not here. */
static bool refuse_byte(const struct lexer *lexer, struct scenario_error *error) {
    char byte = *lexer->place;
    struct writer message = mistake_at(error, lexer->line, column_of(lexer, lexer->place));
    if (is_printable(byte))
        writer_format(&message, "`%c` has no meaning here, expected words, numbers, `{`, `}` or a # comment", byte);
    else if ((unsigned char)byte >= 0x80)
        writer_format(&message, "the byte 0x%02x is not ASCII, expected ASCII text", (unsigned char)byte);
    else
        writer_format(&message, "the byte 0x%02x is a control character, expected ASCII text", (unsigned char)byte);
    return false;
}

static void skip_white_space(struct lexer *lexer) {
    for (; lexer->place < lexer->end; lexer->place++) {
        char byte = *lexer->place;
        if (byte == '\n') {
            lexer->line++;
            lexer->line_start = lexer->place + 1;
        } else if (byte != ' ' && byte != '\t' && byte != '\r') {
            break;
        }
    }
}

static bool read_comment(struct lexer *lexer, struct scenario_error *error) {
    for (; lexer->place < lexer->end && *lexer->place != '\n'; lexer->place++) {
        if (!is_printable(*lexer->place) && *lexer->place != '\t' && *lexer->place != '\r')
            return refuse_byte(lexer, error);
    }
    return true;
}

static bool read_string(struct lexer *lexer, struct token *token, struct scenario_error *error) {
    token->start = ++lexer->place;
    while (lexer->place < lexer->end && *lexer->place != '"' && *lexer->place != '\n' && *lexer->place != '\r') {
        if (!is_printable(*lexer->place))
            return refuse_byte(lexer, error);
        lexer->place++;
    }
    if (lexer->place == lexer->end || *lexer->place != '"') {
        struct writer message = mistake_at(error, token->line, token->column);
        writer_text(&message, "the string is not closed, expected `\"` before the end of the line");
        return false;
    }
    token->length = (size_t)(lexer->place - token->start);
    lexer->place++;
    return true;
}

bool lexer_next(struct lexer *lexer, struct token *token, struct scenario_error *error) {
    skip_white_space(lexer);
    token->start = lexer->place;
    token->line = lexer->line;
    token->column = column_of(lexer, lexer->place);
    if (lexer->place == lexer->end) {
        token->kind = TOKEN_END;
    } else if (*lexer->place == '{' || *lexer->place == '}') {
        token->kind = *lexer->place == '{' ? TOKEN_OPEN : TOKEN_CLOSE;
        lexer->place++;
    } else if (*lexer->place == '#') {
        token->kind = TOKEN_COMMENT;
        if (!read_comment(lexer, error))
            return false;
    } else if (*lexer->place == '"') {
        token->kind = TOKEN_STRING;
        return read_string(lexer, token, error);
    } else if (is_word_byte(*lexer->place)) {
        do
            lexer->place++;
        while (lexer->place < lexer->end && is_word_byte(*lexer->place));
        bool is_signed = *token->start == '-' && lexer->place - token->start > 1;
        token->kind = is_digit(token->start[is_signed]) ? TOKEN_NUMBER : TOKEN_WORD;
    } else {
        return refuse_byte(lexer, error);
    }
    token->length = (size_t)(lexer->place - token->start);
    return true;
}
