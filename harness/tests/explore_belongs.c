#include "explore_belongs.h"

#include <string.h>

#include "test.h"

/* A frame that leaves its record behind on the list. */
static bool leaves_record(const struct scenario_node *node) {
    return (node->operation == SCENARIO_SEH || node->operation == SCENARIO_TRY || node->operation == SCENARIO_CXX) && node->kind == SCENARIO_FRAME_LEAK;
}

/* What a record that is left behind in its block is left behind in, too. */
static bool lets_records_out(const struct scenario_node *node) { return leaves_record(node) || node->operation == SCENARIO_SETJMP || node->operation == SCENARIO_GXX; }

static bool leaves_record_in(const struct scenario_program *program, unsigned first, unsigned end) {
    bool leaves = false;
    for (unsigned operation = first; operation != 0 && operation != end; operation = program->nodes[operation].next) {
        const struct scenario_node *node = &program->nodes[operation];
        leaves |= leaves_record(node) || (lets_records_out(node) && leaves_record_in(program, node->block[0], 0));
        leaves &= node->operation != SCENARIO_LONGJMP; /* which puts the head back to the mark's */
    }
    return leaves;
}

static bool has_list_of_its_own(const struct scenario_node *node) {
    bool is_elsewhere = node->kind == SCENARIO_CARRIER_FIBER || node->kind == SCENARIO_CARRIER_TIMER || node->kind == SCENARIO_CARRIER_THREADPOOL ||
                        node->kind == SCENARIO_CARRIER_CREATETHREAD;
    return node->operation == SCENARIO_THREAD || (node->operation == SCENARIO_VIA && is_elsewhere);
}

/* Whether a record was left behind before the clobber, in its own block, and whether further out, on the same list. */
static void dead_before(const struct scenario_program *program, unsigned clobber, bool *here, bool *outside) {
    bool *left = here;
    *here = *outside = false;
    for (unsigned inner = clobber; inner != 0; inner = program->nodes[inner].parent) {
        const struct scenario_node *around = &program->nodes[program->nodes[inner].parent];
        for (unsigned block = 0; block < SCENARIO_BLOCKS_MAX; block++)
            for (unsigned operation = around->block[block]; operation != 0; operation = program->nodes[operation].next)
                if (operation == inner)
                    *left |= leaves_record_in(program, around->block[block], inner);
        if (has_list_of_its_own(around))
            return;
        if (!leaves_record(around))
            left = outside;
    }
}

static bool registers_record(const struct scenario_node *node) {
    return node->operation == SCENARIO_SEH || node->operation == SCENARIO_TRY || node->operation == SCENARIO_CXX || node->operation == SCENARIO_BACK || node->operation == SCENARIO_VIA ||
           node->operation == SCENARIO_ARGS;
}

/* Whether Windows would not jump there: the mark's head is dead, and others stand before it on the list now. */
static bool is_refused(const struct scenario_program *program, unsigned jump) {
    unsigned mark = jump;
    bool registered = false, here, outside;
    while (mark != 0 && program->nodes[mark].operation != SCENARIO_SETJMP && !has_list_of_its_own(&program->nodes[mark])) {
        const struct scenario_node *around = &program->nodes[program->nodes[mark].parent];
        if (scenario_block_side(around, 0) == SCENARIO_SIDE_FOREIGN)
            registered |= leaves_record_in(program, around->block[0], mark);
        mark = program->nodes[mark].parent;
        registered |= registers_record(&program->nodes[mark]);
    }
    if (program->nodes[mark].operation != SCENARIO_SETJMP)
        return false;
    dead_before(program, mark, &here, &outside);
    return here && registered;
}

/* Makes nothing of the clobbers that overwrite only what was left behind in their own block. False: one overwrites more. */
static bool without_ruins(struct scenario_program *program) {
    for (unsigned operation = 1; operation < program->count; operation++) {
        struct scenario_node *node = &program->nodes[operation];
        bool here, outside;
        if (node->operation != SCENARIO_CLOBBER)
            continue;
        dead_before(program, operation, &here, &outside);
        if (outside)
            return false;
        if (here) {
            node->operation = SCENARIO_SEH;
            node->kind = SCENARIO_FRAME_PASS;
        }
    }
    return true;
}

static bool comes_to_strange_records(const struct model_prediction *prediction) {
    for (size_t place = 0; place < prediction->count; place++)
        for (unsigned symbol = 0; symbol < prediction->events[place].chain_length; symbol++)
            if ((prediction->events[place].chain[0] >> 2 * symbol & 3) == TRACE_SYMBOL_STRANGE)
                return true;
    return false;
}

static bool a_round_leaves_records(const struct scenario_program *program, const struct model_prediction *prediction) {
    uint8_t chain_at_enter[EXPLORE_BELONGS_NODES_MAX] = {0};
    for (size_t place = 0; place < prediction->count; place++) {
        const struct trace_event *event = &prediction->events[place];
        if (event->kind == TRACE_ENTER)
            chain_at_enter[event->operation] = (uint8_t)event->chain_length;
        if (program->nodes[event->operation].operation == SCENARIO_REPEAT && event->kind == TRACE_LEAVE && event->chain_length > chain_at_enter[event->operation])
            return true;
    }
    return false;
}

/* Records may be overwritten by a clobber in whose block they were left behind, and by nothing else: an exception of g++'s that was taken past one. */
static bool overwrites_in_its_own_block_only(struct scenario_program *program, struct model_prediction *prediction) {
    struct scenario_node nodes[EXPLORE_BELONGS_NODES_MAX];
    memcpy(nodes, program->nodes, program->count * sizeof *nodes);
    bool allowed = without_ruins(program);
    if (allowed) {
        model_predict(program, NULL, prediction);
        allowed = !comes_to_strange_records(prediction) && !a_round_leaves_records(program, prediction);
    }
    memcpy(program->nodes, nodes, program->count * sizeof *nodes);
    return allowed;
}

bool explore_text_belongs(struct scenario_program *program, bool may_end_process, struct model_prediction *prediction) {
    model_predict(program, NULL, prediction);
    assert_int_equal(prediction->state, MODEL_PREDICTED);
    if (comes_to_strange_records(prediction)) {
        if (!overwrites_in_its_own_block_only(program, prediction))
            return false;
        model_predict(program, NULL, prediction);
    }
    if (a_round_leaves_records(program, prediction))
        return false;
    unsigned reached = 0;
    for (size_t place = 0; place < prediction->count; place++) {
        const struct trace_event *event = &prediction->events[place];
        reached |= 1u << event->operation;
        if (program->nodes[event->operation].operation == SCENARIO_LONGJMP && (event->kind == TRACE_DONE || is_refused(program, event->operation)))
            return false; /* it did nothing, or would not come there */
    }
    if (reached >> 1 != (1u << (program->count - 1)) - 1 && (reached | 1) != (1u << program->count) - 1)
        return false;
    return may_end_process || (prediction->count && prediction->events[prediction->count - 1].kind == TRACE_END && prediction->events[prediction->count - 1].operation == 0);
}
