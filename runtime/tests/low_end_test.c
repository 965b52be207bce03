/* The low end of a managed stack: it runs out, twice and more, wherever managed code is; and a fault close to it finds room for its dispatch. */
#include <string.h>

#include "misbehave.h"
#include "support.h"

enum { PAGE = 4096, ROUNDS = 5 };

static struct xc_panic taken;
static unsigned takes;
static void take(const struct xc_panic *panic, void *unused) {
    (void)unused;
    taken = *panic;
    takes++;
}

static DWORD guard_protection(void) {
    struct xc_observation now;
    MEMORY_BASIC_INFORMATION memory = {0};
    xc_observe(&now);
    VirtualQuery((void *)now.guard_page, &memory, sizeof memory);
    return memory.RegionSize == PAGE ? memory.Protect : 0;
}

static void run_out(void *unused) {
    (void)unused;
    inject_fault(SCENARIO_FAULT_OVERFLOW);
}

/* What is seen around an overflow that is recovered. */
struct overflow {
    xc_function *body;
    void *argument;
    struct seen before, now;
    DWORD protection, error;
    bool took;
    uintptr_t guard_page;
};
static void recover_overflow(void *argument) {
    struct overflow *overflow = argument;
    see(&overflow->before);
    overflow->guard_page = overflow->before.runtime.guard_page;
    SetLastError(0x5EED);
    overflow->took = xc_recover(overflow->body, overflow->argument, take, NULL);
    overflow->error = GetLastError();
    see(&overflow->now);
    overflow->protection = guard_protection();
}
static void assert_overflow_taken(const struct overflow *overflow) {
    assert_true(overflow->took);
    assert_true(taken.is_fault);
    assert_false(taken.exiting);
    assert_int_equal(taken.value, EXCEPTION_STACK_OVERFLOW);
    assert_int_equal(overflow->error, 0x5EED);
    assert_int_equal(overflow->protection, PAGE_READWRITE | PAGE_GUARD);
    assert_seen_equal(&overflow->now, &overflow->before);
}
static void assert_body_overflows(xc_function *body, void *argument) {
    struct overflow overflow = {.body = body, .argument = argument};
    taken = (struct xc_panic){0};
    assert_int_equal(run(recover_overflow, &overflow).end, XC_ENDED_RETURN);
    assert_overflow_taken(&overflow);
}

extern const char inject_OVERFLOW_at[];

static void running_out_is_a_panic_each_time(void **state) {
    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        assert_body_overflows(run_out, NULL);
        assert_int_equal(taken.fault_pc, (uintptr_t)inject_OVERFLOW_at);
        assert_int_equal(taken.fault_address, 0); /* that is told of accesses, and this is none */
    }
}

/* In one task, where the guard page must be armed again each time. */
static void recover_five_times(void *argument) {
    for (unsigned round = 0; round < ROUNDS; round++)
        recover_overflow(argument);
}
static void twice_in_a_row_in_the_same_task(void **state) {
    (void)state;
    struct overflow overflow = {.body = run_out};
    takes = 0;
    assert_int_equal(run(recover_five_times, &overflow).end, XC_ENDED_RETURN);
    assert_int_equal(takes, ROUNDS);
    assert_overflow_taken(&overflow);
}

/* By pushing, as real recursion does, in frames of every size. */
static unsigned recurse(unsigned depth, unsigned bytes) {
    volatile char *frame = __builtin_alloca(bytes);
    frame[0] = (char)depth;
    return depth == UINT32_MAX ? 0 : recurse(depth + 1, bytes) + (unsigned)frame[0];
}
static void recurse_in(void *bytes) { recurse(0, (unsigned)(uintptr_t)bytes); }
static void frames_of_any_size_run_out(void **state) {
    (void)state;
    for (unsigned bytes = 4; bytes < PAGE - 512; bytes += 92)
        assert_body_overflows(recurse_in, (void *)(uintptr_t)bytes);
}

static void out_in_a_callback(void *unused) {
    struct step back = {run_out, unused};
    xc_call(record_around, &(struct step){call_back, &back});
}
static void out_two_callbacks_deep(void *unused) {
    struct step back = {out_in_a_callback, unused};
    xc_call(record_around, &(struct step){call_back, &back});
}
static void out_in_a_deferred_function(void *unused) { xc_defer(run_out, unused, run_out, unused); }
static void out_in_recovered(const struct xc_panic *panic, void *unused) {
    (void)panic;
    run_out(unused);
}
static void out_in_a_recovery(void *unused) { xc_recover(run_out, unused, out_in_recovered, unused); }

static void wherever_managed_code_is(void **state) {
    (void)state;
    for (unsigned round = 0; round < 2; round++) {
        assert_body_overflows(out_in_a_callback, NULL);
        assert_body_overflows(out_two_callbacks_deep, NULL);
        assert_body_overflows(out_in_a_deferred_function, NULL);
        assert_body_overflows(out_in_a_recovery, NULL);
    }
}

/* A deferred function that an unwinding of C's runs, and that recovers its own overflow. */
static void recover_out(void *unused) { xc_recover(run_out, unused, take, NULL); }
static void raise_under_defer(void *unused) {
    struct step raise = {raise_e0000001, unused};
    xc_defer(call_c, &raise, recover_out, unused);
}
static uint32_t caught_code;
static void catch_in_c(void *unused) {
    struct step back = {raise_under_defer, unused};
    caught_code = catch_around(call_back, &back);
}
static void catch_over_managed(void *unused) { xc_call(catch_in_c, unused); }
static void in_an_unwinding_of_c(void **state) {
    (void)state;
    for (unsigned round = 0; round < 2; round++) {
        takes = 0;
        assert_int_equal(run(catch_over_managed, NULL).end, XC_ENDED_RETURN);
        assert_int_equal(takes, 1);
        assert_int_equal(caught_code, 0xE0000001);
    }
}

static void nobody_recovers(void **state) {
    (void)state;
    struct xc_ending ending = run(out_in_a_callback, NULL);
    assert_int_equal(ending.end, XC_ENDED_PANIC);
    assert_true(ending.panic.is_fault);
    assert_int_equal(ending.panic.value, EXCEPTION_STACK_OVERFLOW);
}

/* Faults with the stack pointer at every place from far inside the stack down into the room below it. */
struct sweep {
    intptr_t from, to; /* relative to managed_low */
    unsigned step, recovered, overflows;
    intptr_t first_other;
};
static void fault_at_sp(void *sp) { machine_call_on((uintptr_t)sp, fault_at_nil, NULL); }
static void sweep_faults(void *argument) {
    struct sweep *sweep = argument;
    struct xc_observation now;
    xc_observe(&now);
    for (intptr_t place = sweep->to; place >= sweep->from; place -= sweep->step) {
        taken = (struct xc_panic){0};
        bool took = xc_recover(fault_at_sp, (void *)(now.managed_low + place), take, NULL);
        if (took && taken.value == EXCEPTION_ACCESS_VIOLATION)
            sweep->recovered++;
        else if (took && taken.value == EXCEPTION_STACK_OVERFLOW)
            sweep->overflows++;
        else if (!sweep->first_other)
            sweep->first_other = place;
    }
    sweep->overflows += guard_protection() != (PAGE_READWRITE | PAGE_GUARD);
}

static void a_fault_at_every_place_near_the_low_end_is_recovered(void **state) {
    (void)state;
    struct sweep sweep = {.from = 0, .to = 2 * PAGE, .step = 4};
    assert_int_equal(run(sweep_faults, &sweep).end, XC_ENDED_RETURN);
    assert_int_equal(sweep.first_other, 0);
    assert_int_equal(sweep.overflows, 0);
    assert_int_equal(sweep.recovered, 2 * PAGE / 4 + 1);
}

/* And what is below has the room that a dispatch on any processor takes. */
static void there_is_room_for_the_largest_context(void **state) {
    (void)state;
    enum { AMX = 11567 };
    struct sweep sweep = {.from = -(5 * PAGE - AMX), .to = 0, .step = 4};
    assert_int_equal(run(sweep_faults, &sweep).end, XC_ENDED_RETURN);
    assert_int_equal(sweep.first_other, 0);
    assert_int_equal(sweep.overflows, 0);
    assert_int_equal(sweep.recovered, (5 * PAGE - AMX) / 4 + 1);
}

/* Further down, code stands in that room itself. What becomes of its faults is the platform's: under Wine 8 they are faults as long as there are 1,536 bytes, and when the
 * dispatcher runs into the guard on its way to us, it is an overflow. (Where our handler itself does, nobody is asked: docs/CAVEATS.md.) */
static void assert_sweep(intptr_t from, intptr_t to, bool overflows) {
    struct sweep sweep = {.from = -5 * PAGE + from, .to = -5 * PAGE + to, .step = 12};
    unsigned places = (unsigned)(to - from) / 12 + 1;
    assert_int_equal(run(sweep_faults, &sweep).end, XC_ENDED_RETURN);
    assert_int_equal(sweep.first_other, 0);
    assert_int_equal(sweep.overflows, overflows ? places : 0);
    assert_int_equal(sweep.recovered, overflows ? 0 : places);
}
static void further_down_it_is_a_fault_or_an_overflow(void **state) {
    (void)state;
    union {
        FARPROC any;
        const char *(CDECL *version)(void);
    } wine = {GetProcAddress(GetModuleHandleA("ntdll.dll"), "wine_get_version")};
    if (!wine.any || strncmp(wine.version(), "8.", 2))
        skip(); /* another dispatcher, another room */
    assert_sweep(1760, 5 * PAGE, false); /* of which the fault itself, in its frames, uses some */
    assert_sweep(1380, 1500, true);
}

/* A recover so low that the next overflow finds hardly anything above itself. */
static void recover_low(void *sp) { machine_call_on((uintptr_t)sp, recover_out, NULL); }
static void recover_at_the_low_end(void *unused) {
    (void)unused;
    struct xc_observation now;
    xc_observe(&now);
    for (uintptr_t above = 512; above < 2 * PAGE; above += 36)
        recover_low((void *)(now.managed_low + above));
}
static void recovered_close_to_the_low_end(void **state) {
    (void)state;
    takes = 0;
    assert_int_equal(run(recover_at_the_low_end, NULL).end, XC_ENDED_RETURN);
    assert_int_equal(takes, (2 * PAGE - 512 + 35) / 36);
    assert_int_equal(taken.value, EXCEPTION_STACK_OVERFLOW);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(running_out_is_a_panic_each_time),
        cmocka_unit_test(twice_in_a_row_in_the_same_task),
        cmocka_unit_test(frames_of_any_size_run_out),
        cmocka_unit_test(wherever_managed_code_is),
        cmocka_unit_test(in_an_unwinding_of_c),
        cmocka_unit_test(nobody_recovers),
        cmocka_unit_test(a_fault_at_every_place_near_the_low_end_is_recovered),
        cmocka_unit_test(there_is_room_for_the_largest_context),
        cmocka_unit_test(further_down_it_is_a_fault_or_an_overflow),
        cmocka_unit_test(recovered_close_to_the_low_end),
    };
    return cmocka_run_group_tests(tests, runtime_begin, runtime_end);
}
