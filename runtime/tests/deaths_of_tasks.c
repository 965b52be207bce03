/* Deaths: of families of tasks. */
#include <exchain/os.h>

#include "child.h"

/* ALL_TASKS_BLOCKED: the first task waits, the other one is blocked in a callback. */
static void park(void *unused) {
    (void)unused;
    xc_park();
}
static void park_in_callback(void *unused) { xc_call(call_back, &(struct step){park, unused}); }
static void note_root(void) {
    struct xc_observation now;
    xc_observe(&now);
    child_parameters[1] = now.task;
}
static void wait_for_the_blocked(void *unused) {
    note_root();
    child_parameters[0] = 2;
    child_parameters[2] = child_parameters[1] + 1;
    xc_go(park_in_callback, unused);
    xc_wait();
}
static void all_blocked(void) { child_run_managed(wait_for_the_blocked, NULL); }

/* The first task has ended, and the last that could have gone on as well. */
static void leave_one_behind(void *unused) {
    note_root();
    child_parameters[0] = 2;
    child_parameters[2] = child_parameters[3] = 0;
    xc_go(park, unused);
    xc_go(do_nothing, unused);
}
static void blocked_for_ever_after(void) { child_run_managed(leave_one_behind, NULL); }

static void park_alone(void *unused) {
    note_root();
    child_parameters[0] = 1;
    child_parameters[2] = child_parameters[1];
    child_parameters[3] = 0;
    park(unused);
}
static void alone_and_blocked(void) { child_run_managed(park_alone, NULL); }

/* THREAD_FAILED */
static HANDLE WINAPI no_thread(LPSECURITY_ATTRIBUTES security, SIZE_T bytes, LPTHREAD_START_ROUTINE start, LPVOID argument, DWORD how, LPDWORD id) {
    (void)security, (void)bytes, (void)start, (void)argument, (void)how, (void)id;
    SetLastError(ERROR_MAX_THRDS_REACHED);
    return NULL;
}
static HANDLE WINAPI no_event(LPSECURITY_ATTRIBUTES security, BOOL manual, BOOL set, LPCSTR name) {
    (void)security, (void)manual, (void)set, (void)name;
    SetLastError(ERROR_NO_SYSTEM_RESOURCES);
    return NULL;
}
static void start_and_wait(void *unused) {
    xc_go(do_nothing, unused);
    xc_wait();
}
static struct xc_os os = {
#define OS_TAKE(result, name, function, parameters, arguments, refused, error) .name = function,
#define OS_ASK(result, name, function, parameters, arguments, refused, error) .name = function,
#define OS_GIVE(result, name, function, parameters, arguments, what) .name = function,
#include <exchain/os_calls.def>
#undef OS_TAKE
#undef OS_ASK
#undef OS_GIVE
};
static void run_with_own_os(uintptr_t what, uintptr_t error) {
    child_parameters[0] = what;
    child_parameters[1] = error;
    child_parameters[2] = child_parameters[3] = 0;
    xc_runtime_start(&(struct xc_options){.on_last_words = child_on_last_words, .os = &os});
    xc_run(start_and_wait, NULL, NULL);
    child_say("xc_run has returned\n");
}
static void no_thread_for_a_task(void) {
    os.thread_take = no_thread;
    run_with_own_os(2, ERROR_MAX_THRDS_REACHED);
}
static void no_event_for_a_thread(void) {
    os.event_take = no_event;
    run_with_own_os(1, ERROR_NO_SYSTEM_RESOURCES);
}

/* PANIC_NOT_RECOVERED: a recover of whoever started the task is not its own. */
static void start_a_panic(void *unused) {
    child_parameters[0] = child_parameters[1] = 0;
    xc_go(panic_with_7, unused);
    xc_wait();
}
static void recover_around(void *unused) { xc_recover(start_a_panic, unused, NULL, NULL); }
static void task_panics(void) { child_run_managed(recover_around, NULL); }

const struct death deaths_of_tasks[] = {
    {"all_blocked", all_blocked, "*** STOP: 0x0000E109 ALL_TASKS_BLOCKED (0x00000002, 0x00000001, 0x00000002, ", "ALL_TASKS_BLOCKED 0000e109 stop runtime", 0xE109},
    {"blocked_for_ever_after", blocked_for_ever_after, "*** STOP: 0x0000E109 ALL_TASKS_BLOCKED (0x00000002, 0x00000001, 0x00000000, ", "ALL_TASKS_BLOCKED 0000e109 stop runtime", 0xE109},
    {"alone_and_blocked", alone_and_blocked, "*** STOP: 0x0000E109 ALL_TASKS_BLOCKED (0x00000001, 0x00000001, 0x00000001, ", "ALL_TASKS_BLOCKED 0000e109 stop runtime", 0xE109},
    {"no_thread_for_a_task", no_thread_for_a_task, "*** STOP: 0x0000E10A THREAD_FAILED (0x00000002, ", "THREAD_FAILED 0000e10a stop runtime", 0xE10A},
    {"no_event_for_a_thread", no_event_for_a_thread, "*** STOP: 0x0000E10A THREAD_FAILED (0x00000001, ", "THREAD_FAILED 0000e10a stop runtime", 0xE10A},
    {"task_panics", task_panics, "*** PANIC: 0x00000007 PANIC_NOT_RECOVERED (0x00000000, 0x00000000, ", "PANIC_NOT_RECOVERED 00000007 panic managed", 2},
    {0},
};
