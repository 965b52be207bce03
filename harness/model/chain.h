/* The chain of SEH registration records, as symbols: a stack whose top is the head. Private to the model.
 *
 * A record that a bad library leaves behind stays linked, dead, until a frame outside of it puts the head back; so does one that the dead stack's
 * next use has overwritten. Records stand in the order of their registration, and cutting the chain at one of them unlinks all that are nearer the head. */
#ifndef EXCHAIN_MODEL_CHAIN_H
#define EXCHAIN_MODEL_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "../trace/event.h"

struct chain_record {
    uint64_t symbols[2];  /* the chain as events show it while this record is its head */
    uint16_t length;      /* ... and its length there */
    uint16_t operation;
    uint8_t symbol;       /* enum trace_symbol */
    uint8_t frame_kind;   /* enum scenario_frame_kind, where the symbol is TRACE_SYMBOL_FOREIGN */
    bool busy;            /* `refault`: in its own fault. A callback: told of an unwinding already */
    uint32_t dead;        /* the place of the nearest dead record from here outward, itself included; 0: none */
    uint32_t overwritten; /* by which clobber, 0: none. It is no longer what it was: whoever walks onto it dies */
    bool wiped;           /* ... before any clobber came by, which has the dead ones further out still to do */
};

enum {
    CHAIN_RECORDS_NEAR = 128, /* what nesting alone can link, and more; beyond it lie the chains of libraries that leak in a loop */
    CHAIN_RECORDS_MAX = UINT16_MAX   /* an event cannot say more; a trace has hardly room for the events of so many */
};

struct chain {
    struct chain_record *records; /* [0]: the thread's own, T */
    uint32_t head;
    uint32_t base;     /* the running thread's: everything up to here belongs to threads that wait for it */
    uint32_t capacity;
    uint32_t clobbers; /* that overwrote something, and wipes */
    struct chain_record near[CHAIN_RECORDS_NEAR];
};

void chain_begin(struct chain *chain);
void chain_end(struct chain *chain);

/* Links a record before the head. False: no memory, or CHAIN_RECORDS_MAX. `frame_kind` is for TRACE_SYMBOL_FOREIGN. */
bool chain_link(struct chain *chain, enum trace_symbol symbol, enum scenario_frame_kind frame_kind, unsigned operation);

/* Begins the chain of another thread, which has no record with a symbol yet. False: as chain_link. Whoever ends it puts head and base back. */
bool chain_begin_thread(struct chain *chain);

/* How the chain looks to whoever walks it. Good for as long as the frames that are open then stay open. */
struct chain_look {
    uint32_t head, length, clobbers;
};
static inline struct chain_look chain_look(const struct chain *chain) { return (struct chain_look){chain->head, chain->records[chain->head].length, chain->clobbers}; }
/* Whether it looks now as it did, whichever records it is made of. */
bool chain_looks_as(const struct chain *chain, const struct chain_look *before);

/* Whether it is the very same, record by record: none is at its place that was not, none has been overwritten. */
static inline bool chain_is_as(const struct chain *chain, const struct chain_look *before) { return chain->head == before->head && chain->clobbers == before->clobbers; }

/* The frame at `place` has returned without unlinking its record. */
void chain_leave_dead(struct chain *chain, uint32_t place);

/* Every record from the head up to `place`, exclusively, is dead, linked and overwritten: its frame was left by somebody who knows nothing of the chain. */
void chain_wipe(struct chain *chain, uint32_t place);

/* Overwrites the dead stack, and with it every dead record that is linked. */
void chain_clobber(struct chain *chain);

#endif
