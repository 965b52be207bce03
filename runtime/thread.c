/* Threads and tasks: making the runtime ready, entering a thread, running a task, and what the runtime believes of a thread. */
#include "internal.h"

/* Until the runtime is started, the last slot: empty, unless somebody has taken all 64. So nobody who asks for the thread has to ask for the start first. */
uint32_t xc_thread_tls_offset = XC_ARCH_TLS_OFFSET + (XC_ARCH_TLS_SLOTS - 1) * sizeof(void *);
bool xc_started;
static DWORD xc_thread_tls_index;
static size_t xc_stack_bytes;
static LONG xc_threads_inside; /* threads inside xc_run */
static LONG xc_tasks_made;

enum { XC_STACK_BYTES_DEFAULT = 64 << 10, XC_STACK_BYTES_MIN = 32 << 10, XC_STACK_BYTES_MAX = 64 << 20, XC_STACK_GRAIN = 4096 };

XC_CODE const char *xc_error_text(enum xc_error error) {
    switch (error) {
    case XC_OK: return "no error";
    case XC_ERROR_ALREADY_STARTED: return "the runtime is started already: call xc_runtime_start once a process";
    case XC_ERROR_NOT_STARTED: return "the runtime is not started: call xc_runtime_start first";
    case XC_ERROR_TLS: return "no fast TLS slot is free: start the runtime before other libraries take all 64";
    case XC_ERROR_MEMORY: return "no memory for a managed stack: choose smaller stacks or free address space";
    case XC_ERROR_BUSY: return "a thread is inside xc_run: wait until it has returned";
    case XC_ERROR_THUNK: return "no such thunk can be made: cdecl or stdcall, at most 64 arguments, a function to call";
    case XC_ERROR_ARGUMENT: return "managed_stack_bytes is neither 0 nor from 32 KiB to 64 MiB";
    }
    return "unknown error";
}

XC_CODE enum xc_error xc_runtime_start(const struct xc_options *options) {
    static const struct xc_options none;
    if (!options)
        options = &none;
    if (xc_started)
        return XC_ERROR_ALREADY_STARTED;
    size_t bytes = options->managed_stack_bytes ? options->managed_stack_bytes : (size_t)XC_STACK_BYTES_DEFAULT;
    if (bytes < XC_STACK_BYTES_MIN || bytes > XC_STACK_BYTES_MAX)
        return XC_ERROR_ARGUMENT;
    xc_os_use(options->os);
    DWORD index = xc_os.tls_take();
    if (index >= XC_ARCH_TLS_SLOTS) { /* TLS_OUT_OF_INDEXES included */
        if (index != TLS_OUT_OF_INDEXES)
            xc_os.tls_give(index);
        return XC_ERROR_TLS;
    }
    xc_thread_tls_index = index;
    xc_stack_bytes = (bytes + XC_STACK_GRAIN - 1) / XC_STACK_GRAIN * XC_STACK_GRAIN;
    xc_last_words_configure(options);
    xc_filter_set();
    xc_thread_tls_offset = XC_ARCH_TLS_OFFSET + index * sizeof(void *);
    xc_stack_keep = options->keep_stack;
    xc_started = true;
    return XC_OK;
}

XC_CODE enum xc_error xc_runtime_stop(void) {
    if (!xc_started)
        return XC_ERROR_NOT_STARTED;
    if (xc_threads_inside)
        return XC_ERROR_BUSY;
    xc_workers_end();
    xc_started = false;
    xc_thread_tls_offset = XC_ARCH_TLS_OFFSET + (XC_ARCH_TLS_SLOTS - 1) * sizeof(void *);
    xc_filter_take_back();
    xc_stack_drop_spare();
    xc_thunks_end();
    xc_os.tls_give(xc_thread_tls_index);
    return XC_OK;
}

/* A task of its own number, with a stack, on whose high end it lies itself. */
XC_CODE struct xc_task *xc_task_make(void) {
    struct xc_task stack, *task;
    if (!xc_stack_take(&stack, xc_stack_bytes))
        return NULL;
    task = (struct xc_task *)((stack.stack_high - sizeof *task) & ~(uintptr_t)15);
    *task = (struct xc_task){0}; /* the stack may have been another task's */
    task->reserve_low = stack.reserve_low;
    task->report_low = stack.report_low;
    task->guard_low = stack.guard_low;
    task->stack_low = stack.stack_low;
    task->stack_high = (uintptr_t)task;
    task->number = (uint32_t)InterlockedIncrement(&xc_tasks_made);
    return task;
}

/* Gives the calling thread its task's stack, and makes it the runtime's. The counterpart, xc_thread_detach, is also what an unwinding of C over the whole of xc_run
 * comes to. */
XC_CODE static bool xc_thread_attach(struct xc_thread *thread) {
    if (!xc_stack_take(thread->task, xc_stack_bytes))
        return false;
    thread->task->number = (uint32_t)InterlockedIncrement(&xc_tasks_made);
    InterlockedIncrement(&xc_threads_inside);
    xc_arch_tls_set(xc_thread_tls_offset, thread);
    return true;
}

XC_CODE void xc_thread_detach(struct xc_thread *thread) {
    xc_workers_give_back(thread->family);
    if (thread->wake)
        xc_os.event_give(thread->wake);
    xc_arch_tls_set(xc_thread_tls_offset, NULL);
    InterlockedDecrement(&xc_threads_inside);
    xc_stack_give_back(thread->task);
}

/* `attached`: nobody outside could be told of a panic. */
XC_CODE static enum xc_error xc_run_family(xc_function *function, void *argument, struct xc_ending *ending, bool attached) {
    if (!xc_started)
        return XC_ERROR_NOT_STARTED;
    if (xc_thread_current())
        return XC_ERROR_BUSY;
    struct xc_family family;
    struct xc_task task = {.function = function, .argument = argument, .family = &family};
    struct xc_thread thread = {.task = &task, .family = &family};
    family.first_ready = NULL;
    family.first_idle = NULL;
    family.tasks = 0;
    family.root = &task;
    if (!xc_thread_attach(&thread))
        return XC_ERROR_MEMORY;

    struct xc_activation base;
    thread.base = &base;
    xc_activation_enter(&base, &thread);
    xc_arch_switch_to_managed(&base, xc_task_main, &thread, task.stack_high);
    if (attached && task.ending.end == XC_ENDED_PANIC)
        xc_panic_not_recovered(&task.ending.panic);
    xc_family_wait(&thread);
    xc_activation_leave(&base);

    xc_thread_detach(&thread);
    if (ending)
        *ending = task.ending;
    return XC_OK;
}

XC_CODE enum xc_error xc_run(xc_function *function, void *argument, struct xc_ending *ending) { return xc_run_family(function, argument, ending, false); }

/* A callback on a thread of C's own. */
XC_CODE void xc_callback_attached(xc_function *function, void *argument) {
    enum xc_error error = xc_run_family(function, argument, NULL, true);
    if (error != XC_OK)
        xc_stop(XC_STOP_ATTACH_FAILED, error, 0, 0, 0);
}

XC_CODE _Noreturn void xc_thread_out_of_place(const struct xc_thread *thread, void *entry) {
    bool inside = thread && thread->activation;
    xc_stop(XC_STOP_ENTRY_OUT_OF_PLACE, (uintptr_t)entry, inside ? (uintptr_t)thread->task->call : 0, inside ? (uintptr_t)thread->activation->call : 0,
            xc_arch_sp());
}

XC_CODE void xc_observe_briefly(struct xc_observation *observation) {
    const struct xc_thread *thread = xc_thread_current();
    const struct xc_activation *activation = thread ? thread->activation : NULL;
    observation->handler = (uintptr_t)xc_arch_exception_handler;
    if (!activation) {
        observation->task = observation->depth = observation->locks = observation->panic_on_fault = 0;
        observation->system_sp = observation->frames = observation->innermost_frame = observation->innermost_call = 0;
        observation->innermost_record = observation->thread_record = 0;
        return;
    }
    const struct xc_task *task = thread->task;
    observation->task = task->number;
    observation->depth = task->call ? task->call->depth : 0;
    observation->locks = task->locks;
    observation->panic_on_fault = task->panic_on_fault;
    observation->system_sp = activation->system_sp;
    observation->frames = task->frame ? task->frame->number : 0;
    observation->innermost_frame = (uintptr_t)task->frame;
    observation->innermost_call = (uintptr_t)task->call;
    observation->innermost_record = (uintptr_t)activation;
    observation->thread_record = (uintptr_t)thread->base;
}

XC_CODE void xc_observe(struct xc_observation *observation) {
    const struct xc_thread *thread = xc_thread_current();
    *observation = (struct xc_observation){0};
    xc_observe_briefly(observation);
    if (!thread || !thread->activation)
        return;
    const struct xc_task *task = thread->task;
    observation->root = task->family->root->number;
    observation->managed = xc_thread_is_managed(thread);
    observation->managed_sp = observation->managed ? 0 : task->call->managed_sp;
    observation->managed_low = task->stack_low;
    observation->managed_high = task->stack_high;
    observation->guard_page = task->guard_low;
    observation->report_low = task->report_low;
}
