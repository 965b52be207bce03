/* Known differences of the platform that a run was made on. The contract is asked first, and nothing here changes what it says: only what a run that is not
 * as the contract says is called, when it is just as the platform is known to be, and one that is, when it should not be. */
#include <string.h>

#include "../scenario/writer.h"
#include "judge.h"

/* VACUOUS too: the run is as predicted, and the text is to blame. */
static bool is_as_predicted(const struct judgement *judgement) {
    return judgement->verdict == VERDICT_PASS || judgement->verdict == VERDICT_VACUOUS;
}

static bool predicts_the_same(const struct model_prediction *one, const struct model_prediction *other) {
    return one->count == other->count && memcmp(one->events, other->events, one->count * sizeof *one->events) == 0 &&
           outcomes_equal(&one->outcome, &other->outcome);
}

static void become(struct judgement *judgement, enum verdict verdict, const char *how, uint64_t differences) {
    struct writer reason = writer_begin(judgement->reason, sizeof judgement->reason);
    judgement->verdict = verdict;
    judgement->known = differences;
    const char *between = how;
    for (unsigned number = 0; number < model_differences_count; number++) {
        if (differences >> number & 1) {
            writer_format(&reason, "%s%s: %s", between, model_differences[number].id, model_differences[number].reason);
            between = "; ";
        }
    }
}

void judge_known(const struct scenario_program *program, const struct model_prediction *contract, const struct model_prediction *platform,
                 const struct judgement *by_platform, struct judgement *judgement) {
    bool both_predicted = contract->state == MODEL_PREDICTED && platform->state == MODEL_PREDICTED;
    if (!both_predicted || platform->differences == 0 || predicts_the_same(contract, platform))
        return;
    if (is_as_predicted(judgement)) {
        become(judgement, VERDICT_XPASS, "a known difference went away: ", platform->differences);
    } else if (is_as_predicted(by_platform)) {
        judge_agreement(program, contract->events, contract->count, judgement); /* VACUOUS: as the platform is known to be, and the text is to blame */
        if (judgement->verdict == VERDICT_PASS)
            become(judgement, VERDICT_XFAIL, "", platform->differences);
    }
}
