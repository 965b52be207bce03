/* The rules in pairs: what trust a block takes on entry it gives back behind it. */
#include "state.h"

#include <stdlib.h>
#include <string.h>
#include <windows.h>

struct step_state step;

struct step_last step_last;

/* All but what the runtime believes. */
static inline void look_at_thread(struct step_moment *now, const struct machine_floats *floats) {
    now->head = machine_tib(TIB_HEAD);
    now->stack_base = machine_tib(TIB_STACK_BASE);
    now->stack_limit = machine_tib(TIB_STACK_LIMIT);
    now->deallocation_stack = machine_tib(TEB_DEALLOCATION_STACK);
    now->fiber_data = machine_tib(TIB_FIBER_DATA);
    now->thread = machine_thread_id();
    now->x87_tag = 0;
    if (!step.grouped) /* the tag word costs more than all the rest: once a group */
        now->x87_tag = machine_x87_tag();
    now->x87_control = machine_x87_control_of(floats);
    now->mxcsr = machine_mxcsr_control_of(floats);
}

void step_moment_take(struct step_moment *now) {
    struct machine_floats floats;
    machine_floats_look(&floats); /* first: until they are in memory, the rest is looked at */
    step.adapter->observe(&now->observed);
    look_at_thread(now, &floats);
}

/* Whether nothing has changed; where something has, the rules say whether it may. */
static inline bool is_same(const struct step_moment *before, const struct step_moment *now) { return machine_moment_difference(before, now) == 0; }

/* As the rules have it. */
static struct verify_snapshot snapshot_of(const struct step_moment *moment) {
    const struct adapter_observation *observed = &moment->observed;
    return (struct verify_snapshot){
        .thread = moment->thread, .head = moment->head, .stack_base = moment->stack_base, .stack_limit = moment->stack_limit,
        .deallocation_stack = moment->deallocation_stack, .fiber_data = moment->fiber_data,
        .x87_control = moment->x87_control, .x87_tag = moment->x87_tag, .mxcsr = moment->mxcsr,
        .task = observed->task, .depth = observed->depth, .locks = observed->locks, .panic_on_fault = observed->panic_on_fault,
        .system_sp = observed->system_sp, .frames = observed->frames, .innermost_frame = observed->innermost_frame,
        .innermost_call = observed->innermost_call, .innermost_record = observed->innermost_record,
    };
}

bool step_moment_restored(const struct step_moment *before, const struct step_moment *now, struct verify_finding *finding) {
    if (is_same(before, now))
        return true;
    struct verify_snapshot was = snapshot_of(before), is = snapshot_of(now);
    return verify_restored(&was, &is, finding);
}

/* The registers of a checked call, and the rest: V5 to V7 are about them. */
static inline bool is_call_same(const struct step_guard *guard, const struct step_moment *now) {
    enum { DIRTY_FLAGS = 0x100 | 0x400 | 0x40000 }; /* trap, direction, alignment check */
    const struct machine_checked *call = &guard->call;
    return !(machine_moment_difference(&guard->before, now) | machine_difference_16(call->before, call->after) | (call->sp_before ^ call->sp_after) |
             (call->flags_after & DIRTY_FLAGS));
}

static __attribute__((noinline)) bool call_restored(const struct step_guard *guard, const struct step_moment *now, struct verify_finding *finding) {
    const struct machine_checked *call = &guard->call;
    struct verify_snapshot was = snapshot_of(&guard->before), is = snapshot_of(now);
    for (unsigned index = 0; index < 3; index++) {
        was.callee_saved[index] = call->before[index];
        is.callee_saved[index] = call->after[index];
    }
    was.callee_saved[3] = call->ebp_before;
    is.callee_saved[3] = call->ebp_after;
    was.stack_pointer = call->sp_before;
    is.stack_pointer = call->sp_after;
    is.flags = call->flags_after;
    return verify_restored(&was, &is, finding);
}

static inline void enter(struct step_guard *guard, unsigned operation, enum step_opens opens) {
    guard->outer = step.open;
    guard->operation = operation;
    guard->opens = opens;
    step.open = guard;
    guard->deferred = step.deferred.count;
    guard->left_behind = step.chain.dead_known_count;
    guard->marks = *step.foreign->marks;
    step_others_ran(); /* they are about to */
}

void step_guard_enter(struct step_guard *guard, unsigned operation, enum step_opens opens) {
    step_moment_take(&guard->before);
    enter(guard, operation, opens);
}

void step_guard_enter_managed(struct step_guard *guard, unsigned operation, enum step_opens opens) {
    if (step_last.known == STEP_KNOWS_ALL) {
        machine_moment_copy(&guard->before, &step_last.moment);
    } else if (step_last.known == STEP_KNOWS_RUNTIME) {
        struct machine_floats floats;
        machine_floats_look(&floats);
        machine_moment_copy(&guard->before, &step_last.moment); /* all of it; what is not known of it is looked at now */
        look_at_thread(&guard->before, &floats);
    } else {
        step_moment_take(&guard->before);
    }
    enter(guard, operation, opens);
}

uintptr_t step_guard_call(struct step_guard *guard, void *function, uintptr_t a, uintptr_t b, uintptr_t c, uintptr_t d) {
    struct machine_checked *call = &guard->call;
    uint32_t poison = step.poison += 0x01010101;
    call->function = function;
    call->arguments[0] = a;
    call->arguments[1] = b;
    call->arguments[2] = c;
    call->arguments[3] = d;
    call->arguments[4] = 0;
    call->before[0] = 0xB0000000 ^ poison;
    call->before[1] = 0x51000000 ^ poison;
    call->before[2] = 0xD1000000 ^ poison;
    call->skew = step.skew = (step.skew + 4) % MACHINE_ALIGNMENT;
    machine_checked_call(call);
    return call->result;
}

/* A task that was free to do so has gone on on another thread: what belongs to a thread must be as that one's own record says. */
static __attribute__((noinline)) void go_along_to(struct step_moment *before, const struct step_moment *now) {
    struct adapter_observation observation;
    if (before->observed.depth > 0 || before->observed.locks > 0)
        return;
    step.adapter->observe(&observation);
    before->thread = now->thread;
    before->head = before->observed.innermost_record = observation.thread_record;
    before->stack_base = now->stack_base;
    before->stack_limit = now->stack_limit;
    before->deallocation_stack = now->deallocation_stack;
    before->fiber_data = now->fiber_data;
    before->observed.system_sp = now->observed.system_sp;
}

static inline void go_along(struct step_moment *before, const struct step_moment *now) {
    if (now->thread != before->thread)
        go_along_to(before, now);
}

/* Something is not as it was: the rules say whether it may. */
static __attribute__((noinline)) void check_left(const struct step_guard *guard, const struct step_moment *now, unsigned operation) {
    struct verify_finding finding;
    if (!call_restored(guard, now, &finding) || !verify_deferred_left(&step.deferred, guard->deferred, &finding))
        step_stop(&finding, operation);
}

bool step_guard_leave_seeing(struct step_guard *guard, unsigned operation, struct step_moment *now) {
    step_others_ran();
    step.open = guard->outer;
    *step.foreign->marks = guard->marks; /* a panic wipes setjmp's frames without notice */
    step.chain.dead_known_count = guard->left_behind; /* what was left behind inside is no longer on the chain, or V1 says so */
    if (!step.rules) {
        step.deferred.count = guard->deferred;
        return false;
    }
    step_moment_take(now);
    step.checked++;
    step.checks[TALLY_CHECK_BLOCK]++;
    go_along(&guard->before, now);
    if (!is_call_same(guard, now) || step.deferred.count != guard->deferred)
        check_left(guard, now, operation);
    return true;
}

void step_guard_leave(struct step_guard *guard, unsigned operation) {
    struct step_moment now;
    step_guard_leave_seeing(guard, operation, &now);
}

void step_guard_inside(struct step_guard *guard, unsigned operation) {
    struct verify_finding finding;
    struct step_moment now;
    if (!step.rules)
        return;
    step_moment_take(&now);
    now.observed.frames = guard->before.observed.frames;
    now.observed.innermost_frame = guard->before.observed.innermost_frame;
    go_along(&guard->before, &now);
    step.checked++;
    step.checks[TALLY_CHECK_BLOCK]++;
    if (!step_moment_restored(&guard->before, &now, &finding) || !verify_deferred_left(&step.deferred, guard->deferred, &finding))
        step_stop(&finding, operation);
}

void step_entered_badly(uintptr_t arguments) {
    struct verify_finding finding;
    if (step.rules && !verify_entry(arguments, MACHINE_ALIGNMENT, &finding))
        step_stop(&finding, step.current);
    machine_read_aligned(arguments); /* as compiled code would, and no better */
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

bool step_system_locks_held(void) { return lock_owner(PEB_LOADER_LOCK) || lock_owner(PEB_FAST_LOCK); }

bool step_process_holds(struct verify_finding *finding) {
    struct adapter_stack stack;
    step.adapter->observe_stack(&stack);
    step.checked++;
    step.checks[TALLY_CHECK_PROCESS]++;
    if (stack.guard_page) {
        MEMORY_BASIC_INFORMATION memory = {0};
        VirtualQuery((void *)stack.guard_page, &memory, sizeof memory);
        if (!verify_guard(stack.guard_page, memory.Protect, finding))
            return false;
    }
    if (step.thread.below_size && step.thread.below_used) {
        memcpy(step.below, (const void *)stack.below_low, step.thread.below_size);
        step.thread.below_used = false;
    }
    if (step.thread.below_size && !verify_below_stack(step.below, (const unsigned char *)stack.below_low, step.thread.below_size, stack.below_low,
                                               stack.low, finding))
        return false;
    return verify_process_handlers(step.filter, filter_now(), finding) &&
           verify_system_locks(lock_owner(PEB_LOADER_LOCK), lock_owner(PEB_FAST_LOCK), GetCurrentThreadId(), finding);
}

static __attribute__((noinline)) void look_at_process(unsigned operation) {
    struct verify_finding finding;
    if (!step_process_holds(&finding))
        step_stop(&finding, operation);
}

void step_guard_process(unsigned operation) {
    if (step.rules && !step.grouped)
        look_at_process(operation);
}

void step_process_begin(void) {
    struct adapter_stack stack;
    step.adapter->observe_stack(&stack);
    step.filter = filter_now();
    step.thread.below_used = false;
    size_t size = stack.below_high - stack.below_low;
    if (size != step.thread.below_size) {
        free(step.below);
        step.below = size ? malloc(size) : NULL;
        step.thread.below_size = step.below ? size : 0;
    }
    if (step.thread.below_size)
        memcpy(step.below, (const void *)stack.below_low, step.thread.below_size);
}

/* In managed code, before the text's first operation. */
void step_scenario_begin(void) {
    struct adapter_observation observation;
    step.adapter->observe(&observation);
    step_strands_begin();
    step.thread.task = step.tasks = 1;
    step.deferred.count = 0;
    *step.foreign->marks = NULL;
    step.chain.dead_known_count = 0;
    step.thread.lowest_sp = observation.system_sp;
    step.last_error_armed = false;
    step.looking = 0;
    step.managed_faults = 0;
    step.unwinding = 0;
    step.gxx_unwinds = false;
    step.skew = 0;
    step.checked = 0;
    if (!step.grouped)
        step_process_begin();
}
