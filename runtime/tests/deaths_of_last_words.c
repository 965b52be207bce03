/* Deaths: the last words themselves, when more goes wrong while they are spoken, or somebody else wants to speak as well. */
#include "child.h"

static void fault_of_kind(void *kind) { inject_fault((enum scenario_fault_kind)(uintptr_t)kind); }
static void lock_less(void *unused) {
    (void)unused;
    xc_task_unlock();
}

static void run_with(const struct xc_options *options, xc_function *function, void *argument) {
    xc_runtime_start(options);
    xc_run(function, argument, NULL);
}

static void quiet(void) { run_with(&(struct xc_options){.quiet = true, .on_last_words = child_on_last_words}, lock_less, NULL); }
static void without_a_hook(void) { run_with(NULL, fault_of_kind, (void *)SCENARIO_FAULT_UD2); }

/* A hook that does what it must not. */
static void speak_and_fault(const struct xc_last_words *words) {
    child_on_last_words(words);
    inject_fault(SCENARIO_FAULT_NIL_READ);
    child_say("(went on)");
}
static void speak_and_stop(const struct xc_last_words *words) {
    child_on_last_words(words);
    xc_task_unlock();
    child_say("(went on)");
}
static void hook_faults_in_a_stop(void) { run_with(&(struct xc_options){.on_last_words = speak_and_fault}, lock_less, NULL); }
/* The dispatcher keeps a record of its own while it calls the runtime's handler, on the stack that faulted: the managed one, where Windows accepts no record. So a
 * fault in the hook reaches nobody, and the process ends of it. */
static void hook_faults_in_a_managed_crash(void) {
    run_with(&(struct xc_options){.on_last_words = speak_and_fault}, fault_of_kind, (void *)SCENARIO_FAULT_UD2);
}
static void hook_faults_in_a_foreign_crash(void) {
    run_with(&(struct xc_options){.on_last_words = speak_and_fault}, call_c, &(struct step){raise_e0000001, NULL});
}
static void recover_all(void *step) { xc_recover(((struct step *)step)->function, ((struct step *)step)->argument, NULL, NULL); }
static void hook_faults_under_recover(void) {
    run_with(&(struct xc_options){.on_last_words = speak_and_fault}, recover_all, &(struct step){fault_of_kind, (void *)SCENARIO_FAULT_UD2});
}
static void hook_stops(void) { run_with(&(struct xc_options){.on_last_words = speak_and_stop}, lock_less, NULL); }

/* Two threads at once: the first one's words are heard to their end. */
static HANDLE speaking;
static void speak_slowly(const struct xc_last_words *words) {
    SetEvent(speaking);
    Sleep(300);
    child_on_last_words(words);
}
static DWORD WINAPI unlock_first(void *unused) { return (DWORD)xc_run(lock_less, unused, NULL); }
static DWORD WINAPI crash_meanwhile(void *unused) {
    (void)unused;
    WaitForSingleObject(speaking, INFINITE);
    return (DWORD)xc_run(fault_of_kind, (void *)SCENARIO_FAULT_UD2, NULL);
}
static void two_at_once(void) {
    speaking = CreateEventA(NULL, TRUE, FALSE, NULL);
    xc_runtime_start(&(struct xc_options){.on_last_words = speak_slowly});
    HANDLE threads[] = {CreateThread(NULL, 0, unlock_first, NULL, 0, NULL), CreateThread(NULL, 0, crash_meanwhile, NULL, 0, NULL)};
    WaitForMultipleObjects(2, threads, TRUE, INFINITE);
}

/* The filter that was there before is asked behind ours. */
static LONG WINAPI end_otherwise(EXCEPTION_POINTERS *pointers) {
    (void)pointers;
    TerminateProcess(GetCurrentProcess(), 0x77);
    return EXCEPTION_CONTINUE_SEARCH;
}
static void the_filter_before_is_asked(void) {
    SetUnhandledExceptionFilter(end_otherwise);
    child_run_managed(call_c, &(struct step){raise_e0000001, NULL});
}
static LPTOP_LEVEL_EXCEPTION_FILTER filter_before;
static LONG WINAPI pass_on(EXCEPTION_POINTERS *pointers) { return filter_before ? filter_before(pointers) : EXCEPTION_CONTINUE_SEARCH; }
static void behind_the_stop_the_filter_only_passes_on(void) {
    SetUnhandledExceptionFilter(end_otherwise);
    child_start_runtime();
    filter_before = SetUnhandledExceptionFilter(pass_on);
    xc_runtime_stop();
    raise_e0000001(NULL);
}
static void a_second_start_does_not_ask_itself(void) {
    SetUnhandledExceptionFilter(end_otherwise);
    child_start_runtime();
    filter_before = SetUnhandledExceptionFilter(pass_on);
    xc_runtime_stop();
    child_run_managed(call_c, &(struct step){raise_e0000001, NULL});
}

#define LOCK_LINE "*** STOP: 0x0000E105 LOCK_COUNT_BROKEN (0x00000000, 0x00000001, "
#define LOCK_WORDS "LOCK_COUNT_BROKEN 0000e105 stop runtime"
#define FOREIGN_LINE "*** CRASH: 0xE0000001 FAULT_IN_FOREIGN_CODE (0x"
#define FOREIGN_WORDS "FAULT_IN_FOREIGN_CODE e0000001 foreign"
const struct death deaths_of_last_words[] = {
    {"quiet", quiet, NULL, LOCK_WORDS, 0xE105},
    {"without_a_hook", without_a_hook, "*** CRASH: 0xC000001D FAULT_IN_MANAGED_CODE (0x", NULL, 0xC000001D},
    {"hook_faults_in_a_stop", hook_faults_in_a_stop, NULL, LOCK_WORDS, 0xE1FF},
    {"hook_faults_in_a_managed_crash", hook_faults_in_a_managed_crash, NULL, "FAULT_IN_MANAGED_CODE c000001d managed", 0xC0000005},
    {"hook_faults_in_a_foreign_crash", hook_faults_in_a_foreign_crash, NULL, FOREIGN_WORDS, 0xE1FF},
    {"hook_faults_under_recover", hook_faults_under_recover, NULL, "FAULT_IN_MANAGED_CODE c000001d managed", 0xC0000005},
    {"hook_stops", hook_stops, NULL, LOCK_WORDS, 0xE1FF},
    {"two_at_once", two_at_once, LOCK_LINE, LOCK_WORDS, 0xE105},
    {"the_filter_before_is_asked", the_filter_before_is_asked, FOREIGN_LINE, FOREIGN_WORDS, 0x77},
    {"behind_the_stop_the_filter_only_passes_on", behind_the_stop_the_filter_only_passes_on, NULL, NULL, 0x77},
    {"a_second_start_does_not_ask_itself", a_second_start_does_not_ask_itself, FOREIGN_LINE, FOREIGN_WORDS, 0x77},
    {0},
};
