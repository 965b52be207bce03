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

#include "memory.h"

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
        memory_keep_machine(memory, machine);
    if (passage->entered > prediction->count)
        passage->entered = (uint32_t)prediction->count;
    passage->left = UINT32_MAX;
    struct chain_look before = chain_look(&machine->chain);
    enum way_out way_out = run_by_kind(machine, operation);
    if (is_last || memory->falling != NULL)
        memory_note_fall(memory, machine, operation, way_out, is_last);
    if (way_out != WAY_OUT_NORMAL)
        return way_out;
    if (!chain_is_as(&machine->chain, &before))
        return WAY_OUT_NORMAL;
    passage->left = (uint32_t)prediction->count;
    if (memory->is_telling)
        memory_keep_place(memory, machine, operation);
    if (!is_last)
        return WAY_OUT_NORMAL;
    if (memory_end_as_before(prediction))
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

/* Where only the last operation is another, and it looks at nothing around it; so many events stand before it. False: it is not so, or not known; nothing is predicted yet. */
static bool predict_last_alone(const struct scenario_program *program, const struct model_platform *platform, struct model_prediction *prediction, size_t count) {
    struct model_memory *memory = prediction->memory;
    struct machine *machine = &memory->at;
    unsigned last = (unsigned)program->count - 1;
    enum scenario_operation operation = program->nodes[last].operation;
    bool is_fall = memory_is_fall(operation), is_around_nothing = scenario_blocks_count(operation) != 0 && operation != SCENARIO_GO && operation != SCENARIO_REPEAT;
    if (memory->ending_count == 0 || !memory->is_at || (!is_fall && !is_around_nothing) || count >= prediction->capacity)
        return false;
    machine_goes_on(machine, program, platform);
    prediction->count = count;
    memory->passages[last] = (struct passage){(uint32_t)count, UINT32_MAX};
    struct chain_look before = chain_look(&machine->chain);
    enum way_out way_out = run_by_kind(machine, last);
    if (is_fall) {
        memory->stands_at = SIZE_MAX;
        if (!memory_fall_as_before(machine, last, way_out))
            return false;
    } else {
        memory->is_at = way_out == WAY_OUT_NORMAL && chain_is_as(&machine->chain, &before);
        if (!memory->is_at || !memory_end_as_before(prediction))
            return false;
    }
    prediction->total = prediction->count;
    return true;
}

/* The same where the last operation stands where it stood: most texts. */
static bool predict_last_there(const struct scenario_program *program, unsigned unchanged, const struct model_platform *platform, struct model_prediction *prediction) {
    struct model_memory *memory = prediction->memory;
    if (memory->count != program->count || unchanged + 2 != program->count || !is_same_stand(memory->last, stand_of_last(program)))
        return false;
    uint32_t count = memory->passages[unchanged + 1].entered;
    if (count > prediction->count)
        return false;
    prediction->kept = count;
    prediction->same_from = SIZE_MAX;
    return predict_last_alone(program, platform, prediction, count);
}

/* What of the memory holds for this text. Answers how many events stand between those that are kept and the last operation, where it is known. */
static uint32_t remember(const struct scenario_program *program, unsigned unchanged, bool noted, struct model_prediction *prediction) {
    struct model_memory *memory = prediction->memory;
    size_t first = memory->count > 0 ? unchanged + 1 : 1;
    uint32_t between = 0;
    struct stand stand = stand_of_last(program);
    prediction->kept = noted && memory->count > 0 ? events_as_before(unchanged, memory, prediction->count) : 0;
    bool only_last = noted && memory->count == program->count && unchanged + 2 == program->count;
    if (!only_last || !memory_move_out(memory, program->nodes, stand, prediction->kept, &between))
        memory_forget_ending(memory);
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
        memory_keep_told(memory, prediction);
    }
}
