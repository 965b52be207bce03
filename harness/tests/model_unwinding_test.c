/* Foreign frames that unwind over managed frames: the deferred functions that this runs, and what those may do. */
#include <string.h>

#include "expected_traces.h"
#include "programs.h"
#include "test.h"

static const struct expected_trace told[] = {
    {"call { seh catch { back { defer { check } { call { raise 0xE0000001 } } } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh catch depth 1 locks 0 | F1 T",
         "t1 enter 3 back depth 1 locks 0 | C1 F1 T",
         "t1 enter 4 defer depth 1 locks 0 | C1 F1 T",
         "t1 enter 6 call depth 2 locks 0 | C1 F1 T",
         "t1 raise 7 raise 0xE0000001 e0000001 depth 2 locks 0 | C1 F1 T",
         "t1 filter 2 seh catch e0000001 catches depth 2 locks 0 | C1 F1 T",
         "t1 deferred 4 defer unwind depth 1 locks 0 | C2 C1 F1 T",
         "t1 done 5 check depth 1 locks 0 | C2 C1 F1 T",
         "t1 caught 2 seh catch e0000001 depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* A frame inside the callback is told with the state of its own call, one outside of it with that of its. The recover takes nothing. */
    {"lock { call { seh catch { seh finally { back { recover { lock { defer { check } { call { seh pass { raise 2 } } } } } } } } } }",
     "ok",
     {
         "t1 enter 1 lock depth 0 locks 1 | T",
         "t1 enter 2 call depth 1 locks 1 | T",
         "t1 enter 3 seh catch depth 1 locks 1 | F1 T",
         "t1 enter 4 seh finally depth 1 locks 1 | F2 F1 T",
         "t1 enter 5 back depth 1 locks 1 | C1 F2 F1 T",
         "t1 enter 6 recover depth 1 locks 1 | C1 F2 F1 T",
         "t1 enter 7 lock depth 1 locks 2 | C1 F2 F1 T",
         "t1 enter 8 defer depth 1 locks 2 | C1 F2 F1 T",
         "t1 enter 10 call depth 2 locks 2 | C1 F2 F1 T",
         "t1 enter 11 seh pass depth 2 locks 2 | F3 C1 F2 F1 T",
         "t1 raise 12 raise 2 00000002 depth 2 locks 2 | F3 C1 F2 F1 T",
         "t1 filter 11 seh pass 00000002 searches depth 2 locks 2 | F3 C1 F2 F1 T",
         "t1 filter 4 seh finally 00000002 searches depth 2 locks 2 | F3 C1 F2 F1 T",
         "t1 filter 3 seh catch 00000002 catches depth 2 locks 2 | F3 C1 F2 F1 T",
         "t1 unwind 11 seh pass 00000002 depth 2 locks 2 | F3 C1 F2 F1 T",
         "t1 deferred 8 defer unwind depth 1 locks 2 | C2 C1 F2 F1 T",
         "t1 done 9 check depth 1 locks 2 | C2 C1 F2 F1 T",
         "t1 unwind 4 seh finally 00000002 depth 1 locks 1 | F2 F1 T",
         "t1 caught 3 seh catch 00000002 depth 1 locks 1 | T",
         "t1 leave 2 call depth 0 locks 1 | T",
         "t1 leave 1 lock depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* Two callbacks, the inner one first. Deferred functions outside of the catching frame wait for their own time. */
    {"defer { check } { call { seh catch { back { defer { check } { call { back { defer { clobber } { call { raise 4 } } } } } } } } }",
     "ok",
     {
         "t1 enter 1 defer depth 0 locks 0 | T",
         "t1 enter 3 call depth 1 locks 0 | T",
         "t1 enter 4 seh catch depth 1 locks 0 | F1 T",
         "t1 enter 5 back depth 1 locks 0 | C1 F1 T",
         "t1 enter 6 defer depth 1 locks 0 | C1 F1 T",
         "t1 enter 8 call depth 2 locks 0 | C1 F1 T",
         "t1 enter 9 back depth 2 locks 0 | C2 C1 F1 T",
         "t1 enter 10 defer depth 2 locks 0 | C2 C1 F1 T",
         "t1 enter 12 call depth 3 locks 0 | C2 C1 F1 T",
         "t1 raise 13 raise 4 00000004 depth 3 locks 0 | C2 C1 F1 T",
         "t1 filter 4 seh catch 00000004 catches depth 3 locks 0 | C2 C1 F1 T",
         "t1 deferred 10 defer unwind depth 2 locks 0 | C3 C2 C1 F1 T",
         "t1 done 11 clobber depth 2 locks 0 | C3 C2 C1 F1 T",
         "t1 deferred 6 defer unwind depth 1 locks 0 | C2 C1 F1 T",
         "t1 done 7 check depth 1 locks 0 | C2 C1 F1 T",
         "t1 caught 4 seh catch 00000004 depth 1 locks 0 | T",
         "t1 leave 3 call depth 0 locks 0 | T",
         "t1 deferred 1 defer normal depth 0 locks 0 | T",
         "t1 done 2 check depth 0 locks 0 | T",
         "t1 leave 1 defer depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* Two defers in one callback: each has a callback of its own, and the second runs after one that panics and recovers inside itself. */
    {"call { seh catch { back { defer { check } { defer { recover { panic 6 } } { call { raise 5 } } } } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh catch depth 1 locks 0 | F1 T",
         "t1 enter 3 back depth 1 locks 0 | C1 F1 T",
         "t1 enter 4 defer depth 1 locks 0 | C1 F1 T",
         "t1 enter 6 defer depth 1 locks 0 | C1 F1 T",
         "t1 enter 9 call depth 2 locks 0 | C1 F1 T",
         "t1 raise 10 raise 5 00000005 depth 2 locks 0 | C1 F1 T",
         "t1 filter 2 seh catch 00000005 catches depth 2 locks 0 | C1 F1 T",
         "t1 deferred 6 defer unwind depth 1 locks 0 | C2 C1 F1 T",
         "t1 enter 7 recover depth 1 locks 0 | C2 C1 F1 T",
         "t1 panic 8 panic 6 6 depth 1 locks 0 | C2 C1 F1 T",
         "t1 recovered 7 recover 6 depth 1 locks 0 | C2 C1 F1 T",
         "t1 deferred 4 defer unwind depth 1 locks 0 | C2 C1 F1 T",
         "t1 done 5 check depth 1 locks 0 | C2 C1 F1 T",
         "t1 caught 2 seh catch 00000005 depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* A deferred function runs with the panic-on-fault of its defer, which was off; the wiped call had it on. */
    {"call { seh catch { back { defer { recover { fault wild-read } } { panic-on-fault { call { raise 3 } } } } } }",
     "crash c0000005 managed",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh catch depth 1 locks 0 | F1 T",
         "t1 enter 3 back depth 1 locks 0 | C1 F1 T",
         "t1 enter 4 defer depth 1 locks 0 | C1 F1 T",
         "t1 enter 7 panic-on-fault depth 1 locks 0 | C1 F1 T",
         "t1 enter 8 call depth 2 locks 0 | C1 F1 T",
         "t1 raise 9 raise 3 00000003 depth 2 locks 0 | C1 F1 T",
         "t1 filter 2 seh catch 00000003 catches depth 2 locks 0 | C1 F1 T",
         "t1 deferred 4 defer unwind depth 1 locks 0 | C2 C1 F1 T",
         "t1 enter 5 recover depth 1 locks 0 | C2 C1 F1 T",
         "t1 fault 6 fault wild-read depth 1 locks 0 | C2 C1 F1 T",
         "t1 crash 0 c0000005 managed",
     }},
};

static const struct expected_trace panics_out[] = {
    {"recover { call { seh catch { back { defer { panic 9 } { call { raise 5 } } } } } }",
     "bugcheck 0x0000E103",
     {
         "t1 enter 1 recover depth 0 locks 0 | T",
         "t1 enter 2 call depth 1 locks 0 | T",
         "t1 enter 3 seh catch depth 1 locks 0 | F1 T",
         "t1 enter 4 back depth 1 locks 0 | C1 F1 T",
         "t1 enter 5 defer depth 1 locks 0 | C1 F1 T",
         "t1 enter 7 call depth 2 locks 0 | C1 F1 T",
         "t1 raise 8 raise 5 00000005 depth 2 locks 0 | C1 F1 T",
         "t1 filter 3 seh catch 00000005 catches depth 2 locks 0 | C1 F1 T",
         "t1 deferred 5 defer unwind depth 1 locks 0 | C2 C1 F1 T",
         "t1 panic 6 panic 9 9 depth 1 locks 0 | C2 C1 F1 T",
         "t1 stop 6 panic 9 0x0000E103 runtime",
     }},
    {"call { seh catch { back { defer { goexit } { call { raise 5 } } } } }",
     "bugcheck 0x0000E103",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh catch depth 1 locks 0 | F1 T",
         "t1 enter 3 back depth 1 locks 0 | C1 F1 T",
         "t1 enter 4 defer depth 1 locks 0 | C1 F1 T",
         "t1 enter 6 call depth 2 locks 0 | C1 F1 T",
         "t1 raise 7 raise 5 00000005 depth 2 locks 0 | C1 F1 T",
         "t1 filter 2 seh catch 00000005 catches depth 2 locks 0 | C1 F1 T",
         "t1 deferred 4 defer unwind depth 1 locks 0 | C2 C1 F1 T",
         "t1 goexit 5 goexit depth 1 locks 0 | C2 C1 F1 T",
         "t1 stop 5 goexit 0x0000E103 runtime",
     }},
    /* The panic comes from a callback inside, and runs the deferred functions inside before it leaves the outermost one. */
    {"call { seh catch { back { defer { defer { check } { call { back { panic } } } } { call { raise 5 } } } } }",
     "bugcheck 0x0000E103",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh catch depth 1 locks 0 | F1 T",
         "t1 enter 3 back depth 1 locks 0 | C1 F1 T",
         "t1 enter 4 defer depth 1 locks 0 | C1 F1 T",
         "t1 enter 10 call depth 2 locks 0 | C1 F1 T",
         "t1 raise 11 raise 5 00000005 depth 2 locks 0 | C1 F1 T",
         "t1 filter 2 seh catch 00000005 catches depth 2 locks 0 | C1 F1 T",
         "t1 deferred 4 defer unwind depth 1 locks 0 | C2 C1 F1 T",
         "t1 enter 5 defer depth 1 locks 0 | C2 C1 F1 T",
         "t1 enter 7 call depth 2 locks 0 | C2 C1 F1 T",
         "t1 enter 8 back depth 2 locks 0 | C3 C2 C1 F1 T",
         "t1 panic 9 panic 1 depth 2 locks 0 | C3 C2 C1 F1 T",
         "t1 deferred 5 defer panic depth 1 locks 0 | C2 C1 F1 T",
         "t1 done 6 check depth 1 locks 0 | C2 C1 F1 T",
         "t1 stop 6 check 0x0000E103 runtime",
     }},
};

static const struct expected_trace wiped_under_way[] = {
    /* The panic, and the goexit, lived in frames that the unwinding wipes. */
    {"call { seh catch { back { defer { check } { defer { call { raise 5 } } { panic } } } } } check",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh catch depth 1 locks 0 | F1 T",
         "t1 enter 3 back depth 1 locks 0 | C1 F1 T",
         "t1 enter 4 defer depth 1 locks 0 | C1 F1 T",
         "t1 enter 6 defer depth 1 locks 0 | C1 F1 T",
         "t1 panic 9 panic 1 depth 1 locks 0 | C1 F1 T",
         "t1 deferred 6 defer panic depth 1 locks 0 | C1 F1 T",
         "t1 enter 7 call depth 2 locks 0 | C1 F1 T",
         "t1 raise 8 raise 5 00000005 depth 2 locks 0 | C1 F1 T",
         "t1 filter 2 seh catch 00000005 catches depth 2 locks 0 | C1 F1 T",
         "t1 deferred 4 defer unwind depth 1 locks 0 | C2 C1 F1 T",
         "t1 done 5 check depth 1 locks 0 | C2 C1 F1 T",
         "t1 caught 2 seh catch 00000005 depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 done 10 check depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    {"call { seh catch { back { defer { call { raise 5 } } { goexit } } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh catch depth 1 locks 0 | F1 T",
         "t1 enter 3 back depth 1 locks 0 | C1 F1 T",
         "t1 enter 4 defer depth 1 locks 0 | C1 F1 T",
         "t1 goexit 7 goexit depth 1 locks 0 | C1 F1 T",
         "t1 deferred 4 defer goexit depth 1 locks 0 | C1 F1 T",
         "t1 enter 5 call depth 2 locks 0 | C1 F1 T",
         "t1 raise 6 raise 5 00000005 depth 2 locks 0 | C1 F1 T",
         "t1 filter 2 seh catch 00000005 catches depth 2 locks 0 | C1 F1 T",
         "t1 caught 2 seh catch 00000005 depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
};

static const struct expected_trace exceptions_inside[] = {
    /* Taken inside the deferred function: the first unwinding goes on behind it. */
    {"call { seh catch { back { defer { call { seh catch { raise 8 } } } { call { raise 5 } } } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh catch depth 1 locks 0 | F1 T",
         "t1 enter 3 back depth 1 locks 0 | C1 F1 T",
         "t1 enter 4 defer depth 1 locks 0 | C1 F1 T",
         "t1 enter 8 call depth 2 locks 0 | C1 F1 T",
         "t1 raise 9 raise 5 00000005 depth 2 locks 0 | C1 F1 T",
         "t1 filter 2 seh catch 00000005 catches depth 2 locks 0 | C1 F1 T",
         "t1 deferred 4 defer unwind depth 1 locks 0 | C2 C1 F1 T",
         "t1 enter 5 call depth 2 locks 0 | C2 C1 F1 T",
         "t1 enter 6 seh catch depth 2 locks 0 | F2 C2 C1 F1 T",
         "t1 raise 7 raise 8 00000008 depth 2 locks 0 | F2 C2 C1 F1 T",
         "t1 filter 6 seh catch 00000008 catches depth 2 locks 0 | F2 C2 C1 F1 T",
         "t1 caught 6 seh catch 00000008 depth 2 locks 0 | C2 C1 F1 T",
         "t1 leave 5 call depth 1 locks 0 | C2 C1 F1 T",
         "t1 caught 2 seh catch 00000005 depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* The first unwinding belongs to the fault of a `refault` frame, which is asked again and is in its own fault still. */
    {"call { seh catch { seh refault { back { defer { call { raise 8 } } { call { raise 5 } } } } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh catch depth 1 locks 0 | F1 T",
         "t1 enter 3 seh refault depth 1 locks 0 | F2 F1 T",
         "t1 enter 4 back depth 1 locks 0 | C1 F2 F1 T",
         "t1 enter 5 defer depth 1 locks 0 | C1 F2 F1 T",
         "t1 enter 8 call depth 2 locks 0 | C1 F2 F1 T",
         "t1 raise 9 raise 5 00000005 depth 2 locks 0 | C1 F2 F1 T",
         "t1 filter 3 seh refault 00000005 faults depth 2 locks 0 | C1 F2 F1 T",
         "t1 filter 3 seh refault c0000005 searches depth 2 locks 0 | C1 F2 F1 T",
         "t1 filter 2 seh catch c0000005 catches depth 2 locks 0 | C1 F2 F1 T",
         "t1 deferred 5 defer unwind depth 1 locks 0 | C2 C1 F2 F1 T",
         "t1 enter 6 call depth 2 locks 0 | C2 C1 F2 F1 T",
         "t1 raise 7 raise 8 00000008 depth 2 locks 0 | C2 C1 F2 F1 T",
         "t1 filter 3 seh refault 00000008 searches depth 2 locks 0 | C2 C1 F2 F1 T",
         "t1 filter 2 seh catch 00000008 catches depth 2 locks 0 | C2 C1 F2 F1 T",
         "t1 unwind 3 seh refault 00000008 depth 1 locks 0 | F2 F1 T",
         "t1 caught 2 seh catch 00000008 depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* Collided, twice: each unwinding does what the one before had left to do, one callback further in. */
    {"call { seh catch { seh pass { back { defer { check } { defer { call { raise 7 } } { defer { call { raise 6 } } { call { raise 5 } } } } } } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh catch depth 1 locks 0 | F1 T",
         "t1 enter 3 seh pass depth 1 locks 0 | F2 F1 T",
         "t1 enter 4 back depth 1 locks 0 | C1 F2 F1 T",
         "t1 enter 5 defer depth 1 locks 0 | C1 F2 F1 T",
         "t1 enter 7 defer depth 1 locks 0 | C1 F2 F1 T",
         "t1 enter 10 defer depth 1 locks 0 | C1 F2 F1 T",
         "t1 enter 13 call depth 2 locks 0 | C1 F2 F1 T",
         "t1 raise 14 raise 5 00000005 depth 2 locks 0 | C1 F2 F1 T",
         "t1 filter 3 seh pass 00000005 searches depth 2 locks 0 | C1 F2 F1 T",
         "t1 filter 2 seh catch 00000005 catches depth 2 locks 0 | C1 F2 F1 T",
         "t1 deferred 10 defer unwind depth 1 locks 0 | C2 C1 F2 F1 T",
         "t1 enter 11 call depth 2 locks 0 | C2 C1 F2 F1 T",
         "t1 raise 12 raise 6 00000006 depth 2 locks 0 | C2 C1 F2 F1 T",
         "t1 filter 3 seh pass 00000006 searches depth 2 locks 0 | C2 C1 F2 F1 T",
         "t1 filter 2 seh catch 00000006 catches depth 2 locks 0 | C2 C1 F2 F1 T",
         "t1 deferred 7 defer unwind depth 1 locks 0 | C3 C2 C1 F2 F1 T",
         "t1 enter 8 call depth 2 locks 0 | C3 C2 C1 F2 F1 T",
         "t1 raise 9 raise 7 00000007 depth 2 locks 0 | C3 C2 C1 F2 F1 T",
         "t1 filter 3 seh pass 00000007 searches depth 2 locks 0 | C3 C2 C1 F2 F1 T",
         "t1 filter 2 seh catch 00000007 catches depth 2 locks 0 | C3 C2 C1 F2 F1 T",
         "t1 deferred 5 defer unwind depth 1 locks 0 | C4 C3 C2 C1 F2 F1 T",
         "t1 done 6 check depth 1 locks 0 | C4 C3 C2 C1 F2 F1 T",
         "t1 unwind 3 seh pass 00000007 depth 1 locks 0 | F2 F1 T",
         "t1 caught 2 seh catch 00000007 depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
    /* Collided: first the deferred functions inside the one that was running, then those left of the wiped callback, all told by the same record. */
    {"call { seh catch { back { defer { check } { defer { defer { clobber } { call { raise 6 } } } { call { raise 5 } } } } } }",
     "ok",
     {
         "t1 enter 1 call depth 1 locks 0 | T",
         "t1 enter 2 seh catch depth 1 locks 0 | F1 T",
         "t1 enter 3 back depth 1 locks 0 | C1 F1 T",
         "t1 enter 4 defer depth 1 locks 0 | C1 F1 T",
         "t1 enter 6 defer depth 1 locks 0 | C1 F1 T",
         "t1 enter 11 call depth 2 locks 0 | C1 F1 T",
         "t1 raise 12 raise 5 00000005 depth 2 locks 0 | C1 F1 T",
         "t1 filter 2 seh catch 00000005 catches depth 2 locks 0 | C1 F1 T",
         "t1 deferred 6 defer unwind depth 1 locks 0 | C2 C1 F1 T",
         "t1 enter 7 defer depth 1 locks 0 | C2 C1 F1 T",
         "t1 enter 9 call depth 2 locks 0 | C2 C1 F1 T",
         "t1 raise 10 raise 6 00000006 depth 2 locks 0 | C2 C1 F1 T",
         "t1 filter 2 seh catch 00000006 catches depth 2 locks 0 | C2 C1 F1 T",
         "t1 deferred 7 defer unwind depth 1 locks 0 | C3 C2 C1 F1 T",
         "t1 done 8 clobber depth 1 locks 0 | C3 C2 C1 F1 T",
         "t1 deferred 4 defer unwind depth 1 locks 0 | C3 C2 C1 F1 T",
         "t1 done 5 check depth 1 locks 0 | C3 C2 C1 F1 T",
         "t1 caught 2 seh catch 00000006 depth 1 locks 0 | T",
         "t1 leave 1 call depth 0 locks 0 | T",
         "t1 end 0 ok",
     }},
};

static void deferred_functions_are_run(void **state) {
    (void)state;
    expect_traces(told, COUNT_OF(told));
}

static void panics_that_leave_them_end_the_process(void **state) {
    (void)state;
    expect_traces(panics_out, COUNT_OF(panics_out));
}

static void a_panic_under_way_may_be_wiped(void **state) {
    (void)state;
    expect_traces(wiped_under_way, COUNT_OF(wiped_under_way));
}

static void exceptions_inside_them(void **state) {
    (void)state;
    expect_traces(exceptions_inside, COUNT_OF(exceptions_inside));
}

static enum model_state state_of(const char *text) {
    struct scenario_program program = parse_right(text);
    struct model_prediction prediction = {0};
    model_predict(&program, NULL, &prediction);
    enum model_state state = prediction.state;
    model_prediction_free(&prediction);
    scenario_program_free(&program);
    return state;
}

/* `levels` defers inside each other; the deferred function of each stands two unwindings high. */
static enum model_state state_of_unwindings(unsigned levels, bool one_more) {
    static char text[8192];
    strcpy(text, "call { seh catch { back { ");
    for (unsigned level = 0; level < levels; level++)
        strcat(text, "defer { defer { call { raise 1 } } { call { raise 2 } } } { ");
    strcat(text, one_more ? "defer { call { raise 3 } } { call { raise 4 } } " : "call { raise 4 } ");
    for (unsigned level = 0; level < levels; level++)
        strcat(text, "} ");
    strcat(text, "} } }");
    return state_of(text);
}

static void unwindings_inside_each_other_have_a_limit(void **state) {
    (void)state;
    assert_int_equal(state_of_unwindings(32, false), MODEL_PREDICTED);
    assert_int_equal(state_of_unwindings(32, true), MODEL_TOO_LONG);
}

/* ... and one after the other none, whether they come to their ends or are abandoned. */
static void unwindings_in_turn_have_none(void **state) {
    (void)state;
    static char text[16384];
    text[0] = '\0';
    for (unsigned turn = 0; turn < 66; turn++)
        strcat(text, "call { seh catch { back { defer { check } { defer { call { raise 1 } } { call { raise 2 } } } } } } ");
    assert_int_equal(state_of(text), MODEL_PREDICTED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deferred_functions_are_run),
        cmocka_unit_test(panics_that_leave_them_end_the_process),
        cmocka_unit_test(a_panic_under_way_may_be_wiped),
        cmocka_unit_test(exceptions_inside_them),
        cmocka_unit_test(unwindings_inside_each_other_have_a_limit),
        cmocka_unit_test(unwindings_in_turn_have_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
