/* Managed code on its own: panics, deferred functions, recovers, goexits, locks. */
#include "expected_traces.h"
#include "test.h"

static const struct expected_trace plain[] = {
    {"check clobber",
     "ok",
     {
         "t1 done 1 check depth 0 locks 0 | T",
         "t1 done 2 clobber depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    {"lock { lock { check } check }",
     "ok",
     {
         "t1 enter 1 lock depth 0 locks 1 | T",
         "t1 enter 2 lock depth 0 locks 2 | T",
         "t1 done 3 check depth 0 locks 2 | T",
         "t1 leave 2 lock depth 0 locks 1 | T",
         "t1 done 4 check depth 0 locks 1 | T",
         "t1 leave 1 lock depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    {"recover { check }",
     "ok",
     {
         "t1 enter 1 recover depth 0 locks 0 | T",
         "t1 done 2 check depth 0 locks 0 | T",
         "t1 leave 1 recover depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* The deferred function stands first in the text and runs last. */
    {"defer { check } { clobber }",
     "ok",
     {
         "t1 enter 1 defer depth 0 locks 0 | T",
         "t1 done 3 clobber depth 0 locks 0 | T",
         "t1 deferred 1 defer normal depth 0 locks 0 | T",
         "t1 done 2 check depth 0 locks 0 | T",
         "t1 leave 1 defer depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
};

static const struct expected_trace panics[] = {
    {"panic", "panic 1", {"t1 panic 1 panic 1 depth 0 locks 0 | T", "t1 end 0 panic 1"}},
    {"panic 0", "panic 0", {"t1 panic 1 panic 0 0 depth 0 locks 0 | T", "t1 end 0 panic 0"}},
    {"panic 0xC0000005", "panic 3221225477", {"t1 panic 1 panic 0xC0000005 3221225477 depth 0 locks 0 | T", "t1 end 0 panic 3221225477"}},
    {"recover { panic 7 } check",
     "ok",
     {
         "t1 enter 1 recover depth 0 locks 0 | T",
         "t1 panic 2 panic 7 7 depth 0 locks 0 | T",
         "t1 recovered 1 recover 7 depth 0 locks 0 | T",
         "t1 done 3 check depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    {"defer { check } { panic 3 }",
     "panic 3",
     {
         "t1 enter 1 defer depth 0 locks 0 | T",
         "t1 panic 3 panic 3 3 depth 0 locks 0 | T",
         "t1 deferred 1 defer panic depth 0 locks 0 | T",
         "t1 done 2 check depth 0 locks 0 | T",
         "t1 end 0 panic 3",
     }},
    /* Level by level: each deferred function finds the locks as its defer found them. The nearest recover takes it. */
    {"recover { recover { lock { defer { check } { lock { defer { check } { panic } } } } } check }",
     "ok",
     {
         "t1 enter 1 recover depth 0 locks 0 | T",
         "t1 enter 2 recover depth 0 locks 0 | T",
         "t1 enter 3 lock depth 0 locks 1 | T",
         "t1 enter 4 defer depth 0 locks 1 | T",
         "t1 enter 6 lock depth 0 locks 2 | T",
         "t1 enter 7 defer depth 0 locks 2 | T",
         "t1 panic 9 panic 1 depth 0 locks 2 | T",
         "t1 deferred 7 defer panic depth 0 locks 2 | T",
         "t1 done 8 check depth 0 locks 2 | T",
         "t1 deferred 4 defer panic depth 0 locks 1 | T",
         "t1 done 5 check depth 0 locks 1 | T",
         "t1 recovered 2 recover 1 depth 0 locks 0 | T",
         "t1 done 10 check depth 0 locks 0 | T",
         "t1 leave 1 recover depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    {"recover { defer { panic 2 } { panic 1 } }",
     "ok",
     {
         "t1 enter 1 recover depth 0 locks 0 | T",
         "t1 enter 2 defer depth 0 locks 0 | T",
         "t1 panic 4 panic 1 1 depth 0 locks 0 | T",
         "t1 deferred 2 defer panic depth 0 locks 0 | T",
         "t1 panic 3 panic 2 2 depth 0 locks 0 | T",
         "t1 recovered 1 recover 2 depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* The inner panic is recovered inside the deferred function, and the outer one goes on with its own value. */
    {"defer { recover { panic 2 } } { panic 1 }",
     "panic 1",
     {
         "t1 enter 1 defer depth 0 locks 0 | T",
         "t1 panic 4 panic 1 1 depth 0 locks 0 | T",
         "t1 deferred 1 defer panic depth 0 locks 0 | T",
         "t1 enter 2 recover depth 0 locks 0 | T",
         "t1 panic 3 panic 2 2 depth 0 locks 0 | T",
         "t1 recovered 2 recover 2 depth 0 locks 0 | T",
         "t1 end 0 panic 1",
     }},
    /* A number replaces an NTSTATUS together with its kind, and the other way round. */
    {"recover { defer { panic 9 } { fault div0 } } defer { fault div0 } { panic 9 }",
     "panic c0000094",
     {
         "t1 enter 1 recover depth 0 locks 0 | T",
         "t1 enter 2 defer depth 0 locks 0 | T",
         "t1 fault 4 fault div0 depth 0 locks 0 | T",
         "t1 deferred 2 defer panic depth 0 locks 0 | T",
         "t1 panic 3 panic 9 9 depth 0 locks 0 | T",
         "t1 recovered 1 recover 9 depth 0 locks 0 | T",
         "t1 enter 5 defer depth 0 locks 0 | T",
         "t1 panic 7 panic 9 9 depth 0 locks 0 | T",
         "t1 deferred 5 defer panic depth 0 locks 0 | T",
         "t1 fault 6 fault div0 depth 0 locks 0 | T",
         "t1 end 0 panic c0000094",
     }},
    /* Panics out of a deferred function that runs in the normal way. */
    {"recover { defer { panic 4 } { check } }",
     "ok",
     {
         "t1 enter 1 recover depth 0 locks 0 | T",
         "t1 enter 2 defer depth 0 locks 0 | T",
         "t1 done 4 check depth 0 locks 0 | T",
         "t1 deferred 2 defer normal depth 0 locks 0 | T",
         "t1 panic 3 panic 4 4 depth 0 locks 0 | T",
         "t1 recovered 1 recover 4 depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
};

static const struct expected_trace goexits[] = {
    {"goexit", "goexit", {"t1 goexit 1 goexit depth 0 locks 0 | T", "t1 end 0 goexit"}},
    {"recover { defer { check } { goexit } }",
     "goexit",
     {
         "t1 enter 1 recover depth 0 locks 0 | T",
         "t1 enter 2 defer depth 0 locks 0 | T",
         "t1 goexit 4 goexit depth 0 locks 0 | T",
         "t1 deferred 2 defer goexit depth 0 locks 0 | T",
         "t1 done 3 check depth 0 locks 0 | T",
         "t1 end 0 goexit",
     }},
    {"recover { defer { panic 2 } { goexit } } check",
     "goexit",
     {
         "t1 enter 1 recover depth 0 locks 0 | T",
         "t1 enter 2 defer depth 0 locks 0 | T",
         "t1 goexit 4 goexit depth 0 locks 0 | T",
         "t1 deferred 2 defer goexit depth 0 locks 0 | T",
         "t1 panic 3 panic 2 2 depth 0 locks 0 | T",
         "t1 recovered 1 recover 2 depth 0 locks 0 | T",
         "t1 end 0 goexit",
     }},
    {"defer { panic 2 } { goexit }",
     "panic 2",
     {
         "t1 enter 1 defer depth 0 locks 0 | T",
         "t1 goexit 3 goexit depth 0 locks 0 | T",
         "t1 deferred 1 defer goexit depth 0 locks 0 | T",
         "t1 panic 2 panic 2 2 depth 0 locks 0 | T",
         "t1 end 0 panic 2",
     }},
    {"recover { defer { goexit } { panic 1 } }",
     "goexit",
     {
         "t1 enter 1 recover depth 0 locks 0 | T",
         "t1 enter 2 defer depth 0 locks 0 | T",
         "t1 panic 4 panic 1 1 depth 0 locks 0 | T",
         "t1 deferred 2 defer panic depth 0 locks 0 | T",
         "t1 goexit 3 goexit depth 0 locks 0 | T",
         "t1 end 0 goexit",
     }},
    {"defer { recover { panic 2 } } { goexit }",
     "goexit",
     {
         "t1 enter 1 defer depth 0 locks 0 | T",
         "t1 goexit 4 goexit depth 0 locks 0 | T",
         "t1 deferred 1 defer goexit depth 0 locks 0 | T",
         "t1 enter 2 recover depth 0 locks 0 | T",
         "t1 panic 3 panic 2 2 depth 0 locks 0 | T",
         "t1 recovered 2 recover 2 depth 0 locks 0 | T",
         "t1 end 0 goexit",
     }},
    /* Until it is recovered it is a panic like others: the next deferred function runs because of it ... */
    {"defer { check } { recover { defer { clobber } { defer { panic 2 } { goexit } } } }",
     "goexit",
     {
         "t1 enter 1 defer depth 0 locks 0 | T",
         "t1 enter 3 recover depth 0 locks 0 | T",
         "t1 enter 4 defer depth 0 locks 0 | T",
         "t1 enter 6 defer depth 0 locks 0 | T",
         "t1 goexit 8 goexit depth 0 locks 0 | T",
         "t1 deferred 6 defer goexit depth 0 locks 0 | T",
         "t1 panic 7 panic 2 2 depth 0 locks 0 | T",
         "t1 deferred 4 defer panic depth 0 locks 0 | T",
         "t1 done 5 clobber depth 0 locks 0 | T",
         "t1 recovered 3 recover 2 depth 0 locks 0 | T",
         "t1 deferred 1 defer goexit depth 0 locks 0 | T",
         "t1 done 2 check depth 0 locks 0 | T",
         "t1 end 0 goexit",
     }},
    /* ... and another panic takes its place, not the goexit's ... */
    {"recover { defer { panic 3 } { defer { panic 2 } { goexit } } } check",
     "goexit",
     {
         "t1 enter 1 recover depth 0 locks 0 | T",
         "t1 enter 2 defer depth 0 locks 0 | T",
         "t1 enter 4 defer depth 0 locks 0 | T",
         "t1 goexit 6 goexit depth 0 locks 0 | T",
         "t1 deferred 4 defer goexit depth 0 locks 0 | T",
         "t1 panic 5 panic 2 2 depth 0 locks 0 | T",
         "t1 deferred 2 defer panic depth 0 locks 0 | T",
         "t1 panic 3 panic 3 3 depth 0 locks 0 | T",
         "t1 recovered 1 recover 3 depth 0 locks 0 | T",
         "t1 end 0 goexit",
     }},
    /* ... and a goexit replaces it. */
    {"recover { defer { goexit } { defer { panic 2 } { goexit } } }",
     "goexit",
     {
         "t1 enter 1 recover depth 0 locks 0 | T",
         "t1 enter 2 defer depth 0 locks 0 | T",
         "t1 enter 4 defer depth 0 locks 0 | T",
         "t1 goexit 6 goexit depth 0 locks 0 | T",
         "t1 deferred 4 defer goexit depth 0 locks 0 | T",
         "t1 panic 5 panic 2 2 depth 0 locks 0 | T",
         "t1 deferred 2 defer panic depth 0 locks 0 | T",
         "t1 goexit 3 goexit depth 0 locks 0 | T",
         "t1 end 0 goexit",
     }},
};

static void plain_operations(void **state) {
    (void)state;
    expect_traces(plain, COUNT_OF(plain));
}

static void panics_and_recovers(void **state) {
    (void)state;
    expect_traces(panics, COUNT_OF(panics));
}

static void goexits_and_panics_over_them(void **state) {
    (void)state;
    expect_traces(goexits, COUNT_OF(goexits));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_operations),
        cmocka_unit_test(panics_and_recovers),
        cmocka_unit_test(goexits_and_panics_over_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
