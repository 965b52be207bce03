/* What comes behind a text's last operation, for texts that differ in that one only: told once, and told again. */
#include "memory.h"

#include <stdlib.h>
#include <string.h>

void model_memory_free(struct model_memory *memory) { free(memory); }

void memory_forget_ending(struct model_memory *memory) {
    memory->is_at = memory->is_telling = false;
    memory->ending_count = memory->ending_from = 0;
    memory->places_count = memory->place = 0;
    memory->panic.count = memory->goexit.count = 0;
    memory->falling = NULL;
}

/* The last operation is about to be entered. Frames of the blocks around it are pointed at, and will be gone: what has nothing in its blocks looks at none. */
void memory_keep_machine(struct model_memory *memory, const struct machine *machine) {
    if (memory->is_at || machine->chain.records != machine->chain.near)
        return;
    memcpy(&memory->at, machine, offsetof(struct machine, chain.near) + (machine->chain.head + 1) * sizeof *machine->chain.near);
    memory->at.chain.records = memory->at.chain.near;
    memory->is_at = true;
}

/* A place where the last operation might stand. Its records are those that `at` has, as far out as they still are. */
static void keep_place(const struct machine *machine, struct model_memory *memory, struct stand stand, unsigned left) {
    if (memory->places_count == PLACES_MAX || !memory->is_at)
        return;
    struct place *place = &memory->places[memory->places_count++];
    place->stand = stand;
    place->left = (uint16_t)left;
    place->told = (uint32_t)(machine->prediction->count - memory->told_from);
    place->head = machine->chain.head;
    memcpy(place->machine, machine, sizeof place->machine);
}

void memory_keep_place(struct model_memory *memory, const struct machine *machine, unsigned operation) {
    keep_place(machine, memory, (struct stand){.parent = machine->nodes[operation].parent}, operation);
}

void run_begins_deferred(struct machine *machine, unsigned operation) {
    struct model_memory *memory = machine->prediction->memory;
    if (memory != NULL && memory->is_telling && machine->nodes[operation].block[0] == 0)
        keep_place(machine, memory, (struct stand){(uint16_t)operation, {true, false}}, 0);
}

bool memory_end_as_before(struct model_prediction *prediction) {
    struct model_memory *memory = prediction->memory;
    size_t count = memory->ending_count - memory->ending_from;
    if (memory->ending_count == 0 || count > prediction->capacity - prediction->count)
        return false;
    if (memory->stands_at != prediction->count)
        memcpy(prediction->events + prediction->count, memory->ending + memory->ending_from, count * sizeof *memory->ending);
    else
        prediction->same_from = prediction->count;
    prediction->outcome = memory->outcome;
    memory->stands_at = prediction->count;
    prediction->count += count;
    return true;
}

static struct around around(const struct scenario_node *nodes, unsigned operation) {
    const struct scenario_node *parent = &nodes[nodes[operation].parent];
    return (struct around){nodes[operation].parent, {parent->block[0] != 0, parent->block[1] != 0}};
}

static bool is_same_block(struct around one, struct around other) { return one.parent == other.parent && one.has[0] == other.has[0] && one.has[1] == other.has[1]; }

void memory_note_fall(struct model_memory *memory, const struct machine *machine, unsigned operation, enum way_out way_out, bool is_last) {
    if (is_last && memory_is_fall(machine->nodes[operation].operation)) {
        memory->falling = way_out == WAY_OUT_PANIC ? &memory->panic : &memory->goexit;
        memory->falling->from = machine->prediction->count;
        memory->falling->value = machine->panic.value;
        memory->falling->blocks_count = 0;
        memory->falling->is_straight = true;
    }
    struct fall *fall = memory->falling;
    if (fall == NULL || !fall->is_straight)
        return;
    fall->is_straight = way_out == (fall == &memory->panic ? WAY_OUT_PANIC : WAY_OUT_GOEXIT) && fall->blocks_count < PLACES_MAX;
    if (!fall->is_straight)
        return;
    fall->blocks[fall->blocks_count].block = around(machine->nodes, operation);
    fall->blocks[fall->blocks_count++].told = (uint32_t)(machine->prediction->count - fall->from);
}

static void keep_fall(struct model_memory *memory, const struct model_prediction *prediction) {
    struct fall *fall = memory->falling;
    if (fall == NULL)
        return;
    memory->falling = NULL;
    size_t count = prediction->count - fall->from;
    fall->count = prediction->state == MODEL_PREDICTED && count <= ENDING_MAX ? (uint32_t)count : 0;
    fall->outcome = prediction->outcome;
    memcpy(fall->events, prediction->events + fall->from, fall->count * sizeof *fall->events);
}

bool memory_fall_as_before(const struct machine *machine, unsigned operation, enum way_out way_out) {
    struct model_prediction *prediction = machine->prediction;
    const struct fall *fall = way_out == WAY_OUT_PANIC ? &prediction->memory->panic : &prediction->memory->goexit;
    if (fall->count == 0 || (way_out == WAY_OUT_PANIC && fall->value != machine->panic.value))
        return false;
    struct around block = around(machine->nodes, operation);
    for (unsigned number = 0; number < fall->blocks_count; number++) {
        uint32_t told = fall->blocks[number].told;
        if (!is_same_block(fall->blocks[number].block, block))
            continue;
        if (fall->count - told > prediction->capacity - prediction->count)
            return false;
        memcpy(prediction->events + prediction->count, fall->events + told, (fall->count - told) * sizeof *fall->events);
        prediction->count += fall->count - told;
        prediction->outcome = fall->outcome;
        return true;
    }
    return false;
}

bool memory_move_out(struct model_memory *memory, const struct scenario_node *nodes, struct stand stand, size_t kept, uint32_t *between) {
    *between = 0;
    if (is_same_stand(memory->last, stand))
        return true;
    for (unsigned number = memory->place; number < memory->places_count; number++) {
        const struct place *place = &memory->places[number];
        *between = place->told - memory->ending_from;
        if (place->left)
            memory->passages[place->left].left = (uint32_t)kept + *between;
        if (!is_same_stand(place->stand, stand))
            continue;
        memcpy(&memory->at, place->machine, sizeof place->machine);
        memory->at.chain.head = place->head;
        memory->is_at = true;
        memory->ending_from = place->told;
        memory->stands_at = SIZE_MAX;
        memory->place = number + 1;
        for (unsigned around = stand.parent; around; around = nodes[around].parent)
            memory->passages[around].left = UINT32_MAX; /* of a text with the last operation further in */
        return true;
    }
    return false;
}

static void keep_ending(struct model_memory *memory, const struct model_prediction *prediction) {
    if (!memory->is_telling)
        return;
    memory->is_telling = false;
    size_t count = prediction->count - memory->told_from;
    if (prediction->state != MODEL_PREDICTED || count == 0 || count > ENDING_MAX) {
        memory_forget_ending(memory);
        return;
    }
    memory->ending_count = (uint32_t)count;
    memory->stands_at = memory->told_from;
    memory->outcome = prediction->outcome;
    memcpy(memory->ending, prediction->events + memory->told_from, count * sizeof *memory->ending);
}

void memory_keep_told(struct model_memory *memory, const struct model_prediction *prediction) {
    keep_ending(memory, prediction);
    keep_fall(memory, prediction);
}
