/* The strands of a text put together: one order in which everything can happen, as good as any other, and which events come before which in all of them.
 *
 * The order is the one of a runtime that lets a task run until it blocks, and then the one of its family that has been ready longest. A family that an attached thread began
 * runs until it has ended, since somebody waits for it in C. The text is over when its own task has ended; when a strand ends the process; or when no task of a family can go on.
 * What the others could still have done by then stands behind that. */
#include "strands.h"

#include <stdlib.h>
#include <string.h>

enum { STOP_ALL_TASKS_BLOCKED = 0xE109 };

static bool no_memory(struct strands *strands) {
    give_up(strands->prediction, MODEL_OUT_OF_MEMORY, "no memory for the strands");
    return false;
}

bool order(struct strands *strands, uint32_t later, uint32_t earlier) {
    struct model_prediction *prediction = strands->prediction;
    if (prediction->order_count == prediction->order_capacity) {
        size_t capacity = prediction->order_capacity == 0 ? 64 : prediction->order_capacity * 2;
        struct model_order *orders = realloc(prediction->orders, capacity * sizeof *orders);
        if (orders == NULL)
            return no_memory(strands);
        prediction->orders = orders;
        prediction->order_capacity = capacity;
    }
    prediction->orders[prediction->order_count++] = (struct model_order){later, earlier};
    return true;
}

static family_id family_of(const struct strands *strands, uint32_t instance, unsigned task) {
    return task <= 1 ? strands->instances[instance].family : (family_id)(instance + 1) << 8 | task;
}

void make_ready(struct strands *strands, uint32_t number, family_id family) {
    struct instance *instance = &strands->instances[number];
    instance->is_ready = true;
    instance->ready_family = family;
    instance->next_ready = NO_INSTANCE;
    if (strands->first_ready == NO_INSTANCE)
        strands->first_ready = number;
    else
        strands->instances[strands->last_ready].next_ready = number;
    strands->last_ready = number;
}

/* The one of the family that has been ready longest, or of all; NO_INSTANCE. */
static uint32_t first_ready(const struct strands *strands, family_id family) {
    uint32_t number = strands->first_ready;
    while (number != NO_INSTANCE && !strands->is_over && strands->instances[number].ready_family != family)
        number = strands->instances[number].next_ready;
    return number;
}

static void take_ready(struct strands *strands, uint32_t number) {
    uint32_t *link = &strands->first_ready, before = NO_INSTANCE;
    while (*link != number) {
        before = *link;
        link = &strands->instances[*link].next_ready;
    }
    *link = strands->instances[number].next_ready;
    if (strands->last_ready == number)
        strands->last_ready = before;
    strands->instances[number].is_ready = false;
}

/* Interprets the operation's block, once. */
static const struct script *script_of(struct strands *strands, unsigned operation) {
    struct script *script = &strands->scripts[operation];
    if (script->trace.count > 0)
        return script;
    script->is_silent = !predict_strand(strands->program, operation, strands->platform, &script->trace);
    strands->prediction->differences |= script->trace.differences;
    if (script->trace.state == MODEL_PREDICTED)
        return script;
    give_up(strands->prediction, script->trace.state, script->trace.reason);
    return NULL;
}

static bool begin_instance(struct strands *strands, unsigned operation, uint32_t starter, unsigned starter_task, unsigned number) {
    if (strands->instance_count == strands->instance_capacity) {
        uint32_t capacity = strands->instance_capacity == 0 ? 16 : strands->instance_capacity * 2;
        struct instance *instances = realloc(strands->instances, capacity * sizeof *instances);
        if (instances == NULL)
            return no_memory(strands);
        strands->instances = instances;
        strands->instance_capacity = capacity;
    }
    const struct script *script = script_of(strands, operation);
    if (script == NULL)
        return false;
    strands->instances[strands->instance_count++] = (struct instance){
        .script = script, .first = NO_EVENT, .last = NO_EVENT, .starter = starter, .starter_task = (uint8_t)starter_task, .number = (uint8_t)number,
        .started = NO_INSTANCE, .next = NO_INSTANCE, .partner = NO_EVENT};
    return true;
}

/* The task at whose end, or behind whose wait, everything that it started has ended; 0: the event waits for nobody. */
static unsigned waits_for(const struct strands *strands, uint32_t number, const struct trace_event *event) {
    if (event->strand != 0)
        return event->strand;
    bool is_end = event->kind == TRACE_END && (event->reason != TRACE_ENDED_PANIC || (number == 0 && event->operation == 0));
    bool is_wait = event->kind == TRACE_DONE && strands->program->nodes[event->operation].operation == SCENARIO_WAIT;
    return is_end || is_wait ? event->task : 0;
}

static bool ends_the_process(uint32_t number, const struct trace_event *event) {
    bool is_text = number == 0 && event->operation == 0;
    return event->kind == TRACE_CRASH || event->kind == TRACE_STOP || (event->kind == TRACE_END && event->reason == TRACE_ENDED_PANIC && !is_text);
}

static bool is_of(const struct strands *strands, const struct trace_event *event, enum trace_kind kind, enum scenario_operation operation) {
    return event->kind == kind && strands->program->nodes[event->operation].operation == operation;
}

/* Whether the instance's next event can happen now. */
static bool can_happen(struct strands *strands, uint32_t number, const struct trace_event *event) {
    struct instance *instance = &strands->instances[number];
    if (is_of(strands, event, TRACE_DONE, SCENARIO_SYNC) && !instance->has_met)
        return false;
    unsigned task = waits_for(strands, number, event);
    for (uint32_t started = task != 0 ? instance->started : NO_INSTANCE; started != NO_INSTANCE; started = strands->instances[started].next)
        if (strands->instances[started].starter_task == task && !strands->instances[started].has_ended)
            return false;
    return true;
}

/* Behind the event, the tasks that `task` of the instance started are known to have ended. */
static bool have_ended(struct strands *strands, uint32_t number, unsigned task, uint32_t event) {
    uint32_t *link = &strands->instances[number].started;
    while (*link != NO_INSTANCE) {
        struct instance *started = &strands->instances[*link];
        if (started->starter_task != task) {
            link = &started->next;
            continue;
        }
        if (!order(strands, event, started->last))
            return false;
        strands->numbers[started->number / 64] &= ~(1ull << started->number % 64);
        *link = started->next;
    }
    return true;
}

static bool go(struct strands *strands, uint32_t number, struct trace_event *event, uint32_t place) {
    unsigned strand = 0;
    while (strand < TRACE_STRANDS_MAX && strands->numbers[strand / 64] >> strand % 64 & 1)
        strand++;
    if (strand == TRACE_STRANDS_MAX) {
        give_up(strands->prediction, MODEL_TOO_LONG, "too many tasks at once");
        return false;
    }
    uint32_t started = strands->instance_count;
    if (!begin_instance(strands, event->operation, number, event->task, strand))
        return false;
    strands->numbers[strand / 64] |= 1ull << strand % 64;
    event->value = strand;
    struct instance *instance = &strands->instances[number];
    strands->instances[started].first = place;
    strands->instances[started].next = instance->started;
    strands->instances[started].family = family_of(strands, number, event->task);
    instance->started = started;
    make_ready(strands, started, strands->instances[started].family);
    return true;
}

/* Room for one event more at the end: its place, or NO_EVENT. */
static uint32_t make_room(struct strands *strands) {
    struct model_prediction *prediction = strands->prediction;
    if (prediction->total == JOURNAL_EVENTS_MAX) {
        give_up(prediction, MODEL_TOO_LONG, "trace too long");
        return NO_EVENT;
    }
    if (prediction->total == prediction->capacity) {
        size_t capacity = prediction->capacity == 0 ? 256 : prediction->capacity * 2;
        struct trace_event *events = realloc(prediction->events, capacity * sizeof *events);
        if (events == NULL) {
            no_memory(strands);
            return NO_EVENT;
        }
        prediction->events = events;
        prediction->capacity = capacity;
    }
    return (uint32_t)prediction->total++;
}

/* Lets the instance's next event happen. */
static bool happen(struct strands *strands, uint32_t number) {
    struct model_prediction *prediction = strands->prediction;
    struct instance *instance = &strands->instances[number];
    struct trace_event event = instance->script->trace.events[instance->position++];
    uint32_t place = make_room(strands);
    if (place == NO_EVENT)
        return false;
    unsigned task = waits_for(strands, number, &event);
    bool fine = (instance->position > 1 || number == 0 || order(strands, place, instance->first)) && (task == 0 || have_ended(strands, number, task, place));
    event.strand = instance->number;
    strands->instance_of[place] = number;
    instance->last = place;
    if (is_of(strands, &event, TRACE_DONE, SCENARIO_SYNC)) {
        fine = fine && order(strands, place, instance->partner);
        instance->has_met = false;
    }
    if (fine && event.kind == TRACE_GO)
        fine = go(strands, number, &event, place);
    prediction->events[place] = event;
    if (fine && is_of(strands, &event, TRACE_WAITS, SCENARIO_SYNC))
        fine = arrive(strands, number, family_of(strands, number, event.task), strands->program->nodes[event.operation].number, place);
    return fine;
}

/* The process is at its end behind the last event. */
static void come_to_the_end(struct strands *strands, struct outcome outcome) {
    if (strands->is_over)
        return;
    strands->is_over = true;
    strands->prediction->count = strands->prediction->total;
    strands->prediction->outcome = outcome;
}

/* An instance has ended: its starter may have waited for it. */
static void end_instance(struct strands *strands, uint32_t number) {
    struct instance *instance = &strands->instances[number];
    instance->has_ended = true;
    if (number == 0) {
        come_to_the_end(strands, outcome_of_trace(strands->prediction->events, strands->prediction->total));
        return;
    }
    uint32_t starter = instance->starter;
    const struct instance *waiting = &strands->instances[starter];
    const struct trace_event *event = &waiting->script->trace.events[waiting->position];
    bool has_next = waiting->position < waiting->script->trace.count;
    bool stands_there = has_next && waits_for(strands, starter, event) == instance->starter_task && !waiting->is_ready;
    if (stands_there && can_happen(strands, starter, event))
        make_ready(strands, starter, instance->family);
}

/* Runs the instance as far as it goes without the others. False: the prediction is given up. *family: in which one it stopped. */
static bool run(struct strands *strands, uint32_t number, family_id *family) {
    for (;;) {
        struct instance *instance = &strands->instances[number];
        const struct script *script = instance->script;
        if (instance->position == script->trace.count) { /* without a word */
            strands->prediction->silent = instance->last;
            come_to_the_end(strands, (struct outcome){.kind = OUTCOME_CRASH_UNKNOWN, .place = TRACE_PLACE_NONE});
            return true;
        }
        const struct trace_event *event = &script->trace.events[instance->position];
        *family = family_of(strands, number, event->strand != 0 ? event->strand : event->task);
        if (!can_happen(strands, number, event))
            return true;
        bool yields = is_of(strands, event, TRACE_DONE, SCENARIO_YIELD) && !instance->has_yielded && first_ready(strands, *family) != NO_INSTANCE;
        instance->has_yielded = yields;
        if (yields) {
            make_ready(strands, number, *family);
            return true;
        }
        if (!happen(strands, number))
            return false;
        if (ends_the_process(number, event)) {
            come_to_the_end(strands, outcome_of_trace(strands->prediction->events, strands->prediction->total));
            return true;
        }
        if (event->kind == TRACE_END && (event->operation == 0 || strands->program->nodes[event->operation].operation == SCENARIO_GO)) {
            end_instance(strands, number);
            return true;
        }
    }
}

/* No task of the family can go on: nobody's event, which comes behind the last one of each. */
static bool stop_blocked(struct strands *strands, family_id family) {
    struct model_prediction *prediction = strands->prediction;
    uint32_t place = make_room(strands);
    if (place == NO_EVENT)
        return false;
    prediction->events[place] = (struct trace_event){.kind = TRACE_STOP, .reason = TRACE_FOUND_BY_RUNTIME, .value = STOP_ALL_TASKS_BLOCKED};
    strands->instance_of[place] = 0; /* nobody asks */
    for (uint32_t number = 0; number < strands->instance_count; number++) {
        const struct instance *instance = &strands->instances[number];
        if (instance->has_ended || instance->position == 0)
            continue;
        const struct trace_event *event = &instance->script->trace.events[instance->position];
        if (family_of(strands, number, event->strand != 0 ? event->strand : event->task) == family && !order(strands, place, instance->last))
            return false;
    }
    come_to_the_end(strands, outcome_of_trace(prediction->events, prediction->total));
    return true;
}

static void put_together(struct strands *strands) {
    uint32_t number = 0;
    family_id family = 0;
    if (!begin_instance(strands, 0, NO_INSTANCE, 0, 0))
        return;
    while (number != NO_INSTANCE) {
        if (!run(strands, number, &family))
            return;
        number = first_ready(strands, family);
        if (number == NO_INSTANCE && !strands->is_over) {
            if (!stop_blocked(strands, family))
                return;
            number = first_ready(strands, family);
        }
        if (number != NO_INSTANCE)
            take_ready(strands, number);
    }
}

void predict_strands(const struct scenario_program *program, const struct model_platform *platform, struct model_prediction *prediction) {
    struct strands strands = {.program = program, .platform = platform, .prediction = prediction, .first_ready = NO_INSTANCE, .last_ready = NO_INSTANCE, .numbers = {1}};
    prediction->has_strands = true;
    strands.scripts = calloc(program->count, sizeof *strands.scripts);
    strands.instance_of = malloc(JOURNAL_EVENTS_MAX * sizeof *strands.instance_of);
    if (strands.scripts == NULL || strands.instance_of == NULL)
        no_memory(&strands);
    else
        put_together(&strands);
    for (size_t operation = 0; strands.scripts != NULL && operation < program->count; operation++)
        model_prediction_free(&strands.scripts[operation].trace);
    free(strands.scripts);
    free(strands.instance_of);
    free(strands.instances);
    free(strands.meetings);
}
