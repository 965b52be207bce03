/* The ends that a scenario does not come back from: a rule that broke, a bugcheck of the runtime, a crash. The journal gets the last event and a report;
 * the process ends, since nothing in it can be trusted any more; or what ends is the thread, where somebody goes on (go_on.c). */
#include "go_on.h"
#include "state.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <windows.h>

static size_t used;

static void say(const char *format, ...) {
    struct journal_header *header = step_journal_header();
    va_list arguments;
    va_start(arguments, format);
    if (used < sizeof header->report) {
        int length = vsnprintf(header->report + used, sizeof header->report - used, format, arguments);
        used += length > 0 ? (size_t)length : 0;
    }
    va_end(arguments);
}

/* Pages next to each other that can be read: nobody unmaps any while we look. A broken chain may be long, and asking the system for every pointer takes it seconds. */
struct readable {
    uintptr_t low, high;
};

static bool read_guarded(void *owner, uint64_t address, void *bytes, size_t size) {
    enum { READS = PAGE_READONLY | PAGE_READWRITE | PAGE_WRITECOPY | PAGE_EXECUTE_READ | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY };
    struct readable *known = owner;
    if (address < known->low || address + size > known->high) {
        MEMORY_BASIC_INFORMATION memory;
        if (!VirtualQuery((const void *)(uintptr_t)address, &memory, sizeof memory) || memory.State != MEM_COMMIT || !(memory.Protect & READS) || memory.Protect & PAGE_GUARD)
            return false;
        *known = (struct readable){(uintptr_t)memory.BaseAddress, (uintptr_t)memory.BaseAddress + memory.RegionSize};
        if (address + size > known->high)
            return false;
    }
    memcpy(bytes, (const void *)(uintptr_t)address, size);
    return true;
}

/* The chain as it is, with a verdict a record. */
static void say_chain(const struct adapter_observation *observation) {
    static struct verify_record records[64];
    struct readable readable = {0, 0};
    const struct verify_memory memory = {read_guarded, &readable, MACHINE_POINTER_BYTES};
    struct verify_finding ignored;
    uintptr_t sp = machine_sp();
    size_t count;
    step.chain.stack_limit = machine_tib(TIB_STACK_LIMIT);
    bool on_system_stack = sp >= step.chain.stack_limit && sp < step.chain.stack_base;
    step.chain.alive_above = on_system_stack ? sp : observation->system_sp;
    uintptr_t head = machine_tib(TIB_HEAD);
    verify_chain(&memory, head, &step.chain, records, 64, &count, &ignored);
    say("exception list, head %08lx; stack %08lx to %08lx, in use above %08lx\n", (unsigned long)head, (unsigned long)step.chain.stack_limit,
        (unsigned long)step.chain.stack_base, (unsigned long)step.chain.alive_above);
    say("  record    next      handler   whose                     verdict\n");
    for (size_t index = 0; index < count && index < 64; index++) {
        const struct verify_record *record = &records[index];
        const char *whose = record->image ? record->image->name : "nobody's";
        if (record->handler == observation->handler)
            whose = record->address == observation->thread_record ? "the runtime's, of the thread" : "the runtime's, of a callback";
        else if (record->image == step.foreign_image)
            whose = "a foreign frame's";
        bool fine = record->fault == VERIFY_CHAIN_FINE;
        say("  %08lx  %08lx  %08lx  %-28s  %s\n", (unsigned long)record->address, (unsigned long)record->next, (unsigned long)record->handler, whose,
            fine && step_is_left_behind((uintptr_t)record->address) ? "left behind: its function has returned" : verify_chain_fault_words(record->fault));
    }
    if (count > 64)
        say("  ... %lu records in all\n", (unsigned long)count);
}

/* Past the C library, whose stderr asks Wine's server about every character. */
static void show(const struct journal_header *header) {
    static char line[160];
    const struct journal_stop *stop = &header->stop;
    HANDLE errors = GetStdHandle(STD_ERROR_HANDLE);
    DWORD written;
    if (stop->code) {
        int length = snprintf(line, sizeof line, "*** STOP: 0x%08X %s (0x%08X, 0x%08X, 0x%08X, 0x%08X)\n", stop->code, stop->title, stop->parameters[0],
                              stop->parameters[1], stop->parameters[2], stop->parameters[3]);
        WriteFile(errors, line, (DWORD)length, &written, NULL);
    }
    WriteFile(errors, header->report, (DWORD)strlen(header->report), &written, NULL);
}

enum { NO_OPERATION = UINT16_MAX }; /* and no task: the stop is about all of them */
enum { ABORTED = 3 };               /* the exit status of msvcrt's abort */

static void end_with(enum trace_kind kind, unsigned operation, uint32_t value, unsigned reason, bool is_status) {
    struct journal_header *header = step_journal_header();
    struct trace_event event = {.kind = kind, .task = step.thread.task, .reason = reason, .is_status = is_status, .strand = step.strand_number, .operation = operation,
                                .value = value};
    if (kind == TRACE_STOP && operation == NO_OPERATION)
        event.task = event.strand = event.operation = 0;
    step_journal_add(&event);
    step_journal_end(JOURNAL_STOPPED);
    show(header);
    step_go_on();
    TerminateProcess(GetCurrentProcess(), kind == TRACE_CRASH && !is_status ? ABORTED : value);
}

static void stop_fill(uint32_t code, const char *rule, const char *title) {
    struct journal_stop *stop = &step_journal_header()->stop;
    stop->code = code;
    snprintf(stop->rule, sizeof stop->rule, "%s", rule);
    snprintf(stop->title, sizeof stop->title, "%s", title);
}

_Noreturn void step_stop(const struct verify_finding *finding, unsigned operation) {
    struct adapter_observation observation;
    char words[64];
    step.adapter->observe(&observation);
    stop_fill(finding->code, finding->rule_name, finding->title);
    for (unsigned index = 0; index < 4; index++)
        step_journal_header()->stop.parameters[index] = (uint32_t)finding->parameters[index];
    scenario_print_operation(step.program, operation, words, sizeof words);
    say("rule %s: %s\n%s, behind or in operation %u (%s)\n", finding->rule_name, verify_rule_text(finding->rule), finding->words, operation, words);
    say_chain(&observation);
    end_with(TRACE_STOP, operation, finding->code, TRACE_FOUND_BY_RULES, false);
    __builtin_unreachable();
}

/* The runtime's own last words: on whatever stack the trouble left. */
void step_on_last_words(const struct adapter_last_words *words) {
    static struct adapter_observation observation;
    step.adapter->observe(&observation);
    if (words->is_panic) /* on a thread that was only attached: the end of its task is the end of the process */
        end_with(TRACE_END, step.thread.operation, words->code, TRACE_ENDED_PANIC, words->is_status);
    if (words->is_stop) {
        stop_fill(words->code, "", words->title);
        for (unsigned index = 0; index < 4; index++)
            step_journal_header()->stop.parameters[index] = words->parameters[index];
        say("the runtime found itself broken\n");
    } else {
        say("%s: %08x at %08x, sp %08x, information %08x %08x\n", words->title, words->code, words->parameters[0], words->parameters[1],
            words->parameters[2], words->parameters[3]);
    }
    say_chain(&observation);
    if (words->is_stop)
        end_with(TRACE_STOP, words->is_deadlock ? NO_OPERATION : step.current, words->code, TRACE_FOUND_BY_RUNTIME, false);
    else {
        if (words->place == ADAPTER_PLACE_FOREIGN)
            step_branch(JOURNAL_BRANCH_UNHANDLED);
        end_with(TRACE_CRASH, 0, words->code, (enum trace_place)words->place, true);
    }
}

void step_on_terminate(void) {
    static struct adapter_observation observation;
    step.adapter->observe(&observation);
    say("std::terminate: no frame that g++'s unwinder can come to takes its exception\n");
    say_chain(&observation);
    end_with(TRACE_CRASH, 0, 0, TRACE_PLACE_FOREIGN, false);
}
