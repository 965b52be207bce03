/* Callbacks with arguments: through C function pointers that the runtime under test made at run time, one for each convention and number of arguments, kept from text to
 * text as real programs keep theirs.
 *
 * The block runs in one call. Before it, the same pointer is called eight more times, the stack at each multiple of 4 modulo 16: these callbacks only look at their
 * arguments, and no trace tells of them. Half of them come from compiled C; the others, and the block's own, from a call that looks at everything a call keeps, to the byte. */
#include "state.h"

#include <windows.h>

enum { CONVENTIONS = SCENARIO_STDCALL + 1, COUNTS = FOREIGN_ARGUMENTS_MAX + 1 };

/* The call that the thread is making: its own, since another thread may have its turn before the callback is in. Read once, as soon as it is: what happens inside may make
 * calls of its own. */
struct passed {
    unsigned operation;
    const struct foreign_args *args;
    const struct step_entered *block; /* NULL: nothing but the arguments is looked at */
    bool ended;
};
static DWORD passed_slot;

/* Another value for each argument of each call. */
static uintptr_t value(unsigned operation, unsigned which, unsigned skew) { return 0xA0000000u | skew << 20 | operation << 4 | which; }
static uintptr_t expected_result(unsigned operation, unsigned skew) { return 0xE0000000u | skew << 20 | operation; }

static void look_at(uintptr_t now, uintptr_t before, unsigned which, const struct passed *call) {
    struct verify_finding finding;
    step.checks[TALLY_CHECK_ARGUMENTS]++;
    if (step.rules && !verify_argument(now, before, which, call->args->count, &finding))
        step_stop(&finding, call->operation);
}

static uintptr_t __attribute__((noinline)) look_and_run(void *thunk, const uintptr_t *arguments) {
    struct passed *call = TlsGetValue(passed_slot);
    const struct foreign_args *args = call->args;
    look_at((uintptr_t)*(void **)thunk, (uintptr_t)args->function, args->count, call);
    for (unsigned which = 0; which < args->count; which++)
        look_at(arguments[which], args->values[which], which, call);
    uintptr_t result = expected_result(call->operation, args->skew);
    if (call->block) {
        step_enter((void *)call->block);
        call->ended = true;
    }
    return result;
}

/* Managed. `thunk` is the place in `thunks` of the one that C called. No variables here: a compiler that aligns the stack for them hides where the arguments lie. */
static uintptr_t called(void *thunk, const uintptr_t *arguments) {
    STEP_ENTERED();
    return look_and_run(thunk, arguments);
}

static void *thunks[CONVENTIONS][COUNTS];

const char *step_args_prepare(const struct scenario_program *program) {
    if (!passed_slot)
        passed_slot = TlsAlloc(); /* 0 is Windows' or the runtime's: both were here before */
    for (size_t number = 1; number < program->count; number++) {
        const struct scenario_node *node = &program->nodes[number];
        if (node->operation != SCENARIO_ARGS || thunks[node->kind][node->number])
            continue;
        void **thunk = &thunks[node->kind][node->number];
        *thunk = step.adapter->thunk_make(node->kind == SCENARIO_STDCALL ? ADAPTER_STDCALL : ADAPTER_CDECL, node->number, called, thunk);
        if (!*thunk)
            return "no memory for a thunk: free address space";
    }
    return NULL;
}

static void args_fill(struct passed *call, struct foreign_args *args, unsigned operation, unsigned skew) {
    args->skew = skew;
    for (unsigned which = 0; which < args->count; which++)
        args->values[which] = value(operation, which, skew);
    for (unsigned index = 0; index < 3; index++)
        args->before[index] = 0xCA110000u | skew << 8 | index;
    call->args = args;
    TlsSetValue(passed_slot, call);
}

/* What foreign code found behind its call, for the rules in pairs. */
static void guard_fill(struct machine_checked *call, const struct foreign_args *args) {
    *call = (struct machine_checked){.sp_before = args->sp_expected, .sp_after = args->sp_after, .flags_after = args->flags_after};
    for (unsigned index = 0; index < 3; index++) {
        call->before[index] = args->before[index];
        call->after[index] = args->after[index];
    }
    call->ebp_before = args->before[3];
    call->ebp_after = args->after[3];
}

static void call_and_look(struct passed *call, struct foreign_args *args, unsigned operation, unsigned skew, bool typed) {
    struct step_guard guard;
    struct step_strand *strand = step.strand;
    args_fill(call, args, operation, skew);
    step_guard_enter(&guard, operation, STEP_OPENS_NOTHING);
    if (typed) {
        step.foreign->args_typed(args);
        guard.call = (struct machine_checked){0}; /* compiled code looks at nothing */
    } else {
        step.foreign->args_checked(args);
        guard_fill(&guard.call, args);
    }
    step_strand_go_on(strand);
    step_guard_leave(&guard, operation);
    look_at(args->result, expected_result(operation, skew), VERIFY_RESULT, call);
}

void step_args(unsigned operation, enum scenario_convention convention, unsigned count, step_block *managed, void *argument) {
    struct step_entered block = {operation, managed, argument};
    struct foreign_args args = {.function = thunks[convention][count], .convention = convention, .count = count};
    struct passed call = {.operation = operation};
    struct step_callback callback;
    for (unsigned skew = 0; skew < MACHINE_ALIGNMENT; skew += 4)
        call_and_look(&call, &args, operation, skew, false);
    for (unsigned skew = 0; skew < MACHINE_ALIGNMENT; skew += 4)
        call_and_look(&call, &args, operation, skew, true);
    call.block = &block;
    args_fill(&call, &args, operation, operation * 4 % MACHINE_ALIGNMENT);
    step_callback_enter(&callback, operation);
    step.foreign->args_checked(&args);
    guard_fill(&callback.guard.call, &args);
    step_callback_leave(&callback, operation, call.ended);
    if (call.ended)
        look_at(args.result, expected_result(operation, args.skew), VERIFY_RESULT, &call);
    step_event(TRACE_LEAVE, operation, 0, 0, false);
}
