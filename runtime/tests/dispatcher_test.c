/* The branches of Windows' dispatcher and unwinder that the scenario language has no words for, since its foreign frames behave: records that answer nonsense, unwindings to
 * targets that are none, chains that end in the middle. Each under a callback of the runtime's, which must be wiped, told and put back as ever.
 * harness/trace/branches.def names the functions here. */
#include "support.h"

#include "frame.h"

enum { UNWINDING = 0x2, EXIT_UNWIND = 0x4, NONSENSE = 77, RAISED = 0xE0000001 };

/* A record of C's own whose handler does what the test says, and notes what it was asked and told. */
struct odd_record {
    EXCEPTION_REGISTRATION_RECORD record;
    bool odd_when_asked, odd_when_told;
};

static EXCEPTION_DISPOSITION __cdecl __attribute__((force_align_arg_pointer)) odd_handler(EXCEPTION_RECORD *record, void *frame, CONTEXT *context, void *dispatcher) {
    struct odd_record *odd = frame;
    bool told = record->ExceptionFlags & (UNWINDING | EXIT_UNWIND);
    bool *answers_nonsense = told ? &odd->odd_when_told : &odd->odd_when_asked, now = *answers_nonsense;
    (void)context, (void)dispatcher;
    note("%s%x%s", told ? "told:" : "asked:", (unsigned)record->ExceptionCode, record->ExceptionFlags & EXIT_UNWIND ? "+exit" : "");
    *answers_nonsense = false; /* once */
    return now ? (EXCEPTION_DISPOSITION)NONSENSE : ExceptionContinueSearch;
}

static void odd_register(struct odd_record *odd) {
    frame_register(&odd->record);
    odd->record.Handler = (PEXCEPTION_ROUTINE)odd_handler;
}

/* C's main part: catches whatever comes out of a callback, whose deferred function notes that it ran, and in which C does `inner`. */
static struct seen before, after;
static void note_wiped(void *unused) {
    (void)unused;
    note("wiped");
}
static void call_inner(void *inner) { xc_call((xc_function *)inner, NULL); }
static void defer_around(void *inner) { xc_defer(call_inner, inner, note_wiped, NULL); }
static void catch_it(void *inner) {
    struct step back = {defer_around, inner};
    see(&before);
    note("caught:%x", (unsigned)catch_around(call_back, &back));
    see(&after);
}
static void call_catch(void *inner) { xc_call(catch_it, inner); }

static void assert_caught(xc_function *inner, const char *expected) {
    for (int round = 0; round < 3; round++) {
        notes_begin();
        struct xc_ending ending = run(call_catch, (void *)inner);
        assert_string_equal(notes(), expected);
        assert_int_equal(ending.end, XC_ENDED_RETURN);
        assert_seen_equal(&after, &before);
    }
}

static void raise_under_odd_asked(void *unused) {
    struct odd_record odd = {.odd_when_asked = true};
    (void)unused;
    odd_register(&odd);
    RaiseException(RAISED, 0, 0, NULL);
}

static void a_handler_that_answers_nonsense(void **state) {
    (void)state;
    assert_caught(raise_under_odd_asked, "asked:e0000001 asked:c0000026 asked0 told:c0000026 wiped caught:c0000026");
}

static void raise_under_odd_told(void *unused) {
    struct odd_record odd = {.odd_when_told = true};
    (void)unused;
    odd_register(&odd);
    RaiseException(RAISED, 0, 0, NULL);
}

static void a_record_that_answers_nonsense_when_told(void **state) {
    (void)state;
    assert_caught(raise_under_odd_told, "asked:e0000001 asked0 told:e0000001 asked:c0000026 asked0 told:c0000026 wiped caught:c0000026");
}

static void unwind_below_the_head(void *unused) {
    struct odd_record odd = {.odd_when_told = false};
    (void)unused;
    odd_register(&odd);
    foreign_unwind_to((void *)(machine_tib(TIB_HEAD) - 64), NULL);
    note("unreached");
}

static void a_target_below_the_head(void **state) {
    (void)state;
    assert_caught(unwind_below_the_head, "asked:c0000029 asked0 told:c0000029 wiped caught:c0000029");
}

/* Exceptions that no record can take: a vectored handler notes them and lets the code go on at `home`. */
static void *home[5];
static DWORD wanted;
static void jump_home(void) { __builtin_longjmp(home, 1); }
static LONG CALLBACK go_home(EXCEPTION_POINTERS *pointers) {
    if (pointers->ExceptionRecord->ExceptionCode != wanted)
        return EXCEPTION_CONTINUE_SEARCH;
    note("vectored:%x", (unsigned)wanted);
    pointers->ContextRecord->Eip = (DWORD)(uintptr_t)jump_home;
    return EXCEPTION_CONTINUE_EXECUTION;
}

/* Does `what`, out of which exception `code` leads home; puts the head back, as the promise to C asks. */
static void __attribute__((noinline)) with_a_way_home(DWORD code, void (*what)(void)) {
    volatile uintptr_t head = machine_tib(TIB_HEAD);
    volatile PVOID handler = AddVectoredExceptionHandler(1, go_home);
    wanted = code;
    if (__builtin_setjmp(home) == 0)
        what();
    machine_tib_set(TIB_HEAD, head);
    RemoveVectoredExceptionHandler(handler);
    note("home");
}

static void raise_it(void) { RaiseException(RAISED, 0, 0, NULL); }
static void raise_with_a_way_home(void *unused) {
    struct odd_record odd = {.odd_when_asked = false};
    (void)unused;
    odd_register(&odd);
    with_a_way_home(RAISED, raise_it);
    frame_unregister(&odd.record);
}

static void a_vectored_handler_comes_first(void **state) {
    (void)state;
    assert_caught(raise_with_a_way_home, "vectored:e0000001 home wiped caught:0"); /* deferred all the same: its body has ended */
}

static void unwind_over_a_bad_record(void) {
    struct odd_record odd = {.odd_when_told = false};
    uintptr_t outer = machine_tib(TIB_HEAD);
    odd_register(&odd);
    odd.record.Next = (EXCEPTION_REGISTRATION_RECORD *)(outer + 2); /* misaligned */
    foreign_unwind_to((void *)(machine_tib(TIB_STACK_BASE) - 64), NULL);
    note("unreached");
}
static void unwind_over_a_bad_record_in_c(void *unused) {
    (void)unused;
    with_a_way_home(0xC0000028, unwind_over_a_bad_record);
}

static void an_unwinding_that_meets_a_bad_record(void **state) {
    (void)state;
    assert_caught(unwind_over_a_bad_record_in_c, "told:c0000027 vectored:c0000028 home wiped caught:0");
}

/* Without a target RtlUnwind tells every record up to the end of the chain; the runtime is told of its callbacks and of xc_run itself, and the thread is detached. Wine's returns then;
 * the chain is empty, so the thread ends here. */
static void unwind_everything(void *unused) {
    EXCEPTION_RECORD record = {.ExceptionCode = RAISED};
    struct odd_record odd = {.odd_when_told = false};
    struct xc_observation now;
    (void)unused;
    odd_register(&odd);
    foreign_unwind_to(NULL, &record);
    xc_observe(&now);
    note("task:%u head:%x", now.task, (unsigned)machine_tib(TIB_HEAD));
    ExitThread(0); /* nothing of the runtime is left to return to */
}
static void defer_around_everything(void *unused) { xc_defer(call_inner, (void *)unwind_everything, note_wiped, unused); }
static DWORD WINAPI run_and_unwind(LPVOID unused) {
    xc_run(defer_around_everything, unused, NULL);
    note("unreached");
    return 1;
}

static void an_unwinding_without_a_target_tells_everybody(void **state) {
    (void)state;
    notes_begin();
    HANDLE thread = CreateThread(NULL, 0, run_and_unwind, NULL, 0, NULL);
    assert_non_null(thread);
    assert_int_equal(WaitForSingleObject(thread, 30000), WAIT_OBJECT_0);
    CloseHandle(thread);
    assert_string_equal(notes(), "told:e0000001+exit wiped task:0 head:ffffffff");
    assert_int_equal(run(do_nothing, NULL).end, XC_ENDED_RETURN);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_handler_that_answers_nonsense), cmocka_unit_test(a_record_that_answers_nonsense_when_told), cmocka_unit_test(a_target_below_the_head),
        cmocka_unit_test(a_vectored_handler_comes_first), cmocka_unit_test(an_unwinding_that_meets_a_bad_record),
        cmocka_unit_test(an_unwinding_without_a_target_tells_everybody),
    };
    return cmocka_run_group_tests(tests, runtime_begin, runtime_end);
}
