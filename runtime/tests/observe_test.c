/* What xc_observe says: of a thread outside, in managed code, in C, in a callback; and that the addresses it gives are what they are called. */
#include <string.h>

#include "support.h"

enum { PAGE = 4096 };

static struct seen managed, in_c, in_callback, in_c_again;

static void look(void *seen) { see(seen); }
static void look_in_callback(void *unused) {
    (void)unused;
    see(&in_callback);
    xc_call(look, &in_c_again);
}
static void look_in_c(void *unused) {
    see(&in_c);
    xc_callback(look_in_callback, unused);
}
static void look_everywhere(void *unused) {
    see(&managed);
    xc_call(look_in_c, unused);
}

static bool is_on_managed_stack(uintptr_t address) { return address >= managed.runtime.managed_low && address < managed.runtime.managed_high; }
static bool is_on_system_stack(uintptr_t address) { return address >= machine_tib(TIB_STACK_LIMIT) && address < machine_tib(TIB_STACK_BASE); }

static void outside_there_is_nothing_but_the_handler(void **state) {
    (void)state;
    struct xc_observation now, expected;
    run(look_everywhere, NULL);
    memset(&now, 0xCC, sizeof now);
    xc_observe(&now);
    memset(&expected, 0, sizeof expected);
    expected.handler = managed.runtime.handler;
    assert_int_not_equal(expected.handler, 0);
    assert_memory_equal(&now, &expected, sizeof now);
}

static void depth_and_side_are_those_of_the_moment(void **state) {
    (void)state;
    run(look_everywhere, NULL);
    const struct {
        const struct seen *seen;
        unsigned depth;
        bool managed;
    } moments[] = {{&managed, 0, true}, {&in_c, 1, false}, {&in_callback, 1, true}, {&in_c_again, 2, false}};
    for (unsigned index = 0; index < COUNT_OF(moments); index++) {
        const struct xc_observation *runtime = &moments[index].seen->runtime;
        assert_int_equal(runtime->depth, moments[index].depth);
        assert_int_equal(runtime->managed, moments[index].managed);
        assert_int_equal(runtime->task, managed.runtime.task);
        assert_int_equal(runtime->thread_record, managed.runtime.thread_record);
        assert_int_equal(runtime->managed_sp != 0, !moments[index].managed);
    }
    uint32_t task = managed.runtime.task;
    run(look_everywhere, NULL);
    assert_int_equal(managed.runtime.task, task + 1);
}

static void the_innermost_record_is_the_lists_head_in_managed_code(void **state) {
    (void)state;
    run(look_everywhere, NULL);
    assert_int_equal(managed.head, managed.runtime.innermost_record);
    assert_int_equal(managed.head, managed.runtime.thread_record);
    assert_int_equal(in_c.head, managed.head);
    assert_int_equal(in_callback.head, in_callback.runtime.innermost_record);
    assert_true(in_callback.head < managed.head);
    assert_true(is_on_system_stack(managed.head) && is_on_system_stack(in_callback.head));
}

static void records(void *handlers) {
    const uintptr_t *record = (const uintptr_t *)machine_tib(TIB_HEAD);
    ((uintptr_t *)handlers)[0] = record[1];
    ((uintptr_t *)handlers)[1] = ((const uintptr_t *)record[0])[1];
}
static void records_in_callback(void *handlers) { xc_call(call_back, &(struct step){records, handlers}); }

static void every_record_has_the_one_handler(void **state) {
    (void)state;
    uintptr_t handlers[2] = {0};
    run(records_in_callback, handlers);
    assert_int_equal(handlers[0], managed.runtime.handler);
    assert_int_equal(handlers[1], managed.runtime.handler);
}

static void stack_pointers_say_where_calls_and_callbacks_go_on(void **state) {
    (void)state;
    run(look_everywhere, NULL);
    assert_true(is_on_system_stack(managed.runtime.system_sp) && managed.runtime.system_sp < managed.head);
    assert_true(is_on_system_stack(in_callback.runtime.system_sp) && in_callback.runtime.system_sp < in_callback.head);
    assert_int_equal(in_c.runtime.system_sp, managed.runtime.system_sp);
    assert_true(is_on_managed_stack(in_c.runtime.managed_sp) && in_c.runtime.managed_sp <= in_c.runtime.innermost_call);
    assert_true(in_c_again.runtime.managed_sp < in_c.runtime.managed_sp);
    assert_true(is_on_managed_stack(in_c.runtime.innermost_call));
    assert_int_equal(managed.runtime.innermost_call, 0);
    assert_int_equal(in_callback.runtime.innermost_call, in_c.runtime.innermost_call);
    assert_true(in_c_again.runtime.innermost_call < in_c.runtime.innermost_call);
}

static DWORD protection_of(uintptr_t address) {
    MEMORY_BASIC_INFORMATION memory = {0};
    VirtualQuery((void *)address, &memory, sizeof memory);
    return memory.State == MEM_COMMIT ? memory.Protect : 0;
}

static DWORD protections[5];
static void look_at_memory(void *unused) {
    (void)unused;
    see(&managed);
    const struct xc_observation *runtime = &managed.runtime;
    const uintptr_t places[] = {runtime->managed_high - 1, runtime->managed_low, runtime->guard_page, runtime->report_low, runtime->report_low - 1};
    for (unsigned index = 0; index < COUNT_OF(places); index++)
        protections[index] = protection_of(places[index]);
}

static void the_managed_stack_ends_in_a_room_a_guard_page_a_room_and_nothing(void **state) {
    (void)state;
    run(look_at_memory, NULL);
    assert_int_equal(protections[0], PAGE_READWRITE);
    assert_int_equal(protections[1], PAGE_READWRITE);
    assert_int_equal(protections[2], PAGE_READWRITE | PAGE_GUARD);
    assert_int_equal(protections[3], PAGE_READWRITE);
    assert_int_equal(protections[4], PAGE_NOACCESS);
    assert_true(managed.runtime.managed_low - managed.runtime.guard_page - PAGE >= 4 * PAGE);
    assert_true(managed.runtime.guard_page - managed.runtime.report_low >= 8 * PAGE);
}

static void the_stack_is_given_back_with_the_task(void **state) {
    (void)state;
    MEMORY_BASIC_INFORMATION memory;
    run(look_everywhere, NULL);
    for (uintptr_t address = managed.runtime.report_low - PAGE; address < managed.runtime.managed_high; address += PAGE) {
        VirtualQuery((void *)address, &memory, sizeof memory);
        assert_int_equal(memory.State, MEM_FREE);
    }
}

/* Frames: defers and recovers that are open. */
static struct seen frames[4];
static void look_at_frames_3(void *unused) {
    (void)unused;
    see(&frames[3]);
}
static void look_at_frames_2(void *unused) {
    see(&frames[2]);
    struct step back = {look_at_frames_3, unused};
    xc_call(call_back, &back);
}
static void look_at_frames_1(void *unused) {
    see(&frames[1]);
    xc_recover(look_at_frames_2, unused, NULL, NULL);
}
static void look_at_frames_0(void *unused) {
    see(&frames[0]);
    xc_defer(look_at_frames_1, unused, do_nothing, unused);
}

static void frames_are_counted_across_callbacks(void **state) {
    (void)state;
    run(look_at_frames_0, NULL);
    static const unsigned counts[] = {0, 1, 2, 2};
    for (unsigned index = 0; index < COUNT_OF(frames); index++)
        assert_int_equal(frames[index].runtime.frames, counts[index]);
    assert_true(frames[1].runtime.innermost_frame < frames[0].runtime.innermost_frame);
    assert_true(frames[2].runtime.innermost_frame < frames[1].runtime.innermost_frame);
    assert_int_equal(frames[3].runtime.innermost_frame, frames[2].runtime.innermost_frame);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outside_there_is_nothing_but_the_handler),
        cmocka_unit_test(depth_and_side_are_those_of_the_moment),
        cmocka_unit_test(the_innermost_record_is_the_lists_head_in_managed_code),
        cmocka_unit_test(every_record_has_the_one_handler),
        cmocka_unit_test(stack_pointers_say_where_calls_and_callbacks_go_on),
        cmocka_unit_test(the_managed_stack_ends_in_a_room_a_guard_page_a_room_and_nothing),
        cmocka_unit_test(the_stack_is_given_back_with_the_task),
        cmocka_unit_test(frames_are_counted_across_callbacks),
    };
    return cmocka_run_group_tests(tests, runtime_begin, runtime_end);
}
