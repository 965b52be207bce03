/* The ends that nobody comes back from: each stop code, crashes in each place, panics that nobody recovers. A child dies; its parent looks at its words and its
 * exit status. */
#include <stdio.h>
#include <string.h>

#include "child.h"

static const struct death *const groups[] = {deaths_of_entry, deaths_of_stops, deaths_of_crashes, deaths_of_last_words, deaths_of_tasks};

static unsigned count_of(const char *text, const char *part) {
    unsigned count = 0;
    for (const char *place = text; (place = strstr(place, part)); place += strlen(part))
        count++;
    return count;
}

/* Wine starts its debugger on the stack that has just run out, which then runs out for good: status 0 (Wine 8) or 1 (Wine 10), with or without this runtime. */
static const char *const WINE_LIES = "foreign_overflow";
static bool is_wine(void) { return GetProcAddress(GetModuleHandleA("ntdll.dll"), "wine_get_version") != NULL; }

static bool died_as_expected(const struct death *death) {
    struct child child;
    char words[128] = "";
    child_run(death->name, &child);
    if (death->words)
        snprintf(words, sizeof words, "[%s]", death->words);
    bool right_line = death->line ? count_of(child.said, death->line) == 1 && count_of(child.said, "*** ") == 1 : !strstr(child.said, "*** ");
    bool right_words = death->words ? count_of(child.said, words) == 1 && count_of(child.said, "[") == 1 : !strchr(child.said, '[');
    bool may_lie = is_wine() && !strcmp(death->name, WINE_LIES);
    bool right_status = child.status == death->status || (may_lie && child.status <= 1);
    bool right = right_status && right_line && right_words && !strstr(child.said, "alive");
    if (!right)
        print_error("%s: expected status %08lx, line %s, words %s;\n    got status %08lx and: %s\n", death->name, death->status, death->line ? death->line : "none",
                    death->words ? words : "none", child.status, child.said);
    return right;
}

static void assert_deaths(const struct death *death) {
    unsigned wrong = 0;
    for (; death->name; death++)
        wrong += !died_as_expected(death);
    assert_int_equal(wrong, 0);
}

static void entries_out_of_place(void **state) {
    (void)state;
    assert_deaths(deaths_of_entry);
}
static void stops(void **state) {
    (void)state;
    assert_deaths(deaths_of_stops);
}
static void crashes(void **state) {
    (void)state;
    assert_deaths(deaths_of_crashes);
}
static void tasks(void **state) {
    (void)state;
    assert_deaths(deaths_of_tasks);
}
static void last_words(void **state) {
    (void)state;
    assert_deaths(deaths_of_last_words);
}

static int die_of(const char *name) {
    SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
    if (!foreign_ready())
        return 3;
    for (unsigned group = 0; group < COUNT_OF(groups); group++)
        for (const struct death *death = groups[group]; death->name; death++)
            if (!strcmp(death->name, name)) {
                death->die();
                child_say("(alive)");
                return 0;
            }
    child_say("(no such death)");
    return 3;
}

/* Every stop code of the runtime is produced by some death. */
static void every_stop_code_has_its_death(void **state) {
    (void)state;
    static const char *const titles[] = {
#define STOP(code, name, p1, p2, p3, p4) #name,
#include "stops.def"
#undef STOP
    };
    for (unsigned index = 0; index < COUNT_OF(titles); index++) {
        unsigned found = 0;
        for (unsigned group = 0; group < COUNT_OF(groups); group++)
            for (const struct death *death = groups[group]; death->name; death++)
                found += death->line && strstr(death->line, titles[index]) != NULL;
        if (!found)
            print_error("%s: no death\n", titles[index]);
        assert_true(found);
    }
}

int main(int count, char **words) {
    if (count > 1)
        return die_of(words[1]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_stop_code_has_its_death),
        cmocka_unit_test(entries_out_of_place),
        cmocka_unit_test(stops),
        cmocka_unit_test(crashes),
        cmocka_unit_test(tasks), cmocka_unit_test(last_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
