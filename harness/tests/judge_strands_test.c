/* Runs of several strands: in other orders than the predicted one, with other numbers, cut off where another strand ends the process; and each way to be wrong. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/judge.h"
#include "programs.h"
#include "test.h"

/* The run consists of the predicted events, counted from 1, in the order of `places`; those behind the end included. */
struct run {
    struct scenario_program program;
    struct model_prediction prediction;
    struct trace_event events[64];
    size_t count;
    enum journal_state state;
    struct judgement judgement;
};

static void run_begin(struct run *run, const char *text, const char *places) {
    *run = (struct run){.program = parse_right(text), .state = JOURNAL_ENDED};
    model_predict(&run->program, NULL, &run->prediction);
    assert_int_equal(run->prediction.state, MODEL_PREDICTED);
    while (*places != '\0') {
        char *behind;
        unsigned long place = strtoul(places, &behind, 10);
        assert_in_range(place, 1, run->prediction.total);
        run->events[run->count++] = run->prediction.events[place - 1];
        places = behind + strspn(behind, " ");
    }
    uint8_t last = run->count > 0 ? run->events[run->count - 1].kind : TRACE_NONE;
    if (last == TRACE_CRASH || last == TRACE_STOP || (last == TRACE_END && run->events[run->count - 1].reason == TRACE_ENDED_PANIC))
        run->state = JOURNAL_STOPPED;
    else if (last != TRACE_END)
        run->state = JOURNAL_RUNNING;
}

static void run_judge(struct run *run) {
    judge(&run->program, &run->prediction, run->events, run->count, run->state, false, NULL, &run->judgement);
}

static void run_end(struct run *run) {
    model_prediction_free(&run->prediction);
    scenario_program_free(&run->program);
}

static void expect(const char *text, const char *places, enum verdict verdict, const char *outcome, size_t difference) {
    struct run run;
    run_begin(&run, text, places);
    run_judge(&run);
    if (run.judgement.verdict != verdict || run.judgement.difference != difference || strcmp(run.judgement.outcome, outcome) != 0)
        fail_msg("%s: %s\n  %s, %s, difference %ld: %s", text, places, verdict_word(run.judgement.verdict), run.judgement.outcome,
                 (long)run.judgement.difference, run.judgement.reason);
    run_end(&run);
}

static void may_be(const char *text, const char *places, const char *outcome) { expect(text, places, VERDICT_PASS, outcome, SIZE_MAX); }

/* 1 go, 2 go, 3 check, 4 waits, 5 g1 enter, 6 g1 check, 7 g1 end, 8 g2 enter, 9 g2 end, 10 done, 11 end */
static const char two[] = "go { check } go { } check wait";
/* 1 go, 2 waits, 3 g1 enter, 4 g1 waits, 5 g1 done, 6 g1 end, 7 done, 8 end */
static const char meeting[] = "go { sync 1 } sync 1";

static void any_order_that_can_be_is_a_pass(void **state) {
    (void)state;
    may_be(two, "1 2 3 4 5 6 7 8 9 10 11", "ok");
    may_be(two, "1 5 6 7 2 8 9 3 4 10 11", "ok");
    may_be(two, "1 5 2 8 6 3 9 7 4 10 11", "ok");
    may_be(two, "1 2 8 9 5 3 6 4 7 10 11", "ok");
    may_be(meeting, "1 2 3 4 5 6 7 8", "ok");
    may_be(meeting, "1 3 4 2 7 5 6 8", "ok");
    may_be(meeting, "1 3 2 4 7 5 6 8", "ok");
}

static void what_comes_too_early_fails(void **state) {
    (void)state;
    expect(two, "1 2 3 4 5 6 8 9 10 7 11", VERDICT_FAIL, "ok", 8);   /* wait came back before g1 had ended */
    expect(two, "1 2 3 4 8 9 5 7 6 10 11", VERDICT_FAIL, "ok", 7);   /* not the next of its strand */
    expect(two, "5 1 2 3 4 6 7 8 9 10 11", VERDICT_FAIL, "ok", 0);   /* before it was started */
    expect(meeting, "1 2 7 3 4 5 6 8", VERDICT_FAIL, "ok", 2);       /* went on alone */
    expect(meeting, "1 3 4 5 2 7 6 8", VERDICT_FAIL, "ok", 3);
    expect("go { check }", "1 2 3 5 4", VERDICT_FAIL, "ok", 3);      /* the text's end, and then a strand's */
    struct run run;
    run_begin(&run, meeting, "1 2 7 3 4 5 6 8");
    run_judge(&run);
    assert_string_equal(run.judgement.reason, "an event came before one that it must wait for, from event 3 on");
    run_end(&run);
    run_begin(&run, two, "1 2 3 4 8 9 5 7 6 10 11");
    run_judge(&run);
    assert_string_equal(run.judgement.reason, "another trace, from event 8 on");
    run_end(&run);
}

static void what_is_missing_or_too_much_fails(void **state) {
    (void)state;
    expect(two, "1 2 3 4 5 7 8 9 10 11", VERDICT_FAIL, "ok", 5);     /* g1's check */
    expect(two, "1 2 3 4 5 6 7 10 11", VERDICT_FAIL, "ok", 7);       /* all of g2 */
    expect(two, "1 2 3 4 5 6 6 7 8 9 10 11", VERDICT_FAIL, "ok", 6);
    expect(two, "1 2 3 4 5 6 7 8 9 10", VERDICT_CRASH, "crash unknown", 10);
    expect("go { } go { }", "1 2 3 4 7", VERDICT_FAIL, "ok", 4);
}

static void one_field_that_differs_fails(void **state) {
    (void)state;
    struct run run;
    run_begin(&run, meeting, "1 3 4 2 7 5 6 8");
    run.events[2].locks = 1;
    run_judge(&run);
    assert_int_equal(run.judgement.verdict, VERDICT_FAIL);
    assert_int_equal(run.judgement.difference, 2);
    run_end(&run);
}

/* Another runtime may give the tasks other numbers, as long as each has one. */
static void numbers_may_be_others(void **state) {
    (void)state;
    struct run run;
    run_begin(&run, two, "1 2 8 9 5 3 6 4 7 10 11");
    for (size_t place = 0; place < run.count; place++) {
        if (run.events[place].kind == TRACE_GO)
            run.events[place].value = 101 - run.events[place].value;
        else if (run.events[place].strand != 0)
            run.events[place].strand = 101 - run.events[place].strand;
    }
    run_judge(&run);
    assert_int_equal(run.judgement.verdict, VERDICT_PASS);
    run.events[2].strand = 9; /* nobody started that one */
    run_judge(&run);
    assert_int_equal(run.judgement.verdict, VERDICT_FAIL);
    assert_int_equal(run.judgement.difference, 2);
    run_end(&run);

    /* The two tasks' events exchanged: each strand's are another's. */
    run_begin(&run, two, "1 2 3 4 5 6 7 8 9 10 11");
    for (size_t place = 4; place < 9; place++)
        run.events[place].strand = 3 - run.events[place].strand;
    run_judge(&run);
    assert_int_equal(run.judgement.verdict, VERDICT_FAIL);
    assert_int_equal(run.judgement.difference, 4);
    run_end(&run);
}

/* 1 go, 2 go, 3 waits, 4 g1 enter, 5 g1 panic, 6 g1 end panic 7 | 7 g2 enter, 8 g2 check, 9 g2 fault, 10 crash */
static const char two_ends[] = "go { panic 7 } go { check fault ud2 } wait";

static void whoever_ends_the_process_cuts_the_others_off(void **state) {
    (void)state;
    struct run run;
    run_begin(&run, two_ends, "1 2 3 4 5 6");
    assert_int_equal(run.prediction.count, 6);
    assert_int_equal(run.prediction.total, 10);
    run_end(&run);
    expect(two_ends, "1 2 3 4 5 6", VERDICT_VACUOUS, "panic 7", SIZE_MAX); /* it never came to the others' operations */
    may_be(two_ends, "1 2 3 7 8 9 4 5 6", "panic 7");
    may_be(two_ends, "1 2 4 7 8 3 5 9 10", "crash c000001d managed");       /* the other one was faster */
    expect(two_ends, "1 4 5 2 6", VERDICT_VACUOUS, "panic 7", SIZE_MAX);
    expect(two_ends, "1 4 5 6 2", VERDICT_CRASH, "crash unknown", 4); /* behind the end */
    expect(two_ends, "1 2 4 5 6 7 8 9 10", VERDICT_CRASH, "crash c000001d managed", 5); /* two ends */
    expect(two_ends, "1 2 3 7 9 4 5 6", VERDICT_FAIL, "panic 7", 4);
    expect(two_ends, "1 2 3 7 8 10", VERDICT_CRASH, "crash c000001d managed", 5);
    expect(two_ends, "1 2 3 7 8 9", VERDICT_CRASH, "crash unknown", 6);
    expect(two_ends, "6", VERDICT_FAIL, "panic 7", 0);
}

/* 1 go, 2 waits, 3 g1 enter, 4 g1 waits, 5 stop */
static const char deadlock[] = "go { sync 1 } sync 2";

static void a_deadlock_comes_when_all_are_blocked(void **state) {
    (void)state;
    may_be(deadlock, "1 2 3 4 5", "bugcheck 0x0000E109");
    may_be(deadlock, "1 3 4 2 5", "bugcheck 0x0000E109");
    expect(deadlock, "1 2 3 5", VERDICT_FAIL, "bugcheck 0x0000E109", 3);
    expect(deadlock, "1 2 3 4", VERDICT_CRASH, "crash unknown", 4);
    expect(two, "1 2 3 4 5 6 7 8 9 10 11", VERDICT_PASS, "ok", SIZE_MAX);
    struct run run;
    run_begin(&run, two, "1 2 3 4 5 6 7 8 9");
    run.events[run.count++] = (struct trace_event){.kind = TRACE_STOP, .reason = TRACE_FOUND_BY_RUNTIME, .value = 0xE109};
    run.state = JOURNAL_STOPPED;
    run_judge(&run);
    assert_int_equal(run.judgement.verdict, VERDICT_FAIL);
    assert_int_equal(run.judgement.difference, 9);
    run_end(&run);
}

/* 1 go, 2 enter, 3 enter, 4 leave, 5 clobber, 6 raise | 7 g1 enter, 8 g1 check, 9 g1 end */
static const char silent[] = "go { check } call { seh leak { } clobber raise 1 }";

static void a_death_without_a_word_comes_behind_its_strand(void **state) {
    (void)state;
    expect(silent, "1 2 3 4 5 6", VERDICT_VACUOUS, "crash unknown", SIZE_MAX);
    may_be(silent, "1 2 7 3 8 4 5 6", "crash unknown");
    expect(silent, "1 2 7 3 8 4 5", VERDICT_FAIL, "crash unknown", 7);
    expect(silent, "1 2 3 4 5 7 8 6", VERDICT_PASS, "crash unknown", SIZE_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order_that_can_be_is_a_pass),
        cmocka_unit_test(what_comes_too_early_fails),
        cmocka_unit_test(what_is_missing_or_too_much_fails),
        cmocka_unit_test(one_field_that_differs_fails),
        cmocka_unit_test(numbers_may_be_others),
        cmocka_unit_test(whoever_ends_the_process_cuts_the_others_off),
        cmocka_unit_test(a_deadlock_comes_when_all_are_blocked),
        cmocka_unit_test(a_death_without_a_word_comes_behind_its_strand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
