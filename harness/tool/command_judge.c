/* What happened, from an executor's journal, against what must happen. */
#include <stdlib.h>
#include <string.h>

#include "differences.h"
#include "judge/judge.h"
#include "scenario/writer.h"
#include "tool.h"
#include "trace/journal_read.h"
#include "trace_json.h"

struct request {
    const char *list, *journal;
    bool hang;               /* a watchdog ended the process: what was going on then hung */
    bool no_trace_when_pass; /* most runs pass, and their traces are long */
};

/* What is kept from one run to the next. */
struct session {
    const struct request *request;
    struct tool_list list;
    struct tool_file journal_file;
    struct journal journal;
    struct model_prediction prediction;
    struct model_platform platform; /* the one that the journal was written on, as far as it is known to differ */
    bool has_differences;
    struct model_prediction platform_prediction;
    struct tool_text text;
    struct json json;
    bool has_failed;
};

/* A run in which no rule was ever checked was made with the rules off: nothing is checked then, only survived. Its end counts, not its way there. */
static void forgive_unchecked(const struct journal_entry *entry, struct judgement *judgement) {
    bool unchecked = entry->rules_checked == 0 && entry->state != JOURNAL_RUNNING;
    bool only_the_way = judgement->verdict == VERDICT_FAIL || judgement->verdict == VERDICT_VACUOUS;
    if (!unchecked || !only_the_way || strcmp(judgement->outcome, judgement->expected) != 0)
        return;
    judgement->verdict = VERDICT_PASS;
    judgement->difference = SIZE_MAX;
    judgement->reason[0] = 0;
}

/* Which known differences an XFAIL or XPASS is about. */
static void write_known(struct json *json, uint64_t known) {
    json_array_begin(json, "known");
    for (unsigned number = 0; number < model_differences_count; number++) {
        if (known >> number & 1)
            tool_difference(json, number);
    }
    json_array_end(json);
}

static void write_stop(struct json *json, const struct journal_stop *stop) {
    if (stop == NULL) {
        json_null(json, "stop");
        return;
    }
    json_object_begin(json, "stop");
    json_number(json, "code", stop->code);
    json_text(json, "title", stop->title);
    json_array_begin(json, "parameters");
    for (int i = 0; i < 4; i++)
        json_number(json, NULL, stop->parameters[i]);
    json_array_end(json);
    json_object_end(json);
}

/* What the dispatcher was seen to do. */
static void write_branches(struct json *json, uint32_t branches) {
    static const char *const words[] = {
#define BRANCH(name, word, what, elsewhere) word,
#include "../trace/branches.def"
#undef BRANCH
    };
    json_array_begin(json, "branches");
    for (unsigned branch = 0; branch < JOURNAL_BRANCH_COUNT; branch++)
        if (branches >> branch & 1)
            json_text(json, NULL, words[branch]);
    json_array_end(json);
}

static void write_judgement(struct session *session, const struct journal_entry *entry, const struct scenario_program *program,
                            const char *canonical, const struct judgement *judgement) {
    struct json *json = &session->json;
    const struct model_prediction *prediction = &session->prediction;
    bool has_rule = entry->stop != NULL && entry->stop->rule[0] != '\0';
    bool has_traces = judgement->verdict != VERDICT_PASS || !session->request->no_trace_when_pass;
    bool is_predicted = prediction->state == MODEL_PREDICTED;
    json_object_begin(json, NULL);
    json_number(json, "index", entry->index);
    json_text(json, "text", canonical);
    json_text(json, "verdict", verdict_word(judgement->verdict));
    json_text(json, "outcome", judgement->outcome);
    json_text(json, "expected", judgement->expected);
    json_text(json, "rule", has_rule ? entry->stop->rule : NULL);
    write_stop(json, entry->stop);
    json_text(json, "reason", judgement->reason);
    json_bool(json, "refused", entry->state == JOURNAL_REFUSED);
    write_known(json, judgement->known);
    json_trace(json, "trace", program, entry->events, has_traces ? entry->count : 0);
    json_trace(json, "expected_trace", program, prediction->events, has_traces && is_predicted ? prediction->count : 0);
    if (judgement->difference == SIZE_MAX)
        json_null(json, "difference");
    else
        json_number(json, "difference", judgement->difference);
    json_text(json, "report", entry->report);
    json_bool(json, "went_on", entry->went_on);
    json_number(json, "nanoseconds", entry->nanoseconds);
    json_number(json, "rules_checked", entry->rules_checked);
    write_branches(json, entry->branches);
    json_object_end(json);
    json_line_end(json);
}

static void judge_by(const struct session *session, const struct journal_entry *entry, const struct scenario_program *program,
                     const struct model_prediction *prediction, struct judgement *judgement) {
    bool hang = session->request->hang && entry->is_last && entry->state == JOURNAL_RUNNING;
    judge(program, prediction, entry->events, entry->count, entry->state, hang, entry->stop, judgement);
    if (entry->state == JOURNAL_REFUSED) {
        struct writer reason = writer_begin(judgement->reason, sizeof judgement->reason);
        writer_text(&reason, session->journal.header.report);
    }
    forgive_unchecked(entry, judgement);
}

/* The contract first, then the platform. */
static void judge_twice(struct session *session, const struct journal_entry *entry, const struct scenario_program *program, struct judgement *judgement) {
    judge_by(session, entry, program, &session->prediction, judgement);
    if (!session->has_differences)
        return;
    struct judgement by_platform;
    model_predict(program, &session->platform, &session->platform_prediction);
    judge_by(session, entry, program, &session->platform_prediction, &by_platform);
    judge_known(program, &session->prediction, &session->platform_prediction, &by_platform, judgement);
}

static enum tool_status judge_run(struct session *session, const struct journal_entry *entry) {
    static const struct model_platform contract;
    if (entry->index >= session->list.count)
        return tool_wrong_request("%s has run text %u, but %s has %lu texts: they do not belong together", session->request->journal,
                                  (unsigned)entry->index, session->request->list, (unsigned long)session->list.count);
    struct scenario_program program;
    enum tool_status status = tool_list_parse(&session->list, entry->index, &program);
    if (status != TOOL_FINE)
        return status;
    model_predict(&program, &contract, &session->prediction);
    const char *canonical = tool_canonical(&program, &session->text);
    if (session->prediction.state == MODEL_OUT_OF_MEMORY || canonical == NULL) {
        status = tool_trouble("out of memory");
    } else {
        struct judgement judgement;
        judge_twice(session, entry, &program, &judgement);
        write_judgement(session, entry, &program, canonical, &judgement);
        session->has_failed |= verdict_fails(judgement.verdict);
    }
    scenario_program_free(&program);
    return status;
}

static void write_journal(struct session *session) {
    const struct journal_header *header = &session->journal.header;
    struct json *json = &session->json;
    json_object_begin(json, NULL);
    json_object_begin(json, "journal");
    json_number(json, "runs", header->runs);
    json_bool(json, "finished", header->finished != 0);
    json_number(json, "progress", header->progress);
    json_text(json, "platform", header->platform);
    json_object_end(json);
    json_object_end(json);
    json_line_end(json);
}

static enum tool_status judge_journal(struct session *session) {
    char problem[JOURNAL_PROBLEM_BYTES];
    if (!journal_open(&session->journal, session->journal_file.bytes, session->journal_file.length, problem))
        return tool_trouble("%s: %s", session->request->journal, problem);
    session->has_differences = model_platform_named(session->journal.header.platform, &session->platform);
    size_t place = JOURNAL_HEADER_BYTES;
    struct journal_entry entry;
    while (journal_next(&session->journal, &place, &entry)) {
        enum tool_status status = judge_run(session, &entry);
        if (status != TOOL_FINE)
            return status;
    }
    write_journal(session);
    return session->has_failed ? TOOL_NOT_AS_EXPECTED : TOOL_FINE;
}

static enum tool_status read_request(char **words, struct request *request) {
    for (; *words != NULL; words++) {
        if (strcmp(*words, "--list") == 0 && words[1] != NULL)
            request->list = *++words;
        else if (strcmp(*words, "--journal") == 0 && words[1] != NULL)
            request->journal = *++words;
        else if (strcmp(*words, "--hang") == 0)
            request->hang = true;
        else if (strcmp(*words, "--no-trace-when-pass") == 0)
            request->no_trace_when_pass = true;
        else
            return tool_wrong_request("judge: `%s` has no meaning here, expected --list FILE, --journal FILE, --hang, --no-trace-when-pass", *words);
    }
    if (request->list == NULL || request->journal == NULL)
        return tool_wrong_request("judge: expected --list FILE and --journal FILE");
    return TOOL_FINE;
}

enum tool_status command_judge(char **words) {
    struct request request = {0};
    enum tool_status status = read_request(words, &request);
    if (status != TOOL_FINE)
        return status;
    struct session session = {.request = &request, .json = {.stream = stdout}};
    status = tool_list_read(request.list, &session.list);
    if (status == TOOL_FINE)
        status = tool_map(request.journal, &session.journal_file);
    if (status == TOOL_FINE)
        status = judge_journal(&session);
    free(session.text.bytes);
    model_prediction_free(&session.prediction);
    model_prediction_free(&session.platform_prediction);
    tool_file_free(&session.journal_file);
    tool_list_free(&session.list);
    return status;
}
