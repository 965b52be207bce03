#include "programs.h"

#include <stdlib.h>
#include <string.h>

#include "scenario/facts.h"
#include "test.h"

bool parse_exactly(const char *text, size_t length, struct scenario_program *program, struct scenario_error *error) {
    char *exact = malloc(length > 0 ? length : 1);
    assert_non_null(exact);
    if (length > 0)
        memcpy(exact, text, length);
    bool is_right = scenario_parse(length > 0 ? exact : NULL, length, program, error);
    free(exact);
    return is_right;
}

struct scenario_program parse_right(const char *text) {
    struct scenario_program program;
    struct scenario_error error;
    if (!parse_exactly(text, strlen(text), &program, &error))
        fail_msg("`%.200s`: %u:%u: %s", text, error.line, error.column, error.message);
    return program;
}

char *print_whole(const struct scenario_program *program) {
    size_t length = scenario_print(program, NULL, 0);
    char *text = malloc(length + 1);
    assert_non_null(text);
    assert_int_equal(scenario_print(program, text, length + 1), length);
    assert_int_equal(strlen(text), length);
    return text;
}

bool same_node(const struct scenario_node *one, const struct scenario_node *other) {
    return one->operation == other->operation && one->side == other->side && one->kind == other->kind &&
           one->noncontinuable == other->noncontinuable && one->parent == other->parent && one->next == other->next &&
           one->block[0] == other->block[0] && one->block[1] == other->block[1] && one->number == other->number;
}

/* splitmix64 */
uint32_t random_below(struct random *random, uint32_t limit) {
    uint64_t mixed = random->state += 0x9E3779B97F4A7C15u;
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBu;
    return (uint32_t)((mixed ^ mixed >> 31) % limit);
}

struct generator {
    struct random *random;
    struct scenario_program program;
    size_t nodes_max;
    unsigned depth;
};

/* Symbols with everything in them that means something outside a string. */
static const char symbols[] = "a.dll!f user32.dll!EnumWindows C:\\My {Files}\\x.dll!call#back";
static const struct { unsigned start, length; } symbol_places[] = {{0, 7}, {8, 22}, {31, 29}};

static uint32_t generate_number(struct generator *generator, enum scenario_argument argument) {
    static const uint32_t edges[] = {0, 1, 2, 9, 10, 0x7FFFFFFF, 0x80000000, 0xC0000005, 0xFFFFFFFF};
    struct scenario_range range = scenario_number_range(argument);
    for (;;) {
        uint32_t number = random_below(generator->random, 2) ? edges[random_below(generator->random, COUNT_OF(edges))]
                                                             : random_below(generator->random, 0xFFFFFFFF);
        if (range.largest < 16)
            number %= range.largest + 1;
        if (number >= range.smallest && number <= range.largest)
            return number;
    }
}

static void generate_argument(struct generator *generator, struct scenario_node *node) {
    enum scenario_argument argument = scenario_operation_argument(node->operation);
    struct scenario_words kinds = scenario_kind_words(argument);
    if (kinds.count > 0)
        node->kind = (uint8_t)random_below(generator->random, kinds.count);
    switch (argument) {
    case SCENARIO_ARGUMENT_FRAME_KIND:
        if (node->kind == SCENARIO_FRAME_REFAULT)
            node->number = random_below(generator->random, SCENARIO_FAULT_KIND_COUNT);
        break;
    case SCENARIO_ARGUMENT_CODE:
        node->noncontinuable = random_below(generator->random, 2);
        node->number = generate_number(generator, argument);
        break;
    case SCENARIO_ARGUMENT_VALUE_OPTIONAL:
    case SCENARIO_ARGUMENT_NUMBER:
    case SCENARIO_ARGUMENT_COUNT:
    case SCENARIO_ARGUMENT_ARGUMENTS:
        node->number = generate_number(generator, argument);
        break;
    case SCENARIO_ARGUMENT_SYMBOL: {
        unsigned symbol = random_below(generator->random, COUNT_OF(symbol_places));
        node->spelling = symbol_places[symbol].start;
        node->spelling_length = (uint16_t)symbol_places[symbol].length;
        break;
    }
    default:
        break;
    }
}

static enum scenario_operation generate_operation(struct generator *generator, enum scenario_side side) {
    for (;;) {
        enum scenario_operation operation = 1 + random_below(generator->random, SCENARIO_OPERATION_COUNT - 1);
        bool fits = generator->depth < SCENARIO_NESTING_MAX || scenario_blocks_count(operation) == 0;
        if (fits && scenario_may_stand(operation, side))
            return operation;
    }
}

/* Recursion ends with the nesting limit. */
static void generate_block(struct generator *generator, uint16_t owner, unsigned index, unsigned operations_min) {
    struct scenario_node *nodes = generator->program.nodes;
    enum scenario_side side = scenario_block_side(&nodes[owner], index);
    unsigned operations = operations_min + random_below(generator->random, 4);
    uint16_t last = 0;
    for (; operations > 0 && generator->program.count < generator->nodes_max; operations--) {
        uint16_t number = (uint16_t)generator->program.count++;
        nodes[number] = (struct scenario_node){
            .operation = (uint8_t)generate_operation(generator, side), .side = (uint8_t)side, .parent = owner};
        generate_argument(generator, &nodes[number]);
        *(last == 0 ? &nodes[owner].block[index] : &nodes[last].next) = number;
        last = number;
        generator->depth++;
        for (unsigned inner = 0; inner < scenario_blocks_count(nodes[number].operation); inner++)
            generate_block(generator, number, inner, 0);
        generator->depth--;
    }
}

struct scenario_program generate_program(struct random *random, unsigned operations_max) {
    struct generator generator = {.random = random, .nodes_max = operations_max + 1};
    struct scenario_program *program = &generator.program;
    program->nodes = calloc(generator.nodes_max, sizeof *program->nodes);
    program->text = malloc(sizeof symbols);
    assert_non_null(program->nodes);
    assert_non_null(program->text);
    memcpy(program->text, symbols, sizeof symbols);
    program->text_length = sizeof symbols - 1;
    program->nodes[0] = (struct scenario_node){.operation = SCENARIO_TEXT, .side = SCENARIO_SIDE_MANAGED};
    program->count = 1;
    generate_block(&generator, 0, 0, 1);
    return *program;
}
