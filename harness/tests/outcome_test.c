/* What last events mean, in words; and texts that hold what nobody can run yet. */
#include <string.h>

#include "model/model.h"
#include "programs.h"
#include "test.h"

static void expect_words(struct outcome outcome, const char *words) {
    char text[64];
    assert_int_equal(outcome_print(&outcome, text, sizeof text), strlen(words));
    assert_string_equal(text, words);
    char nothing[1] = {'x'};
    assert_int_equal(outcome_print(&outcome, nothing, sizeof nothing), strlen(words)); /* as snprintf */
    assert_int_equal(nothing[0], '\0');
}

static void outcomes_have_words(void **state) {
    (void)state;
    expect_words((struct outcome){.kind = OUTCOME_OK}, "ok");
    expect_words((struct outcome){.kind = OUTCOME_PANIC, .value = 7}, "panic 7");
    expect_words((struct outcome){.kind = OUTCOME_PANIC, .value = 0xFFFFFFFF}, "panic 4294967295");
    expect_words((struct outcome){.kind = OUTCOME_PANIC, .value = 0xC0000005, .is_status = true}, "panic c0000005");
    expect_words((struct outcome){.kind = OUTCOME_GOEXIT}, "goexit");
    expect_words((struct outcome){.kind = OUTCOME_CRASH, .value = 5, .is_status = true, .place = TRACE_PLACE_FOREIGN}, "crash 00000005 foreign");
    expect_words((struct outcome){.kind = OUTCOME_CRASH, .value = 0xC0000005, .is_status = true, .place = TRACE_PLACE_MANAGED}, "crash c0000005 managed");
    expect_words((struct outcome){.kind = OUTCOME_CRASH, .value = 0xC0000005, .is_status = true, .place = TRACE_PLACE_RUNTIME}, "crash c0000005 runtime");
    expect_words((struct outcome){.kind = OUTCOME_CRASH, .place = TRACE_PLACE_FOREIGN}, "crash terminate foreign");
    expect_words((struct outcome){.kind = OUTCOME_CRASH_UNKNOWN}, "crash unknown");
    expect_words((struct outcome){.kind = OUTCOME_VIOLATION, .value = 0xE001, .rule = "V1"}, "violation V1");
    expect_words((struct outcome){.kind = OUTCOME_BUGCHECK, .value = 0xE102}, "bugcheck 0x0000E102");
    expect_words((struct outcome){.kind = OUTCOME_HANG}, "hang");
}

static void last_events_mean_outcomes(void **state) {
    (void)state;
    static const struct { struct trace_event last; const char *words; } cases[] = {
        {{.kind = TRACE_END, .reason = TRACE_ENDED_OK}, "ok"},
        {{.kind = TRACE_END, .reason = TRACE_ENDED_PANIC, .value = 3}, "panic 3"},
        {{.kind = TRACE_END, .reason = TRACE_ENDED_PANIC, .value = 0xC0000094, .is_status = 1}, "panic c0000094"},
        {{.kind = TRACE_END, .reason = TRACE_ENDED_GOEXIT}, "goexit"},
        {{.kind = TRACE_CRASH, .reason = TRACE_PLACE_RUNTIME, .value = 0xC0000005, .is_status = 1}, "crash c0000005 runtime"},
        {{.kind = TRACE_CRASH, .reason = TRACE_PLACE_FOREIGN}, "crash terminate foreign"},
        {{.kind = TRACE_STOP, .reason = TRACE_FOUND_BY_RUNTIME, .value = 0xE103}, "bugcheck 0x0000E103"},
        {{.kind = TRACE_STOP, .reason = TRACE_FOUND_BY_RULES, .value = 0xE001}, "violation ?"},
        {{.kind = TRACE_LEAVE}, "crash unknown"},
    };
    for (size_t place = 0; place < COUNT_OF(cases); place++)
        expect_words(outcome_of_trace(&cases[place].last, 1), cases[place].words);
    expect_words(outcome_of_trace(NULL, 0), "crash unknown");
}

static void what_is_not_settled_is_not_predicted(void **state) {
    (void)state;
    struct model_prediction prediction = {0};
    struct scenario_program open = parse_right("go { sync 1 } go { sync 1 } sync 1");
    model_predict(&open, NULL, &prediction);
    assert_int_equal(prediction.state, MODEL_UNSETTLED);
    scenario_program_free(&open);
    /* ... and the prediction is as good as new. */
    struct scenario_program program = parse_right("panic 2");
    model_predict(&program, NULL, &prediction);
    assert_int_equal(prediction.state, MODEL_PREDICTED);
    assert_string_equal(prediction.reason, "");
    expect_words(prediction.outcome, "panic 2");
    scenario_program_free(&program);
    model_prediction_free(&prediction);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outcomes_have_words),
        cmocka_unit_test(last_events_mean_outcomes),
        cmocka_unit_test(what_is_not_settled_is_not_predicted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
