/* Exceptions in foreign code: who is asked, in which order, and what each answer leads to. */
#include "expected_traces.h"
#include "test.h"

static const struct expected_trace nobody_takes_it[] = {
    {"call { raise 0xE0000001 }",
     "crash e0000001 foreign",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 raise 2 raise 0xE0000001 e0000001 depth 1 locks 0 | T",
         "t1 crash 0 e0000001 foreign",
     }},
    /* The head is asked first. Callbacks and recovers do not stand in the way. */
    {"recover { call { seh pass { back { recover { call { seh finally { seh leak { raise 7 noncontinuable } } } } } } } }",
     "crash 00000007 foreign",
     {
         "t1 enter 1 recover depth 0 locks 0 | T",
         "t1 enter 2 call depth 1 locks 0 | T",
         "t1 enter 3 seh pass depth 1 locks 0 | F1 T",
         "t1 enter 4 back depth 1 locks 0 | C1 F1 T",
         "t1 enter 5 recover depth 1 locks 0 | C1 F1 T",
         "t1 enter 6 call depth 2 locks 0 | C1 F1 T",
         "t1 enter 7 seh finally depth 2 locks 0 | F2 C1 F1 T",
         "t1 enter 8 seh leak depth 2 locks 0 | F3 F2 C1 F1 T",
         "t1 raise 9 raise 7 noncontinuable 00000007 depth 2 locks 0 | F3 F2 C1 F1 T",
         "t1 filter 8 seh leak 00000007 searches depth 2 locks 0 | F3 F2 C1 F1 T",
         "t1 filter 7 seh finally 00000007 searches depth 2 locks 0 | F3 F2 C1 F1 T",
         "t1 filter 3 seh pass 00000007 searches depth 2 locks 0 | F3 F2 C1 F1 T",
         "t1 crash 0 00000007 foreign",
     }},
    /* A frame that has ended is not asked. */
    {"call { seh catch { } raise 1 }",
     "crash 00000001 foreign",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh catch depth 1 locks 0 | F1 T",
         "t1 leave 2 seh catch depth 1 locks 0 | T",
         "t1 raise 3 raise 1 00000001 depth 1 locks 0 | T",
         "t1 crash 0 00000001 foreign",
     }},
};

static const struct expected_trace caught[] = {
    {"call { seh catch { raise 0xE0000001 } clobber }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh catch depth 1 locks 0 | F1 T",
         "t1 raise 3 raise 0xE0000001 e0000001 depth 1 locks 0 | F1 T",
         "t1 filter 2 seh catch e0000001 catches depth 1 locks 0 | F1 T",
         "t1 caught 2 seh catch e0000001 depth 1 locks 0 | T",
         "t1 done 4 clobber depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* Two phases. In the second each record is the head while it is told. The outer catch is not asked. */
    {"call { seh catch { seh catch { seh pass { seh finally { seh leak { raise 5 } } } } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh catch depth 1 locks 0 | F1 T",
         "t1 enter 3 seh catch depth 1 locks 0 | F2 F1 T",
         "t1 enter 4 seh pass depth 1 locks 0 | F3 F2 F1 T",
         "t1 enter 5 seh finally depth 1 locks 0 | F4 F3 F2 F1 T",
         "t1 enter 6 seh leak depth 1 locks 0 | F5 F4 F3 F2 F1 T",
         "t1 raise 7 raise 5 00000005 depth 1 locks 0 | F5 F4 F3 F2 F1 T",
         "t1 filter 6 seh leak 00000005 searches depth 1 locks 0 | F5 F4 F3 F2 F1 T",
         "t1 filter 5 seh finally 00000005 searches depth 1 locks 0 | F5 F4 F3 F2 F1 T",
         "t1 filter 4 seh pass 00000005 searches depth 1 locks 0 | F5 F4 F3 F2 F1 T",
         "t1 filter 3 seh catch 00000005 catches depth 1 locks 0 | F5 F4 F3 F2 F1 T",
         "t1 unwind 6 seh leak 00000005 depth 1 locks 0 | F5 F4 F3 F2 F1 T",
         "t1 unwind 5 seh finally 00000005 depth 1 locks 0 | F4 F3 F2 F1 T",
         "t1 unwind 4 seh pass 00000005 depth 1 locks 0 | F3 F2 F1 T",
         "t1 caught 3 seh catch 00000005 depth 1 locks 0 | F1 T",
         "t1 leave 2 seh catch depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* It may be taken noncontinuable, and a fault in C like anything else. */
    {"call { seh catch { raise 5 noncontinuable } seh catch { fault div0 } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh catch depth 1 locks 0 | F1 T",
         "t1 raise 3 raise 5 noncontinuable 00000005 depth 1 locks 0 | F1 T",
         "t1 filter 2 seh catch 00000005 catches depth 1 locks 0 | F1 T",
         "t1 caught 2 seh catch 00000005 depth 1 locks 0 | T",
         "t1 enter 4 seh catch depth 1 locks 0 | F1 T",
         "t1 fault 5 fault div0 depth 1 locks 0 | F1 T",
         "t1 filter 4 seh catch c0000094 catches depth 1 locks 0 | F1 T",
         "t1 caught 4 seh catch c0000094 depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
};

static const struct expected_trace continued[] = {
    {"call { seh resume { seh pass { raise 0xE0000001 clobber } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh resume depth 1 locks 0 | F1 T",
         "t1 enter 3 seh pass depth 1 locks 0 | F2 F1 T",
         "t1 raise 4 raise 0xE0000001 e0000001 depth 1 locks 0 | F2 F1 T",
         "t1 filter 3 seh pass e0000001 searches depth 1 locks 0 | F2 F1 T",
         "t1 filter 2 seh resume e0000001 continues depth 1 locks 0 | F2 F1 T",
         "t1 done 4 raise 0xE0000001 depth 1 locks 0 | F2 F1 T",
         "t1 done 5 clobber depth 1 locks 0 | F2 F1 T",
         "t1 leave 3 seh pass depth 1 locks 0 | F1 T",
         "t1 leave 2 seh resume depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* A frame outside of the callback continues what C raised inside of it. */
    {"call { seh resume { back { call { raise 1 } check } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh resume depth 1 locks 0 | F1 T",
         "t1 enter 3 back depth 1 locks 0 | C1 F1 T",
         "t1 enter 4 call depth 2 locks 0 | C1 F1 T",
         "t1 raise 5 raise 1 00000001 depth 2 locks 0 | C1 F1 T",
         "t1 filter 2 seh resume 00000001 continues depth 2 locks 0 | C1 F1 T",
         "t1 done 5 raise 1 depth 2 locks 0 | C1 F1 T",
         "t1 leave 4 call depth 1 locks 0 | C1 F1 T",
         "t1 done 6 check depth 1 locks 0 | C1 F1 T",
         "t1 leave 3 back depth 1 locks 0 | F1 T",
         "t1 leave 2 seh resume depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* What cannot be continued becomes c0000025, walked from the head; the frame that tried searches then. */
    {"call { seh catch { seh resume { seh pass { raise 3 noncontinuable } } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh catch depth 1 locks 0 | F1 T",
         "t1 enter 3 seh resume depth 1 locks 0 | F2 F1 T",
         "t1 enter 4 seh pass depth 1 locks 0 | F3 F2 F1 T",
         "t1 raise 5 raise 3 noncontinuable 00000003 depth 1 locks 0 | F3 F2 F1 T",
         "t1 filter 4 seh pass 00000003 searches depth 1 locks 0 | F3 F2 F1 T",
         "t1 filter 3 seh resume 00000003 continues depth 1 locks 0 | F3 F2 F1 T",
         "t1 filter 4 seh pass c0000025 searches depth 1 locks 0 | F3 F2 F1 T",
         "t1 filter 3 seh resume c0000025 searches depth 1 locks 0 | F3 F2 F1 T",
         "t1 filter 2 seh catch c0000025 catches depth 1 locks 0 | F3 F2 F1 T",
         "t1 unwind 4 seh pass c0000025 depth 1 locks 0 | F3 F2 F1 T",
         "t1 unwind 3 seh resume c0000025 depth 1 locks 0 | F2 F1 T",
         "t1 caught 2 seh catch c0000025 depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    {"call { seh resume { raise 3 noncontinuable } }",
     "crash c0000025 foreign",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh resume depth 1 locks 0 | F1 T",
         "t1 raise 3 raise 3 noncontinuable 00000003 depth 1 locks 0 | F1 T",
         "t1 filter 2 seh resume 00000003 continues depth 1 locks 0 | F1 T",
         "t1 filter 2 seh resume c0000025 searches depth 1 locks 0 | F1 T",
         "t1 crash 0 c0000025 foreign",
     }},
    {"call { seh resume { raise 0xC0000025 } }",
     "crash c0000025 foreign",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh resume depth 1 locks 0 | F1 T",
         "t1 raise 3 raise 0xC0000025 c0000025 depth 1 locks 0 | F1 T",
         "t1 filter 2 seh resume c0000025 searches depth 1 locks 0 | F1 T",
         "t1 crash 0 c0000025 foreign",
     }},
};

static const struct expected_trace nested[] = {
    {"call { seh refault { raise 1 } }",
     "crash c0000005 foreign",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh refault depth 1 locks 0 | F1 T",
         "t1 raise 3 raise 1 00000001 depth 1 locks 0 | F1 T",
         "t1 filter 2 seh refault 00000001 faults depth 1 locks 0 | F1 T",
         "t1 filter 2 seh refault c0000005 searches depth 1 locks 0 | F1 T",
         "t1 crash 0 c0000005 foreign",
     }},
    /* The frame's own fault is continued, it says that it searches, and the first walk goes on. */
    {"call { seh resume { seh refault { raise 1 } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh resume depth 1 locks 0 | F1 T",
         "t1 enter 3 seh refault depth 1 locks 0 | F2 F1 T",
         "t1 raise 4 raise 1 00000001 depth 1 locks 0 | F2 F1 T",
         "t1 filter 3 seh refault 00000001 faults depth 1 locks 0 | F2 F1 T",
         "t1 filter 3 seh refault c0000005 searches depth 1 locks 0 | F2 F1 T",
         "t1 filter 2 seh resume c0000005 continues depth 1 locks 0 | F2 F1 T",
         "t1 filter 2 seh resume 00000001 continues depth 1 locks 0 | F2 F1 T",
         "t1 done 4 raise 1 depth 1 locks 0 | F2 F1 T",
         "t1 leave 3 seh refault depth 1 locks 0 | F1 T",
         "t1 leave 2 seh resume depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    {"call { seh catch { seh refault { seh refault { fault div0 } } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh catch depth 1 locks 0 | F1 T",
         "t1 enter 3 seh refault depth 1 locks 0 | F2 F1 T",
         "t1 enter 4 seh refault depth 1 locks 0 | F3 F2 F1 T",
         "t1 fault 5 fault div0 depth 1 locks 0 | F3 F2 F1 T",
         "t1 filter 4 seh refault c0000094 faults depth 1 locks 0 | F3 F2 F1 T",
         "t1 filter 4 seh refault c0000005 searches depth 1 locks 0 | F3 F2 F1 T",
         "t1 filter 3 seh refault c0000005 faults depth 1 locks 0 | F3 F2 F1 T",
         "t1 filter 4 seh refault c0000005 searches depth 1 locks 0 | F3 F2 F1 T",
         "t1 filter 3 seh refault c0000005 searches depth 1 locks 0 | F3 F2 F1 T",
         "t1 filter 2 seh catch c0000005 catches depth 1 locks 0 | F3 F2 F1 T",
         "t1 unwind 4 seh refault c0000005 depth 1 locks 0 | F3 F2 F1 T",
         "t1 unwind 3 seh refault c0000005 depth 1 locks 0 | F2 F1 T",
         "t1 caught 2 seh catch c0000005 depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* Once its own fault is over, a frame faults again when it is asked again: here about the fault of the next one outward. */
    {"call { seh resume { seh refault { seh refault { raise 9 } } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh resume depth 1 locks 0 | F1 T",
         "t1 enter 3 seh refault depth 1 locks 0 | F2 F1 T",
         "t1 enter 4 seh refault depth 1 locks 0 | F3 F2 F1 T",
         "t1 raise 5 raise 9 00000009 depth 1 locks 0 | F3 F2 F1 T",
         "t1 filter 4 seh refault 00000009 faults depth 1 locks 0 | F3 F2 F1 T",
         "t1 filter 4 seh refault c0000005 searches depth 1 locks 0 | F3 F2 F1 T",
         "t1 filter 3 seh refault c0000005 faults depth 1 locks 0 | F3 F2 F1 T",
         "t1 filter 4 seh refault c0000005 searches depth 1 locks 0 | F3 F2 F1 T",
         "t1 filter 3 seh refault c0000005 searches depth 1 locks 0 | F3 F2 F1 T",
         "t1 filter 2 seh resume c0000005 continues depth 1 locks 0 | F3 F2 F1 T", /* 3's fault: 3 searches for 4's */
         "t1 filter 2 seh resume c0000005 continues depth 1 locks 0 | F3 F2 F1 T", /* 4's fault: 4 searches for the 9 */
         "t1 filter 3 seh refault 00000009 faults depth 1 locks 0 | F3 F2 F1 T",
         "t1 filter 4 seh refault c0000005 faults depth 1 locks 0 | F3 F2 F1 T",
         "t1 filter 4 seh refault c0000005 searches depth 1 locks 0 | F3 F2 F1 T",
         "t1 filter 3 seh refault c0000005 searches depth 1 locks 0 | F3 F2 F1 T",
         "t1 filter 2 seh resume c0000005 continues depth 1 locks 0 | F3 F2 F1 T", /* 4's */
         "t1 filter 3 seh refault c0000005 searches depth 1 locks 0 | F3 F2 F1 T",
         "t1 filter 2 seh resume c0000005 continues depth 1 locks 0 | F3 F2 F1 T", /* 3's */
         "t1 filter 2 seh resume 00000009 continues depth 1 locks 0 | F3 F2 F1 T",
         "t1 done 5 raise 9 depth 1 locks 0 | F3 F2 F1 T",
         "t1 leave 4 seh refault depth 1 locks 0 | F2 F1 T",
         "t1 leave 3 seh refault depth 1 locks 0 | F1 T",
         "t1 leave 2 seh resume depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* The frame's fault is an ordinary one even while the first exception cannot be continued. */
    {"call { seh resume { seh refault { raise 1 noncontinuable } } }",
     "crash c0000025 foreign",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh resume depth 1 locks 0 | F1 T",
         "t1 enter 3 seh refault depth 1 locks 0 | F2 F1 T",
         "t1 raise 4 raise 1 noncontinuable 00000001 depth 1 locks 0 | F2 F1 T",
         "t1 filter 3 seh refault 00000001 faults depth 1 locks 0 | F2 F1 T",
         "t1 filter 3 seh refault c0000005 searches depth 1 locks 0 | F2 F1 T",
         "t1 filter 2 seh resume c0000005 continues depth 1 locks 0 | F2 F1 T",
         "t1 filter 2 seh resume 00000001 continues depth 1 locks 0 | F2 F1 T",
         "t1 filter 3 seh refault c0000025 faults depth 1 locks 0 | F2 F1 T",
         "t1 filter 3 seh refault c0000005 searches depth 1 locks 0 | F2 F1 T",
         "t1 filter 2 seh resume c0000005 continues depth 1 locks 0 | F2 F1 T",
         "t1 filter 2 seh resume c0000025 searches depth 1 locks 0 | F2 F1 T",
         "t1 crash 0 c0000025 foreign",
     }},
};

static void nobody_takes_an_exception(void **state) {
    (void)state;
    expect_traces(nobody_takes_it, COUNT_OF(nobody_takes_it));
}

static void a_frame_catches(void **state) {
    (void)state;
    expect_traces(caught, COUNT_OF(caught));
}

static void a_frame_continues(void **state) {
    (void)state;
    expect_traces(continued, COUNT_OF(continued));
}

static void a_frame_faults_itself(void **state) {
    (void)state;
    expect_traces(nested, COUNT_OF(nested));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_takes_an_exception),
        cmocka_unit_test(a_frame_catches),
        cmocka_unit_test(a_frame_continues),
        cmocka_unit_test(a_frame_faults_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
