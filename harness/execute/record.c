/* Events: what is observed at a step, written into the journal. The chain is really walked for every event that has a state; V2 and V3 are checked on the way. */
#include "state.h"

static bool read_own(void *owner, uint64_t address, void *bytes, size_t size) {
    /* Only the committed part of our own stack is read: a record elsewhere is wrong whatever it says. */
    const struct verify_chain_facts *facts = owner;
    if (address < facts->stack_limit || address + size > facts->stack_base)
        return false;
    __builtin_memcpy(bytes, (const void *)(uintptr_t)address, size);
    return true;
}

static bool stands_on_system_stack(uintptr_t sp) { return sp >= step.chain.stack_limit && sp < step.chain.stack_base; }

/* A handler that was found in an expected image once is in one for good: images stay where they are. */
static uintptr_t expected_handlers[2];

static __attribute__((noinline)) bool becomes_expected(unsigned whose, uintptr_t handler) {
    for (size_t index = 0; index < step.chain.image_count; index++)
        if (handler >= step.chain.images[index].low && handler < step.chain.images[index].high) {
            expected_handlers[whose] = handler;
            return true;
        }
    return false;
}

static inline bool is_expected(unsigned whose, uintptr_t handler) { return handler == expected_handlers[whose] || becomes_expected(whose, handler); }

/* The walk where all is plain: every record is the runtime's, the foreign library's or the thread's last one, alive, aligned and above the one before. That is
 * what V2 and V3 ask, and nearly every chain there is. False: it may be otherwise, and verify_chain says what holds. */
static bool walk_plain(struct trace_event *event, const struct adapter_observation *observation, uintptr_t alive_above) {
    enum { RUNTIME, FINAL, SYMBOLS_MAX = 32 };
    uintptr_t address = machine_tib(TIB_HEAD), lowest = (uintptr_t)step.chain.stack_limit, highest = (uintptr_t)step.chain.stack_base - 2 * sizeof(uintptr_t);
    uintptr_t foreign_low = (uintptr_t)step.foreign_image->low, foreign_bytes = (uintptr_t)step.foreign_image->high - foreign_low;
    uint32_t symbols[2] = {0, 0};
    unsigned count = 0;
    if (step.chain.dead_known_count || !step.chain.final_record || !is_expected(RUNTIME, observation->handler))
        return false;
    if (lowest < alive_above)
        lowest = alive_above;
    for (;;) {
        if (address % sizeof(uintptr_t) || address < lowest || address > highest)
            return false;
        uintptr_t next = ((const uintptr_t *)address)[0], handler = ((const uintptr_t *)address)[1];
        uint32_t symbol;
        if (handler == observation->handler) {
            symbol = address == observation->thread_record ? TRACE_SYMBOL_THREAD : TRACE_SYMBOL_CALLBACK;
        } else if (handler - foreign_low < foreign_bytes) {
            symbol = TRACE_SYMBOL_FOREIGN;
        } else if (next == UINTPTR_MAX && address == step.chain.final_record && handler == step.chain.final_handler && is_expected(FINAL, handler)) {
            break;
        } else {
            return false;
        }
        if (next == UINTPTR_MAX || count == SYMBOLS_MAX)
            return false;
        symbols[count / 16] |= symbol << (2 * (count % 16));
        count++;
        lowest = address + 1;
        address = next;
    }
    event->chain_length = count;
    event->chain[0] = (uint64_t)symbols[1] << 32 | symbols[0];
    return true;
}

/* Walks the chain into the event's symbols. A record of the runtime's is T or C, one of the foreign library's F; others of known images have none. */
static bool walk(struct trace_event *event, const struct adapter_observation *observation, struct verify_finding *finding) {
    static struct verify_record records[VERIFY_RECORDS_MAX];
    const struct verify_memory memory = {read_own, &step.chain, MACHINE_POINTER_BYTES};
    uintptr_t sp = machine_sp();
    size_t count;
    step.chain.stack_limit = machine_tib(TIB_STACK_LIMIT); /* this thread's, before anybody asks which stack we stand on */
    uintptr_t alive_above = stands_on_system_stack(sp) ? sp : observation->system_sp;
    if (walk_plain(event, observation, alive_above))
        return true;
    step.chain.alive_above = alive_above;
    bool holds = verify_chain(&memory, machine_tib(TIB_HEAD), &step.chain, records, VERIFY_RECORDS_MAX, &count, finding);
    for (size_t index = 0; index < count; index++) {
        const struct verify_record *record = &records[index];
        bool strange = record->fault != VERIFY_CHAIN_FINE && record->fault != VERIFY_CHAIN_OTHER_FINAL;
        if (strange)
            trace_chain_push(event, TRACE_SYMBOL_STRANGE);
        else if (record->handler == observation->handler)
            trace_chain_push(event, record->address == observation->thread_record ? TRACE_SYMBOL_THREAD : TRACE_SYMBOL_CALLBACK);
        else if (record->image == step.foreign_image)
            trace_chain_push(event, TRACE_SYMBOL_FOREIGN);
    }
    return holds;
}

void step_event(enum trace_kind kind, unsigned operation, uint32_t value, unsigned reason, bool is_status) {
    struct trace_event *event = step_journal_next(); /* written where it stays */
    *event = (struct trace_event){.kind = kind, .task = step.thread.task, .reason = reason, .is_status = is_status, .strand = step.strand_number, .operation = operation, .value = value};
    step.current = operation;
    if (!trace_kind_has_state(kind)) {
        step_journal_count();
        return;
    }
    struct adapter_observation observation;
    struct verify_finding finding;
    step.adapter->observe(&observation);
    event->depth = observation.depth;
    event->locks = observation.locks;
    uintptr_t sp = machine_sp();
    if (stands_on_system_stack(sp) && sp < step.thread.lowest_sp)
        step.thread.lowest_sp = sp;
    bool holds = walk(event, &observation, &finding);
    step_journal_count();
    if (!step.rules)
        return;
    step.checked++;
    step.checks[TALLY_CHECK_CHAIN]++;
    if (!holds)
        step_stop(&finding, operation);
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
