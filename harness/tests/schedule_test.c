/* The syntax of schedules, and which sites each chooses. */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "inject/schedule.h"

static struct inject_schedule read_fine(const char *words) {
    struct inject_schedule schedule;
    char problem[200] = "";
    if (!inject_schedule_read(words, &schedule, problem, sizeof problem))
        fail_msg("%s: %s", words, problem);
    return schedule;
}

/* Which of the first `count` sites are injected, as a picture: x injected, . not. */
static const char *picture(const char *words, unsigned count) {
    static char drawn[101];
    struct inject_schedule schedule = read_fine(words);
    memset(drawn, 0, sizeof drawn);
    for (unsigned site = 0; site < count; site++)
        drawn[site] = inject_schedule_decide(&schedule, &(struct inject_site){INJECT_TEXT, site % 3, site % 2 ? "odd" : "even"}) ? 'x' : '.';
    return drawn;
}

static void every_word_chooses_its_sites(void **state) {
    (void)state;
    static const struct {
        const char *words, *chosen;
    } rows[] = {
        {"", "xxxxxxxxxxxx"},
        {"times=2", "xx.........."},
        {"nth=0", "x..........."},
        {"nth=3", "...x........"},
        {"nth=3,times=4", "...xxxx....."},
        {"nth=12", "............"},
        {"every=4", "...x...x...x"},
        {"every=4,times=2", "...x...x...."},
        {"every=1", "xxxxxxxxxxxx"},
        {"one-in=1", "xxxxxxxxxxxx"},
        {"depth=1", ".x..x..x..x."},
        {"depth=0-1", "xx.xx.xx.xx."},
        {"depth=3-9", "............"},
        {"point=odd", ".x.x.x.x.x.x"},
        {"point=od", "............"},
        {"nth=1,point=odd", "...x........"}, /* counted among the matching ones */
        {"every=2,depth=2", ".....x.....x"},
        {"phase=text", "xxxxxxxxxxxx"},
        {"phase=start", "............"},
        {"nth=0,times=4294967294", "xxxxxxxxxxxx"},
    };
    for (unsigned row = 0; row < COUNT_OF(rows); row++)
        assert_string_equal(picture(rows[row].words, 12), rows[row].chosen);
}

static void a_chance_is_the_same_for_the_same_seed(void **state) {
    (void)state;
    char one[101], other[101];
    strcpy(one, picture("one-in=4,seed=7", 100));
    assert_string_equal(picture("seed=7,one-in=4", 100), one);
    strcpy(other, picture("one-in=4,seed=8", 100));
    assert_string_not_equal(other, one);
    assert_string_equal(picture("one-in=4", 100), picture("one-in=4,seed=0", 100));
    for (unsigned seed = 0; seed < 20; seed++) { /* about a quarter, whatever the seed */
        char words[40];
        unsigned chosen = 0;
        snprintf(words, sizeof words, "one-in=4,seed=%u", seed);
        for (const char *place = picture(words, 100); *place; place++)
            chosen += *place == 'x';
        assert_in_range(chosen, 8, 45);
    }
}

static void phases_are_told_apart(void **state) {
    (void)state;
    for (enum inject_phase phase = 0; phase < INJECT_PHASE_COUNT; phase++) {
        char words[40];
        snprintf(words, sizeof words, "phase=%s", inject_phase_word(phase));
        for (enum inject_phase now = 0; now < INJECT_PHASE_COUNT; now++) {
            struct inject_schedule schedule = read_fine(words);
            assert_int_equal(inject_schedule_decide(&schedule, &(struct inject_site){now, 0, NULL}), now == phase);
        }
    }
}

static void a_site_without_a_name_has_none(void **state) {
    (void)state;
    struct inject_schedule schedule = read_fine("point=x");
    assert_false(inject_schedule_decide(&schedule, &(struct inject_site){INJECT_TEXT, 0, NULL}));
}

static void mistakes_get_one_line(void **state) {
    (void)state;
    static const struct {
        const char *words, *problem;
    } rows[] = {
        {"nth", "schedule: 'nth': expected nth=N, every=K, one-in=K, seed=S, times=M, depth=A-B, phase=WORD or point=NAME"},
        {"nth=", "schedule: 'nth=': expected a number"},
        {"nth=x", "schedule: 'nth=x': expected a number"},
        {"nth=-1", "schedule: 'nth=-1': expected a number"},
        {"nth=4294967295", "schedule: 'nth=4294967295': expected a number"},
        {"every=0", "schedule: 'every=0': expected a number from 1"},
        {"one-in=0", "schedule: 'one-in=0': expected a number from 1"},
        {"times=0", "schedule: 'times=0': expected a number from 1"},
        {"depth=3-1", "schedule: 'depth=3-1': expected a number, or two: 1-3"},
        {"depth=-", "schedule: 'depth=-': expected a number, or two: 1-3"},
        {"phase=end", "schedule: 'phase=end': expected start, text or stop"},
        {"point=", "schedule: 'point=': expected a name of up to 31 characters"},
        {"point=12345678901234567890123456789012", "schedule: 'point=12345678901234567890123456789012': expected a name of up to 31 characters"},
        {"nth=1,nth=2", "schedule: 'nth=2': it was said before"},
        {"nth=1,every=2", "schedule: 'every=2': nth, every and one-in exclude each other: choose one"},
        {"nth=1,", "schedule: nothing stands behind the last comma"},
        {"seed=1", "schedule: seed goes with one-in only"},
        {"seed=1,nth=2", "schedule: seed goes with one-in only"},
    };
    for (unsigned row = 0; row < COUNT_OF(rows); row++) {
        struct inject_schedule schedule;
        char problem[200] = "";
        assert_false(inject_schedule_read(rows[row].words, &schedule, problem, sizeof problem));
        assert_string_equal(problem, rows[row].problem);
    }
    struct inject_schedule schedule;
    char problem[200] = "";
    assert_false(inject_schedule_read(",", &schedule, problem, sizeof problem));
    assert_int_not_equal(problem[0], 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_chooses_its_sites), cmocka_unit_test(a_chance_is_the_same_for_the_same_seed), cmocka_unit_test(phases_are_told_apart),
        cmocka_unit_test(a_site_without_a_name_has_none), cmocka_unit_test(mistakes_get_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
