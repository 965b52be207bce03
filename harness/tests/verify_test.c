/* The rules in pairs, over synthetic data: for each one what holds, and each way to break it. The chain (V2, V3) has a file of its own, and so have those that belong to an event. */
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
