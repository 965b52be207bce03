/* Verdicts: runs as the model predicts them, and then spoilt in one way each. */
#include <stdlib.h>
#include <string.h>

#include "judge/judge.h"
#include "programs.h"
#include "test.h"

/* A run that has not been spoilt yet. */
struct run {
    struct scenario_program program;
    struct model_prediction prediction;
    struct trace_event *events;
    size_t count;
    enum journal_state state;
    bool hang;
    const struct journal_stop *stop;
    struct judgement judgement;
};

static struct run run_begin(const char *text) {
    struct run run = {.program = parse_right(text)};
    model_predict(&run.program, NULL, &run.prediction);
    run.count = run.prediction.count;
    run.events = calloc(run.count + 2, sizeof *run.events); /* room for what never should have happened */
    assert_non_null(run.events);
    if (run.count > 0)
        memcpy(run.events, run.prediction.events, run.count * sizeof *run.events);
    switch (run.prediction.outcome.kind) {
    case OUTCOME_CRASH:
    case OUTCOME_BUGCHECK: run.state = JOURNAL_STOPPED; break;
    case OUTCOME_CRASH_UNKNOWN: run.state = JOURNAL_RUNNING; break;
    default: run.state = JOURNAL_ENDED; break;
    }
    return run;
}

static void expect(struct run *run, enum verdict verdict, size_t difference, const char *reason) {
    judge(&run->program, &run->prediction, run->events, run->count, run->state, run->hang, run->stop, &run->judgement);
    assert_string_equal(verdict_word(run->judgement.verdict), verdict_word(verdict));
    assert_string_equal(run->judgement.reason, reason);
    assert_int_equal(run->judgement.difference, difference);
}

static void run_end(struct run *run) {
    free(run->events);
    model_prediction_free(&run->prediction);
    scenario_program_free(&run->program);
}

/* The text runs as predicted. */
static void expect_as_predicted(const char *text, enum verdict verdict, const char *outcome, const char *reason) {
    struct run run = run_begin(text);
    expect(&run, verdict, SIZE_MAX, reason);
    assert_string_equal(run.judgement.outcome, outcome);
    assert_string_equal(run.judgement.expected, outcome);
    run_end(&run);
}

static void as_predicted_is_a_pass(void **state) {
    (void)state;
    expect_as_predicted("recover { call { seh pass { back { panic } } } } clobber recover { fault nil-write }", VERDICT_PASS, "ok", "");
    expect_as_predicted("panic 7", VERDICT_PASS, "panic 7", "");
    expect_as_predicted("defer { check } { goexit }", VERDICT_PASS, "goexit", "");
    expect_as_predicted("call { raise 0xE0000001 }", VERDICT_PASS, "crash e0000001 foreign", "");
    expect_as_predicted("fault ud2", VERDICT_PASS, "crash c000001d managed", "");
    expect_as_predicted("call { seh leak { } }", VERDICT_PASS, "bugcheck 0x0000E102", "");
    expect_as_predicted("call { seh leak { } clobber raise 1 }", VERDICT_PASS, "crash unknown", "");
    expect_as_predicted("repeat 4294967295 { recover { panic } }", VERDICT_PASS, "ok", "");
}

static void what_was_never_reached_is_vacuous(void **state) {
    (void)state;
    expect_as_predicted("panic check", VERDICT_VACUOUS, "panic 1", "never reached: operation 2, check");
    expect_as_predicted("recover { goexit } check fault div0", VERDICT_VACUOUS, "goexit", "never reached: operation 3, check");
    expect_as_predicted("call { seh catch { raise 5 seh pass { } } }", VERDICT_VACUOUS, "ok", "never reached: operation 4, seh pass");
    expect_as_predicted("defer { check } { fault int3 }", VERDICT_VACUOUS, "crash 80000003 managed", "never reached: operation 2, check");
    expect_as_predicted("call { seh leak { } } check", VERDICT_VACUOUS, "bugcheck 0x0000E102", "never reached: operation 3, check");
    expect_as_predicted("call { seh leak { } clobber raise 1 clobber }", VERDICT_VACUOUS, "crash unknown", "never reached: operation 5, clobber");
}

static void without_a_prediction(void **state) {
    (void)state;
    struct run no_thunks = run_begin("call { args cdecl 2 { } }");
    no_thunks.state = JOURNAL_NO_THUNKS;
    expect(&no_thunks, VERDICT_SKIP, SIZE_MAX, "the runtime under test makes no thunks: thunk_make in its adapter is NULL");
    run_end(&no_thunks);
    struct run refused = run_begin("call { dll \"a!b\" { } }");
    refused.state = JOURNAL_REFUSED;
    expect(&refused, VERDICT_ERROR, SIZE_MAX, "it was not run: what it names is not there");
    run_end(&refused);
    struct run too_long = run_begin("call { repeat 4294967295 { seh leak { } } }");
    expect(&too_long, VERDICT_ERROR, SIZE_MAX, "trace too long");
    too_long.hang = true; /* ours, whatever the run did with such a text */
    expect(&too_long, VERDICT_ERROR, SIZE_MAX, "trace too long");
    run_end(&too_long);
}

static void another_trace_fails(void **state) {
    (void)state;
    static const char text[] = "recover { call { seh pass { back { panic } } } } check";
    struct run run = run_begin(text);
    run.events[5].chain_length = 2; /* the head was not put back */
    expect(&run, VERDICT_FAIL, 5, "another trace, from event 6 on");
    assert_string_equal(run.judgement.outcome, "ok");
    run_end(&run);

    struct run longer = run_begin(text);
    longer.events[longer.count] = longer.events[longer.count - 1];
    longer.count++;
    expect(&longer, VERDICT_FAIL, longer.count - 1, "another trace, from event 9 on");
    run_end(&longer);

    struct run other = run_begin("call { seh leak { } clobber raise 1 }");
    other.count--;
    expect(&other, VERDICT_FAIL, 4, "another trace, from event 5 on");
    run_end(&other);
}

static void another_outcome_fails(void **state) {
    (void)state;
    struct run run = run_begin("recover { panic 7 } check");
    run.count = 3;
    run.events[2] = (struct trace_event){.kind = TRACE_END, .task = 1, .reason = TRACE_ENDED_PANIC, .value = 7};
    expect(&run, VERDICT_FAIL, 2, "another outcome: expected ok, got panic 7");
    assert_string_equal(run.judgement.outcome, "panic 7");
    assert_string_equal(run.judgement.expected, "ok");
    /* The runtime's own word for it is no rule's. */
    run.state = JOURNAL_STOPPED;
    run.events[2] = (struct trace_event){.kind = TRACE_STOP, .task = 1, .operation = 1, .value = 0xE102, .reason = TRACE_FOUND_BY_RUNTIME};
    expect(&run, VERDICT_FAIL, 2, "another outcome: expected ok, got bugcheck 0x0000E102");
    run_end(&run);

    /* A crash that was predicted and did not come. */
    struct run survivor = run_begin("call { raise 1 }");
    survivor.state = JOURNAL_ENDED;
    survivor.events[2] = (struct trace_event){.kind = TRACE_END, .task = 1, .reason = TRACE_ENDED_OK};
    expect(&survivor, VERDICT_FAIL, 2, "another outcome: expected crash 00000001 foreign, got ok");
    run_end(&survivor);
    struct run silent = run_begin("call { seh leak { } clobber raise 1 }");
    silent.state = JOURNAL_STOPPED;
    silent.events[silent.count++] = (struct trace_event){.kind = TRACE_STOP, .task = 1, .operation = 1, .value = 0xE102, .reason = TRACE_FOUND_BY_RUNTIME};
    expect(&silent, VERDICT_FAIL, 5, "another outcome: expected crash unknown, got bugcheck 0x0000E102");
    run_end(&silent);
}

static void a_broken_rule_is_a_violation(void **state) {
    (void)state;
    struct journal_stop stop = {.code = 0xE001, .rule = "V1", .title = "SEH_HEAD_NOT_RESTORED"};
    struct run run = run_begin("recover { panic 7 } check");
    run.state = JOURNAL_STOPPED;
    run.count = 4;
    run.events[3] = (struct trace_event){.kind = TRACE_STOP, .task = 1, .operation = 3, .value = 0xE001, .reason = TRACE_FOUND_BY_RULES};
    run.stop = &stop;
    expect(&run, VERDICT_VIOLATION, 3, "a rule broke: expected ok, got violation V1");
    assert_string_equal(run.judgement.outcome, "violation V1");
    run.stop = NULL;
    expect(&run, VERDICT_VIOLATION, 3, "a rule broke: expected ok, got violation ?");
    run_end(&run);
}

static void a_death_is_a_crash(void **state) {
    (void)state;
    struct run run = run_begin("recover { fault nil-read } check");
    run.state = JOURNAL_RUNNING;
    run.count = 2;
    expect(&run, VERDICT_CRASH, 2, "the process died without a word: expected ok, got crash unknown");
    run.count = 0;
    expect(&run, VERDICT_CRASH, 0, "the process died without a word: expected ok, got crash unknown");
    run.count = 5;
    expect(&run, VERDICT_CRASH, SIZE_MAX, "the process died behind the end of the text: expected ok, got crash unknown");
    run.state = JOURNAL_STOPPED;
    run.count = 3;
    run.events[2] = (struct trace_event){.kind = TRACE_CRASH, .task = 1, .value = 0xC0000005, .is_status = 1, .reason = TRACE_PLACE_MANAGED};
    expect(&run, VERDICT_CRASH, 2, "the process crashed: expected ok, got crash c0000005 managed");
    run_end(&run);

    /* Predicted to crash, but elsewhere. */
    struct run elsewhere = run_begin("call { raise 1 }");
    elsewhere.events[2].reason = TRACE_PLACE_RUNTIME;
    expect(&elsewhere, VERDICT_CRASH, 2, "the process crashed: expected crash 00000001 foreign, got crash 00000001 runtime");
    elsewhere.state = JOURNAL_RUNNING;
    elsewhere.count = 2;
    expect(&elsewhere, VERDICT_CRASH, 2, "the process died without a word: expected crash 00000001 foreign, got crash unknown");
    run_end(&elsewhere);
}

static void a_hang_is_a_hang(void **state) {
    (void)state;
    struct run run = run_begin("check check");
    run.state = JOURNAL_RUNNING;
    run.hang = true;
    run.count = 1;
    expect(&run, VERDICT_HANG, 1, "a watchdog ended it behind event 1");
    assert_string_equal(run.judgement.outcome, "hang");
    assert_string_equal(run.judgement.expected, "ok");
    run_end(&run);
}

static void a_journal_may_be_wrong(void **state) {
    (void)state;
    static const char contradiction[] = "the journal contradicts itself: its last event is not the end that it speaks of";
    struct run run = run_begin("check check");
    run.count = 2;
    expect(&run, VERDICT_ERROR, 2, contradiction);
    run.count = 3;
    run.state = JOURNAL_STOPPED;
    expect(&run, VERDICT_ERROR, SIZE_MAX, contradiction);
    run.state = JOURNAL_TOO_LONG;
    expect(&run, VERDICT_ERROR, SIZE_MAX, "trace too long");
    /* Any bytes are an operation's number. */
    run.state = JOURNAL_ENDED;
    run.events[0].operation = UINT16_MAX;
    expect(&run, VERDICT_FAIL, 0, "another trace, from event 1 on");
    run_end(&run);
}

static void what_the_runtime_cannot_do_is_skipped(void **state) {
    (void)state;
    struct run run = run_begin("call { args cdecl 2 { } }");
    run.count = 0;
    run.state = JOURNAL_NO_THUNKS;
    expect(&run, VERDICT_SKIP, SIZE_MAX, "the runtime under test makes no thunks: thunk_make in its adapter is NULL");
    run_end(&run);
}

static void verdicts_have_words(void **state) {
    (void)state;
    static const struct { const char *word; bool fails; } words[] = {
        [VERDICT_PASS] = {"PASS", false},   [VERDICT_FAIL] = {"FAIL", true},       [VERDICT_VIOLATION] = {"VIOLATION", true},
        [VERDICT_CRASH] = {"CRASH", true},  [VERDICT_HANG] = {"HANG", true},       [VERDICT_VACUOUS] = {"VACUOUS", true},
        [VERDICT_XFAIL] = {"XFAIL", false}, [VERDICT_XPASS] = {"XPASS", true},     [VERDICT_SKIP] = {"SKIP", false},
        [VERDICT_ERROR] = {"ERROR", true},
    };
    assert_int_equal(COUNT_OF(words), VERDICT_COUNT);
    for (unsigned verdict = 0; verdict < VERDICT_COUNT; verdict++) {
        assert_string_equal(verdict_word(verdict), words[verdict].word);
        assert_int_equal(verdict_fails(verdict), words[verdict].fails);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_predicted_is_a_pass),
        cmocka_unit_test(what_was_never_reached_is_vacuous),
        cmocka_unit_test(without_a_prediction),
        cmocka_unit_test(another_trace_fails),
        cmocka_unit_test(another_outcome_fails),
        cmocka_unit_test(a_broken_rule_is_a_violation),
        cmocka_unit_test(a_death_is_a_crash),
        cmocka_unit_test(a_hang_is_a_hang),
        cmocka_unit_test(a_journal_may_be_wrong),
        cmocka_unit_test(what_the_runtime_cannot_do_is_skipped),
        cmocka_unit_test(verdicts_have_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
