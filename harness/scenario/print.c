/* Program -> canonical text: one line, single blanks, numbers spelt as they were written. */
#include "facts.h"
#include "writer.h"

/* The number as the text has it; as people write it where the program was made without a text. */
static void print_number(struct writer *writer, const struct scenario_program *program, const struct scenario_node *node, bool is_code) {
    writer_text(writer, " ");
    if (node->spelling_length > 0)
        writer_bytes(writer, program->text + node->spelling, node->spelling_length);
    else if (is_code)
        writer_code(writer, node->number);
    else
        writer_decimal(writer, node->number);
}

static void print_words(struct writer *writer, const struct scenario_program *program, const struct scenario_node *node) {
    enum scenario_argument argument = scenario_operation_argument(node->operation);
    writer_text(writer, scenario_operation_facts(node->operation)->word);
    struct scenario_words kinds = scenario_kind_words(argument);
    if (kinds.count > 0) {
        writer_text(writer, " ");
        writer_text(writer, kinds.word[node->kind]);
    }
    switch (argument) {
    case SCENARIO_ARGUMENT_VALUE_OPTIONAL:
        if (node->spelling_length > 0 || node->number != 1)
            print_number(writer, program, node, false);
        break;
    case SCENARIO_ARGUMENT_NUMBER:
    case SCENARIO_ARGUMENT_COUNT:
    case SCENARIO_ARGUMENT_ARGUMENTS:
        print_number(writer, program, node, false);
        break;
    case SCENARIO_ARGUMENT_CODE:
        print_number(writer, program, node, true);
        if (node->noncontinuable)
            writer_text(writer, " noncontinuable");
        break;
    case SCENARIO_ARGUMENT_FRAME_KIND:
        if (node->spelling_length > 0 || node->number != SCENARIO_FAULT_NIL_READ) {
            writer_text(writer, " ");
            writer_text(writer, scenario_fault_kind_word((enum scenario_fault_kind)node->number));
        }
        break;
    case SCENARIO_ARGUMENT_SYMBOL:
        writer_text(writer, " \"");
        writer_bytes(writer, program->text + node->spelling, node->spelling_length);
        writer_text(writer, "\"");
        break;
    default:
        break;
    }
}

/* The operations of a block, from its first one on. Recursion ends: blocks nest at most SCENARIO_NESTING_MAX deep. */
static void print_operations(struct writer *writer, const struct scenario_program *program, unsigned first) {
    for (unsigned number = first; number != 0; number = program->nodes[number].next) {
        const struct scenario_node *node = &program->nodes[number];
        if (number != first)
            writer_text(writer, " ");
        print_words(writer, program, node);
        for (unsigned index = 0; index < scenario_blocks_count(node->operation); index++) {
            writer_text(writer, " { ");
            print_operations(writer, program, node->block[index]);
            writer_text(writer, node->block[index] == 0 ? "}" : " }");
        }
    }
}

size_t scenario_print(const struct scenario_program *program, char *buffer, size_t size) {
    struct writer writer = writer_begin(buffer, size);
    if (program->count > 0)
        print_operations(&writer, program, program->nodes[0].block[0]);
    return writer.length;
}

size_t scenario_print_operation(const struct scenario_program *program, unsigned node, char *buffer, size_t size) {
    struct writer writer = writer_begin(buffer, size);
    if (node > 0 && node < program->count)
        print_words(&writer, program, &program->nodes[node]);
    return writer.length;
}
