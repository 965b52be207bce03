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
    uint64_t known;         /* XFAIL, XPASS: the platform's differences that it is about; bit N is model_differences[N] */
    char reason[400];       /* one line: why not PASS; for SKIP and ERROR the reason; else empty */
    char outcome[64], expected[64];
};

/* Judges one run. `events` may be empty and `state` JOURNAL_RUNNING: the process died. `hang`: a watchdog ended it. `stop` is the journal's
 * stop when the run ended with one. VACUOUS: the traces agree and the outcome is as predicted, but an operation of the text has no
 * event, whatever the reason. */
void judge(const struct scenario_program *program, const struct model_prediction *prediction, const struct trace_event *events, size_t count,
           enum journal_state state, bool hang, const struct journal_stop *stop, struct judgement *judgement);

/* Whether a run's events are those predicted, or of several strands an order of theirs that can be. */
bool judge_agrees(const struct model_prediction *prediction, const struct trace_event *events, size_t count);

/* The second look, with the prediction for the platform that the run was made on and the judgement by it. A run that is not as the contract says but as the
 * platform is known to be becomes an XFAIL; one that is as the contract says although the platform is known to be otherwise, an XPASS. Everything else
 * stays what it is, and outcome, expectation and difference stay the contract's. */
void judge_known(const struct scenario_program *program, const struct model_prediction *contract, const struct model_prediction *platform,
                 const struct judgement *by_platform, struct judgement *judgement);

/* The run did what was predicted; did the text get its money's worth? PASS, or VACUOUS with its reason. `events`: in which every operation must have one. */
void judge_agreement(const struct scenario_program *program, const struct trace_event *events, size_t count, struct judgement *judgement);

/* The first operation of the text without any event, 0: there is none. */
unsigned judge_first_unreached(const struct scenario_program *program, const struct trace_event *events, size_t count);

#endif
