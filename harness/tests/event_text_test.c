/* Events as lines of text, in the columns that docs/TRACE.md draws. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "programs.h"
#include "trace/event.h"

/* A chain, head first, in the letters of its symbols. */
static struct trace_event with_chain(struct trace_event event, const char *letters) {
    for (; *letters != '\0'; letters++)
        trace_chain_push(&event, (enum trace_symbol)(strchr("TCF?", *letters) - "TCF?"));
    return event;
}

static void expect_line(const struct scenario_program *program, struct trace_event event, const char *letters, const char *line) {
    struct trace_event whole = with_chain(event, letters);
    char text[4096];
    size_t length = trace_event_print(&whole, program, text, sizeof text);
    assert_string_equal(text, line);
    assert_int_equal(length, strlen(line));
    assert_int_not_equal(line[length - 1], ' ');
}

static void the_page_on_traces_is_true(void **state) {
    (void)state;
    struct scenario_program program = parse_right("recover { call { seh pass { back { panic } } } }");
    expect_line(&program, (struct trace_event){.kind = TRACE_ENTER, .task = 1, .operation = 2, .depth = 1}, "T",
                "t1 enter      2 call                       depth 1 locks 0 | T");
    expect_line(&program, (struct trace_event){.kind = TRACE_ENTER, .task = 1, .operation = 3, .depth = 1}, "FT",
                "t1 enter      3 seh pass                   depth 1 locks 0 | F1 T");
    expect_line(&program, (struct trace_event){.kind = TRACE_ENTER, .task = 1, .operation = 4, .depth = 1}, "CFT",
                "t1 enter      4 back                       depth 1 locks 0 | C1 F1 T");
    expect_line(&program, (struct trace_event){.kind = TRACE_PANIC, .task = 1, .operation = 5, .depth = 1, .value = 1}, "CFT",
                "t1 panic      5 panic             1        depth 1 locks 0 | C1 F1 T");
    expect_line(&program, (struct trace_event){.kind = TRACE_RECOVERED, .task = 1, .operation = 1, .value = 1}, "T",
                "t1 recovered  1 recover           1        depth 0 locks 0 | T");
    scenario_program_free(&program);
}

static void every_kind_has_its_line(void **state) {
    (void)state;
    struct scenario_program program = parse_right("recover { defer { check } { call { seh catch { raise 0xE0000001 noncontinuable } } } fault nil-read } goexit repeat 3 { } go { } sync 7 traceback");
    static const struct { struct trace_event event; const char *line; } cases[] = {
        {{.kind = TRACE_ENTER, .operation = 1}, "t1 enter      1 recover                    depth 0 locks 0 | T"},
        {{.kind = TRACE_LEAVE, .operation = 4, .locks = 2}, "t1 leave      4 call                       depth 0 locks 2 | T"},
        {{.kind = TRACE_DONE, .operation = 3}, "t1 done       3 check                      depth 0 locks 0 | T"},
        {{.kind = TRACE_PANIC, .operation = 1, .value = 4294967295}, "t1 panic      1 recover           4294967295 depth 0 locks 0 | T"},
        {{.kind = TRACE_GOEXIT, .operation = 8}, "t1 goexit     8 goexit                     depth 0 locks 0 | T"},
        {{.kind = TRACE_FAULT, .operation = 7}, "t1 fault      7 fault nil-read             depth 0 locks 0 | T"},
        {{.kind = TRACE_RAISE, .operation = 6, .value = 0xE0000001, .is_status = 1},
         "t1 raise      6 raise 0xE0000001 noncontinuable e0000001 depth 0 locks 0 | T"},
        {{.kind = TRACE_RECOVERED, .operation = 1, .value = 0xC0000005, .is_status = 1}, "t1 recovered  1 recover           c0000005 depth 0 locks 0 | T"},
        {{.kind = TRACE_DEFERRED, .operation = 2, .reason = TRACE_WHY_NORMAL}, "t1 deferred   2 defer             normal   depth 0 locks 0 | T"},
        {{.kind = TRACE_DEFERRED, .operation = 2, .reason = TRACE_WHY_PANIC}, "t1 deferred   2 defer             panic    depth 0 locks 0 | T"},
        {{.kind = TRACE_DEFERRED, .operation = 2, .reason = TRACE_WHY_GOEXIT}, "t1 deferred   2 defer             goexit   depth 0 locks 0 | T"},
        {{.kind = TRACE_DEFERRED, .operation = 2, .reason = TRACE_WHY_UNWIND}, "t1 deferred   2 defer             unwind   depth 0 locks 0 | T"},
        {{.kind = TRACE_FILTER, .operation = 5, .value = 0xE0000001, .reason = TRACE_SEARCHES},
         "t1 filter     5 seh catch         e0000001 searches depth 0 locks 0 | T"},
        {{.kind = TRACE_FILTER, .operation = 5, .value = 5, .reason = TRACE_CATCHES},
         "t1 filter     5 seh catch         00000005 catches depth 0 locks 0 | T"},
        {{.kind = TRACE_FILTER, .operation = 5, .value = 5, .reason = TRACE_CONTINUES},
         "t1 filter     5 seh catch         00000005 continues depth 0 locks 0 | T"},
        {{.kind = TRACE_FILTER, .operation = 5, .value = 5, .reason = TRACE_FAULTS},
         "t1 filter     5 seh catch         00000005 faults depth 0 locks 0 | T"},
        {{.kind = TRACE_UNWIND, .operation = 5}, "t1 unwind     5 seh catch                  depth 0 locks 0 | T"},
        {{.kind = TRACE_FINALLY, .operation = 5}, "t1 finally    5 seh catch                  depth 0 locks 0 | T"},
        {{.kind = TRACE_UNWIND, .operation = 5, .value = 0xE0000001, .is_status = 1}, "t1 unwind     5 seh catch         e0000001 depth 0 locks 0 | T"},
        {{.kind = TRACE_CAUGHT, .operation = 5, .value = 0xE0000001, .is_status = 1}, "t1 caught     5 seh catch         e0000001 depth 0 locks 0 | T"},
        {{.kind = TRACE_RAISE, .operation = 5}, "t1 raise      5 seh catch                  depth 0 locks 0 | T"},
        {{.kind = TRACE_CAUGHT, .operation = 5}, "t1 caught     5 seh catch                  depth 0 locks 0 | T"},
        {{.kind = TRACE_CRASH, .reason = TRACE_PLACE_FOREIGN}, "t1 crash      0                   terminate foreign"},
        {{.kind = TRACE_SAME, .operation = 9, .value = 99999}, "t1 same       9 repeat 3          99999    depth 0 locks 0 | T"},
        {{.kind = TRACE_END, .reason = TRACE_ENDED_OK}, "t1 end        0                   ok"},
        {{.kind = TRACE_END, .reason = TRACE_ENDED_GOEXIT}, "t1 end        0                   goexit"},
        {{.kind = TRACE_END, .reason = TRACE_ENDED_PANIC, .value = 7}, "t1 end        0                   panic 7"},
        {{.kind = TRACE_END, .reason = TRACE_ENDED_PANIC, .value = 0xC0000094, .is_status = 1}, "t1 end        0                   panic c0000094"},
        {{.kind = TRACE_JUMP, .operation = 2, .depth = 1}, "t1 jump       2 defer                      depth 1 locks 0 | T"},
        {{.kind = TRACE_GO, .operation = 10, .value = 2}, "t1 go        10 go                g2       depth 0 locks 0 | T"},
        {{.kind = TRACE_WAITS, .operation = 11, .strand = 2}, "g2 waits     11 sync 7                     depth 0 locks 0 | T"},
        {{.kind = TRACE_SEGMENT, .operation = 12, .value = 4, .reason = TRACE_SIDE_MANAGED}, "t1 segment   12 traceback         managed 4 depth 0 locks 0 | T"},
        {{.kind = TRACE_SEGMENT, .operation = 12, .value = 0, .reason = TRACE_SIDE_FOREIGN, .strand = 127}, "g127 segment 12 traceback         foreign 0 depth 0 locks 0 | T"},
        {{.kind = TRACE_CRASH, .is_status = 1, .value = 0xC0000005, .reason = TRACE_PLACE_MANAGED}, "t1 crash      0                   c0000005 managed"},
        {{.kind = TRACE_CRASH, .is_status = 1, .value = 0xC0000005, .reason = TRACE_PLACE_FOREIGN}, "t1 crash      0                   c0000005 foreign"},
        {{.kind = TRACE_CRASH, .is_status = 1, .value = 0x80000003, .reason = TRACE_PLACE_RUNTIME}, "t1 crash      0                   80000003 runtime"},
        {{.kind = TRACE_STOP, .operation = 4, .value = 0xE102, .reason = TRACE_FOUND_BY_RUNTIME}, "t1 stop       4 call              0x0000E102 runtime"},
        {{.kind = TRACE_STOP, .operation = 1, .value = 0xE001, .reason = TRACE_FOUND_BY_RULES}, "t1 stop       1 recover           0x0000E001 rules"},
    };
    bool met[TRACE_KIND_COUNT] = {[TRACE_NONE] = true};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct trace_event event = cases[i].event;
        event.task = 1;
        met[event.kind] = true;
        expect_line(&program, event, trace_kind_has_state(event.kind) ? "T" : "", cases[i].line);
    }
    for (int kind = 0; kind < TRACE_KIND_COUNT; kind++)
        assert_true(met[kind]);
    scenario_program_free(&program);
}

static void records_are_numbered_from_the_base(void **state) {
    (void)state;
    struct scenario_program program = parse_right("check");
    struct trace_event event = {.kind = TRACE_DONE, .task = 12, .operation = 1, .depth = 3, .locks = 10};
    expect_line(&program, event, "FFC?CFT", "t12 done      1 check                      depth 3 locks 10 | F3 F2 C2 ? C1 F1 T");
    expect_line(&program, event, "", "t12 done      1 check                      depth 3 locks 10 |");
    scenario_program_free(&program);
}

static void chains_longer_than_an_event_holds_end_in_dots(void **state) {
    (void)state;
    struct scenario_program program = parse_right("check");
    struct trace_event event = {.kind = TRACE_DONE, .task = 1, .operation = 1};
    char letters[67] = "CC", line[512];
    memset(letters + 2, 'F', 64);
    letters[63] = 'T';
    letters[64] = '\0';
    strcpy(line, "t1 done       1 check                      depth 0 locks 0 | C2 C1");
    for (int number = 61; number > 0; number--) {
        char symbol[16];
        snprintf(symbol, sizeof symbol, " F%d", number);
        strcat(line, symbol);
    }
    strcat(line, " T");
    expect_line(&program, event, letters, line);

    letters[63] = 'F';
    letters[64] = 'T';
    letters[65] = '\0';
    strcpy(line, "t1 done       1 check                      depth 0 locks 0 | C C");
    for (int number = 0; number < 62; number++)
        strcat(line, " F");
    strcat(line, " ...");
    expect_line(&program, event, letters, line);
    scenario_program_free(&program);
}

static void long_numbers_push_what_follows(void **state) {
    (void)state;
    char text[6 * 4096 + 1] = "";
    for (int i = 0; i < 4096; i++)
        memcpy(text + 6 * i, "check ", 7);
    struct scenario_program program = parse_right(text);
    expect_line(&program, (struct trace_event){.kind = TRACE_DONE, .task = 1, .operation = 100}, "T",
                "t1 done      100 check                     depth 0 locks 0 | T");
    expect_line(&program, (struct trace_event){.kind = TRACE_DONE, .task = 1, .operation = 4096}, "T",
                "t1 done      4096 check                    depth 0 locks 0 | T");
    scenario_program_free(&program);
}

static void anything_from_a_file_has_a_line(void **state) {
    (void)state;
    struct scenario_program program = parse_right("check");
    expect_line(&program, (struct trace_event){.kind = 200, .task = 255, .operation = 65535, .depth = 65535, .locks = 65535}, "T",
                "t255 ?       65535                         depth 65535 locks 65535 | T");
    expect_line(&program, (struct trace_event){.kind = TRACE_END, .task = 1, .reason = 99}, "", "t1 end        0                   ?");
    struct random random = {7};
    for (int round = 0; round < 20000; round++) {
        struct trace_event event;
        unsigned char *bytes = (unsigned char *)&event;
        for (size_t i = 0; i < sizeof event; i++)
            bytes[i] = (unsigned char)random_below(&random, 256);
        char line[512];
        size_t length = trace_event_print(&event, &program, line, sizeof line);
        assert_in_range(length, 1, sizeof line - 1);
    }
    scenario_program_free(&program);
}

static void printing_keeps_to_its_buffer(void **state) {
    (void)state;
    struct scenario_program program = parse_right("panic 7");
    struct trace_event event = with_chain((struct trace_event){.kind = TRACE_PANIC, .task = 1, .operation = 1, .value = 7}, "CT");
    char whole[128];
    size_t length = trace_event_print(&event, &program, whole, sizeof whole);
    for (size_t size = 0; size <= length + 1; size++) {
        char *text = malloc(size > 0 ? size : 1);
        assert_non_null(text);
        assert_int_equal(trace_event_print(&event, &program, size > 0 ? text : NULL, size), length);
        if (size > 0) {
            assert_int_equal(strlen(text), size - 1);
            assert_memory_equal(text, whole, size - 1);
        }
        free(text);
    }
    scenario_program_free(&program);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_on_traces_is_true),
        cmocka_unit_test(every_kind_has_its_line),
        cmocka_unit_test(records_are_numbered_from_the_base),
        cmocka_unit_test(chains_longer_than_an_event_holds_end_in_dots),
        cmocka_unit_test(long_numbers_push_what_follows),
        cmocka_unit_test(anything_from_a_file_has_a_line),
        cmocka_unit_test(printing_keeps_to_its_buffer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
