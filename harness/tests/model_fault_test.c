/* Faults: which become panics, which end the process, and what foreign code makes of its own. */
#include <stdio.h>
#include <string.h>

#include "expected_traces.h"
#include "programs.h"
#include "test.h"

static const struct expected_trace managed_faults[] = {
    {"recover { fault x87 }", "ok", {"t1 enter 1 recover depth 0 locks 0 | T", "t1 fault 2 fault x87 depth 0 locks 0 | T", "t1 recovered 1 recover c000008e depth 0 locks 0 | T", "t1 end 0 ok"}},
    {"panic-on-fault { fault inpage }", "panic c0000006", {"t1 enter 1 panic-on-fault depth 0 locks 0 | T", "t1 fault 2 fault inpage depth 0 locks 0 | T", "t1 end 0 panic c0000006"}},
    {"fault inpage", "crash c0000006 managed", {"t1 fault 1 fault inpage depth 0 locks 0 | T", "t1 crash 0 c0000006 managed"}},
    {"panic-on-fault { fault step }", "crash 80000004 managed", {"t1 enter 1 panic-on-fault depth 0 locks 0 | T", "t1 fault 2 fault step depth 0 locks 0 | T", "t1 crash 0 80000004 managed"}},
    /* Nobody is asked and nothing is said. */
    {"recover { fault failfast }", "crash unknown", {"t1 enter 1 recover depth 0 locks 0 | T", "t1 fault 2 fault failfast depth 0 locks 0 | T"}},
    {"call { seh catch { fault failfast } }",
     "crash unknown",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh catch depth 1 locks 0 | F1 T",
         "t1 fault 3 fault failfast depth 1 locks 0 | F1 T",
     }},
    {"fault nil-write", "panic c0000005", {"t1 fault 1 fault nil-write depth 0 locks 0 | T", "t1 end 0 panic c0000005"}},
    {"recover { defer { check } { fault wild-read } }",
     "crash c0000005 managed",
     {
         "t1 enter 1 recover depth 0 locks 0 | T",
         "t1 enter 2 defer depth 0 locks 0 | T",
         "t1 fault 4 fault wild-read depth 0 locks 0 | T",
         "t1 crash 0 c0000005 managed",
     }},
    {"panic-on-fault { recover { fault noexec } }",
     "ok",
     {
         "t1 enter 1 panic-on-fault depth 0 locks 0 | T",
         "t1 enter 2 recover depth 0 locks 0 | T",
         "t1 fault 3 fault noexec depth 0 locks 0 | T",
         "t1 recovered 2 recover c0000005 depth 0 locks 0 | T",
         "t1 leave 1 panic-on-fault depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* The setting ends with its block: in the normal way, ... */
    {"panic-on-fault { check } recover { fault wild-write }",
     "crash c0000005 managed",
     {
         "t1 enter 1 panic-on-fault depth 0 locks 0 | T",
         "t1 done 2 check depth 0 locks 0 | T",
         "t1 leave 1 panic-on-fault depth 0 locks 0 | T",
         "t1 enter 3 recover depth 0 locks 0 | T",
         "t1 fault 4 fault wild-write depth 0 locks 0 | T",
         "t1 crash 0 c0000005 managed",
     }},
    /* ... by a recover outside, ... */
    {"recover { panic-on-fault { panic } } recover { fault wild-read }",
     "crash c0000005 managed",
     {
         "t1 enter 1 recover depth 0 locks 0 | T",
         "t1 enter 2 panic-on-fault depth 0 locks 0 | T",
         "t1 panic 3 panic 1 depth 0 locks 0 | T",
         "t1 recovered 1 recover 1 depth 0 locks 0 | T",
         "t1 enter 4 recover depth 0 locks 0 | T",
         "t1 fault 5 fault wild-read depth 0 locks 0 | T",
         "t1 crash 0 c0000005 managed",
     }},
    /* ... and for the deferred function of a defer outside of it. */
    {"defer { recover { fault wild-read } } { panic-on-fault { panic } }",
     "crash c0000005 managed",
     {
         "t1 enter 1 defer depth 0 locks 0 | T",
         "t1 enter 4 panic-on-fault depth 0 locks 0 | T",
         "t1 panic 5 panic 1 depth 0 locks 0 | T",
         "t1 deferred 1 defer panic depth 0 locks 0 | T",
         "t1 enter 2 recover depth 0 locks 0 | T",
         "t1 fault 3 fault wild-read depth 0 locks 0 | T",
         "t1 crash 0 c0000005 managed",
     }},
    /* A recover inside does not end it, nor does an inner block of the same kind. */
    {"panic-on-fault { recover { panic } panic-on-fault { check } recover { fault wild-read } }",
     "ok",
     {
         "t1 enter 1 panic-on-fault depth 0 locks 0 | T",
         "t1 enter 2 recover depth 0 locks 0 | T",
         "t1 panic 3 panic 1 depth 0 locks 0 | T",
         "t1 recovered 2 recover 1 depth 0 locks 0 | T",
         "t1 enter 4 panic-on-fault depth 0 locks 0 | T",
         "t1 done 5 check depth 0 locks 0 | T",
         "t1 leave 4 panic-on-fault depth 0 locks 0 | T",
         "t1 enter 6 recover depth 0 locks 0 | T",
         "t1 fault 7 fault wild-read depth 0 locks 0 | T",
         "t1 recovered 6 recover c0000005 depth 0 locks 0 | T",
         "t1 leave 1 panic-on-fault depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
};

/* What C raises is C's: no panic, whatever the kind and the setting. */
static const struct expected_trace foreign_faults[] = {
    /* The system stack runs out: once is an overflow, twice at once is the end of the stack. */
    {"call { repeat 2 { seh catch { fault overflow } } seh resume { fault overflow fault overflow } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 repeat 2 depth 1 locks 0 | T",
         "t1 enter 3 seh catch depth 1 locks 0 | F1 T",
         "t1 fault 4 fault overflow depth 1 locks 0 | F1 T",
         "t1 filter 3 seh catch c00000fd catches depth 1 locks 0 | F1 T",
         "t1 caught 3 seh catch c00000fd depth 1 locks 0 | T",
         "t1 same 2 repeat 2 1 depth 1 locks 0 | T",
         "t1 leave 2 repeat 2 depth 1 locks 0 | T",
         "t1 enter 5 seh resume depth 1 locks 0 | F1 T",
         "t1 fault 6 fault overflow depth 1 locks 0 | F1 T",
         "t1 filter 5 seh resume c00000fd continues depth 1 locks 0 | F1 T",
         "t1 done 6 fault overflow depth 1 locks 0 | F1 T",
         "t1 fault 7 fault overflow depth 1 locks 0 | F1 T",
         "t1 filter 5 seh resume c00000fd continues depth 1 locks 0 | F1 T",
         "t1 done 7 fault overflow depth 1 locks 0 | F1 T",
         "t1 leave 5 seh resume depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    {"call { seh catch { back { defer { call { seh resume { fault overflow } thread { seh catch { fault overflow } } } recover { fault overflow } } { call { fault overflow } } } } seh catch { fault overflow } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh catch depth 1 locks 0 | F1 T",
         "t1 enter 3 back depth 1 locks 0 | C1 F1 T",
         "t1 enter 4 defer depth 1 locks 0 | C1 F1 T",
         "t1 enter 13 call depth 2 locks 0 | C1 F1 T",
         "t1 fault 14 fault overflow depth 2 locks 0 | C1 F1 T",
         "t1 filter 2 seh catch c00000fd catches depth 2 locks 0 | C1 F1 T",
         "t1 deferred 4 defer unwind depth 1 locks 0 | C2 C1 F1 T",
         "t1 enter 5 call depth 2 locks 0 | C2 C1 F1 T",
         "t1 enter 6 seh resume depth 2 locks 0 | F2 C2 C1 F1 T",
         "t1 fault 7 fault overflow depth 2 locks 0 | F2 C2 C1 F1 T",
         "t1 filter 6 seh resume c0000005 continues depth 2 locks 0 | F2 C2 C1 F1 T",
         "t1 done 7 fault overflow depth 2 locks 0 | F2 C2 C1 F1 T",
         "t1 leave 6 seh resume depth 2 locks 0 | C2 C1 F1 T",
         "t0 enter 8 thread depth 0 locks 0 |", /* which has a stack of its own */
         "t0 enter 9 seh catch depth 0 locks 0 | F1",
         "t0 fault 10 fault overflow depth 0 locks 0 | F1",
         "t0 filter 9 seh catch c00000fd catches depth 0 locks 0 | F1",
         "t0 caught 9 seh catch c00000fd depth 0 locks 0 |",
         "t1 leave 8 thread depth 2 locks 0 | C2 C1 F1 T",
         "t1 leave 5 call depth 1 locks 0 | C2 C1 F1 T",
         "t1 enter 11 recover depth 1 locks 0 | C2 C1 F1 T",
         "t1 fault 12 fault overflow depth 1 locks 0 | C2 C1 F1 T",
         "t1 recovered 11 recover c00000fd depth 1 locks 0 | C2 C1 F1 T",
         "t1 caught 2 seh catch c00000fd depth 1 locks 0 | T",
         "t1 enter 15 seh catch depth 1 locks 0 | F1 T", /* somebody has come back from it */
         "t1 fault 16 fault overflow depth 1 locks 0 | F1 T",
         "t1 filter 15 seh catch c00000fd catches depth 1 locks 0 | F1 T",
         "t1 caught 15 seh catch c00000fd depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* In a filter: the first is under way, whichever is the overflow. */
    {"call { seh resume { seh refault overflow { fault div0 } seh refault sse { fault overflow } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh resume depth 1 locks 0 | F1 T",
         "t1 enter 3 seh refault overflow depth 1 locks 0 | F2 F1 T",
         "t1 fault 4 fault div0 depth 1 locks 0 | F2 F1 T",
         "t1 filter 3 seh refault overflow c0000094 faults depth 1 locks 0 | F2 F1 T",
         "t1 filter 3 seh refault overflow c00000fd searches depth 1 locks 0 | F2 F1 T",
         "t1 filter 2 seh resume c00000fd continues depth 1 locks 0 | F2 F1 T",
         "t1 filter 2 seh resume c0000094 continues depth 1 locks 0 | F2 F1 T",
         "t1 done 4 fault div0 depth 1 locks 0 | F2 F1 T",
         "t1 leave 3 seh refault overflow depth 1 locks 0 | F1 T",
         "t1 enter 5 seh refault sse depth 1 locks 0 | F2 F1 T",
         "t1 fault 6 fault overflow depth 1 locks 0 | F2 F1 T",
         "t1 filter 5 seh refault sse c00000fd faults depth 1 locks 0 | F2 F1 T",
         "t1 filter 5 seh refault sse c00002b5 searches depth 1 locks 0 | F2 F1 T",
         "t1 filter 2 seh resume c00002b5 continues depth 1 locks 0 | F2 F1 T",
         "t1 filter 2 seh resume c00000fd continues depth 1 locks 0 | F2 F1 T",
         "t1 done 6 fault overflow depth 1 locks 0 | F2 F1 T",
         "t1 leave 5 seh refault sse depth 1 locks 0 | F1 T",
         "t1 leave 2 seh resume depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    {"call { seh catch { seh refault overflow { fault overflow } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh catch depth 1 locks 0 | F1 T",
         "t1 enter 3 seh refault overflow depth 1 locks 0 | F2 F1 T",
         "t1 fault 4 fault overflow depth 1 locks 0 | F2 F1 T",
         "t1 filter 3 seh refault overflow c00000fd faults depth 1 locks 0 | F2 F1 T",
         "t1 filter 3 seh refault overflow c0000005 searches depth 1 locks 0 | F2 F1 T",
         "t1 filter 2 seh catch c0000005 catches depth 1 locks 0 | F2 F1 T",
         "t1 unwind 3 seh refault overflow c0000005 depth 1 locks 0 | F2 F1 T",
         "t1 caught 2 seh catch c0000005 depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    {"call { seh pass { seh refault failfast { raise 1 } } }",
     "crash unknown",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh pass depth 1 locks 0 | F1 T",
         "t1 enter 3 seh refault failfast depth 1 locks 0 | F2 F1 T",
         "t1 raise 4 raise 1 00000001 depth 1 locks 0 | F2 F1 T",
         "t1 filter 3 seh refault failfast 00000001 faults depth 1 locks 0 | F2 F1 T",
     }},
    {"recover { panic-on-fault { call { fault nil-read } } }",
     "crash c0000005 foreign",
     {
         "t1 enter 1 recover depth 0 locks 0 | T",
         "t1 enter 2 panic-on-fault depth 0 locks 0 | T",
         "t1 enter 3 call depth 1 locks 0 | T",
         "t1 fault 4 fault nil-read depth 1 locks 0 | T",
         "t1 crash 0 c0000005 foreign",
     }},
    {"call { seh resume { fault ud2 clobber } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh resume depth 1 locks 0 | F1 T",
         "t1 fault 3 fault ud2 depth 1 locks 0 | F1 T",
         "t1 filter 2 seh resume c000001d continues depth 1 locks 0 | F1 T",
         "t1 done 3 fault ud2 depth 1 locks 0 | F1 T",
         "t1 done 4 clobber depth 1 locks 0 | F1 T",
         "t1 leave 2 seh resume depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* Managed code's faults are the runtime's: no foreign frame is asked, whatever becomes of them. */
    {"call { seh catch { back { recover { fault nil-read } defer { check } { fault int3 } } } }",
     "crash 80000003 managed",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh catch depth 1 locks 0 | F1 T",
         "t1 enter 3 back depth 1 locks 0 | C1 F1 T",
         "t1 enter 4 recover depth 1 locks 0 | C1 F1 T",
         "t1 fault 5 fault nil-read depth 1 locks 0 | C1 F1 T",
         "t1 recovered 4 recover c0000005 depth 1 locks 0 | C1 F1 T",
         "t1 enter 6 defer depth 1 locks 0 | C1 F1 T",
         "t1 fault 8 fault int3 depth 1 locks 0 | C1 F1 T",
         "t1 crash 0 80000003 managed",
     }},
    {"panic-on-fault { recover { call { back { fault wild-write } } } }",
     "ok",
     {
         "t1 enter 1 panic-on-fault depth 0 locks 0 | T",
         "t1 enter 2 recover depth 0 locks 0 | T",
         "t1 enter 3 call depth 1 locks 0 | T",
         "t1 enter 4 back depth 1 locks 0 | C1 T",
         "t1 fault 5 fault wild-write depth 1 locks 0 | C1 T",
         "t1 recovered 2 recover c0000005 depth 0 locks 0 | T",
         "t1 leave 1 panic-on-fault depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* A setting made inside a callback ends with the callback, too. */
    {"recover { call { back { panic-on-fault { panic } } } } recover { fault noexec }",
     "crash c0000005 managed",
     {
         "t1 enter 1 recover depth 0 locks 0 | T",
         "t1 enter 2 call depth 1 locks 0 | T",
         "t1 enter 3 back depth 1 locks 0 | C1 T",
         "t1 enter 4 panic-on-fault depth 1 locks 0 | C1 T",
         "t1 panic 5 panic 1 depth 1 locks 0 | C1 T",
         "t1 recovered 1 recover 1 depth 0 locks 0 | T",
         "t1 enter 6 recover depth 0 locks 0 | T",
         "t1 fault 7 fault noexec depth 0 locks 0 | T",
         "t1 crash 0 c0000005 managed",
     }},
    /* ... and with the catching of a foreign frame. */
    {"call { seh catch { back { panic-on-fault { call { raise 1 } } } } } fault wild-read",
     "crash c0000005 managed",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh catch depth 1 locks 0 | F1 T",
         "t1 enter 3 back depth 1 locks 0 | C1 F1 T",
         "t1 enter 4 panic-on-fault depth 1 locks 0 | C1 F1 T",
         "t1 enter 5 call depth 2 locks 0 | C1 F1 T",
         "t1 raise 6 raise 1 00000001 depth 2 locks 0 | C1 F1 T",
         "t1 filter 2 seh catch 00000001 catches depth 2 locks 0 | C1 F1 T",
         "t1 caught 2 seh catch 00000001 depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 fault 7 fault wild-read depth 0 locks 0 | T",
         "t1 crash 0 c0000005 managed",
     }},
};

static void managed_faults_and_panic_on_fault(void **state) {
    (void)state;
    expect_traces(managed_faults, COUNT_OF(managed_faults));
}

static void foreign_faults_and_managed_ones_in_callbacks(void **state) {
    (void)state;
    expect_traces(foreign_faults, COUNT_OF(foreign_faults));
}

static void expect_outcome(const char *text, const struct model_platform *platform, const char *expected) {
    struct scenario_program program = parse_right(text);
    struct model_prediction prediction = {0};
    model_predict(&program, platform, &prediction);
    assert_int_equal(prediction.state, MODEL_PREDICTED);
    char outcome[64];
    outcome_print(&prediction.outcome, outcome, sizeof outcome);
    if (strcmp(outcome, expected) != 0)
        fail_msg("%s: expected %s, predicted %s", text, expected, outcome);
    model_prediction_free(&prediction);
    scenario_program_free(&program);
}

/* What becomes of each kind that is built: in managed code, there inside panic-on-fault, and in C. */
static void every_kind(void **state) {
    (void)state;
    static const struct { const char *word, *managed, *inside, *foreign; } kinds[] = {
        {"nil-read", "panic c0000005", "panic c0000005", "crash c0000005 foreign"},
        {"nil-write", "panic c0000005", "panic c0000005", "crash c0000005 foreign"},
        {"nil-exec", "panic c0000005", "panic c0000005", "crash c0000005 foreign"},
        {"wild-read", "crash c0000005 managed", "panic c0000005", "crash c0000005 foreign"},
        {"wild-write", "crash c0000005 managed", "panic c0000005", "crash c0000005 foreign"},
        {"noexec", "crash c0000005 managed", "panic c0000005", "crash c0000005 foreign"},
        {"div0", "panic c0000094", "panic c0000094", "crash c0000094 foreign"},
        {"idiv-overflow", "panic c0000095", "panic c0000095", "crash c0000095 foreign"},
        {"into", "panic c0000095", "panic c0000095", "crash c0000095 foreign"},
        {"bound", "crash c000008c managed", "crash c000008c managed", "crash c000008c foreign"},
        {"ud2", "crash c000001d managed", "crash c000001d managed", "crash c000001d foreign"},
        {"priv", "crash c0000096 managed", "crash c0000096 managed", "crash c0000096 foreign"},
        {"int3", "crash 80000003 managed", "crash 80000003 managed", "crash 80000003 foreign"},
        {"step", "crash 80000004 managed", "crash 80000004 managed", "crash 80000004 foreign"},
        {"icebp", "crash 80000004 managed", "crash 80000004 managed", "crash 80000004 foreign"},
        {"guard", "crash 80000001 managed", "crash 80000001 managed", "crash 80000001 foreign"},
        {"overflow", "panic c00000fd", "panic c00000fd", "crash c00000fd foreign"},
        {"x87", "panic c000008e", "panic c000008e", "crash c000008e foreign"},
        {"sse", "panic c00002b5", "panic c00002b5", "crash c00002b5 foreign"},
        {"align", "crash 80000002 managed", "crash 80000002 managed", "crash 80000002 foreign"},
        {"lock", "crash c000001e managed", "crash c000001e managed", "crash c000001e foreign"},
        {"inpage", "crash c0000006 managed", "panic c0000006", "crash c0000006 foreign"},
        {"int2d", "crash 80000003 managed", "crash 80000003 managed", "crash 80000003 foreign"},
        {"failfast", "crash unknown", "crash unknown", "crash unknown"},
    };
    assert_int_equal(COUNT_OF(kinds), SCENARIO_FAULT_KIND_COUNT);
    for (size_t place = 0; place < COUNT_OF(kinds); place++) {
        char text[96];
        snprintf(text, sizeof text, "fault %s", kinds[place].word);
        expect_outcome(text, NULL, kinds[place].managed);
        snprintf(text, sizeof text, "panic-on-fault { fault %s }", kinds[place].word);
        expect_outcome(text, NULL, kinds[place].inside);
        snprintf(text, sizeof text, "call { fault %s }", kinds[place].word);
        expect_outcome(text, NULL, kinds[place].foreign);
    }
}

/* A platform that reports other codes: everywhere, also where `refault` frames fault. */
static void a_platform_has_its_own_codes(void **state) {
    (void)state;
    struct model_platform platform = {0};
    platform.faults[SCENARIO_FAULT_DIV0].status = 0xC0000095;
    platform.faults[SCENARIO_FAULT_NIL_READ].status = 0xC00000AB;
    expect_outcome("fault div0", &platform, "panic c0000095");
    expect_outcome("call { fault div0 }", &platform, "crash c0000095 foreign");
    expect_outcome("call { seh refault { raise 1 } }", &platform, "crash c00000ab foreign");
    expect_outcome("fault nil-write", &platform, "panic c0000005");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(managed_faults_and_panic_on_fault),
        cmocka_unit_test(foreign_faults_and_managed_ones_in_callbacks),
        cmocka_unit_test(every_kind),
        cmocka_unit_test(a_platform_has_its_own_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
