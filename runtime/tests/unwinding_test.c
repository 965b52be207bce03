/* Foreign code unwinds over managed frames: it catches an exception outside of a callback, or jumps over it with longjmp. The deferred functions that this wipes run
 * once, innermost first, nothing is recovered, and everything is as the frame of C left it. */
#include "support.h"

static void note_text(void *text) { note("%s", (const char *)text); }
static void take(const struct xc_panic *panic, void *name) { note("%s%u", (const char *)name, (unsigned)panic->value); }
static void raise_in_c(void *unused) { xc_call(raise_e0000001, unused); }

static void assert_run(xc_function *function, void *argument, enum xc_end end, const char *expected) {
    notes_begin();
    struct xc_ending ending = run(function, argument);
    assert_string_equal(notes(), expected);
    assert_int_equal(ending.end, end);
}

/* C that calls back and takes whatever exception comes out; what was seen in front of and behind it. */
static struct seen before, after;
static void catch_callback(void *managed) {
    struct step back = {(xc_function *)managed, NULL};
    see(&before);
    note("%x", (unsigned)catch_around(call_back, &back));
    see(&after);
}
static void catch_in_call(void *managed) {
    xc_call(catch_callback, managed);
    note("back");
}

/* Frames to be wiped */

static void defer_inner(void *unused) { xc_defer(raise_in_c, unused, note_text, "inner"); }
static void defer_both(void *unused) { xc_defer(defer_inner, unused, note_text, "outer"); }
static void recover_between(void *unused) { xc_defer(defer_both, unused, note_text, "last"); }
static void recover_nothing(void *unused) {
    xc_recover(recover_between, unused, take, "took");
    note("unreached");
}

static void deferred_functions_run_once_innermost_first(void **state) {
    (void)state;
    for (int round = 0; round < 100; round++) {
        assert_run(catch_in_call, (void *)recover_nothing, XC_ENDED_RETURN, "asked0 inner outer last e0000001 back");
        assert_seen_equal(&after, &before);
    }
    assert_run(catch_in_call, (void *)do_nothing, XC_ENDED_RETURN, "0 back"); /* no exception, nothing to do */
    assert_run(catch_in_call, (void *)raise_in_c, XC_ENDED_RETURN, "asked0 e0000001 back");
}

/* Two callbacks at once, with C's own records between, which are told in their turn. */
static void call_back_below(void *unused) {
    struct step back = {defer_both, unused};
    uint32_t code;
    foreign_frame_run(SCENARIO_FRAME_FINALLY, 2, call_back, &back, &code);
}
static void call_below(void *unused) { xc_call(call_back_below, unused); }
static void defer_above(void *unused) { xc_defer(call_below, unused, note_text, "above"); }

static void several_callbacks_are_wiped_in_turn(void **state) {
    (void)state;
    assert_run(catch_in_call, (void *)defer_above, XC_ENDED_RETURN, "asked0 inner outer told2 above e0000001 back");
    assert_seen_equal(&after, &before);
}

/* What a deferred function may do while C unwinds: everything, as long as it comes to its end. */
static void do_everything(void *unused) {
    struct step back = {note_text, "called"};
    xc_call(call_back, &back);
    xc_recover(panic_with_7, unused, take, "took");
    xc_recover(fault_at_nil, unused, NULL, NULL);
    back = (struct step){panic_with_7, unused};
    xc_recover(call_c, &(struct step){call_back, &back}, take, "took");
    xc_defer(do_nothing, unused, note_text, "nested");
    struct xc_observation now;
    xc_observe(&now);
    note("depth%u", now.depth);
}
static void defer_everything(void *unused) { xc_defer(raise_in_c, unused, do_everything, unused); }
static void defer_everything_twice(void *unused) { xc_defer(defer_everything, unused, do_everything, unused); }

static void deferred_functions_may_do_whatever_comes_to_its_end(void **state) {
    (void)state;
    assert_run(catch_in_call, (void *)defer_everything, XC_ENDED_RETURN, "asked0 called took7 took7 nested depth1 e0000001 back");
    assert_run(catch_in_call, (void *)defer_everything_twice, XC_ENDED_RETURN,
               "asked0 called took7 took7 nested depth1 called took7 took7 nested depth1 e0000001 back");
    assert_seen_equal(&after, &before);
}

/* Two unwindings that collide: a deferred function raises again, and a frame outside of all of it takes that. */
static void raise_again(void *unused) {
    note("again");
    raise_in_c(unused);
}
static void defer_raising(void *unused) { xc_defer(raise_in_c, unused, raise_again, unused); }
static void defer_around_raising(void *unused) { xc_defer(defer_raising, unused, note_text, "rest"); }

static void colliding_unwindings_run_what_is_left_once(void **state) {
    (void)state;
    for (int round = 0; round < 10; round++) {
        assert_run(catch_in_call, (void *)defer_around_raising, XC_ENDED_RETURN, "asked0 again asked0 rest e0000001 back");
        assert_seen_equal(&after, &before);
    }
}

/* A panic whose deferred function is wiped is gone with it. */
static void panic_over_raising(void *unused) { xc_defer(panic_with_7, unused, raise_in_c, unused); }
static void exit_over_raising(void *unused) { xc_defer(exit_task, unused, raise_in_c, unused); }

static void a_panic_that_is_wiped_is_gone(void **state) {
    (void)state;
    assert_run(catch_in_call, (void *)panic_over_raising, XC_ENDED_RETURN, "asked0 e0000001 back");
    assert_run(catch_in_call, (void *)exit_over_raising, XC_ENDED_RETURN, "asked0 e0000001 back");
    assert_seen_equal(&after, &before);
}

/* longjmp of the C library, which unwinds on 32-bit Windows. */
static jmp_buf place;
static void jump_in_c(void *unused) {
    (void)unused;
    longjmp(place, 5);
}
static void jump(void *unused) { xc_call(jump_in_c, unused); }
static void defer_and_jump(void *unused) { xc_defer(jump, unused, note_text, "deferred"); }
static void set_jump_and_call_back(void *managed) {
    see(&before);
    int jumped = setjmp(place);
    if (!jumped)
        xc_callback((xc_function *)managed, NULL);
    note("jumped%d", jumped);
    see(&after);
}
static void jump_in_call(void *managed) { xc_call(set_jump_and_call_back, managed); }

static void longjmp_over_managed_frames_unwinds_them(void **state) {
    (void)state;
    for (int round = 0; round < 10; round++) {
        assert_run(jump_in_call, (void *)defer_and_jump, XC_ENDED_RETURN, "deferred jumped5");
        assert_seen_equal(&after, &before);
    }
}

/* The whole of xc_run, from outside. */
static void run_in_c(void *managed) { xc_run((xc_function *)managed, NULL, NULL); }

static void assert_not_inside(void) {
    struct xc_observation now;
    xc_observe(&now);
    assert_int_equal(now.task, 0);
}

static void c_may_catch_outside_of_xc_run(void **state) {
    (void)state;
    for (int round = 0; round < 100; round++) {
        struct seen outside, behind;
        see(&outside);
        notes_begin();
        assert_int_equal(catch_around(run_in_c, (void *)defer_above), 0xE0000001);
        assert_string_equal(notes(), "asked0 inner outer told2 above");
        see(&behind);
        assert_seen_equal(&behind, &outside);
        assert_not_inside();
        assert_run(note_text, "fine", XC_ENDED_RETURN, "fine"); /* not BUSY */
    }
    assert_int_equal(xc_runtime_stop(), XC_OK); /* not BUSY */
    assert_int_equal(xc_runtime_start(NULL), XC_OK);
}

static void address_of_stack(void *low) {
    struct xc_observation now;
    xc_observe(&now);
    *(uintptr_t *)low = now.managed_low;
    raise_in_c(NULL);
}
static void run_for_address(void *low) { xc_run(address_of_stack, low, NULL); }

static void a_task_wiped_from_outside_gives_its_stack_back(void **state) {
    (void)state;
    uintptr_t low = 0;
    MEMORY_BASIC_INFORMATION memory;
    notes_begin();
    assert_int_equal(catch_around(run_for_address, &low), 0xE0000001);
    assert_int_not_equal(low, 0);
    VirtualQuery((void *)low, &memory, sizeof memory);
    assert_int_equal(memory.State, MEM_FREE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deferred_functions_run_once_innermost_first),
        cmocka_unit_test(several_callbacks_are_wiped_in_turn),
        cmocka_unit_test(deferred_functions_may_do_whatever_comes_to_its_end),
        cmocka_unit_test(colliding_unwindings_run_what_is_left_once),
        cmocka_unit_test(a_panic_that_is_wiped_is_gone),
        cmocka_unit_test(longjmp_over_managed_frames_unwinds_them),
        cmocka_unit_test(c_may_catch_outside_of_xc_run),
        cmocka_unit_test(a_task_wiped_from_outside_gives_its_stack_back),
    };
    return cmocka_run_group_tests(tests, runtime_begin, runtime_end);
}
