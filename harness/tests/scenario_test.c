/* Text <-> program: what the parser makes of a text, and that printing gives the text back. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "programs.h"
#include "scenario/facts.h"

static void expect_canonical(const char *text, const char *canonical) {
    struct scenario_program program = parse_right(text);
    char *printed = print_whole(&program);
    assert_string_equal(printed, canonical);
    free(printed);
    scenario_program_free(&program);
}

static void canonical_texts_print_as_they_are(void **state) {
    (void)state;
    static const char *const texts[] = {
        "panic",
        "panic 0",
        "panic 1",
        "panic 007",
        "panic 0x00ff",
        "panic 4294967295",
        "recover { call { seh pass { back { panic } } } } clobber recover { fault nil-write }",
        "lock { recover { call { via enumwindows { panic } } } check }",
        "repeat 100000 { recover { call { seh pass { back { panic } } } } }",
        "recover { call { thread { back { fault nil-read } } } }",
        "call { seh catch { back { defer { check } { call { raise 0xE0000001 } } } } }",
        "recover { }",
        "defer { } { }",
        "defer { check } { } defer { } { check check } yield",
        "call { repeat 0x10 { clobber fault div0 } repeat 1 { } }",
        "call { raise 0xe06D7363 noncontinuable raise 0 }",
        "call { args cdecl 0 { } args stdcall 0x9 { } }",
        "call { dll \"a.dll!f\" { } dll \"C:\\Program Files\\{x}\\y#z.dll!_f@8\" { check } }",
        "call { setjmp { longjmp } throw gthrow try finally { } cxx catch { } gxx resume { } seh refault { } seh leak { } }",
        "call { seh refault div0 { seh refault nil-read { } } try refault overflow { } }",
        "go { sync 4294967295 wait goexit traceback panic-on-fault { fault wild-read } }",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        expect_canonical(texts[i], texts[i]);
}

static void white_space_and_comments_go(void **state) {
    (void)state;
    expect_canonical("# why { } \" this is here\r\n\trecover{call{seh\n\n pass{back{panic#7\n}}}}clobber # the end", "recover { call { seh pass { back { panic } } } } clobber");
    expect_canonical("defer{check}#between\n{panic 7}", "defer { check } { panic 7 }");
    expect_canonical("call{dll\"a#b!c\"{}}", "call { dll \"a#b!c\" { } }");
    expect_canonical("check\n", "check");
    expect_canonical("panic\n# 7\n", "panic");
}

static void nodes_are_linked_in_the_order_of_the_text(void **state) {
    (void)state;
    struct scenario_program program = parse_right("defer { check panic 0x10 } { call { } }\n  fault div0");
    const struct scenario_node *nodes = program.nodes;
    assert_int_equal(program.count, 6);
    assert_int_equal(nodes[0].operation, SCENARIO_TEXT);
    assert_int_equal(nodes[0].block[0], 1);
    assert_int_equal(nodes[1].operation, SCENARIO_DEFER);
    assert_int_equal(nodes[1].parent, 0);
    assert_int_equal(nodes[1].next, 5);
    assert_int_equal(nodes[1].block[0], 2);
    assert_int_equal(nodes[1].block[1], 4);
    assert_int_equal(nodes[2].operation, SCENARIO_CHECK);
    assert_int_equal(nodes[2].parent, 1);
    assert_int_equal(nodes[2].next, 3);
    assert_int_equal(nodes[3].operation, SCENARIO_PANIC);
    assert_int_equal(nodes[3].number, 16);
    assert_int_equal(nodes[3].next, 0);
    assert_memory_equal(program.text + nodes[3].spelling, "0x10", nodes[3].spelling_length);
    assert_int_equal(nodes[3].spelling_length, 4);
    assert_int_equal(nodes[4].operation, SCENARIO_CALL);
    assert_int_equal(nodes[4].parent, 1);
    assert_int_equal(nodes[4].block[0], 0);
    assert_int_equal(nodes[5].operation, SCENARIO_FAULT);
    assert_int_equal(nodes[5].kind, SCENARIO_FAULT_DIV0);
    assert_int_equal(nodes[5].line, 2);
    assert_int_equal(nodes[5].column, 3);
    scenario_program_free(&program);
    assert_null(program.nodes);
}

static void sides_follow_the_blocks(void **state) {
    (void)state;
    struct scenario_program program = parse_right("repeat 2 { call { repeat 2 { fault ud2 back { clobber } } } }");
    static const uint8_t sides[] = {SCENARIO_SIDE_MANAGED, SCENARIO_SIDE_MANAGED, SCENARIO_SIDE_MANAGED, SCENARIO_SIDE_FOREIGN,
                                    SCENARIO_SIDE_FOREIGN, SCENARIO_SIDE_FOREIGN, SCENARIO_SIDE_MANAGED};
    assert_int_equal(program.count, COUNT_OF(sides));
    for (size_t i = 0; i < COUNT_OF(sides); i++)
        assert_int_equal(program.nodes[i].side, sides[i]);
    assert_int_equal(scenario_block_side(&program.nodes[1], 0), SCENARIO_SIDE_MANAGED);
    assert_int_equal(scenario_block_side(&program.nodes[3], 0), SCENARIO_SIDE_FOREIGN);
    scenario_program_free(&program);
}

static void panic_has_the_value_1_where_it_is_left_out(void **state) {
    (void)state;
    struct scenario_program program = parse_right("panic");
    assert_int_equal(program.nodes[1].number, 1);
    assert_int_equal(program.nodes[1].spelling_length, 0);
    scenario_program_free(&program);
}

static void operations_print_without_their_blocks(void **state) {
    (void)state;
    struct scenario_program program = parse_right("recover { call { seh pass { raise 0xE0000001 noncontinuable } } }");
    static const char *const words[] = {"", "recover", "call", "seh pass", "raise 0xE0000001 noncontinuable", ""};
    for (unsigned node = 0; node < COUNT_OF(words); node++) { /* one past the end has no words either */
        char text[64];
        assert_int_equal(scenario_print_operation(&program, node, text, sizeof text), strlen(words[node]));
        assert_string_equal(text, words[node]);
    }
    scenario_program_free(&program);
}

static void printing_keeps_to_its_buffer(void **state) {
    (void)state;
    static const char whole[] = "recover { panic 7 }";
    struct scenario_program program = parse_right(whole);
    for (size_t size = 0; size <= sizeof whole; size++) {
        char *text = malloc(size > 0 ? size : 1);
        assert_non_null(text);
        assert_int_equal(scenario_print(&program, size > 0 ? text : NULL, size), sizeof whole - 1);
        if (size > 0) {
            assert_int_equal(strlen(text), size < sizeof whole ? size - 1 : sizeof whole - 1);
            assert_memory_equal(text, whole, strlen(text));
        }
        free(text);
    }
    scenario_program_free(&program);
}

static void programs_made_without_a_text_print_numbers_plainly(void **state) {
    (void)state;
    struct scenario_node nodes[] = {
        {.operation = SCENARIO_TEXT, .block = {1}},
        {.operation = SCENARIO_PANIC, .number = 1, .next = 2},
        {.operation = SCENARIO_PANIC, .number = 7, .next = 3},
        {.operation = SCENARIO_REPEAT, .number = 10, .next = 4},
        {.operation = SCENARIO_CALL, .block = {5}},
        {.operation = SCENARIO_RAISE, .side = SCENARIO_SIDE_FOREIGN, .parent = 4, .number = 0xE0000001, .next = 6},
        {.operation = SCENARIO_ARGS, .side = SCENARIO_SIDE_FOREIGN, .parent = 4, .number = 3, .kind = SCENARIO_STDCALL},
    };
    struct scenario_program program = {.count = COUNT_OF(nodes), .nodes = nodes};
    char *text = print_whole(&program);
    assert_string_equal(text, "panic panic 7 repeat 10 { } call { raise 0xE0000001 args stdcall 3 { } }");
    free(text);
}

static void tables_are_whole(void **state) {
    (void)state;
    for (int operation = SCENARIO_TEXT + 1; operation < SCENARIO_OPERATION_COUNT; operation++) {
        const struct scenario_operation_facts *facts = scenario_operation_facts(operation);
        assert_true(facts->managed || facts->foreign);
        assert_true(scenario_blocks_count(operation) <= SCENARIO_BLOCKS_MAX);
        assert_int_equal(scenario_words_find(scenario_operation_words(), facts->word, strlen(facts->word)), operation);
    }
    assert_string_equal(scenario_frame_kind_word(SCENARIO_FRAME_LEAK), "leak");
    assert_string_equal(scenario_carrier_word(SCENARIO_CARRIER_CREATETHREAD), "createthread");
    assert_string_equal(scenario_fault_kind_word(SCENARIO_FAULT_IDIV_OVERFLOW), "idiv-overflow");
}

/* What random programs have met; whatever stays 0 was never tested. */
struct coverage {
    unsigned operations[SCENARIO_OPERATION_COUNT];
    unsigned frames[SCENARIO_FRAME_KIND_COUNT], faults[SCENARIO_FAULT_KIND_COUNT], carriers[SCENARIO_CARRIER_COUNT], conventions[2];
    unsigned noncontinuable, continuable, empty_blocks, deepest;
};

static void count_program(struct coverage *coverage, const struct scenario_program *program) {
    for (size_t number = 1; number < program->count; number++) {
        const struct scenario_node *node = &program->nodes[number];
        coverage->operations[node->operation]++;
        switch (scenario_operation_argument(node->operation)) {
        case SCENARIO_ARGUMENT_FRAME_KIND: coverage->frames[node->kind]++; break;
        case SCENARIO_ARGUMENT_FAULT_KIND: coverage->faults[node->kind]++; break;
        case SCENARIO_ARGUMENT_CARRIER: coverage->carriers[node->kind]++; break;
        case SCENARIO_ARGUMENT_ARGUMENTS: coverage->conventions[node->kind]++; break;
        case SCENARIO_ARGUMENT_CODE: (*(node->noncontinuable ? &coverage->noncontinuable : &coverage->continuable))++; break;
        default: break;
        }
        if (scenario_blocks_count(node->operation) > 0 && node->block[0] == 0)
            coverage->empty_blocks++;
        unsigned depth = 0;
        for (uint16_t outer = node->parent; outer != 0; outer = program->nodes[outer].parent)
            depth++;
        if (depth > coverage->deepest)
            coverage->deepest = depth;
    }
}

static void expect_all(const unsigned *counts, size_t length) {
    for (size_t i = 0; i < length; i++)
        assert_int_not_equal(counts[i], 0);
}

static void random_programs_survive_print_and_parse(void **state) {
    (void)state;
    struct coverage coverage = {.operations = {[SCENARIO_TEXT] = 1}};
    for (uint64_t seed = 1; seed <= 4000; seed++) {
        struct random random = {seed};
        struct scenario_program generated = generate_program(&random, seed % 50 == 0 ? 1000 : 40);
        count_program(&coverage, &generated);
        char *text = print_whole(&generated);
        struct scenario_program parsed = parse_right(text);
        assert_int_equal(parsed.count, generated.count);
        for (size_t number = 0; number < parsed.count; number++) {
            if (!same_node(&parsed.nodes[number], &generated.nodes[number]))
                fail_msg("seed %u: operation %u came back changed from `%s`", (unsigned)seed, (unsigned)number, text);
        }
        char *again = print_whole(&parsed);
        assert_string_equal(again, text);
        free(again);
        free(text);
        scenario_program_free(&parsed);
        scenario_program_free(&generated);
    }
    expect_all(coverage.operations, COUNT_OF(coverage.operations));
    expect_all(coverage.frames, COUNT_OF(coverage.frames));
    expect_all(coverage.faults, COUNT_OF(coverage.faults));
    expect_all(coverage.carriers, COUNT_OF(coverage.carriers));
    expect_all(coverage.conventions, COUNT_OF(coverage.conventions));
    expect_all((const unsigned[]){coverage.noncontinuable, coverage.continuable, coverage.empty_blocks, coverage.deepest > 10}, 4);
}

static void damaged_texts_are_refused_or_print_again(void **state) {
    (void)state;
    static const char bytes[] = "{}\"#! \n\t-0x9az_Z\\\x7f\x80";
    for (uint64_t seed = 1; seed <= 4000; seed++) {
        struct random random = {seed};
        struct scenario_program generated = generate_program(&random, 12);
        char *text = print_whole(&generated);
        size_t length = strlen(text);
        for (unsigned changes = 1 + random_below(&random, 3); changes > 0; changes--)
            text[random_below(&random, (uint32_t)length)] = bytes[random_below(&random, sizeof bytes)]; /* its NUL included */
        length -= random_below(&random, (uint32_t)length / 4 + 1);
        struct scenario_program parsed;
        struct scenario_error error = {0};
        if (parse_exactly(text, length, &parsed, &error)) {
            char *printed = print_whole(&parsed);
            expect_canonical(printed, printed);
            free(printed);
            scenario_program_free(&parsed);
        } else {
            assert_null(parsed.nodes);
            assert_true(error.line > 0 && error.column > 0);
            assert_true(strlen(error.message) > 0);
        }
        free(text);
        scenario_program_free(&generated);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(canonical_texts_print_as_they_are),
        cmocka_unit_test(white_space_and_comments_go),
        cmocka_unit_test(nodes_are_linked_in_the_order_of_the_text),
        cmocka_unit_test(sides_follow_the_blocks),
        cmocka_unit_test(panic_has_the_value_1_where_it_is_left_out),
        cmocka_unit_test(operations_print_without_their_blocks),
        cmocka_unit_test(printing_keeps_to_its_buffer),
        cmocka_unit_test(programs_made_without_a_text_print_numbers_plainly),
        cmocka_unit_test(tables_are_whole),
        cmocka_unit_test(random_programs_survive_print_and_parse),
        cmocka_unit_test(damaged_texts_are_refused_or_print_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
