/* The task's settings, lock count and panic-on-fault: what they do, and that whoever leaves a block puts them back. */
#include "support.h"

static void note_settings(void *name) {
    struct xc_observation now;
    xc_observe(&now);
    note("%s%u%s", (const char *)name, now.locks, now.panic_on_fault ? "p" : "");
}

static void assert_run(xc_function *function, void *argument, enum xc_end end, const char *expected) {
    notes_begin();
    struct xc_ending ending = run(function, argument);
    assert_string_equal(notes(), expected);
    assert_int_equal(ending.end, end);
}

static void lock_and_unlock(void *unused) {
    (void)unused;
    note_settings("");
    xc_task_lock();
    xc_task_lock();
    note_settings("");
    xc_task_unlock();
    note_settings("");
    xc_task_unlock();
    note_settings("");
}

static void locks_are_counted(void **state) {
    (void)state;
    assert_run(lock_and_unlock, NULL, XC_ENDED_RETURN, "0 2 1 0");
}

static void lock_to_the_brim(void *count) {
    struct xc_observation now;
    for (unsigned lock = 0; lock < 65535; lock++)
        xc_task_lock();
    xc_observe(&now);
    *(unsigned *)count = now.locks;
}

static void locks_nest_65535_times_and_end_with_the_task(void **state) {
    (void)state;
    unsigned count = 0;
    assert_int_equal(run(lock_to_the_brim, &count).end, XC_ENDED_RETURN);
    assert_int_equal(count, 65535);
    assert_run(note_settings, "", XC_ENDED_RETURN, "0");
}

/* What a body does to the settings before it is left. */
static void (*leave)(void *);
static void change_settings(void *unlocks) {
    for (unsigned left = (unsigned)(uintptr_t)unlocks; left; left--)
        xc_task_unlock();
    xc_task_lock();
    xc_task_lock();
    xc_task_lock();
    xc_task_panic_on_fault_set(true);
    note_settings("in");
    leave(NULL);
}
static void change_in_a_callback(void *unlocks) { xc_call(call_back, &(struct step){change_settings, unlocks}); }
struct locked {
    unsigned locks, unlocks;
    xc_function *body;
};
static void recover_locked(void *argument) {
    const struct locked *locked = argument;
    for (unsigned lock = 0; lock < locked->locks; lock++)
        xc_task_lock();
    xc_recover(locked->body, (void *)(uintptr_t)locked->unlocks, NULL, NULL);
    note_settings("out");
}

static void a_recover_puts_the_users_own_count_back(void **state) {
    (void)state;
    static xc_function *const bodies[] = {change_settings, change_in_a_callback};
    static xc_function *const leaves[] = {panic_with_7, fault_at_nil};
    for (unsigned body = 0; body < COUNT_OF(bodies); body++)
        for (unsigned way = 0; way < COUNT_OF(leaves); way++) {
            leave = leaves[way];
            assert_run(recover_locked, &(struct locked){0, 0, bodies[body]}, XC_ENDED_RETURN, "in3p out0");
            assert_run(recover_locked, &(struct locked){1, 0, bodies[body]}, XC_ENDED_RETURN, "in4p out1");
            assert_run(recover_locked, &(struct locked){2, 0, bodies[body]}, XC_ENDED_RETURN, "in5p out2");
            assert_run(recover_locked, &(struct locked){2, 2, bodies[body]}, XC_ENDED_RETURN, "in3p out2"); /* unlocked inside: locked again */
        }
}

static void a_body_that_returns_keeps_what_it_changed(void **state) {
    (void)state;
    leave = do_nothing;
    assert_run(recover_locked, &(struct locked){1, 1, change_settings}, XC_ENDED_RETURN, "in3p out3p");
    assert_run(recover_locked, &(struct locked){1, 0, change_in_a_callback}, XC_ENDED_RETURN, "in4p out4p");
}

static void defer_locked(void *unused) {
    (void)unused;
    xc_task_lock();
    xc_defer(change_settings, NULL, note_settings, "d");
    note_settings("out");
}

static void a_deferred_function_has_the_settings_of_its_defer(void **state) {
    (void)state;
    leave = panic_with_7;
    assert_run(defer_locked, NULL, XC_ENDED_PANIC, "in4p d1");
    leave = exit_task;
    assert_run(defer_locked, NULL, XC_ENDED_GOEXIT, "in4p d1");
    leave = do_nothing;
    assert_run(defer_locked, NULL, XC_ENDED_RETURN, "in4p d4p out4p");
}

static void set_and_ask(void *unused) {
    (void)unused;
    note("%d", xc_task_panic_on_fault_set(true));
    note("%d", xc_task_panic_on_fault_set(true));
    note("%d", xc_task_panic_on_fault_set(false));
    note("%d", xc_task_panic_on_fault_set(false));
}

static void setting_panic_on_fault_says_what_it_was(void **state) {
    (void)state;
    assert_run(set_and_ask, NULL, XC_ENDED_RETURN, "0 1 1 0");
}

/* A frame of C takes an exception from inside a callback, which has changed both. */
static void change_and_raise(void *unused) {
    (void)unused;
    xc_task_lock();
    xc_task_panic_on_fault_set(true);
    note_settings("in");
    xc_call(raise_e0000001, NULL);
}
static void call_back_to_change(void *unused) {
    (void)unused;
    xc_callback(change_and_raise, NULL);
}
static void catch_it(void *unused) {
    (void)unused;
    note("%x", (unsigned)catch_around(call_back_to_change, NULL));
    note_settings("c");
}
static void lock_and_catch(void *unused) {
    (void)unused;
    xc_task_lock();
    xc_call(catch_it, NULL);
    note_settings("out");
    xc_task_unlock();
}

static void a_callback_wiped_by_c_gives_back_what_it_changed(void **state) {
    (void)state;
    assert_run(lock_and_catch, NULL, XC_ENDED_RETURN, "in2p asked0 e0000001 c1 out1");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(locks_are_counted),
        cmocka_unit_test(locks_nest_65535_times_and_end_with_the_task),
        cmocka_unit_test(a_recover_puts_the_users_own_count_back),
        cmocka_unit_test(a_body_that_returns_keeps_what_it_changed),
        cmocka_unit_test(a_deferred_function_has_the_settings_of_its_defer),
        cmocka_unit_test(setting_panic_on_fault_says_what_it_was),
        cmocka_unit_test(a_callback_wiped_by_c_gives_back_what_it_changed),
    };
    return cmocka_run_group_tests(tests, runtime_begin, runtime_end);
}
