/* Predicting text after text, each of which has most of what the one before has. What is the same in both is not found out again:
 *
 *   events       before the first operation that is another stand there already (`kept`, events.c)
 *   operations   that were left before it, by their end and with everything as it was, are passed over
 *   the ending   where only the last operation is another, and is left so, all that comes behind it is told again
 *   the way      to that one, where it is left so because there is nothing in its blocks: the machine is kept as the last operation finds it
 *
 * All that an operation can change for those behind it, when it is left by its end, is the chain (as run_repeat has it). Of use where operations have numbers in the order in which they run; nothing is
 * predicted wrongly where they have others. */
#include <stdlib.h>
#include <string.h>

#include "machine.h"

/* False: what comes behind the last operation is not known. */
static bool end_as_before(struct model_prediction *prediction) {
    size_t count = prediction->ending_count;
    if (count == 0 || count > prediction->capacity - prediction->count)
        return false;
    memcpy(prediction->events + prediction->count, prediction->ending, count * sizeof *prediction->ending);
    prediction->count += count;
    return true;
}

/* The last operation is about to be entered. Frames of the blocks around it are pointed at, and will be gone: what has nothing in its blocks looks at none. */
static void keep_machine(const struct machine *machine) {
    struct model_prediction *prediction = machine->prediction;
    prediction->at_last_holds = false;
    if (machine->chain.records != machine->chain.near)
        return;
    if (prediction->at_last == NULL)
        prediction->at_last = malloc(sizeof *prediction->at_last);
    if (prediction->at_last == NULL)
        return;
    memcpy(prediction->at_last, machine, offsetof(struct machine, chain.near) + (machine->chain.head + 1) * sizeof *machine->chain.near);
    prediction->at_last->chain.records = prediction->at_last->chain.near;
    prediction->at_last_holds = true;
}

enum way_out run_operation(struct machine *machine, unsigned operation) {
    struct model_prediction *prediction = machine->prediction;
    if (operation >= prediction->passages_count)
        return run_by_kind(machine, operation);
    struct model_passage *passage = &prediction->passages[operation];
    if (passage->entered == prediction->count && passage->left <= prediction->kept) {
        prediction->count = passage->left;
        return WAY_OUT_NORMAL;
    }
    bool is_last = operation + 1 == prediction->passages_count;
    if (is_last && machine != prediction->at_last)
        keep_machine(machine);
    if (passage->entered > prediction->count)
        passage->entered = (uint32_t)prediction->count;
    passage->left = UINT32_MAX;
    struct chain_look before = chain_look(&machine->chain);
    enum way_out way_out = run_by_kind(machine, operation);
    if (way_out != WAY_OUT_NORMAL || !chain_is_as(&machine->chain, &before))
        return way_out;
    passage->left = (uint32_t)prediction->count;
    return is_last && end_as_before(prediction) ? WAY_OUT_ENDED : WAY_OUT_NORMAL;
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
static size_t events_as_before(unsigned unchanged, const struct model_prediction *prediction) {
    size_t first = SIZE_MAX;
    for (size_t operation = unchanged + 1; operation < prediction->passages_count; operation++)
        if (first > prediction->passages[operation].entered)
            first = prediction->passages[operation].entered;
    return first == UINT32_MAX || first > prediction->count ? 0 : first;
}

/* The text that was predicted last has the same operations but for the last one. What is written down of operations that are entered behind that, those around it and deferred functions, is then not of the text that is
 * predicted, but of this one: that they come behind the last is all that anybody asks. */
static void keep_ending(unsigned last, struct model_prediction *prediction) {
    const struct model_passage *passage = &prediction->passages[last];
    if (prediction->ending_count > 0 || passage->entered == UINT32_MAX || passage->left == UINT32_MAX || prediction->count - passage->left > MODEL_ENDING_MAX)
        return;
    prediction->ending_count = prediction->count - passage->left;
    memcpy(prediction->ending, prediction->events + passage->left, prediction->ending_count * sizeof *prediction->ending);
}

/* From now on it is written down when an operation is entered and left. */
static void note_passages(const struct scenario_program *program, unsigned unchanged, struct model_prediction *prediction) {
    for (size_t operation = prediction->passages_count > 0 ? unchanged + 1 : 1; operation < program->count; operation++)
        prediction->passages[operation].entered = UINT32_MAX;
    prediction->passages_count = program->count;
}

/* False: that is not all; nothing is predicted yet. */
static bool predict_last_alone(const struct scenario_program *program, const struct model_platform *platform, struct model_prediction *prediction) {
    unsigned last = (unsigned)program->count - 1;
    if (prediction->ending_count == 0 || !prediction->at_last_holds || scenario_blocks_count(program->nodes[last].operation) == 0)
        return false;
    machine_goes_on(prediction->at_last, program, platform);
    prediction->count = prediction->kept;
    if (run_operation(prediction->at_last, last) == WAY_OUT_ENDED)
        return true;
    prediction->at_last_holds = false;
    prediction->count = 0;
    return false;
}

void model_predict_next(const struct scenario_program *program, unsigned unchanged, const struct model_platform *platform, struct model_prediction *prediction) {
    if (unchanged == 0 || prediction->state != MODEL_PREDICTED || prediction->has_strands || prediction->differences != 0)
        prediction->passages_count = 0;
    prediction->state = MODEL_PREDICTED;
    prediction->reason[0] = '\0';
    prediction->differences = 0;
    prediction->outcome = (struct outcome){0};
    prediction->order_count = 0;
    prediction->silent = SIZE_MAX;
    prediction->has_strands = false;
    struct kind_of_text kind = kind_of(program, prediction->passages_count > 0 ? unchanged + 1 : 1); /* what was noted had none */
    bool noted = !kind.has_strands && !kind.repeats && program->count <= MODEL_PASSAGES_MAX;
    prediction->kept = noted && prediction->passages_count > 0 ? events_as_before(unchanged, prediction) : 0;
    if (noted && prediction->passages_count == program->count && unchanged + 2 == program->count)
        keep_ending(unchanged + 1, prediction);
    else
        prediction->ending_count = 0;
    prediction->count = prediction->total = 0;
    if (noted)
        note_passages(program, unchanged, prediction);
    else
        prediction->passages_count = 0;
    if (kind.has_strands) {
        predict_strands(program, platform, prediction);
        return;
    }
    if (!predict_last_alone(program, platform, prediction))
        predict_strand(program, 0, platform, prediction);
    prediction->total = prediction->count;
    if (prediction->state == MODEL_PREDICTED)
        prediction->outcome = outcome_of_trace(prediction->events, prediction->count);
}
