/* For libFuzzer: whatever parses is predicted, the same way twice, on every platform that is known to differ too; the prediction can be shown, and judged against
 * itself it is as expected. Annotations are text of anybody's as well: they hold or are named. */
#include <stdlib.h>
#include <string.h>

#include "judge/judge.h"
#include "tool/expectations.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct model_prediction contract, again, elsewhere;
static struct model_platform everywhere;

static void must(bool holds) {
    if (!holds)
        abort();
}

static bool same(const struct model_prediction *one, const struct model_prediction *other) {
    return one->state == other->state && one->count == other->count && outcomes_equal(&one->outcome, &other->outcome) &&
           (one->count == 0 || memcmp(one->events, other->events, one->count * sizeof *one->events) == 0);
}

static enum journal_state state_of(const struct model_prediction *prediction) {
    enum trace_kind last = prediction->count == 0 ? TRACE_NONE : (enum trace_kind)prediction->events[prediction->count - 1].kind;
    switch (prediction->outcome.kind) {
    case OUTCOME_CRASH:
    case OUTCOME_BUGCHECK: return JOURNAL_STOPPED;
    case OUTCOME_CRASH_UNKNOWN: return JOURNAL_RUNNING;
    case OUTCOME_PANIC: return last == TRACE_END && prediction->events[prediction->count - 1].operation != 0 ? JOURNAL_STOPPED : JOURNAL_ENDED;
    default: return JOURNAL_ENDED;
    }
}

static void show(const struct scenario_program *program, const struct model_prediction *prediction) {
    char line[256], outcome[64];
    for (size_t place = 0; place < prediction->count; place++) {
        must(prediction->events[place].operation < program->count);
        must(trace_event_print(&prediction->events[place], program, line, sizeof line) != 0);
    }
    must(outcome_print(&prediction->outcome, outcome, sizeof outcome) != 0);
}

static void judge_itself(const struct scenario_program *program, const struct model_prediction *prediction) {
    struct judgement judgement;
    judge(program, prediction, prediction->events, prediction->count, state_of(prediction), false, NULL, &judgement);
    must(judgement.verdict == VERDICT_PASS || judgement.verdict == VERDICT_VACUOUS);
}

static void count_mistake(void *context, unsigned line, const char *mistake) {
    must(line > 0 && mistake[0] != '\0');
    ++*(unsigned *)context;
}

/* Repeats inside each other that never come to rest cost a million events a text by design, and show nothing that three of them do not. */
static bool is_quick(const struct scenario_program *program) {
    unsigned repeats = 0;
    for (size_t number = 1; number < program->count; number++)
        repeats += program->nodes[number].operation == SCENARIO_REPEAT;
    return repeats <= 3;
}

static void look_at(const struct scenario_program *program) {
    unsigned mistakes = 0;
    model_predict(program, NULL, &contract);
    if (contract.state == MODEL_TOO_LONG) {
        must(contract.reason[0] != '\0');
        return;
    }
    model_predict(program, NULL, &again);
    must(same(&contract, &again));
    struct expectations_result result = expectations_check(program, &contract, count_mistake, &mistakes);
    must(result.mistakes == mistakes);
    model_predict(program, &everywhere, &elsewhere);
    if (contract.state != MODEL_PREDICTED || elsewhere.state != MODEL_PREDICTED) {
        must(contract.state == MODEL_PREDICTED || contract.reason[0] != '\0');
        return;
    }
    must(elsewhere.differences != 0 || same(&contract, &elsewhere)); /* who differs without having met a difference is no platform */
    show(program, &contract);
    show(program, &elsewhere);
    judge_itself(program, &contract);
    judge_itself(program, &elsewhere);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct scenario_program program;
    struct scenario_error error;
    if (model_differences_count > 0 && everywhere.faults[model_differences[0].fault].difference == 0)
        for (unsigned number = 0; number < model_differences_count; number++)
            model_platform_add(&everywhere, number);
    if (!scenario_parse((const char *)data, size, &program, &error))
        return 0;
    if (is_quick(&program))
        look_at(&program);
    scenario_program_free(&program);
    return 0;
}
