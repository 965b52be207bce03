/* The rules about one thread at two moments, and the small ones. The chain has a file of its own. */
#include "finding.h"

static const struct {
    const char *name, *title, *text;
    uint32_t code;
} rules[VERIFY_RULE_COUNT] = {
    {"none", "NO_RULE", "", 0},
#define RULE(number, code, title, text, p1, p2, p3, p4) {"V" #number, #title, text, code},
#include "rules.def"
#undef RULE
};

const char *verify_rule_name(enum verify_rule rule) { return rules[rule].name; }
const char *verify_rule_title(enum verify_rule rule) { return rules[rule].title; }
const char *verify_rule_text(enum verify_rule rule) { return rules[rule].text; }
uint32_t verify_rule_code(enum verify_rule rule) { return rules[rule].code; }

bool verify_broken(struct verify_finding *finding, enum verify_rule rule, const char *words, uint64_t p1, uint64_t p2, uint64_t p3, uint64_t p4) {
    *finding = (struct verify_finding){rule, rules[rule].code, rules[rule].title, rules[rule].name, {p1, p2, p3, p4}, words};
    return false;
}

bool verify_restored(const struct verify_snapshot *before, const struct verify_snapshot *now, struct verify_finding *finding) {
    enum { TRAP = 0x100, DIRECTION = 0x400, ALIGNMENT_CHECK = 0x40000 };
    if (now->thread != before->thread) /* first: on another thread, nothing that belongs to one can be the same */
        return verify_broken(finding, VERIFY_V9, "the task goes on on another thread", VERIFY_THREAD, now->thread, before->thread, 0);
    if (now->head != before->head)
        return verify_broken(finding, VERIFY_V1, "the head of the exception list was not put back", now->head, before->head, now->stack_pointer,
                             now->system_sp);

    const struct {
        const char *words;
        uint64_t now, before;
    } tib[] = {
        {"StackBase changed", now->stack_base, before->stack_base},
        {"StackLimit changed", now->stack_limit, before->stack_limit},
        {"DeallocationStack changed", now->deallocation_stack, before->deallocation_stack},
        {"FiberData changed", now->fiber_data, before->fiber_data},
    };
    for (unsigned index = 0; index < sizeof tib / sizeof *tib; index++) {
        /* The limit of a growing stack sinks as pages are committed; it never rises. */
        bool grew = index == 1 && tib[index].now < tib[index].before;
        if (tib[index].now != tib[index].before && !grew)
            return verify_broken(finding, VERIFY_V4, tib[index].words, index, tib[index].now, tib[index].before, 0);
    }

    if (now->stack_pointer != before->stack_pointer)
        return verify_broken(finding, VERIFY_V5, "the stack pointer is another", now->stack_pointer, before->stack_pointer, 0, 0);

    static const char *const registers[] = {"ebx or its like was lost", "esi or its like was lost", "edi or its like was lost", "ebp or its like was lost"};
    for (unsigned index = 0; index < 4; index++)
        if (now->callee_saved[index] != before->callee_saved[index])
            return verify_broken(finding, VERIFY_V6, registers[index], index, now->callee_saved[index], before->callee_saved[index], 0);

    uint32_t dirty = now->flags & (TRAP | DIRECTION | ALIGNMENT_CHECK);
    if (dirty)
        return verify_broken(finding, VERIFY_V7, dirty & DIRECTION ? "the direction flag is set" : "the trap or alignment-check flag is set",
                             now->flags, dirty, 0, 0);

    if (now->x87_control != before->x87_control)
        return verify_broken(finding, VERIFY_V8, "the x87 control word changed", 0, now->x87_control, before->x87_control, 0);
    if (now->x87_tag != before->x87_tag)
        return verify_broken(finding, VERIFY_V8, "the x87 stack is not as full as it was", 1, now->x87_tag, before->x87_tag, 0);
    if (now->mxcsr != before->mxcsr)
        return verify_broken(finding, VERIFY_V8, "MXCSR's control bits changed", 2, now->mxcsr, before->mxcsr, 0);

    const struct {
        enum verify_field field;
        const char *words;
        uint64_t now, before;
    } runtime[] = {
        {VERIFY_TASK, "another task is running", now->task, before->task},
        {VERIFY_DEPTH, "the call depth changed", now->depth, before->depth},
        {VERIFY_LOCKS, "the lock count changed", now->locks, before->locks},
        {VERIFY_PANIC_ON_FAULT, "panic-on-fault changed", now->panic_on_fault, before->panic_on_fault},
        {VERIFY_SYSTEM_SP, "the saved system-stack pointer changed", now->system_sp, before->system_sp},
        {VERIFY_FRAMES, "the number of open frames changed", now->frames, before->frames},
        {VERIFY_INNERMOST_FRAME, "the frame list has another head", now->innermost_frame, before->innermost_frame},
        {VERIFY_INNERMOST_CALL, "the call list has another head", now->innermost_call, before->innermost_call},
        {VERIFY_INNERMOST_RECORD, "another callback's record counts as the innermost", now->innermost_record, before->innermost_record},
    };
    for (unsigned index = 0; index < sizeof runtime / sizeof *runtime; index++)
        if (runtime[index].now != runtime[index].before)
            return verify_broken(finding, VERIFY_V9, runtime[index].words, runtime[index].field, runtime[index].now, runtime[index].before, 0);
    return true;
}

bool verify_entry(uint64_t arguments, unsigned alignment, struct verify_finding *finding) {
    return arguments % alignment == 0 ||
           verify_broken(finding, VERIFY_V5, "compiled code was entered with a stack that is not aligned", arguments, arguments / alignment * alignment, 0, 0);
}

bool verify_argument(uint64_t now, uint64_t before, unsigned which, unsigned count, struct verify_finding *finding) {
    const char *words = which == VERIFY_RESULT ? "C got another result than the callback gave" : "a callback got another argument than C passed";
    return now == before || verify_broken(finding, VERIFY_V19, words, which, now, before, count);
}

bool verify_last_error(uint32_t before, uint32_t now, struct verify_finding *finding) {
    return now == before || verify_broken(finding, VERIFY_V10, "the fault changed the thread's last-error value", now, before, 0, 0);
}

bool verify_handler_entry(uint32_t operation, uint32_t exception_code, uint32_t exception_flags, unsigned times, bool nested_expected,
                          struct verify_finding *finding) {
    enum { STACK_INVALID = 0x8, NESTED_CALL = 0x10 };
    if (exception_flags & STACK_INVALID)
        return verify_broken(finding, VERIFY_V11, "the dispatcher found the stack invalid", operation, exception_flags, exception_code, times);
    if (exception_flags & NESTED_CALL && !nested_expected)
        return verify_broken(finding, VERIFY_V11, "a nested call where no handler was running", operation, exception_flags, exception_code, times);
    if (times > 1)
        return verify_broken(finding, VERIFY_V11, "the handler was entered twice in one phase", operation, exception_flags, exception_code, times);
    return true;
}

bool verify_fault_report(uint32_t operation, const struct verify_fault *expected, const struct verify_fault_seen *seen, struct verify_finding *finding) {
    if (seen->code != expected->status)
        return true;
    if (seen->pc != expected->pc[0] && seen->pc != expected->pc[1])
        return verify_broken(finding, VERIFY_V17, "the pc is not where the instruction is", 1, seen->pc, expected->pc[0], operation);
    if (seen->parameters != expected->parameters[0] && seen->parameters != expected->parameters[1])
        return verify_broken(finding, VERIFY_V17, "not as many parameters as the fault has", 2, seen->parameters, expected->parameters[0], operation);
    for (unsigned place = 0; place < expected->known; place++)
        if (seen->information[place] != expected->information[place])
            return verify_broken(finding, VERIFY_V17, place ? "the address is another" : "the access is of another kind", 3 + place, seen->information[place],
                                 expected->information[place], operation);
    return true;
}

bool verify_guard(uint64_t guard_page, uint32_t protection, struct verify_finding *finding) {
    enum { PAGE_GUARD_BIT = 0x100 };
    return protection & PAGE_GUARD_BIT || verify_broken(finding, VERIFY_V12, "the managed stack's guard page is not armed", guard_page, protection, 0, 0);
}

bool verify_below_stack(const unsigned char *before, const unsigned char *now, size_t size, uint64_t address, uint64_t stack_low,
                        struct verify_finding *finding) {
    unsigned char difference = 0; /* of all of it: where no byte ends the loop, many are compared at once */
    for (size_t index = 0; index < size; index++)
        difference |= before[index] ^ now[index];
    for (size_t index = 0; difference && index < size; index++)
        if (before[index] != now[index])
            return verify_broken(finding, VERIFY_V13, "memory below the managed stack was written", address + index, now[index], stack_low, 0);
    return true;
}

bool verify_process_handlers(uint64_t filter_before, uint64_t filter_now, struct verify_finding *finding) {
    return filter_now == filter_before ||
           verify_broken(finding, VERIFY_V14, "the unhandled-exception filter is another", filter_now, filter_before, 0, 0);
}

bool verify_system_locks(uint32_t loader_owner, uint32_t peb_owner, uint32_t thread, struct verify_finding *finding) {
    if (loader_owner == thread)
        return verify_broken(finding, VERIFY_V15, "this thread still owns the loader lock", 1, loader_owner, thread, 0);
    if (peb_owner == thread)
        return verify_broken(finding, VERIFY_V15, "this thread still owns the PEB lock", 2, peb_owner, thread, 0);
    return true;
}

void verify_deferred_open(struct verify_deferred *deferred, uint16_t operation) {
    if (deferred->count < VERIFY_DEFERRED_MAX)
        deferred->open[deferred->count++] = operation;
}

bool verify_deferred_runs(struct verify_deferred *deferred, uint16_t operation, struct verify_finding *finding) {
    uint16_t turn = deferred->count ? deferred->open[deferred->count - 1] : 0;
    if (!deferred->count || turn != operation)
        return verify_broken(finding, VERIFY_V16, "a deferred function ran out of its turn", operation, turn, deferred->count, deferred->count);
    deferred->count--;
    return true;
}

bool verify_deferred_left(const struct verify_deferred *deferred, size_t on_entry, struct verify_finding *finding) {
    uint16_t waiting = deferred->count ? deferred->open[deferred->count - 1] : 0;
    return deferred->count == on_entry ||
           verify_broken(finding, VERIFY_V16, "a deferred function has not run, or ran twice", 0, waiting, deferred->count, on_entry);
}
