/* Breakages of who runs when: deferred functions, and misuse that the runtime finds itself. */
#include <exchain/runtime.h>
#include <windows.h>

#include "broken.h"
#include "broken_registers.h"
#include "machine.h"

/* Deferred functions */
static void defer_twice(adapter_function *body, void *body_argument, adapter_function *deferred, void *deferred_argument) {
    broken_whole->defer(body, body_argument, deferred, deferred_argument);
    deferred(deferred_argument);
}
static void defer_never(adapter_function *body, void *body_argument, adapter_function *deferred, void *deferred_argument) {
    (void)deferred, (void)deferred_argument;
    body(body_argument);
}
static void defer_first(adapter_function *body, void *body_argument, adapter_function *deferred, void *deferred_argument) {
    deferred(deferred_argument);
    body(body_argument);
}
/* Only on the way of a panic, as a runtime that keeps a frame on its list too long. */
struct once_more {
    adapter_function *deferred;
    void *argument;
};
static void run_twice(void *argument) {
    const struct once_more *once_more = argument;
    once_more->deferred(once_more->argument);
    once_more->deferred(once_more->argument);
}
static void defer_twice_inside(adapter_function *body, void *body_argument, adapter_function *deferred, void *deferred_argument) {
    broken_whole->defer(body, body_argument, run_twice, &(struct once_more){deferred, deferred_argument});
}

static void deferred_twice(struct adapter *adapter) { adapter->defer = defer_twice; }
static void deferred_twice_at_once(struct adapter *adapter) { adapter->defer = defer_twice_inside; }
static void deferred_never(struct adapter *adapter) { adapter->defer = defer_never; }
static void deferred_first(struct adapter *adapter) { adapter->defer = defer_first; }

/* Misuse */
static void do_nothing(void *unused) { (void)unused; }
static void call_back_from_managed(void) { broken_whole->callback(do_nothing, NULL); }
static void unlock_twice(void) { broken_whole->unlock(); }
static void observe_nothing(void) { xc_observe(NULL); }
static void write_into_code(void) { broken_whole->call((adapter_function *)(void *)1, NULL); }

/* Managed code that is left by a jump of which nobody is told, at the end of a callback: a call stays open. */
struct managed {
    adapter_function *function;
    void *argument;
};
static void *place[5];
static void jump(void *unused) {
    (void)unused;
    __builtin_longjmp(place, 1);
}
static void run_then_jump_out_of_c(void *argument) {
    const struct managed *managed = argument;
    managed->function(managed->argument);
    if (__builtin_setjmp(place) == 0)
        broken_whole->call(jump, NULL);
}
static void callback_left_open(adapter_function *function, void *argument) {
    broken_whole->callback(run_then_jump_out_of_c, &(struct managed){function, argument});
}
static void leaves_callback_open(struct adapter *adapter) { adapter->callback = callback_left_open; }

/* C that unwinds past a callback without telling it, having taken the record of the one inside off the list. */
static void unwind_past(void *unused) {
    (void)unused;
    struct adapter_observation now;
    broken_whole->observe(&now);
    uintptr_t *inner = (uintptr_t *)now.innermost_record, *outer = (uintptr_t *)inner[0];
    machine_tib_set(TIB_HEAD, (uintptr_t)outer);
    RtlUnwind((void *)outer[0], NULL, NULL, NULL);
}
static void call_unwind_past(void *unused) { broken_whole->call(unwind_past, unused); }
static void call_back_to_unwind(void *unused) { broken_whole->callback(call_unwind_past, unused); }
static void run_then_unwind(void *argument) {
    const struct managed *managed = argument;
    managed->function(managed->argument);
    broken_whole->call(call_back_to_unwind, NULL);
}
static void callback_unwound_past(adapter_function *function, void *argument) {
    broken_whole->callback(run_then_unwind, &(struct managed){function, argument});
}
static void is_unwound_past(struct adapter *adapter) { adapter->callback = callback_unwound_past; }

/* A handler that looks at C's faults, and leaves something changed before it passes them on. */
static enum { MISREPORTS_PC, MISREPORTS_COUNT, MISREPORTS_ACCESS, MISREPORTS_ADDRESS } misreports;
static LONG WINAPI misreport(EXCEPTION_POINTERS *pointers) {
    EXCEPTION_RECORD *record = pointers->ExceptionRecord;
    if (record->ExceptionCode != EXCEPTION_ACCESS_VIOLATION)
        return EXCEPTION_CONTINUE_SEARCH;
    switch (misreports) {
    case MISREPORTS_PC: broken_pc_advance(pointers->ContextRecord); break;
    case MISREPORTS_COUNT: record->NumberParameters = 1; break;
    case MISREPORTS_ACCESS: record->ExceptionInformation[0] = 8; break;
    case MISREPORTS_ADDRESS: record->ExceptionInformation[1] += 4; break;
    }
    return EXCEPTION_CONTINUE_SEARCH;
}
static const char *start_then_misreport(void (*hook)(const struct adapter_last_words *words)) {
    const char *error = broken_whole->start(hook);
    AddVectoredExceptionHandler(TRUE, misreport);
    return error;
}
static void fault_pc(struct adapter *adapter) { misreports = MISREPORTS_PC, adapter->start = start_then_misreport; }
static void fault_count(struct adapter *adapter) { misreports = MISREPORTS_COUNT, adapter->start = start_then_misreport; }
static void fault_access(struct adapter *adapter) { misreports = MISREPORTS_ACCESS, adapter->start = start_then_misreport; }
static void fault_address(struct adapter *adapter) { misreports = MISREPORTS_ADDRESS, adapter->start = start_then_misreport; }

/* Tracebacks that are not quite right. */
static unsigned traceback_short(struct adapter_segment *segments, unsigned capacity) { return broken_whole->traceback(segments, capacity) - 2; }
static unsigned traceback_without_record(struct adapter_segment *segments, unsigned capacity) {
    unsigned count = broken_whole->traceback(segments, capacity);
    segments[1].record = 0;
    return count;
}
/* Two segments meet at another place than where the one call was made. */
static unsigned traceback_shifted(struct adapter_segment *segments, unsigned capacity) {
    unsigned count = broken_whole->traceback(segments, capacity);
    segments[0].high = segments[2].low = segments[2].high - sizeof(uintptr_t);
    return count;
}
static void lists_too_few(struct adapter *adapter) { adapter->traceback = traceback_short; }
static void lists_no_record(struct adapter *adapter) { adapter->traceback = traceback_without_record; }
static void lists_shifted(struct adapter *adapter) { adapter->traceback = traceback_shifted; }

/* Thunks. The harness has one function behind all of them. */
static adapter_thunk_function *behind_thunks;
static uintptr_t lose_the_second(void *argument, const uintptr_t *arguments) {
    uintptr_t changed[] = {arguments[0], 0x0BADBAD0, arguments[2]};
    return behind_thunks(argument, changed);
}
static uintptr_t lose_the_result(void *argument, const uintptr_t *arguments) { return behind_thunks(argument, arguments) + 1; }
static void *make_losing_second(enum adapter_convention convention, unsigned count, adapter_thunk_function *function, void *argument) {
    behind_thunks = function;
    return broken_whole->thunk_make(convention, count, lose_the_second, argument);
}
static void *make_losing_result(enum adapter_convention convention, unsigned count, adapter_thunk_function *function, void *argument) {
    behind_thunks = function;
    return broken_whole->thunk_make(convention, count, lose_the_result, argument);
}
static void *make_popping_too_much(enum adapter_convention convention, unsigned count, adapter_thunk_function *function, void *argument) {
    return broken_whole->thunk_make(convention, count + 1, function, argument);
}
static void loses_argument(struct adapter *adapter) { adapter->thunk_make = make_losing_second; }
static void loses_result(struct adapter *adapter) { adapter->thunk_make = make_losing_result; }
static void pops_too_much(struct adapter *adapter) { adapter->thunk_make = make_popping_too_much; }
static void makes_no_thunks(struct adapter *adapter) { adapter->thunk_make = NULL; }

const struct breakage broken_control[] = {
    {"traceback-short", NULL, lists_too_few}, {"traceback-record", NULL, lists_no_record}, {"traceback-shifted", NULL, lists_shifted},
    {"argument", NULL, loses_argument},
    {"result", NULL, loses_result},
    {"pops", NULL, pops_too_much},
    {"no-thunks", NULL, makes_no_thunks},
    {"deferred-twice", NULL, deferred_twice},
    {"deferred-twice-at-once", NULL, deferred_twice_at_once},
    {"deferred-never", NULL, deferred_never},
    {"deferred-first", NULL, deferred_first},
    {"entry", call_back_from_managed, NULL},
    {"unlock", unlock_twice, NULL},
    {"callback-left-open", NULL, leaves_callback_open},
    {"unwound-past", NULL, is_unwound_past},
    {"fault-pc", NULL, fault_pc},
    {"fault-count", NULL, fault_count},
    {"fault-access", NULL, fault_access},
    {"fault-address", NULL, fault_address},
    {"crash-in-runtime", observe_nothing, NULL},
    {"crash-in-foreign", write_into_code, NULL},
    {0},
};
