#include "findings.h"

#include <string.h>

const struct rule_contract rule_contracts[VERIFY_RULE_COUNT - 1] = {
    {VERIFY_V1, "V1", "SEH_HEAD_NOT_RESTORED", 0xE001},
    {VERIFY_V2, "V2", "SEH_CHAIN_BROKEN", 0xE002},
    {VERIFY_V3, "V3", "SEH_HANDLER_FOREIGN", 0xE003},
    {VERIFY_V4, "V4", "TIB_CHANGED", 0xE004},
    {VERIFY_V5, "V5", "STACK_POINTER_WRONG", 0xE005},
    {VERIFY_V6, "V6", "CALLEE_SAVED_LOST", 0xE006},
    {VERIFY_V7, "V7", "FLAGS_DIRTY", 0xE007},
    {VERIFY_V8, "V8", "FLOAT_STATE_CHANGED", 0xE008},
    {VERIFY_V9, "V9", "RUNTIME_STATE_CHANGED", 0xE009},
    {VERIFY_V10, "V10", "LAST_ERROR_CLOBBERED", 0xE00A},
    {VERIFY_V11, "V11", "HANDLER_ENTERED_WRONGLY", 0xE00B},
    {VERIFY_V12, "V12", "GUARD_NOT_ARMED", 0xE00C},
    {VERIFY_V13, "V13", "BELOW_STACK_WRITTEN", 0xE00D},
    {VERIFY_V14, "V14", "PROCESS_HANDLERS_CHANGED", 0xE00E},
    {VERIFY_V15, "V15", "SYSTEM_LOCK_OWNED", 0xE00F},
    {VERIFY_V16, "V16", "DEFERRED_OUT_OF_ORDER", 0xE010}, {VERIFY_V17, "V17", "FAULT_MISREPORTED", 0xE011},
    {VERIFY_V18, "V18", "STACK_WALK_WRONG", 0xE012},
    {VERIFY_V19, "V19", "ARGUMENT_LOST", 0xE013},
};

static const char untouched[] = "untouched";

struct verify_finding finding_untouched(void) { return (struct verify_finding){.words = untouched}; }

void assert_untouched(const struct verify_finding *finding) { assert_ptr_equal(finding->words, untouched); }

void assert_finding(const struct verify_finding *finding, enum verify_rule rule, const char *words, uint64_t p1, uint64_t p2, uint64_t p3, uint64_t p4) {
    const struct rule_contract *contract = &rule_contracts[rule - 1];
    const uint64_t parameters[] = {p1, p2, p3, p4};
    assert_string_equal(finding->words, words);
    assert_int_equal(finding->rule, contract->rule);
    assert_int_equal(finding->code, contract->code);
    assert_string_equal(finding->title, contract->title);
    assert_string_equal(finding->rule_name, contract->name);
    for (unsigned index = 0; index < COUNT_OF(parameters); index++)
        assert_int_equal(finding->parameters[index], parameters[index]);
}
