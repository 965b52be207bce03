/* Calls into C and back, and the panics and goexits that go over them. */
#include <stdio.h>

#include "expected_traces.h"
#include "test.h"

static const struct expected_trace returns[] = {
    {"call { }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    {"call { seh pass { back { call { seh finally { back { check } clobber } } } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh pass depth 1 locks 0 | F1 T",
         "t1 enter 3 back depth 1 locks 0 | C1 F1 T",
         "t1 enter 4 call depth 2 locks 0 | C1 F1 T",
         "t1 enter 5 seh finally depth 2 locks 0 | F2 C1 F1 T",
         "t1 enter 6 back depth 2 locks 0 | C2 F2 C1 F1 T",
         "t1 done 7 check depth 2 locks 0 | C2 F2 C1 F1 T",
         "t1 leave 6 back depth 2 locks 0 | F2 C1 F1 T",
         "t1 done 8 clobber depth 2 locks 0 | F2 C1 F1 T",
         "t1 leave 5 seh finally depth 2 locks 0 | C1 F1 T",
         "t1 leave 4 call depth 1 locks 0 | C1 F1 T",
         "t1 leave 3 back depth 1 locks 0 | F1 T",
         "t1 leave 2 seh pass depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* Frames of every kind that nothing happens to. */
    {"call { seh pass { } seh catch { } seh resume { } seh finally { } seh refault { } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh pass depth 1 locks 0 | F1 T",
         "t1 leave 2 seh pass depth 1 locks 0 | T",
         "t1 enter 3 seh catch depth 1 locks 0 | F1 T",
         "t1 leave 3 seh catch depth 1 locks 0 | T",
         "t1 enter 4 seh resume depth 1 locks 0 | F1 T",
         "t1 leave 4 seh resume depth 1 locks 0 | T",
         "t1 enter 5 seh finally depth 1 locks 0 | F1 T",
         "t1 leave 5 seh finally depth 1 locks 0 | T",
         "t1 enter 6 seh refault depth 1 locks 0 | F1 T",
         "t1 leave 6 seh refault depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
};

static const struct expected_trace ways_over[] = {
    /* The text that the project exists for. */
    {"recover { call { seh pass { back { panic } } } } clobber recover { fault nil-write }",
     "ok",
     {
         "t1 enter 1 recover depth 0 locks 0 | T",
         "t1 enter 2 call depth 1 locks 0 | T",
         "t1 enter 3 seh pass depth 1 locks 0 | F1 T",
         "t1 enter 4 back depth 1 locks 0 | C1 F1 T",
         "t1 panic 5 panic 1 depth 1 locks 0 | C1 F1 T",
         "t1 recovered 1 recover 1 depth 0 locks 0 | T",
         "t1 done 6 clobber depth 0 locks 0 | T",
         "t1 enter 7 recover depth 0 locks 0 | T",
         "t1 fault 8 fault nil-write depth 0 locks 0 | T",
         "t1 recovered 7 recover c0000005 depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    {"lock { recover { call { via enumwindows { panic } } } check }",
     "ok",
     {
         "t1 enter 1 lock depth 0 locks 1 | T",
         "t1 enter 2 recover depth 0 locks 1 | T",
         "t1 enter 3 call depth 1 locks 1 | T",
         "t1 enter 4 via enumwindows depth 1 locks 1 | C1 T",
         "t1 panic 5 panic 1 depth 1 locks 1 | C1 T",
         "t1 recovered 2 recover 1 depth 0 locks 1 | T",
         "t1 done 6 check depth 0 locks 1 | T",
         "t1 leave 1 lock depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* A panic over two callbacks: each is closed, with its call, before the next deferred function outward runs. No foreign frame gets notice. */
    {"recover { defer { check } { call { seh finally { back { defer { check } { call { back { lock { panic 5 } } } } } } } } }",
     "ok",
     {
         "t1 enter 1 recover depth 0 locks 0 | T",
         "t1 enter 2 defer depth 0 locks 0 | T",
         "t1 enter 4 call depth 1 locks 0 | T",
         "t1 enter 5 seh finally depth 1 locks 0 | F1 T",
         "t1 enter 6 back depth 1 locks 0 | C1 F1 T",
         "t1 enter 7 defer depth 1 locks 0 | C1 F1 T",
         "t1 enter 9 call depth 2 locks 0 | C1 F1 T",
         "t1 enter 10 back depth 2 locks 0 | C2 C1 F1 T",
         "t1 enter 11 lock depth 2 locks 1 | C2 C1 F1 T",
         "t1 panic 12 panic 5 5 depth 2 locks 1 | C2 C1 F1 T",
         "t1 deferred 7 defer panic depth 1 locks 0 | C1 F1 T",
         "t1 done 8 check depth 1 locks 0 | C1 F1 T",
         "t1 deferred 2 defer panic depth 0 locks 0 | T",
         "t1 done 3 check depth 0 locks 0 | T",
         "t1 recovered 1 recover 5 depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* A deferred function of a panic that calls C and is called back. */
    {"recover { call { back { defer { call { seh finally { back { check } } } } { panic } } } }",
     "ok",
     {
         "t1 enter 1 recover depth 0 locks 0 | T",
         "t1 enter 2 call depth 1 locks 0 | T",
         "t1 enter 3 back depth 1 locks 0 | C1 T",
         "t1 enter 4 defer depth 1 locks 0 | C1 T",
         "t1 panic 9 panic 1 depth 1 locks 0 | C1 T",
         "t1 deferred 4 defer panic depth 1 locks 0 | C1 T",
         "t1 enter 5 call depth 2 locks 0 | C1 T",
         "t1 enter 6 seh finally depth 2 locks 0 | F1 C1 T",
         "t1 enter 7 back depth 2 locks 0 | C2 F1 C1 T",
         "t1 done 8 check depth 2 locks 0 | C2 F1 C1 T",
         "t1 leave 7 back depth 2 locks 0 | F1 C1 T",
         "t1 leave 6 seh finally depth 2 locks 0 | C1 T",
         "t1 leave 5 call depth 1 locks 0 | C1 T",
         "t1 recovered 1 recover 1 depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* The recover stands inside the callback: what lies outside of it stays. */
    {"call { seh catch { back { recover { call { seh pass { back { panic 3 } } } } check } clobber } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh catch depth 1 locks 0 | F1 T",
         "t1 enter 3 back depth 1 locks 0 | C1 F1 T",
         "t1 enter 4 recover depth 1 locks 0 | C1 F1 T",
         "t1 enter 5 call depth 2 locks 0 | C1 F1 T",
         "t1 enter 6 seh pass depth 2 locks 0 | F2 C1 F1 T",
         "t1 enter 7 back depth 2 locks 0 | C2 F2 C1 F1 T",
         "t1 panic 8 panic 3 3 depth 2 locks 0 | C2 F2 C1 F1 T",
         "t1 recovered 4 recover 3 depth 1 locks 0 | C1 F1 T",
         "t1 done 9 check depth 1 locks 0 | C1 F1 T",
         "t1 leave 3 back depth 1 locks 0 | F1 T",
         "t1 done 10 clobber depth 1 locks 0 | F1 T",
         "t1 leave 2 seh catch depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    {"defer { check } { call { seh resume { back { recover { goexit } } } } }",
     "goexit",
     {
         "t1 enter 1 defer depth 0 locks 0 | T",
         "t1 enter 3 call depth 1 locks 0 | T",
         "t1 enter 4 seh resume depth 1 locks 0 | F1 T",
         "t1 enter 5 back depth 1 locks 0 | C1 F1 T",
         "t1 enter 6 recover depth 1 locks 0 | C1 F1 T",
         "t1 goexit 7 goexit depth 1 locks 0 | C1 F1 T",
         "t1 deferred 1 defer goexit depth 0 locks 0 | T",
         "t1 done 2 check depth 0 locks 0 | T",
         "t1 end 0 goexit",
     }},
    /* A goexit, a panic over it in a callback's deferred function, a recover outside of the callback, and the goexit again. */
    {"defer { check } { recover { call { back { defer { call { back { panic 4 } } } { lock { goexit } } } } } }",
     "goexit",
     {
         "t1 enter 1 defer depth 0 locks 0 | T",
         "t1 enter 3 recover depth 0 locks 0 | T",
         "t1 enter 4 call depth 1 locks 0 | T",
         "t1 enter 5 back depth 1 locks 0 | C1 T",
         "t1 enter 6 defer depth 1 locks 0 | C1 T",
         "t1 enter 10 lock depth 1 locks 1 | C1 T",
         "t1 goexit 11 goexit depth 1 locks 1 | C1 T",
         "t1 deferred 6 defer goexit depth 1 locks 0 | C1 T",
         "t1 enter 7 call depth 2 locks 0 | C1 T",
         "t1 enter 8 back depth 2 locks 0 | C2 C1 T",
         "t1 panic 9 panic 4 4 depth 2 locks 0 | C2 C1 T",
         "t1 recovered 3 recover 4 depth 0 locks 0 | T",
         "t1 deferred 1 defer goexit depth 0 locks 0 | T",
         "t1 done 2 check depth 0 locks 0 | T",
         "t1 end 0 goexit",
     }},
};

static const struct expected_trace fibers[] = {
    /* A chain of its own, whose numbers begin anew; the task, and what is open in it, are the same. */
    {"call { seh pass { via fiber { call { seh catch { back { } } } } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh pass depth 1 locks 0 | F1 T",
         "t1 enter 3 via fiber depth 1 locks 0 | C1",
         "t1 enter 4 call depth 2 locks 0 | C1",
         "t1 enter 5 seh catch depth 2 locks 0 | F1 C1",
         "t1 enter 6 back depth 2 locks 0 | C2 F1 C1",
         "t1 leave 6 back depth 2 locks 0 | F1 C1",
         "t1 leave 5 seh catch depth 2 locks 0 | C1",
         "t1 leave 4 call depth 1 locks 0 | C1",
         "t1 leave 3 via fiber depth 1 locks 0 | F1 T",
         "t1 leave 2 seh pass depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* No panic leaves it: deferred functions inside run, then the runtime stops. */
    {"recover { call { via fiber { defer { check } { panic 7 } } } }",
     "bugcheck 0x0000E111",
     {
         "t1 enter 1 recover depth 0 locks 0 | T",
         "t1 enter 2 call depth 1 locks 0 | T",
         "t1 enter 3 via fiber depth 1 locks 0 | C1",
         "t1 enter 4 defer depth 1 locks 0 | C1",
         "t1 panic 6 panic 7 7 depth 1 locks 0 | C1",
         "t1 deferred 4 defer panic depth 1 locks 0 | C1",
         "t1 done 5 check depth 1 locks 0 | C1",
         "t1 stop 5 check 0x0000E111 runtime",
     }},
    {"call { via fiber { goexit } }",
     "bugcheck 0x0000E111",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 via fiber depth 1 locks 0 | C1",
         "t1 goexit 3 goexit depth 1 locks 0 | C1",
         "t1 stop 3 goexit 0x0000E111 runtime",
     }},
    /* Nobody outside is asked. */
    {"call { seh catch { via fiber { call { raise 5 } } } }",
     "crash 00000005 foreign",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh catch depth 1 locks 0 | F1 T",
         "t1 enter 3 via fiber depth 1 locks 0 | C1",
         "t1 enter 4 call depth 2 locks 0 | C1",
         "t1 raise 5 raise 5 00000005 depth 2 locks 0 | C1",
         "t1 crash 0 00000005 foreign",
     }},
    /* A thread without a task gets one for the callback, on the fiber's stack; its marks are not the fiber's. */
    {"call { thread { setjmp { via fiber { goexit } via fiber { call { longjmp } } } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t0 enter 2 thread depth 0 locks 0 |",
         "t0 enter 3 setjmp depth 0 locks 0 |",
         "t2 enter 4 via fiber depth 0 locks 0 | T",
         "t2 goexit 5 goexit depth 0 locks 0 | T",
         "t2 end 4 via fiber goexit",
         "t0 leave 4 via fiber depth 0 locks 0 |",
         "t2 enter 6 via fiber depth 0 locks 0 | T",
         "t2 enter 7 call depth 1 locks 0 | T",
         "t2 jump 8 longjmp depth 1 locks 0 | T",
         "t2 done 8 longjmp depth 1 locks 0 | T",
         "t2 leave 7 call depth 0 locks 0 | T",
         "t2 end 6 via fiber ok",
         "t0 leave 6 via fiber depth 0 locks 0 |",
         "t0 leave 3 setjmp depth 0 locks 0 |",
         "t1 leave 2 thread depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
};

static void fibers_have_chains_of_their_own(void **state) {
    (void)state;
    expect_traces(fibers, COUNT_OF(fibers));
}

static void calls_and_callbacks_that_return(void **state) {
    (void)state;
    expect_traces(returns, COUNT_OF(returns));
}

static void panics_and_goexits_over_callbacks(void **state) {
    (void)state;
    expect_traces(ways_over, COUNT_OF(ways_over));
}

/* Whoever carries the call back, it is made once, and the trace differs in the carrier's word only. */
static void every_carrier(void **state) {
    (void)state;
    static const char *const carriers[] = {"back", "via enumwindows", "via enumtimeformats", "via qsort", "via bsearch", "via wndproc", "args cdecl 0", "args stdcall 9"};
    for (size_t place = 0; place < COUNT_OF(carriers); place++) {
        char text[96], enter[96], leave[96];
        snprintf(text, sizeof text, "call { seh pass { %s { check } } }", carriers[place]);
        snprintf(enter, sizeof enter, "t1 enter 3 %s depth 1 locks 0 | C1 F1 T", carriers[place]);
        snprintf(leave, sizeof leave, "t1 leave 3 %s depth 1 locks 0 | F1 T", carriers[place]);
        struct expected_trace expected = {text,
                                          "ok",
                                          {
                                              "t1 enter 1 call depth 1 locks 0 | T",
                                              "t1 enter 2 seh pass depth 1 locks 0 | F1 T",
                                              enter,
                                              "t1 done 4 check depth 1 locks 0 | C1 F1 T",
                                              leave,
                                              "t1 leave 2 seh pass depth 1 locks 0 | T",
                                              "t1 leave 1 call depth 0 locks 0 | T",
                                              "t1 end 0 ok",
                                          }};
        expect_traces(&expected, 1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_and_callbacks_that_return),
        cmocka_unit_test(panics_and_goexits_over_callbacks),
        cmocka_unit_test(every_carrier),
        cmocka_unit_test(fibers_have_chains_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
