/* What predicting a text leaves for predicting the next one. Private to next.c and ending.c. */
#ifndef EXCHAIN_MODEL_MEMORY_H
#define EXCHAIN_MODEL_MEMORY_H

#include "machine.h"

enum { PASSAGES_MAX = 32, ENDING_MAX = 64, PLACES_MAX = 32 };

/* Of an operation, by its number. */
struct passage {
    uint32_t entered; /* events before it was, for the first time; UINT32_MAX: it never was */
    uint32_t left;    /* events when it was, by its end and with everything as it was before; UINT32_MAX: it was left in another way */
};

/* Where the last operation stands, if the others are at their places: whose block, and which of them begin with it. */
struct stand {
    uint16_t parent;
    bool begins[SCENARIO_BLOCKS_MAX];
};

/* A place that the ending comes by, where the last operation may stand in another text. */
struct place {
    struct stand stand;
    uint16_t left;       /* the operation that has been left right before; 0: none, a block has begun */
    uint32_t told;       /* events of the ending before this place */
    uint32_t head;       /* of the chain */
    _Alignas(struct machine) unsigned char machine[offsetof(struct machine, chain)];
};

/* A block around the last operation: whose, and which of them have anything in them. */
struct around {
    uint16_t parent;
    bool has[SCENARIO_BLOCKS_MAX];
};

/* What comes behind a panic or a goexit, as the last operation, where it was told last. */
struct fall {
    size_t from;      /* where it begins among the events, while it is told */
    uint32_t count;   /* 0: not known */
    uint32_t value;   /* of the panic */
    struct outcome outcome;
    unsigned blocks_count;
    bool is_straight; /* each block around was left in the same way up to now */
    struct {
        struct around block;
        uint32_t told; /* events when it was left */
    } blocks[PLACES_MAX];
    struct trace_event events[ENDING_MAX];
};

struct model_memory {
    size_t count; /* of the program that was predicted last; 0: not known, or no use */
    struct passage passages[PASSAGES_MAX];
    struct stand last; /* the last operation of that program */
    /* Of texts that differ from it in the last operation only: */
    bool is_at;             /* `at` is the machine as the last operation finds it, where `last` is */
    bool is_telling;        /* that operation has been left, and the ending is being told */
    size_t told_from;       /* where it begins among the events, while it is told */
    size_t stands_at;       /* where it, from `ending_from` on, is among the events; SIZE_MAX: nowhere any more */
    uint32_t ending_count;  /* 0: not known */
    uint32_t ending_from;   /* for where `last` is */
    struct outcome outcome; /* behind it */
    struct fall panic, goexit, *falling; /* NULL: none is being told */
    unsigned places_count, place; /* those from `place` on lie further out than `last` */
    struct trace_event ending[ENDING_MAX];
    struct place places[PLACES_MAX];
    struct machine at;
};

static inline struct stand stand_of_last(const struct scenario_program *program) {
    size_t last = program->count - 1;
    const struct scenario_node *parent = &program->nodes[program->nodes[last].parent];
    return (struct stand){program->nodes[last].parent, {parent->block[0] == last, parent->block[1] == last}};
}
static inline bool is_same_stand(struct stand one, struct stand other) {
    return one.parent == other.parent && one.begins[0] == other.begins[0] && one.begins[1] == other.begins[1];
}
/* What is left in another way than by its end, and looks at nothing around it. */
static inline bool memory_is_fall(enum scenario_operation operation) { return operation == SCENARIO_PANIC || operation == SCENARIO_GOEXIT; }

/* ending.c. The text differs from the one before in more than its last operation. */
void memory_forget_ending(struct model_memory *memory);
/* The last operation is about to be entered. */
void memory_keep_machine(struct model_memory *memory, const struct machine *machine);
/* That operation has been left with everything as it was, and its ending is being told; so was this one. */
void memory_keep_place(struct model_memory *memory, const struct machine *machine, unsigned operation);
/* Tells the ending again. False: it is not known. */
bool memory_end_as_before(struct model_prediction *prediction);
/* The last operation, or one around it, has been left, and its block is about to be. */
void memory_note_fall(struct model_memory *memory, const struct machine *machine, unsigned operation, enum way_out way_out, bool is_last);
/* The last operation has been left by a panic or a goexit: tells again what comes of it. False: it is not known. */
bool memory_fall_as_before(const struct machine *machine, unsigned operation, enum way_out way_out);
/* Behind a text that was predicted whole. */
void memory_keep_told(struct model_memory *memory, const struct model_prediction *prediction);
/* The last operation stands there, where it stood or further out: what is known is known for that place from now on. False: it is not known. `between`: how many events come before it that came behind the last one
 * where it stood. */
bool memory_move_out(struct model_memory *memory, const struct scenario_node *nodes, struct stand stand, size_t kept, uint32_t *between);

#endif
