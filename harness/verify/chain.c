/* V2 and V3: the walk along the chain of registration records. Windows' own dispatchers check less than this: Wine's and ReactOS's look at alignment and
 * bounds only, so order, liveness and handlers must be checked here. */
#include "finding.h"

const char *verify_chain_fault_words(enum verify_chain_fault fault) {
    switch (fault) {
    case VERIFY_CHAIN_FINE: return "fine";
    case VERIFY_CHAIN_MISALIGNED: return "misaligned";
    case VERIFY_CHAIN_OUTSIDE_STACK: return "outside the thread's stack";
    case VERIFY_CHAIN_NOT_RISING: return "not above the record before it";
    case VERIFY_CHAIN_DEAD: return "in dead stack";
    case VERIFY_CHAIN_ENDS_IN_ZERO: return "the chain ends in 0 instead of -1";
    case VERIFY_CHAIN_UNREADABLE: return "unreadable";
    case VERIFY_CHAIN_OTHER_FINAL: return "not the thread's final handler, but the last";
    case VERIFY_CHAIN_TOO_LONG: return "the chain has no end";
    case VERIFY_CHAIN_OVERWRITTEN: return "left behind by a bad library, and overwritten";
    case VERIFY_CHAIN_STRANGE_HANDLER: return "its handler lies in no expected image";
    }
    return "unknown";
}

static bool read_pointer(const struct verify_memory *memory, uint64_t address, uint64_t *value) {
    *value = 0; /* little-endian: the low bytes come first */
    return memory->read(memory->owner, address, value, memory->pointer_bytes);
}

static const struct verify_image *image_of(const struct verify_chain_facts *facts, uint64_t address) {
    for (size_t index = 0; index < facts->image_count; index++)
        if (address >= facts->images[index].low && address < facts->images[index].high)
            return &facts->images[index];
    return NULL;
}

/* `*guess` is the number of the one to look at first: a chain leads from the record left behind last to the one before it, and so on. */
static bool is_known_dead(const struct verify_chain_facts *facts, uint64_t address, size_t *guess) {
    if (*guess < facts->dead_known_count && facts->dead_known[*guess] == address) {
        --*guess;
        return true;
    }
    for (size_t index = facts->dead_known_count; index-- > 0;)
        if (facts->dead_known[index] == address) {
            *guess = index - 1; /* of the first one: none, SIZE_MAX */
            return true;
        }
    return false;
}

static enum verify_chain_fault place_of(const struct verify_chain_facts *facts, unsigned pointer_bytes, uint64_t address, uint64_t before, bool known_dead) {
    if (address % pointer_bytes)
        return VERIFY_CHAIN_MISALIGNED;
    if (address == 0)
        return VERIFY_CHAIN_ENDS_IN_ZERO;
    if (address < facts->stack_limit || address > facts->stack_base - 2 * pointer_bytes)
        return VERIFY_CHAIN_OUTSIDE_STACK;
    if (known_dead)
        return VERIFY_CHAIN_FINE; /* neither alive nor in order: the call's return will name it */
    if (before && address <= before)
        return VERIFY_CHAIN_NOT_RISING;
    if (address < facts->alive_above)
        return VERIFY_CHAIN_DEAD;
    return VERIFY_CHAIN_FINE;
}

bool verify_chain(const struct verify_memory *memory, uint64_t head, const struct verify_chain_facts *facts,
                  struct verify_record *records, size_t capacity, size_t *count, struct verify_finding *finding) {
    const uint64_t end = memory->pointer_bytes == 4 ? UINT32_MAX : UINT64_MAX;
    bool holds = true;
    uint64_t address = head, before = 0;
    struct verify_record record = {0};
    size_t guess = facts->dead_known_count;
    *count = 0;
    while (address != end) {
        if (*count == VERIFY_RECORDS_MAX) {
            if (holds)
                holds = verify_broken(finding, VERIFY_V2, verify_chain_fault_words(VERIFY_CHAIN_TOO_LONG), address, VERIFY_CHAIN_TOO_LONG, 0, 0);
            break;
        }
        bool known_dead = is_known_dead(facts, address, &guess);
        record = (struct verify_record){.address = address, .fault = place_of(facts, memory->pointer_bytes, address, before, known_dead)};
        bool readable = address != 0 && read_pointer(memory, address, &record.next) &&
                        read_pointer(memory, address + memory->pointer_bytes, &record.handler);
        if (readable)
            record.image = image_of(facts, record.handler);
        if (record.fault == VERIFY_CHAIN_FINE) {
            if (!readable)
                record.fault = VERIFY_CHAIN_UNREADABLE;
            else if (!record.image && known_dead)
                record.fault = VERIFY_CHAIN_OVERWRITTEN;
            else if (!record.image)
                record.fault = VERIFY_CHAIN_STRANGE_HANDLER;
            else if (record.next == end && facts->final_record && (address != facts->final_record || record.handler != facts->final_handler))
                record.fault = VERIFY_CHAIN_OTHER_FINAL;
        }
        if (*count < capacity)
            records[*count] = record;
        ++*count;
        if (record.fault == VERIFY_CHAIN_OVERWRITTEN)
            break; /* nobody knows what followed; the return that names the record will come all the same */
        if (record.fault != VERIFY_CHAIN_FINE && holds) {
            holds = false;
            if (record.fault == VERIFY_CHAIN_STRANGE_HANDLER)
                verify_broken(finding, VERIFY_V3, verify_chain_fault_words(record.fault), address, record.handler, 0, 0);
            else
                verify_broken(finding, VERIFY_V2, verify_chain_fault_words(record.fault), address, record.fault, record.next, record.handler);
        }
        if (!readable)
            break;
        if (record.fault != VERIFY_CHAIN_OUTSIDE_STACK && !known_dead)
            before = address;
        address = record.next;
    }
    if (*count == 0 && holds) /* the head is -1: emptied, ntdll's final handler is gone */
        holds = verify_broken(finding, VERIFY_V2, "the chain is empty", head, VERIFY_CHAIN_OTHER_FINAL, 0, 0);
    return holds;
}
