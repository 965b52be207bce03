/* The walk along the chain where all is plain: every record is the runtime's, the foreign library's or the thread's last one, alive, aligned and above the one before. That is
 * what V2 and V3 ask, and nearly every chain there is.
 *
 * From one event to the next a chain seldom changes by more than its head, and a record that went often comes back at the same place. So what was found out about records stays
 * known, those that are off the chain included, and each that is on it is read again at every event: one that holds the same two words at the same place is what it was. A record
 * that is new is looked at from all sides; whatever else is seen is verify_chain's to name. */
#ifndef EXCHAIN_EXECUTE_KNOWN_CHAIN_H
#define EXCHAIN_EXECUTE_KNOWN_CHAIN_H

#include "state.h"

enum { KNOWN_RECORDS_MAX = 1 + 32 }; /* the last one, and as many as two words have symbols */

struct known_record {
    uintptr_t next, handler; /* as they lie in memory */
    uintptr_t address;
    unsigned length;         /* of `symbols` */
    uint32_t symbols[4];     /* of the chain from here outward, as an event has them */
};

extern struct known_chain {
    uintptr_t handler, thread_record; /* what it is known for; nothing: 0 */
    const struct known_record *head;  /* at the last event */
    const struct known_record *innermost;
    struct known_record records[KNOWN_RECORDS_MAX]; /* the last one of the chain first: each links to the one before */
} known_chain;

/* Another thread or stack: nothing is known. */
void known_chain_forget(void);

/* From the head on, as far as it is not known. NULL: it is not a plain one. */
const struct known_record *known_chain_learn(uintptr_t head, const struct adapter_observation *seen, uintptr_t lowest);

static inline __attribute__((always_inline)) bool known_chain_is_for(const struct adapter_observation *seen) {
    return !((known_chain.handler ^ seen->handler) | (known_chain.thread_record ^ seen->thread_record));
}

/* The record at this address, if it is known. */
static inline __attribute__((always_inline)) const struct known_record *known_chain_at(uintptr_t address) {
    const struct known_record *at = known_chain.head;
    while (at->address > address && at < known_chain.innermost)
        at++;
    while (at->address < address && at > known_chain.records)
        at--;
    return at->address == address ? at : NULL;
}

/* Whether it and all outward of it still hold what they held. */
static inline __attribute__((always_inline)) bool known_chain_holds(const struct known_record *record) {
    uintptr_t difference = 0;
    for (;; record--) {
        const uintptr_t *words = (const uintptr_t *)record->address;
        difference |= (words[0] ^ record->next) | (words[1] ^ record->handler);
        if (record == known_chain.records)
            return difference == 0;
    }
}

/* The head's record. NULL: there may be something wrong with the chain, and verify_chain says what. `lowest`: from where on records may lie. */
static inline __attribute__((always_inline)) const struct known_record *known_chain_walk(const struct adapter_observation *seen, uintptr_t lowest) {
    uintptr_t head = machine_tib(TIB_HEAD);
    if (step.chain.dead_known_count) /* records that are dead and linked are not plain */
        return NULL;
    if (known_chain_is_for(seen) && head >= lowest) {
        const struct known_record *known = known_chain_at(head);
        if (known && known_chain_holds(known))
            return known_chain.head = known;
    }
    return known_chain_learn(head, seen, lowest);
}

#endif
