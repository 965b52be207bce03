#include "reduce.h"

#include <stdlib.h>
#include <string.h>

#include "grammar.h"

struct edits {
    struct explore_edit *edits;
    size_t count, capacity;
};

static void add(struct edits *edits, struct explore_edit edit) {
    if (edits->count < edits->capacity)
        edits->edits[edits->count] = edit;
    edits->count++;
}

/* The first operation behind everything that stands in this one: operations are in the order of the text. */
static unsigned end_of(const struct scenario_program *program, unsigned operation) {
    unsigned end = operation + 1;
    while (end < program->count) {
        unsigned around = program->nodes[end].parent;
        while (around > operation)
            around = program->nodes[around].parent;
        if (around != operation)
            break;
        end++;
    }
    return end;
}

static void add_lifts(struct edits *edits, const struct scenario_program *program, unsigned operation) {
    unsigned end = end_of(program, operation);
    for (unsigned inner = operation; inner < end; inner++)
        for (unsigned block = 0; block < scenario_blocks_count(program->nodes[inner].operation); block++)
            if (program->nodes[inner].block[block] && scenario_block_side(&program->nodes[inner], block) == program->nodes[operation].side)
                add(edits, (struct explore_edit){.kind = EXPLORE_LIFT, .operation = (uint16_t)operation, .inner = (uint16_t)inner, .block = (uint8_t)block});
}

static void add_replacements(struct edits *edits, const struct scenario_program *program, unsigned operation) {
    const struct scenario_node *node = &program->nodes[operation];
    unsigned count, own = explore_letter_of(node);
    const struct explore_letter *letters = explore_letters(&count);
    const char *blocks = scenario_operation_facts(node->operation)->blocks;
    for (unsigned letter = 0; letter < count; letter++)
        if (letter != own && letters[letter].side == node->side && explore_letter_is_in(letter, EXPLORE_ALL) &&
            strcmp(scenario_operation_facts(letters[letter].operation)->blocks, blocks) == 0)
            add(edits, (struct explore_edit){.kind = EXPLORE_REPLACE, .operation = (uint16_t)operation, .letter = (uint8_t)letter});
}

size_t explore_edits(const struct scenario_program *program, struct explore_edit *out, size_t capacity) {
    struct edits edits = {out, 0, capacity};
    for (unsigned operation = 1; operation < program->count; operation++)
        add(&edits, (struct explore_edit){.kind = EXPLORE_TAKE_AWAY, .operation = (uint16_t)operation});
    for (unsigned operation = 1; operation < program->count; operation++)
        add_lifts(&edits, program, operation);
    for (unsigned operation = 1; operation < program->count; operation++)
        if (program->nodes[operation].operation == SCENARIO_REPEAT && program->nodes[operation].number > 1)
            add(&edits, (struct explore_edit){.kind = EXPLORE_HALVE, .operation = (uint16_t)operation});
    for (unsigned operation = 1; operation < program->count; operation++)
        add_replacements(&edits, program, operation);
    return edits.count;
}

struct copying {
    const struct scenario_program *from;
    struct scenario_program *to;
    const struct explore_edit *edit;
    unsigned panics, raises;
};

/* Where the copy goes on: the block of `owner`, behind `last` (0: at its beginning). */
struct place {
    unsigned owner, block, last;
};

static void copy_block(struct copying *copying, unsigned first, struct place *place);

static void copy_operation(struct copying *copying, unsigned operation, struct place *place) {
    const struct explore_edit *edit = copying->edit;
    const struct scenario_node *node = &copying->from->nodes[operation];
    bool is_edited = operation == edit->operation;
    if (is_edited && edit->kind == EXPLORE_TAKE_AWAY)
        return;
    if (is_edited && edit->kind == EXPLORE_LIFT) {
        copy_block(copying, copying->from->nodes[edit->inner].block[edit->block], place);
        return;
    }
    unsigned number = (unsigned)copying->to->count++;
    struct scenario_node *copy = &copying->to->nodes[number];
    *copy = *node;
    copy->next = copy->block[0] = copy->block[1] = 0;
    copy->parent = (uint16_t)place->owner;
    if (is_edited && edit->kind == EXPLORE_HALVE) {
        copy->number /= 2;
        copy->spelling_length = 0;
    } else if (is_edited && edit->kind == EXPLORE_REPLACE) {
        copy->spelling_length = 0;
        explore_letter_write(edit->letter, copy, copying->panics, copying->raises);
    }
    copying->panics += copy->operation == SCENARIO_PANIC;
    copying->raises += copy->operation == SCENARIO_RAISE;
    *(place->last ? &copying->to->nodes[place->last].next : &copying->to->nodes[place->owner].block[place->block]) = (uint16_t)number;
    place->last = number;
    for (unsigned block = 0; block < scenario_blocks_count(node->operation); block++)
        copy_block(copying, node->block[block], &(struct place){number, block, 0});
}

/* Recursion ends: blocks nest at most SCENARIO_NESTING_MAX deep. */
static void copy_block(struct copying *copying, unsigned first, struct place *place) {
    for (unsigned operation = first; operation; operation = copying->from->nodes[operation].next)
        copy_operation(copying, operation, place);
}

bool explore_edit_apply(const struct scenario_program *program, const struct explore_edit *edit, struct scenario_program *result) {
    *result = (struct scenario_program){.nodes = malloc(program->count * sizeof *result->nodes), .text = malloc(program->text_length + 1), .text_length = program->text_length};
    if (!result->nodes || !result->text) {
        scenario_program_free(result);
        return false;
    }
    if (program->text_length)
        memcpy(result->text, program->text, program->text_length);
    result->nodes[0] = program->nodes[0];
    result->nodes[0].block[0] = 0;
    result->count = 1;
    struct copying copying = {program, result, edit, 0, 0};
    copy_block(&copying, program->nodes[0].block[0], &(struct place){0, 0, 0});
    return true;
}
