/* Known differences of platforms: what the model makes of them, and the judge's second look. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/judge.h"
#include "programs.h"
#include "test.h"

/* Differences that no table has to hold: of `div0` and `ud2`, under the number of a real one. */
static const struct model_platform OTHER_STATUS = {.faults[SCENARIO_FAULT_DIV0] = {.status = 0xC0000096, .difference = 1}};
static const struct model_platform NOTHING = {.faults[SCENARIO_FAULT_UD2] = {.effect = MODEL_FAULT_DOES_NOTHING, .difference = 1}};
static const struct model_platform DEATH = {.faults[SCENARIO_FAULT_UD2] = {.effect = MODEL_FAULT_ENDS_PROCESS, .difference = 1}};

static struct model_prediction predict(const struct scenario_program *program, const struct model_platform *platform) {
    struct model_prediction prediction = {0};
    model_predict(program, platform, &prediction);
    assert_int_equal(prediction.state, MODEL_PREDICTED);
    return prediction;
}

static enum journal_state state_of(const struct model_prediction *prediction) {
    switch (prediction->outcome.kind) {
    case OUTCOME_CRASH: return JOURNAL_STOPPED;
    case OUTCOME_CRASH_UNKNOWN: return JOURNAL_RUNNING;
    default: return JOURNAL_ENDED;
    }
}

/* The run is the one that `lived` predicts; it is judged on a platform that is known to be as `known` says. */
static void expect_verdict(const char *text, const struct model_platform *lived, const struct model_platform *known, enum verdict verdict) {
    struct scenario_program program = parse_right(text);
    struct model_prediction run = predict(&program, lived), contract = predict(&program, NULL), platform = predict(&program, known);
    struct judgement judgement, by_platform;
    judge(&program, &contract, run.events, run.count, state_of(&run), false, NULL, &judgement);
    judge(&program, &platform, run.events, run.count, state_of(&run), false, NULL, &by_platform);
    struct judgement first = judgement;
    judge_known(&program, &contract, &platform, &by_platform, &judgement);

    if (judgement.verdict != verdict)
        fail_msg("%s: expected %s, judged %s (%s)", text, verdict_word(verdict), verdict_word(judgement.verdict), judgement.reason);
    bool is_known = verdict == VERDICT_XFAIL || verdict == VERDICT_XPASS;
    assert_true(judgement.known == (is_known ? 1u : 0u));
    if (is_known) {
        assert_non_null(strstr(judgement.reason, model_differences[0].id));
        assert_non_null(strstr(judgement.reason, model_differences[0].reason));
    } else if (verdict == VERDICT_VACUOUS) {
        assert_non_null(strstr(judgement.reason, "never reached"));
    } else {
        assert_string_equal(judgement.reason, first.reason);
    }
    assert_string_equal(judgement.expected, first.expected); /* the contract's, whatever is known */
    assert_string_equal(judgement.outcome, first.outcome);
    assert_int_equal(judgement.difference, first.difference);
    model_prediction_free(&run);
    model_prediction_free(&contract);
    model_prediction_free(&platform);
    scenario_program_free(&program);
}

static void as_the_platform_is_known_to_be(void **state) {
    (void)state;
    expect_verdict("fault div0", &OTHER_STATUS, &OTHER_STATUS, VERDICT_XFAIL);
    expect_verdict("recover { fault div0 } check", &OTHER_STATUS, &OTHER_STATUS, VERDICT_XFAIL);
    expect_verdict("call { seh catch { fault div0 } }", &OTHER_STATUS, &OTHER_STATUS, VERDICT_XFAIL);
    expect_verdict("call { seh catch { fault ud2 } }", &NOTHING, &NOTHING, VERDICT_XFAIL);
    expect_verdict("fault ud2", &NOTHING, &NOTHING, VERDICT_XFAIL);
    expect_verdict("fault ud2", &DEATH, &DEATH, VERDICT_XFAIL);
    expect_verdict("call { seh catch { fault ud2 } clobber }", &DEATH, &DEATH, VERDICT_XFAIL); /* the platform never gets to the clobber: the text can */
}

static void as_the_contract_says_though_the_platform_should_not(void **state) {
    (void)state;
    expect_verdict("recover { fault div0 }", NULL, &OTHER_STATUS, VERDICT_XPASS);
    expect_verdict("call { seh catch { fault ud2 } }", NULL, &NOTHING, VERDICT_XPASS);
    expect_verdict("call { seh catch { fault ud2 } }", NULL, &DEATH, VERDICT_XPASS);
}

/* A debugger hears the last of it: of C's exceptions only, and only of those that nobody takes. */
static void what_nobody_takes_and_nobody_reports(void **state) {
    (void)state;
    static const struct model_platform DEBUGGED = {.unhandled = {.effect = MODEL_FAULT_ENDS_PROCESS, .difference = 1}};
    expect_verdict("call { fault ud2 }", &DEBUGGED, &DEBUGGED, VERDICT_XFAIL);
    expect_verdict("call { seh pass { raise 0xE0000001 } }", &DEBUGGED, &DEBUGGED, VERDICT_XFAIL);
    expect_verdict("call { fault ud2 }", NULL, &DEBUGGED, VERDICT_XPASS);
    expect_verdict("call { seh catch { fault ud2 } }", NULL, &DEBUGGED, VERDICT_PASS);
    expect_verdict("fault ud2", NULL, &DEBUGGED, VERDICT_PASS);
    expect_verdict("call { fault ud2 }", &DEBUGGED, NULL, VERDICT_CRASH);
}

static void as_neither_says(void **state) {
    (void)state;
    expect_verdict("recover { fault div0 }", &OTHER_STATUS, &DEATH, VERDICT_FAIL);
    expect_verdict("call { seh catch { fault ud2 } }", &DEATH, &NOTHING, VERDICT_CRASH);
    expect_verdict("call { seh catch { fault ud2 } }", &NOTHING, &DEATH, VERDICT_FAIL);
}

static void texts_that_do_not_meet_the_difference(void **state) {
    (void)state;
    expect_verdict("recover { fault ud2 }", NULL, &OTHER_STATUS, VERDICT_PASS);
    expect_verdict("recover { panic fault div0 }", NULL, &OTHER_STATUS, VERDICT_VACUOUS); /* it is there, and never reached */
}

/* A text that says more than can happen is to blame on every platform. */
static void a_vacuous_text_stays_vacuous_or_wrong(void **state) {
    (void)state;
    expect_verdict("recover { fault div0 check }", &OTHER_STATUS, &OTHER_STATUS, VERDICT_VACUOUS);
    expect_verdict("fault ud2 call { }", &DEATH, &DEATH, VERDICT_VACUOUS);
    expect_verdict("fault ud2 call { }", &NOTHING, &DEATH, VERDICT_FAIL);
}

static void what_a_fault_without_dispatch_does(void **state) {
    (void)state;
    static const struct { const char *text, *nothing, *death; } texts[] = {
        {"fault ud2 check", "ok", "crash unknown"},
        {"recover { panic-on-fault { fault ud2 } }", "ok", "crash unknown"},
        {"call { seh catch { fault ud2 } }", "ok", "crash unknown"},
        {"call { seh finally { back { fault ud2 } } }", "ok", "crash unknown"},
    };
    for (size_t place = 0; place < sizeof texts / sizeof texts[0]; place++) {
        struct scenario_program program = parse_right(texts[place].text);
        struct model_prediction nothing = predict(&program, &NOTHING), death = predict(&program, &DEATH);
        char words[64];
        outcome_print(&nothing.outcome, words, sizeof words);
        assert_string_equal(words, texts[place].nothing);
        outcome_print(&death.outcome, words, sizeof words);
        assert_string_equal(words, texts[place].death);
        for (size_t event = 1; event < nothing.count; event++) /* goes on behind the fault, with nobody asked */
            if (nothing.events[event - 1].kind == TRACE_FAULT)
                assert_int_equal(nothing.events[event].kind, TRACE_DONE);
        assert_int_equal(death.events[death.count - 1].kind, TRACE_FAULT);
        assert_true(nothing.differences == 1 && death.differences == 1);
        model_prediction_free(&nothing);
        model_prediction_free(&death);
        scenario_program_free(&program);
    }
}

static void platforms_are_called_by_their_names(void **state) {
    (void)state;
    static const struct { const char *platforms, *name; bool is; } names[] = {
        {"wine", "wine-8.0", true},           {"wine", "wine-10.0", true},    {"wine-8", "wine-8.0", true},      {"wine-8", "wine-8.0-rc1", true},
        {"wine-8.0", "wine-8.0", true},       {"wine-8", "wine-80.1", false}, {"wine-1", "wine-10.0", false},    {"wine", "winery-1", false},
        {"wine-8", "wine", false},            {"wine-8 wine-10", "wine-10.0", true},                             {"wine-8 wine-10", "wine-9.0", false},
        {"windows-6 wine-8", "windows-6.1.7601", true},                       {"windows-10", "windows-10.0.20348", true},
        {"debugged", "wine-8.0 debugged", true}, {"wine-8", "wine-8.0 debugged", true}, {"debugged", "wine-8.0", false}, {"debug", "wine-8.0 debugged", false},
        {"windows", "", false},               {"wine", "", false},            {" wine  windows ", "windows", true},
    };
    for (size_t place = 0; place < sizeof names / sizeof names[0]; place++) {
        struct model_difference difference = {.platforms = names[place].platforms};
        if (model_difference_is_of(&difference, names[place].name) != names[place].is)
            fail_msg("\"%s\" and \"%s\"", names[place].platforms, names[place].name);
    }
}

/* Every entry of the list: on its platforms, and only there, the override is in place, under its own number. */
static void the_list_reaches_its_platforms(void **state) {
    (void)state;
    assert_true(model_differences_count > 0);
    for (unsigned number = 0; number < model_differences_count; number++) {
        const struct model_difference *difference = &model_differences[number];
        char word[32] = "";
        sscanf(difference->platforms, "%31s", word);
        struct model_platform platform;
        assert_true(model_platform_named(word, &platform));
        const struct model_override *override = difference->unhandled ? &platform.unhandled : &platform.faults[difference->fault];
        assert_int_equal(override->difference, number + 1); /* no other entry of this platform has the same kind */
        assert_int_equal(override->status, difference->status);
        assert_int_equal(override->effect, difference->effect);
        struct model_platform alone = {0};
        const struct model_override *own = model_platform_add(&alone, number);
        assert_memory_equal(own, override, sizeof *own);
        for (unsigned other = 0; other < number; other++)
            assert_string_not_equal(model_differences[other].id, difference->id);
    }
    struct model_platform nowhere;
    assert_false(model_platform_named("", &nowhere));
    assert_false(model_platform_named("amiga-3.1", &nowhere));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_the_platform_is_known_to_be),
        cmocka_unit_test(as_the_contract_says_though_the_platform_should_not),
        cmocka_unit_test(what_nobody_takes_and_nobody_reports),
        cmocka_unit_test(as_neither_says),
        cmocka_unit_test(texts_that_do_not_meet_the_difference),
        cmocka_unit_test(a_vacuous_text_stays_vacuous_or_wrong),
        cmocka_unit_test(what_a_fault_without_dispatch_does),
        cmocka_unit_test(platforms_are_called_by_their_names),
        cmocka_unit_test(the_list_reaches_its_platforms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
