/* A run of several strands against its prediction. Private to the judge. */
#ifndef EXCHAIN_JUDGE_STRANDS_H
#define EXCHAIN_JUDGE_STRANDS_H

#include "judge.h"

struct strands_judged {
    size_t difference;  /* the first event of the run that is not the next of its strand, or comes too early; the run's length where it ends too early; SIZE_MAX: none */
    bool out_of_order;  /* it is the next of its strand, but something else had to come first */
    bool no_memory;
};

/* Whether the run is one of those that the prediction says can be: each strand's events, as far as it came, are those predicted; whatever must come before another event does; and
 * the run is whole, or one of those ends was reached that the others do not survive. */
struct strands_judged judge_strands(const struct model_prediction *prediction, const struct trace_event *events, size_t count);

#endif
