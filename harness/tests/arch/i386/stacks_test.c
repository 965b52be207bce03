/* machine_stacks_keep and machine_stacks_put_back, through the register checker: whoever comes back finds registers, both stacks and the head of the exception list as they were. */
#include "../../test.h"

#include <string.h>

#include "machine.h"

enum { OTHER_BYTES = 3 * STACKS_GRAIN, TIMES = 5 };

static struct machine_stacks stacks;
static struct machine_checked checked;
static unsigned char other[64 + OTHER_BYTES + 64] __attribute__((aligned(16)));
static uint32_t here_copy[4096 / 4], there_copy[OTHER_BYTES / 4];
static uintptr_t head;
static unsigned times;

/* The frame that is overwritten, and everything in it: what is not static is as it was each time. */
static __attribute__((noinline)) void keep_and_come_back(uintptr_t high) {
    volatile unsigned local = 1;
    stacks = (struct machine_stacks){.here_copy = here_copy, .here_high = high, .there_copy = there_copy, .there_low = (uintptr_t)other + 64, .there_bytes = OTHER_BYTES};
    checked = (struct machine_checked){.function = (void *)machine_stacks_keep, .arguments = {(uintptr_t)&stacks}, .before = {0xB0B0B0B0, 0x51515151, 0xD1D1D1D1}, .skew = 4};
    machine_checked_call(&checked);
    assert_int_equal((unsigned char)checked.result, times > 0);
    assert_memory_equal(checked.after, checked.before, sizeof checked.after);
    assert_int_equal(checked.sp_after, checked.sp_before);
    assert_int_equal(checked.ebp_after, checked.ebp_before);
    assert_int_equal(local, 1);
    assert_int_equal(machine_tib(TIB_HEAD), head);
    for (size_t place = 0; place < OTHER_BYTES; place++)
        assert_int_equal(other[64 + place], (unsigned char)(place * 7));
    if (++times == TIMES)
        return;
    local = 2;
    memset(other, 0xEE, sizeof other);
    memset(&checked.after, 0, sizeof checked.after);
    machine_tib_set(TIB_HEAD, UINTPTR_MAX);
    machine_stacks_put_back(&stacks);
}

static void everything_is_as_it_was_each_time(void **state) {
    (void)state;
    for (size_t place = 0; place < OTHER_BYTES; place++)
        other[64 + place] = (unsigned char)(place * 7);
    head = machine_tib(TIB_HEAD);
    times = 0;
    keep_and_come_back(machine_sp());
    assert_int_equal(times, TIMES);
    assert_int_equal(stacks.head, head);
    assert_int_equal(stacks.here_bytes % STACKS_GRAIN, 0);
    assert_in_range(stacks.here_bytes, machine_sp() - stacks.sp, machine_sp() - stacks.sp + STACKS_GRAIN - 1);
    for (size_t place = 0; place < 64; place++) { /* outside of what was kept nothing is written */
        assert_int_equal(other[place], 0xEE);
        assert_int_equal(other[64 + OTHER_BYTES + place], 0xEE);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(everything_is_as_it_was_each_time)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
