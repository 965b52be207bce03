/* Journals: whole ones are read, those of the dead as far as they go, everything else is refused with one line. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace/journal_read.h"

/* A file in the making. Tests break it before they read it. */
struct file {
    struct journal_header *header; /* the whole file begins here */
    unsigned char *bytes;
    size_t size;
};

static struct file begin_file(size_t size) {
    struct file file = {.bytes = calloc(1, size), .size = size};
    assert_non_null(file.bytes);
    file.header = (struct journal_header *)(void *)file.bytes;
    memcpy(file.header->magic, JOURNAL_MAGIC, 8);
    file.header->event_bytes = sizeof(struct trace_event);
    file.header->used = JOURNAL_HEADER_BYTES;
    return file;
}

static struct journal_run *add_run(struct file *file, uint32_t index, enum journal_state state, uint32_t events) {
    struct journal_header *header = file->header;
    struct journal_run *run = (struct journal_run *)(void *)(file->bytes + header->used);
    *run = (struct journal_run){.index = index, .state = state, .events = events, .nanoseconds_low = 5, .nanoseconds_high = 1, .rules_checked = 3};
    struct trace_event *event = (struct trace_event *)(void *)(run + 1);
    for (uint32_t i = 0; i < events; i++)
        event[i] = (struct trace_event){.kind = TRACE_DONE, .task = 1, .operation = (uint16_t)(i + 1)};
    header->current = header->used;
    header->used += (uint32_t)(sizeof *run + events * sizeof *event);
    header->runs++;
    assert_true(header->used <= file->size);
    return run;
}

/* Three runs: two that came to their end and one that is going on. */
static struct file usual_file(void) {
    struct file file = begin_file(JOURNAL_HEADER_BYTES + 4096);
    add_run(&file, 0, JOURNAL_ENDED, 2);
    add_run(&file, 7, JOURNAL_TOO_LONG, 0);
    add_run(&file, 8, JOURNAL_RUNNING, 3);
    return file;
}

static void expect_refusal(struct file file, size_t size, const char *expected) {
    unsigned char *exact = malloc(size > 0 ? size : 1); /* so that a sanitizer sees any byte read past it */
    assert_non_null(exact);
    memcpy(exact, file.bytes, size);
    struct journal journal;
    char problem[JOURNAL_PROBLEM_BYTES];
    assert_false(journal_open(&journal, exact, size, problem));
    assert_string_equal(problem, expected);
    free(exact);
    free(file.bytes);
}

static void runs_come_one_after_another(void **state) {
    (void)state;
    struct file file = usual_file();
    file.header->progress = 99;
    struct journal journal;
    char problem[JOURNAL_PROBLEM_BYTES];
    assert_true(journal_open(&journal, file.bytes, file.size, problem));
    assert_int_equal(journal.header.progress, 99);
    static const struct { uint32_t index; enum journal_state state; size_t count; bool is_last; } expected[] = {
        {0, JOURNAL_ENDED, 2, false}, {7, JOURNAL_TOO_LONG, 0, false}, {8, JOURNAL_RUNNING, 3, true}};
    size_t place = JOURNAL_HEADER_BYTES;
    struct journal_entry entry;
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        assert_true(journal_next(&journal, &place, &entry));
        assert_int_equal(entry.index, expected[i].index);
        assert_int_equal(entry.state, expected[i].state);
        assert_int_equal(entry.count, expected[i].count);
        assert_int_equal(entry.is_last, expected[i].is_last);
        assert_int_equal(entry.nanoseconds, 0x100000005);
        assert_int_equal(entry.rules_checked, 3);
        assert_null(entry.stop);
        for (size_t event = 0; event < entry.count; event++)
            assert_int_equal(entry.events[event].operation, event + 1);
    }
    assert_false(journal_next(&journal, &place, &entry));
    free(file.bytes);
}

static void a_journal_may_have_no_runs(void **state) {
    (void)state;
    struct file file = begin_file(JOURNAL_HEADER_BYTES);
    struct journal journal;
    char problem[JOURNAL_PROBLEM_BYTES];
    assert_true(journal_open(&journal, file.bytes, file.size, problem));
    size_t place = JOURNAL_HEADER_BYTES;
    struct journal_entry entry;
    assert_false(journal_next(&journal, &place, &entry));
    free(file.bytes);
}

static void the_stop_belongs_to_the_last_run(void **state) {
    (void)state;
    struct file file = begin_file(JOURNAL_HEADER_BYTES + 4096);
    add_run(&file, 0, JOURNAL_ENDED, 2);
    add_run(&file, 1, JOURNAL_STOPPED, 1);
    struct journal_header *header = file.header;
    header->stop = (struct journal_stop){.code = 0xE001, .parameters = {1, 2, 3, 4}};
    memset(header->stop.rule, 'V', sizeof header->stop.rule);   /* texts that lost their ends */
    memset(header->stop.title, 'S', sizeof header->stop.title);
    memset(header->report, 'r', sizeof header->report);
    struct journal journal;
    char problem[JOURNAL_PROBLEM_BYTES];
    assert_true(journal_open(&journal, file.bytes, file.size, problem));
    size_t place = JOURNAL_HEADER_BYTES;
    struct journal_entry entry;
    assert_true(journal_next(&journal, &place, &entry));
    assert_null(entry.stop);
    assert_true(journal_next(&journal, &place, &entry));
    assert_non_null(entry.stop);
    assert_int_equal(entry.stop->code, 0xE001);
    assert_int_equal(entry.stop->parameters[3], 4);
    assert_string_equal(entry.stop->rule, "VVVVVVV");
    assert_int_equal(strlen(entry.stop->title), sizeof entry.stop->title - 1);
    assert_int_equal(strlen(journal.header.report), sizeof journal.header.report - 1);
    free(file.bytes);
}

/* What the end of a run says goes behind it. */
static struct journal_said *put_aside(struct file *file, struct journal_run *run, const char *rule, const char *report) {
    struct journal_said *said = (struct journal_said *)(void *)(file->bytes + file->header->used);
    said->stop = (struct journal_stop){.code = 0xE001};
    strcpy(said->stop.rule, rule);
    strcpy(said->report, report);
    run->said = (uint32_t)((sizeof *said + strlen(report) + JOURNAL_GRAIN) / JOURNAL_GRAIN * JOURNAL_GRAIN);
    file->header->used += run->said;
    file->header->went_on++;
    assert_true(file->header->used <= file->size);
    return said;
}

/* Two that the process went on behind, one between them, and the one that it stopped with. */
static struct file file_of_a_process_that_went_on(void) {
    struct file file = begin_file(JOURNAL_HEADER_BYTES + 4096);
    put_aside(&file, add_run(&file, 3, JOURNAL_STOPPED, 1), "V1", "the first chain");
    add_run(&file, 4, JOURNAL_ENDED, 2);
    put_aside(&file, add_run(&file, 5, JOURNAL_STOPPED, 0), "V2", "");
    add_run(&file, 6, JOURNAL_STOPPED, 1);
    file.header->stop = (struct journal_stop){.code = 0xE003, .rule = "V3"};
    strcpy(file.header->report, "the last chain");
    return file;
}

static void each_stop_belongs_to_its_run_where_the_process_went_on(void **state) {
    (void)state;
    struct file file = file_of_a_process_that_went_on();
    struct journal journal;
    char problem[JOURNAL_PROBLEM_BYTES];
    assert_true(journal_open(&journal, file.bytes, file.size, problem));
    static const struct { uint32_t index; bool went_on; const char *rule, *report; } expected[] = {
        {3, true, "V1", "the first chain"}, {4, false, NULL, ""}, {5, true, "V2", ""}, {6, false, "V3", "the last chain"}};
    size_t place = JOURNAL_HEADER_BYTES;
    struct journal_entry entry;
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        assert_true(journal_next(&journal, &place, &entry));
        assert_int_equal(entry.index, expected[i].index);
        assert_int_equal(entry.went_on, expected[i].went_on);
        assert_int_equal(entry.is_last, i == COUNT_OF(expected) - 1);
        assert_string_equal(entry.report, expected[i].report);
        if (expected[i].rule)
            assert_string_equal(entry.stop->rule, expected[i].rule);
        else
            assert_null(entry.stop);
    }
    assert_false(journal_next(&journal, &place, &entry));
    free(file.bytes);
}

static void what_an_end_says_and_does_not_fit_is_refused(void **state) {
    (void)state;
    struct journal_run *first;
    struct journal_said *said;
    static const uint32_t sizes[] = {JOURNAL_GRAIN, sizeof *said, 97};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        struct file file = begin_file(JOURNAL_HEADER_BYTES + 4096);
        first = add_run(&file, 0, JOURNAL_STOPPED, 0);
        put_aside(&file, first, "V1", "a chain");
        first->said = sizes[i];
        char expected[JOURNAL_PROBLEM_BYTES];
        snprintf(expected, sizeof expected, "damaged journal: run 0 has no room for what its end says (%u bytes)", (unsigned)sizes[i]);
        expect_refusal(file, file.size, expected);
    }
    for (unsigned which = 0; which < 3; which++) {
        struct file file = begin_file(JOURNAL_HEADER_BYTES + 4096);
        first = add_run(&file, 0, JOURNAL_STOPPED, 0);
        said = put_aside(&file, first, "V1", "a chain");
        if (which == 0)
            memset(said->stop.rule, 'V', sizeof said->stop.rule);
        else if (which == 1)
            memset(said->stop.title, 'S', sizeof said->stop.title);
        else
            memset(said->report, 'r', first->said - sizeof *said);
        expect_refusal(file, file.size, "damaged journal: what the end of run 0 says does not end");
    }
    struct file file = begin_file(JOURNAL_HEADER_BYTES + 4096);
    first = add_run(&file, 0, JOURNAL_ENDED, 0);
    put_aside(&file, first, "V1", "a chain");
    expect_refusal(file, file.size, "damaged journal: run 0 has no room for what its end says (96 bytes)");
    file = begin_file(JOURNAL_HEADER_BYTES + 4096);
    first = add_run(&file, 0, JOURNAL_STOPPED, 0);
    first->said = JOURNAL_HEADER_BYTES + JOURNAL_GRAIN;
    expect_refusal(file, file.size, "damaged journal: run 0 says 8224 bytes at its end, more than there can be");
}

static void what_died_between_two_stores_is_read(void **state) {
    (void)state;
    struct journal journal;
    char problem[JOURNAL_PROBLEM_BYTES];
    struct file file = usual_file();
    file.header->used -= 3 * 32; /* `used` is behind the events of the last run */
    assert_true(journal_open(&journal, file.bytes, file.size, problem));
    file.header->used += 3 * 32;
    file.header->runs = 2; /* the run is there and not counted yet */
    assert_true(journal_open(&journal, file.bytes, file.size, problem));
    free(file.bytes);
}

static void foreign_files_are_refused(void **state) {
    (void)state;
    struct file file = usual_file();
    expect_refusal(file, 0, "not a journal: it has 0 bytes, its header alone has 8192");
    file = usual_file();
    expect_refusal(file, JOURNAL_HEADER_BYTES - 1, "not a journal: it has 8191 bytes, its header alone has 8192");
    file = usual_file();
    file.header->magic[7] = '2';
    expect_refusal(file, file.size, "not a journal: it does not begin with EXJRNL01");
    file = usual_file();
    file.header->event_bytes = 40;
    expect_refusal(file, file.size, "a journal of another version: its events have 40 bytes, expected 32");
}

static void damaged_headers_are_refused(void **state) {
    (void)state;
    struct file file = usual_file();
    file.header->used = (uint32_t)file.size + 1;
    expect_refusal(file, file.size, "damaged journal: 12289 bytes are said to be used, the file has 12288");
    file = usual_file();
    file.header->used = JOURNAL_HEADER_BYTES - 32;
    expect_refusal(file, file.size, "damaged journal: 8160 bytes are said to be used, the file has 12288");
    file = usual_file();
    file.header->finished = 2;
    expect_refusal(file, file.size, "damaged journal: the end marker is 2, expected 0 or 1");
    file = usual_file();
    file.header->finished = 1;
    expect_refusal(file, file.size, "damaged journal: it is marked as finished, but run 2 is going on");
    file = usual_file();
    file.header->current = 8224;
    expect_refusal(file, file.size, "damaged journal: the current run is said to be at byte 8224, the last one is at 8320");
    file = begin_file(JOURNAL_HEADER_BYTES + 64);
    add_run(&file, 0, JOURNAL_ENDED, 1);
    file.header->runs = 2;
    expect_refusal(file, file.size, "damaged journal: 2 runs are said to be there, the file ends before run 1");
}

static void damaged_runs_are_refused(void **state) {
    (void)state;
    struct file file = usual_file();
    struct journal_run *first = (struct journal_run *)(void *)(file.bytes + JOURNAL_HEADER_BYTES);
    struct trace_event *event = (struct trace_event *)(void *)(first + 1);
    first->state = JOURNAL_REFUSED + 1;
    expect_refusal(file, file.size, "damaged journal: run 0 has no known state (7)");
    file = usual_file();
    first = (struct journal_run *)(void *)(file.bytes + JOURNAL_HEADER_BYTES);
    first->state = 0;
    expect_refusal(file, file.size, "damaged journal: run 0 has no known state (0)");
    static const uint32_t too_many[] = {128, 65537, 0x08000000, 0xFFFFFFFF};
    for (size_t i = 0; i < COUNT_OF(too_many); i++) {
        file = usual_file();
        first = (struct journal_run *)(void *)(file.bytes + JOURNAL_HEADER_BYTES);
        first->events = too_many[i];
        char expected[JOURNAL_PROBLEM_BYTES];
        snprintf(expected, sizeof expected, "damaged journal: run 0 has %u events, more than there can be", (unsigned)too_many[i]);
        expect_refusal(file, file.size, expected);
    }
    file = usual_file();
    first = (struct journal_run *)(void *)(file.bytes + JOURNAL_HEADER_BYTES);
    first->state = JOURNAL_STOPPED;
    expect_refusal(file, file.size, "damaged journal: run 0 ended the process, but others follow");
    file = usual_file();
    file.header->used = JOURNAL_HEADER_BYTES + 32;
    expect_refusal(file, file.size, "damaged journal: run 0 lies behind the bytes that are said to be used");
    file = usual_file();
    event = (struct trace_event *)(void *)(file.bytes + JOURNAL_HEADER_BYTES + 32);
    event[1].kind = TRACE_NONE;
    expect_refusal(file, file.size, "damaged journal: event 1 of run 0 is of no kind (0)");
    file = usual_file();
    event = (struct trace_event *)(void *)(file.bytes + JOURNAL_HEADER_BYTES + 32);
    event[0].kind = TRACE_KIND_COUNT;
    char refusal[80];
    snprintf(refusal, sizeof refusal, "damaged journal: event 0 of run 0 is of no kind (%d)", TRACE_KIND_COUNT);
    expect_refusal(file, file.size, refusal);
}

static void a_text_has_65536_events_at_most(void **state) {
    (void)state;
    struct file file = begin_file(JOURNAL_HEADER_BYTES + 32 + 32 * (JOURNAL_EVENTS_MAX + 1));
    struct journal_run *run = add_run(&file, 0, JOURNAL_TOO_LONG, JOURNAL_EVENTS_MAX);
    struct journal journal;
    char problem[JOURNAL_PROBLEM_BYTES];
    assert_true(journal_open(&journal, file.bytes, file.size, problem));
    run->events++;
    expect_refusal(file, file.size, "damaged journal: run 0 has 65537 events, more than there can be");
}

static void a_journal_lies_where_events_can(void **state) {
    (void)state;
    struct file file = usual_file();
    struct journal journal;
    char problem[JOURNAL_PROBLEM_BYTES];
    assert_false(journal_open(&journal, file.bytes + 1, file.size - 1, problem));
    assert_string_equal(problem, "the journal lies in memory at an odd place: its reader's mistake, not the file's");
    free(file.bytes);
}

/* Reads a journal out of memory that ends exactly where it does: a sanitizer sees any byte read past it. */
static bool read_exactly(const unsigned char *bytes, size_t size) {
    unsigned char *exact = malloc(size > 0 ? size : 1);
    assert_non_null(exact);
    memcpy(exact, bytes, size);
    struct journal journal;
    char problem[JOURNAL_PROBLEM_BYTES] = "";
    bool is_taken = journal_open(&journal, exact, size, problem);
    assert_int_equal(is_taken, strlen(problem) == 0);
    size_t place = JOURNAL_HEADER_BYTES;
    struct journal_entry entry;
    while (is_taken && journal_next(&journal, &place, &entry))
        assert_true((const unsigned char *)(entry.events + entry.count) <= exact + size &&
                    (!entry.went_on || (const unsigned char *)entry.report + strlen(entry.report) < exact + size));
    free(exact);
    return is_taken;
}

static struct file (*const files[])(void) = {usual_file, file_of_a_process_that_went_on};

static void a_journal_may_be_cut_anywhere(void **state) {
    (void)state;
    for (unsigned which = 0; which < COUNT_OF(files); which++) {
        struct file file = files[which]();
        size_t used = file.header->used;
        for (size_t size = 0; size <= file.size; size++)
            assert_int_equal(read_exactly(file.bytes, size), size >= used);
        free(file.bytes);
    }
}

static void no_number_leads_outside(void **state) {
    (void)state;
    static const uint32_t values[] = {0, 1, 3, 32, 8192, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF};
    for (unsigned which = 0; which < COUNT_OF(files); which++) {
        struct file file = files[which]();
        unsigned taken = 0, refused = 0;
        for (size_t place = 0; place < file.header->used; place += 4) {
            if (place == offsetof(struct journal_header, report))
                place = JOURNAL_HEADER_BYTES;
            for (size_t value = 0; value < COUNT_OF(values); value++) {
                uint32_t kept;
                memcpy(&kept, file.bytes + place, 4);
                memcpy(file.bytes + place, &values[value], 4);
                (*(read_exactly(file.bytes, file.size) ? &taken : &refused))++;
                memcpy(file.bytes + place, &kept, 4);
            }
        }
        assert_int_not_equal(taken, 0);
        assert_int_not_equal(refused, 0);
        free(file.bytes);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_come_one_after_another),
        cmocka_unit_test(a_journal_may_have_no_runs),
        cmocka_unit_test(the_stop_belongs_to_the_last_run),
        cmocka_unit_test(each_stop_belongs_to_its_run_where_the_process_went_on),
        cmocka_unit_test(what_an_end_says_and_does_not_fit_is_refused),
        cmocka_unit_test(what_died_between_two_stores_is_read),
        cmocka_unit_test(foreign_files_are_refused),
        cmocka_unit_test(damaged_headers_are_refused),
        cmocka_unit_test(damaged_runs_are_refused),
        cmocka_unit_test(a_text_has_65536_events_at_most),
        cmocka_unit_test(a_journal_lies_where_events_can),
        cmocka_unit_test(a_journal_may_be_cut_anywhere),
        cmocka_unit_test(no_number_leads_outside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
