/* The walk along a task's stack. */
#include "support.h"

/* The walk: segments take turns and meet, each on its own stack, and there are as many as calls are open. */
enum { SEGMENTS_MAX = 16 };
struct walk {
    unsigned count, depth;
    struct xc_segment segments[SEGMENTS_MAX];
    struct xc_observation now;
    uintptr_t here, system_high;
};
static void walk(void *argument) {
    struct walk *walk = argument;
    struct xc_observation *now = &walk->now;
    walk->here = (uintptr_t)__builtin_frame_address(0);
    walk->count = xc_traceback(walk->segments, SEGMENTS_MAX);
    xc_observe(now);
    walk->system_high = machine_tib(TIB_STACK_BASE);
}
static void walk_deeper(void *argument) {
    struct walk *walk_at = argument;
    if (walk_at->depth-- == 0)
        walk(walk_at);
    else
        xc_call(record_around, &(struct step){call_back, &(struct step){walk_deeper, walk_at}});
}
static void walk_in_task(void *walk_at) {
    xc_go(walk_deeper, walk_at);
    xc_wait();
}

static void assert_walk(const struct walk *at, unsigned depth) {
    assert_int_equal(at->count, 2 * depth + 1);
    assert_int_equal(at->now.depth, depth);
    assert_true(at->segments[0].low < at->here && at->here < at->segments[0].high);
    for (unsigned place = 0; place < at->count; place++) {
        const struct xc_segment *segment = &at->segments[place], *same_stack = place >= 2 ? segment - 2 : NULL;
        bool foreign = place % 2;
        assert_int_equal(segment->kind, foreign ? XC_SEGMENT_FOREIGN : XC_SEGMENT_MANAGED);
        assert_true(segment->low < segment->high);
        if (same_stack)
            assert_int_equal(segment->low, same_stack->high);
        assert_true(segment->low >= (foreign ? at->now.system_sp : at->now.managed_low));
        assert_true(segment->high <= (foreign ? at->system_high : at->now.managed_high));
        if (foreign)
            assert_true(segment->record >= segment->low && segment->record < segment->high);
        else
            assert_int_equal(segment->record, 0);
    }
    assert_int_equal(at->segments[at->count - 1].high, at->now.managed_high);
    if (depth)
        assert_int_equal(at->segments[1].record, at->now.innermost_record);
}

static void a_traceback_lists_every_segment(void **state) {
    (void)state;
    for (unsigned depth = 0; depth <= 7; depth++) {
        struct walk own = {.depth = depth}, started = {.depth = depth};
        run(walk_deeper, &own);
        run(walk_in_task, &started);
        assert_walk(&own, depth);
        assert_walk(&started, depth);
    }
    struct walk more = {.depth = 12};
    run(walk_deeper, &more);
    assert_int_equal(more.count, 25); /* more than there was room for */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_traceback_lists_every_segment),
    };
    return cmocka_run_group_tests(tests, runtime_begin_quiet, runtime_end);
}
