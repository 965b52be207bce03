/* What the last event of a trace means. The model's predictions and the traces of runs are read by the same words. */
#include <string.h>

#include "../scenario/writer.h"
#include "model.h"

static struct outcome outcome_of_end(const struct trace_event *event) {
    switch ((enum trace_ending)event->reason) {
    case TRACE_ENDED_PANIC: return (struct outcome){.kind = OUTCOME_PANIC, .value = event->value, .is_status = event->is_status};
    case TRACE_ENDED_GOEXIT: return (struct outcome){.kind = OUTCOME_GOEXIT};
    default: return (struct outcome){.kind = OUTCOME_OK};
    }
}

struct outcome outcome_of_trace(const struct trace_event *events, size_t count) {
    const struct trace_event *last = count > 0 ? &events[count - 1] : &(struct trace_event){.kind = TRACE_NONE};
    switch ((enum trace_kind)last->kind) {
    case TRACE_END: return outcome_of_end(last);
    case TRACE_CRASH: return (struct outcome){.kind = OUTCOME_CRASH, .value = last->value, .is_status = last->is_status, .place = last->reason};
    case TRACE_STOP:
        return (struct outcome){.kind = last->reason == TRACE_FOUND_BY_RULES ? OUTCOME_VIOLATION : OUTCOME_BUGCHECK, .value = last->value};
    default: return (struct outcome){.kind = OUTCOME_CRASH_UNKNOWN, .place = TRACE_PLACE_NONE};
    }
}

bool outcomes_equal(const struct outcome *left, const struct outcome *right) {
    return left->kind == right->kind && left->value == right->value && left->is_status == right->is_status && left->place == right->place &&
           strcmp(left->rule, right->rule) == 0;
}

static const char *place_word(uint8_t place) {
    switch ((enum trace_place)place) {
    case TRACE_PLACE_MANAGED: return "managed";
    case TRACE_PLACE_FOREIGN: return "foreign";
    case TRACE_PLACE_RUNTIME: return "runtime";
    default: return "unknown";
    }
}

size_t outcome_print(const struct outcome *outcome, char *buffer, size_t size) {
    struct writer writer = writer_begin(buffer, size);
    switch (outcome->kind) {
    case OUTCOME_OK: writer_text(&writer, "ok"); break;
    case OUTCOME_PANIC:
        writer_text(&writer, "panic ");
        if (outcome->is_status)
            writer_status(&writer, outcome->value);
        else
            writer_decimal(&writer, outcome->value);
        break;
    case OUTCOME_GOEXIT: writer_text(&writer, "goexit"); break;
    case OUTCOME_CRASH:
        writer_text(&writer, "crash ");
        if (outcome->is_status)
            writer_status(&writer, outcome->value);
        else
            writer_text(&writer, "terminate");
        writer_text(&writer, " ");
        writer_text(&writer, place_word(outcome->place));
        break;
    case OUTCOME_CRASH_UNKNOWN: writer_text(&writer, "crash unknown"); break;
    case OUTCOME_VIOLATION:
        writer_text(&writer, "violation ");
        writer_text(&writer, outcome->rule[0] != '\0' ? outcome->rule : "?");
        break;
    case OUTCOME_BUGCHECK:
        writer_text(&writer, "bugcheck ");
        writer_code(&writer, outcome->value);
        break;
    case OUTCOME_HANG: writer_text(&writer, "hang"); break;
    }
    return writer.length;
}
