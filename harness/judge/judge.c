/* One run against its prediction, in the order in which one question makes the next one meaningful:
 *
 *   is there a prediction?                   SKIP, ERROR
 *   is there a run, whole and to its end?    HANG, ERROR
 *   did it end as predicted?                 VIOLATION, CRASH, FAIL
 *   did it get there as predicted?           FAIL
 *   did it do all that the text says?        VACUOUS
 *
 * VACUOUS asks one thing only: has every operation of the text at least one event? Nothing explains an operation without one away, neither a
 * panic before it nor a crash: a text that says more than can happen claims to test what it does not. */
#include "judge.h"
#include "strands.h"

#include <string.h>

#include "../scenario/writer.h"

/* An end that a trace's last event says, and no one else. */
static bool outcome_is_of_an_end(const struct outcome *outcome) {
    return outcome->kind == OUTCOME_PANIC || outcome->kind == OUTCOME_CRASH || outcome->kind == OUTCOME_BUGCHECK;
}

/* Where the reason goes; nothing is there yet. */
static struct writer reason_of(struct judgement *judgement) {
    return writer_begin(judgement->reason, sizeof judgement->reason);
}

static size_t first_difference(const struct model_prediction *prediction, const struct trace_event *events, size_t count) {
    size_t shorter = count < prediction->count ? count : prediction->count;
    for (size_t place = 0; place < shorter; place++)
        if (memcmp(&events[place], &prediction->events[place], sizeof *events) != 0)
            return place;
    return count == prediction->count ? SIZE_MAX : shorter;
}

bool judge_agrees(const struct model_prediction *prediction, const struct trace_event *events, size_t count) {
    if (first_difference(prediction, events, count) == SIZE_MAX)
        return true;
    if (!prediction->has_strands)
        return false;
    struct strands_judged strands = judge_strands(prediction, events, count);
    return !strands.no_memory && strands.difference == SIZE_MAX;
}

static enum trace_kind last_kind(const struct trace_event *events, size_t count) {
    return count > 0 ? (enum trace_kind)events[count - 1].kind : TRACE_NONE;
}

/* What the last event says, and what only others know: the watchdog, the process's parent, the report of the rule that broke. */
static struct outcome outcome_of_run(const struct trace_event *events, size_t count, enum journal_state state, bool hang, const struct journal_stop *stop) {
    struct outcome outcome = outcome_of_trace(events, count);
    if (hang)
        return (struct outcome){.kind = OUTCOME_HANG};
    if (state == JOURNAL_RUNNING && last_kind(events, count) == TRACE_END)
        return outcome_of_trace(NULL, 0); /* it died behind its end */
    if (outcome.kind == OUTCOME_VIOLATION && stop != NULL)
        memcpy(outcome.rule, stop->rule, sizeof outcome.rule - 1);
    return outcome;
}

/* Whether the journal's word for how the run ended and the last event say the same. */
static bool journal_agrees(const struct trace_event *events, size_t count, enum journal_state state) {
    enum trace_kind last = last_kind(events, count);
    switch (state) {
    case JOURNAL_ENDED: return last == TRACE_END;
    case JOURNAL_STOPPED: /* an end: of a task on an attached thread, by a panic, which ends the process */
        return last == TRACE_STOP || last == TRACE_CRASH || (last == TRACE_END && events[count - 1].reason == TRACE_ENDED_PANIC);
    default: return true;
    }
}

unsigned judge_first_unreached(const struct scenario_program *program, const struct trace_event *events, size_t count) {
    uint8_t reached[(SCENARIO_OPERATIONS_MAX + 1 + 7) / 8] = {0};
    for (size_t place = 0; place < count; place++)
        reached[events[place].operation / 8] |= (uint8_t)(1u << events[place].operation % 8);
    for (unsigned operation = 1; operation < program->count; operation++)
        if (!(reached[operation / 8] >> operation % 8 & 1))
            return operation;
    return 0;
}

void judge_agreement(const struct scenario_program *program, const struct trace_event *events, size_t count, struct judgement *judgement) {
    unsigned unreached = judge_first_unreached(program, events, count);
    judgement->verdict = unreached == 0 ? VERDICT_PASS : VERDICT_VACUOUS;
    if (unreached != 0) {
        char words[96];
        scenario_print_operation(program, unreached, words, sizeof words);
        struct writer reason = reason_of(judgement);
        writer_format(&reason, "never reached: operation %u, %s", unreached, words);
    }
}

/* An end that was not predicted. */
static void judge_end(const struct outcome *outcome, bool died_behind_its_end, struct judgement *judgement) {
    const char *what;
    switch (outcome->kind) {
    case OUTCOME_VIOLATION:
        judgement->verdict = VERDICT_VIOLATION;
        what = "a rule broke";
        break;
    case OUTCOME_CRASH:
        judgement->verdict = VERDICT_CRASH;
        what = "the process crashed";
        break;
    case OUTCOME_CRASH_UNKNOWN:
        judgement->verdict = VERDICT_CRASH;
        what = died_behind_its_end ? "the process died behind the end of the text" : "the process died without a word";
        break;
    default:
        judgement->verdict = VERDICT_FAIL;
        what = "another outcome";
        break;
    }
    struct writer reason = reason_of(judgement);
    writer_format(&reason, "%s: expected %s, got %s", what, judgement->expected, judgement->outcome);
}

/* No verdict on the run is possible, and why. */
static bool judge_prediction(const struct model_prediction *prediction, struct judgement *judgement) {
    struct writer reason = reason_of(judgement);
    judgement->verdict = VERDICT_ERROR;
    switch (prediction->state) {
    case MODEL_TOO_LONG:
    case MODEL_UNSETTLED:
    case MODEL_OUT_OF_MEMORY: writer_text(&reason, prediction->reason); return false;
    default: return true;
    }
}

void judge(const struct scenario_program *program, const struct model_prediction *prediction, const struct trace_event *events, size_t count,
           enum journal_state state, bool hang, const struct journal_stop *stop, struct judgement *judgement) {
    *judgement = (struct judgement){.difference = SIZE_MAX};
    if (!judge_prediction(prediction, judgement))
        return;
    if (state == JOURNAL_NO_THUNKS) {
        struct writer reason = reason_of(judgement);
        judgement->verdict = VERDICT_SKIP;
        writer_text(&reason, "the runtime under test makes no thunks: thunk_make in its adapter is NULL");
        return;
    }
    if (state == JOURNAL_REFUSED) {
        struct writer reason = reason_of(judgement);
        judgement->verdict = VERDICT_ERROR;
        writer_text(&reason, "it was not run: what it names is not there");
        return;
    }
    struct outcome outcome = outcome_of_run(events, count, state, hang, stop);
    outcome_print(&outcome, judgement->outcome, sizeof judgement->outcome);
    outcome_print(&prediction->outcome, judgement->expected, sizeof judgement->expected);
    struct strands_judged strands = {.difference = SIZE_MAX};
    if (prediction->has_strands)
        strands = judge_strands(prediction, events, count);
    judgement->difference = prediction->has_strands ? strands.difference : first_difference(prediction, events, count);
    /* Where two strands can end the process, either may: what ran as one of those runs that can be has an outcome of those that can be. */
    bool is_expected = outcomes_equal(&outcome, &prediction->outcome);
    if (!is_expected && prediction->has_strands && judgement->difference == SIZE_MAX && outcome_is_of_an_end(&outcome)) {
        is_expected = true;
        memcpy(judgement->expected, judgement->outcome, sizeof judgement->expected);
    }
    struct writer reason = reason_of(judgement);
    if (strands.no_memory) {
        judgement->verdict = VERDICT_ERROR;
        writer_text(&reason, "no memory for the strands");
    } else if (hang) {
        judgement->verdict = VERDICT_HANG;
        writer_text(&reason, "a watchdog ended it behind event ");
        writer_decimal(&reason, count);
    } else if (state == JOURNAL_TOO_LONG) {
        judgement->verdict = VERDICT_ERROR;
        writer_text(&reason, "trace too long");
    } else if (!journal_agrees(events, count, state)) {
        judgement->verdict = VERDICT_ERROR;
        writer_text(&reason, "the journal contradicts itself: its last event is not the end that it speaks of");
    } else if (!is_expected) {
        judge_end(&outcome, last_kind(events, count) == TRACE_END, judgement);
    } else if (judgement->difference != SIZE_MAX) {
        judgement->verdict = VERDICT_FAIL;
        writer_text(&reason, strands.out_of_order ? "an event came before one that it must wait for, from event " : "another trace, from event ");
        writer_decimal(&reason, judgement->difference + 1);
        writer_text(&reason, " on");
    } else {
        judge_agreement(program, events, count, judgement);
    }
}
