/* Records that a library leaves behind: who finds them, whom they answer, who kills whom by overwriting them. */
#include "expected_traces.h"
#include "test.h"

static const struct expected_trace left_behind[] = {
    {"call { seh leak { } } check",
     "bugcheck 0x0000E102",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh leak depth 1 locks 0 | F1 T",
         "t1 leave 2 seh leak depth 1 locks 0 | F1 T",
         "t1 stop 1 call 0x0000E102 runtime",
     }},
    /* The call that returns finds it, not those around it. */
    {"recover { call { back { recover { call { seh leak { } } } } } }",
     "bugcheck 0x0000E102",
     {
         "t1 enter 1 recover depth 0 locks 0 | T",
         "t1 enter 2 call depth 1 locks 0 | T",
         "t1 enter 3 back depth 1 locks 0 | C1 T",
         "t1 enter 4 recover depth 1 locks 0 | C1 T",
         "t1 enter 5 call depth 2 locks 0 | C1 T",
         "t1 enter 6 seh leak depth 2 locks 0 | F1 C1 T",
         "t1 leave 6 seh leak depth 2 locks 0 | F1 C1 T",
         "t1 stop 5 call 0x0000E102 runtime",
     }},
    /* A frame around it puts the head to its own Next. A leaking one around it does not. */
    {"call { seh pass { seh leak { seh leak { } } seh finally { seh leak { } } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh pass depth 1 locks 0 | F1 T",
         "t1 enter 3 seh leak depth 1 locks 0 | F2 F1 T",
         "t1 enter 4 seh leak depth 1 locks 0 | F3 F2 F1 T",
         "t1 leave 4 seh leak depth 1 locks 0 | F3 F2 F1 T",
         "t1 leave 3 seh leak depth 1 locks 0 | F3 F2 F1 T",
         "t1 enter 5 seh finally depth 1 locks 0 | F4 F3 F2 F1 T",
         "t1 enter 6 seh leak depth 1 locks 0 | F5 F4 F3 F2 F1 T",
         "t1 leave 6 seh leak depth 1 locks 0 | F5 F4 F3 F2 F1 T",
         "t1 leave 5 seh finally depth 1 locks 0 | F3 F2 F1 T",
         "t1 leave 2 seh pass depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    {"recover { call { seh leak { } back { panic } } } check",
     "ok",
     {
         "t1 enter 1 recover depth 0 locks 0 | T",
         "t1 enter 2 call depth 1 locks 0 | T",
         "t1 enter 3 seh leak depth 1 locks 0 | F1 T",
         "t1 leave 3 seh leak depth 1 locks 0 | F1 T",
         "t1 enter 4 back depth 1 locks 0 | C1 F1 T",
         "t1 panic 5 panic 1 depth 1 locks 0 | C1 F1 T",
         "t1 recovered 1 recover 1 depth 0 locks 0 | T",
         "t1 done 6 check depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* A leaking frame that a panic goes over, or an unwinding, leaves nothing: it never returned. */
    {"recover { call { seh leak { back { panic } } } } call { seh catch { seh leak { raise 1 } } }",
     "ok",
     {
         "t1 enter 1 recover depth 0 locks 0 | T",
         "t1 enter 2 call depth 1 locks 0 | T",
         "t1 enter 3 seh leak depth 1 locks 0 | F1 T",
         "t1 enter 4 back depth 1 locks 0 | C1 F1 T",
         "t1 panic 5 panic 1 depth 1 locks 0 | C1 F1 T",
         "t1 recovered 1 recover 1 depth 0 locks 0 | T",
         "t1 enter 6 call depth 1 locks 0 | T",
         "t1 enter 7 seh catch depth 1 locks 0 | F1 T",
         "t1 enter 8 seh leak depth 1 locks 0 | F2 F1 T",
         "t1 raise 9 raise 1 00000001 depth 1 locks 0 | F2 F1 T",
         "t1 filter 8 seh leak 00000001 searches depth 1 locks 0 | F2 F1 T",
         "t1 filter 7 seh catch 00000001 catches depth 1 locks 0 | F2 F1 T",
         "t1 unwind 8 seh leak 00000001 depth 1 locks 0 | F2 F1 T",
         "t1 caught 7 seh catch 00000001 depth 1 locks 0 | T",
         "t1 leave 6 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* A callback is entered with a dead record at the head, and a call from there finds the head as it was. */
    {"call { seh pass { seh leak { } back { call { } } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh pass depth 1 locks 0 | F1 T",
         "t1 enter 3 seh leak depth 1 locks 0 | F2 F1 T",
         "t1 leave 3 seh leak depth 1 locks 0 | F2 F1 T",
         "t1 enter 4 back depth 1 locks 0 | C1 F2 F1 T",
         "t1 enter 5 call depth 2 locks 0 | C1 F2 F1 T",
         "t1 leave 5 call depth 1 locks 0 | C1 F2 F1 T",
         "t1 leave 4 back depth 1 locks 0 | F2 F1 T",
         "t1 leave 2 seh pass depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
};

static const struct expected_trace answers[] = {
    {"call { seh catch { seh leak { } raise 7 } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh catch depth 1 locks 0 | F1 T",
         "t1 enter 3 seh leak depth 1 locks 0 | F2 F1 T",
         "t1 leave 3 seh leak depth 1 locks 0 | F2 F1 T",
         "t1 raise 4 raise 7 00000007 depth 1 locks 0 | F2 F1 T",
         "t1 filter 3 seh leak 00000007 searches depth 1 locks 0 | F2 F1 T",
         "t1 filter 2 seh catch 00000007 catches depth 1 locks 0 | F2 F1 T",
         "t1 unwind 3 seh leak 00000007 depth 1 locks 0 | F2 F1 T",
         "t1 caught 2 seh catch 00000007 depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* A frame that catches takes its own record off; a dead one outward of it stays, and the call finds it. */
    {"call { seh leak { } seh catch { raise 7 } }",
     "bugcheck 0x0000E102",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh leak depth 1 locks 0 | F1 T",
         "t1 leave 2 seh leak depth 1 locks 0 | F1 T",
         "t1 enter 3 seh catch depth 1 locks 0 | F2 F1 T",
         "t1 raise 4 raise 7 00000007 depth 1 locks 0 | F2 F1 T",
         "t1 filter 3 seh catch 00000007 catches depth 1 locks 0 | F2 F1 T",
         "t1 caught 3 seh catch 00000007 depth 1 locks 0 | F1 T",
         "t1 stop 1 call 0x0000E102 runtime",
     }},
};

static const struct expected_trace overwritten[] = {
    {"call { seh catch { seh leak { } clobber raise 7 } }",
     "crash unknown",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh catch depth 1 locks 0 | F1 T",
         "t1 enter 3 seh leak depth 1 locks 0 | F2 F1 T",
         "t1 leave 3 seh leak depth 1 locks 0 | F2 F1 T",
         "t1 done 4 clobber depth 1 locks 0 | ?",
         "t1 raise 5 raise 7 00000007 depth 1 locks 0 | ?",
     }},
    /* Frames nearer the head are still asked. */
    {"call { seh leak { } clobber seh pass { raise 7 } }",
     "crash unknown",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh leak depth 1 locks 0 | F1 T",
         "t1 leave 2 seh leak depth 1 locks 0 | F1 T",
         "t1 done 3 clobber depth 1 locks 0 | ?",
         "t1 enter 4 seh pass depth 1 locks 0 | F1 ?",
         "t1 raise 5 raise 7 00000007 depth 1 locks 0 | F1 ?",
         "t1 filter 4 seh pass 00000007 searches depth 1 locks 0 | F1 ?",
     }},
    {"call { seh leak { } clobber seh resume { raise 7 } seh catch { raise 8 } }",
     "bugcheck 0x0000E102",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh leak depth 1 locks 0 | F1 T",
         "t1 leave 2 seh leak depth 1 locks 0 | F1 T",
         "t1 done 3 clobber depth 1 locks 0 | ?",
         "t1 enter 4 seh resume depth 1 locks 0 | F1 ?",
         "t1 raise 5 raise 7 00000007 depth 1 locks 0 | F1 ?",
         "t1 filter 4 seh resume 00000007 continues depth 1 locks 0 | F1 ?",
         "t1 done 5 raise 7 depth 1 locks 0 | F1 ?",
         "t1 leave 4 seh resume depth 1 locks 0 | ?",
         "t1 enter 6 seh catch depth 1 locks 0 | F1 ?",
         "t1 raise 7 raise 8 00000008 depth 1 locks 0 | F1 ?",
         "t1 filter 6 seh catch 00000008 catches depth 1 locks 0 | F1 ?",
         "t1 caught 6 seh catch 00000008 depth 1 locks 0 | ?",
         "t1 stop 1 call 0x0000E102 runtime",
     }},
    /* A record that is alive is not dead stack: the leak around the clobber is overwritten only once it has returned. */
    {"call { seh pass { seh leak { clobber } back { clobber } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh pass depth 1 locks 0 | F1 T",
         "t1 enter 3 seh leak depth 1 locks 0 | F2 F1 T",
         "t1 done 4 clobber depth 1 locks 0 | F2 F1 T",
         "t1 leave 3 seh leak depth 1 locks 0 | F2 F1 T",
         "t1 enter 5 back depth 1 locks 0 | C1 F2 F1 T",
         "t1 done 6 clobber depth 1 locks 0 | C1 ?",
         "t1 leave 5 back depth 1 locks 0 | ?",
         "t1 leave 2 seh pass depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* Two dead ones with a live one between: the nearer is unlinked with the live one, the other one stays overwritten. */
    {"call { seh catch { seh leak { } seh pass { seh leak { } clobber } raise 7 } }",
     "crash unknown",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh catch depth 1 locks 0 | F1 T",
         "t1 enter 3 seh leak depth 1 locks 0 | F2 F1 T",
         "t1 leave 3 seh leak depth 1 locks 0 | F2 F1 T",
         "t1 enter 4 seh pass depth 1 locks 0 | F3 F2 F1 T",
         "t1 enter 5 seh leak depth 1 locks 0 | F4 F3 F2 F1 T",
         "t1 leave 5 seh leak depth 1 locks 0 | F4 F3 F2 F1 T",
         "t1 done 6 clobber depth 1 locks 0 | ?",
         "t1 leave 4 seh pass depth 1 locks 0 | ?",
         "t1 raise 7 raise 7 00000007 depth 1 locks 0 | ?",
     }},
    /* A clobber goes past the live ones to the dead, and leaves them whole. */
    {"call { seh catch { seh pass { seh leak { } clobber } raise 7 } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh catch depth 1 locks 0 | F1 T",
         "t1 enter 3 seh pass depth 1 locks 0 | F2 F1 T",
         "t1 enter 4 seh leak depth 1 locks 0 | F3 F2 F1 T",
         "t1 leave 4 seh leak depth 1 locks 0 | F3 F2 F1 T",
         "t1 done 5 clobber depth 1 locks 0 | ?",
         "t1 leave 3 seh pass depth 1 locks 0 | F1 T",
         "t1 raise 6 raise 7 00000007 depth 1 locks 0 | F1 T",
         "t1 filter 2 seh catch 00000007 catches depth 1 locks 0 | F1 T",
         "t1 caught 2 seh catch 00000007 depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* A recover does not walk the chain, it puts the head back. So does the fault's own panic: the callback's record is the head. */
    {"recover { call { seh leak { } clobber back { recover { fault nil-read } panic } } } check",
     "ok",
     {
         "t1 enter 1 recover depth 0 locks 0 | T",
         "t1 enter 2 call depth 1 locks 0 | T",
         "t1 enter 3 seh leak depth 1 locks 0 | F1 T",
         "t1 leave 3 seh leak depth 1 locks 0 | F1 T",
         "t1 done 4 clobber depth 1 locks 0 | ?",
         "t1 enter 5 back depth 1 locks 0 | C1 ?",
         "t1 enter 6 recover depth 1 locks 0 | C1 ?",
         "t1 fault 7 fault nil-read depth 1 locks 0 | C1 ?",
         "t1 recovered 6 recover c0000005 depth 1 locks 0 | C1 ?",
         "t1 panic 8 panic 1 depth 1 locks 0 | C1 ?",
         "t1 recovered 1 recover 1 depth 0 locks 0 | T",
         "t1 done 9 check depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* The walk found the dead record whole; a deferred function that the unwinding ran overwrote it before the unwinding came there. */
    {"call { seh catch { seh leak { } back { defer { clobber } { call { raise 7 } } } } }",
     "crash unknown",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh catch depth 1 locks 0 | F1 T",
         "t1 enter 3 seh leak depth 1 locks 0 | F2 F1 T",
         "t1 leave 3 seh leak depth 1 locks 0 | F2 F1 T",
         "t1 enter 4 back depth 1 locks 0 | C1 F2 F1 T",
         "t1 enter 5 defer depth 1 locks 0 | C1 F2 F1 T",
         "t1 enter 7 call depth 2 locks 0 | C1 F2 F1 T",
         "t1 raise 8 raise 7 00000007 depth 2 locks 0 | C1 F2 F1 T",
         "t1 filter 3 seh leak 00000007 searches depth 2 locks 0 | C1 F2 F1 T",
         "t1 filter 2 seh catch 00000007 catches depth 2 locks 0 | C1 F2 F1 T",
         "t1 deferred 5 defer unwind depth 1 locks 0 | C2 C1 F2 F1 T",
         "t1 done 6 clobber depth 1 locks 0 | C2 C1 ?",
     }},
};

static void somebody_finds_it_or_puts_the_head_back(void **state) {
    (void)state;
    expect_traces(left_behind, COUNT_OF(left_behind));
}

static void a_dead_record_answers(void **state) {
    (void)state;
    expect_traces(answers, COUNT_OF(answers));
}

static void an_overwritten_one_kills(void **state) {
    (void)state;
    expect_traces(overwritten, COUNT_OF(overwritten));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(somebody_finds_it_or_puts_the_head_back),
        cmocka_unit_test(a_dead_record_answers),
        cmocka_unit_test(an_overwritten_one_kills),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
