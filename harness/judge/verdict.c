/* The closed list of verdicts: their words, and which of them fail a run. */
#include "judge.h"

static const struct {
    const char *word;
    bool fails;
} verdicts[VERDICT_COUNT] = {
    [VERDICT_PASS] = {"PASS", false},
    [VERDICT_FAIL] = {"FAIL", true},
    [VERDICT_VIOLATION] = {"VIOLATION", true},
    [VERDICT_CRASH] = {"CRASH", true},
    [VERDICT_HANG] = {"HANG", true},
    [VERDICT_VACUOUS] = {"VACUOUS", true},
    [VERDICT_XFAIL] = {"XFAIL", false},
    [VERDICT_XPASS] = {"XPASS", true},
    [VERDICT_SKIP] = {"SKIP", false},
    [VERDICT_ERROR] = {"ERROR", true},
};

const char *verdict_word(enum verdict verdict) {
    return verdicts[verdict].word;
}

bool verdict_fails(enum verdict verdict) {
    return verdicts[verdict].fails;
}
