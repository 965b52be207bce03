/* The rules over synthetic data: for each one what holds, and each way to break it. The chain (V2, V3) has a file of its own. */
#include <string.h>

#include "findings.h"

static void every_rule_has_its_number_name_code_and_title(void **state) {
    (void)state;
    for (unsigned index = 0; index < COUNT_OF(rule_contracts); index++) {
        const struct rule_contract *contract = &rule_contracts[index];
        assert_int_equal(contract->rule, index + 1);
        assert_string_equal(verify_rule_name(contract->rule), contract->name);
        assert_string_equal(verify_rule_title(contract->rule), contract->title);
        assert_int_equal(verify_rule_code(contract->rule), contract->code);
        assert_true(strlen(verify_rule_text(contract->rule)) > 20);
    }
    assert_int_equal(verify_rule_code(VERIFY_NO_RULE), 0);
}

static void no_two_rules_share_a_code_or_a_title(void **state) {
    (void)state;
    for (enum verify_rule one = VERIFY_V1; one < VERIFY_RULE_COUNT; one++)
        for (enum verify_rule other = one + 1; other < VERIFY_RULE_COUNT; other++) {
            assert_int_not_equal(verify_rule_code(one), verify_rule_code(other));
            assert_string_not_equal(verify_rule_title(one), verify_rule_title(other));
        }
}

/* Every field has a value of its own, so that a rule that reads the wrong one is noticed. */
static struct verify_snapshot snapshot(void) {
    return (struct verify_snapshot){
        .thread = 0x24,
        .head = 0x61F000, .stack_base = 0x620000, .stack_limit = 0x600000, .deallocation_stack = 0x420000, .fiber_data = 0x1E00,
        .stack_pointer = 0x93F0, .callee_saved = {0xB0, 0x51, 0xD1, 0xEB}, .flags = 0x246, .x87_control = 0x37F, .x87_tag = 0xFFFF, .mxcsr = 0x1F80,
        .task = 1, .depth = 2, .locks = 3, .panic_on_fault = 0, .system_sp = 0x61E000, .frames = 5, .innermost_frame = 0x9400,
        .innermost_call = 0x9500, .innermost_record = 0x61F010,
    };
}

static void assert_restored_broken(const struct verify_snapshot *now, enum verify_rule rule, const char *words, uint64_t p1, uint64_t p2, uint64_t p3,
                                   uint64_t p4) {
    const struct verify_snapshot entry = snapshot();
    struct verify_finding finding = finding_untouched();
    assert_false(verify_restored(&entry, now, &finding));
    assert_finding(&finding, rule, words, p1, p2, p3, p4);
}

static void assert_restored_holds(const struct verify_snapshot *now) {
    const struct verify_snapshot entry = snapshot();
    struct verify_finding finding = finding_untouched();
    assert_true(verify_restored(&entry, now, &finding));
    assert_untouched(&finding);
}

static void what_is_as_it_was_breaks_no_rule(void **state) {
    (void)state;
    struct verify_snapshot now = snapshot();
    assert_restored_holds(&now);
    now.flags = 0x246 | 0xD5; /* carry, parity, adjust, zero, sign: nobody's after a call */
    assert_restored_holds(&now);
}

static void v1_is_broken_by_another_head(void **state) {
    (void)state;
    struct verify_snapshot now = snapshot();
    now.head = 0x61D000;
    assert_restored_broken(&now, VERIFY_V1, "the head of the exception list was not put back", 0x61D000, 0x61F000, 0x93F0, 0x61E000);
}

static void v4_is_broken_by_each_field_of_the_tib(void **state) {
    (void)state;
    struct verify_snapshot now = snapshot();
    now.stack_base = 0x630000;
    assert_restored_broken(&now, VERIFY_V4, "StackBase changed", 0, 0x630000, 0x620000, 0);
    now = snapshot();
    now.stack_limit = 0x601000;
    assert_restored_broken(&now, VERIFY_V4, "StackLimit changed", 1, 0x601000, 0x600000, 0);
    now = snapshot();
    now.deallocation_stack = 0;
    assert_restored_broken(&now, VERIFY_V4, "DeallocationStack changed", 2, 0, 0x420000, 0);
    now.deallocation_stack = 0x410000; /* sinking is the limit's privilege */
    assert_restored_broken(&now, VERIFY_V4, "DeallocationStack changed", 2, 0x410000, 0x420000, 0);
    now = snapshot();
    now.fiber_data = 0x1E04;
    assert_restored_broken(&now, VERIFY_V4, "FiberData changed", 3, 0x1E04, 0x1E00, 0);
}

static void v4_holds_while_a_stack_grows(void **state) {
    (void)state;
    struct verify_snapshot now = snapshot();
    now.stack_limit = 0x5FF000;
    assert_restored_holds(&now);
}

static void v5_is_broken_by_another_stack_pointer(void **state) {
    (void)state;
    struct verify_snapshot now = snapshot();
    now.stack_pointer = 0x93E0; /* aligned to 16 as the one before: exactly, not only aligned */
    assert_restored_broken(&now, VERIFY_V5, "the stack pointer is another", 0x93E0, 0x93F0, 0, 0);
}

static void v6_is_broken_by_each_callee_saved_register(void **state) {
    (void)state;
    static const char *const words[] = {"ebx or its like was lost", "esi or its like was lost", "edi or its like was lost", "ebp or its like was lost"};
    const struct verify_snapshot entry = snapshot();
    for (unsigned index = 0; index < COUNT_OF(words); index++) {
        struct verify_snapshot now = snapshot();
        now.callee_saved[index] = 0x77;
        assert_restored_broken(&now, VERIFY_V6, words[index], index, 0x77, entry.callee_saved[index], 0);
    }
}

static void v7_is_broken_by_each_dirty_flag(void **state) {
    (void)state;
    enum { TRAP = 0x100, DIRECTION = 0x400, ALIGNMENT_CHECK = 0x40000 };
    static const struct {
        uint32_t dirty;
        const char *words;
    } flags[] = {
        {DIRECTION, "the direction flag is set"},
        {TRAP, "the trap or alignment-check flag is set"},
        {ALIGNMENT_CHECK, "the trap or alignment-check flag is set"},
        {DIRECTION | TRAP, "the direction flag is set"},
    };
    for (unsigned index = 0; index < COUNT_OF(flags); index++) {
        struct verify_snapshot now = snapshot();
        now.flags |= flags[index].dirty;
        assert_restored_broken(&now, VERIFY_V7, flags[index].words, 0x246 | flags[index].dirty, flags[index].dirty, 0, 0);
    }
}

static void v7_asks_for_clear_flags_whatever_they_were(void **state) {
    (void)state;
    struct verify_snapshot entry = snapshot(), now = snapshot();
    struct verify_finding broken = finding_untouched();
    entry.flags = now.flags = 0x646;
    assert_false(verify_restored(&entry, &now, &broken));
    assert_finding(&broken, VERIFY_V7, "the direction flag is set", 0x646, 0x400, 0, 0);
}

static void v8_is_broken_by_each_word_of_the_float_state(void **state) {
    (void)state;
    struct verify_snapshot now = snapshot();
    now.x87_control = 0x27F;
    assert_restored_broken(&now, VERIFY_V8, "the x87 control word changed", 0, 0x27F, 0x37F, 0);
    now = snapshot();
    now.x87_tag = 0x3FFF;
    assert_restored_broken(&now, VERIFY_V8, "the x87 stack is not as full as it was", 1, 0x3FFF, 0xFFFF, 0);
    now = snapshot();
    now.mxcsr = 0x9F80;
    assert_restored_broken(&now, VERIFY_V8, "MXCSR's control bits changed", 2, 0x9F80, 0x1F80, 0);
}

static void v9_is_broken_by_each_field_of_the_runtimes_state(void **state) {
    (void)state;
    static const struct {
        enum verify_field field;
        const char *words;
        size_t offset;
    } fields[] = {
        {VERIFY_TASK, "another task is running", offsetof(struct verify_snapshot, task)},
        {VERIFY_DEPTH, "the call depth changed", offsetof(struct verify_snapshot, depth)},
        {VERIFY_LOCKS, "the lock count changed", offsetof(struct verify_snapshot, locks)},
        {VERIFY_PANIC_ON_FAULT, "panic-on-fault changed", offsetof(struct verify_snapshot, panic_on_fault)},
        {VERIFY_SYSTEM_SP, "the saved system-stack pointer changed", offsetof(struct verify_snapshot, system_sp)},
        {VERIFY_FRAMES, "the number of open frames changed", offsetof(struct verify_snapshot, frames)},
        {VERIFY_INNERMOST_FRAME, "the frame list has another head", offsetof(struct verify_snapshot, innermost_frame)},
        {VERIFY_INNERMOST_CALL, "the call list has another head", offsetof(struct verify_snapshot, innermost_call)},
        {VERIFY_INNERMOST_RECORD, "another callback's record counts as the innermost", offsetof(struct verify_snapshot, innermost_record)},
        {VERIFY_THREAD, "the task goes on on another thread", offsetof(struct verify_snapshot, thread)},
    };
    for (unsigned index = 0; index < COUNT_OF(fields); index++) {
        struct verify_snapshot now = snapshot();
        uint64_t *field = (uint64_t *)((char *)&now + fields[index].offset), before = *field;
        *field = 77;
        assert_restored_broken(&now, VERIFY_V9, fields[index].words, fields[index].field, 77, before, 0);
        assert_int_equal(fields[index].field, index + 1); /* the number is in every stop line */
    }
}

static void of_several_broken_rules_the_first_is_named(void **state) {
    (void)state;
    struct verify_snapshot now = snapshot();
    now.locks = 9;
    now.mxcsr = 0;
    assert_restored_broken(&now, VERIFY_V8, "MXCSR's control bits changed", 2, 0, 0x1F80, 0);
    now.callee_saved[3] = 0;
    assert_restored_broken(&now, VERIFY_V6, "ebp or its like was lost", 3, 0, 0xEB, 0);
    now.head = 0;
    assert_restored_broken(&now, VERIFY_V1, "the head of the exception list was not put back", 0, 0x61F000, 0x93F0, 0x61E000);
    now.thread = 0x28; /* on another thread, nothing that belongs to one can be the same */
    assert_restored_broken(&now, VERIFY_V9, "the task goes on on another thread", VERIFY_THREAD, 0x28, 0x24, 0);
}

static void v10_is_broken_by_another_last_error(void **state) {
    (void)state;
    struct verify_finding finding = finding_untouched();
    assert_true(verify_last_error(0x5EED0003, 0x5EED0003, &finding));
    assert_untouched(&finding);
    assert_false(verify_last_error(0x5EED0003, 487, &finding));
    assert_finding(&finding, VERIFY_V10, "the fault changed the thread's last-error value", 487, 0x5EED0003, 0, 0);
    assert_false(verify_last_error(0, 0xFFFFFFFF, &finding));
    assert_finding(&finding, VERIFY_V10, "the fault changed the thread's last-error value", 0xFFFFFFFF, 0, 0, 0);
}

static void v5_holds_where_compiled_code_is_entered_aligned(void **state) {
    (void)state;
    struct verify_finding finding = finding_untouched();
    assert_true(verify_entry(0x93F0, 16, &finding));
    assert_true(verify_entry(0x93F8, 8, &finding));
    assert_untouched(&finding);
    for (uint64_t skew = 4; skew < 16; skew += 4) {
        assert_false(verify_entry(0x93F0 + skew, 16, &finding));
        assert_finding(&finding, VERIFY_V5, "compiled code was entered with a stack that is not aligned", 0x93F0 + skew, 0x93F0, 0, 0);
    }
}

static void v19_breaks_with_an_argument_or_the_result(void **state) {
    (void)state;
    struct verify_finding finding = finding_untouched();
    assert_true(verify_argument(7, 7, 2, 3, &finding));
    assert_true(verify_argument(0, 0, VERIFY_RESULT, 0, &finding));
    assert_untouched(&finding);
    assert_false(verify_argument(8, 7, 2, 3, &finding));
    assert_finding(&finding, VERIFY_V19, "a callback got another argument than C passed", 2, 8, 7, 3);
    assert_false(verify_argument(8, 7, VERIFY_RESULT, 3, &finding));
    assert_finding(&finding, VERIFY_V19, "C got another result than the callback gave", VERIFY_RESULT, 8, 7, 3);
}

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
        cmocka_unit_test(v5_holds_where_compiled_code_is_entered_aligned),
        cmocka_unit_test(v19_breaks_with_an_argument_or_the_result),
        cmocka_unit_test(every_rule_has_its_number_name_code_and_title),
        cmocka_unit_test(no_two_rules_share_a_code_or_a_title),
        cmocka_unit_test(what_is_as_it_was_breaks_no_rule),
        cmocka_unit_test(v1_is_broken_by_another_head),
        cmocka_unit_test(v4_is_broken_by_each_field_of_the_tib),
        cmocka_unit_test(v4_holds_while_a_stack_grows),
        cmocka_unit_test(v5_is_broken_by_another_stack_pointer),
        cmocka_unit_test(v6_is_broken_by_each_callee_saved_register),
        cmocka_unit_test(v7_is_broken_by_each_dirty_flag),
        cmocka_unit_test(v7_asks_for_clear_flags_whatever_they_were),
        cmocka_unit_test(v8_is_broken_by_each_word_of_the_float_state),
        cmocka_unit_test(v9_is_broken_by_each_field_of_the_runtimes_state),
        cmocka_unit_test(of_several_broken_rules_the_first_is_named),
        cmocka_unit_test(v10_is_broken_by_another_last_error),
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
