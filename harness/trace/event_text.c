/* One event, one line, in the columns that docs/TRACE.md draws. */
#include "scenario/writer.h"

#include "event.h"

/* Where the columns begin. A text that outgrows its column pushes the rest of its line, by as much as it must. */
enum { COLUMN_NUMBER = 13, COLUMN_WORDS = 16, COLUMN_VALUE = 34, COLUMN_STATE = 43, NUMBER_DIGITS = 2 };

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

static const char *const kind_words[] = {
    [TRACE_NONE] = "none",
    [TRACE_ENTER] = "enter",
    [TRACE_LEAVE] = "leave",
    [TRACE_DONE] = "done",
    [TRACE_PANIC] = "panic",
    [TRACE_GOEXIT] = "goexit",
    [TRACE_FAULT] = "fault",
    [TRACE_RAISE] = "raise",
    [TRACE_RECOVERED] = "recovered",
    [TRACE_DEFERRED] = "deferred",
    [TRACE_FILTER] = "filter",
    [TRACE_UNWIND] = "unwind",
    [TRACE_CAUGHT] = "caught",
    [TRACE_SAME] = "same",
    [TRACE_END] = "end",
    [TRACE_CRASH] = "crash",
    [TRACE_STOP] = "stop",
    [TRACE_JUMP] = "jump",
    [TRACE_FINALLY] = "finally",
    [TRACE_GO] = "go",
    [TRACE_WAITS] = "waits",
    [TRACE_SEGMENT] = "segment",
};
_Static_assert(COUNT_OF(kind_words) == TRACE_KIND_COUNT, "every kind of event has a word");

static const char *const whys[] = {"normal", "panic", "goexit", "unwind"};
static const char *const answers[] = {"searches", "catches", "continues", "faults"};
static const char *const endings[] = {"ok", "panic", "goexit"};
static const char *const places[] = {"managed", "foreign", "runtime", "nowhere"};
static const char *const finders[] = {"runtime", "rules"};
static const char *const sides[] = {"managed", "foreign"};

/* The words of a number that a journal gave, which may hold anything. */
static const char *word_of(const char *const *words, size_t count, unsigned number) {
    return number < count ? words[number] : "?";
}
#define WORD_OF(words, number) word_of(words, COUNT_OF(words), number)

const char *trace_kind_word(enum trace_kind kind) { return WORD_OF(kind_words, kind); }

const char *trace_reason_word(enum trace_kind kind, unsigned reason) {
#define WORD_IF_ANY(words) (reason < COUNT_OF(words) ? (words)[reason] : NULL)
    switch (kind) {
    case TRACE_DEFERRED: return WORD_IF_ANY(whys);
    case TRACE_FILTER: return WORD_IF_ANY(answers);
    case TRACE_SEGMENT: return WORD_IF_ANY(sides);
    case TRACE_END: return WORD_IF_ANY(endings);
    case TRACE_CRASH: return WORD_IF_ANY(places);
    case TRACE_STOP: return WORD_IF_ANY(finders);
    default: return NULL;
    }
#undef WORD_IF_ANY
}

static void print_number(struct writer *writer, unsigned number, unsigned digits_min) {
    unsigned digits = 1;
    for (unsigned rest = number / 10; rest > 0; rest /= 10)
        digits++;
    for (; digits < digits_min; digits++)
        writer_text(writer, " ");
    writer_decimal(writer, number);
}

static void print_value(struct writer *writer, const struct trace_event *event) {
    if (event->is_status)
        writer_status(writer, event->value);
    else
        writer_decimal(writer, event->value);
}

/* Value and reason, as far as the kind has them. */
static void print_details(struct writer *writer, const struct trace_event *event) {
    switch (event->kind) {
    case TRACE_PANIC:
    case TRACE_RECOVERED:
        print_value(writer, event);
        break;
    case TRACE_RAISE: /* g++'s exceptions have no code, and a __finally block and a destructor do not know it */
    case TRACE_CAUGHT:
    case TRACE_UNWIND:
        if (event->is_status)
            writer_status(writer, event->value);
        break;
    case TRACE_SAME:
        writer_decimal(writer, event->value);
        break;
    case TRACE_DEFERRED:
        writer_text(writer, WORD_OF(whys, event->reason));
        break;
    case TRACE_GO:
        writer_text(writer, "g");
        writer_decimal(writer, event->value);
        break;
    case TRACE_SEGMENT:
        writer_text(writer, WORD_OF(sides, event->reason));
        writer_text(writer, " ");
        writer_decimal(writer, event->value);
        break;
    case TRACE_FILTER:
        writer_status(writer, event->value);
        writer_text(writer, " ");
        writer_text(writer, WORD_OF(answers, event->reason));
        break;
    case TRACE_END:
        writer_text(writer, WORD_OF(endings, event->reason));
        if (event->reason == TRACE_ENDED_PANIC) {
            writer_text(writer, " ");
            print_value(writer, event);
        }
        break;
    case TRACE_CRASH:
        if (event->is_status)
            writer_status(writer, event->value);
        else
            writer_text(writer, "terminate");
        writer_text(writer, " ");
        writer_text(writer, WORD_OF(places, event->reason));
        break;
    case TRACE_STOP:
        writer_code(writer, event->value);
        writer_text(writer, " ");
        writer_text(writer, WORD_OF(finders, event->reason));
        break;
    default:
        break;
    }
}

static enum trace_symbol symbol_at(const struct trace_event *event, unsigned place) {
    return (enum trace_symbol)(event->chain[place / 32] >> (2 * (place % 32)) & 3);
}

/* Head first. A record's number counts those of its kind from the base, which is the far end; when there are more records than an event
 * has symbols for, the far end is not there to count from, so the letters stand alone and `...` says that more follow. */
static void print_chain(struct writer *writer, const struct trace_event *event) {
    bool is_whole = event->chain_length <= TRACE_SYMBOLS_MAX;
    unsigned shown = is_whole ? event->chain_length : TRACE_SYMBOLS_MAX;
    unsigned number_of[4] = {0};
    for (unsigned place = 0; place < shown; place++)
        number_of[symbol_at(event, place)]++;
    for (unsigned place = 0; place < shown; place++) {
        enum trace_symbol symbol = symbol_at(event, place);
        bool is_numbered = symbol == TRACE_SYMBOL_CALLBACK || symbol == TRACE_SYMBOL_FOREIGN;
        writer_text(writer, " ");
        writer_bytes(writer, &"TCF?"[symbol], 1);
        if (is_numbered && is_whole)
            writer_decimal(writer, number_of[symbol]--);
    }
    if (!is_whole)
        writer_text(writer, " ...");
}

/* t1, g2; of threads that C made in the strand of g2: g2.3, g2.0. */
static void print_task(struct writer *writer, const struct trace_event *event) {
    writer_text(writer, event->strand == 0 ? "t" : "g");
    writer_decimal(writer, event->strand == 0 ? event->task : event->strand);
    if (event->strand != 0 && event->task != 1) {
        writer_text(writer, ".");
        writer_decimal(writer, event->task);
    }
}

static void print_state(struct writer *writer, const struct trace_event *event) {
    writer_text(writer, "depth ");
    writer_decimal(writer, event->depth);
    writer_text(writer, " locks ");
    writer_decimal(writer, event->locks);
    writer_text(writer, " |");
    print_chain(writer, event);
}

size_t trace_event_print(const struct trace_event *event, const struct scenario_program *program, char *buffer, size_t size) {
    struct writer writer = writer_begin(buffer, size);
    print_task(&writer, event);
    writer_text(&writer, " ");
    writer_text(&writer, WORD_OF(kind_words, event->kind));
    writer_column(&writer, COLUMN_NUMBER);
    print_number(&writer, event->operation, NUMBER_DIGITS);

    /* Blanks only before what follows them: no line ends in one. */
    char details_text[64];
    struct writer details = writer_begin(details_text, sizeof details_text);
    print_details(&details, event);
    bool has_state = trace_kind_has_state(event->kind);
    if (event->operation != 0 && event->operation < program->count) {
        writer_column(&writer, COLUMN_WORDS);
        size_t room = writer.length < size ? size - writer.length : 0;
        writer.length += scenario_print_operation(program, event->operation, room > 0 ? buffer + writer.length : NULL, room);
    }
    if (details.length > 0) {
        writer_column(&writer, COLUMN_VALUE);
        writer_text(&writer, details_text);
    }
    if (has_state) {
        writer_column(&writer, COLUMN_STATE);
        print_state(&writer, event);
    }
    return writer.length;
}
