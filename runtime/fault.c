/* Hardware faults: which become panics, and how.
 *
 * The handler in the innermost record decides. A fault in managed code becomes a panic by editing the CONTEXT: the faulting instruction appears to have called
 * xc_arch_fault_landing, so execution goes on there, on the managed stack, with the exception list as the fault found it (the dispatcher takes its own
 * record off after the handler has returned; we must not touch the head before). The handler calls nothing of Windows: the last-error value
 * stays what it was.
 *
 * A managed stack that ran out has no room for a landing, and its guard page can be armed again only when nobody stands on it: that fault goes on at the same place, but on
 * the system stack, below which everything is dead while managed code runs.
 *
 * Which codes: those that Go takes on Windows (runtime/signal_windows.go, isgoexception and sigpanic): access violations below 4096 always and
 * elsewhere with panic-on-fault; integer division, overflow and floating-point codes always (all of them: Go leaves two of the x87's out, and those of SSE). Everything
 * else in managed code ends the process. */
#include "internal.h"

enum { XC_NIL_PAGE = 4096 };

XC_CODE static bool xc_fault_may_panic(const struct xc_task *task, const EXCEPTION_RECORD *record) {
    switch (record->ExceptionCode) {
    case EXCEPTION_ACCESS_VIOLATION:
    case EXCEPTION_IN_PAGE_ERROR:
        return record->ExceptionInformation[1] < XC_NIL_PAGE || task->panic_on_fault;
    case EXCEPTION_INT_DIVIDE_BY_ZERO:
    case EXCEPTION_INT_OVERFLOW:
    case EXCEPTION_FLT_DENORMAL_OPERAND:
    case EXCEPTION_FLT_DIVIDE_BY_ZERO:
    case EXCEPTION_FLT_INEXACT_RESULT:
    case EXCEPTION_FLT_INVALID_OPERATION:
    case EXCEPTION_FLT_OVERFLOW:
    case EXCEPTION_FLT_STACK_CHECK:
    case EXCEPTION_FLT_UNDERFLOW:
    case STATUS_FLOAT_MULTIPLE_FAULTS: /* SSE's */
    case STATUS_FLOAT_MULTIPLE_TRAPS:
        return true;
    default:
        return false;
    }
}

XC_CODE static bool xc_is_runtime_code(uintptr_t pc) {
    return pc >= (uintptr_t)xc_code_begin && pc < (uintptr_t)xc_code_end;
}

/* The managed stack's guard page was touched: see stack.c. Windows knows nothing of such stacks, so it calls the fault by another name. */
XC_CODE static bool xc_is_stack_overflow(const struct xc_task *task, EXCEPTION_RECORD *record) {
    if (record->ExceptionCode != EXCEPTION_GUARD_PAGE || !xc_stack_is_guard(task, record->ExceptionInformation[1]))
        return false;
    record->ExceptionCode = EXCEPTION_STACK_OVERFLOW;
    return true;
}

XC_CODE EXCEPTION_DISPOSITION xc_exception(EXCEPTION_RECORD *record, struct xc_activation *activation, CONTEXT *context, void *dispatcher) {
    (void)dispatcher;
    enum { UNWINDING = 0x2, EXIT_UNWIND = 0x4 };
    if (record->ExceptionFlags & (UNWINDING | EXIT_UNWIND)) {
        xc_activation_unwound(activation, record);
        return ExceptionContinueSearch;
    }
    if (xc_arch_context_drops_late_fault(context))
        return ExceptionContinueExecution;
    if (xc_last_words_speaking())
        xc_crash(XC_PLACE_RUNTIME, record, context); /* nobody may come back out of on_last_words by a panic */
    struct xc_thread *thread = activation->thread;
    struct xc_task *task = thread->task;
    uintptr_t pc = xc_arch_context_pc(context), sp = xc_arch_context_sp(context);
    if (thread->activation != activation)
        return ExceptionContinueSearch; /* an inner activation has been asked: the exception is not for us */
    bool overflow = xc_thread_is_managed(thread) && xc_is_stack_overflow(task, record);
    if (xc_is_runtime_code(pc) || task->fault_under_way)
        xc_crash(XC_PLACE_RUNTIME, record, context);
    if (!xc_thread_is_managed(thread))
        return ExceptionContinueSearch; /* what C raises is C's, or the process's */
    if (!overflow && (!xc_stack_holds(task, sp) || !xc_fault_may_panic(task, record)))
        xc_crash(XC_PLACE_MANAGED, record, context);

    enum { EXECUTED = 8 };
    bool is_access = record->ExceptionCode == EXCEPTION_ACCESS_VIOLATION || record->ExceptionCode == EXCEPTION_IN_PAGE_ERROR;
    /* A jump or call into nowhere: the pc is no instruction, and the address to blame is the one that the call pushed already. */
    bool into_nowhere = is_access && record->ExceptionInformation[0] == EXECUTED;
    task->fault_under_way = true;
    task->panic = (struct xc_panic){
        .value = record->ExceptionCode,
        .is_fault = true,
        .fault_address = is_access ? record->ExceptionInformation[1] : 0,
        .fault_pc = pc,
    };
    if (overflow)
        xc_arch_context_sp_set(context, activation->system_sp);
    xc_arch_context_call(context, (uintptr_t)xc_arch_fault_landing, !into_nowhere);
    return ExceptionContinueExecution;
}

/* The fault has landed: from here it is an ordinary panic, whose value the handler left in the task. */
XC_CODE _Noreturn void xc_fault_panic(void) {
    struct xc_thread *thread = xc_thread_current();
    if (thread->task->panic.value == EXCEPTION_STACK_OVERFLOW)
        xc_stack_arm(thread->task); /* we are on the system stack: nobody stands on the managed one any more */
    thread->task->fault_under_way = false;
    xc_unwind(thread, XC_WHY_PANIC);
}
