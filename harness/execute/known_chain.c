/* What is known of the chain, and how it comes to be. */
#include "known_chain.h"

struct known_chain known_chain;

/* A handler that was found in an expected image once is in one for good: images stay where they are. */
static bool is_expected(uintptr_t handler) {
    static uintptr_t expected[2]; /* the runtime's, the last record's */
    if (handler == expected[0] || handler == expected[1])
        return true;
    for (size_t index = 0; index < step.chain.image_count; index++)
        if (handler >= step.chain.images[index].low && handler < step.chain.images[index].high) {
            expected[1] = expected[0];
            expected[0] = handler;
            return true;
        }
    return false;
}

/* The record at the place where the chain goes on outward, or ends. */
static bool add(uintptr_t address, uintptr_t lowest) {
    const uintptr_t highest = known_chain.stack_base - 2 * sizeof(uintptr_t);
    const struct known_record *outward = known_chain.count ? &known_chain.records[known_chain.count - 1] : NULL;
    if (known_chain.count == KNOWN_RECORDS_MAX || address % sizeof(uintptr_t) || address < lowest || address > highest)
        return false;
    uintptr_t next = ((const uintptr_t *)address)[0], handler = ((const uintptr_t *)address)[1];
    struct known_record record = {address, next, handler, 0};
    if (next != (outward ? outward->address : UINTPTR_MAX) || (outward && address >= outward->address))
        return false;
    if (!outward) {
        if (address != step.thread.final_record || handler != step.thread.final_handler || !is_expected(handler))
            return false;
    } else if (handler == known_chain.handler) {
        record.symbols = outward->symbols << 2 | (address == known_chain.thread_record ? TRACE_SYMBOL_THREAD : TRACE_SYMBOL_CALLBACK);
    } else if (handler - step.foreign_low < step.foreign_bytes) {
        record.symbols = outward->symbols << 2 | TRACE_SYMBOL_FOREIGN;
    } else {
        return false;
    }
    known_chain.records[known_chain.count++] = record;
    return true;
}

/* Everything anew, from the last record inward. */
static bool learn_all(uintptr_t head, const struct adapter_observation *seen, uintptr_t lowest) {
    uintptr_t addresses[KNOWN_RECORDS_MAX];
    unsigned count = 0;
    const uintptr_t highest = step.thread.stack_base - 2 * sizeof(uintptr_t);
    known_chain.count = 0;
    known_chain.handler = seen->handler;
    known_chain.thread_record = seen->thread_record;
    known_chain.stack_base = step.thread.stack_base;
    known_chain.final_record = step.thread.final_record;
    if (!known_chain.final_record || !is_expected(known_chain.handler))
        return false;
    for (uintptr_t address = head; address != UINTPTR_MAX; address = *(const uintptr_t *)address) {
        if (count == KNOWN_RECORDS_MAX || address % sizeof(uintptr_t) || address < lowest || address > highest)
            return false;
        addresses[count++] = address;
    }
    while (count > 0)
        if (!add(addresses[--count], lowest)) {
            known_chain.count = 0;
            return false;
        }
    return known_chain.count > 0;
}

bool known_chain_learn(uintptr_t head, const struct adapter_observation *seen, uintptr_t lowest) {
    if (known_chain_is_for(seen) && head >= lowest) {
        while (known_chain.count && known_chain.records[known_chain.count - 1].address < head)
            known_chain.count--; /* no longer linked */
        bool there = known_chain.count && known_chain.records[known_chain.count - 1].address == head;
        if ((there || (known_chain.count && add(head, lowest))) && known_chain_holds(head, seen, lowest))
            return true;
    }
    return learn_all(head, seen, lowest);
}
