/* Runtimes that do not take Windows' no for an answer as they should: what a sweep by count must find. */
#include "broken.h"

#include <string.h>
#include <windows.h>

static struct adapter_injector passed_on;
static const struct adapter_injector *given;

static void forget_memory(const char *point, uintptr_t what) {
    if (strcmp(point, "memory_give"))
        given->gave(point, what);
}
static bool leave_an_event(const char *point, uintptr_t caller) {
    bool refused = given->refuses(point, caller);
    if (refused)
        CreateEventA(NULL, FALSE, FALSE, NULL);
    return refused;
}
static bool crash(const char *point, uintptr_t caller) {
    bool refused = given->refuses(point, caller);
    if (refused && !strcmp(point, "memory_take"))
        *(volatile int *)NULL = 0;
    return refused;
}

static void inject_with(const struct adapter_injector *injector) {
    given = injector;
    if (!passed_on.refuses)
        passed_on.refuses = injector->refuses;
    if (!passed_on.gave)
        passed_on.gave = injector->gave;
    passed_on.took = injector->took;
    broken_whole->inject(&passed_on);
}

static void keep_memory(struct adapter *adapter) {
    passed_on.gave = forget_memory;
    adapter->inject = inject_with;
}
static void keep_a_handle(struct adapter *adapter) {
    passed_on.refuses = leave_an_event;
    adapter->inject = inject_with;
}
static void crash_without_memory(struct adapter *adapter) {
    passed_on.refuses = crash;
    adapter->inject = inject_with;
}
static void not_to_be_refused(struct adapter *adapter) { adapter->inject = NULL; }

const struct breakage broken_requests[] = {
    {"keeps-memory", NULL, keep_memory},
    {"keeps-a-handle", NULL, keep_a_handle},
    {"crashes-without-memory", NULL, crash_without_memory},
    {"cannot-be-refused", NULL, not_to_be_refused},
    {0},
};
