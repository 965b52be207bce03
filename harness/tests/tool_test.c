/* exchain-scenario as its callers see it: what it prints, where, and its exit status. Runs the command itself; needs a POSIX shell. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "trace/journal.h"

static char folder[] = "/tmp/exchain-tool-test-XXXXXX";
static char answer[65536]; /* both streams, in the order of the shell's `2>&1` */

/* The shell's words behind the command's name; `@` in them stands for the folder of this run. */
static int run(const char *words) {
    char line[1024] = EXCHAIN_TOOL " ";
    size_t length = strlen(line);
    for (; *words != '\0'; words++)
        length += (size_t)snprintf(line + length, sizeof line - length, *words == '@' ? "%s/" : "%.1s", *words == '@' ? folder : words);
    snprintf(line + length, sizeof line - length, " 2>&1");
    FILE *pipe = popen(line, "r");
    assert_non_null(pipe);
    answer[fread(answer, 1, sizeof answer - 1, pipe)] = '\0';
    int status = pclose(pipe);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void expect(const char *words, int status, const char *said) {
    assert_int_equal(run(words), status);
    assert_string_equal(answer, said);
}

static void expect_part(const char *part) {
    if (strstr(answer, part) == NULL)
        fail_msg("`%s` is not in `%s`", part, answer);
}

static void expect_no_part(const char *part) {
    if (strstr(answer, part) != NULL)
        fail_msg("`%s` is in `%s`", part, answer);
}

static void put(const char *name, const void *bytes, size_t length) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, length, stream), length);
    assert_int_equal(fclose(stream), 0);
}

static void put_text(const char *name, const char *text) {
    put(name, text, strlen(text));
}

static void requests_without_sense_are_refused(void **state) {
    (void)state;
    expect("frobnicate", 2, "unknown command `frobnicate`, see exchain-scenario --help\n");
    expect("model", 2, "model: expected --list FILE and nothing else\n");
    expect("judge --list x", 2, "judge: expected --list FILE and --journal FILE\n");
    expect("judge --quick", 2, "judge: `--quick` has no meaning here, expected --list FILE, --journal FILE, --hang, --no-trace-when-pass\n");
    expect("expect", 2, "expect: expected case files\n");
    expect("print --fast", 2, "print: unknown option `--fast`, expected files\n");
    assert_int_equal(run(""), 2);
    expect_part("usage: exchain-scenario COMMAND");
    assert_int_equal(run("--help"), 0);
    expect_part("usage: exchain-scenario COMMAND");
}

static void unreadable_files_are_the_machines_trouble(void **state) {
    (void)state;
    static const char *const requests[] = {"print @nowhere", "model --list @nowhere", "expect @nowhere", "judge --list @nowhere --journal @nowhere"};
    for (size_t i = 0; i < COUNT_OF(requests); i++) {
        assert_int_equal(run(requests[i]), 3);
        expect_part("nowhere: No such file or directory\n");
    }
    put_text("a", "check");
    assert_int_equal(run("judge --list @a --journal @nowhere"), 3);
    assert_int_equal(run("print @a >/dev/full"), 3);
}

static void print_gives_canonical_lines(void **state) {
    (void)state;
    put_text("a", "# why\nrecover {\n  panic 0x07 # here\n}\n");
    put_text("b", "check");
    put_text("wrong", "check\n  bak\n");
    expect("print @a @b", 0, "recover { panic 0x07 }\ncheck\n");
    expect("print <@a", 0, "recover { panic 0x07 }\n");
    expect("print @b - <@a", 0, "check\nrecover { panic 0x07 }\n");
    expect("print <@wrong", 2, "2:3: unknown operation `bak`, did you mean `back`?\n");
    expect("print </dev/null", 2, "1:1: the text has no operation, expected at least one\n");
    assert_int_equal(run("print @wrong"), 2);
    expect_part("/wrong:2:3: unknown operation `bak`, did you mean `back`?\n");
}

static void model_says_one_object_a_text(void **state) {
    (void)state;
    put_text("list", "check\r\ncall{dll\"a!b\"{}}\ngo { sync 1 } go { sync 1 } sync 1");
    expect("model --list @list", 0,
           "{\"index\": 0, \"text\": \"check\", \"outcome\": \"ok\", \"error\": null, "
           "\"trace\": [\"t1 done       1 check                      depth 0 locks 0 | T\", \"t1 end        0                   ok\"]}\n"
           "{\"index\": 1, \"text\": \"call { dll \\\"a!b\\\" { } }\", \"outcome\": \"ok\", \"error\": null, "
           "\"trace\": [\"t1 enter      1 call                       depth 1 locks 0 | T\", \"t1 enter      2 dll \\\"a!b\\\"                  depth 1 locks 0 | C1 T\", "
           "\"t1 leave      2 dll \\\"a!b\\\"                  depth 1 locks 0 | T\", \"t1 leave      1 call                       depth 0 locks 0 | T\", "
           "\"t1 end        0                   ok\"]}\n"
           "{\"index\": 2, \"text\": \"go { sync 1 } go { sync 1 } sync 1\", \"outcome\": null, \"error\": \"sync 1: which tasks meet is not settled\", "
           "\"trace\": []}\n");
    put_text("empty", "");
    expect("model --list @empty", 0, "");
}

static void a_list_with_a_mistake_is_refused_whole(void **state) {
    (void)state;
    put_text("list", "check\ncheck\nbak\ncheck\n");
    expect("model --list @list", 2, "3:1: unknown operation `bak`, did you mean `back`?\n");
    put_text("list", "check\n\ncheck\n");
    expect("model --list @list", 2, "2:1: the text has no operation, expected at least one\n");
}

/* A journal of one run of text 0, `check`, with its first `count` events and some more room. */
static struct { struct journal_header header; struct journal_run run; struct trace_event events[4]; } journal;

static void put_journal(enum journal_state state, uint32_t index, uint32_t count) {
    memset(&journal, 0, sizeof journal);
    memcpy(journal.header.magic, JOURNAL_MAGIC, 8);
    journal.header.event_bytes = sizeof(struct trace_event);
    journal.header.used = JOURNAL_HEADER_BYTES + 32 + 32 * count;
    journal.header.runs = 1;
    journal.header.current = JOURNAL_HEADER_BYTES;
    journal.header.progress = 77;
    journal.header.finished = state == JOURNAL_ENDED;
    journal.run = (struct journal_run){.index = index, .state = state, .events = count, .nanoseconds_low = 1234, .rules_checked = 5,
                                       .branches = 1u << JOURNAL_BRANCH_SEARCH | 1u << JOURNAL_BRANCH_COLLIDED};
    journal.events[0] = (struct trace_event){.kind = TRACE_DONE, .task = 1, .operation = 1};
    trace_chain_push(&journal.events[0], TRACE_SYMBOL_THREAD);
    journal.events[1] = (struct trace_event){.kind = TRACE_END, .task = 1, .reason = TRACE_ENDED_OK};
    put("journal", &journal, sizeof journal);
}

static void judge_says_one_object_a_run_and_one_for_the_journal(void **state) {
    (void)state;
    put_text("list", "check\npanic 7\n");
    put_journal(JOURNAL_ENDED, 0, 2);
    expect("judge --list @list --journal @journal", 0,
           "{\"index\": 0, \"text\": \"check\", \"verdict\": \"PASS\", \"outcome\": \"ok\", \"expected\": \"ok\", \"rule\": null, \"stop\": null, "
           "\"reason\": \"\", \"refused\": false, \"known\": [], "
           "\"trace\": [\"t1 done       1 check                      depth 0 locks 0 | T\", \"t1 end        0                   ok\"], "
           "\"expected_trace\": [\"t1 done       1 check                      depth 0 locks 0 | T\", \"t1 end        0                   ok\"], "
           "\"difference\": null, \"report\": \"\", \"went_on\": false, \"nanoseconds\": 1234, \"rules_checked\": 5, \"branches\": [\"search\", \"collided\"]}\n"
           "{\"journal\": {\"runs\": 1, \"finished\": true, \"progress\": 77, \"platform\": \"\"}}\n");
    assert_int_equal(run("judge --list @list --journal @journal --no-trace-when-pass"), 0);
    expect_part("\"trace\": [], \"expected_trace\": [], \"difference\": null");
}

static void judge_shows_where_traces_differ(void **state) {
    (void)state;
    put_text("list", "check\npanic 7\n");
    put_journal(JOURNAL_ENDED, 1, 2);
    assert_int_equal(run("judge --list @list --journal @journal --no-trace-when-pass"), 1);
    expect_part("\"text\": \"panic 7\", \"verdict\": \"FAIL\"");
    expect_part("\"expected\": \"panic 7\"");
    expect_part("\"trace\": [\"t1 done       1 panic 7 ");
    expect_part("\"expected_trace\": [\"t1 panic      1 panic 7 ");
    expect_part("\"difference\": 0");
}

static void judge_tells_a_hang_from_a_death(void **state) {
    (void)state;
    put_text("list", "check\n");
    put_journal(JOURNAL_RUNNING, 0, 1);
    assert_int_equal(run("judge --hang --list @list --journal @journal"), 1);
    expect_part("\"verdict\": \"HANG\"");
    expect_part("\"finished\": false");
    assert_int_equal(run("judge --list @list --journal @journal"), 1);
    expect_part("\"verdict\": \"CRASH\"");
    put_journal(JOURNAL_ENDED, 0, 2);
    assert_int_equal(run("judge --hang --list @list --journal @journal"), 0); /* what had ended did not hang */
}

static void judge_hands_on_stop_and_report(void **state) {
    (void)state;
    put_text("list", "check\n");
    put_journal(JOURNAL_STOPPED, 0, 1);
    journal.events[0] = (struct trace_event){.kind = TRACE_STOP, .task = 1, .operation = 1, .value = 0xE001, .reason = TRACE_FOUND_BY_RULES};
    journal.header.stop = (struct journal_stop){.code = 0xE001, .parameters = {1, 2, 3, 0xFFFFFFFF}, .rule = "V1", .title = "SEH_HEAD_NOT_RESTORED"};
    strcpy(journal.header.report, "head \"T\"\nnext\\");
    put("journal", &journal, sizeof journal);
    assert_int_equal(run("judge --list @list --journal @journal"), 1);
    expect_part("\"verdict\": \"VIOLATION\"");
    expect_part("\"rule\": \"V1\", \"stop\": {\"code\": 57345, \"title\": \"SEH_HEAD_NOT_RESTORED\", \"parameters\": [1, 2, 3, 4294967295]}");
    expect_part("\"report\": \"head \\\"T\\\"\\nnext\\\\\"");
    put_journal(JOURNAL_ENDED, 0, 2); /* a report without a run that wrote it */
    strcpy(journal.header.report, "stale");
    put("journal", &journal, sizeof journal);
    assert_int_equal(run("judge --list @list --journal @journal"), 0);
    expect_no_part("stale");
}

/* A division that overflows, on a platform that takes it for one by zero and on others: what is known of a platform is asked only there. */
static void judge_knows_platforms_by_the_journal(void **state) {
    (void)state;
    enum { OVERFLOW = 0xC0000095, DIVISION = 0xC0000094 };
    static const struct { const char *platform; uint32_t status; int exit_status; const char *verdict; bool known; } runs[] = {
        {"wine-8.0", DIVISION, 0, "XFAIL", true},
        {"wine-8.0", OVERFLOW, 1, "XPASS", true},
        {"wine-8.0", 0xC0000005, 1, "FAIL", false},
        {"windows-10.0.20348", OVERFLOW, 0, "PASS", false},
        {"windows-10.0.20348", DIVISION, 1, "FAIL", false},
        {"wined-8.0", DIVISION, 1, "FAIL", false},
        {"", DIVISION, 1, "FAIL", false},
    };
    put_text("list", "fault idiv-overflow\n");
    for (size_t place = 0; place < sizeof runs / sizeof runs[0]; place++) {
        put_journal(JOURNAL_ENDED, 0, 2);
        journal.events[0].kind = TRACE_FAULT;
        journal.events[1] = (struct trace_event){.kind = TRACE_END, .task = 1, .reason = TRACE_ENDED_PANIC, .value = runs[place].status, .is_status = 1};
        strcpy(journal.header.platform, runs[place].platform);
        put("journal", &journal, sizeof journal);
        assert_int_equal(run("judge --list @list --journal @journal"), runs[place].exit_status);
        char verdict[32];
        snprintf(verdict, sizeof verdict, "\"verdict\": \"%s\"", runs[place].verdict);
        expect_part(verdict);
        expect_part("\"expected\": \"panic c0000095\"");
        if (runs[place].known)
            expect_part("\"known\": [{\"id\": \"idiv-overflow-as-div0\", \"platforms\": \"wine\", \"reason\": \"the ");
        else
            expect_part("\"known\": []");
    }
}

static void differences_names_the_texts_they_are_about(void **state) {
    (void)state;
    put_text("list", "check\nfault idiv-overflow\nrecover { fault div0 }\ncall { seh catch { fault idiv-overflow } }\nrecover { panic fault idiv-overflow }\n");
    assert_int_equal(run("differences --list @list"), 0);
    expect_part("{\"id\": \"idiv-overflow-as-div0\", \"platforms\": \"wine\", \"reason\": \"the ");
    expect_part("\"texts\": [1, 3]}\n");
    assert_int_equal(run("differences"), 0);
    expect_part("\"texts\": []}\n");
    expect("differences list", 2, "differences: expected --list FILE or nothing\n");
}

static void journals_that_cannot_be_are_refused(void **state) {
    (void)state;
    put_text("list", "check\n");
    put_text("journal", "no journal");
    assert_int_equal(run("judge --list @list --journal @journal"), 3);
    expect_part("journal: not a journal: it has 10 bytes, its header alone has 8192\n");
    put_text("journal", "");
    assert_int_equal(run("judge --list @list --journal @journal"), 3);
    expect_part("journal: not a journal: it has 0 bytes");
    put_journal(JOURNAL_ENDED, 1, 2);
    assert_int_equal(run("judge --list @list --journal @journal"), 2);
    expect_part("journal has run text 1, but ");
}

static void expect_checks_case_files(void **state) {
    (void)state;
    put_text("good", "# why\ncheck #= done 1 | T\n#= outcome ok\n");
    put_text("bad", "# why\n\ncheck #= panic\n#= outcome panic 7\n");
    put_text("open", "# why\ngo { sync 1 } go { sync 1 } sync 1 #= outcome ok\n");
    put_text("wrong", "# why\ncheck }\n");
    expect("expect @good", 0, "case files: 1, expectations that hold: 2, mistakes: 0\n");
    assert_int_equal(run("expect @good @bad @open"), 1);
    expect_part("/bad:3: no event here has the words `panic`, the nearest is `t1 done       1 check                      depth 0 locks 0 | T`\n");
    expect_part("/bad:4: the outcome is `ok`, not `panic 7`\n");
    expect_part("/open:1: sync 1: which tasks meet is not settled\n");
    expect_part("case files: 3, expectations that hold: 2, mistakes: 3\n");
    assert_int_equal(run("expect @good @wrong"), 2);
    expect_part("/wrong:2:7: `}` closes nothing, expected an operation or the end of the text\n");
}

static int make_folder(void **state) {
    (void)state;
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state) {
    (void)state;
    char line[64];
    snprintf(line, sizeof line, "rm -r %s", folder);
    return system(line);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_without_sense_are_refused),
        cmocka_unit_test(unreadable_files_are_the_machines_trouble),
        cmocka_unit_test(print_gives_canonical_lines),
        cmocka_unit_test(model_says_one_object_a_text),
        cmocka_unit_test(a_list_with_a_mistake_is_refused_whole),
        cmocka_unit_test(judge_says_one_object_a_run_and_one_for_the_journal),
        cmocka_unit_test(judge_shows_where_traces_differ),
        cmocka_unit_test(judge_tells_a_hang_from_a_death),
        cmocka_unit_test(judge_hands_on_stop_and_report),
        cmocka_unit_test(judge_knows_platforms_by_the_journal),
        cmocka_unit_test(differences_names_the_texts_they_are_about),
        cmocka_unit_test(journals_that_cannot_be_are_refused),
        cmocka_unit_test(expect_checks_case_files),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
