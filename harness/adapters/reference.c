/* The reference runtime, and every mutant of it, behind the adapter's table. */
#include "adapter.h"

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
    enum xc_error error = xc_runtime_start(&(struct xc_options){.on_last_words = on_last_words, .quiet = true});
    return error == XC_OK ? NULL : xc_error_text(error);
}

static struct adapter_panic translate(const struct xc_panic *panic) {
    return (struct adapter_panic){(uint32_t)panic->value, panic->is_fault, panic->exiting};
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

struct recovered_call {
    void (*recovered)(const struct adapter_panic *panic, void *argument);
    void *argument;
};

static void on_recovered(const struct xc_panic *panic, void *argument) {
    const struct recovered_call *call = argument;
    struct adapter_panic translated = translate(panic);
    call->recovered(&translated, call->argument);
}

static bool recover(adapter_function *body, void *body_argument, void (*recovered)(const struct adapter_panic *panic, void *argument), void *argument) {
    struct recovered_call call = {recovered, argument};
    return xc_recover(body, body_argument, on_recovered, &call);
}

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

__declspec(dllexport) const struct adapter *exchain_adapter(void) {
    static const struct adapter adapter = {
        "reference", start, run, xc_call, xc_defer, recover, panic_with, end_task, xc_task_lock, xc_task_unlock,
        xc_task_panic_on_fault_set, xc_callback, observe,
    };
    return &adapter;
}
