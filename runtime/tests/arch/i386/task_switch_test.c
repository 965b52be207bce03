/* xc_arch_task_switch, there and back: each side finds what it must keep as it left it, whatever the other one did. xc_arch_task_entry is where every task of task_test.c begins. */
#include <string.h>

#include "support.h"

#include "arch.h"

enum { STACK_BYTES = 16 << 10, TIMES = 3 };

static _Alignas(16) char stack[STACK_BYTES];
static uintptr_t here_sp, there_sp;
static struct side {
    unsigned times;
    uintptr_t sp;
    uint32_t mxcsr, x87_control, x87_tag;
    bool kept;
} there;

static void set_floats(uint32_t mxcsr, uint16_t x87_control) { __asm__ volatile("ldmxcsr %0\n\tfldcw %1" : : "m"(mxcsr), "m"(x87_control)); }

static void switch_away(void) { xc_arch_task_switch(&there_sp, here_sp); }

/* The other side, which the switch enters as if it had gone away from there. */
static void other_side(void) {
    set_floats(0x9F80, 0x0F7F);
    for (;;) {
        struct machine_checked checked = {.function = (void *)switch_away, .before = {0x0E0E0E01, 0x0E0E0E02, 0x0E0E0E03}};
        there.times++;
        machine_checked_call(&checked);
        there.kept = !memcmp(checked.before, checked.after, sizeof checked.before) && checked.sp_before == checked.sp_after && checked.ebp_before == checked.ebp_after;
        there.sp = machine_sp();
        there.mxcsr = machine_mxcsr_control();
        machine_x87(&there.x87_control, &there.x87_tag);
    }
}

static void switch_there(void) { xc_arch_task_switch(&here_sp, there_sp); }

static void leave_an_exception_pending(void) {
    static const double zero = 0;
    __asm__ volatile("fldz\n\tfdivl %0\n\tfstp %%st(0)" : : "m"(zero)); /* 0 / 0, masked here */
}

static void both_sides_keep_what_is_theirs(void **state) {
    (void)state;
    uint32_t x87_control, x87_tag;
    there_sp = xc_arch_task_prepare((uintptr_t)stack + sizeof stack, NULL);
    ((struct xc_arch_switched *)there_sp)->pc = (uintptr_t)other_side;
    uintptr_t head = machine_tib(TIB_HEAD), base = machine_tib(TIB_STACK_BASE), limit = machine_tib(TIB_STACK_LIMIT);
    set_floats(0x1FC0, 0x037F);
    for (unsigned time = 1; time <= TIMES; time++) {
        struct machine_checked checked = {.function = (void *)switch_there, .before = {0xE0E0E001, 0xE0E0E002, 0xE0E0E003}};
        leave_an_exception_pending(); /* what is masked here and pending must not come up there, nor behind */
        machine_checked_call(&checked);
        uint32_t mxcsr = machine_mxcsr_control();
        machine_x87(&x87_control, &x87_tag);
        assert_memory_equal(checked.before, checked.after, sizeof checked.before);
        assert_int_equal(checked.sp_after, checked.sp_before);
        assert_int_equal(checked.ebp_after, checked.ebp_before);
        assert_int_equal(mxcsr, 0x1FC0 & ~0x3F);
        assert_int_equal(x87_control, 0x037F);
        assert_int_equal(x87_tag, 0xFFFF);
        assert_int_equal(there.times, time);
        if (time > 1) {
            assert_true(there.kept);
            assert_true(there.sp > (uintptr_t)stack && there.sp < (uintptr_t)stack + sizeof stack);
            assert_int_equal(there.mxcsr, 0x9F80);
            assert_int_equal(there.x87_control, 0x0F7F);
            assert_int_equal(there.x87_tag, 0xFFFF);
        }
    }
    set_floats(0x1F80, 0x037F);
    assert_int_equal(machine_tib(TIB_HEAD), head);
    assert_int_equal(machine_tib(TIB_STACK_BASE), base);
    assert_int_equal(machine_tib(TIB_STACK_LIMIT), limit);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(both_sides_keep_what_is_theirs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
