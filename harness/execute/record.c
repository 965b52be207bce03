/* Events: what is observed at a step, written into the journal. The chain is really walked for every event that has a state; V2 and V3 are checked on the way. */
#include "known_chain.h"

static bool read_own(void *owner, uint64_t address, void *bytes, size_t size) {
    /* Only the committed part of our own stack is read: a record elsewhere is wrong whatever it says. */
    const struct verify_chain_facts *facts = owner;
    if (address < facts->stack_limit || address + size > facts->stack_base)
        return false;
    __builtin_memcpy(bytes, (const void *)(uintptr_t)address, size);
    return true;
}

/* An event in words. It goes where the next one stands, and is there; one that stands there already was predicted (explore.c), and is only looked at. */
static inline __attribute__((always_inline)) void put(uint32_t what, uint32_t where, uint32_t value, uint32_t locks_and_length, const uint32_t *symbols) {
    struct trace_event *event = step_journal_next();
    const trace_word *words = (const trace_word *)event;
    uint32_t difference = (words[0] ^ what) | (words[1] ^ where) | (words[2] ^ value) | (words[3] ^ locks_and_length);
    if (difference | machine_difference_16(event->chain, symbols)) {
        trace_write_words(event, what, where, value, locks_and_length, symbols);
        step_journal.written++;
    }
    step_journal_count();
}

/* `kind`: as STEP_EVENT has it. */
static inline uint32_t what_of(uint32_t kind) { return kind | TRACE_WORD_WHAT(0, step.thread.task, 0, 0, step.strand_number); }

static inline __attribute__((always_inline)) void count_check(void) {
    step.checked++;
    step.checks[TALLY_CHECK_CHAIN]++;
}

/* An event with any chain. A record of the runtime's is T or C, one of the foreign library's F; others of known images have none. */
static __attribute__((noinline)) void put_any(uint32_t kind, unsigned operation, uint32_t value, const struct adapter_observation *seen, uintptr_t alive_above) {
    static struct verify_record records[VERIFY_RECORDS_MAX];
    const struct verify_memory memory = {read_own, &step.chain, MACHINE_POINTER_BYTES};
    struct verify_finding finding;
    struct trace_event event = {0};
    size_t count;
    step.chain.stack_limit = machine_tib(TIB_STACK_LIMIT);
    step.chain.alive_above = alive_above;
    bool holds = verify_chain(&memory, machine_tib(TIB_HEAD), &step.chain, records, VERIFY_RECORDS_MAX, &count, &finding);
    for (size_t index = 0; index < count; index++) {
        const struct verify_record *record = &records[index];
        bool strange = record->fault != VERIFY_CHAIN_FINE && record->fault != VERIFY_CHAIN_OTHER_FINAL;
        if (strange)
            trace_chain_push(&event, TRACE_SYMBOL_STRANGE);
        else if (record->handler == seen->handler)
            trace_chain_push(&event, record->address == seen->thread_record ? TRACE_SYMBOL_THREAD : TRACE_SYMBOL_CALLBACK);
        else if (record->image == step.foreign_image)
            trace_chain_push(&event, TRACE_SYMBOL_FOREIGN);
    }
    uint32_t symbols[4];
    __builtin_memcpy(symbols, event.chain, sizeof symbols);
    put(what_of(kind), TRACE_WORDS(operation, seen->depth), value, TRACE_WORDS(seen->locks, event.chain_length), symbols);
    if (!step.rules)
        return;
    count_check();
    if (!holds)
        step_stop(&finding, operation);
}

/* An event with a state, all that the runtime believes having been asked for just now. */
static inline __attribute__((always_inline)) void put_seen(uint32_t kind, unsigned operation, uint32_t value, const struct adapter_observation *seen) {
    uintptr_t sp = machine_sp(), limit = machine_tib(TIB_STACK_LIMIT), alive_above = seen->system_sp;
    if (sp - limit < step.thread.stack_base - limit) {
        alive_above = sp; /* we stand on the system stack */
        if (sp < step.thread.lowest_sp)
            step.thread.lowest_sp = sp;
    }
    const struct known_record *head = known_chain_walk(seen, alive_above < limit ? limit : alive_above);
    if (!head) {
        put_any(kind, operation, value, seen, alive_above);
        return;
    }
    put(what_of(kind), TRACE_WORDS(operation, seen->depth), value, TRACE_WORDS(seen->locks, head->length), head->symbols);
    if (step.rules)
        count_check();
}

void step_event_seen(uint32_t kind, unsigned operation, uint32_t value) {
    step.current = operation;
    step.adapter->observe(&step_last.moment.observed);
    step_last.known = STEP_KNOWS_RUNTIME;
    put_seen(kind, operation, value, &step_last.moment.observed);
}

void step_event_last(uint32_t kind, unsigned operation, uint32_t value) {
    static const uint32_t none[4];
    step.current = operation;
    step_others_ran();
    put(what_of(kind), TRACE_WORDS(operation, 0), value, 0, none);
}

void step_leave(struct step_guard *guard, unsigned operation) {
    if (step_guard_leave_seeing(guard, operation, &step_last.moment)) {
        step.current = operation;
        put_seen(STEP_EVENT(TRACE_LEAVE, 0, false), operation, 0, &step_last.moment.observed);
        step_last.known = STEP_KNOWS_ALL;
    } else {
        step_event(TRACE_LEAVE, operation, 0, 0, false);
    }
}

MACHINE_GONE_ON_IN void step_enter(void *argument) {
    const struct step_entered *entered = argument;
    step_event(TRACE_ENTER, entered->operation, 0, 0, false);
    entered->block(entered->argument);
    step.current = entered->operation; /* whatever goes wrong until the next event goes wrong behind this block */
}

MACHINE_GONE_ON_IN void step_enter_by_runtime(void *argument) {
    STEP_ENTERED();
    step_enter(argument);
}
