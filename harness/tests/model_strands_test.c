/* Texts with several tasks: one order in which everything can happen, what waits for what in every order, and the ends. */
#include <stdio.h>
#include <string.h>

#include "expected_traces.h"
#include "programs.h"
#include "test.h"

static const struct expected_trace starts[] = {
    {"go { check } wait",
     "ok",
     {
         "t1 go 1 go g1 depth 0 locks 0 | T",
         "t1 waits 3 wait depth 0 locks 0 | T",
         "g1 enter 1 go depth 0 locks 0 | T",
         "g1 done 2 check depth 0 locks 0 | T",
         "g1 end 1 go ok",
         "t1 done 3 wait depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* A task begins with nothing of its starter's, and its starter ends behind it. */
    {"lock { panic-on-fault { call { back { go { call { back { } } } } } } }",
     "ok",
     {
         "t1 enter 1 lock depth 0 locks 1 | T",
         "t1 enter 2 panic-on-fault depth 0 locks 1 | T",
         "t1 enter 3 call depth 1 locks 1 | T",
         "t1 enter 4 back depth 1 locks 1 | C1 T",
         "t1 go 5 go g1 depth 1 locks 1 | C1 T",
         "t1 leave 4 back depth 1 locks 1 | T",
         "t1 leave 3 call depth 0 locks 1 | T",
         "t1 leave 2 panic-on-fault depth 0 locks 1 | T",
         "t1 leave 1 lock depth 0 locks 0 | T",
         "g1 enter 5 go depth 0 locks 0 | T",
         "g1 enter 6 call depth 1 locks 0 | T",
         "g1 enter 7 back depth 1 locks 0 | C1 T",
         "g1 leave 7 back depth 1 locks 0 | T",
         "g1 leave 6 call depth 0 locks 0 | T",
         "g1 end 5 go ok",
         "t1 end 0 ok",
     }},
    {"go { panic-on-fault { } go { goexit } } yield panic 7",
     "panic 7",
     {
         "t1 go 1 go g1 depth 0 locks 0 | T",
         "g1 enter 1 go depth 0 locks 0 | T",
         "g1 enter 2 panic-on-fault depth 0 locks 0 | T",
         "g1 leave 2 panic-on-fault depth 0 locks 0 | T",
         "g1 go 3 go g2 depth 0 locks 0 | T",
         "t1 done 5 yield depth 0 locks 0 | T",
         "t1 panic 6 panic 7 7 depth 0 locks 0 | T",
         "g2 enter 3 go depth 0 locks 0 | T",
         "g2 goexit 4 goexit depth 0 locks 0 | T",
         "g2 end 3 go goexit",
         "g1 end 1 go ok",
         "t1 end 0 panic 7",
     }},
    /* Numbers are used again behind the wait. */
    {"repeat 9 { go { } go { } wait } go { } wait",
     "ok",
     {
         "t1 enter 1 repeat 9 depth 0 locks 0 | T",
         "t1 go 2 go g1 depth 0 locks 0 | T",
         "t1 go 3 go g2 depth 0 locks 0 | T",
         "t1 waits 4 wait depth 0 locks 0 | T",
         "g1 enter 2 go depth 0 locks 0 | T",
         "g1 end 2 go ok",
         "g2 enter 3 go depth 0 locks 0 | T",
         "g2 end 3 go ok",
         "t1 done 4 wait depth 0 locks 0 | T",
         "t1 same 1 repeat 9 8 depth 0 locks 0 | T",
         "t1 leave 1 repeat 9 depth 0 locks 0 | T",
         "t1 go 5 go g1 depth 0 locks 0 | T",
         "t1 waits 6 wait depth 0 locks 0 | T",
         "g1 enter 5 go depth 0 locks 0 | T",
         "g1 end 5 go ok",
         "t1 done 6 wait depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* While another strand may be writing, no round is folded: which of its events would be the round's? */
    {"go { repeat 2 { check } } repeat 2 { check } wait repeat 2 { check }",
     "ok",
     {
         "t1 go 1 go g1 depth 0 locks 0 | T",
         "t1 enter 4 repeat 2 depth 0 locks 0 | T",
         "t1 done 5 check depth 0 locks 0 | T",
         "t1 done 5 check depth 0 locks 0 | T",
         "t1 leave 4 repeat 2 depth 0 locks 0 | T",
         "t1 waits 6 wait depth 0 locks 0 | T",
         "g1 enter 1 go depth 0 locks 0 | T",
         "g1 enter 2 repeat 2 depth 0 locks 0 | T",
         "g1 done 3 check depth 0 locks 0 | T",
         "g1 done 3 check depth 0 locks 0 | T",
         "g1 leave 2 repeat 2 depth 0 locks 0 | T",
         "g1 end 1 go ok",
         "t1 done 6 wait depth 0 locks 0 | T",
         "t1 enter 7 repeat 2 depth 0 locks 0 | T",
         "t1 done 8 check depth 0 locks 0 | T",
         "t1 same 7 repeat 2 1 depth 0 locks 0 | T",
         "t1 leave 7 repeat 2 depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* Rounds that begin with a strand that is open, and one of which ends without: nothing is folded before all have begun alike. */
    {"go { } repeat 4 { wait check } repeat 3 { go { } } repeat 4294967295 { } ",
     "ok",
     {
         "t1 go 1 go g1 depth 0 locks 0 | T",
         "t1 enter 2 repeat 4 depth 0 locks 0 | T",
         "t1 waits 3 wait depth 0 locks 0 | T",
         "g1 enter 1 go depth 0 locks 0 | T",
         "g1 end 1 go ok",
         "t1 done 3 wait depth 0 locks 0 | T",
         "t1 done 4 check depth 0 locks 0 | T",
         "t1 waits 3 wait depth 0 locks 0 | T",
         "t1 done 3 wait depth 0 locks 0 | T",
         "t1 done 4 check depth 0 locks 0 | T",
         "t1 same 2 repeat 4 2 depth 0 locks 0 | T",
         "t1 leave 2 repeat 4 depth 0 locks 0 | T",
         "t1 enter 5 repeat 3 depth 0 locks 0 | T",
         "t1 go 6 go g1 depth 0 locks 0 | T",
         "t1 go 6 go g2 depth 0 locks 0 | T",
         "t1 go 6 go g3 depth 0 locks 0 | T",
         "t1 leave 5 repeat 3 depth 0 locks 0 | T",
         "t1 enter 7 repeat 4294967295 depth 0 locks 0 | T",
         "t1 leave 7 repeat 4294967295 depth 0 locks 0 | T",
         "g1 enter 6 go depth 0 locks 0 | T",
         "g1 end 6 go ok",
         "g2 enter 6 go depth 0 locks 0 | T",
         "g2 end 6 go ok",
         "g3 enter 6 go depth 0 locks 0 | T",
         "g3 end 6 go ok",
         "t1 end 0 ok",
     }},
};

static const struct expected_trace meets[] = {
    {"go { call { back { sync 5 } } } sync 5",
     "ok",
     {
         "t1 go 1 go g1 depth 0 locks 0 | T",
         "t1 waits 5 sync 5 depth 0 locks 0 | T",
         "g1 enter 1 go depth 0 locks 0 | T",
         "g1 enter 2 call depth 1 locks 0 | T",
         "g1 enter 3 back depth 1 locks 0 | C1 T",
         "g1 waits 4 sync 5 depth 1 locks 0 | C1 T",
         "g1 done 4 sync 5 depth 1 locks 0 | C1 T",
         "g1 leave 3 back depth 1 locks 0 | T",
         "g1 leave 2 call depth 0 locks 0 | T",
         "g1 end 1 go ok",
         "t1 done 5 sync 5 depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* The thread's task is of another family: it meets whom it has started itself, never the text's. C waits for it, so its strand is the text's. */
    {"go { sync 1 } call { thread { back { go { sync 1 } sync 1 } } } sync 1",
     "ok",
     {
         "t1 go 1 go g1 depth 0 locks 0 | T",
         "t1 enter 3 call depth 1 locks 0 | T",
         "t0 enter 4 thread depth 0 locks 0 |",
         "t2 enter 5 back depth 0 locks 0 | T",
         "t2 go 6 go g2 depth 0 locks 0 | T",
         "t2 waits 8 sync 1 depth 0 locks 0 | T",
         "g2 enter 6 go depth 0 locks 0 | T",
         "g2 waits 7 sync 1 depth 0 locks 0 | T",
         "g2 done 7 sync 1 depth 0 locks 0 | T",
         "g2 end 6 go ok",
         "t2 done 8 sync 1 depth 0 locks 0 | T",
         "t2 end 5 back ok",
         "t0 leave 5 back depth 0 locks 0 |",
         "t1 leave 4 thread depth 1 locks 0 | T",
         "t1 leave 3 call depth 0 locks 0 | T",
         "t1 waits 9 sync 1 depth 0 locks 0 | T",
         "g1 enter 1 go depth 0 locks 0 | T",
         "g1 waits 2 sync 1 depth 0 locks 0 | T",
         "g1 done 2 sync 1 depth 0 locks 0 | T",
         "g1 end 1 go ok",
         "t1 done 9 sync 1 depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* C's thread in a task's strand: g1.0 and g1.2. */
    {"go { call { thread { back { } } } }",
     "ok",
     {
         "t1 go 1 go g1 depth 0 locks 0 | T",
         "g1 enter 1 go depth 0 locks 0 | T",
         "g1 enter 2 call depth 1 locks 0 | T",
         "g1.0 enter 3 thread depth 0 locks 0 |",
         "g1.2 enter 4 back depth 0 locks 0 | T",
         "g1.2 end 4 back ok",
         "g1.0 leave 4 back depth 0 locks 0 |",
         "g1 leave 3 thread depth 1 locks 0 | T",
         "g1 leave 2 call depth 0 locks 0 | T",
         "g1 end 1 go ok",
         "t1 end 0 ok",
     }},
    /* C unwinds over a task that has started another: the thread is detached when that one has ended. */
    {"call { thread { seh catch { back { go { } call { raise 5 } } } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t0 enter 2 thread depth 0 locks 0 |",
         "t0 enter 3 seh catch depth 0 locks 0 | F1",
         "t2 enter 4 back depth 0 locks 0 | T F1",
         "t2 go 5 go g1 depth 0 locks 0 | T F1",
         "t2 enter 6 call depth 1 locks 0 | T F1",
         "t2 raise 7 raise 5 00000005 depth 1 locks 0 | T F1",
         "t2 filter 3 seh catch 00000005 catches depth 1 locks 0 | T F1",
         "g1 enter 5 go depth 0 locks 0 | T",
         "g1 end 5 go ok",
         "t0 caught 3 seh catch 00000005 depth 0 locks 0 |",
         "t1 leave 2 thread depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
};

static const struct expected_trace ends[] = {
    {"recover { go { panic 9 } wait }",
     "panic 9",
     {
         "t1 enter 1 recover depth 0 locks 0 | T",
         "t1 go 2 go g1 depth 0 locks 0 | T",
         "t1 waits 4 wait depth 0 locks 0 | T",
         "g1 enter 2 go depth 0 locks 0 | T",
         "g1 panic 3 panic 9 9 depth 0 locks 0 | T",
         "g1 end 2 go panic 9",
     }},
    /* The attached task's panic ends the process at once, whoever it has started. */
    {"call { thread { back { go { } panic 9 } } }",
     "panic 9",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t0 enter 2 thread depth 0 locks 0 |",
         "t2 enter 3 back depth 0 locks 0 | T",
         "t2 go 4 go g1 depth 0 locks 0 | T",
         "t2 panic 5 panic 9 9 depth 0 locks 0 | T",
         "t2 end 3 back panic 9",
     }},
    {"go { sync 1 } wait",
     "bugcheck 0x0000E109",
     {
         "t1 go 1 go g1 depth 0 locks 0 | T",
         "t1 waits 3 wait depth 0 locks 0 | T",
         "g1 enter 1 go depth 0 locks 0 | T",
         "g1 waits 2 sync 1 depth 0 locks 0 | T",
         "t0 stop 0 0x0000E109 runtime",
     }},
    /* A family of a thread of C's is blocked; the text's own waits for it in C, and g1 could still do something. */
    {"go { check } call { thread { back { sync 1 } } }",
     "bugcheck 0x0000E109",
     {
         "t1 go 1 go g1 depth 0 locks 0 | T",
         "t1 enter 3 call depth 1 locks 0 | T",
         "t0 enter 4 thread depth 0 locks 0 |",
         "t2 enter 5 back depth 0 locks 0 | T",
         "t2 waits 6 sync 1 depth 0 locks 0 | T",
         "t0 stop 0 0x0000E109 runtime",
     }},
    /* Without a word, in the midst of the others. */
    {"go { check } call { seh leak { } clobber raise 1 }",
     "crash unknown",
     {
         "t1 go 1 go g1 depth 0 locks 0 | T",
         "t1 enter 3 call depth 1 locks 0 | T",
         "t1 enter 4 seh leak depth 1 locks 0 | F1 T",
         "t1 leave 4 seh leak depth 1 locks 0 | F1 T",
         "t1 done 5 clobber depth 1 locks 0 | ?",
         "t1 raise 6 raise 1 00000001 depth 1 locks 0 | ?",
     }},
};

static void tasks_start_and_end(void **state) {
    (void)state;
    expect_traces(starts, COUNT_OF(starts));
}

static void tasks_meet(void **state) {
    (void)state;
    expect_traces(meets, COUNT_OF(meets));
}

static void the_process_ends(void **state) {
    (void)state;
    expect_traces(ends, COUNT_OF(ends));
}

/* The orders of a text, as pairs of lines counted from 1, and how many events stand behind its end. */
static void expect_orders(const char *text, const char *orders, size_t behind) {
    struct scenario_program program = parse_right(text);
    struct model_prediction prediction = {0};
    model_predict(&program, NULL, &prediction);
    char said[400] = "";
    for (size_t place = 0; place < prediction.order_count; place++)
        snprintf(said + strlen(said), sizeof said - strlen(said), "%u<%u ", (unsigned)prediction.orders[place].earlier + 1,
                 (unsigned)prediction.orders[place].later + 1);
    assert_string_equal(said, orders);
    assert_int_equal(prediction.total - prediction.count, behind);
    assert_true(prediction.has_strands);
    model_prediction_free(&prediction);
    scenario_program_free(&program);
}

static void events_wait_for_each_other(void **state) {
    (void)state;
    expect_orders("go { check } wait", "1<3 5<6 ", 0);                  /* its first event behind go, done behind its end */
    expect_orders("go { }", "1<2 3<4 ", 0);                             /* the starter's end behind its end */
    expect_orders("go { sync 1 } sync 1", "1<3 2<5 4<7 6<8 ", 0);       /* both arrivals before both departures */
    expect_orders("call { thread { back { go { } } } }", "4<5 6<7 ", 0); /* the attached task's end */
    expect_orders("call { thread { seh catch { back { go { } call { raise 5 } } } } }", "5<9 10<11 ", 0); /* C's frame goes on behind its end */
    expect_orders("go { sync 1 } sync 2", "1<3 2<5 4<5 ", 0);           /* nobody's stop behind everybody's last event */
    expect_orders("go { panic } check check", "1<4 ", 0);               /* t1's end can never be */
    expect_orders("go { fault ud2 } go { check yield check } yield", "1<3 2<6 ", 6);           /* g2 and t1 might have gone on meanwhile */
}

static void who_meets_must_be_settled(void **state) {
    (void)state;
    static const struct { const char *text; enum model_state is; } texts[] = {
        {"go { sync 1 } go { sync 1 } sync 1 sync 1", MODEL_UNSETTLED},
        {"go { sync 1 } go { sync 1 } go { sync 1 }", MODEL_UNSETTLED},       /* the one that is left alone could be any */
        {"go { sync 1 } sync 1 go { sync 1 } sync 1", MODEL_PREDICTED},       /* the second is started behind the first meeting */
        {"go { sync 1 } go { sync 2 sync 1 } sync 1 sync 2 sync 1", MODEL_PREDICTED}, /* by way of t1, g2 knows that the first meeting is over */
        {"go { sync 1 } go { sync 2 sync 1 } sync 2 sync 1 sync 1", MODEL_UNSETTLED}, /* here it does not */
        {"go { repeat 9 { sync 1 } } repeat 9 { sync 1 }", MODEL_PREDICTED},
        {"go { sync 1 } go { sync 2 } sync 2 sync 1", MODEL_PREDICTED},
        {"go { call { thread { back { go { sync 1 } sync 1 } } } } go { sync 1 } sync 1", MODEL_PREDICTED}, /* families of their own */
        {"go { sync 1 } wait go { sync 1 }", MODEL_PREDICTED},                 /* never comes so far */
    };
    struct model_prediction prediction = {0};
    for (size_t place = 0; place < COUNT_OF(texts); place++) {
        struct scenario_program program = parse_right(texts[place].text);
        model_predict(&program, NULL, &prediction);
        if (prediction.state != texts[place].is)
            fail_msg("%s: state %d, expected %d", texts[place].text, prediction.state, texts[place].is);
        if (texts[place].is == MODEL_UNSETTLED)
            assert_string_equal(prediction.reason, "sync 1: which tasks meet is not settled");
        scenario_program_free(&program);
    }
    model_prediction_free(&prediction);
}

static void there_are_limits(void **state) {
    (void)state;
    static const struct { const char *text, *reason; } texts[] = {
        {"repeat 127 { go { } }", ""},
        {"repeat 128 { go { } }", "too many tasks at once"},
        {"go { repeat 70000 { check } }", "trace too long"},
        {"repeat 9000 { go { check repeat 3 { check } } yield }", "too many tasks at once"},
        {"go { repeat 4294967295 { } } repeat 4294967295 { }", ""},
        {"go { repeat 33000 { yield } } repeat 33000 { yield }", "trace too long"},
    };
    struct model_prediction prediction = {0};
    for (size_t place = 0; place < COUNT_OF(texts); place++) {
        struct scenario_program program = parse_right(texts[place].text);
        model_predict(&program, NULL, &prediction);
        assert_string_equal(prediction.reason, texts[place].reason);
        assert_int_equal(prediction.state, *texts[place].reason ? MODEL_TOO_LONG : MODEL_PREDICTED);
        scenario_program_free(&program);
    }
    model_prediction_free(&prediction);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tasks_start_and_end),
        cmocka_unit_test(tasks_meet),
        cmocka_unit_test(the_process_ends),
        cmocka_unit_test(events_wait_for_each_other),
        cmocka_unit_test(who_meets_must_be_settled),
        cmocka_unit_test(there_are_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
