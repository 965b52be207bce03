/* The table of fault kinds against what there is: the bytes of the instructions, and what a panic says of each. */
#include <stdlib.h>
#include <string.h>

#include "misbehave.h"
#include "support.h"

enum pc { AT, BEHIND, EITHER, TARGET, NEXT };
enum panics { NEVER, GATED, ALWAYS };

#define FAULT_KIND(name, ...) extern const char inject_##name##_at[], inject_##name##_after[];
#include "../../harness/inject/fault_kinds.def"
#undef FAULT_KIND

static const struct row {
    enum scenario_fault_kind kind;
    const char *word, *bytes;
    uint32_t status;
    enum panics panics;
    enum pc pc;
    unsigned resume;
    const char *at, *after;
} rows[] = {
#define FAULT_KIND(name, word, status, panics, bytes, pc, resume, ...) \
    {SCENARIO_FAULT_##name, word, bytes, status, panics, pc, resume, inject_##name##_at, inject_##name##_after},
#include "../../harness/inject/fault_kinds.def"
#undef FAULT_KIND
};

static void the_instructions_are_those_of_the_table(void **state) {
    (void)state;
    for (const struct row *row = rows; row < rows + COUNT_OF(rows); row++) {
        const char *text = row->bytes;
        unsigned length = 0;
        for (char *end; *text; text = end, length++) {
            unsigned long byte = strtoul(text, &end, 16);
            if (end == text || byte != (unsigned char)row->at[length])
                fail_msg("%s: byte %u is %02x, the table has `%s`", row->word, length, (unsigned char)row->at[length], row->bytes);
        }
        assert_true(length > 0 && length <= row->resume);
        assert_int_equal(row->after - row->at, row->resume);
        assert_int_equal(inject_fault_resume_pc((uintptr_t)row->at), (uintptr_t)row->after);
    }
}

static struct xc_panic taken;
static void take(const struct xc_panic *panic, void *unused) {
    (void)unused;
    taken = *panic;
}
static void fault_of_kind(void *kind) { inject_fault((enum scenario_fault_kind)(uintptr_t)kind); }
static void recover_fault(void *kind) {
    xc_task_panic_on_fault_set(true);
    xc_recover(fault_of_kind, kind, take, NULL);
}

/* Wine reports some kinds as others: docs/PLATFORMS.md. */
static uint32_t status_here(const struct row *row) {
    bool wine = GetProcAddress(GetModuleHandleA("ntdll.dll"), "wine_get_version");
    if (wine && row->kind == SCENARIO_FAULT_IDIV_OVERFLOW)
        return 0xC0000094;
    if (wine && row->kind == SCENARIO_FAULT_INPAGE)
        return 0xC0000005;
    return row->status;
}

static void a_panic_says_what_the_table_says(void **state) {
    (void)state;
    for (const struct row *row = rows; row < rows + COUNT_OF(rows); row++) {
        if (row->panics == NEVER)
            continue;
        struct inject_report report;
        for (unsigned round = 0; round < 3; round++) {
            taken = (struct xc_panic){0};
            assert_int_equal(run(recover_fault, (void *)row->kind).end, XC_ENDED_RETURN);
            inject_fault_report(row->kind, &report);
            if (!taken.is_fault || taken.value != status_here(row))
                fail_msg("%s: panic %08lx, the table has %08lx", row->word, (unsigned long)taken.value, (unsigned long)status_here(row));
            if (taken.fault_pc != report.pc[0] && taken.fault_pc != report.pc[1])
                fail_msg("%s: at %08lx, the instruction is at %08lx", row->word, (unsigned long)taken.fault_pc, (unsigned long)report.pc[0]);
            bool is_access = status_here(row) == 0xC0000005;
            if (report.known == 2)
                assert_int_equal(taken.fault_address, is_access ? report.information[1] : 0);
            assert_true(misbehave_x87_eight() == 8.0);
            assert_int_equal(misbehave_flags() & 0x40500, 0); /* AC, DF, TF */
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_instructions_are_those_of_the_table),
        cmocka_unit_test(a_panic_says_what_the_table_says),
    };
    return cmocka_run_group_tests(tests, runtime_begin, runtime_end);
}
