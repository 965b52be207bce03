#include "chain.h"

#include <stdlib.h>
#include <string.h>

/* Works out what depends on the record's link. */
static void describe(struct chain_record *record) {
    const struct chain_record *outward = record - 1;
    if (record->overwritten != 0) {
        /* Its link is gone too: nobody can tell what was behind it. */
        record->symbols[0] = TRACE_SYMBOL_STRANGE;
        record->symbols[1] = 0;
        record->length = 1;
    } else {
        record->symbols[0] = outward->symbols[0] << 2 | record->symbol;
        record->symbols[1] = outward->symbols[1] << 2 | outward->symbols[0] >> 62;
        record->length = (uint16_t)(outward->length + 1);
    }
}

void chain_begin(struct chain *chain) {
    chain->records = chain->near;
    chain->capacity = CHAIN_RECORDS_NEAR;
    chain->head = chain->base = 0;
    chain->clobbers = 0;
    chain->near[0] = (struct chain_record){.symbols = {TRACE_SYMBOL_THREAD}, .length = 1, .symbol = TRACE_SYMBOL_THREAD};
}

void chain_end(struct chain *chain) {
    if (chain->records != chain->near)
        free(chain->records);
}

/* Once, to the most that there can be: only a loop that leaks comes here, and it mostly goes on to the end. */
static bool move_out(struct chain *chain) {
    struct chain_record *records = chain->capacity < CHAIN_RECORDS_MAX ? malloc(CHAIN_RECORDS_MAX * sizeof *records) : NULL;
    if (records == NULL)
        return false;
    memcpy(records, chain->near, sizeof chain->near);
    chain->records = records;
    chain->capacity = CHAIN_RECORDS_MAX;
    return true;
}

bool chain_link(struct chain *chain, enum trace_symbol symbol, enum scenario_frame_kind frame_kind, unsigned operation) {
    if (chain->head + 1 == chain->capacity && !move_out(chain))
        return false;
    struct chain_record *record = &chain->records[++chain->head];
    record->operation = (uint16_t)operation;
    record->symbol = (uint8_t)symbol;
    record->frame_kind = (uint8_t)frame_kind;
    record->busy = false;
    record->dead = record[-1].dead;
    record->overwritten = 0;
    record->wiped = false;
    describe(record);
    return true;
}

bool chain_begin_thread(struct chain *chain) {
    if (!chain_link(chain, TRACE_SYMBOL_THREAD, 0, 0))
        return false;
    chain->base = chain->head;
    struct chain_record *base = &chain->records[chain->base];
    base->length = 0;
    base->symbols[0] = base->symbols[1] = 0;
    base->dead = 0;
    return true;
}

bool chain_looks_as(const struct chain *chain, const struct chain_look *before) {
    const struct chain_record *records = chain->records;
    uint32_t then = before->head, now = chain->head;
    if (records[now].length != before->length)
        return false; /* so it is, too, when the head is the same and something behind it has been overwritten since */
    /* Two heads with equal lengths: one of them at least has an overwritten record to come to before T, and T is no operation's. */
    for (; then != now; then--, now--) {
        bool was_overwritten = records[then].overwritten != 0 && records[then].overwritten <= before->clobbers;
        bool is_overwritten = records[now].overwritten != 0;
        if (was_overwritten || is_overwritten)
            return was_overwritten && is_overwritten; /* what is behind, nobody can tell */
        if (records[then].operation != records[now].operation)
            return false;
    }
    return true;
}

void chain_leave_dead(struct chain *chain, uint32_t place) {
    chain->records[place].dead = place;
}

void chain_wipe(struct chain *chain, uint32_t place) {
    if (place == chain->head)
        return;
    chain->clobbers++;
    for (uint32_t wiped = place + 1; wiped <= chain->head; wiped++) {
        struct chain_record *record = &chain->records[wiped];
        record->dead = wiped;
        if (record->overwritten == 0) {
            record->overwritten = chain->clobbers;
            record->wiped = true;
        }
        describe(record);
    }
}

void chain_clobber(struct chain *chain) {
    /* Once one is overwritten by a clobber, so are all the dead ones outward of it that any frame can ever put the head back to: a frame that could
     * would stand between the two, and would have unlinked the nearer one when it ended. So each record is visited once, and once more if it was wiped. */
    uint32_t outermost = 0;
    for (uint32_t place = chain->records[chain->head].dead; place != 0; place = chain->records[place - 1].dead) {
        struct chain_record *record = &chain->records[place];
        if (record->overwritten != 0 && !record->wiped)
            break;
        if (record->overwritten == 0)
            record->overwritten = chain->clobbers + 1;
        record->wiped = false;
        outermost = place;
    }
    if (outermost == 0)
        return;
    chain->clobbers++;
    for (uint32_t place = outermost; place <= chain->head; place++)
        describe(&chain->records[place]);
}
