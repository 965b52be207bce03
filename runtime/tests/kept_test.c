/* What every block gives back: the list's head, the TIB, the runtime's own lists, registers, flags and float words, on each way out of it. */
#include "misbehave.h"
#include "support.h"

enum { DIRECTION = 0x400, DIRTY = 0x40500 /* direction, trap, alignment check */ };

/* The ways out of a body. */
static void lose_registers_and_panic(void *unused) {
    (void)unused;
    misbehave_registers_then_panic();
}
static void lose_registers_and_fault(void *unused) {
    (void)unused;
    misbehave_registers_then_fault();
}
static void set_direction_and_panic(void *unused) {
    (void)unused;
    misbehave_direction_then_panic();
}
static void set_alignment_and_fault(void *unused) {
    (void)unused;
    misbehave_alignment_then_fault();
}
static xc_function *const bodies[] = {do_nothing, panic_with_7, fault_at_nil, lose_registers_and_panic, lose_registers_and_fault, set_direction_and_panic,
                                      set_alignment_and_fault};

/* One call into the runtime, with values of our own in the callee-saved registers, and what was seen around it. */
struct watched {
    struct machine_checked call;
    struct seen before, after;
};

static void watch(struct watched *watched, void *function, const uintptr_t *arguments) {
    watched->call = (struct machine_checked){.function = function, .before = {0xB0B0B0B0, 0x51515151, 0xD1D1D1D1}};
    for (unsigned index = 0; index < 4; index++)
        watched->call.arguments[index] = arguments[index];
    see(&watched->before);
    machine_checked_call(&watched->call);
    see(&watched->after);
}

static void assert_kept(const struct watched *watched) {
    assert_seen_equal(&watched->after, &watched->before);
    for (unsigned index = 0; index < 3; index++)
        assert_int_equal(watched->call.after[index], watched->call.before[index]);
    assert_int_equal(watched->call.sp_after, watched->call.sp_before);
    assert_int_equal(watched->call.ebp_after, watched->call.ebp_before);
    assert_int_equal(watched->call.flags_after & DIRTY, 0);
}

/* A recover at depth 0 to 3, whose body goes down to depth 3 and is left from there. */
struct descent {
    unsigned depth, recover_at;
    xc_function *innermost;
    struct watched *watched;
};
static void descend(void *descent);
static void descend_back(void *descent) { xc_callback(descend, descent); }
static void descend_call(void *argument) {
    const struct descent *descent = argument;
    struct descent next = {descent->depth + 1, descent->recover_at, descent->innermost, descent->watched};
    if (descent->depth == 3)
        descent->innermost(NULL);
    else
        xc_call(record_around, &(struct step){descend_back, &next});
}
static void descend(void *argument) {
    struct descent *descent = argument;
    if (descent->depth == descent->recover_at)
        watch(descent->watched, (void *)xc_recover, (uintptr_t[]){(uintptr_t)descend_call, (uintptr_t)descent, 0, 0});
    else
        descend_call(descent);
}

static void a_recover_gives_everything_back_at_every_depth(void **state) {
    (void)state;
    for (unsigned body = 0; body < COUNT_OF(bodies); body++)
        for (unsigned recover_at = 0; recover_at <= 3; recover_at++) {
            struct watched watched;
            struct descent descent = {0, recover_at, bodies[body], &watched};
            assert_int_equal(run(descend, &descent).end, XC_ENDED_RETURN);
            assert_kept(&watched);
            assert_int_equal(watched.after.runtime.depth, recover_at);
            assert_int_equal((bool)watched.call.result, bodies[body] != do_nothing);
        }
}

/* xc_call, and the body of xc_recover that it makes, left in the same ways inside a callback. */
static void recover_body(void *body) { xc_recover((xc_function *)body, NULL, NULL, NULL); }
static void call_watched(void *watched) {
    struct step step = {recover_body, ((struct watched *)watched)->call.function};
    watch(watched, (void *)xc_call, (uintptr_t[]){(uintptr_t)call_back, (uintptr_t)&step, 0, 0});
}
static void callback_watched_in_c(void *watched) {
    void *body = ((struct watched *)watched)->call.function;
    watch(watched, (void *)xc_callback, (uintptr_t[]){(uintptr_t)recover_body, (uintptr_t)body, 0, 0});
}
static void callback_watched(void *watched) { xc_call(callback_watched_in_c, watched); }
static void defer_watched(void *watched) {
    void *body = ((struct watched *)watched)->call.function;
    watch(watched, (void *)xc_defer, (uintptr_t[]){(uintptr_t)recover_body, (uintptr_t)body, (uintptr_t)do_nothing, 0});
}

static void calls_callbacks_and_defers_give_everything_back(void **state) {
    (void)state;
    static xc_function *const watched_in[] = {call_watched, callback_watched, defer_watched};
    for (unsigned place = 0; place < COUNT_OF(watched_in); place++)
        for (unsigned body = 0; body < COUNT_OF(bodies); body++) {
            struct watched watched = {.call.function = (void *)bodies[body]};
            assert_int_equal(run(watched_in[place], &watched).end, XC_ENDED_RETURN);
            assert_kept(&watched);
        }
}

static void a_task_gives_everything_back_however_it_ends(void **state) {
    (void)state;
    static xc_function *const ends[] = {exit_task, recover_body};
    for (unsigned body = 0; body < COUNT_OF(bodies) + COUNT_OF(ends); body++) {
        xc_function *function = body < COUNT_OF(bodies) ? bodies[body] : ends[body - COUNT_OF(bodies)];
        struct watched watched;
        watch(&watched, (void *)xc_run, (uintptr_t[]){(uintptr_t)function, (uintptr_t)do_nothing, 0, 0});
        assert_int_equal(watched.call.result, XC_OK);
        assert_kept(&watched);
        assert_int_equal(watched.after.runtime.task, 0);
    }
}

/* Deferred functions and `recovered` start with clean flags and float words. */
static uint32_t flags_seen;
static struct seen deferred_seen;
static void look_around(void *unused) {
    (void)unused;
    flags_seen = misbehave_flags();
    see(&deferred_seen);
}
static void look_around_recovered(const struct xc_panic *panic, void *unused) {
    (void)panic;
    look_around(unused);
}
static void lose_floats(void *way) {
    misbehave_float_words();
    misbehave_x87_push(5);
    ((xc_function *)way)(NULL);
}
struct float_words {
    xc_function *way;
    uint16_t control;
    uint32_t mxcsr;
    struct watched watched;
    double eight;
};
static void recover_floats(void *argument) {
    struct float_words *words = argument;
    misbehave_float_words_set(words->control, words->mxcsr);
    watch(&words->watched, (void *)xc_recover, (uintptr_t[]){(uintptr_t)lose_floats, (uintptr_t)words->way, (uintptr_t)look_around_recovered, 0});
    words->eight = misbehave_x87_eight();
    misbehave_float_words_set(0x037F, 0x1F80);
}
static void defer_floats(void *argument) {
    struct float_words *words = argument;
    misbehave_float_words_set(words->control, words->mxcsr);
    xc_defer(lose_floats, (void *)words->way, look_around, NULL);
}

static void float_words_and_the_x87_stack_are_put_back(void **state) {
    (void)state;
    static const struct {
        uint16_t control;
        uint32_t mxcsr;
    } own[] = {{0x037F, 0x1F80}, {0x027F, 0x9FC0}, {0x0B7F, 0x3F80}};
    static xc_function *const ways[] = {panic_with_7, fault_at_nil, set_direction_and_panic, lose_registers_and_fault};
    for (unsigned word = 0; word < COUNT_OF(own); word++)
        for (unsigned way = 0; way < COUNT_OF(ways); way++) {
            struct float_words words = {.way = ways[way], .control = own[word].control, .mxcsr = own[word].mxcsr};
            run(recover_floats, &words);
            assert_kept(&words.watched);
            assert_int_equal(words.watched.after.x87_control, own[word].control);
            assert_int_equal(words.watched.after.mxcsr, own[word].mxcsr);
            assert_true(words.eight == 8.0);
            assert_int_equal(deferred_seen.x87_control, own[word].control);
            assert_int_equal(deferred_seen.x87_tag, 0xFFFF);
            assert_int_equal(deferred_seen.mxcsr, own[word].mxcsr);
            assert_int_equal(flags_seen & DIRECTION, 0);

            deferred_seen = (struct seen){0};
            xc_run(defer_floats, &words, NULL);
            misbehave_float_words_set(0x037F, 0x1F80);
            assert_int_equal(deferred_seen.x87_control, own[word].control);
            assert_int_equal(deferred_seen.x87_tag, 0xFFFF);
            assert_int_equal(deferred_seen.mxcsr, own[word].mxcsr);
            assert_int_equal(flags_seen & DIRECTION, 0);
        }
}

static void lose_floats_and_return(void *unused) {
    (void)unused;
    misbehave_float_words();
}

static void what_a_body_changed_and_returned_with_stays(void **state) {
    (void)state;
    struct float_words words = {.way = do_nothing, .control = 0x037F, .mxcsr = 0x1F80};
    struct watched watched;
    watch(&watched, (void *)xc_run, (uintptr_t[]){(uintptr_t)lose_floats_and_return, (uintptr_t)&words, 0, 0});
    misbehave_float_words_set(0x037F, 0x1F80);
    assert_int_equal(watched.after.x87_control, MISBEHAVE_X87_CONTROL);
    assert_int_equal(watched.after.mxcsr, MISBEHAVE_MXCSR & ~0x3Fu);
}

/* A dead record may not even be looked at: the stack below is overwritten, and then a fault must find its way. */
static void use_the_stack(void *unused) {
    (void)unused;
    machine_clobber_below(32 << 10, 0x5EAD5EAD);
}
static void panic_clobber_fault(void *count) {
    for (int round = 0; round < 8; round++) {
        struct step back = {panic_with_7, NULL}, record = {call_back, &back};
        *(int *)count += xc_recover(call_c, &(struct step){record_around, &record}, NULL, NULL);
        xc_call(use_the_stack, NULL);
        *(int *)count += xc_recover(fault_at_nil, NULL, NULL, NULL);
    }
}

static void faults_are_found_after_the_dead_stack_was_used_again(void **state) {
    (void)state;
    int count = 0;
    assert_int_equal(run(panic_clobber_fault, &count).end, XC_ENDED_RETURN);
    assert_int_equal(count, 16);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_recover_gives_everything_back_at_every_depth),
        cmocka_unit_test(calls_callbacks_and_defers_give_everything_back),
        cmocka_unit_test(a_task_gives_everything_back_however_it_ends),
        cmocka_unit_test(float_words_and_the_x87_stack_are_put_back),
        cmocka_unit_test(what_a_body_changed_and_returned_with_stays),
        cmocka_unit_test(faults_are_found_after_the_dead_stack_was_used_again),
    };
    return cmocka_run_group_tests(tests, runtime_begin, runtime_end);
}
