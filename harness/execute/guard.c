/* The rules in pairs: what trust a block takes on entry it gives back behind it. */
#include "state.h"

#include <stdlib.h>
#include <string.h>
#include <windows.h>

struct step_state step;

void step_guard_snapshot(struct verify_snapshot *now) {
    *now = (struct verify_snapshot){0};
    struct adapter_observation observation;
    step.adapter->observe(&observation);
    now->head = machine_tib(TIB_HEAD);
    now->stack_base = machine_tib(TIB_STACK_BASE);
    now->stack_limit = machine_tib(TIB_STACK_LIMIT);
    now->deallocation_stack = machine_tib(TEB_DEALLOCATION_STACK);
    now->fiber_data = machine_tib(TIB_FIBER_DATA);
    machine_x87(&now->x87_control, &now->x87_tag);
    now->mxcsr = machine_mxcsr_control();
    now->thread = GetCurrentThreadId();
    now->task = observation.task;
    now->depth = observation.depth;
    now->locks = observation.locks;
    now->panic_on_fault = observation.panic_on_fault;
    now->system_sp = observation.system_sp;
    now->frames = observation.frames;
    now->innermost_frame = observation.innermost_frame;
    now->innermost_call = observation.innermost_call;
    now->innermost_record = observation.innermost_record;
}

void step_guard_enter(struct step_guard *guard, unsigned operation, enum step_opens opens) {
    guard->outer = step.open;
    guard->operation = operation;
    guard->opens = opens;
    step.open = guard;
    step_guard_snapshot(&guard->before);
    guard->deferred = step.deferred.count;
    guard->left_behind = step.chain.dead_known_count;
    guard->marks = step.foreign->marks();
}

uintptr_t step_guard_call(struct step_guard *guard, void *function, uintptr_t a, uintptr_t b, uintptr_t c, uintptr_t d) {
    struct machine_checked *call = &guard->call;
    uint32_t poison = step.poison += 0x01010101;
    *call = (struct machine_checked){function, {a, b, c, d, 0}, {0xB0000000 ^ poison, 0x51000000 ^ poison, 0xD1000000 ^ poison},
                                     0, 0, {0}, 0, 0, 0, 0};
    machine_checked_call(call);
    return call->result;
}

/* A task that was free to do so has gone on on another thread: what belongs to a thread must be as that one's own record says. */
static void go_along(struct verify_snapshot *before, const struct verify_snapshot *now) {
    struct adapter_observation observation;
    if (now->thread == before->thread || before->depth > 0 || before->locks > 0)
        return;
    step.adapter->observe(&observation);
    before->thread = now->thread;
    before->head = before->innermost_record = observation.thread_record;
    before->stack_base = now->stack_base;
    before->stack_limit = now->stack_limit;
    before->deallocation_stack = now->deallocation_stack;
    before->fiber_data = now->fiber_data;
    before->system_sp = now->system_sp;
}

void step_guard_leave(struct step_guard *guard, unsigned operation) {
    struct verify_finding finding;
    struct verify_snapshot *before = &guard->before, now;
    const struct machine_checked *call = &guard->call;
    step.open = guard->outer;
    step.foreign->marks_set(guard->marks); /* a panic wipes setjmp's frames without notice */
    step.chain.dead_known_count = guard->left_behind; /* what was left behind inside is no longer on the chain, or V1 says so */
    if (!step.rules) {
        step.deferred.count = guard->deferred;
        return;
    }
    step_guard_snapshot(&now);
    for (unsigned index = 0; index < 3; index++) {
        before->callee_saved[index] = call->before[index];
        now.callee_saved[index] = call->after[index];
    }
    before->callee_saved[3] = call->ebp_before;
    now.callee_saved[3] = call->ebp_after;
    before->stack_pointer = call->sp_before;
    now.stack_pointer = call->sp_after;
    now.flags = call->flags_after;
    step.checked++;
    go_along(before, &now);
    if (!verify_restored(before, &now, &finding) || !verify_deferred_left(&step.deferred, guard->deferred, &finding))
        step_stop(&finding, operation);
}

void step_guard_inside(struct step_guard *guard, unsigned operation) {
    struct verify_finding finding;
    struct verify_snapshot now;
    if (!step.rules)
        return;
    step_guard_snapshot(&now);
    now.frames = guard->before.frames;
    now.innermost_frame = guard->before.innermost_frame;
    go_along(&guard->before, &now);
    step.checked++;
    if (!verify_restored(&guard->before, &now, &finding) || !verify_deferred_left(&step.deferred, guard->deferred, &finding))
        step_stop(&finding, operation);
}

static uintptr_t filter_now(void) {
    LPTOP_LEVEL_EXCEPTION_FILTER filter = SetUnhandledExceptionFilter(NULL); /* there is no call that only asks */
    SetUnhandledExceptionFilter(filter);
    return (uintptr_t)filter;
}

/* The owner of one of the PEB's critical sections (winternl.h, PEB; RTL_CRITICAL_SECTION.OwningThread). */
static uint32_t lock_owner(unsigned peb_offset) {
    const CRITICAL_SECTION *section = *(CRITICAL_SECTION **)(machine_tib(TEB_PEB) + peb_offset);
    return section ? (uint32_t)(uintptr_t)section->OwningThread : 0;
}

void step_guard_process(unsigned operation) {
    struct verify_finding finding;
    struct adapter_observation observation;
    if (!step.rules)
        return;
    step.adapter->observe(&observation);
    step.checked++;
    if (observation.guard_page) {
        MEMORY_BASIC_INFORMATION memory = {0};
        VirtualQuery((void *)observation.guard_page, &memory, sizeof memory);
        if (!verify_guard(observation.guard_page, memory.Protect, &finding))
            step_stop(&finding, operation);
    }
    if (step.thread.below_size && step.thread.below_used) {
        memcpy(step.below, (const void *)observation.below_low, step.thread.below_size);
        step.thread.below_used = false;
    }
    if (step.thread.below_size && !verify_below_stack(step.below, (const unsigned char *)observation.below_low, step.thread.below_size, observation.below_low,
                                               observation.managed_low, &finding))
        step_stop(&finding, operation);
    if (!verify_process_handlers(step.filter, filter_now(), &finding) ||
        !verify_system_locks(lock_owner(PEB_LOADER_LOCK), lock_owner(PEB_FAST_LOCK), GetCurrentThreadId(), &finding))
        step_stop(&finding, operation);
}

/* In managed code, before the text's first operation. */
void step_scenario_begin(void) {
    struct adapter_observation observation;
    step.adapter->observe(&observation);
    step.filter = filter_now();
    step_strands_begin();
    step.thread.task = step.tasks = 1;
    step.deferred.count = 0;
    step.foreign->marks_set(NULL);
    step.chain.dead_known_count = 0;
    step.thread.lowest_sp = observation.system_sp;
    step.last_error_armed = false;
    step.looking = 0;
    step.managed_faults = 0;
    step.thread.below_used = false;
    step.unwinding = 0;
    step.checked = 0;
    size_t size = observation.below_high - observation.below_low;
    if (size != step.thread.below_size) {
        free(step.below);
        step.below = size ? malloc(size) : NULL;
        step.thread.below_size = step.below ? size : 0;
    }
    if (step.thread.below_size)
        memcpy(step.below, (const void *)observation.below_low, step.thread.below_size);
}
