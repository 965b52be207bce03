/* A repeat is its block, written down so often: the trace of the text without repeats, against the trace with them, its folded rounds spread out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/model.h"
#include "random_texts.h"
#include "test.h"

enum { TEXTS = 30000, UNROLLED_BYTES = 1 << 18, OPEN_MAX = 512 };

struct unrolled {
    char text[UNROLLED_BYTES];
    size_t length;
    unsigned original[SCENARIO_OPERATIONS_MAX + 1]; /* by the number in the unrolled text, its number in the first one */
    unsigned count;
};

static void put(struct unrolled *unrolled, const char *words) {
    size_t length = strlen(words);
    assert_true(unrolled->length + length < UNROLLED_BYTES);
    memcpy(unrolled->text + unrolled->length, words, length + 1);
    unrolled->length += length;
}

/* False: more operations than a text may have. */
static bool unroll(const struct scenario_program *program, unsigned first, struct unrolled *unrolled) {
    for (unsigned number = first; number != 0; number = program->nodes[number].next) {
        const struct scenario_node *node = &program->nodes[number];
        if (node->operation == SCENARIO_REPEAT) {
            for (uint32_t round = 0; round < node->number; round++)
                if (!unroll(program, node->block[0], unrolled))
                    return false;
            continue;
        }
        if (unrolled->count == SCENARIO_OPERATIONS_MAX)
            return false;
        unrolled->original[++unrolled->count] = number;
        char words[64];
        scenario_print_operation(program, number, words, sizeof words);
        put(unrolled, words);
        for (unsigned block = 0; block < scenario_blocks_count(node->operation); block++) {
            put(unrolled, " {");
            if (node->block[block] != 0)
                put(unrolled, " ");
            if (!unroll(program, node->block[block], unrolled))
                return false;
            put(unrolled, " }");
        }
        put(unrolled, " ");
    }
    return true;
}

struct trace {
    struct trace_event *events;
    size_t count, capacity;
};

static void append(struct trace *trace, struct trace_event event) {
    if (trace->count == trace->capacity) {
        trace->capacity = trace->capacity * 2 + 64;
        trace->events = realloc(trace->events, trace->capacity * sizeof *trace->events);
        assert_non_null(trace->events);
    }
    trace->events[trace->count++] = event;
}

/* Whether it is the first that an operation writes. */
static bool begins(const struct trace_event *event, const struct scenario_program *program) {
    unsigned operation = program->nodes[event->operation].operation;
    switch (event->kind) {
    case TRACE_ENTER:
    case TRACE_PANIC:
    case TRACE_GOEXIT:
    case TRACE_FAULT:
    case TRACE_RAISE: return true;
    case TRACE_DONE: return operation == SCENARIO_CHECK || operation == SCENARIO_CLOBBER;
    default: return false;
    }
}

/* Writes the rounds out that `same` counts, and leaves out what the repeats themselves write. */
static void spread(const struct scenario_program *program, const struct model_prediction *prediction, struct trace *trace) {
    struct { unsigned operation; size_t round; } open[OPEN_MAX];
    unsigned count = 0;
    trace->count = 0;
    for (size_t place = 0; place < prediction->count; place++) {
        const struct trace_event *event = &prediction->events[place];
        const struct scenario_node *node = &program->nodes[event->operation];
        bool runs_on_top = event->kind == TRACE_DEFERRED && event->reason == TRACE_WHY_UNWIND;
        if (count > 0 && begins(event, program) && program->nodes[open[count - 1].operation].operation == SCENARIO_REPEAT &&
            program->nodes[open[count - 1].operation].block[0] == event->operation)
            open[count - 1].round = trace->count;
        if (event->kind == TRACE_ENTER || runs_on_top) {
            assert_true(count < OPEN_MAX);
            open[count].operation = event->operation;
            open[count++].round = trace->count;
        } else if (event->kind == TRACE_LEAVE || event->kind == TRACE_RECOVERED || event->kind == TRACE_CAUGHT || event->kind == TRACE_DEFERRED) {
            while (open[count - 1].operation != event->operation)
                count--;
            count -= event->kind != TRACE_DEFERRED;
        } else if (event->kind == TRACE_SAME) {
            assert_int_equal(open[count - 1].operation, event->operation);
            size_t round = open[count - 1].round, length = trace->count - round;
            for (size_t copy = 0; copy < event->value * length; copy++)
                append(trace, trace->events[round + copy % length]);
        }
        if (node->operation != SCENARIO_REPEAT || event->kind == TRACE_STOP)
            append(trace, *event);
    }
}

static void compare(const char *text, const struct trace *spread_trace, const struct model_prediction *unrolled, const struct unrolled *map) {
    size_t shorter = spread_trace->count < unrolled->count ? spread_trace->count : unrolled->count;
    for (size_t place = 0; place < shorter; place++) {
        struct trace_event event = unrolled->events[place];
        event.operation = (uint16_t)map->original[event.operation];
        if (memcmp(&event, &spread_trace->events[place], sizeof event) != 0)
            fail_msg("%s\n  and unrolled\n%s\n  differ at event %u of the unrolled one", text, map->text, (unsigned)place + 1);
    }
    if (spread_trace->count != unrolled->count)
        fail_msg("%s\n  and unrolled\n%s\n  have %u and %u events", text, map->text, (unsigned)spread_trace->count, (unsigned)unrolled->count);
}

static void repeats_are_their_blocks(void **state) {
    (void)state;
    struct random random = {4};
    struct random_taste taste = {.operations_max = 12, .leaks = true, .rounds_max = 4};
    static struct unrolled unrolled;
    char text[RANDOM_TEXT_BYTES];
    struct model_prediction with = {0}, without = {0};
    struct trace trace = {0};
    unsigned compared = 0, folded = 0;
    for (unsigned number = 0; number < TEXTS; number++) {
        random_text(&random, &taste, text);
        if (strstr(text, "repeat") == NULL)
            continue;
        struct scenario_program program = parse_right(text);
        unrolled.length = unrolled.count = 0;
        if (unroll(&program, program.nodes[0].block[0], &unrolled) && unrolled.count > 0) {
            struct scenario_program longer = parse_right(unrolled.text);
            model_predict(&program, NULL, &with);
            model_predict(&longer, NULL, &without);
            if (with.state == MODEL_PREDICTED && without.state == MODEL_PREDICTED) {
                spread(&program, &with, &trace);
                compare(text, &trace, &without, &unrolled);
                compared++;
                folded += trace.count > with.count;
            }
            scenario_program_free(&longer);
        }
        scenario_program_free(&program);
    }
    assert_in_range(compared, TEXTS / 10, TEXTS);
    assert_in_range(folded, TEXTS / 100, TEXTS);
    model_prediction_free(&with);
    model_prediction_free(&without);
    free(trace.events);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(repeats_are_their_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
