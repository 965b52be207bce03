/* Annotations of case files, against predictions that are written here by hand: what the model says is another test's subject. */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "programs.h"
#include "scenario/writer.h"
#include "tool/expectations.h"

static void write_mistake(void *context, unsigned line, const char *mistake) {
    writer_format(context, "%u: %s\n", line, mistake);
}

static unsigned check_text(const char *text, const struct model_prediction *prediction, const char *mistakes) {
    struct scenario_program program = parse_right(text);
    char said[8192];
    struct writer writer = writer_begin(said, sizeof said);
    struct expectations_result result = expectations_check(&program, prediction, write_mistake, &writer);
    assert_string_equal(said, mistakes);
    unsigned lines = 0;
    for (const char *newline = said; (newline = strchr(newline, '\n')) != NULL; newline++)
        lines++;
    assert_int_equal(result.mistakes, lines);
    scenario_program_free(&program);
    return result.held;
}

/* recover { call { seh pass { back { panic 7 } } } } check, as docs/TRACE.md has it */
static struct trace_event events[] = {
    {.kind = TRACE_ENTER, .task = 1, .operation = 1, .chain_length = 1, .chain = {0x0}},
    {.kind = TRACE_ENTER, .task = 1, .operation = 2, .depth = 1, .chain_length = 1, .chain = {0x0}},
    {.kind = TRACE_ENTER, .task = 1, .operation = 3, .depth = 1, .chain_length = 2, .chain = {0x2}},
    {.kind = TRACE_ENTER, .task = 1, .operation = 4, .depth = 1, .chain_length = 3, .chain = {0x9}},
    {.kind = TRACE_PANIC, .task = 1, .operation = 5, .depth = 1, .value = 7, .chain_length = 3, .chain = {0x9}},
    {.kind = TRACE_RECOVERED, .task = 1, .operation = 1, .value = 7, .chain_length = 1, .chain = {0x0}},
    {.kind = TRACE_DONE, .task = 1, .operation = 6, .chain_length = 1, .chain = {0x0}},
    {.kind = TRACE_END, .task = 1, .reason = TRACE_ENDED_OK},
};
static const struct model_prediction predicted = {.state = MODEL_PREDICTED, .events = events, .count = COUNT_OF(events), .capacity = COUNT_OF(events)};

static void right_annotations_hold(void **state) {
    (void)state;
    static const char text[] =
        "# A panic in a callback wipes the C frames between.\n"
        "recover {            #= recovered 7 T ; depth 0\n"
        "    call {           #= enter 2 call depth 1\n"
        "        seh pass {   #= F1 T\n"
        "            back {\n"
        "                panic 7   #= panic 7 C1 F1 T\n"
        "            } # nothing of its own\n"
        "        }            #= enter 3 seh pass\n"
        "    }\n"
        "} check              #= done 6 check depth 0 locks 0 | T\n"
        "#=   outcome   ok\n";
    assert_int_equal(check_text(text, &predicted, ""), 8);
}

static void a_line_belongs_to_all_its_operations(void **state) {
    (void)state;
    assert_int_equal(check_text("# why\nrecover { call { seh pass { back { panic 7 } } } } check #= F1 ; C1 ; recovered ; done ; outcome ok", &predicted, ""), 5);
}

static void closing_braces_belong_to_their_operations(void **state) {
    (void)state;
    assert_int_equal(check_text("# why\nrecover { call { seh pass { back { panic 7\n} } #= enter 3\n} #= enter 2 call\n} #= recovered 7\ncheck #= outcome ok",
                                &predicted, ""), 4);
    check_text("# why\nrecover { call { seh pass { back { panic 7\n} } #= enter 2\n} #= recovered\n} check #= outcome ok", &predicted,
               "3: no event here has the words `enter 2`, the nearest is `t1 enter      3 seh pass                   depth 1 locks 0 | F1 T`\n"
               "4: no event here has the words `recovered`, the nearest is `t1 enter      2 call                       depth 1 locks 0 | T`\n");
}

static void the_braces_of_a_second_block_are_the_same_operations(void **state) {
    (void)state;
    struct trace_event deferred[] = {
        {.kind = TRACE_ENTER, .task = 1, .operation = 1, .chain_length = 1},
        {.kind = TRACE_DONE, .task = 1, .operation = 3, .chain_length = 1},
        {.kind = TRACE_DEFERRED, .task = 1, .operation = 1, .reason = TRACE_WHY_NORMAL, .chain_length = 1},
        {.kind = TRACE_DONE, .task = 1, .operation = 2, .chain_length = 1},
        {.kind = TRACE_LEAVE, .task = 1, .operation = 1, .chain_length = 1},
        {.kind = TRACE_DONE, .task = 1, .operation = 4, .chain_length = 1},
    };
    struct model_prediction prediction = {.state = MODEL_PREDICTED, .events = deferred, .count = COUNT_OF(deferred)};
    assert_int_equal(check_text("# why\ndefer {\ncheck #= done 2\n} { #= deferred 1 defer normal\ncheck #= done 3\n} #= leave 1\nclobber #= done 4\n#= outcome ok",
                                &prediction, ""), 6);
}

static void wrong_words_are_mistakes_and_the_nearest_event_is_shown(void **state) {
    (void)state;
    check_text("# why\nrecover { call { seh pass { back {\npanic 7 #= panic 8 C1\n} } } } #= recovered 7 C1\ncheck #= T |\n#= outcome ok", &predicted,
               "3: no event here has the words `panic 8 C1`, the nearest is `t1 panic      5 panic 7           7        depth 1 locks 0 | C1 F1 T`\n"
               "4: no event here has the words `recovered 7 C1`, the nearest is `t1 recovered  1 recover           7        depth 0 locks 0 | T`\n"
               "5: no event here has the words `T |`, the nearest is `t1 done       6 check                      depth 0 locks 0 | T`\n");
}

static void events_of_other_operations_do_not_count(void **state) {
    (void)state;
    check_text("# why\nrecover { #= F1\ncall { seh pass { back { panic 7 } } } }\ncheck #= recovered\n#= outcome ok", &predicted,
               "2: no event here has the words `F1`, the nearest is `t1 enter      1 recover                    depth 0 locks 0 | T`\n"
               "4: no event here has the words `recovered`, the nearest is `t1 done       6 check                      depth 0 locks 0 | T`\n");
}

static void words_are_whole_words(void **state) {
    (void)state;
    check_text("# why\nrecover { call { seh pass { back { panic 7 } } } } #= recover 7 T ; recov\ncheck #= outcome ok", &predicted,
               "2: no event here has the words `recov`, the nearest is `t1 enter      1 recover                    depth 0 locks 0 | T`\n");
}

static void behind_the_bar_stands_the_whole_chain(void **state) {
    (void)state;
    assert_int_equal(check_text("# why\nrecover { call { seh pass { back { panic 7 } } } } #= | C1 F1 T ; seh | F1 T ; recovered | T ; depth 1 | T ; C1 T\n"
                                "check #= outcome ok", &predicted, ""), 6);
    check_text("# why\nrecover { call { seh pass {\nback { panic 7 } #= | T ; | F1 T ; | C1 T ; | C1 F1 ; | C1 F1 T T ; panic |\n} } } check #= outcome ok", &predicted,
               "3: no event here has the words `| T`, the nearest is `t1 enter      4 back                       depth 1 locks 0 | C1 F1 T`\n"
               "3: no event here has the words `| F1 T`, the nearest is `t1 enter      4 back                       depth 1 locks 0 | C1 F1 T`\n"
               "3: no event here has the words `| C1 T`, the nearest is `t1 enter      4 back                       depth 1 locks 0 | C1 F1 T`\n"
               "3: no event here has the words `| C1 F1`, the nearest is `t1 enter      4 back                       depth 1 locks 0 | C1 F1 T`\n"
               "3: no event here has the words `| C1 F1 T T`, the nearest is `t1 enter      4 back                       depth 1 locks 0 | C1 F1 T`\n"
               "3: no event here has the words `panic |`, the nearest is `t1 panic      5 panic 7           7        depth 1 locks 0 | C1 F1 T`\n");
}

static void what_is_never_reached_has_no_event(void **state) {
    (void)state;
    struct model_prediction first_only = predicted;
    first_only.count = 1;
    check_text("# why\nrecover { }\ncheck #= done\n#= outcome ok", &first_only, "3: `done` never happens: nothing here is reached\n");
}

static void an_annotation_needs_an_operation(void **state) {
    (void)state;
    check_text("# why\n#= enter\nrecover { }\n\t#= recover\n#= outcome ok", &predicted,
               "2: `enter` belongs to nothing: no operation's word and no `}` stands on this line\n"
               "4: `recover` belongs to nothing: no operation's word and no `}` stands on this line\n");
}

static void items_have_words(void **state) {
    (void)state;
    check_text("# why\nrecover { } #= enter ; ; recover\ncheck #=\n#= outcome ok;", &predicted,
               "2: an item without words, expected words of an event after `#=` and between semicolons\n"
               "3: an item without words, expected words of an event after `#=` and between semicolons\n"
               "4: an item without words, expected words of an event after `#=` and between semicolons\n");
}

static void the_outcome_is_stated_once(void **state) {
    (void)state;
    check_text("# why\nrecover { }\n", &predicted, "3: the outcome is not stated, expected `#= outcome ok`\n");
    check_text("# why\nrecover { } #= outcome ok ; outcome ok\n#= outcome ok", &predicted,
               "2: the outcome is stated a second time, the first is on line 2\n"
               "3: the outcome is stated a second time, the first is on line 2\n");
}

static void the_outcome_is_the_models(void **state) {
    (void)state;
    struct model_prediction panics = predicted;
    panics.outcome = (struct outcome){.kind = OUTCOME_PANIC, .value = 7};
    assert_int_equal(check_text("# why\ncheck #= outcome  panic\t7", &panics, ""), 1);
    static const char *const wrong[] = {"ok", "panic", "panic 7 8", "panic 77", ""};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        char text[64], mistake[128];
        snprintf(text, sizeof text, "# why\ncheck #= outcome %s", wrong[i]);
        snprintf(mistake, sizeof mistake, "2: the outcome is `panic 7`, not `%s`\n", wrong[i]);
        check_text(text, &panics, mistake);
    }
}

static void a_case_says_why_it_exists(void **state) {
    (void)state;
    static const char *const silent[] = {"check #= outcome ok\n# too late", "#= outcome ok\ncheck", "#  \ncheck #= outcome ok", "#\ncheck #= outcome ok"};
    for (size_t i = 0; i < COUNT_OF(silent); i++)
        check_text(silent[i], &predicted, "1: the case does not say why it exists, expected a # comment before everything else\n");
    check_text("\n\n#why\ncheck #= outcome ok", &predicted, "");
}

static void without_a_prediction_only_the_form_is_checked(void **state) {
    (void)state;
    struct model_prediction unsettled = {.state = MODEL_UNSETTLED, .reason = "go"};
    assert_int_equal(check_text("# why\ngo { } #= anything goes ; outcome panic 9", &unsettled, ""), 0);
    check_text("go { } #=\n#= nothing", &unsettled,
               "1: the case does not say why it exists, expected a # comment before everything else\n"
               "1: an item without words, expected words of an event after `#=` and between semicolons\n"
               "2: `nothing` belongs to nothing: no operation's word and no `}` stands on this line\n"
               "2: the outcome is not stated, expected `#= outcome WORDS`\n");
}

static void carriage_returns_and_hashes_in_strings_do_no_harm(void **state) {
    (void)state;
    struct model_prediction unsettled = {.state = MODEL_UNSETTLED, .reason = "dll"};
    check_text("# why\r\ncall {\r\ndll \"a#=b!c\" { } #= x\r\n}\r\n#= outcome ok\r\n", &unsettled, "");
    assert_int_equal(check_text("# why\r\nrecover { } #= enter 1 recover\r\n#= outcome ok\r\n", &predicted, ""), 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_annotations_hold),
        cmocka_unit_test(a_line_belongs_to_all_its_operations),
        cmocka_unit_test(closing_braces_belong_to_their_operations),
        cmocka_unit_test(the_braces_of_a_second_block_are_the_same_operations),
        cmocka_unit_test(wrong_words_are_mistakes_and_the_nearest_event_is_shown),
        cmocka_unit_test(events_of_other_operations_do_not_count),
        cmocka_unit_test(words_are_whole_words),
        cmocka_unit_test(behind_the_bar_stands_the_whole_chain),
        cmocka_unit_test(what_is_never_reached_has_no_event),
        cmocka_unit_test(an_annotation_needs_an_operation),
        cmocka_unit_test(items_have_words),
        cmocka_unit_test(the_outcome_is_stated_once),
        cmocka_unit_test(the_outcome_is_the_models),
        cmocka_unit_test(a_case_says_why_it_exists),
        cmocka_unit_test(without_a_prediction_only_the_form_is_checked),
        cmocka_unit_test(carriage_returns_and_hashes_in_strings_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
