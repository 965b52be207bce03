/* Predicting text after text, each of which has most of what the one before has. What is the same in both is not found out again:
 *
 *   events       before the first operation that is another stand there already (`kept`, events.c)
 *   operations   that were left before it, by their end and with everything as it was, are passed over
 *   the ending   where only the last operation is another, and is left so, all that comes behind it has been told already
 *   the fall     the same where a panic or a goexit is the last operation: all that comes behind leaving a block so
 *   the way      to that one, where it is left so because there is nothing in its blocks: the machine is kept as the last operation finds it; and as it would, stood it further out, in each place that the ending comes by
 *
 * All that an operation can change for those behind it, when it is left by its end, is the chain (as run_repeat has it). Of use where operations have numbers in the order in which they run; nothing is
 * predicted wrongly where they have others. */
#include <stdlib.h>
#include <string.h>

#include "machine.h"

enum { PASSAGES_MAX = 32, ENDING_MAX = 64, PLACES_MAX = 32 };

/* Of an operation, by its number. */
struct passage {
    uint32_t entered; /* events before it was, for the first time; UINT32_MAX: it never was */
    uint32_t left;    /* events when it was, by its end and with everything as it was before; UINT32_MAX: it was left in another way */
};

/* Where the last operation stands, if the others are at their places: whose block, and which of them begin with it. */
struct stand {
    uint16_t parent;
    bool begins[SCENARIO_BLOCKS_MAX];
};

/* A place that the ending comes by, where the last operation may stand in another text. */
struct place {
    struct stand stand;
    uint16_t left;       /* the operation that has been left right before; 0: none, a block has begun */
    uint32_t told;       /* events of the ending before this place */
    uint32_t head;       /* of the chain */
    _Alignas(struct machine) unsigned char machine[offsetof(struct machine, chain)];
};

/* A block around the last operation: whose, and which of them have anything in them. */
struct around {
    uint16_t parent;
    bool has[SCENARIO_BLOCKS_MAX];
};

/* What comes behind a panic or a goexit, as the last operation, where it was told last. */
struct fall {
    size_t from;      /* where it begins among the events, while it is told */
    uint32_t count;   /* 0: not known */
    uint32_t value;   /* of the panic */
    struct outcome outcome;
    unsigned blocks_count;
    bool is_straight; /* each block around was left in the same way up to now */
    struct {
        struct around block;
        uint32_t told; /* events when it was left */
    } blocks[PLACES_MAX];
    struct trace_event events[ENDING_MAX];
};

struct model_memory {
    size_t count; /* of the program that was predicted last; 0: not known, or no use */
    struct passage passages[PASSAGES_MAX];
    struct stand last; /* the last operation of that program */
    /* Of texts that differ from it in the last operation only: */
    bool is_at;             /* `at` is the machine as the last operation finds it, where `last` is */
    bool is_telling;        /* that operation has been left, and the ending is being told */
    size_t told_from;       /* where it begins among the events, while it is told */
    size_t stands_at;       /* where it, from `ending_from` on, is among the events; SIZE_MAX: nowhere any more */
    uint32_t ending_count;  /* 0: not known */
    uint32_t ending_from;   /* for where `last` is */
    struct outcome outcome; /* behind it */
    struct fall panic, goexit, *falling; /* NULL: none is being told */
    unsigned places_count, place; /* those from `place` on lie further out than `last` */
    struct trace_event ending[ENDING_MAX];
    struct place places[PLACES_MAX];
    struct machine at;
};

void model_memory_free(struct model_memory *memory) { free(memory); }

static void forget_ending(struct model_memory *memory) {
    memory->is_at = memory->is_telling = false;
    memory->ending_count = memory->ending_from = 0;
    memory->places_count = memory->place = 0;
    memory->panic.count = memory->goexit.count = 0;
    memory->falling = NULL;
}

static struct stand stand_of(const struct scenario_program *program) {
    size_t last = program->count - 1;
    const struct scenario_node *parent = &program->nodes[program->nodes[last].parent];
    return (struct stand){program->nodes[last].parent, {parent->block[0] == last, parent->block[1] == last}};
}

static bool is_same_stand(struct stand one, struct stand other) {
    return one.parent == other.parent && one.begins[0] == other.begins[0] && one.begins[1] == other.begins[1];
}

/* The last operation is about to be entered. Frames of the blocks around it are pointed at, and will be gone: what has nothing in its blocks looks at none. */
static void keep_machine(const struct machine *machine, struct model_memory *memory) {
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

void run_begins_deferred(struct machine *machine, unsigned operation) {
    struct model_memory *memory = machine->prediction->memory;
    if (memory != NULL && memory->is_telling && machine->nodes[operation].block[0] == 0)
        keep_place(machine, memory, (struct stand){(uint16_t)operation, {true, false}}, 0);
}

/* False: what comes behind the last operation is not known. */
static bool end_as_before(struct model_prediction *prediction) {
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

static bool falls(enum scenario_operation operation) { return operation == SCENARIO_PANIC || operation == SCENARIO_GOEXIT; }

/* The last operation, or one around it, has been left, and its block is about to be. */
static void note_fall(const struct machine *machine, struct model_memory *memory, unsigned operation, enum way_out way_out, bool is_last) {
    if (is_last && falls(machine->nodes[operation].operation)) {
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

/* The last operation has been left so. False: what comes behind it is not known. */
static bool fall_as_before(const struct machine *machine, unsigned operation, enum way_out way_out) {
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

enum way_out run_operation(struct machine *machine, unsigned operation) {
    struct model_prediction *prediction = machine->prediction;
    struct model_memory *memory = prediction->memory;
    if (memory == NULL || operation >= memory->count)
        return run_by_kind(machine, operation);
    struct passage *passage = &memory->passages[operation];
    if (passage->entered == prediction->count && passage->left <= prediction->kept) {
        prediction->count = passage->left;
        return WAY_OUT_NORMAL;
    }
    bool is_last = operation + 1 == memory->count;
    if (is_last)
        keep_machine(machine, memory);
    if (passage->entered > prediction->count)
        passage->entered = (uint32_t)prediction->count;
    passage->left = UINT32_MAX;
    struct chain_look before = chain_look(&machine->chain);
    enum way_out way_out = run_by_kind(machine, operation);
    if (is_last || memory->falling != NULL)
        note_fall(machine, memory, operation, way_out, is_last);
    if (way_out != WAY_OUT_NORMAL)
        return way_out;
    if (!chain_is_as(&machine->chain, &before))
        return WAY_OUT_NORMAL;
    passage->left = (uint32_t)prediction->count;
    if (memory->is_telling)
        keep_place(machine, memory, (struct stand){.parent = machine->nodes[operation].parent}, operation);
    if (!is_last)
        return WAY_OUT_NORMAL;
    if (end_as_before(prediction))
        return WAY_OUT_ENDED;
    memory->is_telling = true;
    memory->told_from = prediction->count;
    return WAY_OUT_NORMAL;
}

struct kind_of_text {
    bool has_strands; /* more than one, or one that blocks */
    bool repeats;     /* a round that is taken back leaves others at its place */
};

/* Of the operations from `first` on. */
static struct kind_of_text kind_of(const struct scenario_program *program, size_t first) {
    struct kind_of_text kind = {false, false};
    for (size_t number = first; number < program->count; number++) {
        uint8_t operation = program->nodes[number].operation;
        kind.has_strands |= operation == SCENARIO_GO || operation == SCENARIO_SYNC;
        kind.repeats |= operation == SCENARIO_REPEAT;
    }
    return kind;
}

/* Events up to the first that an operation behind the unchanged ones was entered with. */
static size_t events_as_before(unsigned unchanged, const struct model_memory *memory, size_t count) {
    size_t first = SIZE_MAX;
    for (size_t operation = unchanged + 1; operation < memory->count; operation++)
        if (first > memory->passages[operation].entered)
            first = memory->passages[operation].entered;
    return first == UINT32_MAX || first > count ? 0 : first;
}

/* The last operation stands further out now: what is known is known for that place. Answers whether it is; `between`: how many events come before it that came behind the last one where it stood. */
static bool move_out(const struct scenario_node *nodes, struct model_memory *memory, struct stand stand, size_t kept, uint32_t *between) {
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

/* Where only the last operation is another, and it looks at nothing around it; so many events stand before it. False: it is not so, or not known; nothing is predicted yet. */
static bool predict_last_alone(const struct scenario_program *program, const struct model_platform *platform, struct model_prediction *prediction, size_t count) {
    struct model_memory *memory = prediction->memory;
    struct machine *machine = &memory->at;
    unsigned last = (unsigned)program->count - 1;
    enum scenario_operation operation = program->nodes[last].operation;
    bool is_fall = falls(operation), is_around_nothing = scenario_blocks_count(operation) != 0 && operation != SCENARIO_GO && operation != SCENARIO_REPEAT;
    if (memory->ending_count == 0 || !memory->is_at || (!is_fall && !is_around_nothing) || count >= prediction->capacity)
        return false;
    machine_goes_on(machine, program, platform);
    prediction->count = count;
    memory->passages[last] = (struct passage){(uint32_t)count, UINT32_MAX};
    struct chain_look before = chain_look(&machine->chain);
    enum way_out way_out = run_by_kind(machine, last);
    if (is_fall) {
        memory->stands_at = SIZE_MAX;
        if (!fall_as_before(machine, last, way_out))
            return false;
    } else {
        memory->is_at = way_out == WAY_OUT_NORMAL && chain_is_as(&machine->chain, &before);
        if (!memory->is_at || !end_as_before(prediction))
            return false;
    }
    prediction->total = prediction->count;
    return true;
}

/* The same where the last operation stands where it stood: most texts. */
static bool predict_last_there(const struct scenario_program *program, unsigned unchanged, const struct model_platform *platform, struct model_prediction *prediction) {
    struct model_memory *memory = prediction->memory;
    if (memory->count != program->count || unchanged + 2 != program->count || !is_same_stand(memory->last, stand_of(program)))
        return false;
    uint32_t count = memory->passages[unchanged + 1].entered;
    if (count > prediction->count)
        return false;
    prediction->kept = count;
    prediction->same_from = SIZE_MAX;
    return predict_last_alone(program, platform, prediction, count);
}

/* Behind a text that was predicted whole. */
static void keep_ending(struct model_memory *memory, const struct model_prediction *prediction) {
    if (!memory->is_telling)
        return;
    memory->is_telling = false;
    size_t count = prediction->count - memory->told_from;
    if (prediction->state != MODEL_PREDICTED || count == 0 || count > ENDING_MAX) {
        forget_ending(memory);
        return;
    }
    memory->ending_count = (uint32_t)count;
    memory->stands_at = memory->told_from;
    memory->outcome = prediction->outcome;
    memcpy(memory->ending, prediction->events + memory->told_from, count * sizeof *memory->ending);
}

/* What of the memory holds for this text. Answers how many events stand between those that are kept and the last operation, where it is known. */
static uint32_t remember(const struct scenario_program *program, unsigned unchanged, bool noted, struct model_prediction *prediction) {
    struct model_memory *memory = prediction->memory;
    size_t first = memory->count > 0 ? unchanged + 1 : 1;
    uint32_t between = 0;
    struct stand stand = stand_of(program);
    prediction->kept = noted && memory->count > 0 ? events_as_before(unchanged, memory, prediction->count) : 0;
    bool only_last = noted && memory->count == program->count && unchanged + 2 == program->count;
    if (!only_last || !move_out(program->nodes, memory, stand, prediction->kept, &between))
        forget_ending(memory);
    memory->last = stand;
    memory->count = noted ? program->count : 0;
    for (size_t operation = first; operation < memory->count; operation++)
        memory->passages[operation].entered = UINT32_MAX;
    return between;
}

static bool is_plain(const struct model_prediction *prediction) {
    return prediction->state == MODEL_PREDICTED && !prediction->has_strands && prediction->differences == 0;
}

void model_predict_next(const struct scenario_program *program, unsigned unchanged, const struct model_platform *platform, struct model_prediction *prediction) {
    struct model_memory *memory = prediction->memory;
    size_t count = prediction->count;
    if (memory == NULL && unchanged > 0)
        memory = prediction->memory = calloc(1, sizeof *memory);
    if (memory != NULL && (unchanged == 0 || !is_plain(prediction)))
        memory->count = 0;
    if (memory != NULL && predict_last_there(program, unchanged, platform, prediction))
        return;
    prediction->count = count;
    prediction->state = MODEL_PREDICTED;
    prediction->reason[0] = '\0';
    prediction->differences = 0;
    prediction->outcome = (struct outcome){0};
    prediction->order_count = 0;
    prediction->silent = prediction->same_from = SIZE_MAX;
    prediction->has_strands = false;
    prediction->kept = 0;
    bool known = memory != NULL && memory->count > 0; /* what was noted is of none of these kinds */
    struct kind_of_text kind = kind_of(program, known ? unchanged + 1 : 1);
    uint32_t between = 0;
    if (memory != NULL)
        between = remember(program, unchanged, !kind.has_strands && !kind.repeats && program->count <= PASSAGES_MAX, prediction);
    prediction->count = prediction->total = 0;
    if (kind.has_strands) {
        predict_strands(program, platform, prediction);
        return;
    }
    if (between > 0 && prediction->kept + between < prediction->capacity) {
        memcpy(prediction->events + prediction->kept, memory->ending + memory->ending_from - between, between * sizeof *memory->ending);
        if (predict_last_alone(program, platform, prediction, prediction->kept + between))
            return;
        prediction->count = 0;
    }
    if (memory != NULL)
        memory->stands_at = SIZE_MAX;
    predict_strand(program, 0, platform, prediction);
    prediction->total = prediction->count;
    if (prediction->state == MODEL_PREDICTED)
        prediction->outcome = outcome_of_trace(prediction->events, prediction->count);
    if (memory != NULL) {
        keep_ending(memory, prediction);
        keep_fall(memory, prediction);
    }
}
