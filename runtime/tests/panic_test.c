/* Calls, callbacks, panics, deferred functions, recovery and goexit: what runs, in which order, with which values. */
#include "support.h"

static struct xc_panic taken;

static void take(const struct xc_panic *panic, void *name) {
    taken = *panic;
    note("%s%u", (const char *)name, (unsigned)panic->value);
}

static void note_text(void *text) { note("%s", (const char *)text); }

static void assert_run(xc_function *function, void *argument, enum xc_end end, const char *expected) {
    notes_begin();
    struct xc_ending ending = run(function, argument);
    assert_string_equal(notes(), expected);
    assert_int_equal(ending.end, end);
}

/* Endings */

static void a_task_that_returns(void **state) {
    (void)state;
    assert_run(note_text, "ran", XC_ENDED_RETURN, "ran");
    assert_int_equal(xc_run(do_nothing, NULL, NULL), XC_OK);
}

static void a_panic_that_nobody_recovers(void **state) {
    (void)state;
    static const uintptr_t values[] = {0, 1, 0xC0000005, UINTPTR_MAX};
    for (unsigned index = 0; index < COUNT_OF(values); index++) {
        struct xc_ending ending = run(panic_with, (void *)values[index]);
        assert_int_equal(ending.end, XC_ENDED_PANIC);
        assert_int_equal(ending.panic.value, values[index]);
        assert_false(ending.panic.is_fault);
        assert_false(ending.panic.exiting);
        assert_int_equal(ending.panic.fault_address, 0);
        assert_int_equal(ending.panic.fault_pc, 0);
    }
    assert_int_equal(xc_run(panic_with_7, NULL, NULL), XC_OK);
}

static void a_task_that_exits(void **state) {
    (void)state;
    assert_run(exit_task, NULL, XC_ENDED_GOEXIT, "");
}

/* Arguments arrive as they are. */

static char places[8];
static void note_place(void *place) { note("%d", (int)((char *)place - places)); }
static void take_place(const struct xc_panic *panic, void *place) {
    (void)panic;
    note_place(place);
}
static void note_place_and_panic(void *place) {
    note_place(place);
    xc_panic(1);
}
static void callback_with_5(void *place) {
    note_place(place);
    xc_callback(note_place, &places[5]);
}
static void pass_arguments(void *place) {
    note_place(place);
    xc_defer(note_place, &places[1], note_place, &places[2]);
    xc_recover(note_place_and_panic, &places[3], take_place, &places[4]);
    xc_call(callback_with_5, &places[6]);
}

static void every_function_gets_its_own_argument(void **state) {
    (void)state;
    assert_run(pass_arguments, &places[7], XC_ENDED_RETURN, "7 1 2 3 4 6 5");
}

/* Recover */

static void recover_twice(void *unused) {
    (void)unused;
    note("%d", xc_recover(note_text, "body", take, "took"));
    note("%d", xc_recover(panic_with_7, NULL, take, "took"));
    note("%d", xc_recover(panic_with_7, NULL, NULL, NULL));
}

static void a_recover_says_whether_it_took_a_panic(void **state) {
    (void)state;
    assert_run(recover_twice, NULL, XC_ENDED_RETURN, "body 0 took7 1 1");
}

static struct xc_panic first, second;
static void keep(const struct xc_panic *panic, void *into) { *(struct xc_panic *)into = *panic; }
static void fault_then_panic(void *unused) {
    xc_recover(fault_at_nil, unused, keep, &first);
    xc_recover(panic_with_7, unused, keep, &second);
}

static void a_panic_has_nothing_of_the_fault_before_it(void **state) {
    (void)state;
    run(fault_then_panic, NULL);
    assert_true(first.is_fault);
    assert_false(second.is_fault);
    assert_int_equal(second.fault_pc, 0);
    assert_int_equal(second.fault_address, 0);
}

static void recover_inside(void *unused) {
    (void)unused;
    note("%d", xc_recover(panic_with_7, NULL, take, "inner"));
}
static void panic_again(const struct xc_panic *panic, void *value) {
    note("again%u", (unsigned)panic->value);
    xc_panic((uintptr_t)value);
}
static void panic_in_the_recovery(void *unused) {
    (void)unused;
    xc_recover(panic_with_7, NULL, panic_again, (void *)8);
    note("unreached");
}
static void recover_outside(void *body) {
    note("%d", xc_recover((xc_function *)body, NULL, take, "outer"));
}

static void the_nearest_recover_takes_the_panic(void **state) {
    (void)state;
    assert_run(recover_outside, (void *)recover_inside, XC_ENDED_RETURN, "inner7 1 0");
    assert_run(recover_outside, (void *)panic_in_the_recovery, XC_ENDED_RETURN, "again7 outer8 1");
    struct xc_ending ending = run(panic_in_the_recovery, NULL);
    assert_int_equal(ending.end, XC_ENDED_PANIC);
    assert_int_equal(ending.panic.value, 8);
}

static void repanic(const struct xc_panic *panic, void *unused) {
    (void)unused;
    struct xc_panic whole = *panic;
    xc_recover(panic_with_7, NULL, NULL, NULL); /* another panic in between has its own value */
    xc_repanic(&whole);
}
static void repanic_fault(void *unused) {
    (void)unused;
    xc_recover(fault_at_nil, NULL, repanic, NULL);
}

static void a_panic_goes_on_whole(void **state) {
    (void)state;
    struct xc_ending ending = run(repanic_fault, NULL);
    assert_int_equal(ending.end, XC_ENDED_PANIC);
    assert_int_equal(ending.panic.value, EXCEPTION_ACCESS_VIOLATION);
    assert_true(ending.panic.is_fault);
    assert_int_equal(ending.panic.fault_address, 0);
    assert_int_not_equal(ending.panic.fault_pc, 0);
}

/* Deferred functions */

static void defer_three(void *innermost);
static void defer_two(void *innermost) { xc_defer((xc_function *)innermost, NULL, note_text, "d1"); }
static void defer_body(void *innermost) { xc_defer(defer_two, innermost, note_text, "d2"); }
static void defer_three(void *innermost) {
    xc_defer(defer_body, innermost, note_text, "d3");
    note("behind");
}
static void defer_three_under_recover(void *innermost) { xc_recover(defer_three, innermost, take, "took"); }
static void note_end(void *unused) {
    (void)unused;
    note("body");
}

static void deferred_functions_run_once_innermost_first(void **state) {
    (void)state;
    assert_run(defer_three, (void *)note_end, XC_ENDED_RETURN, "body d1 d2 d3 behind");
    assert_run(defer_three, (void *)panic_with_7, XC_ENDED_PANIC, "d1 d2 d3");
    assert_run(defer_three, (void *)exit_task, XC_ENDED_GOEXIT, "d1 d2 d3");
    assert_run(defer_three, (void *)fault_at_nil, XC_ENDED_PANIC, "d1 d2 d3");
    assert_run(defer_three_under_recover, (void *)panic_with_7, XC_ENDED_RETURN, "d1 d2 d3 took7");
}

static void deferred_panic(void *value) {
    note("d%u", (unsigned)(uintptr_t)value);
    xc_panic((uintptr_t)value);
}
static void defer_a_panic(void *body) { xc_defer((xc_function *)body, NULL, deferred_panic, (void *)8); }
static void defer_around_it(void *body) { xc_defer(defer_a_panic, body, note_text, "outer"); }
static void recover_it(void *body) { xc_recover(defer_around_it, body, take, "took"); }

static void a_panic_in_a_deferred_function_takes_the_place(void **state) {
    (void)state;
    assert_run(recover_it, (void *)panic_with_7, XC_ENDED_RETURN, "d8 outer took8");
    assert_run(recover_it, (void *)note_end, XC_ENDED_RETURN, "body d8 outer took8"); /* the body had returned: outside its own defer */
    assert_run(defer_around_it, (void *)panic_with_7, XC_ENDED_PANIC, "d8 outer");
}

static void recover_in_deferred(void *unused) {
    (void)unused;
    xc_recover(panic_with_7, NULL, take, "inner");
}
static void panic_with_9(void *unused) {
    (void)unused;
    xc_panic(9);
}
static void defer_a_recovery(void *unused) {
    (void)unused;
    xc_defer(panic_with_9, NULL, recover_in_deferred, NULL);
}

static void a_panic_under_way_is_not_changed_by_one_recovered_meanwhile(void **state) {
    (void)state;
    notes_begin();
    struct xc_ending ending = run(defer_a_recovery, NULL);
    assert_string_equal(notes(), "inner7");
    assert_int_equal(ending.panic.value, 9);
}

/* Goexit */

static void exit_under_recover(void *unused) {
    (void)unused;
    note("%d", xc_recover(defer_three, (void *)exit_task, take, "took"));
}

static void nothing_recovers_a_goexit(void **state) {
    (void)state;
    assert_run(exit_under_recover, NULL, XC_ENDED_GOEXIT, "d1 d2 d3");
}

static void take_exiting(const struct xc_panic *panic, void *unused) {
    (void)unused;
    note("took%u%s", (unsigned)panic->value, panic->exiting ? "exiting" : "");
}
static void defer_panic_on_exit(void *unused) {
    (void)unused;
    xc_defer(exit_task, NULL, deferred_panic, (void *)8);
}
static void recover_on_exit(void *recovered) {
    xc_recover(defer_panic_on_exit, NULL, (void (*)(const struct xc_panic *, void *))recovered, NULL);
    note("unreached");
}
static void recover_on_exit_deferring(void *recovered) { xc_defer(recover_on_exit, recovered, note_text, "outer"); }

static void a_goexit_goes_on_behind_a_panic_recovered_meanwhile(void **state) {
    (void)state;
    assert_run(recover_on_exit_deferring, (void *)take_exiting, XC_ENDED_GOEXIT, "d8 took8exiting outer");
    assert_run(recover_on_exit_deferring, NULL, XC_ENDED_GOEXIT, "d8 outer");
}

static void panic_on_exit(const struct xc_panic *panic, void *unused) {
    (void)unused;
    note("again%u", (unsigned)panic->value);
    xc_panic(9);
}
static void recover_the_second(void *unused) {
    (void)unused;
    xc_recover(recover_on_exit_deferring, (void *)panic_on_exit, take_exiting, NULL);
    note("unreached");
}

static void a_goexit_survives_every_panic_that_is_recovered(void **state) {
    (void)state;
    assert_run(recover_the_second, NULL, XC_ENDED_GOEXIT, "d8 again8 outer took9exiting");
}

static void recover_after_an_exiting_panic(void *unused) {
    note("%d", xc_recover(panic_with_7, unused, take_exiting, NULL)); /* begun and ended inside of the deferred function: nothing of the goexit's */
}
static void defer_such_a_recover(void *unused) {
    (void)unused;
    xc_defer(recover_on_exit, (void *)take_exiting, recover_after_an_exiting_panic, NULL);
}

static void a_panic_inside_a_deferred_function_is_not_the_goexits(void **state) {
    (void)state;
    assert_run(defer_such_a_recover, NULL, XC_ENDED_GOEXIT, "d8 took8exiting took7 1");
}

static void defer_another_panic(void *unused) { xc_defer(defer_panic_on_exit, unused, deferred_panic, (void *)9); }
static void recover_the_last(void *unused) {
    xc_recover(defer_another_panic, unused, take_exiting, NULL);
    note("unreached");
}

static void a_goexit_is_remembered_by_every_deferred_function_on_its_way(void **state) {
    (void)state;
    assert_run(recover_the_last, NULL, XC_ENDED_GOEXIT, "d8 d9 took9exiting");
}

static void keep_exiting(const struct xc_panic *panic, void *unused) {
    (void)unused;
    first = *panic;
}
static void repanic_kept(void *unused) {
    (void)unused;
    xc_repanic(&first);
}
static void recover_kept(void *unused) {
    note("%d", xc_recover(repanic_kept, unused, take_exiting, NULL));
}

static void a_panic_kept_from_a_task_that_exited_is_an_ordinary_one_in_another(void **state) {
    (void)state;
    run(recover_on_exit, (void *)keep_exiting);
    assert_true(first.exiting);
    assert_run(recover_kept, NULL, XC_ENDED_RETURN, "took8 1");
}

static void a_panic_nobody_recovers_wins_over_a_goexit(void **state) {
    (void)state;
    notes_begin();
    struct xc_ending ending = run(defer_panic_on_exit, NULL);
    assert_int_equal(ending.end, XC_ENDED_PANIC);
    assert_int_equal(ending.panic.value, 8);
    assert_true(ending.panic.exiting);
}

static void deferred_exit(void *unused) {
    (void)unused;
    note("exit");
    xc_goexit();
}
static void defer_an_exit(void *body) { xc_defer((xc_function *)body, NULL, deferred_exit, NULL); }
static void recover_an_exit(void *body) { xc_recover(defer_an_exit, body, take, "took"); }

static void a_goexit_takes_the_place_of_a_panic(void **state) {
    (void)state;
    assert_run(recover_an_exit, (void *)panic_with_7, XC_ENDED_GOEXIT, "exit");
    assert_run(recover_an_exit, (void *)exit_task, XC_ENDED_GOEXIT, "exit");
    assert_run(recover_an_exit, (void *)note_end, XC_ENDED_GOEXIT, "body exit");
}

/* Across callbacks */

static void note_depth(void *name) {
    struct xc_observation now;
    xc_observe(&now);
    note("%s%u", (const char *)name, now.depth);
}

struct level {
    unsigned left;
    xc_function *innermost;
};
static void descend(void *level);
static void descend_back(void *level) { xc_callback(descend, level); }
static void descend_call(void *level) { xc_call(record_around, &(struct step){descend_back, level}); }
static void descend(void *argument) {
    const struct level *level = argument;
    struct level next = {level->left - 1, level->innermost};
    if (level->left == 0)
        level->innermost(NULL);
    else
        xc_defer(descend_call, &next, note_depth, "d");
    note_depth("r");
}
static void descend_under_recover(void *level) {
    xc_recover(descend, level, take, "took");
    note_depth("r");
}

static void a_panic_passes_every_callback_of_the_task(void **state) {
    (void)state;
    assert_run(descend, &(struct level){3, do_nothing}, XC_ENDED_RETURN, "r3 d2 r2 d1 r1 d0 r0");
    assert_run(descend_under_recover, &(struct level){3, panic_with_7}, XC_ENDED_RETURN, "d2 d1 d0 took7 r0");
    assert_run(descend_under_recover, &(struct level){3, fault_at_nil}, XC_ENDED_RETURN, "d2 d1 d0 took3221225477 r0");
    assert_true(taken.is_fault);
    assert_run(descend_under_recover, &(struct level){3, exit_task}, XC_ENDED_GOEXIT, "d2 d1 d0");
    assert_run(descend, &(struct level){3, panic_with_7}, XC_ENDED_PANIC, "d2 d1 d0");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_task_that_returns),
        cmocka_unit_test(a_panic_that_nobody_recovers),
        cmocka_unit_test(a_task_that_exits),
        cmocka_unit_test(every_function_gets_its_own_argument),
        cmocka_unit_test(a_recover_says_whether_it_took_a_panic),
        cmocka_unit_test(a_panic_has_nothing_of_the_fault_before_it),
        cmocka_unit_test(the_nearest_recover_takes_the_panic),
        cmocka_unit_test(a_panic_goes_on_whole),
        cmocka_unit_test(deferred_functions_run_once_innermost_first),
        cmocka_unit_test(a_panic_in_a_deferred_function_takes_the_place),
        cmocka_unit_test(a_panic_under_way_is_not_changed_by_one_recovered_meanwhile),
        cmocka_unit_test(nothing_recovers_a_goexit),
        cmocka_unit_test(a_goexit_goes_on_behind_a_panic_recovered_meanwhile),
        cmocka_unit_test(a_goexit_survives_every_panic_that_is_recovered),
        cmocka_unit_test(a_panic_inside_a_deferred_function_is_not_the_goexits),
        cmocka_unit_test(a_goexit_is_remembered_by_every_deferred_function_on_its_way),
        cmocka_unit_test(a_panic_kept_from_a_task_that_exited_is_an_ordinary_one_in_another),
        cmocka_unit_test(a_panic_nobody_recovers_wins_over_a_goexit),
        cmocka_unit_test(a_goexit_takes_the_place_of_a_panic),
        cmocka_unit_test(a_panic_passes_every_callback_of_the_task),
    };
    return cmocka_run_group_tests(tests, runtime_begin, runtime_end);
}
