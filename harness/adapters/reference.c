/* The reference runtime, and every mutant of it, behind the adapter's table. */
#include "adapter.h"
#include "reference_os.h"

#include <stddef.h>

#include <exchain/runtime.h>

enum { ALL_TASKS_BLOCKED = 0xE109 }; /* stops.def */

static void (*last_words_hook)(const struct adapter_last_words *words);

static void on_last_words(const struct xc_last_words *words) {
    bool is_deadlock = words->is_stop && words->code == ALL_TASKS_BLOCKED;
    struct adapter_last_words translated = {words->code, words->is_stop, words->is_panic, words->is_fault, is_deadlock, (enum adapter_place)words->place, words->title, {0}};
    for (unsigned index = 0; index < 4; index++)
        translated.parameters[index] = words->parameters[index];
    last_words_hook(&translated);
}

static bool many;
static void many_tasks(void) { many = true; }

static const char *start(void (*hook)(const struct adapter_last_words *words)) {
    last_words_hook = hook;
    enum xc_error error = xc_runtime_start(&(struct xc_options){.on_last_words = on_last_words, .quiet = true, .keep_stack = many, .os = reference_os()});
    return error == XC_OK ? NULL : xc_error_text(error);
}

static struct adapter_panic translate(const struct xc_panic *panic) {
    return (struct adapter_panic){panic->value, panic->is_fault, panic->exiting};
}

static const char *run(adapter_function *function, void *argument, enum adapter_end *end, struct adapter_panic *panic) {
    struct xc_ending ending;
    enum xc_error error = xc_run(function, argument, &ending);
    if (error != XC_OK)
        return xc_error_text(error);
    *end = (enum adapter_end)ending.end;
    *panic = translate(&ending.panic);
    return NULL;
}

/* Recover goes straight to the runtime, with no frame of ours between, which would hide a skewed stack pointer from whoever called: what the runtime hands over begins
 * with what the table promises. */
_Static_assert(offsetof(struct adapter_panic, value) == offsetof(struct xc_panic, value) && sizeof(uintptr_t) == sizeof ((struct xc_panic *)0)->value, "");
_Static_assert(offsetof(struct adapter_panic, is_status) == offsetof(struct xc_panic, is_fault), "");
_Static_assert(offsetof(struct adapter_panic, exiting) == offsetof(struct xc_panic, exiting), "");
typedef bool recover_function(adapter_function *body, void *body_argument, void (*recovered)(const struct adapter_panic *panic, void *argument), void *argument);

static void panic_with(uint32_t value) { xc_panic(value); }
static void end_task(void) { xc_goexit(); }

static void *thunk_make(enum adapter_convention convention, unsigned count, adapter_thunk_function *function, void *argument) {
    void *thunk;
    enum xc_error error = xc_thunk_make(convention == ADAPTER_STDCALL ? XC_STDCALL : XC_CDECL, count, function, argument, &thunk);
    return error == XC_OK ? thunk : NULL;
}

/* Observing goes straight to the runtime as well: who checks after every step asks millions of times a second. */
#define SAME(field) _Static_assert(offsetof(struct adapter_observation, field) == offsetof(struct xc_observation, field), "")
SAME(task);
SAME(depth);
SAME(locks);
SAME(panic_on_fault);
SAME(system_sp);
SAME(frames);
SAME(innermost_frame);
SAME(innermost_call);
SAME(innermost_record);
SAME(thread_record);
SAME(handler);
#undef SAME
_Static_assert(sizeof(struct adapter_observation) == offsetof(struct xc_observation, root), "");
typedef void observe_function(struct adapter_observation *observation);

static void observe_stack(struct adapter_stack *stack) {
    struct xc_observation own;
    xc_observe(&own);
    *stack = (struct adapter_stack){own.managed, own.managed_low, own.managed_high, own.guard_page, own.report_low, own.guard_page, own.managed_sp};
}

static const char *stop(void) {
    enum xc_error error = xc_runtime_stop();
    return error == XC_OK ? NULL : xc_error_text(error);
}

/* As recover: no frame of ours between. */
_Static_assert(sizeof(struct adapter_segment) == sizeof(struct xc_segment) && sizeof(enum xc_segment_kind) == sizeof(uint32_t), "");
_Static_assert(offsetof(struct adapter_segment, low) == offsetof(struct xc_segment, low) && offsetof(struct adapter_segment, high) == offsetof(struct xc_segment, high), "");
_Static_assert(offsetof(struct adapter_segment, pc) == offsetof(struct xc_segment, pc) && offsetof(struct adapter_segment, record) == offsetof(struct xc_segment, record), "");
_Static_assert(XC_SEGMENT_FOREIGN == 1, "");
typedef unsigned traceback_function(struct adapter_segment *segments, unsigned capacity);

static const char *go(adapter_function *function, void *argument) {
    enum xc_error error = xc_go(function, argument);
    return error == XC_OK ? NULL : xc_error_text(error);
}

/* Tasks that wait at a rendezvous, each on its own stack. One task of a family runs at a time, so nobody else looks meanwhile. */
struct meeting {
    uint32_t rendezvous, family;
    struct xc_task *task;
    bool met;
    struct meeting *next;
};
static struct meeting *meetings;

/* Whoever comes takes it off again before it goes on. */
static void __attribute__((noinline)) wait_at(struct meeting *meeting) {
    meeting->next = meetings;
    meetings = meeting;
    while (!meeting->met)
        xc_park();
}

static void meet(uint32_t rendezvous) {
    struct xc_observation own;
    xc_observe(&own);
    struct meeting **place = &meetings;
    while (*place && ((*place)->rendezvous != rendezvous || (*place)->family != own.root))
        place = &(*place)->next;
    struct meeting *other = *place;
    if (other) {
        *place = other->next;
        other->met = true;
        xc_ready(other->task);
        return;
    }
    wait_at(&(struct meeting){rendezvous, own.root, xc_task_self(), false, NULL});
}

__declspec(dllexport) const struct adapter *exchain_adapter(void) {
    static const struct adapter adapter = {
        "reference", start, run, xc_call, xc_defer, (recover_function *)xc_recover, panic_with, end_task, xc_task_lock, xc_task_unlock,
        xc_task_panic_on_fault_set, xc_callback, (observe_function *)xc_observe_briefly, observe_stack,
        .inject = reference_os_inject, .stop = stop, .many_tasks = many_tasks,
        .go = go, .yield = xc_yield, .wait = xc_wait, .sync = meet, .traceback = (traceback_function *)xc_traceback,
        .thunk_make = thunk_make, .lies_on_its_stacks = true,
    };
    return &adapter;
}
