/* The rules that are asked at a certain event: a handler is entered, a fault reported, a deferred function run; and of the whole process. */
#include <string.h>

#include "findings.h"

enum { STACK_INVALID = 0x8, NESTED_CALL = 0x10, NONCONTINUABLE = 0x1, OPERATION = 4 };
static const uint32_t CODE = 0xE0000001;

static void v11_holds_for_a_handler_asked_once(void **state) {
    (void)state;
    struct verify_finding finding = finding_untouched();
    assert_true(verify_handler_entry(OPERATION, CODE, 0, 1, false, &finding));
    assert_true(verify_handler_entry(OPERATION, CODE, NONCONTINUABLE, 1, false, &finding));
    assert_true(verify_handler_entry(OPERATION, CODE, NESTED_CALL, 1, true, &finding));
    assert_true(verify_handler_entry(OPERATION, CODE, 0, 1, true, &finding)); /* outside the nested range again */
    assert_untouched(&finding);
}

static void v11_is_broken_by_the_dispatchers_flags(void **state) {
    (void)state;
    struct verify_finding finding = finding_untouched();
    assert_false(verify_handler_entry(OPERATION, CODE, STACK_INVALID, 1, true, &finding));
    assert_finding(&finding, VERIFY_V11, "the dispatcher found the stack invalid", OPERATION, STACK_INVALID, CODE, 1);
    assert_false(verify_handler_entry(OPERATION, CODE, NESTED_CALL, 1, false, &finding));
    assert_finding(&finding, VERIFY_V11, "a nested call where no handler was running", OPERATION, NESTED_CALL, CODE, 1);
}

static void v11_is_broken_by_a_handler_asked_twice(void **state) {
    (void)state;
    struct verify_finding finding = finding_untouched();
    assert_false(verify_handler_entry(OPERATION, CODE, 0, 2, false, &finding));
    assert_finding(&finding, VERIFY_V11, "the handler was entered twice in one phase", OPERATION, 0, CODE, 2);
    assert_false(verify_handler_entry(OPERATION, CODE, NESTED_CALL, 3, true, &finding));
    assert_finding(&finding, VERIFY_V11, "the handler was entered twice in one phase", OPERATION, NESTED_CALL, CODE, 3);
}

static void v17_wants_what_the_table_has(void **state) {
    (void)state;
    enum { ACCESS = 0xC0000005, ADDRESS = 0x123 };
    static const struct verify_fault expected = {ACCESS, {0x1000, 0x1002}, {2, 3}, 2, {1, ADDRESS}};
    static const struct {
        struct verify_fault_seen seen;
        const char *words; /* NULL: fine */
        uint64_t which, now, wanted;
    } cases[] = {
        {{ACCESS, 0x1000, 2, {1, ADDRESS}}, NULL, 0, 0, 0},
        {{ACCESS, 0x1002, 3, {1, ADDRESS}}, NULL, 0, 0, 0},
        {{0xC0000094, 0x5555, 9, {7, 7}}, NULL, 0, 0, 0}, /* another code: the trace says so */
        {{ACCESS, 0x1001, 2, {1, ADDRESS}}, "the pc is not where the instruction is", 1, 0x1001, 0x1000},
        {{ACCESS, 0x1003, 2, {1, ADDRESS}}, "the pc is not where the instruction is", 1, 0x1003, 0x1000},
        {{ACCESS, 0x1000, 1, {1, ADDRESS}}, "not as many parameters as the fault has", 2, 1, 2},
        {{ACCESS, 0x1000, 4, {1, ADDRESS}}, "not as many parameters as the fault has", 2, 4, 2},
        {{ACCESS, 0x1000, 2, {0, ADDRESS}}, "the access is of another kind", 3, 0, 1},
        {{ACCESS, 0x1000, 2, {1, ADDRESS + 1}}, "the address is another", 4, ADDRESS + 1, ADDRESS},
    };
    for (unsigned index = 0; index < COUNT_OF(cases); index++) {
        struct verify_finding finding = finding_untouched();
        assert_int_equal(verify_fault_report(OPERATION, &expected, &cases[index].seen, &finding), cases[index].words == NULL);
        if (cases[index].words)
            assert_finding(&finding, VERIFY_V17, cases[index].words, cases[index].which, cases[index].now, cases[index].wanted, OPERATION);
        else
            assert_untouched(&finding);
    }
    struct verify_fault partly = expected; /* what is not known is any */
    partly.known = 1;
    struct verify_finding finding = finding_untouched();
    assert_true(verify_fault_report(OPERATION, &partly, &(struct verify_fault_seen){ACCESS, 0x1000, 2, {1, 0x777}}, &finding));
    assert_false(verify_fault_report(OPERATION, &partly, &(struct verify_fault_seen){ACCESS, 0x1000, 2, {8, 0x777}}, &finding));
    assert_finding(&finding, VERIFY_V17, "the access is of another kind", 3, 8, 1, OPERATION);
}

static void v12_wants_a_guard_page_that_is_armed(void **state) {
    (void)state;
    enum { PAGE_NOACCESS_ = 0x01, PAGE_READWRITE_ = 0x04, PAGE_GUARD_ = 0x100 };
    struct verify_finding finding = finding_untouched();
    assert_true(verify_guard(0x8000, PAGE_READWRITE_ | PAGE_GUARD_, &finding));
    assert_untouched(&finding);
    assert_false(verify_guard(0x8000, PAGE_READWRITE_, &finding));
    assert_finding(&finding, VERIFY_V12, "the managed stack's guard page is not armed", 0x8000, PAGE_READWRITE_, 0, 0);
    assert_false(verify_guard(0x8000, PAGE_NOACCESS_, &finding));
    assert_finding(&finding, VERIFY_V12, "the managed stack's guard page is not armed", 0x8000, PAGE_NOACCESS_, 0, 0);
    assert_false(verify_guard(0x8000, 0, &finding)); /* VirtualQuery knows no such page */
}

static void v13_names_the_first_byte_that_was_written(void **state) {
    (void)state;
    unsigned char before[64], now[64];
    struct verify_finding finding = finding_untouched();
    memset(before, 0xA5, sizeof before);
    memcpy(now, before, sizeof now);
    assert_true(verify_below_stack(before, now, sizeof now, 0x7000, 0x9000, &finding));
    now[63] = 1;
    assert_true(verify_below_stack(before, now, 63, 0x7000, 0x9000, &finding)); /* the 64th is nobody's business */
    assert_true(verify_below_stack(before, now, 0, 0x7000, 0x9000, &finding));
    assert_untouched(&finding);
    assert_false(verify_below_stack(before, now, sizeof now, 0x7000, 0x9000, &finding));
    assert_finding(&finding, VERIFY_V13, "memory below the managed stack was written", 0x703F, 1, 0x9000, 0);
    now[0] = 2;
    assert_false(verify_below_stack(before, now, sizeof now, 0x7000, 0x9000, &finding));
    assert_finding(&finding, VERIFY_V13, "memory below the managed stack was written", 0x7000, 2, 0x9000, 0);
}

static void v14_is_broken_by_another_filter(void **state) {
    (void)state;
    struct verify_finding finding = finding_untouched();
    assert_true(verify_process_handlers(0x401000, 0x401000, &finding));
    assert_true(verify_process_handlers(0, 0, &finding));
    assert_untouched(&finding);
    assert_false(verify_process_handlers(0x401000, 0, &finding));
    assert_finding(&finding, VERIFY_V14, "the unhandled-exception filter is another", 0, 0x401000, 0, 0);
}

static void v15_is_broken_by_a_lock_of_this_thread_only(void **state) {
    (void)state;
    struct verify_finding finding = finding_untouched();
    assert_true(verify_system_locks(0, 0, 0x24, &finding));
    assert_true(verify_system_locks(0x28, 0x2C, 0x24, &finding)); /* other threads may well be loading something */
    assert_untouched(&finding);
    assert_false(verify_system_locks(0x24, 0x24, 0x24, &finding));
    assert_finding(&finding, VERIFY_V15, "this thread still owns the loader lock", 1, 0x24, 0x24, 0);
    assert_false(verify_system_locks(0x28, 0x24, 0x24, &finding));
    assert_finding(&finding, VERIFY_V15, "this thread still owns the PEB lock", 2, 0x24, 0x24, 0);
}

static struct verify_deferred deferred;

static void deferred_begin(void) {
    deferred.count = 0;
    verify_deferred_open(&deferred, 3);
    verify_deferred_open(&deferred, 5);
}

static void v16_holds_for_innermost_first(void **state) {
    (void)state;
    struct verify_finding finding = finding_untouched();
    deferred_begin();
    assert_true(verify_deferred_runs(&deferred, 5, &finding));
    assert_true(verify_deferred_left(&deferred, 1, &finding));
    assert_true(verify_deferred_runs(&deferred, 3, &finding));
    assert_true(verify_deferred_left(&deferred, 0, &finding));
    assert_untouched(&finding);
}

static void v16_is_broken_by_another_order(void **state) {
    (void)state;
    struct verify_finding finding = finding_untouched();
    deferred_begin();
    assert_false(verify_deferred_runs(&deferred, 3, &finding));
    assert_finding(&finding, VERIFY_V16, "a deferred function ran out of its turn", 3, 5, 2, 2);
    assert_int_equal(deferred.count, 2);
}

static void v16_is_broken_by_running_twice(void **state) {
    (void)state;
    struct verify_finding finding = finding_untouched();
    deferred_begin();
    assert_true(verify_deferred_runs(&deferred, 5, &finding));
    assert_false(verify_deferred_runs(&deferred, 5, &finding));
    assert_finding(&finding, VERIFY_V16, "a deferred function ran out of its turn", 5, 3, 1, 1);
    assert_true(verify_deferred_runs(&deferred, 3, &finding));
    assert_false(verify_deferred_runs(&deferred, 3, &finding));
    assert_finding(&finding, VERIFY_V16, "a deferred function ran out of its turn", 3, 0, 0, 0);
    assert_false(verify_deferred_runs(&deferred, 0, &finding)); /* nobody's turn is not the turn of nobody */
}

static void v16_is_broken_by_not_running(void **state) {
    (void)state;
    struct verify_finding finding = finding_untouched();
    deferred_begin();
    assert_false(verify_deferred_left(&deferred, 1, &finding));
    assert_finding(&finding, VERIFY_V16, "a deferred function has not run, or ran twice", 0, 5, 2, 1);
    deferred.count = 0;
    assert_false(verify_deferred_left(&deferred, 1, &finding));
    assert_finding(&finding, VERIFY_V16, "a deferred function has not run, or ran twice", 0, 0, 0, 1);
}

static void v16_keeps_as_many_as_a_text_can_nest(void **state) {
    (void)state;
    struct verify_finding finding = finding_untouched();
    deferred.count = 0;
    for (unsigned operation = 1; operation <= VERIFY_DEFERRED_MAX + 10; operation++)
        verify_deferred_open(&deferred, (uint16_t)operation);
    assert_int_equal(deferred.count, VERIFY_DEFERRED_MAX);
    assert_true(verify_deferred_runs(&deferred, VERIFY_DEFERRED_MAX, &finding));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(v11_holds_for_a_handler_asked_once),
        cmocka_unit_test(v11_is_broken_by_the_dispatchers_flags),
        cmocka_unit_test(v11_is_broken_by_a_handler_asked_twice),
        cmocka_unit_test(v17_wants_what_the_table_has),
        cmocka_unit_test(v12_wants_a_guard_page_that_is_armed),
        cmocka_unit_test(v13_names_the_first_byte_that_was_written),
        cmocka_unit_test(v14_is_broken_by_another_filter),
        cmocka_unit_test(v15_is_broken_by_a_lock_of_this_thread_only),
        cmocka_unit_test(v16_holds_for_innermost_first),
        cmocka_unit_test(v16_is_broken_by_another_order),
        cmocka_unit_test(v16_is_broken_by_running_twice),
        cmocka_unit_test(v16_is_broken_by_not_running),
        cmocka_unit_test(v16_keeps_as_many_as_a_text_can_nest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
