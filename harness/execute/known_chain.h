/* The walk along the chain where all is plain: every record is the runtime's, the foreign library's or the thread's last one, alive, aligned and above the one before. That is
 * what V2 and V3 ask, and nearly every chain there is.
 *
 * From one event to the next a chain seldom changes by more than its head. So what was found out about its records stays known, and each of them is read again at every event:
 * one that holds the same two words at the same place is what it was. A record that is new is looked at from all sides; whatever else is seen is verify_chain's to name. */
#ifndef EXCHAIN_EXECUTE_KNOWN_CHAIN_H
#define EXCHAIN_EXECUTE_KNOWN_CHAIN_H

#include "state.h"

enum { KNOWN_RECORDS_MAX = 1 + 32 }; /* the last one, and as many as two words have symbols */

extern struct known_chain {
    uintptr_t handler, thread_record, stack_base, final_record; /* what it is known for */
    unsigned count;
    struct known_record {
        uintptr_t address, next, handler;
        uint64_t symbols; /* of the chain from here outward */
    } records[KNOWN_RECORDS_MAX]; /* the last one of the chain first */
} known_chain;

/* A chain in symbols, as an event has it. */
struct known_symbols {
    unsigned length;
    uint32_t words[4];
};

/* From the head on, as far as it is not known. False: it is not a plain one, and nothing is known of it. */
bool known_chain_learn(uintptr_t head, const struct adapter_observation *seen, uintptr_t lowest);

static inline __attribute__((always_inline)) bool known_chain_is_for(const struct adapter_observation *seen) {
    return !((known_chain.handler ^ seen->handler) | (known_chain.thread_record ^ seen->thread_record) | (known_chain.stack_base ^ step.thread.stack_base) |
             (known_chain.final_record ^ step.thread.final_record));
}

/* Whether the chain is one that is known. */
static inline __attribute__((always_inline)) bool known_chain_holds(uintptr_t head, const struct adapter_observation *seen, uintptr_t lowest) {
    if (!known_chain_is_for(seen) || head < lowest || !known_chain.count || known_chain.records[known_chain.count - 1].address != head)
        return false;
    uintptr_t difference = 0;
    for (const struct known_record *record = &known_chain.records[known_chain.count]; record-- > known_chain.records;) {
        const uintptr_t *words = (const uintptr_t *)record->address;
        difference |= (words[0] ^ record->next) | (words[1] ^ record->handler);
    }
    return difference == 0;
}

/* False: there may be something wrong with it, and verify_chain says what. `lowest`: from where on records may lie. */
static inline __attribute__((always_inline)) bool known_chain_walk(const struct adapter_observation *seen, uintptr_t lowest, struct known_symbols *symbols) {
    uintptr_t head = machine_tib(TIB_HEAD);
    if (step.chain.dead_known_count) /* records that are dead and linked are not plain */
        return false;
    if (!known_chain_holds(head, seen, lowest) && !(known_chain_learn(head, seen, lowest) && known_chain_holds(head, seen, lowest)))
        return false;
    const struct known_record *record = &known_chain.records[known_chain.count - 1];
    symbols->length = known_chain.count - 1;
    symbols->words[0] = (uint32_t)record->symbols;
    symbols->words[1] = (uint32_t)(record->symbols >> 32);
    symbols->words[2] = symbols->words[3] = 0;
    return true;
}

#endif
