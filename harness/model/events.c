/* The trace as it grows, and `repeat`, which folds equal rounds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"

void give_up(struct model_prediction *prediction, enum model_state state, const char *reason) {
    prediction->state = state;
    snprintf(prediction->reason, sizeof prediction->reason, "%s", reason);
}

/* Doubles the room. The array stays with the prediction, so a prediction that is used again seldom comes here. */
static __attribute__((noinline)) bool make_room(struct model_prediction *prediction) {
    if (prediction->count >= JOURNAL_EVENTS_MAX) {
        give_up(prediction, MODEL_TOO_LONG, "trace too long");
        return false;
    }
    size_t capacity = prediction->capacity == 0 ? 256 : prediction->capacity * 2;
    struct trace_event *events = realloc(prediction->events, capacity * sizeof *events);
    if (events == NULL) {
        give_up(prediction, MODEL_OUT_OF_MEMORY, "no memory for the trace");
        return false;
    }
    prediction->events = events;
    prediction->capacity = capacity;
    return true;
}

static inline struct trace_event *next_event(struct machine *machine) {
    struct model_prediction *prediction = machine->prediction;
    if (__builtin_expect(prediction->count == prediction->capacity, 0) && !make_room(prediction))
        return &machine->lost;
    return &prediction->events[prediction->count++];
}

struct trace_event *write_event(struct machine *machine, enum trace_kind kind, unsigned operation) {
    struct model_prediction *prediction = machine->prediction;
    if (prediction->count < prediction->kept) {
        machine->waits_for = 0;
        return &prediction->events[prediction->count++];
    }
    struct trace_event *event = next_event(machine);
    const struct chain_record *head = &machine->chain.records[machine->chain.head];
    trace_write_words(event, TRACE_WORD_WHAT(kind, machine->task, 0, 0, machine->waits_for), TRACE_WORDS(operation, machine->depth), 0, TRACE_WORDS(machine->locks, head->length),
                      head->symbols);
    machine->waits_for = 0;
    return event;
}

void write_last_event(struct machine *machine, enum trace_kind kind, unsigned operation, uint8_t reason, uint32_t value, bool is_status) {
    *next_event(machine) = (struct trace_event){
        .kind = (uint8_t)kind,
        .task = machine->task,
        .strand = machine->waits_for,
        .reason = reason,
        .is_status = is_status,
        .operation = (uint16_t)operation,
        .value = value,
    };
}

unsigned last_operation(const struct machine *machine) {
    const struct model_prediction *prediction = machine->prediction;
    return prediction->count == 0 ? 0 : prediction->events[prediction->count - 1].operation;
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

/* Takes a round back that equals the last one written. */
static void fold(struct machine *machine, size_t present) {
    struct model_prediction *prediction = machine->prediction;
    machine->taken_back += prediction->count - present;
    prediction->count = present;
    if (machine->taken_back > MODEL_TAKEN_BACK_MAX)
        give_up(prediction, MODEL_TOO_LONG, "repeats inside each other that hardly come to rest");
}

/* Four thousand million rounds are predicted in no time: a round that ends in the state in which it began is what all the others are, since the
 * machine knows nothing but its state. All that a round can leave changed is the chain, by records left behind or overwritten. Where it does,
 * rounds are interpreted one by one: the chain grows, and the trace gets too long, or it comes to rest, mostly in the second round.
 * Two equal rounds show that it has, since the last event of a round shows the whole chain.
 *
 * Where other strands may write meanwhile, no round is folded: nobody could tell which of their events are the round's.
 *
 * So a round is seldom interpreted in order to be taken back; but inside each other such rounds double with each level, which is why they are counted. */
enum way_out run_repeat(struct machine *machine, unsigned operation) {
    const struct scenario_node *node = &machine->nodes[operation];
    struct model_prediction *prediction = machine->prediction;
    const struct chain *chain = &machine->chain;
    write_event(machine, TRACE_ENTER, operation);
    size_t last = SIZE_MAX; /* where the last round begins; SIZE_MAX: it cannot be told from what others wrote meanwhile */
    uint32_t same = 0; /* further rounds that equal the last one written */
    for (uint32_t round = 1;; round++) {
        size_t present = prediction->count;
        struct chain_look before = chain_look(chain);
        bool alone = machine->strands_open == 0;
        enum way_out way_out = run_block(machine, node->block[0]);
        if (way_out != WAY_OUT_NORMAL)
            return way_out;
        same = node->number - round;
        if (!alone || machine->strands_open != 0) {
            last = SIZE_MAX;
            if (same > 0 && node->block[0] != 0)
                continue;
            same = 0;
            break;
        }
        if (last != SIZE_MAX && rounds_equal(prediction, last, present)) {
            fold(machine, present);
            same++;
            break;
        }
        if (same == 0 || chain_looks_as(chain, &before))
            break;
        last = present;
    }
    if (same > 0)
        write_event(machine, TRACE_SAME, operation)->value = same;
    write_event(machine, TRACE_LEAVE, operation);
    return WAY_OUT_NORMAL;
}
