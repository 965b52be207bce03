/* A test program that starts itself again as a child, which then dies in one particular way. */
#ifndef EXCHAIN_RUNTIME_TESTS_CHILD_H
#define EXCHAIN_RUNTIME_TESTS_CHILD_H

#include "support.h"

/* What a child left: everything it wrote on standard output and standard error, and its exit status. */
struct child {
    char said[8192];
    DWORD status;
};
/* Starts this program with one word as its argument and waits for its end. */
void child_run(const char *word, struct child *child);

/* In the child: writes on standard output, with no heap and on any stack. */
void child_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* In the child, as the runtime's on_last_words: says the words in a form of its own. */
void child_on_last_words(const struct xc_last_words *words);

/* The deaths, by name. */
struct death {
    const char *name;
    void (*die)(void);
    const char *line;    /* how the runtime's line on standard error begins; NULL: there is none */
    const char *words;   /* what on_last_words said; NULL: it was not called */
    DWORD status;
};
extern const struct death deaths_of_entry[], deaths_of_stops[], deaths_of_crashes[], deaths_of_last_words[], deaths_of_tasks[];

/* Set by a death before it happens: a parameter that on_last_words must find, or CHILD_ANY. */
enum { CHILD_ANY = 0xA17 };
extern uintptr_t child_parameters[4];

/* Starts the runtime with child_on_last_words. */
void child_start_runtime(void);
/* The same, then runs managed code. What the child says when that returns makes the test fail. */
void child_run_managed(xc_function *function, void *argument);

#endif
