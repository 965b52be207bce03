/* Tokens -> program, in one pass without recursion: the blocks that are open stand on a small stack of their own. Stops at the first mistake. */
#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "mistake.h"
#include "parser.h"

enum { NODES_AT_FIRST = 16 };

struct writer parser_mistake(const struct parser *parser) {
    return mistake_at(parser->error, parser->token.line, parser->token.column);
}

bool parser_refuse(const struct parser *parser, const char *format, ...) {
    struct writer message = parser_mistake(parser);
    va_list arguments;
    va_start(arguments, format);
    writer_format_list(&message, format, arguments);
    va_end(arguments);
    return false;
}

bool parser_advance(struct parser *parser) {
    do {
        if (!lexer_next(&parser->lexer, &parser->token, parser->error))
            return false;
    } while (parser->token.kind == TOKEN_COMMENT);
    return true;
}

static bool out_of_memory(const struct parser *parser) {
    struct writer message = mistake_at(parser->error, 0, 0);
    writer_text(&message, "out of memory");
    return false;
}

static bool grow(struct parser *parser) {
    size_t capacity = parser->capacity == 0 ? NODES_AT_FIRST : 2 * parser->capacity;
    struct scenario_node *nodes = realloc(parser->program->nodes, capacity * sizeof *nodes);
    if (nodes == NULL)
        return out_of_memory(parser);
    parser->program->nodes = nodes;
    parser->capacity = capacity;
    return true;
}

/* Appends a node to the innermost open block. Its word is the current token. */
static bool add_node(struct parser *parser, enum scenario_operation operation) {
    struct scenario_program *program = parser->program;
    struct open_block *block = &parser->open[parser->depth];
    if (program->count > SCENARIO_OPERATIONS_MAX) /* node 0 counts, but is no operation */
        return parser_refuse(parser, "one operation too many, expected at most %d in a text", SCENARIO_OPERATIONS_MAX);
    if (program->count == parser->capacity && !grow(parser))
        return false;
    uint16_t node = (uint16_t)program->count++;
    program->nodes[node] = (struct scenario_node){
        .operation = (uint8_t)operation, .side = block->side, .parent = block->node,
        .line = parser->token.line, .column = parser->token.column,
    };
    if (block->last == 0)
        program->nodes[block->node].block[block->index] = node;
    else
        program->nodes[block->last].next = node;
    block->last = node;
    return true;
}

/* The opening brace of block `index` of `number`. */
static bool open_block(struct parser *parser, uint16_t number, unsigned index) {
    const struct scenario_node *node = &parser->program->nodes[number];
    if (parser->token.kind != TOKEN_OPEN)
        return parser_refuse(parser, "found %s, expected `{` %s `%s`", mistake_found(&parser->token).text,
                             index == 0 ? "after" : "and a second block of", scenario_operation_facts(node->operation)->word);
    if (parser->depth == SCENARIO_NESTING_MAX)
        return parser_refuse(parser, "one nested block too many, expected at most %d inside each other", SCENARIO_NESTING_MAX);
    parser->open[++parser->depth] = (struct open_block){
        .node = number, .index = (uint8_t)index, .side = (uint8_t)scenario_block_side(node, index),
        .line = parser->token.line, .column = parser->token.column,
    };
    return parser_advance(parser);
}

/* What may stand where an operation may. */
static const char *expected_here(const struct parser *parser) {
    return parser->depth > 0 ? "expected an operation or `}`" : "expected an operation or the end of the text";
}

static bool close_block(struct parser *parser) {
    if (parser->depth == 0)
        return parser_refuse(parser, "`}` closes nothing, %s", expected_here(parser));
    struct open_block closed = parser->open[parser->depth--];
    if (!parser_advance(parser))
        return false;
    unsigned next_index = closed.index + 1u;
    bool has_more = next_index < scenario_blocks_count(parser->program->nodes[closed.node].operation);
    return !has_more || open_block(parser, closed.node, next_index);
}

static bool refuse_word(const struct parser *parser) {
    const struct token *token = &parser->token;
    struct mistake_found found = mistake_found(token);
    const char *meant = mistake_nearest(scenario_operation_words(), token->start, token->length);
    if (meant != NULL)
        return parser_refuse(parser, "unknown operation %s, did you mean `%s`?", found.text, meant);
    struct writer message = parser_mistake(parser);
    writer_format(&message, "unknown operation %s, expected one of", found.text);
    mistake_list_operations(&message, parser->open[parser->depth].side);
    return false;
}

static bool refuse_side(const struct parser *parser, enum scenario_operation operation) {
    enum scenario_side side = parser->open[parser->depth].side;
    const char *here = side == SCENARIO_SIDE_MANAGED ? "managed" : "foreign";
    const char *there = side == SCENARIO_SIDE_MANAGED ? "foreign" : "managed";
    struct writer message = parser_mistake(parser);
    writer_format(&message, "`%s` stands in %s code, this block is %s; %s operations are", scenario_operation_facts(operation)->word, there,
                  here, here);
    mistake_list_operations(&message, side);
    return false;
}

static bool parse_operation(struct parser *parser) {
    unsigned operation = scenario_words_find(scenario_operation_words(), parser->token.start, parser->token.length);
    if (operation == SCENARIO_OPERATION_COUNT)
        return refuse_word(parser);
    if (!scenario_may_stand(operation, parser->open[parser->depth].side))
        return refuse_side(parser, operation);
    if (!add_node(parser, operation) || !parser_advance(parser))
        return false;
    uint16_t node = (uint16_t)(parser->program->count - 1);
    if (!parser_argument(parser, &parser->program->nodes[node]))
        return false;
    return scenario_blocks_count(operation) == 0 || open_block(parser, node, 0);
}

/* One step: whatever stands where an operation may. */
static bool parse_here(struct parser *parser) {
    switch (parser->token.kind) {
    case TOKEN_WORD:
        return parse_operation(parser);
    case TOKEN_CLOSE:
        return close_block(parser);
    case TOKEN_OPEN:
        return parser_refuse(parser, "`{` opens no operation's block, %s", expected_here(parser));
    case TOKEN_NUMBER:
        return parser_refuse(parser, "%s follows nothing that takes a number, %s", mistake_found(&parser->token).text, expected_here(parser));
    default:
        return parser_refuse(parser, "a string stands only after `dll`, %s", expected_here(parser));
    }
}

static bool parse_end(const struct parser *parser) {
    const struct open_block *block = &parser->open[parser->depth];
    if (parser->depth > 0)
        return parser_refuse(parser, "the block opened at %u:%u is not closed, expected `}`", block->line, block->column);
    if (parser->program->count == 1)
        return parser_refuse(parser, "the text has no operation, expected at least one");
    return true;
}

static bool parse_whole(struct parser *parser) {
    if (!grow(parser))
        return false;
    parser->program->nodes[0] = (struct scenario_node){.operation = SCENARIO_TEXT, .side = SCENARIO_SIDE_MANAGED};
    parser->program->count = 1;
    if (!parser_advance(parser))
        return false;
    while (parser->token.kind != TOKEN_END) {
        if (!parse_here(parser))
            return false;
    }
    return parse_end(parser);
}

static bool keep_text(const struct parser *parser, size_t length) {
    struct scenario_program *program = parser->program;
    if (length > SCENARIO_TEXT_BYTES_MAX) {
        struct writer message = mistake_at(parser->error, 1, 1);
        writer_format(&message, "the text is too long, expected at most %d bytes", SCENARIO_TEXT_BYTES_MAX);
        return false;
    }
    program->text = malloc(length + 1);
    if (program->text == NULL)
        return out_of_memory(parser);
    if (length > 0)
        memcpy(program->text, parser->text, length);
    program->text[length] = '\0'; /* for people who look at it in a debugger; nothing relies on it */
    program->text_length = length;
    return true;
}

bool scenario_parse(const char *text, size_t length, struct scenario_program *program, struct scenario_error *error) {
    *program = (struct scenario_program){0};
    struct parser parser = {.lexer = lexer_begin(text, length), .text = text, .program = program, .error = error};
    if (keep_text(&parser, length) && parse_whole(&parser))
        return true;
    scenario_program_free(program);
    return false;
}

void scenario_program_free(struct scenario_program *program) {
    free(program->nodes);
    free(program->text);
    *program = (struct scenario_program){0};
}
