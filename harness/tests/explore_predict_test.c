/* A prediction that goes on from the one before is the one that is made anew: for every text of a profile, in their order. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explore/space.h"
#include "model/model.h"
#include "programs.h"

static void expect_same(const struct model_prediction *next, const struct model_prediction *anew, const struct scenario_program *program) {
    bool same = next->state == anew->state && next->count == anew->count && next->total == anew->total && next->silent == anew->silent && outcomes_equal(&next->outcome, &anew->outcome) &&
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

/* What is said to be as it was is so. */
static void expect_as_said(const struct model_prediction *next, const struct model_prediction *before) {
    assert_true(next->kept == 0 || memcmp(next->events, before->events, next->kept * sizeof *next->events) == 0);
    if (next->same_from == SIZE_MAX)
        return;
    assert_true(next->same_from <= next->count && next->count == before->count);
    assert_memory_equal(next->events + next->same_from, before->events + next->same_from, (next->count - next->same_from) * sizeof *next->events);
}

/* Answers how many events were kept from the text before. */
static uint64_t go_through(enum explore_profile profile, unsigned operations_max) {
    struct explore_space *space = explore_space_open(profile, operations_max);
    struct explore_cursor *cursor = explore_cursor_open(space);
    struct model_prediction next = {0}, anew = {0};
    struct model_prediction before = {0}; /* its events only */
    uint64_t kept = 0;
    explore_cursor_seek(cursor, 0);
    do {
        const struct scenario_program *program = explore_cursor_program(cursor);
        model_predict_next(program, explore_cursor_unchanged(cursor), NULL, &next);
        model_predict(program, NULL, &anew);
        expect_same(&next, &anew, program);
        expect_in_order(&next, program);
        assert_true(next.kept <= next.count);
        expect_as_said(&next, &before);
        before.count = next.count;
        before.events = realloc(before.events, next.count * sizeof *next.events);
        memcpy(before.events, next.events, next.count * sizeof *next.events);
        assert_int_equal(anew.kept, 0);
        kept += next.kept;
    } while (explore_cursor_next(cursor));
    model_prediction_free(&next);
    model_prediction_free(&anew);
    free(before.events);
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

static unsigned renumber_block(const struct scenario_program *program, unsigned first, struct scenario_node *nodes, unsigned parent, unsigned block, unsigned number) {
    uint16_t *link = &nodes[parent].block[block];
    for (unsigned from = first; from; from = program->nodes[from].next) {
        struct scenario_node *node = &nodes[number];
        unsigned here = number++;
        *node = program->nodes[from];
        node->parent = (uint16_t)parent;
        *link = (uint16_t)here;
        for (unsigned inner = SCENARIO_BLOCKS_MAX; inner-- > 0;)
            number = renumber_block(program, program->nodes[from].block[inner], nodes, here, inner, number);
        link = &node->next;
    }
    *link = 0;
    return number;
}

/* As the cursor has them: a deferred function behind its body. */
static void number_as_run(struct scenario_program *program) {
    struct scenario_node *nodes = calloc(program->count, sizeof *nodes);
    nodes[0] = program->nodes[0];
    assert_int_equal(renumber_block(program, program->nodes[0].block[0], nodes, 0, 0, 1), program->count);
    memcpy(program->nodes, nodes, program->count * sizeof *nodes);
    free(nodes);
}

/* The last operation stands where it stood or further out, in every order: each letter behind each, at each place behind each further in. */
static void further_out(void **state) {
    static const char *const managed[] = {"call { }", "panic 7", "recover { }", "defer { } { }", "panic 8", "lock { }", "goexit", "fault failfast"};
    static const char *const foreign[] = {"seh pass { }", "back { }", "raise 0xE0000001", "setjmp { }", "seh leak { }", "seh finally { }", "longjmp"};
    static const struct { const char *places[4]; bool is_foreign[4]; } row[] = {
        {{"lock { recover { lock { %s } } }", "lock { recover { lock { } %s } }", "lock { recover { lock { } } %s }", "lock { recover { lock { } } } %s"}, {false}},
        {{"defer { } { call { back { %s } } }", "defer { } { call { back { } %s } }", "defer { } { call { back { } } %s }", "defer { %s } { call { back { } } }"}, {false, true, false, false}},
        {{"call { seh catch { setjmp { %s } } }", "call { seh catch { setjmp { } %s } }", "call { seh catch { setjmp { } } %s }", "call { seh catch { setjmp { } } } %s"}, {true, true, true, false}},
        {{"recover { defer { } { lock { %s } } }", "recover { defer { } { lock { } %s } }", "recover { defer { %s } { lock { } } }", "recover { defer { } { lock { } } %s }"}, {false}},
        {{"call { seh pass { seh leak { back { %s } } } }", "call { seh pass { seh leak { back { } %s } } }", "call { seh pass { seh leak { back { } } %s } }", "call { seh pass { seh leak { back { } } } %s }"}, {false, true, true, true}},
    };
    (void)state;
    struct model_prediction next = {0}, anew = {0};
    uint32_t draw = 1;
    for (unsigned turn = 0; turn < 20000; turn++) {
        unsigned of = turn % (sizeof row / sizeof *row);
        bool begins = true;
        for (unsigned place = 0; place < 4; place += (draw >> 16) % 2)
            for (unsigned times = 1 + (draw >> 20) % 3; times > 0 && place < 4; times--, begins = false) {
                draw = draw * 1664525 + 1013904223;
                const char *const *last = row[of].is_foreign[place] ? foreign : managed;
                size_t count = row[of].is_foreign[place] ? sizeof foreign / sizeof *foreign : sizeof managed / sizeof *managed;
                char text[256];
                snprintf(text, sizeof text, row[of].places[place], last[(draw >> 8) % count]);
                struct scenario_program program = parse_right(text);
                number_as_run(&program);
                model_predict_next(&program, begins ? 0 : (unsigned)program.count - 2, NULL, &next);
                model_predict(&program, NULL, &anew);
                expect_same(&next, &anew, &program);
                scenario_program_free(&program);
            }
    }
    model_prediction_free(&next);
    model_prediction_free(&anew);
}

/* Where an operation stands: whose block, which, and behind which. */
struct place {
    uint8_t letter, block;
    uint16_t parent, before;
};

static void find_places(const struct explore_cursor *cursor, unsigned parent, struct place *places) {
    const struct scenario_program *program = explore_cursor_program(cursor);
    for (unsigned block = 0; block < SCENARIO_BLOCKS_MAX; block++)
        for (unsigned before = 0, number = program->nodes[parent].block[block]; number; before = number, number = program->nodes[number].next) {
            assert_int_equal(program->nodes[number].parent, parent);
            places[number] = (struct place){explore_cursor_letters(cursor)[number], (uint8_t)block, (uint16_t)parent, (uint16_t)before};
            find_places(cursor, number, places);
        }
}

static bool is_same_place(struct place one, struct place other) { return one.block == other.block && one.parent == other.parent && one.before == other.before; }

/* Whether the place of the first lies further in: what the other stands in, or behind, comes with the end of a block around the first. */
static bool is_further_in(const struct place *places, struct place one, struct place other) {
    for (unsigned around = one.parent; around; around = places[around].parent) {
        bool is_deferred = other.parent == around && other.block == 0 && other.before == 0 && one.block == 1; /* behind its body */
        if (other.before == around || is_deferred)
            return true;
        one = places[around];
    }
    return false;
}

/* The order of the space: as far as two texts in a row are the same they are said to be, and no further; then the second has a later letter at the same place, or stands further out. */
static void in_order(void **state) {
    (void)state;
    static const enum explore_profile profiles[] = {EXPLORE_CORE, EXPLORE_FRAMES, EXPLORE_TASKS, EXPLORE_RUINS, EXPLORE_ALL};
    for (unsigned profile = 0; profile < sizeof profiles / sizeof *profiles; profile++) {
        struct explore_space *space = explore_space_open(profiles[profile], profiles[profile] == EXPLORE_CORE ? 5 : 4);
        struct explore_cursor *cursor = explore_cursor_open(space);
        struct place places[EXPLORE_OPERATIONS_MAX + 1] = {{0}}, before[EXPLORE_OPERATIONS_MAX + 1] = {{0}};
        size_t count = 0;
        explore_cursor_seek(cursor, 0);
        assert_int_equal(explore_cursor_unchanged(cursor), 0);
        do {
            const struct scenario_program *program = explore_cursor_program(cursor);
            unsigned unchanged = explore_cursor_unchanged(cursor);
            find_places(cursor, 0, places);
            for (unsigned operation = 1; operation <= unchanged; operation++)
                assert_memory_equal(&places[operation], &before[operation], sizeof *places);
            assert_true(program->count >= count);
            if (program->count == count) {
                struct place was = before[unchanged + 1], is = places[unchanged + 1];
                assert_true(is_same_place(was, is) ? is.letter > was.letter : is_further_in(before, was, is));
            }
            count = program->count;
            memcpy(before, places, sizeof before);
        } while (explore_cursor_next(cursor));
        explore_cursor_close(cursor);
        explore_space_close(space);
    }
}

/* The task that it brought along has panicked, which ends the process. */
static bool is_end_of_callback(const struct model_prediction *prediction) {
    const struct trace_event *last = &prediction->events[prediction->count - 1];
    return last->kind == TRACE_END && last->operation != 0;
}

/* What the cursor says of how a text ends is what the model does. */
static void ends_are_said(void **state) {
    (void)state;
    struct explore_space *space = explore_space_open(EXPLORE_ALL, 3);
    struct explore_cursor *cursor = explore_cursor_open(space);
    struct model_prediction prediction = {0};
    explore_cursor_seek(cursor, 0);
    do {
        model_predict(explore_cursor_program(cursor), NULL, &prediction);
        switch (explore_cursor_exit(cursor)) {
        case EXPLORE_GOES_ON: assert_int_equal(prediction.outcome.kind, OUTCOME_OK); break;
        case EXPLORE_GOEXIT: assert_int_equal(prediction.outcome.kind, OUTCOME_GOEXIT); break;
        case EXPLORE_PANIC:
        case EXPLORE_PANIC_OVER_GOEXIT: assert_int_equal(prediction.outcome.kind, OUTCOME_PANIC); break;
        case EXPLORE_DEATH: assert_true(prediction.outcome.kind > OUTCOME_GOEXIT || is_end_of_callback(&prediction)); break;
        default: fail_msg("no text ends so: %s", explore_exit_word(explore_cursor_exit(cursor)));
        }
    } while (explore_cursor_next(cursor));
    model_prediction_free(&prediction);
    explore_cursor_close(cursor);
    explore_space_close(space);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_core),       cmocka_unit_test(of_faults),
        cmocka_unit_test(of_threads),    cmocka_unit_test(of_frames),
        cmocka_unit_test(of_tasks),      cmocka_unit_test(of_ruins),      cmocka_unit_test(of_everything),
        cmocka_unit_test(behind_a_repeat), cmocka_unit_test(numbered_as_written), cmocka_unit_test(further_out),
        cmocka_unit_test(in_order),      cmocka_unit_test(ends_are_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
