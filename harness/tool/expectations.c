#include "expectations.h"

#include <string.h>

#include "scenario/lex.h"
#include "scenario/writer.h"

enum {
    LINE_BYTES = 2048,   /* the longest words an operation has (a DLL's path) and 64 symbols fit */
    MISTAKE_BYTES = 4096
};

struct check {
    const struct scenario_program *program;
    const struct model_prediction *prediction;
    expectations_report *report;
    void *context;
    struct expectations_result result;
    unsigned outcome_line; /* where the outcome was stated, 0: not yet */

    /* Where the walk over the text is. */
    unsigned line;
    uint16_t first, last;  /* the operations whose words stand on this line; 0: none so far */
    uint16_t closed;       /* whose block the last } of this line closed; 0: none so far */
    uint16_t current;      /* whose block a { opens */
    uint16_t known;        /* operations met so far */
    uint16_t open[SCENARIO_NESTING_MAX];
    unsigned depth;
};

/* Words of a piece of text, one after another. */
struct words { const char *place, *end; };
struct word { const char *start; size_t length; };

static bool is_blank(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\r';
}

static bool next_word(struct words *words, struct word *word) {
    while (words->place < words->end && is_blank(*words->place))
        words->place++;
    word->start = words->place;
    while (words->place < words->end && !is_blank(*words->place))
        words->place++;
    word->length = (size_t)(words->place - word->start);
    return word->length > 0;
}

static struct words words_of(const char *text) {
    return (struct words){text, text + strlen(text)};
}

static bool same_word(struct word one, struct word other) {
    return one.length == other.length && memcmp(one.start, other.start, one.length) == 0;
}

/* How many of the wanted words stand in `line`, in their order, before one does not. Behind the | stands the chain, which is meant whole. */
static unsigned words_found(struct words wanted, struct words line, bool *all) {
    static const struct word bar = {"|", 1};
    struct word want, have;
    unsigned found = 0;
    bool is_chain = false;
    *all = false;
    while (next_word(&wanted, &want)) {
        do {
            if (!next_word(&line, &have))
                return found;
        } while (!is_chain && !same_word(want, have));
        if (!same_word(want, have))
            return found;
        is_chain = is_chain || same_word(want, bar);
        found++;
    }
    *all = !is_chain || !next_word(&line, &have);
    return found;
}

static void mistake(struct check *check, unsigned line, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void mistake(struct check *check, unsigned line, const char *format, ...) {
    char text[MISTAKE_BYTES];
    struct writer writer = writer_begin(text, sizeof text);
    va_list arguments;
    va_start(arguments, format);
    writer_format_list(&writer, format, arguments);
    va_end(arguments);
    check->result.mistakes++;
    check->report(check->context, line, text);
}

static struct words trimmed(const char *start, const char *end) {
    while (start < end && is_blank(*start))
        start++;
    while (end > start && is_blank(end[-1]))
        end--;
    return (struct words){start, end};
}

/* An item against the events of operations `first` to `last`. */
static void check_events(struct check *check, struct words item, uint16_t first, uint16_t last) {
    char line[LINE_BYTES], nearest[LINE_BYTES] = "";
    unsigned most = 0;
    bool has_events = false;
    for (size_t i = 0; i < check->prediction->count; i++) {
        const struct trace_event *event = &check->prediction->events[i];
        if (event->operation < first || event->operation > last)
            continue;
        trace_event_print(event, check->program, line, sizeof line);
        bool all;
        unsigned found = words_found(item, words_of(line), &all);
        if (all) {
            check->result.held++;
            return;
        }
        if (!has_events || found > most) {
            memcpy(nearest, line, sizeof line);
            most = found;
        }
        has_events = true;
    }
    int length = (int)(item.end - item.place);
    if (has_events)
        mistake(check, check->line, "no event here has the words `%.*s`, the nearest is `%s`", length, item.place, nearest);
    else
        mistake(check, check->line, "`%.*s` never happens: nothing here is reached", length, item.place);
}

static void check_outcome(struct check *check, struct words stated) {
    if (check->outcome_line != 0) {
        mistake(check, check->line, "the outcome is stated a second time, the first is on line %u", check->outcome_line);
        return;
    }
    check->outcome_line = check->line;
    if (check->prediction->state != MODEL_PREDICTED)
        return;
    char outcome[64];
    outcome_print(&check->prediction->outcome, outcome, sizeof outcome);
    struct words predicted = words_of(outcome), wanted = stated;
    struct word want, have;
    bool wants, has, agrees;
    do {
        wants = next_word(&wanted, &want);
        has = next_word(&predicted, &have);
        agrees = wants == has && (!wants || same_word(want, have));
    } while (agrees && wants);
    if (agrees)
        check->result.held++;
    else
        mistake(check, check->line, "the outcome is `%s`, not `%.*s`", outcome, (int)(stated.end - stated.place), stated.place);
}

static void check_item(struct check *check, struct words item) {
    struct words rest = item;
    struct word first_word;
    if (!next_word(&rest, &first_word)) {
        mistake(check, check->line, "an item without words, expected words of an event after `#=` and between semicolons");
    } else if (same_word(first_word, (struct word){"outcome", 7})) {
        check_outcome(check, trimmed(rest.place, rest.end));
    } else if (check->first == 0 && check->closed == 0) {
        mistake(check, check->line, "`%.*s` belongs to nothing: no operation's word and no `}` stands on this line", (int)(item.end - item.place),
                item.place);
    } else if (check->prediction->state == MODEL_PREDICTED) {
        bool has_operations = check->first != 0;
        check_events(check, item, has_operations ? check->first : check->closed, has_operations ? check->last : check->closed);
    }
}

/* A comment, with its #. */
static void read_comment(struct check *check, const struct token *comment) {
    const char *end = comment->start + comment->length;
    bool is_annotation = comment->length >= 2 && comment->start[1] == '=';
    if (!is_annotation)
        return;
    const char *start = comment->start + 2;
    for (;;) {
        const char *semicolon = memchr(start, ';', (size_t)(end - start));
        check_item(check, trimmed(start, semicolon != NULL ? semicolon : end));
        if (semicolon == NULL)
            return;
        start = semicolon + 1;
    }
}

static bool says_why(const struct token *token) {
    bool is_plain_comment = token->kind == TOKEN_COMMENT && !(token->length >= 2 && token->start[1] == '=');
    return is_plain_comment && trimmed(token->start + 1, token->start + token->length).place < token->start + token->length;
}

/* Follows the text as the parser did. The words of operations are those that a node remembers; all others are kinds and numbers. */
static void follow(struct check *check, const struct token *token) {
    if (token->line != check->line) {
        check->line = token->line;
        check->first = check->last = check->closed = 0;
    }
    switch (token->kind) {
    case TOKEN_WORD: {
        const struct scenario_node *next = &check->program->nodes[check->known + 1u];
        bool is_operation = check->known + 1u < check->program->count && next->line == token->line && next->column == token->column;
        if (is_operation) {
            check->current = check->last = ++check->known;
            if (check->first == 0)
                check->first = check->current;
        }
        break;
    }
    case TOKEN_OPEN:
        check->open[check->depth++] = check->current;
        break;
    case TOKEN_CLOSE:
        check->current = check->closed = check->open[--check->depth]; /* a second block of the same operation may follow */
        break;
    case TOKEN_COMMENT:
        read_comment(check, token);
        break;
    default:
        break;
    }
}

struct expectations_result expectations_check(const struct scenario_program *program, const struct model_prediction *prediction,
                                              expectations_report *report, void *context) {
    struct check check = {.program = program, .prediction = prediction, .report = report, .context = context};
    struct lexer lexer = lexer_begin(program->text, program->text_length);
    struct token token;
    struct scenario_error error; /* the text was parsed: there is none */
    bool is_first = true;
    while (lexer_next(&lexer, &token, &error) && token.kind != TOKEN_END) {
        if (is_first && !says_why(&token))
            mistake(&check, token.line, "the case does not say why it exists, expected a # comment before everything else");
        is_first = false;
        follow(&check, &token);
    }
    if (check.outcome_line == 0) {
        char outcome[64] = "WORDS";
        if (prediction->state == MODEL_PREDICTED)
            outcome_print(&prediction->outcome, outcome, sizeof outcome);
        mistake(&check, token.line, "the outcome is not stated, expected `#= outcome %s`", outcome);
    }
    return check.result;
}
