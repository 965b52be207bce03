/* Deaths: functions of the runtime called from the wrong side. */
#include "child.h"

static void recover_nothing(void *unused) { xc_recover(do_nothing, unused, NULL, NULL); }
static void defer_nothing(void *unused) { xc_defer(do_nothing, unused, do_nothing, unused); }
static void call_nothing(void *unused) { xc_call(do_nothing, unused); }
static void repanic(void *unused) {
    (void)unused;
    xc_repanic(&(struct xc_panic){.value = 7});
}
static void lock(void *unused) {
    (void)unused;
    xc_task_lock();
}
static void unlock(void *unused) {
    (void)unused;
    xc_task_unlock();
}
static void set_panic_on_fault(void *unused) {
    (void)unused;
    xc_task_panic_on_fault_set(true);
}
static void call_back_nothing(void *unused) { xc_callback(do_nothing, unused); }

/* In C, below managed code. */
static void die_in_c(xc_function *entry, void *function) {
    child_parameters[0] = (uintptr_t)function;
    child_run_managed(call_c, &(struct step){entry, NULL});
}
/* On a thread that is not inside xc_run. */
static void die_outside(xc_function *entry, void *function) {
    child_parameters[0] = (uintptr_t)function;
    child_parameters[1] = child_parameters[2] = 0;
    child_start_runtime();
    entry(NULL);
}
/* Before the runtime was started: nobody has said what to do then, so the line alone has to do. */
static void die_before_the_start(xc_function *entry) { entry(NULL); }

#define MANAGED_ENTRY(name, entry, function)                                          \
    static void name##_in_c(void) { die_in_c(entry, (void *)(function)); }            \
    static void name##_outside(void) { die_outside(entry, (void *)(function)); }      \
    static void name##_before_the_start(void) { die_before_the_start(entry); }
MANAGED_ENTRY(call, call_nothing, xc_call)
MANAGED_ENTRY(recover, recover_nothing, xc_recover)
MANAGED_ENTRY(defer, defer_nothing, xc_defer)
MANAGED_ENTRY(panic, panic_with_7, xc_panic)
MANAGED_ENTRY(repanic, repanic, xc_repanic)
MANAGED_ENTRY(goexit, exit_task, xc_goexit)
MANAGED_ENTRY(lock, lock, xc_task_lock)
MANAGED_ENTRY(unlock, unlock, xc_task_unlock)
MANAGED_ENTRY(setting, set_panic_on_fault, xc_task_panic_on_fault_set)
#undef MANAGED_ENTRY

static void callback_in_managed(void) {
    child_parameters[0] = (uintptr_t)xc_callback;
    child_run_managed(call_back_nothing, NULL);
}

/* The parameters say in which call the entry was made. */
static void note_call_and_die(void *unused) {
    struct xc_observation now;
    xc_observe(&now);
    child_parameters[0] = (uintptr_t)xc_call;
    child_parameters[1] = now.innermost_call;
    child_parameters[2] = 0; /* managed code was entered by xc_run, from no call */
    call_nothing(unused);
}
static void the_parameters_name_the_call(void) { child_run_managed(call_c, &(struct step){note_call_and_die, NULL}); }

#define LINE "*** STOP: 0x0000E101 ENTRY_OUT_OF_PLACE (0x"
#define WORDS "ENTRY_OUT_OF_PLACE 0000e101 stop runtime"
#define DEATHS(name)                                  \
    {#name "_in_c", name##_in_c, LINE, WORDS, 0xE101},     \
    {#name "_outside", name##_outside, LINE, WORDS, 0xE101}, \
    {#name "_before_the_start", name##_before_the_start, LINE, NULL, 0xE101}
const struct death deaths_of_entry[] = {
    DEATHS(call), DEATHS(recover), DEATHS(defer), DEATHS(panic), DEATHS(repanic), DEATHS(goexit), DEATHS(lock), DEATHS(unlock), DEATHS(setting),
    {"callback_in_managed", callback_in_managed, LINE, WORDS, 0xE101},
    {"the_parameters_name_the_call", the_parameters_name_the_call, LINE, WORDS, 0xE101},
    {0},
};
