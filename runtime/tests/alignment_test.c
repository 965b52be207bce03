/* Every function that the runtime calls is entered as compilers expect it: with the stack aligned to 16, however the one that called the runtime had it. Windows gives
 * callbacks 4. */
#include "entries.h"
#include "support.h"

uint32_t entries_count;
uintptr_t entries_arguments[ENTRIES_MAX];

static void assert_entered_aligned(unsigned count) {
    assert_int_equal(entries_count, count);
    for (unsigned index = 0; index < count; index++)
        assert_int_equal(entries_arguments[index] % ENTRIES_ALIGNMENT, 0);
    entries_count = 0;
}

static void assert_run_enters_aligned(xc_function *function, void *argument, unsigned count) {
    run(function, argument);
    assert_entered_aligned(count);
}

static uint32_t skew;
#define SKEWED(function, ...) entries_call_skewed((void *)(function), (const uintptr_t[4]){__VA_ARGS__}, skew)

/* Ways out of managed code. */
static void panic_skewed(void *unused) {
    (void)unused;
    SKEWED(xc_panic, 7);
}
static void exit_skewed(void *unused) {
    (void)unused;
    SKEWED(xc_goexit, 0);
}
static void fault_skewed(void *unused) {
    (void)unused;
    SKEWED(inject_fault, SCENARIO_FAULT_NIL_READ);
}
static void note_and_panic(void *unused) {
    entries_note(unused);
    xc_panic(7);
}

static void recover_skewed(void *body) { SKEWED(xc_recover, (uintptr_t)body, 0, (uintptr_t)entries_note, 0); }
static void defer_skewed(void *body) { SKEWED(xc_defer, (uintptr_t)body, 0, (uintptr_t)entries_note, 0); }
static void defer_under_recover_skewed(void *body) { SKEWED(xc_recover, (uintptr_t)defer_skewed, (uintptr_t)body, (uintptr_t)entries_note, 0); }

static void everything_managed_is_entered_aligned(void **state) {
    (void)state;
    assert_run_enters_aligned(entries_note, NULL, 1);
    for (skew = 0; skew < ENTRIES_ALIGNMENT; skew += 4) {
        assert_run_enters_aligned(recover_skewed, (void *)entries_note, 1);
        assert_run_enters_aligned(recover_skewed, (void *)panic_skewed, 1);
        assert_run_enters_aligned(recover_skewed, (void *)fault_skewed, 1);
        assert_run_enters_aligned(defer_skewed, (void *)entries_note, 2);
        assert_run_enters_aligned(defer_skewed, (void *)exit_skewed, 1);
        assert_run_enters_aligned(defer_under_recover_skewed, (void *)panic_skewed, 2);
        assert_run_enters_aligned(defer_under_recover_skewed, (void *)fault_skewed, 2);
        assert_run_enters_aligned(defer_under_recover_skewed, (void *)exit_skewed, 1);
    }
}

static void call_back_skewed(void *function) { SKEWED(xc_callback, (uintptr_t)function, 0); }
static void call_skewed(void *function) { SKEWED(xc_call, (uintptr_t)function, 0); }
static void call_then_call_back_skewed(void *function) { SKEWED(xc_call, (uintptr_t)call_back_skewed, (uintptr_t)function); }
static void recover_around_skewed(void *function) {
    SKEWED(xc_recover, (uintptr_t)call_then_call_back_skewed, (uintptr_t)function, (uintptr_t)entries_note, 0);
}

static void calls_and_callbacks_are_entered_aligned(void **state) {
    (void)state;
    for (skew = 0; skew < ENTRIES_ALIGNMENT; skew += 4) {
        assert_run_enters_aligned(call_skewed, (void *)entries_note, 1);
        assert_run_enters_aligned(call_then_call_back_skewed, (void *)entries_note, 1);
        assert_run_enters_aligned(recover_around_skewed, (void *)note_and_panic, 2);
    }
}

/* A deferred function that an unwinding of C runs. */
static void raise_in_c(void *unused) { xc_call(raise_e0000001, unused); }
static void defer_raise_skewed(void *unused) {
    (void)unused;
    SKEWED(xc_defer, (uintptr_t)raise_in_c, 0, (uintptr_t)entries_note, 0);
}
static void catch_skewed(void *unused) {
    (void)unused;
    catch_around(call_back_skewed, (void *)defer_raise_skewed);
}
static void catch_in_call(void *unused) { xc_call(catch_skewed, unused); }

static void deferred_functions_of_wiped_frames_are_entered_aligned(void **state) {
    (void)state;
    for (skew = 0; skew < ENTRIES_ALIGNMENT; skew += 4)
        assert_run_enters_aligned(catch_in_call, NULL, 1);
}

/* A thread of C's own, whose stack is whatever it is. */
static DWORD WINAPI call_back_on_thread(void *unused) {
    (void)unused;
    call_back_skewed((void *)entries_note);
    return 0;
}

static void attached_callbacks_are_entered_aligned(void **state) {
    (void)state;
    for (skew = 0; skew < ENTRIES_ALIGNMENT; skew += 4) {
        HANDLE thread = CreateThread(NULL, 0, call_back_on_thread, NULL, 0, NULL);
        assert_int_equal(WaitForSingleObject(thread, 60000), WAIT_OBJECT_0);
        CloseHandle(thread);
        assert_entered_aligned(1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_managed_is_entered_aligned),
        cmocka_unit_test(calls_and_callbacks_are_entered_aligned),
        cmocka_unit_test(deferred_functions_of_wiped_frames_are_entered_aligned),
        cmocka_unit_test(attached_callbacks_are_entered_aligned),
    };
    return cmocka_run_group_tests(tests, runtime_begin_quiet, runtime_end);
}
