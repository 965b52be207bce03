/* Exceptions of g++'s: found by tables, nobody told, and a head left in dead stack. */
#include "expected_traces.h"
#include "test.h"

static const struct expected_trace taken[] = {
    /* The search goes past what does not take it; the cleaning comes back to each destructor, innermost first. No code, no record. */
    {"call { gxx catch { gxx finally { gxx pass { gxx finally { gthrow } } } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 gxx catch depth 1 locks 0 | T",
         "t1 enter 3 gxx finally depth 1 locks 0 | T",
         "t1 enter 4 gxx pass depth 1 locks 0 | T",
         "t1 enter 5 gxx finally depth 1 locks 0 | T",
         "t1 raise 6 gthrow depth 1 locks 0 | T",
         "t1 unwind 5 gxx finally depth 1 locks 0 | T",
         "t1 unwind 3 gxx finally depth 1 locks 0 | T",
         "t1 caught 2 gxx catch depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    {"call { gxx catch { gxx resume { gthrow } gthrow } gxx finally { } gxx leak { } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 gxx catch depth 1 locks 0 | T",
         "t1 enter 3 gxx resume depth 1 locks 0 | T",
         "t1 raise 4 gthrow depth 1 locks 0 | T",
         "t1 raise 3 gxx resume depth 1 locks 0 | T",
         "t1 caught 2 gxx catch depth 1 locks 0 | T",
         "t1 enter 6 gxx finally depth 1 locks 0 | T",
         "t1 finally 6 gxx finally depth 1 locks 0 | T",
         "t1 leave 6 gxx finally depth 1 locks 0 | T",
         "t1 enter 7 gxx leak depth 1 locks 0 | T",
         "t1 leave 7 gxx leak depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    {"call { seh resume { gxx refault div0 { gthrow } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh resume depth 1 locks 0 | F1 T",
         "t1 enter 3 gxx refault div0 depth 1 locks 0 | F1 T",
         "t1 raise 4 gthrow depth 1 locks 0 | F1 T",
         "t1 fault 3 gxx refault div0 depth 1 locks 0 | F1 T",
         "t1 filter 2 seh resume c0000094 continues depth 1 locks 0 | F1 T",
         "t1 caught 3 gxx refault div0 depth 1 locks 0 | F1 T",
         "t1 leave 2 seh resume depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* Other exceptions go past, destructors included. */
    {"call { seh catch { gxx catch { gxx finally { raise 5 } } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh catch depth 1 locks 0 | F1 T",
         "t1 enter 3 gxx catch depth 1 locks 0 | F1 T",
         "t1 enter 4 gxx finally depth 1 locks 0 | F1 T",
         "t1 raise 5 raise 5 00000005 depth 1 locks 0 | F1 T",
         "t1 filter 2 seh catch 00000005 catches depth 1 locks 0 | F1 T",
         "t1 caught 2 seh catch 00000005 depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* The mark of a setjmp inside is gone with its frame. */
    {"call { setjmp { gxx catch { setjmp { gthrow } } longjmp } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 setjmp depth 1 locks 0 | T",
         "t1 enter 3 gxx catch depth 1 locks 0 | T",
         "t1 enter 4 setjmp depth 1 locks 0 | T",
         "t1 raise 5 gthrow depth 1 locks 0 | T",
         "t1 caught 3 gxx catch depth 1 locks 0 | T",
         "t1 jump 6 longjmp depth 1 locks 0 | T",
         "t1 caught 2 setjmp c0000027 depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
};

static const struct expected_trace records_left[] = {
    /* From the first frame that control comes back to, the records inside are dead, linked and overwritten. */
    {"call { gxx catch { gxx finally { seh pass { gthrow } } } }",
     "bugcheck 0x0000E102",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 gxx catch depth 1 locks 0 | T",
         "t1 enter 3 gxx finally depth 1 locks 0 | T",
         "t1 enter 4 seh pass depth 1 locks 0 | F1 T",
         "t1 raise 5 gthrow depth 1 locks 0 | F1 T",
         "t1 unwind 3 gxx finally depth 1 locks 0 | ?",
         "t1 caught 2 gxx catch depth 1 locks 0 | ?",
         "t1 stop 1 call 0x0000E102 runtime",
     }},
    /* What a bad library left behind inside goes the same way; what it had left behind before does not, until a clobber comes by. */
    {"call { seh pass { seh leak { } seh pass { gxx catch { seh leak { } gthrow } } seh catch { raise 5 } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh pass depth 1 locks 0 | F1 T",
         "t1 enter 3 seh leak depth 1 locks 0 | F2 F1 T",
         "t1 leave 3 seh leak depth 1 locks 0 | F2 F1 T",
         "t1 enter 4 seh pass depth 1 locks 0 | F3 F2 F1 T",
         "t1 enter 5 gxx catch depth 1 locks 0 | F3 F2 F1 T",
         "t1 enter 6 seh leak depth 1 locks 0 | F4 F3 F2 F1 T",
         "t1 leave 6 seh leak depth 1 locks 0 | F4 F3 F2 F1 T",
         "t1 raise 7 gthrow depth 1 locks 0 | F4 F3 F2 F1 T",
         "t1 caught 5 gxx catch depth 1 locks 0 | ?",
         "t1 leave 4 seh pass depth 1 locks 0 | F2 F1 T",
         "t1 enter 8 seh catch depth 1 locks 0 | F3 F2 F1 T",
         "t1 raise 9 raise 5 00000005 depth 1 locks 0 | F3 F2 F1 T",
         "t1 filter 8 seh catch 00000005 catches depth 1 locks 0 | F3 F2 F1 T",
         "t1 caught 8 seh catch 00000005 depth 1 locks 0 | F2 F1 T",
         "t1 leave 2 seh pass depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* A clobber goes on past what was wiped, to the dead ones further out. */
    {"call { seh pass { seh leak { } seh pass { gxx catch { seh pass { gthrow } } clobber } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh pass depth 1 locks 0 | F1 T",
         "t1 enter 3 seh leak depth 1 locks 0 | F2 F1 T",
         "t1 leave 3 seh leak depth 1 locks 0 | F2 F1 T",
         "t1 enter 4 seh pass depth 1 locks 0 | F3 F2 F1 T",
         "t1 enter 5 gxx catch depth 1 locks 0 | F3 F2 F1 T",
         "t1 enter 6 seh pass depth 1 locks 0 | F4 F3 F2 F1 T",
         "t1 raise 7 gthrow depth 1 locks 0 | F4 F3 F2 F1 T",
         "t1 caught 5 gxx catch depth 1 locks 0 | ?",
         "t1 done 8 clobber depth 1 locks 0 | ?",
         "t1 leave 4 seh pass depth 1 locks 0 | ?",
         "t1 leave 2 seh pass depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    {"call { seh catch { gxx catch { seh pass { gthrow } } raise 5 } }",
     "crash unknown",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh catch depth 1 locks 0 | F1 T",
         "t1 enter 3 gxx catch depth 1 locks 0 | F1 T",
         "t1 enter 4 seh pass depth 1 locks 0 | F2 F1 T",
         "t1 raise 5 gthrow depth 1 locks 0 | F2 F1 T",
         "t1 caught 3 gxx catch depth 1 locks 0 | ?",
         "t1 raise 6 raise 5 00000005 depth 1 locks 0 | ?",
     }},
    /* Rounds that differ in nothing but how long the chain behind `?` is are equal. */
    {"call { seh pass { repeat 3 { gxx catch { seh pass { gthrow } } } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh pass depth 1 locks 0 | F1 T",
         "t1 enter 3 repeat 3 depth 1 locks 0 | F1 T",
         "t1 enter 4 gxx catch depth 1 locks 0 | F1 T",
         "t1 enter 5 seh pass depth 1 locks 0 | F2 F1 T",
         "t1 raise 6 gthrow depth 1 locks 0 | F2 F1 T",
         "t1 caught 4 gxx catch depth 1 locks 0 | ?",
         "t1 enter 4 gxx catch depth 1 locks 0 | ?",
         "t1 enter 5 seh pass depth 1 locks 0 | F1 ?",
         "t1 raise 6 gthrow depth 1 locks 0 | F1 ?",
         "t1 caught 4 gxx catch depth 1 locks 0 | ?",
         "t1 same 3 repeat 3 1 depth 1 locks 0 | ?",
         "t1 leave 3 repeat 3 depth 1 locks 0 | ?",
         "t1 leave 2 seh pass depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
};

static const struct expected_trace nobody_takes[] = {
    {"call { seh catch { gxx finally { gthrow } } }",
     "crash terminate foreign",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh catch depth 1 locks 0 | F1 T",
         "t1 enter 3 gxx finally depth 1 locks 0 | F1 T",
         "t1 raise 4 gthrow depth 1 locks 0 | F1 T",
         "t1 crash 0 terminate foreign",
     }},
    /* The search ends at managed code, ... */
    {"call { gxx catch { back { call { gthrow } } } }",
     "crash terminate foreign",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 gxx catch depth 1 locks 0 | T",
         "t1 enter 3 back depth 1 locks 0 | C1 T",
         "t1 enter 4 call depth 2 locks 0 | C1 T",
         "t1 raise 5 gthrow depth 2 locks 0 | C1 T",
         "t1 crash 0 terminate foreign",
     }},
    /* ... at a thread's beginning, ... */
    {"call { gxx catch { thread { gthrow } } }",
     "crash terminate foreign",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 gxx catch depth 1 locks 0 | T",
         "t0 enter 3 thread depth 0 locks 0 |",
         "t0 raise 4 gthrow depth 0 locks 0 |",
         "t0 crash 0 terminate foreign",
     }},
    /* ... and at functions of Microsoft's model while they run; one that was left by a jump is no function any more. */
    {"call { gxx catch { try leak { } gthrow } gxx catch { cxx pass { gthrow } } }",
     "crash terminate foreign",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 gxx catch depth 1 locks 0 | T",
         "t1 enter 3 try leak depth 1 locks 0 | F1 T",
         "t1 leave 3 try leak depth 1 locks 0 | F1 T",
         "t1 raise 4 gthrow depth 1 locks 0 | F1 T",
         "t1 caught 2 gxx catch depth 1 locks 0 | ?",
         "t1 enter 5 gxx catch depth 1 locks 0 | ?",
         "t1 enter 6 cxx pass depth 1 locks 0 | F1 ?",
         "t1 raise 7 gthrow depth 1 locks 0 | F1 ?",
         "t1 crash 0 terminate foreign",
     }},
};

static void frames_that_take_it(void **state) {
    (void)state;
    expect_traces(taken, COUNT_OF(taken));
}

static void records_that_nobody_unlinks(void **state) {
    (void)state;
    expect_traces(records_left, COUNT_OF(records_left));
}

static void searches_that_find_nobody(void **state) {
    (void)state;
    expect_traces(nobody_takes, COUNT_OF(nobody_takes));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_that_take_it),
        cmocka_unit_test(records_that_nobody_unlinks),
        cmocka_unit_test(searches_that_find_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
