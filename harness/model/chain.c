#include "chain.h"

#include <stdlib.h>
#include <string.h>

/* Works out what depends on the records outward of `place`. */
static void describe(struct chain *chain, uint32_t place) {
    struct chain_record *record = &chain->records[place];
    const struct chain_record *outward = record - 1;
    if (record->overwritten) {
        /* Its link is gone too: nobody can tell what was behind it. */
        record->symbols[0] = TRACE_SYMBOL_STRANGE;
        record->symbols[1] = 0;
        record->length = 1;
    } else {
        record->symbols[0] = outward->symbols[0] << 2 | record->symbol;
        record->symbols[1] = outward->symbols[1] << 2 | outward->symbols[0] >> 62;
        record->length = (uint16_t)(outward->length + 1);
    }
    record->overwritten_count = outward->overwritten_count + record->overwritten;
}

void chain_begin(struct chain *chain) {
    chain->records = chain->near;
    chain->capacity = CHAIN_RECORDS_NEAR;
    chain->head = 0;
    chain->near[0] = (struct chain_record){.symbols = {TRACE_SYMBOL_THREAD}, .length = 1, .symbol = TRACE_SYMBOL_THREAD};
}

void chain_end(struct chain *chain) {
    if (chain->records != chain->near)
        free(chain->records);
}

/* Once, to the most that a trace has room for: only a loop that leaks comes here, and it mostly goes on to the end. */
static bool move_out(struct chain *chain) {
    struct chain_record *records = chain->capacity < CHAIN_RECORDS_MAX ? malloc(CHAIN_RECORDS_MAX * sizeof *records) : NULL;
    if (records == NULL)
        return false;
    memcpy(records, chain->near, sizeof chain->near);
    chain->records = records;
    chain->capacity = CHAIN_RECORDS_MAX;
    return true;
}

bool chain_link(struct chain *chain, struct chain_record record) {
    if (chain->head + 1 == chain->capacity && !move_out(chain))
        return false;
    record.dead = chain->records[chain->head].dead;
    chain->head++;
    chain->records[chain->head] = record;
    describe(chain, chain->head);
    return true;
}

void chain_leave_dead(struct chain *chain, uint32_t place) {
    chain->records[place].dead = place;
}

void chain_clobber(struct chain *chain) {
    /* Once one is overwritten, so are all the dead ones outward of it that any frame can ever put the head back to: a frame that could
     * would stand between the two, and would have unlinked the nearer one when it ended. So each record is visited once. */
    uint32_t outermost = 0;
    for (uint32_t place = chain->records[chain->head].dead; place != 0 && !chain->records[place].overwritten; place = chain->records[place - 1].dead) {
        chain->records[place].overwritten = true;
        outermost = place;
    }
    for (uint32_t place = outermost; outermost != 0 && place <= chain->head; place++)
        describe(chain, place);
}
