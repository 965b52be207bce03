/* The checker itself: routines that break one promise each (assembly_broken.S), and what it says of them. Everything it can say is said here. */
#include "assembly_check.h"
#include "internal.h"
#include "tests/test.h"

#include <stdio.h>

enum { SOUND = 0x600D, ARGUMENT = 0xA46A46A4, WHY = XC_WHY_PANIC };
#define ADDRESS(object) ((uint32_t)(object))
static struct xc_arch_frame frame;

#define COMPLAINS(name) ((uint64_t)1 << ASSEMBLY_##name)
struct trial {
    uint64_t complaints;
    struct assembly_row row;
};
#define ROUTINE(broken) .name = #broken, .routine = (void *)broken
#define PLAIN .arguments = {ARGUMENT, 2}, .argument_count = 2, .result = SOUND, .result_mask = UINT32_MAX
#define OTHER .takes = {ASSEMBLY_IN_EAX}, .registers = {ASSEMBLY_OTHER_SP}
#define CALLS CALLS_DEEP(40)
#define CALLS_DEEP(depth) .takes = {[2] = ASSEMBLY_IN_ECX}, .registers = {[2] = ADDRESS(assembly_body)}, .entry_count = 1, .depth_max = depth, \
              .entries = {{ASSEMBLY_BODY, .arguments = {{ASSEMBLY_ON_STACK, ARGUMENT, 0}}}}
#define LEFT .takes = {ASSEMBLY_IN_EAX, ASSEMBLY_IN_EDX, ASSEMBLY_IN_ECX}, .registers = {ADDRESS(&frame), ADDRESS(assembly_body), ARGUMENT}, \
             .acts = {{ACTS_LEAVE, WHY, ADDRESS(&frame)}}, .entries = {{ASSEMBLY_BODY, .arguments = {{ASSEMBLY_ON_STACK, ARGUMENT, 0}}}}, .entry_count = 1, \
             .result = WHY, .result_mask = UINT32_MAX

#define ROUTINES(DECLARE) \
    DECLARE(nothing) DECLARE(ebx) DECLARE(esi) DECLARE(edi) DECLARE(ebp) DECLARE(esp_by_4) DECLARE(esp_by_16) DECLARE(esp_popped) DECLARE(direction) \
    DECLARE(trap) DECLARE(alignment_check) DECLARE(x87_control) DECLARE(x87_stack) DECLARE(x87_pending) DECLARE(mxcsr) DECLARE(head) \
    DECLARE(result) DECLARE(writes_its_arguments) DECLARE(writes_above) DECLARE(writes_far_above) DECLARE(writes_below) DECLARE(writes_far_below) \
    DECLARE(writes_the_other_stack) DECLARE(writes_below_the_other_stack) DECLARE(relies_below) DECLARE(faults) DECLARE(goes_away) DECLARE(calls_nobody) \
    DECLARE(calls) DECLARE(calls_twice) DECLARE(calls_with_direction) DECLARE(calls_with_another_argument) DECLARE(calls_unaligned) \
    DECLARE(calls_on_this_stack) DECLARE(frame_nothing) DECLARE(frame_ebx) DECLARE(frame_esi) DECLARE(frame_edi) DECLARE(frame_ebp) DECLARE(frame_mxcsr) \
    DECLARE(frame_x87_control) DECLARE(frame_esp_by_4) DECLARE(frame_esp_by_16)
#define DECLARE(name) void broken_##name(void);
ROUTINES(DECLARE)
#undef DECLARE

static bool never(const struct assembly_row *row) {
    (void)row;
    return false;
}

static const struct trial trials[] = {
    {0, {ROUTINE(broken_nothing), PLAIN, .depth_max = 4}},
    {0, {ROUTINE(broken_calls), PLAIN, CALLS}},
    {0, {ROUTINE(broken_frame_nothing), LEFT, .depth_max = 40}},
    {COMPLAINS(EBX), {ROUTINE(broken_ebx), PLAIN, .depth_max = 4}},
    {COMPLAINS(ESI), {ROUTINE(broken_esi), PLAIN, .depth_max = 4}},
    {COMPLAINS(EDI), {ROUTINE(broken_edi), PLAIN, .depth_max = 4}},
    {COMPLAINS(EBP), {ROUTINE(broken_ebp), PLAIN, .depth_max = 4}},
    {COMPLAINS(ESP), {ROUTINE(broken_esp_by_4), PLAIN, .depth_max = 4}},
    {COMPLAINS(ESP), {ROUTINE(broken_esp_by_16), PLAIN, .depth_max = 4}},
    {COMPLAINS(ESP), {ROUTINE(broken_esp_popped), PLAIN, .depth_max = 4}},
    {COMPLAINS(DIRECTION), {ROUTINE(broken_direction), PLAIN, .depth_max = 4}},
    {COMPLAINS(TRAP), {ROUTINE(broken_trap), PLAIN, .depth_max = 4096}},
    {COMPLAINS(ALIGNMENT_CHECK), {ROUTINE(broken_alignment_check), PLAIN, .depth_max = 8}},
    {COMPLAINS(X87_CONTROL), {ROUTINE(broken_x87_control), PLAIN, .depth_max = 8}},
    {COMPLAINS(X87_STACK), {ROUTINE(broken_x87_stack), PLAIN, .depth_max = 4}},
    {COMPLAINS(X87_PENDING), {ROUTINE(broken_x87_pending), PLAIN, .x87_control = 0x037B, .depth_max = 8}},
    {COMPLAINS(MXCSR), {ROUTINE(broken_mxcsr), PLAIN, .depth_max = 8}},
    {COMPLAINS(HEAD), {ROUTINE(broken_head), PLAIN, .depth_max = 4}},
    {COMPLAINS(RESULT), {ROUTINE(broken_result), PLAIN, .depth_max = 4}},
    {COMPLAINS(WRITES_ABOVE), {ROUTINE(broken_writes_its_arguments), PLAIN, .depth_max = 4}},
    {COMPLAINS(WRITES_ABOVE), {ROUTINE(broken_writes_above), PLAIN, .depth_max = 4}},
    {COMPLAINS(WRITES_ABOVE), {ROUTINE(broken_writes_far_above), PLAIN, .depth_max = 4}},
    {COMPLAINS(WRITES_BELOW), {ROUTINE(broken_writes_below), PLAIN, .depth_max = 4}},
    {COMPLAINS(WRITES_BELOW), {ROUTINE(broken_writes_far_below), PLAIN, .depth_max = 4}},
    {COMPLAINS(RESULT), {ROUTINE(broken_relies_below), PLAIN, .depth_max = 12}},
    {COMPLAINS(WRITES_OTHER_ABOVE), {ROUTINE(broken_writes_the_other_stack), PLAIN, OTHER, .depth_max = 4}},
    {COMPLAINS(WRITES_OTHER_BELOW), {ROUTINE(broken_writes_below_the_other_stack), PLAIN, OTHER, .depth_max = 4}},
    {COMPLAINS(FAULTS), {ROUTINE(broken_faults), PLAIN, .depth_max = 4}},
    {COMPLAINS(COMES_BACK), {ROUTINE(broken_nothing), PLAIN, .must_not_return = true, .depth_max = 4}},
    {COMPLAINS(STAYS_AWAY), {ROUTINE(broken_goes_away), PLAIN, .depth_max = 4}},
    {COMPLAINS(CALLS_OTHERS), {ROUTINE(broken_calls_nobody), PLAIN, CALLS}},
    {COMPLAINS(CALLS_OTHERS), {ROUTINE(broken_calls), PLAIN, .takes = {[2] = ASSEMBLY_IN_ECX}, .registers = {[2] = ADDRESS(assembly_body)}, .depth_max = 40}},
    {COMPLAINS(CALLS_OTHERS), {ROUTINE(broken_calls), PLAIN, .takes = {[2] = ASSEMBLY_IN_ECX}, .registers = {[2] = ADDRESS(assembly_other_body)},
                               .entries = {{ASSEMBLY_BODY}}, .entry_count = 1, .depth_max = 40}},
    {COMPLAINS(CALLS_OTHERS), {ROUTINE(broken_calls_on_this_stack), PLAIN, .takes = {[2] = ASSEMBLY_IN_ECX}, .registers = {[2] = ADDRESS(assembly_body)},
                               .entries = {{ASSEMBLY_BODY, .on_other_stack = true}}, .entry_count = 1, .depth_max = 40}},
    {COMPLAINS(CALLS_OTHERS), {ROUTINE(broken_calls_twice), PLAIN, CALLS_DEEP(80)}},
    {COMPLAINS(CALLS_UNALIGNED), {ROUTINE(broken_calls_unaligned), PLAIN, CALLS}},
    {COMPLAINS(CALLS_WITH_DIRECTION), {ROUTINE(broken_calls_with_direction), PLAIN, CALLS}},
    {COMPLAINS(CALLS_WITH_ARGUMENT), {ROUTINE(broken_calls_with_another_argument), PLAIN, CALLS}},
    {COMPLAINS(BREAKS_ITS_CONTRACT), {ROUTINE(broken_nothing), PLAIN, .depth_max = 4, .holds = never}},
    {COMPLAINS(NEEDS_LESS), {ROUTINE(broken_nothing), PLAIN, .depth_max = 8}},
    {COMPLAINS(NEEDS_LESS), {ROUTINE(broken_nothing), PLAIN, .depth_max = 4, .other_depth_max = 4}},
    {COMPLAINS(EBX), {ROUTINE(broken_frame_ebx), LEFT, .depth_max = 40}},
    {COMPLAINS(ESI), {ROUTINE(broken_frame_esi), LEFT, .depth_max = 40}},
    {COMPLAINS(EDI), {ROUTINE(broken_frame_edi), LEFT, .depth_max = 40}},
    {COMPLAINS(EBP), {ROUTINE(broken_frame_ebp), LEFT, .depth_max = 40}},
    {COMPLAINS(MXCSR), {ROUTINE(broken_frame_mxcsr), LEFT, .depth_max = 40}},
    {COMPLAINS(X87_CONTROL), {ROUTINE(broken_frame_x87_control), LEFT, .depth_max = 40}},
    {COMPLAINS(ESP), {ROUTINE(broken_frame_esp_by_4), LEFT, .depth_max = 56}},
    {COMPLAINS(ESP), {ROUTINE(broken_frame_esp_by_16), LEFT, .depth_max = 56}},
};

static void each_breakage_is_named_and_nothing_else(void **state) {
    (void)state;
    unsigned wrong = 0;
    for (unsigned index = 0; index < COUNT_OF(trials); index++) {
        uint64_t complaints = assembly_check(&trials[index].row);
        if (complaints != trials[index].complaints) {
            print_error("%s: complaints %llx instead of %llx, the first: %s\n", trials[index].row.name, (unsigned long long)complaints,
                        (unsigned long long)trials[index].complaints, assembly_said());
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

static void everything_that_can_be_said_is_said_here(void **state) {
    (void)state;
    uint64_t produced = 0;
    for (unsigned index = 0; index < COUNT_OF(trials); index++)
        produced |= trials[index].complaints;
    for (unsigned complaint = 0; complaint < ASSEMBLY_COMPLAINT_COUNT; complaint++)
        if (!(produced >> complaint & 1))
            print_error("no routine here makes the checker say: %s\n", assembly_complaint_words((enum assembly_complaint)complaint));
    assert_true(produced == ((uint64_t)1 << ASSEMBLY_COMPLAINT_COUNT) - 1);
}

static void a_complaint_says_who_where_what(void **state) {
    (void)state;
    const struct assembly_row row = {ROUTINE(broken_esp_by_16), PLAIN, .depth_max = 4};
    assembly_check(&row);
    char expected[200];
    snprintf(expected, sizeof expected, "broken_esp_by_16, esp 0 below a multiple of 16: esp is off: %08x, expected %08x", assembly_now.before.esp + 12 - 16,
             assembly_now.before.esp + 12);
    assert_string_equal(assembly_said(), expected);
    const struct assembly_row stepped = {ROUTINE(broken_relies_below), PLAIN, .depth_max = 12};
    assembly_check(&stepped);
    assert_non_null(strstr(assembly_said(), "esp 0 below a multiple of 16, step by step: another result: "));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_breakage_is_named_and_nothing_else),
        cmocka_unit_test(everything_that_can_be_said_is_said_here),
        cmocka_unit_test(a_complaint_says_who_where_what),
    };
    assembly_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
