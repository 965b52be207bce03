/* What must have happened against what did: the verdict. Portable C. */
#ifndef EXCHAIN_JUDGE_H
#define EXCHAIN_JUDGE_H

#include "../model/model.h"
#include "../trace/journal.h"

enum verdict {
    VERDICT_PASS,
    VERDICT_FAIL,      /* outcome or trace differ */
    VERDICT_VIOLATION, /* a rule broke that the model did not predict */
    VERDICT_CRASH,     /* the process died where the model did not say so */
    VERDICT_HANG,
    VERDICT_VACUOUS,   /* something the text asked for was never reached */
    VERDICT_XFAIL,     /* a known difference of this platform */
    VERDICT_XPASS,     /* ... that went away */
    VERDICT_SKIP,      /* this target cannot, with the reason */
    VERDICT_ERROR,     /* our own trouble */
    VERDICT_COUNT
};
const char *verdict_word(enum verdict verdict);
bool verdict_fails(enum verdict verdict);

struct judgement {
    enum verdict verdict;
    size_t difference;      /* the first event where the two traces differ, from 0; the shorter one's length where one ends early; SIZE_MAX: none */
    char reason[200];       /* one line: why not PASS; for SKIP and ERROR the reason; else empty */
    char outcome[64], expected[64];
};

/* Judges one run. `events` may be empty and `state` JOURNAL_RUNNING: the process died. `hang`: a watchdog ended it. `stop` is the journal's
 * stop when the run ended with one. VACUOUS: the traces agree and the outcome is as predicted, but an operation of the text has no
 * event, whatever the reason. */
void judge(const struct scenario_program *program, const struct model_prediction *prediction, const struct trace_event *events, size_t count,
           enum journal_state state, bool hang, const struct journal_stop *stop, struct judgement *judgement);

#endif
