/* The trace as it grows, and `repeat`, which folds equal rounds. */
#include <stdlib.h>
#include <string.h>

#include "../trace/journal.h"
#include "machine.h"

enum { ONLY_TASK = 1 }; /* no operation that is built starts another */

/* Doubles the room. The array stays with the prediction, so a prediction that is used again seldom comes here. */
static bool make_room(struct model_prediction *prediction) {
    if (prediction->count >= JOURNAL_EVENTS_MAX) {
        prediction->state = MODEL_TOO_LONG;
        return false;
    }
    size_t capacity = prediction->capacity == 0 ? 256 : prediction->capacity * 2;
    struct trace_event *events = realloc(prediction->events, capacity * sizeof *events);
    if (events == NULL) {
        prediction->state = MODEL_OUT_OF_MEMORY;
        return false;
    }
    prediction->events = events;
    prediction->capacity = capacity;
    return true;
}

static struct trace_event *next_event(struct machine *machine) {
    struct model_prediction *prediction = machine->prediction;
    if (prediction->count == prediction->capacity && !make_room(prediction))
        return &machine->lost;
    return &prediction->events[prediction->count++];
}

struct trace_event *write_event(struct machine *machine, enum trace_kind kind, unsigned operation) {
    struct trace_event *event = next_event(machine);
    const struct chain_record *head = &machine->chain.records[machine->chain.head];
    *event = (struct trace_event){
        .kind = (uint8_t)kind,
        .task = ONLY_TASK,
        .operation = (uint16_t)operation,
        .depth = machine->depth,
        .locks = machine->locks,
        .chain_length = head->length,
        .chain = {head->symbols[0], head->symbols[1]},
    };
    return event;
}

void write_last_event(struct machine *machine, enum trace_kind kind, unsigned operation, uint8_t reason, uint32_t value, bool is_status) {
    *next_event(machine) = (struct trace_event){
        .kind = (uint8_t)kind,
        .task = ONLY_TASK,
        .reason = reason,
        .is_status = is_status,
        .operation = (uint16_t)operation,
        .value = value,
    };
}

enum way_out write_bugcheck(struct machine *machine, unsigned operation, uint32_t code) {
    write_last_event(machine, TRACE_STOP, operation, TRACE_FOUND_BY_RUNTIME, code, false);
    return WAY_OUT_ENDED;
}

enum way_out write_crash(struct machine *machine, enum trace_place place, uint32_t status) {
    write_last_event(machine, TRACE_CRASH, 0, (uint8_t)place, status, true);
    return WAY_OUT_ENDED;
}

static bool rounds_equal(const struct model_prediction *prediction, size_t last, size_t present) {
    size_t length = prediction->count - present;
    return length == present - last && memcmp(prediction->events + last, prediction->events + present, length * sizeof *prediction->events) == 0;
}

/* Four thousand million rounds are predicted in no time: the machine knows nothing but its state, so a round that ends in the state in which it began
 * is what all the others are. All that a round can leave changed is the chain, by records left behind or overwritten. Where it does, rounds are
 * interpreted one by one; each writes more than the one before, so that the trace gets too long, or two are equal, and then the chain has come to rest as well. */
enum way_out run_repeat(struct machine *machine, unsigned operation) {
    const struct scenario_node *node = &machine->nodes[operation];
    struct model_prediction *prediction = machine->prediction;
    write_event(machine, TRACE_ENTER, operation);
    size_t last = 0;
    uint32_t same = 0; /* further rounds that equal the last one written */
    for (uint32_t round = 1;; round++) {
        size_t present = prediction->count;
        uint32_t head = machine->chain.head;
        uint32_t overwritten_count = machine->chain.records[head].overwritten_count;
        enum way_out way_out = run_block(machine, node->block[0]);
        if (way_out != WAY_OUT_NORMAL)
            return way_out;
        if (round > 1 && rounds_equal(prediction, last, present)) {
            prediction->count = present;
            same = node->number - (round - 1);
            break;
        }
        same = node->number - round;
        if (same == 0 || (machine->chain.head == head && machine->chain.records[head].overwritten_count == overwritten_count))
            break;
        last = present;
    }
    if (same > 0)
        write_event(machine, TRACE_SAME, operation)->value = same;
    write_event(machine, TRACE_LEAVE, operation);
    return WAY_OUT_NORMAL;
}
