/* The reference runtime, and every mutant of it, behind the adapter's table. */
#include "adapter.h"
#include "reference_os.h"

#include <stddef.h>

#include <exchain/runtime.h>

static void (*last_words_hook)(const struct adapter_last_words *words);

static void on_last_words(const struct xc_last_words *words) {
    struct adapter_last_words translated = {words->code, words->is_stop, words->is_panic, words->is_fault, (enum adapter_place)words->place, words->title, {0}};
    for (unsigned index = 0; index < 4; index++)
        translated.parameters[index] = words->parameters[index];
    last_words_hook(&translated);
}

static const char *start(void (*hook)(const struct adapter_last_words *words)) {
    last_words_hook = hook;
    enum xc_error error = xc_runtime_start(&(struct xc_options){.on_last_words = on_last_words, .quiet = true, .os = reference_os()});
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

static void observe(struct adapter_observation *observation) {
    struct xc_observation own;
    xc_observe(&own);
    *observation = (struct adapter_observation){
        .task = own.task ? 1 : 0, /* one task for now: numbers of the process become numbers of the scenario */
        .depth = own.depth, .locks = own.locks, .panic_on_fault = own.panic_on_fault, .managed = own.managed,
        .system_sp = own.system_sp, .managed_low = own.managed_low, .managed_high = own.managed_high,
        .guard_page = own.guard_page, .below_low = own.report_low, .below_high = own.guard_page,
        .frames = own.frames, .innermost_frame = own.innermost_frame, .innermost_call = own.innermost_call,
        .innermost_record = own.innermost_record, .thread_record = own.thread_record, .handler = own.handler,
    };
}

static const char *stop(void) {
    enum xc_error error = xc_runtime_stop();
    return error == XC_OK ? NULL : xc_error_text(error);
}

__declspec(dllexport) const struct adapter *exchain_adapter(void) {
    static const struct adapter adapter = {
        "reference", start, run, xc_call, xc_defer, (recover_function *)xc_recover, panic_with, end_task, xc_task_lock, xc_task_unlock,
        xc_task_panic_on_fault_set, xc_callback, observe,
        .inject = reference_os_inject, .stop = stop,
    };
    return &adapter;
}
