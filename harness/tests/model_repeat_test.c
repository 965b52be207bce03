/* Repeats: how rounds are folded, that it takes no time, and where a trace is too long. */
#include <string.h>

#include "expected_traces.h"
#include "programs.h"
#include "test.h"
#include "trace/journal.h"

static const struct expected_trace repeats[] = {
    {"repeat 1 { check }",
     "ok",
     {
         "t1 enter 1 repeat 1 depth 0 locks 0 | T",
         "t1 done 2 check depth 0 locks 0 | T",
         "t1 leave 1 repeat 1 depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    {"repeat 2 { check }",
     "ok",
     {
         "t1 enter 1 repeat 2 depth 0 locks 0 | T",
         "t1 done 2 check depth 0 locks 0 | T",
         "t1 same 1 repeat 2 1 depth 0 locks 0 | T",
         "t1 leave 1 repeat 2 depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    {"repeat 3 { } repeat 1 { }",
     "ok",
     {
         "t1 enter 1 repeat 3 depth 0 locks 0 | T",
         "t1 same 1 repeat 3 2 depth 0 locks 0 | T",
         "t1 leave 1 repeat 3 depth 0 locks 0 | T",
         "t1 enter 2 repeat 1 depth 0 locks 0 | T",
         "t1 leave 2 repeat 1 depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    {"lock { repeat 4294967295 { repeat 4294967295 { check } } }",
     "ok",
     {
         "t1 enter 1 lock depth 0 locks 1 | T",
         "t1 enter 2 repeat 4294967295 depth 0 locks 1 | T",
         "t1 enter 3 repeat 4294967295 depth 0 locks 1 | T",
         "t1 done 4 check depth 0 locks 1 | T",
         "t1 same 3 repeat 4294967295 4294967294 depth 0 locks 1 | T",
         "t1 leave 3 repeat 4294967295 depth 0 locks 1 | T",
         "t1 same 2 repeat 4294967295 4294967294 depth 0 locks 1 | T",
         "t1 leave 2 repeat 4294967295 depth 0 locks 1 | T",
         "t1 leave 1 lock depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    {"repeat 100000 { recover { call { seh pass { back { panic } } } } }",
     "ok",
     {
         "t1 enter 1 repeat 100000 depth 0 locks 0 | T",
         "t1 enter 2 recover depth 0 locks 0 | T",
         "t1 enter 3 call depth 1 locks 0 | T",
         "t1 enter 4 seh pass depth 1 locks 0 | F1 T",
         "t1 enter 5 back depth 1 locks 0 | C1 F1 T",
         "t1 panic 6 panic 1 depth 1 locks 0 | C1 F1 T",
         "t1 recovered 2 recover 1 depth 0 locks 0 | T",
         "t1 same 1 repeat 100000 99999 depth 0 locks 0 | T",
         "t1 leave 1 repeat 100000 depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* A round that is left in the middle stays as it is. */
    {"recover { repeat 3 { repeat 2 { check } panic } }",
     "ok",
     {
         "t1 enter 1 recover depth 0 locks 0 | T",
         "t1 enter 2 repeat 3 depth 0 locks 0 | T",
         "t1 enter 3 repeat 2 depth 0 locks 0 | T",
         "t1 done 4 check depth 0 locks 0 | T",
         "t1 same 3 repeat 2 1 depth 0 locks 0 | T",
         "t1 leave 3 repeat 2 depth 0 locks 0 | T",
         "t1 panic 5 panic 1 depth 0 locks 0 | T",
         "t1 recovered 1 recover 1 depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* Rounds that differ are all written: each leaves one more record. */
    {"call { seh pass { repeat 3 { seh leak { } } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh pass depth 1 locks 0 | F1 T",
         "t1 enter 3 repeat 3 depth 1 locks 0 | F1 T",
         "t1 enter 4 seh leak depth 1 locks 0 | F2 F1 T",
         "t1 leave 4 seh leak depth 1 locks 0 | F2 F1 T",
         "t1 enter 4 seh leak depth 1 locks 0 | F3 F2 F1 T",
         "t1 leave 4 seh leak depth 1 locks 0 | F3 F2 F1 T",
         "t1 enter 4 seh leak depth 1 locks 0 | F4 F3 F2 F1 T",
         "t1 leave 4 seh leak depth 1 locks 0 | F4 F3 F2 F1 T",
         "t1 leave 3 repeat 3 depth 1 locks 0 | F4 F3 F2 F1 T",
         "t1 leave 2 seh pass depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* The leak stays inside its round. */
    {"call { repeat 5 { seh pass { seh leak { } clobber } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 repeat 5 depth 1 locks 0 | T",
         "t1 enter 3 seh pass depth 1 locks 0 | F1 T",
         "t1 enter 4 seh leak depth 1 locks 0 | F2 F1 T",
         "t1 leave 4 seh leak depth 1 locks 0 | F2 F1 T",
         "t1 done 5 clobber depth 1 locks 0 | ?",
         "t1 leave 3 seh pass depth 1 locks 0 | T",
         "t1 same 2 repeat 5 4 depth 1 locks 0 | T",
         "t1 leave 2 repeat 5 depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* The first round changes something that the trace of the round does not show: it equals the second all the same. */
    {"call { seh pass { seh leak { } repeat 5 { clobber } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh pass depth 1 locks 0 | F1 T",
         "t1 enter 3 seh leak depth 1 locks 0 | F2 F1 T",
         "t1 leave 3 seh leak depth 1 locks 0 | F2 F1 T",
         "t1 enter 4 repeat 5 depth 1 locks 0 | F2 F1 T",
         "t1 done 5 clobber depth 1 locks 0 | ?",
         "t1 same 4 repeat 5 4 depth 1 locks 0 | ?",
         "t1 leave 4 repeat 5 depth 1 locks 0 | ?",
         "t1 leave 2 seh pass depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* The first round differs from the others. */
    {"call { seh pass { repeat 100000 { seh leak { } clobber } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh pass depth 1 locks 0 | F1 T",
         "t1 enter 3 repeat 100000 depth 1 locks 0 | F1 T",
         "t1 enter 4 seh leak depth 1 locks 0 | F2 F1 T",
         "t1 leave 4 seh leak depth 1 locks 0 | F2 F1 T",
         "t1 done 5 clobber depth 1 locks 0 | ?",
         "t1 enter 4 seh leak depth 1 locks 0 | F1 ?",
         "t1 leave 4 seh leak depth 1 locks 0 | F1 ?",
         "t1 done 5 clobber depth 1 locks 0 | ?",
         "t1 same 3 repeat 100000 99998 depth 1 locks 0 | ?",
         "t1 leave 3 repeat 100000 depth 1 locks 0 | ?",
         "t1 leave 2 seh pass depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* Frames nearer the head go on answering, while every round leaves one more record and overwrites it. */
    {"call { seh pass { repeat 9 { seh catch { raise 1 } seh leak { } clobber } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh pass depth 1 locks 0 | F1 T",
         "t1 enter 3 repeat 9 depth 1 locks 0 | F1 T",
         "t1 enter 4 seh catch depth 1 locks 0 | F2 F1 T",
         "t1 raise 5 raise 1 00000001 depth 1 locks 0 | F2 F1 T",
         "t1 filter 4 seh catch 00000001 catches depth 1 locks 0 | F2 F1 T",
         "t1 caught 4 seh catch 00000001 depth 1 locks 0 | F1 T",
         "t1 enter 6 seh leak depth 1 locks 0 | F2 F1 T",
         "t1 leave 6 seh leak depth 1 locks 0 | F2 F1 T",
         "t1 done 7 clobber depth 1 locks 0 | ?",
         "t1 enter 4 seh catch depth 1 locks 0 | F1 ?",
         "t1 raise 5 raise 1 00000001 depth 1 locks 0 | F1 ?",
         "t1 filter 4 seh catch 00000001 catches depth 1 locks 0 | F1 ?",
         "t1 caught 4 seh catch 00000001 depth 1 locks 0 | ?",
         "t1 enter 6 seh leak depth 1 locks 0 | F1 ?",
         "t1 leave 6 seh leak depth 1 locks 0 | F1 ?",
         "t1 done 7 clobber depth 1 locks 0 | ?",
         "t1 same 3 repeat 9 7 depth 1 locks 0 | ?",
         "t1 leave 3 repeat 9 depth 1 locks 0 | ?",
         "t1 leave 2 seh pass depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* The second round dies of what the first one overwrote. */
    {"call { seh resume { seh leak { } repeat 3 { raise 1 clobber } } }",
     "crash unknown",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh resume depth 1 locks 0 | F1 T",
         "t1 enter 3 seh leak depth 1 locks 0 | F2 F1 T",
         "t1 leave 3 seh leak depth 1 locks 0 | F2 F1 T",
         "t1 enter 4 repeat 3 depth 1 locks 0 | F2 F1 T",
         "t1 raise 5 raise 1 00000001 depth 1 locks 0 | F2 F1 T",
         "t1 filter 3 seh leak 00000001 searches depth 1 locks 0 | F2 F1 T",
         "t1 filter 2 seh resume 00000001 continues depth 1 locks 0 | F2 F1 T",
         "t1 done 5 raise 1 depth 1 locks 0 | F2 F1 T",
         "t1 done 6 clobber depth 1 locks 0 | ?",
         "t1 raise 5 raise 1 00000001 depth 1 locks 0 | ?",
     }},
    /* The second round begins with a chain that has the symbols of the first one's, and is another: no frame in it continues anything. */
    {"call { seh pass { seh leak { } clobber seh resume { seh leak { } repeat 3 { raise 1 clobber seh leak { } seh leak { } } } } }",
     "crash unknown",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh pass depth 1 locks 0 | F1 T",
         "t1 enter 3 seh leak depth 1 locks 0 | F2 F1 T",
         "t1 leave 3 seh leak depth 1 locks 0 | F2 F1 T",
         "t1 done 4 clobber depth 1 locks 0 | ?",
         "t1 enter 5 seh resume depth 1 locks 0 | F1 ?",
         "t1 enter 6 seh leak depth 1 locks 0 | F2 F1 ?",
         "t1 leave 6 seh leak depth 1 locks 0 | F2 F1 ?",
         "t1 enter 7 repeat 3 depth 1 locks 0 | F2 F1 ?",
         "t1 raise 8 raise 1 00000001 depth 1 locks 0 | F2 F1 ?",
         "t1 filter 6 seh leak 00000001 searches depth 1 locks 0 | F2 F1 ?",
         "t1 filter 5 seh resume 00000001 continues depth 1 locks 0 | F2 F1 ?",
         "t1 done 8 raise 1 depth 1 locks 0 | F2 F1 ?",
         "t1 done 9 clobber depth 1 locks 0 | ?",
         "t1 enter 10 seh leak depth 1 locks 0 | F1 ?",
         "t1 leave 10 seh leak depth 1 locks 0 | F1 ?",
         "t1 enter 11 seh leak depth 1 locks 0 | F2 F1 ?",
         "t1 leave 11 seh leak depth 1 locks 0 | F2 F1 ?",
         "t1 raise 8 raise 1 00000001 depth 1 locks 0 | F2 F1 ?",
         "t1 filter 11 seh leak 00000001 searches depth 1 locks 0 | F2 F1 ?",
         "t1 filter 10 seh leak 00000001 searches depth 1 locks 0 | F2 F1 ?",
     }},
};

static void rounds_are_folded(void **state) {
    (void)state;
    expect_traces(repeats, COUNT_OF(repeats));
}

static struct model_prediction predict(const char *text) {
    struct scenario_program program = parse_right(text);
    struct model_prediction prediction = {0};
    model_predict(&program, NULL, &prediction);
    scenario_program_free(&program);
    return prediction;
}

static void expect_state(const char *text, enum model_state state, size_t count) {
    struct model_prediction prediction = predict(text);
    assert_int_equal(prediction.state, state);
    assert_int_equal(prediction.count, count);
    model_prediction_free(&prediction);
}

static void a_trace_may_be_too_long(void **state) {
    (void)state;
    /* enter call, enter repeat, two events a round, leave repeat, stop */
    expect_state("call { repeat 32766 { seh leak { } } }", MODEL_PREDICTED, JOURNAL_EVENTS_MAX);
    expect_state("call { repeat 32767 { seh leak { } } }", MODEL_TOO_LONG, JOURNAL_EVENTS_MAX);
    expect_state("call { repeat 4294967295 { seh leak { } } }", MODEL_TOO_LONG, JOURNAL_EVENTS_MAX);
    expect_state("call { repeat 4294967295 { repeat 4294967295 { seh pass { } seh leak { } } } }", MODEL_TOO_LONG, JOURNAL_EVENTS_MAX);
}

enum { TEXT_BYTES = 8192 };

static void add(char *text, unsigned times, const char *words) {
    for (; times > 0; times--) {
        assert_true(strlen(text) + strlen(words) < TEXT_BYTES);
        strcat(text, words);
    }
}

/* None of these would ever end if each round were gone through. */
static void repeats_in_repeats_take_no_time(void **state) {
    (void)state;
    static const char *const insides[] = {"clobber", "seh leak { } clobber", "seh leak { } back { clobber }", "back { clobber } seh leak { }",
                                          "seh pass { seh leak { } clobber }", "raise 1", "back { panic-on-fault { } }"};
    for (size_t place = 0; place < COUNT_OF(insides); place++) {
        char text[TEXT_BYTES] = "call { seh resume { seh leak { } ";
        add(text, 59, "repeat 4294967295 { ");
        add(text, 1, insides[place]);
        add(text, 61, " }");
        struct model_prediction prediction = predict(text);
        assert_int_equal(prediction.state, MODEL_PREDICTED);
        assert_in_range(prediction.count, 1, 6000);
        model_prediction_free(&prediction);
    }
}

/* What has more steps than anybody can wait for, and no end that the model could see: given up early, and said so. */
static void too_much_is_given_up(void **state) {
    (void)state;
    /* Frames that fault again about each other's faults. */
    char refaults[TEXT_BYTES] = "call { seh resume { ";
    add(refaults, 60, "seh refault { ");
    add(refaults, 1, "raise 1");
    add(refaults, 62, " }");
    /* Repeats whose second round is the first that equals another, each level twice the work of the one inside. */
    char repeats_text[TEXT_BYTES] = "call { seh resume { ";
    add(repeats_text, 59, "repeat 2 { clobber seh leak { } ");
    add(repeats_text, 1, "clobber");
    add(repeats_text, 61, " }");
    /* The same with a frame now and then that puts the head back, so that not even the chain gets too long. */
    char pops[TEXT_BYTES] = "call { seh resume { ";
    for (unsigned group = 0; group < 4; group++) {
        add(pops, 12, "repeat 2 { clobber seh leak { } ");
        add(pops, 1, "seh pass { ");
    }
    add(pops, 1, "clobber");
    add(pops, 4 * 13 + 2, " }");
    const struct { const char *text, *reason; } texts[] = {
        {refaults, "trace too long"},
        {repeats_text, "chain too long"},
        {pops, "repeats inside each other that hardly come to rest"},
    };
    for (size_t place = 0; place < COUNT_OF(texts); place++) {
        struct model_prediction prediction = predict(texts[place].text);
        assert_int_equal(prediction.state, MODEL_TOO_LONG);
        assert_string_equal(prediction.reason, texts[place].reason);
        model_prediction_free(&prediction);
    }
}

/* A prediction that was too long, or whose chain had been, says nothing of the next one. */
static void a_prediction_is_used_again(void **state) {
    (void)state;
    struct scenario_program longest = parse_right("call { repeat 4294967295 { seh leak { } } }"), shortest = parse_right("check");
    struct model_prediction prediction = {0};
    model_predict(&longest, NULL, &prediction);
    const struct trace_event *events = prediction.events;
    model_predict(&shortest, NULL, &prediction);
    assert_int_equal(prediction.state, MODEL_PREDICTED);
    assert_int_equal(prediction.count, 2);
    assert_int_equal(prediction.outcome.kind, OUTCOME_OK);
    assert_ptr_equal(prediction.events, events);
    model_prediction_free(&prediction);
    assert_null(prediction.events);
    scenario_program_free(&longest);
    scenario_program_free(&shortest);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rounds_are_folded),
        cmocka_unit_test(a_trace_may_be_too_long),
        cmocka_unit_test(repeats_in_repeats_take_no_time),
        cmocka_unit_test(too_much_is_given_up),
        cmocka_unit_test(a_prediction_is_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
