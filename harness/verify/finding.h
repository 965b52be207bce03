/* How the rules' files report. */
#ifndef EXCHAIN_VERIFY_FINDING_H
#define EXCHAIN_VERIFY_FINDING_H

#include "verify.h"

/* Fills *finding and returns false, so that a rule can `return verify_broken(...)`. */
bool verify_broken(struct verify_finding *finding, enum verify_rule rule, const char *words, uint64_t p1, uint64_t p2, uint64_t p3, uint64_t p4);

#endif
