/* Hardware faults in managed code that become panics: which, what the panic says, and that the next one works like the first. */
#include "misbehave.h"
#include "support.h"

static struct xc_panic taken;
static void take(const struct xc_panic *panic, void *unused) {
    (void)unused;
    taken = *panic;
}

static void fault_of_kind(void *kind) { inject_fault((enum scenario_fault_kind)(uintptr_t)kind); }

/* The last-error value around a recover, and what the recover said. */
struct recovery {
    xc_function *body;
    void *argument;
    bool panic_on_fault, took;
    DWORD error_after;
};
static void recover_fault(void *argument) {
    struct recovery *recovery = argument;
    xc_task_panic_on_fault_set(recovery->panic_on_fault);
    SetLastError(0x5EED);
    recovery->took = xc_recover(recovery->body, recovery->argument, take, NULL);
    recovery->error_after = GetLastError();
}

static void assert_becomes_a_panic(xc_function *body, void *argument, bool panic_on_fault, uint32_t status) {
    struct recovery recovery = {body, argument, panic_on_fault, false, 0};
    taken = (struct xc_panic){0};
    assert_int_equal(run(recover_fault, &recovery).end, XC_ENDED_RETURN);
    assert_true(recovery.took);
    assert_int_equal(taken.value, status);
    assert_true(taken.is_fault);
    assert_false(taken.exiting);
    assert_int_equal(recovery.error_after, 0x5EED);
}

static void assert_fault_is_at(uintptr_t address, const char *pc) {
    assert_int_equal(taken.fault_address, address);
    assert_int_equal(taken.fault_pc, (uintptr_t)pc);
}

extern const char inject_NIL_READ_at[], inject_NIL_WRITE_at[], inject_WILD_READ_at[], inject_WILD_WRITE_at[], inject_DIV0_at[], inject_INTO_after[];
extern uintptr_t inject_wild_address, inject_data_address;

static void faults_near_address_0_become_panics(void **state) {
    (void)state;
    assert_becomes_a_panic(fault_of_kind, (void *)SCENARIO_FAULT_NIL_READ, false, EXCEPTION_ACCESS_VIOLATION);
    assert_fault_is_at(0, inject_NIL_READ_at);
    assert_becomes_a_panic(fault_of_kind, (void *)SCENARIO_FAULT_NIL_WRITE, false, EXCEPTION_ACCESS_VIOLATION);
    assert_fault_is_at(0, inject_NIL_WRITE_at);
    assert_becomes_a_panic(fault_of_kind, (void *)SCENARIO_FAULT_NIL_EXEC, false, EXCEPTION_ACCESS_VIOLATION);
    assert_fault_is_at(0, NULL);
}

static void read_at(void *address) { (void)*(volatile char *)address; }

static void the_last_byte_of_the_first_page_is_near(void **state) {
    (void)state;
    assert_becomes_a_panic(read_at, (void *)4095, false, EXCEPTION_ACCESS_VIOLATION);
    assert_int_equal(taken.fault_address, 4095);
    assert_becomes_a_panic(read_at, (void *)4096, true, EXCEPTION_ACCESS_VIOLATION); /* one more needs panic-on-fault: ending_test.c */
    assert_int_equal(taken.fault_address, 4096);
}

static void faults_anywhere_become_panics_with_panic_on_fault(void **state) {
    (void)state;
    assert_becomes_a_panic(fault_of_kind, (void *)SCENARIO_FAULT_WILD_READ, true, EXCEPTION_ACCESS_VIOLATION);
    assert_fault_is_at(inject_wild_address, inject_WILD_READ_at);
    assert_becomes_a_panic(fault_of_kind, (void *)SCENARIO_FAULT_WILD_WRITE, true, EXCEPTION_ACCESS_VIOLATION);
    assert_fault_is_at(inject_wild_address, inject_WILD_WRITE_at);
    assert_becomes_a_panic(fault_of_kind, (void *)SCENARIO_FAULT_NOEXEC, true, EXCEPTION_ACCESS_VIOLATION);
    assert_fault_is_at(inject_data_address, (const char *)inject_data_address);
}

static void arithmetic_faults_become_panics(void **state) {
    (void)state;
    assert_becomes_a_panic(fault_of_kind, (void *)SCENARIO_FAULT_DIV0, false, EXCEPTION_INT_DIVIDE_BY_ZERO);
    assert_fault_is_at(0, inject_DIV0_at);
    assert_becomes_a_panic(fault_of_kind, (void *)SCENARIO_FAULT_INTO, false, EXCEPTION_INT_OVERFLOW);
    assert_int_equal(taken.fault_address, 0);
    assert_true(taken.fault_pc == (uintptr_t)inject_INTO_after || taken.fault_pc + 1 == (uintptr_t)inject_INTO_after); /* a trap: processors differ */
}

static void fault_in_a_deferred_function(void *unused) {
    (void)unused;
    xc_defer(panic_with_7, NULL, fault_at_nil, NULL);
}
static void fault_in_recovered(const struct xc_panic *panic, void *unused) {
    (void)panic;
    fault_at_nil(unused);
}
static void fault_in_a_recovery(void *unused) {
    (void)unused;
    xc_recover(panic_with_7, NULL, fault_in_recovered, NULL);
}
static void fault_in_a_callback(void *unused) {
    struct step back = {fault_at_nil, unused};
    xc_call(record_around, &(struct step){call_back, &back});
}

static void faults_are_panics_wherever_managed_code_is(void **state) {
    (void)state;
    assert_becomes_a_panic(fault_in_a_deferred_function, NULL, false, EXCEPTION_ACCESS_VIOLATION);
    assert_becomes_a_panic(fault_in_a_recovery, NULL, false, EXCEPTION_ACCESS_VIOLATION);
    assert_becomes_a_panic(fault_in_a_callback, NULL, false, EXCEPTION_ACCESS_VIOLATION);
}

static void count_faults(void *count) {
    static const enum scenario_fault_kind kinds[] = {SCENARIO_FAULT_NIL_READ, SCENARIO_FAULT_DIV0, SCENARIO_FAULT_NIL_EXEC, SCENARIO_FAULT_INTO};
    for (unsigned round = 0; round < 1000; round++)
        *(unsigned *)count += xc_recover(round % 2 ? fault_of_kind : fault_in_a_callback, (void *)(uintptr_t)kinds[round % COUNT_OF(kinds)], NULL, NULL);
}

static void the_thousandth_fault_is_like_the_first(void **state) {
    (void)state;
    unsigned count = 0;
    assert_int_equal(run(count_faults, &count).end, XC_ENDED_RETURN);
    assert_int_equal(count, 1000);
}

/* A fault that nobody recovers ends the task as a panic does. */
static void an_unrecovered_fault_ends_the_task(void **state) {
    (void)state;
    struct xc_ending ending = run(fault_in_a_callback, NULL);
    assert_int_equal(ending.end, XC_ENDED_PANIC);
    assert_int_equal(ending.panic.value, EXCEPTION_ACCESS_VIOLATION);
    assert_true(ending.panic.is_fault);
    assert_int_equal(run(do_nothing, NULL).end, XC_ENDED_RETURN);
}

/* The x87 reports a fault at the next instruction of its own that waits, whoever executes it. */
static void divide_and_wait(void *unused) {
    (void)unused;
    misbehave_x87_divide(1);
}
static void divide_and_panic(void *unused) {
    (void)unused;
    misbehave_x87_divide(0);
    xc_panic(7);
}
static void divide_and_fault(void *unused) {
    misbehave_x87_divide(0);
    fault_at_nil(unused);
}

static void float_faults_become_panics(void **state) {
    (void)state;
    for (int round = 0; round < 3; round++) {
        assert_becomes_a_panic(divide_and_wait, NULL, false, EXCEPTION_FLT_DIVIDE_BY_ZERO);
        assert_int_equal(taken.fault_address, 0);
    }
}

static void a_float_fault_that_waits_is_wiped_by_another_panic(void **state) {
    (void)state;
    for (int round = 0; round < 3; round++) {
        assert_becomes_a_panic(divide_and_fault, NULL, false, EXCEPTION_ACCESS_VIOLATION);
        struct recovery recovery = {divide_and_panic, NULL, false, false, 0};
        assert_int_equal(run(recover_fault, &recovery).end, XC_ENDED_RETURN);
        assert_int_equal(taken.value, 7);
        assert_int_equal(recovery.error_after, 0x5EED);
        assert_true(misbehave_x87_eight() == 8.0);
    }
}

static void divide_masked_and_panic(void *unused) {
    (void)unused;
    misbehave_x87_divide_masked();
    xc_panic(7);
}
/* Managed code that has division by zero unmasked, as Delphi's has, around C-like code that masks it. */
static void recover_unmasked(void *eight) {
    misbehave_float_words_set(0x037B, 0x1F80);
    xc_recover(divide_masked_and_panic, NULL, take, NULL);
    *(double *)eight = misbehave_x87_eight();
    misbehave_float_words_set(0x037F, 0x1F80);
}

static void what_wiped_code_did_with_float_faults_masked_never_comes_up(void **state) {
    (void)state;
    double eight = 0;
    assert_int_equal(run(recover_unmasked, &eight).end, XC_ENDED_RETURN);
    assert_int_equal(taken.value, 7);
    assert_true(eight == 8.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_near_address_0_become_panics),
        cmocka_unit_test(the_last_byte_of_the_first_page_is_near),
        cmocka_unit_test(faults_anywhere_become_panics_with_panic_on_fault),
        cmocka_unit_test(arithmetic_faults_become_panics),
        cmocka_unit_test(faults_are_panics_wherever_managed_code_is),
        cmocka_unit_test(the_thousandth_fault_is_like_the_first),
        cmocka_unit_test(an_unrecovered_fault_ends_the_task),
        cmocka_unit_test(float_faults_become_panics),
        cmocka_unit_test(a_float_fault_that_waits_is_wiped_by_another_panic),
        cmocka_unit_test(what_wiped_code_did_with_float_faults_masked_never_comes_up),
    };
    return cmocka_run_group_tests(tests, runtime_begin, runtime_end);
}
