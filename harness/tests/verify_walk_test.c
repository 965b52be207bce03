/* V18: a right traceback, and each way to be wrong. */
#include "findings.h"

static const struct verify_image image = {0x400000, 0x500000, "runtime"};
static const struct verify_walk_facts facts = {
    .depth = 1, .sp = 0x20F00, .managed_low = 0x20000, .managed_high = 0x30000, .images = &image, .image_count = 1};
static const struct verify_segment right[] = {
    {false, 0x20E00, 0x28000, 0x401000, 0, 0, 0},
    {true, 0x84000, 0x8C000, 0x402000, 0x84010, 0x80000, 0x90000},
    {false, 0x28000, 0x30000, 0x403000, 0, 0, 0},
};
enum { COUNT = 3 };

static void expect_wrong(unsigned place, struct verify_segment segment, const char *words, uint64_t p1, uint64_t p2, uint64_t p3, uint64_t p4) {
    struct verify_segment segments[COUNT] = {right[0], right[1], right[2]};
    struct verify_finding finding = finding_untouched();
    segments[place] = segment;
    assert_false(verify_stack_walk(segments, COUNT, &facts, &finding));
    assert_finding(&finding, VERIFY_V18, words, p1, p2, p3, p4);
}

static void a_right_walk_holds(void **state) {
    (void)state;
    struct verify_finding finding = finding_untouched();
    assert_true(verify_stack_walk(right, COUNT, &facts, &finding));
    struct verify_walk_facts none = facts;
    none.depth = 0;
    const struct verify_segment alone = {false, 0x20E00, 0x30000, 0x401000, 0, 0, 0};
    assert_true(verify_stack_walk(&alone, 1, &none, &finding));
    assert_untouched(&finding);
}

static void each_segment_is_looked_at(void **state) {
    (void)state;
    expect_wrong(1, (struct verify_segment){false, 0x84000, 0x8C000, 0x402000, 0x84010, 0, 0}, "managed and foreign segments do not take turns", 1, 0x84000, 0x8C000, 1);
    expect_wrong(0, (struct verify_segment){true, 0x20E00, 0x28000, 0x401000, 0, 0, 0}, "managed and foreign segments do not take turns", 0, 0x20E00, 0x28000, 0);
    expect_wrong(1, (struct verify_segment){true, 0x7FFFC, 0x8C000, 0x402000, 0x84010, 0x80000, 0x90000}, "a segment does not lie on its stack", 1, 0x7FFFC, 0x8C000, 0x80000);
    expect_wrong(1, (struct verify_segment){true, 0x84000, 0x90004, 0x402000, 0x84010, 0x80000, 0x90000}, "a segment does not lie on its stack", 1, 0x84000, 0x90004, 0x80000);
    expect_wrong(1, (struct verify_segment){true, 0x84000, 0x84000, 0x402000, 0x84010, 0x80000, 0x90000}, "a segment does not lie on its stack", 1, 0x84000, 0x84000, 0x80000);
    expect_wrong(0, (struct verify_segment){false, 0x1FFFC, 0x28000, 0x401000, 0, 0, 0}, "a segment does not lie on its stack", 0, 0x1FFFC, 0x28000, 0x20000);
    expect_wrong(2, (struct verify_segment){false, 0x28004, 0x30000, 0x403000, 0, 0, 0}, "a segment does not begin where the one inside of it ends", 2, 0x28004, 0x30000, 0x28000);
    expect_wrong(1, (struct verify_segment){true, 0x84000, 0x8C000, 0x402000, 0x83FFC, 0x80000, 0x90000}, "a foreign segment does not hold the record of its callback", 1, 0x84000, 0x8C000, 0x83FFC);
    expect_wrong(1, (struct verify_segment){true, 0x84000, 0x8C000, 0x402000, 0x8C000, 0x80000, 0x90000}, "a foreign segment does not hold the record of its callback", 1, 0x84000, 0x8C000, 0x8C000);
    expect_wrong(2, (struct verify_segment){false, 0x28000, 0x30000, 0x500000, 0, 0, 0}, "the code of a segment lies in no image", 2, 0x28000, 0x30000, 0x500000);
    expect_wrong(0, (struct verify_segment){false, 0x20F04, 0x28000, 0x401000, 0, 0, 0}, "the innermost segment is not where the traceback was asked for", 0, 0x20F04, 0x28000, 0x20F00);
    expect_wrong(2, (struct verify_segment){false, 0x28000, 0x2FFFC, 0x403000, 0, 0, 0}, "the outermost segment does not end at the task's base", 2, 0x28000, 0x2FFFC, 0x30000);
}

/* Out of a fiber: what lies on its stack, and then the outer call's on the thread's. */
static void segments_of_two_stacks(void **state) {
    (void)state;
    struct verify_walk_facts two = facts;
    two.depth = 2;
    struct verify_segment segments[] = {
        {false, 0x20E00, 0x24000, 0x401000, 0, 0, 0},
        {true, 0x74000, 0x78000, 0x402000, 0x74010, 0x70000, 0x78000},
        {false, 0x24000, 0x28000, 0x401000, 0, 0, 0},
        {true, 0x84000, 0x8C000, 0x402000, 0x84010, 0x80000, 0x90000},
        {false, 0x28000, 0x30000, 0x403000, 0, 0, 0},
    };
    struct verify_finding finding = finding_untouched();
    assert_true(verify_stack_walk(segments, 5, &two, &finding));
    assert_untouched(&finding);
    segments[1].high = 0x84000; /* on to the other stack */
    assert_false(verify_stack_walk(segments, 5, &two, &finding));
    assert_finding(&finding, VERIFY_V18, "a segment does not lie on its stack", 1, 0x74000, 0x84000, 0x70000);
    segments[1] = (struct verify_segment){true, 0x81000, 0x83000, 0x402000, 0x81010, 0x80000, 0x90000};
    assert_false(verify_stack_walk(segments, 5, &two, &finding));
    assert_finding(&finding, VERIFY_V18, "a segment does not begin where the one inside of it ends", 3, 0x84000, 0x8C000, 0x83000);
}

static void there_are_as_many_as_calls_are_open(void **state) {
    (void)state;
    struct verify_finding finding = finding_untouched();
    assert_false(verify_stack_walk(right, 1, &facts, &finding));
    assert_finding(&finding, VERIFY_V18, "there are not two segments for each open call and one more", 1, 0, 0, 3);
    assert_false(verify_stack_walk(right, 0, &facts, &finding));
    assert_finding(&finding, VERIFY_V18, "there are not two segments for each open call and one more", 0, 0, 0, 3);
}

static void open_blocks_lie_in_segments_of_their_side(void **state) {
    (void)state;
    struct verify_finding finding = finding_untouched();
    size_t place = 0;
    assert_true(verify_stack_walk_holds(right, COUNT, 0x20F80, false, &place, &finding));
    assert_int_equal(place, 0);
    assert_true(verify_stack_walk_holds(right, COUNT, 0x84F00, true, &place, &finding));
    assert_int_equal(place, 1);
    assert_true(verify_stack_walk_holds(right, COUNT, 0x28000, false, &place, &finding));
    assert_int_equal(place, 2);
    assert_untouched(&finding);
    assert_false(verify_stack_walk_holds(right, COUNT, 0x84F00, true, &place, &finding)); /* further in than the last one */
    assert_finding(&finding, VERIFY_V18, "a block that is open lies in no segment", 2, 0x28000, 0x30000, 0x84F00);
    place = 0;
    assert_false(verify_stack_walk_holds(right, COUNT, 0x84F00, false, &place, &finding));
    assert_finding(&finding, VERIFY_V18, "a block that is open lies in a segment of the other side", 1, 0x84000, 0x8C000, 0x84F00);
    place = 0;
    assert_false(verify_stack_walk_holds(right, COUNT, 0x20DFC, false, &place, &finding));
    assert_finding(&finding, VERIFY_V18, "a block that is open lies in no segment", 0, 0x20E00, 0x28000, 0x20DFC);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_right_walk_holds),
        cmocka_unit_test(each_segment_is_looked_at),
        cmocka_unit_test(segments_of_two_stacks),
        cmocka_unit_test(there_are_as_many_as_calls_are_open),
        cmocka_unit_test(open_blocks_lie_in_segments_of_their_side),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
