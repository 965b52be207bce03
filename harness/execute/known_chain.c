/* What is known of the chain, and how it comes to be. */
#include "known_chain.h"

struct known_chain known_chain = {.head = known_chain.records, .innermost = known_chain.records};

void known_chain_forget(void) {
    known_chain.handler = known_chain.thread_record = known_chain.records[0].address = 0; /* no record lies there */
    known_chain.head = known_chain.innermost = known_chain.records;
}

/* One symbol more, in front of those that `outward` has. */
static void symbol_add(struct known_record *record, const struct known_record *outward, enum trace_symbol symbol) {
    record->symbols[0] = outward->symbols[0] << 2 | symbol;
    record->symbols[1] = outward->symbols[1] << 2 | outward->symbols[0] >> 30;
}

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

/* The record at the place where the chain goes on inward of `outward`; NULL: where it ends. */
static const struct known_record *add(const struct known_record *outward, uintptr_t address, uintptr_t lowest) {
    const uintptr_t highest = step.thread.stack_base - 2 * sizeof(uintptr_t);
    struct known_record *place = outward ? &known_chain.records[outward - known_chain.records + 1] : known_chain.records;
    if (place == known_chain.records + KNOWN_RECORDS_MAX || address % sizeof(uintptr_t) || address < lowest || address > highest)
        return NULL;
    uintptr_t next = ((const uintptr_t *)address)[0], handler = ((const uintptr_t *)address)[1];
    struct known_record record = {next, handler, address, outward ? outward->length + 1 : 0, {0}};
    if (next != (outward ? outward->address : UINTPTR_MAX) || (outward && address >= outward->address))
        return NULL;
    if (!outward) {
        if (address != step.thread.final_record || handler != step.thread.final_handler || !is_expected(handler))
            return NULL;
    } else if (handler == known_chain.handler) {
        symbol_add(&record, outward, address == known_chain.thread_record ? TRACE_SYMBOL_THREAD : TRACE_SYMBOL_CALLBACK);
    } else if (handler - step.foreign_low < step.foreign_bytes) {
        symbol_add(&record, outward, TRACE_SYMBOL_FOREIGN);
    } else {
        return NULL;
    }
    *place = record;
    return known_chain.head = known_chain.innermost = place;
}

/* Everything anew, from the last record inward. */
static const struct known_record *learn_all(uintptr_t head, const struct adapter_observation *seen, uintptr_t lowest) {
    uintptr_t addresses[KNOWN_RECORDS_MAX];
    unsigned count = 0;
    const uintptr_t highest = step.thread.stack_base - 2 * sizeof(uintptr_t);
    known_chain_forget();
    if (!step.thread.final_record || !is_expected(seen->handler))
        return NULL;
    for (uintptr_t address = head; address != UINTPTR_MAX; address = *(const uintptr_t *)address) {
        if (count == KNOWN_RECORDS_MAX || address % sizeof(uintptr_t) || address < lowest || address > highest)
            return NULL;
        addresses[count++] = address;
    }
    known_chain.handler = seen->handler;
    known_chain.thread_record = seen->thread_record;
    const struct known_record *record = NULL;
    do {
        record = count > 0 ? add(record, addresses[--count], lowest) : NULL;
        if (!record) {
            known_chain_forget();
            return NULL;
        }
    } while (count > 0);
    return record;
}

const struct known_record *known_chain_learn(uintptr_t head, const struct adapter_observation *seen, uintptr_t lowest) {
    if (known_chain_is_for(seen) && head >= lowest) {
        /* The innermost that is still linked, if it is where the new one goes on. */
        const struct known_record *outward = known_chain.head;
        while (outward->address <= head && outward > known_chain.records)
            outward--;
        const struct known_record *record = add(outward, head, lowest);
        if (record && known_chain_holds(record))
            return record;
    }
    return learn_all(head, seen, lowest);
}
