/* For libFuzzer: any bytes are refused as a journal, or all their runs and events can be read, shown and judged. */
#include <stdlib.h>
#include <string.h>

#include "judge/judge.h"
#include "trace/journal_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The fuzzer seldom finds eight kilobytes by itself: its bytes stand for the header's numbers, the stop, the platform's name, and what follows the header. */
enum { NUMBERS_BYTES = offsetof(struct journal_header, report), NAME_BYTES = 12, HEADER_BYTES = NUMBERS_BYTES + NAME_BYTES };

static struct scenario_program program;
static struct model_prediction contract, elsewhere;

static void must(bool holds) {
    if (!holds)
        abort();
}

/* The text that all runs are said to be of: with something of everything that traces hold. */
static void prepare(void) {
    static const char text[] = "recover { call { seh pass { back { fault idiv-overflow } } } } call { seh catch { raise 1 } }";
    struct model_platform platform;
    struct scenario_error error;
    must(scenario_parse(text, sizeof text - 1, &program, &error));
    must(model_platform_named("wine-8.0 debugged", &platform));
    model_predict(&program, NULL, &contract);
    model_predict(&program, &platform, &elsewhere);
    must(contract.state == MODEL_PREDICTED && elsewhere.state == MODEL_PREDICTED);
}

static void judge_entry(const struct journal_entry *entry, bool hang) {
    struct judgement judgement, by_platform;
    judge(&program, &contract, entry->events, entry->count, entry->state, hang, entry->stop, &judgement);
    judge(&program, &elsewhere, entry->events, entry->count, entry->state, hang, entry->stop, &by_platform);
    judge_known(&program, &contract, &elsewhere, &by_platform, &judgement);
    must(judgement.verdict < VERDICT_COUNT && (judgement.verdict == VERDICT_PASS || judgement.reason[0] != '\0'));
}

static void read_whole(const struct journal *journal) {
    size_t place = JOURNAL_HEADER_BYTES;
    struct journal_entry entry;
    struct model_platform platform;
    model_platform_named(journal->header.platform, &platform);
    while (journal_next(journal, &place, &entry)) {
        for (size_t i = 0; i < entry.count; i++) {
            char line[256];
            must(trace_event_print(&entry.events[i], &program, line, sizeof line) != 0);
        }
        judge_entry(&entry, false);
        judge_entry(&entry, true);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (program.count == 0)
        prepare();
    if (size < HEADER_BYTES)
        return 0;
    size_t runs_bytes = size - HEADER_BYTES, whole = JOURNAL_HEADER_BYTES + runs_bytes;
    unsigned char *bytes = calloc(1, whole); /* of just this size: who reads behind it is found */
    must(bytes != NULL);
    memcpy(bytes, data, NUMBERS_BYTES);
    memcpy(bytes + offsetof(struct journal_header, platform), data + NUMBERS_BYTES, NAME_BYTES);
    memcpy(bytes + JOURNAL_HEADER_BYTES, data + HEADER_BYTES, runs_bytes);

    struct journal journal;
    char problem[JOURNAL_PROBLEM_BYTES] = "";
    if (journal_open(&journal, bytes, whole, problem))
        read_whole(&journal);
    else
        must(problem[0] != '\0');
    free(bytes);
    return 0;
}
