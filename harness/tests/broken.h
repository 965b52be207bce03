/* A runtime that breaks one promise: the reference runtime with one function of its table replaced. What the promises are called is the business of whoever
 * sets EXCHAIN_BREAK, and of the tests that know which rule must name it. */
#ifndef EXCHAIN_TESTS_BROKEN_ADAPTER_H
#define EXCHAIN_TESTS_BROKEN_ADAPTER_H

#include "../adapters/adapter.h"

/* One way to be broken. */
struct breakage {
    const char *name;              /* EXCHAIN_BREAK */
    void (*behind_recover)(void);  /* done in managed code whenever a recover has taken a panic; NULL: the table is changed instead */
    void (*change)(struct adapter *adapter);
};
extern const struct breakage broken_state[], broken_chain[], broken_control[], broken_requests[]; /* each ends with a name that is NULL */

/* The whole runtime behind the broken one. */
extern const struct adapter *broken_whole;

#endif
