/* Callbacks out of a Win32 fiber: C's stack and the TIB's bounds are others than when managed code called C. */
#include "support.h"

static struct seen inside_before, inside_after, outside_before, outside_after;
static unsigned recovered;
static void *home;

static void count(const struct xc_panic *panic, void *unused) {
    (void)unused;
    recovered += panic->value == 7 || panic->value == EXCEPTION_ACCESS_VIOLATION;
}

/* Managed, called back from the fiber: panics and faults are recovered here, also out of C that runs on the fiber's stack. */
static void recover_inside(void *body) {
    struct step back = {(xc_function *)body, NULL}, call = {record_around, &(struct step){call_back, &back}};
    see(&inside_before);
    xc_recover((xc_function *)body, NULL, count, NULL);
    xc_recover(call_c, &call, count, NULL);
    xc_call(do_nothing, NULL);
    see(&inside_after);
}
static VOID CALLBACK on_fiber(void *body) {
    xc_callback(recover_inside, body);
    SwitchToFiber(home);
}
static void switch_to_fiber(void *body) {
    void *fiber = CreateFiber(0, on_fiber, body);
    SwitchToFiber(fiber);
    DeleteFiber(fiber);
}
static void call_fiber(void *body) {
    see(&outside_before);
    xc_call(switch_to_fiber, body);
    see(&outside_after);
}

static void assert_recovers_on_fiber(xc_function *body, unsigned panics) {
    home = ConvertThreadToFiber(NULL);
    recovered = 0;
    run(call_fiber, (void *)body);
    ConvertFiberToThread();
    assert_int_equal(recovered, panics);
    assert_seen_equal(&inside_after, &inside_before);
    assert_seen_equal(&outside_after, &outside_before);
    assert_int_not_equal(inside_before.stack_base, outside_before.stack_base);
    assert_true(inside_before.head < inside_before.stack_base && inside_before.head >= inside_before.stack_limit);
    assert_true(inside_before.runtime.system_sp < inside_before.stack_base && inside_before.runtime.system_sp >= inside_before.stack_limit);
}

static void callbacks_return_from_a_fiber(void **state) {
    (void)state;
    assert_recovers_on_fiber(do_nothing, 0);
}
static void panics_are_recovered_on_a_fiber(void **state) {
    (void)state;
    assert_recovers_on_fiber(panic_with_7, 2);
}
static void faults_are_recovered_on_a_fiber(void **state) {
    (void)state;
    assert_recovers_on_fiber(fault_at_nil, 2);
}

/* A thread that the runtime does not know: attached on the fiber's stack, for the callback. */
static void a_fiber_of_an_unknown_thread_is_attached(void **state) {
    (void)state;
    struct xc_observation now;
    home = ConvertThreadToFiber(NULL);
    recovered = 0;
    switch_to_fiber((void *)panic_with_7);
    ConvertFiberToThread();
    xc_observe(&now);
    assert_int_equal(recovered, 2);
    assert_int_equal(now.task, 0);
    assert_seen_equal(&inside_after, &inside_before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(callbacks_return_from_a_fiber),
        cmocka_unit_test(panics_are_recovered_on_a_fiber),
        cmocka_unit_test(faults_are_recovered_on_a_fiber),
        cmocka_unit_test(a_fiber_of_an_unknown_thread_is_attached),
    };
    return cmocka_run_group_tests(tests, runtime_begin_quiet, runtime_end);
}
