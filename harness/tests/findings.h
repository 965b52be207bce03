/* What a broken rule must say of itself, in one assertion. */
#ifndef EXCHAIN_TESTS_FINDINGS_H
#define EXCHAIN_TESTS_FINDINGS_H

#include "test.h"
#include "verify/verify.h"

/* Nothing that a rule could have written by itself: shows whether it wrote at all. */
struct verify_finding finding_untouched(void);
void assert_untouched(const struct verify_finding *finding);
/* The finding is of this rule, with its own code, title and name, and says these words and parameters. */
void assert_finding(const struct verify_finding *finding, enum verify_rule rule, const char *words, uint64_t p1, uint64_t p2, uint64_t p3, uint64_t p4);

/* The contract with everybody who reads a stop: a rule's number, name, stop code and title, never to be changed. */
struct rule_contract {
    enum verify_rule rule;
    const char *name, *title;
    uint32_t code;
};
extern const struct rule_contract rule_contracts[VERIFY_RULE_COUNT - 1];

#endif
