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

/* Walks the chain into the event's symbols. A record of the runtime's is T or C, one of the foreign library's F; others of known images have none. */
static bool walk(struct trace_event *event, const struct adapter_observation *observation, struct verify_finding *finding) {
    static struct verify_record records[VERIFY_RECORDS_MAX];
    const struct verify_memory memory = {read_own, &step.chain, MACHINE_POINTER_BYTES};
    uintptr_t sp = machine_sp();
    size_t count;
    step.chain.stack_limit = machine_tib(TIB_STACK_LIMIT);
    step.chain.alive_above = stands_on_system_stack(sp) ? sp : observation->system_sp;
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
    struct trace_event event = {.kind = kind, .task = step.thread.task, .reason = reason, .is_status = is_status, .strand = step.strand_number, .operation = operation, .value = value};
    step.current = operation;
    if (!trace_kind_has_state(kind)) {
        step_journal_add(&event);
        return;
    }
    struct adapter_observation observation;
    struct verify_finding finding;
    step.adapter->observe(&observation);
    event.depth = observation.depth;
    event.locks = observation.locks;
    uintptr_t sp = machine_sp();
    if (stands_on_system_stack(sp) && sp < step.thread.lowest_sp)
        step.thread.lowest_sp = sp;
    bool holds = walk(&event, &observation, &finding);
    step_journal_add(&event);
    if (!step.rules)
        return;
    step.checked++;
    if (!holds)
        step_stop(&finding, operation);
}

void step_enter(void *argument) {
    const struct step_entered *entered = argument;
    step_event(TRACE_ENTER, entered->operation, 0, 0, false);
    entered->block(entered->argument);
    step.current = entered->operation; /* whatever goes wrong until the next event goes wrong behind this block */
}
