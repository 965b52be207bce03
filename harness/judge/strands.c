/* Strands have numbers that are used again, and another runtime may number them otherwise. So a strand of the run is matched with one of the prediction by who started it: the n-th
 * `go` of a strand with the n-th `go` of the matching one. */
#include "strands.h"

#include <stdlib.h>
#include <string.h>

enum { NOBODY = UINT32_MAX };

/* The strands of a trace, and the events of each in their order. */
struct split {
    const struct trace_event *events;
    size_t count;
    uint32_t *strand_of; /* by the event: which of the strands below; NOBODY: it is about all tasks, or about one that nobody has started */
    uint32_t *next;      /* by the event: the next of the same strand; NOBODY */
    uint32_t *started;   /* by the event: which strand a `go` starts; NOBODY */
    uint32_t *first;     /* by the strand; NOBODY where it has no event */
    uint32_t strands;
};

static bool is_about_all(const struct trace_event *event) { return event->kind == TRACE_STOP && event->task == 0 && event->operation == 0; }

static bool split(const struct trace_event *events, size_t count, struct split *split) {
    uint32_t current[TRACE_STRANDS_MAX] = {0}; /* by the number that events say */
    size_t room = (count + 1) * sizeof(uint32_t);
    *split = (struct split){events, count, malloc(room), malloc(room), malloc(room), malloc(room), 1};
    uint32_t *last = malloc(room);
    bool fine = split->strand_of && split->next && split->started && split->first && last;
    if (fine)
        split->first[0] = last[0] = NOBODY;
    for (unsigned number = 1; number < TRACE_STRANDS_MAX; number++)
        current[number] = NOBODY;
    for (size_t place = 0; fine && place < count; place++) {
        uint32_t strand = is_about_all(&events[place]) ? NOBODY : current[events[place].strand];
        split->strand_of[place] = strand;
        split->next[place] = split->started[place] = NOBODY;
        if (strand == NOBODY)
            continue;
        if (last[strand] == NOBODY)
            split->first[strand] = (uint32_t)place;
        else
            split->next[last[strand]] = (uint32_t)place;
        last[strand] = (uint32_t)place;
        if (events[place].kind == TRACE_GO && events[place].value < TRACE_STRANDS_MAX) {
            split->started[place] = current[events[place].value] = split->strands;
            split->first[split->strands] = last[split->strands] = NOBODY;
            split->strands++;
        }
    }
    free(last);
    return fine;
}

static void split_free(struct split *split) {
    free(split->strand_of);
    free(split->next);
    free(split->started);
    free(split->first);
}

/* The event as it would be if its strands had the numbers that the prediction gives them. */
static bool is_the_same(struct trace_event event, const struct trace_event *predicted) {
    event.strand = predicted->strand;
    if (event.kind == TRACE_GO)
        event.value = predicted->value;
    return memcmp(&event, predicted, sizeof event) == 0;
}

/* Orders are sorted by `later`: the first one of that event, or behind it. */
static size_t first_order(const struct model_prediction *prediction, uint32_t later) {
    size_t low = 0, high = prediction->order_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (prediction->orders[middle].later < later)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool may_happen(const struct model_prediction *prediction, const bool *has_happened, uint32_t predicted) {
    for (size_t place = first_order(prediction, predicted); place < prediction->order_count && prediction->orders[place].later == predicted; place++)
        if (!has_happened[prediction->orders[place].earlier])
            return false;
    return true;
}

/* The event behind which the process is gone, whatever others still had to do. */
static bool ends_the_process(const struct trace_event *event) {
    return event->kind == TRACE_CRASH || event->kind == TRACE_STOP || (event->kind == TRACE_END && event->reason == TRACE_ENDED_PANIC && event->operation != 0);
}

struct strands_judged judge_strands(const struct model_prediction *prediction, const struct trace_event *events, size_t count) {
    struct strands_judged judged = {.difference = SIZE_MAX};
    struct split run, whole;
    bool fine = split(events, count, &run);
    fine = split(prediction->events, prediction->total, &whole) && fine;
    uint32_t *matching = malloc((count + 1) * sizeof *matching);     /* by the run's strand: the predicted one */
    uint32_t *next = malloc((prediction->total + 1) * sizeof *next); /* by the predicted strand: its next event */
    bool *has_happened = calloc(prediction->total + 1, sizeof *has_happened);
    judged.no_memory = !fine || matching == NULL || next == NULL || has_happened == NULL;
    if (!judged.no_memory) {
        memcpy(next, whole.first, whole.strands * sizeof *next);
        matching[0] = 0;
    }
    for (size_t place = 0; !judged.no_memory && judged.difference == SIZE_MAX && place < count; place++) {
        uint32_t strand = run.strand_of[place], predicted;
        if (is_about_all(&events[place]))
            predicted = prediction->count > 0 && is_about_all(&prediction->events[prediction->count - 1]) ? (uint32_t)prediction->count - 1 : NOBODY;
        else
            predicted = strand == NOBODY || matching[strand] == NOBODY ? NOBODY : next[matching[strand]];
        bool is_over = place > 0 && ends_the_process(&events[place - 1]);
        bool is_next = !is_over && predicted != NOBODY && is_the_same(events[place], &prediction->events[predicted]);
        judged.out_of_order = is_next && !may_happen(prediction, has_happened, predicted);
        if (!is_next || judged.out_of_order) {
            judged.difference = place;
            break;
        }
        has_happened[predicted] = true;
        if (strand != NOBODY)
            next[matching[strand]] = whole.next[predicted];
        if (run.started[place] != NOBODY)
            matching[run.started[place]] = whole.started[predicted];
    }
    bool is_whole = !judged.no_memory;
    for (size_t place = 0; is_whole && place < prediction->total; place++)
        is_whole = has_happened[place];
    bool is_at_an_end = is_whole || (count > 0 && ends_the_process(&events[count - 1])) ||
                        (!judged.no_memory && prediction->silent != SIZE_MAX && has_happened[prediction->silent]);
    if (!judged.no_memory && judged.difference == SIZE_MAX && !is_at_an_end)
        judged.difference = count;
    split_free(&run);
    split_free(&whole);
    free(matching);
    free(next);
    free(has_happened);
    return judged;
}
