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

static struct verify_finding found; /* what is wrong with the chain, where something is */

/* Any chain. A record of the runtime's is T or C, one of the foreign library's F; others of known images have none. */
static __attribute__((noinline)) bool walk_any(struct known_symbols *symbols, const struct adapter_observation *seen, uintptr_t alive_above) {
    static struct verify_record records[VERIFY_RECORDS_MAX];
    const struct verify_memory memory = {read_own, &step.chain, MACHINE_POINTER_BYTES};
    struct trace_event event = {0};
    size_t count;
    step.chain.alive_above = alive_above;
    bool holds = verify_chain(&memory, machine_tib(TIB_HEAD), &step.chain, records, VERIFY_RECORDS_MAX, &count, &found);
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
    symbols->length = event.chain_length;
    for (unsigned word = 0; word < sizeof symbols->words / sizeof *symbols->words; word++)
        symbols->words[word] = (uint32_t)(event.chain[word / 2] >> word % 2 * 32);
    return holds;
}

/* An event in words. It goes where the next one stands, and is there; one that stands there already was predicted (explore.c), and is only looked at. */
static inline __attribute__((always_inline)) void put(uint32_t what, uint32_t where, uint32_t value, uint32_t locks_and_length, const uint32_t symbols[4]) {
    struct trace_event *event = step_journal_next();
    const trace_word *words = (const trace_word *)event;
    uint32_t difference = (words[0] ^ what) | (words[1] ^ where) | (words[2] ^ value) | (words[3] ^ locks_and_length);
    difference |= (words[4] ^ symbols[0]) | (words[5] ^ symbols[1]) | (words[6] ^ symbols[2]) | (words[7] ^ symbols[3]);
    if (difference) {
        trace_write_words(event, what, where, value, locks_and_length, symbols);
        step_journal.written++;
    }
    step_journal_count();
}

static inline uint32_t what_of(enum trace_kind kind, unsigned reason, bool is_status) {
    return TRACE_WORD_WHAT(kind, step.thread.task, reason, is_status, step.strand_number);
}

/* An event with a state, all that the runtime believes having been asked for just now. */
static inline __attribute__((always_inline)) void put_seen(enum trace_kind kind, unsigned operation, uint32_t value, unsigned reason, bool is_status,
                                                           const struct adapter_observation *seen) {
    uintptr_t sp = machine_sp(), limit = machine_tib(TIB_STACK_LIMIT), alive_above = seen->system_sp;
    step.current = operation;
    step.chain.stack_limit = limit; /* this thread's, for whoever asks */
    if (sp - limit < step.thread.stack_base - limit) {
        alive_above = sp; /* we stand on the system stack */
        if (sp < step.thread.lowest_sp)
            step.thread.lowest_sp = sp;
    }
    struct known_symbols chain;
    bool holds = known_chain_walk(seen, alive_above < limit ? limit : alive_above, &chain) || walk_any(&chain, seen, alive_above);
    put(what_of(kind, reason, is_status), TRACE_WORDS(operation, seen->depth), value, TRACE_WORDS(seen->locks, chain.length), chain.words);
    if (!step.rules)
        return;
    step.checked++;
    step.checks[TALLY_CHECK_CHAIN]++;
    if (!holds)
        step_stop(&found, operation);
}

void step_event(enum trace_kind kind, unsigned operation, uint32_t value, unsigned reason, bool is_status) {
    if (!trace_kind_has_state(kind)) {
        static const uint32_t none[4];
        step.current = operation;
        step_others_ran();
        put(what_of(kind, reason, is_status), TRACE_WORDS(operation, 0), value, 0, none);
        return;
    }
    step.current = operation;
    step.adapter->observe(&step_last.moment.observed);
    step_last.known = STEP_KNOWS_RUNTIME;
    put_seen(kind, operation, value, reason, is_status, &step_last.moment.observed);
}

void step_leave(struct step_guard *guard, unsigned operation) {
    if (step_guard_leave_seeing(guard, operation, &step_last.moment)) {
        put_seen(TRACE_LEAVE, operation, 0, 0, false, &step_last.moment.observed);
        step_last.known = STEP_KNOWS_ALL;
    } else {
        step_event(TRACE_LEAVE, operation, 0, 0, false);
    }
}

void step_enter(void *argument) {
    const struct step_entered *entered = argument;
    step_event(TRACE_ENTER, entered->operation, 0, 0, false);
    entered->block(entered->argument);
    step.current = entered->operation; /* whatever goes wrong until the next event goes wrong behind this block */
}

void step_enter_by_runtime(void *argument) {
    STEP_ENTERED();
    step_enter(argument);
}
