/* i386: how compiled functions are entered. */
#ifndef EXCHAIN_RUNTIME_TESTS_ENTRIES_H
#define EXCHAIN_RUNTIME_TESTS_ENTRIES_H

#include <stdint.h>

/* What a compiler promises its functions: the arguments begin at a multiple of 16. */
enum { ENTRIES_ALIGNMENT = 16, ENTRIES_MAX = 32 };

/* A function, of whatever arguments, that only writes down where they begin. */
void entries_note(void *unused);
extern uint32_t entries_count;
extern uintptr_t entries_arguments[ENTRIES_MAX];

/* Calls function(arguments) with esp less aligned than usual: `skew` (0, 4, 8, 12) bytes below a multiple of 16. */
uintptr_t entries_call_skewed(void *function, const uintptr_t arguments[4], uint32_t skew);

#endif
