/* Writes a scenario as C. A block becomes a function, written before the function that uses it; an operation becomes a line. */
#include "write_c.h"

#include <stdlib.h>
#include <string.h>

/* in_4_back, deferred_2, body_of_2: the function of a block. An empty block needs one too: the step still enters it. */
static void write_name(const struct scenario_program *program, unsigned node, unsigned index, FILE *out) {
    const struct scenario_node *operation = &program->nodes[node];
    if (operation->operation == SCENARIO_DEFER)
        fprintf(out, index == 0 ? "deferred_%u" : "body_of_%u", node);
    else {
        fprintf(out, "in_%u_", node);
        for (const char *letter = scenario_operation_facts(operation->operation)->word; *letter; letter++)
            fputc(*letter == '-' ? '_' : *letter, out);
    }
}

static void write_block_arguments(const struct scenario_program *program, unsigned node, FILE *out) {
    for (unsigned index = 0; index < scenario_blocks_count(program->nodes[node].operation); index++) {
        fputs(", ", out);
        write_name(program, node, index, out);
        fputs(", NULL", out);
    }
}

/* SCENARIO_FRAME_PASS from `pass`. */
static void write_constant(const char *prefix, const char *word, FILE *out) {
    fputs(prefix, out);
    for (; *word; word++)
        fputc(*word == '-' ? '_' : *word >= 'a' && *word <= 'z' ? *word - 'a' + 'A' : *word, out);
}

static void write_operation(const struct scenario_program *program, unsigned node, FILE *out) {
    const struct scenario_node *operation = &program->nodes[node];
    bool foreign = operation->side == SCENARIO_SIDE_FOREIGN;
    const char *word = scenario_operation_facts(operation->operation)->word;
    fputs("    step_", out);
    if (foreign && (operation->operation == SCENARIO_FAULT || operation->operation == SCENARIO_CLOBBER))
        fputs("foreign_", out);
    for (const char *letter = word; *letter; letter++)
        fputc(*letter == '-' ? '_' : *letter, out);
    fprintf(out, "(%u", node);
    switch (operation->operation) {
    case SCENARIO_PANIC:
    case SCENARIO_SYNC:
    case SCENARIO_REPEAT: fprintf(out, ", %uu", operation->number); break;
    case SCENARIO_RAISE: fprintf(out, ", 0x%08X, %s", operation->number, operation->noncontinuable ? "true" : "false"); break;
    case SCENARIO_FAULT: write_constant(", SCENARIO_FAULT_", scenario_fault_kind_word(operation->kind), out); break;
    case SCENARIO_SEH:
    case SCENARIO_TRY:
    case SCENARIO_CXX:
    case SCENARIO_GXX: write_constant(", SCENARIO_FRAME_", scenario_frame_kind_word(operation->kind), out); break;
    case SCENARIO_ARGS: fprintf(out, ", SCENARIO_%s, %u", operation->kind == SCENARIO_STDCALL ? "STDCALL" : "CDECL", operation->number); break;
    case SCENARIO_VIA: write_constant(", SCENARIO_CARRIER_", scenario_carrier_word(operation->kind), out); break;
    default: break;
    }
    write_block_arguments(program, node, out);
    fputs(");\n", out);
}

static void write_function(const struct scenario_program *program, unsigned node, unsigned index, FILE *out) {
    bool foreign = node && scenario_block_side(&program->nodes[node], index) == SCENARIO_SIDE_FOREIGN;
    char words[400];
    if (node) {
        scenario_print_operation(program, node, words, sizeof words);
        fprintf(out, "/* %s code: the block of operation %u, %s */\nstatic void ", foreign ? "foreign" : "managed", node, words);
        write_name(program, node, index, out);
    } else
        fputs("/* managed code: the text itself */\nstatic void scenario", out);
    fputs("(void *unused) {\n    (void)unused;\n", out);
    for (unsigned inner = program->nodes[node].block[index]; inner; inner = program->nodes[inner].next)
        write_operation(program, inner, out);
    fputs("}\n\n", out);
}

/* The text as a C string and in the header: it holds no control characters, but a dll's string has quotes and may have backslashes. */
static void write_escaped(const char *text, FILE *out) {
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            fputc('\\', out);
        fputc(*text, out);
    }
}

static void write_header(const struct scenario_c_header *header, FILE *out) {
    const char *name = header->name, *target = header->target;
    fprintf(out, "/* A scenario as plain C: one function a block. Written from %s; edit that file instead.\n *\n", header->origin);
    fprintf(out, " * Needs the libraries and DLLs of a build (cmake --preset %s && cmake --build --preset %s). By hand, from the project's folder:\n",
            target, target);
    fprintf(out, " *   on Linux    %s -Iharness -o %s.exe %s.c -Lbuild/%s/lib \\\n", header->compiler, name, name, target);
    fprintf(out, " *                 -lexchain_steps -lexchain_trace -lexchain_verify -lexchain_scenario\n");
    fprintf(out, " *               cp %s.exe build/%s/bin && wine build/%s/bin/%s.exe\n", name, target, target, name);
    fprintf(out, " *   on Windows  the same with a mingw gcc for this target (MSYS2 has one), without wine; or copy build/%s/bin from elsewhere,\n"
                 " *               and run cases\\%s.exe in it.\n", target, name);
    fprintf(out, " * It prints the text and the trace; --help says what else it can do. */\n#include <stddef.h>\n\n#include \"execute/step.h\"\n\n");
}

bool scenario_write_c(const struct scenario_program *program, const struct scenario_c_header *header, FILE *out) {
    size_t length = scenario_print(program, NULL, 0);
    char *text = malloc(length + 1);
    if (!text)
        return false;
    scenario_print(program, text, length + 1);
    write_header(header, out);
    /* A block's operations have higher numbers than the block's own: from the last operation to the first, everything is written before it is used. */
    for (size_t node = program->count; node-- > 0;)
        for (unsigned index = 0; index < (node ? scenario_blocks_count(program->nodes[node].operation) : 1); index++)
            write_function(program, (unsigned)node, index, out);
    fputs("int main(int count, char **words) {\n    return step_main(count, words, \"", out);
    write_escaped(text, out);
    fputs("\", scenario);\n}\n", out);
    free(text);
    return !ferror(out);
}
