/* Starting and stopping the runtime, entering and leaving a thread, and every error these can give. */
#include <string.h>

#include "support.h"

static void every_error_has_a_sentence_of_its_own(void **state) {
    (void)state;
    for (enum xc_error one = XC_OK; one <= XC_ERROR_THUNK; one++) {
        assert_true(strlen(xc_error_text(one)) > 5);
        assert_string_not_equal(xc_error_text(one), "unknown error");
        for (enum xc_error other = one + 1; other <= XC_ERROR_THUNK; other++)
            assert_string_not_equal(xc_error_text(one), xc_error_text(other));
    }
    assert_string_equal(xc_error_text((enum xc_error)99), "unknown error");
    assert_string_equal(xc_error_text((enum xc_error)-1), "unknown error");
}

static void nothing_runs_before_the_start_and_behind_the_stop(void **state) {
    (void)state;
    struct xc_ending ending;
    for (int round = 0; round < 2; round++) {
        assert_int_equal(xc_run(do_nothing, NULL, &ending), XC_ERROR_NOT_STARTED);
        assert_int_equal(xc_runtime_stop(), XC_ERROR_NOT_STARTED);
        assert_int_equal(xc_runtime_start(NULL), XC_OK);
        assert_int_equal(xc_run(do_nothing, NULL, &ending), XC_OK);
        assert_int_equal(xc_runtime_stop(), XC_OK);
    }
}

static void a_second_start_is_refused_and_changes_nothing(void **state) {
    (void)state;
    assert_int_equal(xc_runtime_start(NULL), XC_OK);
    assert_int_equal(xc_runtime_start(&(struct xc_options){.managed_stack_bytes = 1}), XC_ERROR_ALREADY_STARTED);
    assert_int_equal(xc_runtime_start(NULL), XC_ERROR_ALREADY_STARTED);
    assert_int_equal(run(do_nothing, NULL).end, XC_ENDED_RETURN);
    assert_int_equal(xc_runtime_stop(), XC_OK);
}

static void look(void *observation) { xc_observe(observation); }

static void stacks_are_as_large_as_asked_for(void **state) {
    (void)state;
    static const struct {
        size_t asked, given;
    } sizes[] = {{0, 64 << 10}, {32 << 10, 32 << 10}, {(32 << 10) + 1, 36 << 10}, {1 << 20, 1 << 20}, {64 << 20, 64 << 20}};
    for (unsigned index = 0; index < COUNT_OF(sizes); index++) {
        struct xc_observation inside;
        assert_int_equal(xc_runtime_start(&(struct xc_options){.managed_stack_bytes = sizes[index].asked}), XC_OK);
        run(look, &inside);
        assert_int_equal(inside.managed_high - inside.managed_low, sizes[index].given);
        assert_int_equal(xc_runtime_stop(), XC_OK);
    }
}

/* What an attached thread's task leaves on its stack is what the next task's, which takes it over, lies in. */
static void count_up(void *count) { ++*(unsigned *)count; }
static DWORD WINAPI call_back_on_a_thread(void *count) {
    xc_callback(count_up, count);
    return 0;
}
static void count_on_a_thread(void *count) {
    HANDLE thread = CreateThread(NULL, 0, call_back_on_a_thread, count, 0, NULL);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
}
static void count_on_a_thread_then_in_a_task(void *count) {
    for (int round = 0; round < 3; round++) {
        xc_call(count_on_a_thread, count);
        xc_go(count_up, count);
        xc_wait();
    }
}

static void a_task_begins_with_nothing_of_who_had_its_stack(void **state) {
    (void)state;
    unsigned count = 0;
    assert_int_equal(xc_runtime_start(&(struct xc_options){.keep_stack = true}), XC_OK);
    assert_int_equal(run(count_on_a_thread_then_in_a_task, &count).end, XC_ENDED_RETURN);
    assert_int_equal(count, 6);
    assert_int_equal(xc_runtime_stop(), XC_OK);
}

static void stacks_out_of_range_are_refused(void **state) {
    (void)state;
    static const size_t sizes[] = {1, (32 << 10) - 1, (64 << 20) + 1, SIZE_MAX};
    for (unsigned index = 0; index < COUNT_OF(sizes); index++) {
        assert_int_equal(xc_runtime_start(&(struct xc_options){.managed_stack_bytes = sizes[index]}), XC_ERROR_ARGUMENT);
        assert_int_equal(xc_run(do_nothing, NULL, NULL), XC_ERROR_NOT_STARTED);
    }
}

enum { FAST_SLOTS = 64, SLOTS_MAX = 64 + 1024 };

/* Takes TLS slots until none of the fast ones is left; returns how many it took. */
static unsigned slots_take(DWORD *slots) {
    unsigned count = 0;
    for (DWORD slot = 0; slot < FAST_SLOTS - 1 && count < SLOTS_MAX && (slot = TlsAlloc()) != TLS_OUT_OF_INDEXES;)
        slots[count++] = slot;
    return count;
}

static void without_a_fast_slot_there_is_no_start(void **state) {
    (void)state;
    static DWORD slots[SLOTS_MAX];
    unsigned taken = slots_take(slots);
    DWORD next_before = TlsAlloc();
    TlsFree(next_before);
    assert_int_equal(xc_runtime_start(NULL), XC_ERROR_TLS);
    assert_int_equal(xc_run(do_nothing, NULL, NULL), XC_ERROR_NOT_STARTED);
    DWORD next_now = TlsAlloc();
    TlsFree(next_now);
    assert_int_equal(next_now, next_before); /* what the refused start took is given back */
    while (taken)
        TlsFree(slots[--taken]);
    assert_int_equal(xc_runtime_start(NULL), XC_OK);
    assert_int_equal(xc_runtime_stop(), XC_OK);
}

static void a_stop_gives_back_the_slot_and_the_filter(void **state) {
    (void)state;
    LPTOP_LEVEL_EXCEPTION_FILTER filter = SetUnhandledExceptionFilter(NULL);
    SetUnhandledExceptionFilter(filter);
    for (int round = 0; round < 100; round++) { /* more often than there are slots */
        assert_int_equal(xc_runtime_start(NULL), XC_OK);
        assert_int_equal(xc_runtime_stop(), XC_OK);
    }
    assert_ptr_equal(SetUnhandledExceptionFilter(filter), filter);
}

static LONG WINAPI somebodys_filter(EXCEPTION_POINTERS *pointers) {
    (void)pointers;
    return EXCEPTION_CONTINUE_SEARCH;
}

static void a_stop_leaves_a_filter_that_came_later(void **state) {
    (void)state;
    LPTOP_LEVEL_EXCEPTION_FILTER filter = SetUnhandledExceptionFilter(NULL);
    SetUnhandledExceptionFilter(filter);
    assert_int_equal(xc_runtime_start(NULL), XC_OK);
    LPTOP_LEVEL_EXCEPTION_FILTER ours = SetUnhandledExceptionFilter(somebodys_filter);
    assert_ptr_not_equal(ours, filter);
    assert_int_equal(xc_runtime_stop(), XC_OK);
    assert_ptr_equal(SetUnhandledExceptionFilter(ours), somebodys_filter); /* as somebody does who ends before us */
    assert_int_equal(xc_runtime_start(NULL), XC_OK);
    assert_int_equal(xc_runtime_stop(), XC_OK);
    assert_ptr_equal(SetUnhandledExceptionFilter(filter), filter);
}

/* Reserves address space until no managed stack of 16 MiB finds room. */
enum { PIECES_MAX = 4096 };
static void *pieces[PIECES_MAX];
static unsigned pieces_count;

static void address_space_fill(void) {
    for (size_t bytes = 256 << 20; bytes >= 8 << 20; bytes /= 2) /* smaller pieces are left: Windows needs memory as well */
        for (void *piece; pieces_count < PIECES_MAX && (piece = VirtualAlloc(NULL, bytes, MEM_RESERVE, PAGE_NOACCESS));)
            pieces[pieces_count++] = piece;
}

static void address_space_free(void) {
    while (pieces_count)
        VirtualFree(pieces[--pieces_count], 0, MEM_RELEASE);
}

static void without_memory_nothing_runs_and_nothing_is_kept(void **state) {
    (void)state;
    assert_int_equal(xc_runtime_start(&(struct xc_options){.managed_stack_bytes = 16 << 20}), XC_OK);
    address_space_fill();
    enum xc_error error = xc_run(do_nothing, NULL, NULL);
    address_space_free();
    assert_int_equal(error, XC_ERROR_MEMORY);
    assert_int_equal(run(do_nothing, NULL).end, XC_ENDED_RETURN);
    assert_int_equal(xc_runtime_stop(), XC_OK);
}

static void run_again(void *error) { *(enum xc_error *)error = xc_run(do_nothing, NULL, NULL); }
static void run_again_in_c(void *error) { xc_call(run_again, error); }
static void run_again_in_a_callback(void *error) { xc_call(call_back, &(struct step){run_again, error}); }

static void a_thread_inside_xc_run_is_busy(void **state) {
    (void)state;
    static xc_function *const places[] = {run_again, run_again_in_c, run_again_in_a_callback};
    assert_int_equal(xc_runtime_start(NULL), XC_OK);
    for (unsigned index = 0; index < COUNT_OF(places); index++) {
        enum xc_error error = XC_OK;
        assert_int_equal(run(places[index], &error).end, XC_ENDED_RETURN);
        assert_int_equal(error, XC_ERROR_BUSY);
    }
    assert_int_equal(xc_runtime_stop(), XC_OK);
}

static void stop_inside(void *error) { *(enum xc_error *)error = xc_runtime_stop(); }

static DWORD WINAPI wait_inside(void *events);
struct events {
    HANDLE inside, leave;
};
static void wait_to_leave(void *argument) {
    const struct events *events = argument;
    SetEvent(events->inside);
    WaitForSingleObject(events->leave, INFINITE);
}
static DWORD WINAPI wait_inside(void *events) { return (DWORD)xc_run(wait_to_leave, events, NULL); }

static void a_stop_while_somebody_is_inside_is_refused(void **state) {
    (void)state;
    enum xc_error error = XC_OK;
    assert_int_equal(xc_runtime_start(NULL), XC_OK);
    run(stop_inside, &error);
    assert_int_equal(error, XC_ERROR_BUSY);

    struct events events = {CreateEventA(NULL, TRUE, FALSE, NULL), CreateEventA(NULL, TRUE, FALSE, NULL)};
    HANDLE thread = CreateThread(NULL, 0, wait_inside, &events, 0, NULL);
    assert_non_null(thread);
    WaitForSingleObject(events.inside, INFINITE);
    assert_int_equal(xc_runtime_stop(), XC_ERROR_BUSY);
    SetEvent(events.leave);
    WaitForSingleObject(thread, INFINITE);
    assert_int_equal(xc_runtime_stop(), XC_OK);
    CloseHandle(thread);
    CloseHandle(events.inside);
    CloseHandle(events.leave);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_has_a_sentence_of_its_own),
        cmocka_unit_test(nothing_runs_before_the_start_and_behind_the_stop),
        cmocka_unit_test(a_second_start_is_refused_and_changes_nothing),
        cmocka_unit_test(stacks_are_as_large_as_asked_for),
        cmocka_unit_test(a_task_begins_with_nothing_of_who_had_its_stack),
        cmocka_unit_test(stacks_out_of_range_are_refused),
        cmocka_unit_test(without_a_fast_slot_there_is_no_start),
        cmocka_unit_test(a_stop_gives_back_the_slot_and_the_filter),
        cmocka_unit_test(a_stop_leaves_a_filter_that_came_later),
        cmocka_unit_test(without_memory_nothing_runs_and_nothing_is_kept),
        cmocka_unit_test(a_thread_inside_xc_run_is_busy),
        cmocka_unit_test(a_stop_while_somebody_is_inside_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
