/* The broken runtime's table. The environment variable EXCHAIN_BREAK chooses what is broken; without it nothing is. */
#include "broken.h"

#include <string.h>
#include <windows.h>

#include "broken_registers.h"

const struct adapter *broken_whole;
broken_recover *broken_whole_recover;

static const struct breakage *breakage;

/* The reference runtime's own export, under another name in here. */
const struct adapter *whole_adapter(void);

static bool recover_then_break(adapter_function *body, void *body_argument, void (*recovered)(const struct adapter_panic *panic, void *argument), void *argument) {
    bool taken = broken_whole->recover(body, body_argument, recovered, argument);
    if (taken)
        breakage->behind_recover();
    return taken;
}

static const char *refuse(void (*hook)(const struct adapter_last_words *words)) {
    (void)hook;
    return "EXCHAIN_BREAK names nothing that can be broken";
}

static const struct breakage *breakage_named(const char *name) {
    static const struct breakage *const lists[] = {broken_state, broken_chain, broken_control, broken_requests};
    for (unsigned list = 0; list < sizeof lists / sizeof *lists; list++)
        for (const struct breakage *one = lists[list]; one->name; one++)
            if (!strcmp(one->name, name))
                return one;
    return NULL;
}

__declspec(dllexport) const struct adapter *exchain_adapter(void) {
    static struct adapter broken;
    static char name[64];
    broken_whole = whole_adapter();
    broken_whole_recover = broken_whole->recover;
    broken = *broken_whole;
    broken.name = "broken";
    if (!GetEnvironmentVariableA("EXCHAIN_BREAK", name, sizeof name))
        return &broken;
    breakage = breakage_named(name);
    if (!breakage)
        broken.start = refuse;
    else if (breakage->behind_recover)
        broken.recover = recover_then_break;
    else
        breakage->change(&broken);
    return &broken;
}
