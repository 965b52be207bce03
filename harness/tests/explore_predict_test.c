/* A prediction that goes on from the one before is the one that is made anew: for every text of a profile, in their order. */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "explore/space.h"
#include "model/model.h"
#include "programs.h"

static void expect_same(const struct model_prediction *next, const struct model_prediction *anew, const struct scenario_program *program) {
    bool same = next->state == anew->state && next->count == anew->count && next->total == anew->total && outcomes_equal(&next->outcome, &anew->outcome) &&
                memcmp(next->events, anew->events, next->count * sizeof *next->events) == 0;
    if (!same) {
        char *text = print_whole(program);
        fail_msg("%s: predicted otherwise behind the text before it", text);
    }
}

/* Operations have numbers in the order in which they are entered: parting.c relies on it. */
static void expect_in_order(const struct model_prediction *prediction, const struct scenario_program *program) {
    unsigned last = 0;
    for (size_t place = 0; place < prediction->count && !prediction->has_strands; place++) {
        unsigned operation = prediction->events[place].operation;
        bool is_next = operation == last + 1;
        last += is_next;
        if (!is_next && operation > last) {
            char *text = print_whole(program);
            fail_msg("%s: operation %u is entered behind operation %u", text, operation, last);
        }
    }
}

/* Answers how many events were kept from the text before. */
static uint64_t go_through(enum explore_profile profile, unsigned operations_max) {
    struct explore_space *space = explore_space_open(profile, operations_max);
    struct explore_cursor *cursor = explore_cursor_open(space);
    struct model_prediction next = {0}, anew = {0};
    uint64_t kept = 0;
    explore_cursor_seek(cursor, 0);
    do {
        const struct scenario_program *program = explore_cursor_program(cursor);
        model_predict_next(program, explore_cursor_unchanged(cursor), NULL, &next);
        model_predict(program, NULL, &anew);
        expect_same(&next, &anew, program);
        expect_in_order(&next, program);
        assert_true(next.kept <= next.count);
        assert_int_equal(anew.kept, 0);
        kept += next.kept;
    } while (explore_cursor_next(cursor));
    model_prediction_free(&next);
    model_prediction_free(&anew);
    explore_cursor_close(cursor);
    explore_space_close(space);
    return kept;
}

static void of_core(void **state) {
    (void)state;
    assert_true(go_through(EXPLORE_CORE, 5) > 100000);
}
static void of_faults(void **state) {
    (void)state;
    assert_true(go_through(EXPLORE_FAULTS, 5) > 100000);
}
static void of_threads(void **state) {
    (void)state;
    assert_true(go_through(EXPLORE_THREADS, 5) > 100000);
}
static void of_frames(void **state) {
    (void)state;
    assert_true(go_through(EXPLORE_FRAMES, 5) > 100000);
}
static void of_tasks(void **state) {
    (void)state;
    assert_true(go_through(EXPLORE_TASKS, 4) > 10000);
}
static void of_ruins(void **state) {
    (void)state;
    assert_true(go_through(EXPLORE_RUINS, 5) > 10000);
}
static void of_everything(void **state) {
    (void)state;
    assert_true(go_through(EXPLORE_ALL, 4) > 100000);
}

/* Behind a text with a repeat, of which nothing is written down, comes one that begins as it does, and behind that one another that does not. */
static void behind_a_repeat(void **state) {
    (void)state;
    static const struct { const char *text; unsigned unchanged; } row[] = {
        {"recover { } recover { } repeat 2 { }", 0},
        {"recover { } recover { } lock { }", 2},
        {"recover { } lock { } lock { }", 1},
        {"recover { } lock { } lock { call { } }", 2},
    };
    struct model_prediction next = {0}, anew = {0};
    for (size_t index = 0; index < sizeof row / sizeof *row; index++) {
        struct scenario_program program = parse_right(row[index].text);
        model_predict_next(&program, row[index].unchanged, NULL, &next);
        model_predict(&program, NULL, &anew);
        expect_same(&next, &anew, &program);
        scenario_program_free(&program);
    }
    model_prediction_free(&next);
    model_prediction_free(&anew);
}

/* One behind the other with each of these as the last operation, where a deferred function has its numbers before the body that it runs behind. */
static void numbered_as_written(void **state) {
    static const char *const managed[] = {"call { }", "panic 7", "recover { }", "defer { } { }", "lock { }", "goexit", "recover { }"};
    static const char *const foreign[] = {"seh pass { }", "back { }", "raise 0xE0000001", "setjmp { }", "seh leak { }", "seh finally { }", "longjmp", "back { }"};
    static const struct { const char *text; bool is_foreign; } row[] = {
        {"%s", false},
        {"lock { recover { %s } }", false},
        {"defer { call { } } { %s }", false},
        {"defer { defer { panic } { lock { } } } { recover { } %s }", false},
        {"recover { defer { recover { panic 3 } } { lock { %s } } }", false},
        {"call { seh catch { back { defer { lock { } } { call { back { %s } } } } } }", false},
        {"call { seh catch { %s } }", true},
        {"defer { lock { } } { call { setjmp { seh finally { %s } } } }", true},
        {"call { seh catch { back { defer { lock { } } { call { %s } } } } }", true},
    };
    (void)state;
    struct model_prediction next = {0}, anew = {0};
    for (size_t index = 0; index < sizeof row / sizeof *row; index++) {
        const char *const *last = row[index].is_foreign ? foreign : managed;
        size_t count = row[index].is_foreign ? sizeof foreign / sizeof *foreign : sizeof managed / sizeof *managed;
        for (size_t turn = 0; turn < count * count + 1; turn++) { /* each behind each */
            char text[256];
            snprintf(text, sizeof text, row[index].text, last[turn % 2 ? turn / 2 % count : turn / 2 / count % count]);
            struct scenario_program program = parse_right(text);
            model_predict_next(&program, turn == 0 ? 0 : (unsigned)program.count - 2, NULL, &next);
            model_predict(&program, NULL, &anew);
            expect_same(&next, &anew, &program);
            scenario_program_free(&program);
        }
    }
    model_prediction_free(&next);
    model_prediction_free(&anew);
}

/* The cursor says no more of a text is as it was than is. */
static void what_is_unchanged_is_so(void **state) {
    (void)state;
    struct explore_space *space = explore_space_open(EXPLORE_CORE, 5);
    struct explore_cursor *cursor = explore_cursor_open(space);
    uint8_t letters[EXPLORE_OPERATIONS_MAX + 1] = {0};
    struct scenario_node before[EXPLORE_OPERATIONS_MAX + 1] = {{0}};
    explore_cursor_seek(cursor, 0);
    assert_int_equal(explore_cursor_unchanged(cursor), 0);
    do {
        const struct scenario_program *program = explore_cursor_program(cursor);
        for (unsigned operation = 1; operation < program->count; operation++) {
            const struct scenario_node *node = &program->nodes[operation];
            if (operation <= explore_cursor_unchanged(cursor)) {
                assert_int_equal(explore_cursor_letters(cursor)[operation], letters[operation]);
                assert_int_equal(node->parent, before[operation].parent);
                assert_int_equal(node->next, before[operation].next);
                assert_int_equal(node->block[0], before[operation].block[0]);
                assert_int_equal(node->block[1], before[operation].block[1]);
            }
            letters[operation] = explore_cursor_letters(cursor)[operation];
            before[operation] = *node;
        }
    } while (explore_cursor_next(cursor));
    explore_cursor_close(cursor);
    explore_space_close(space);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_core),       cmocka_unit_test(of_faults),
        cmocka_unit_test(of_threads),    cmocka_unit_test(of_frames),
        cmocka_unit_test(of_tasks),      cmocka_unit_test(of_ruins),      cmocka_unit_test(of_everything),
        cmocka_unit_test(behind_a_repeat), cmocka_unit_test(numbered_as_written), cmocka_unit_test(what_is_unchanged_is_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
