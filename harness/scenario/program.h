/* A scenario: text <-> program. Portable C; builds for the host and for every target.
 *
 * A program is flat: an array of nodes in the order of the text (pre-order). A node's number is its place in that order,
 * from 1; traces speak of operations by that number. Node 0 is the text itself, whose block is the task's managed code.
 */
#ifndef EXCHAIN_SCENARIO_PROGRAM_H
#define EXCHAIN_SCENARIO_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum scenario_operation {
    SCENARIO_TEXT, /* node 0 */
#define OPERATION(name, word, side, argument, blocks) SCENARIO_##name,
#include "operations.def"
#undef OPERATION
    SCENARIO_OPERATION_COUNT
};

enum scenario_side { SCENARIO_SIDE_MANAGED, SCENARIO_SIDE_FOREIGN };

enum scenario_frame_kind {
#define FRAME_KIND(name, word) SCENARIO_FRAME_##name,
#include "frame_kinds.def"
#undef FRAME_KIND
    SCENARIO_FRAME_KIND_COUNT
};

enum scenario_carrier {
#define CARRIER(name, word) SCENARIO_CARRIER_##name,
#include "carriers.def"
#undef CARRIER
    SCENARIO_CARRIER_COUNT
};

enum scenario_fault_kind {
#define FAULT_KIND(name, word, status, panics, ...) SCENARIO_FAULT_##name,
#include "../inject/fault_kinds.def"
#undef FAULT_KIND
    SCENARIO_FAULT_KIND_COUNT
};

enum scenario_convention { SCENARIO_CDECL, SCENARIO_STDCALL };

enum {
    SCENARIO_OPERATIONS_MAX = 4096,
    SCENARIO_NESTING_MAX = 64,
    SCENARIO_TEXT_BYTES_MAX = 1 << 20, /* a text with its comments */
    SCENARIO_BLOCKS_MAX = 2            /* an operation has at most two blocks */
};

struct scenario_node {
    uint8_t operation;      /* enum scenario_operation */
    uint8_t side;           /* enum scenario_side: the side this operation stands on */
    uint8_t kind;           /* frame kind, fault kind, carrier or convention, by the operation */
    bool noncontinuable;    /* raise */
    uint16_t parent;        /* the node whose block holds this one */
    uint16_t next;          /* the next operation of the same block, 0 at its end */
    uint16_t block[SCENARIO_BLOCKS_MAX]; /* the first operation of each block, 0 where the block is empty or not there */
    uint32_t line, column;  /* where its word stands in the text, from 1 */
    uint32_t number;        /* N, CODE, the number of arguments, or the fault kind of a `refault` */
    uint32_t spelling;      /* where the number (or the string of dll, without quotes, or the word behind `refault`) is written in `text`, ... */
    uint16_t spelling_length; /* ... and how many bytes; 0: printed in the default way (panic without its 1) */
};

struct scenario_program {
    size_t count;                 /* nodes, node 0 included */
    struct scenario_node *nodes;  /* owned */
    char *text;                   /* the text as it was given, owned; spellings point into it */
    size_t text_length;
};

struct scenario_error {
    unsigned line, column; /* line 0: no fault of the text's, memory ran out */
    char message[160]; /* "what is wrong, what was expected", without line and column */
};

/* What the tables say of an operation. */
struct scenario_operation_facts {
    const char *word;
    bool managed, foreign; /* on which sides it may stand */
    const char *blocks;    /* "M", "F", "=" a block, in order */
};
const struct scenario_operation_facts *scenario_operation_facts(enum scenario_operation operation);
const char *scenario_frame_kind_word(enum scenario_frame_kind kind);
const char *scenario_carrier_word(enum scenario_carrier carrier);
const char *scenario_fault_kind_word(enum scenario_fault_kind kind);
unsigned scenario_blocks_count(enum scenario_operation operation);
/* The side of block `index` of `node`. */
enum scenario_side scenario_block_side(const struct scenario_node *node, unsigned index);

/* Reads a text. On success fills *program (release it with scenario_program_free) and returns true; on the first mistake fills *error, leaves
 * *program empty and returns false. The text needs no terminating NUL; any byte may occur in it. Never reads past `length`. */
bool scenario_parse(const char *text, size_t length, struct scenario_program *program, struct scenario_error *error);
void scenario_program_free(struct scenario_program *program);

/* Writes the canonical form (one line, single blanks, no comments, no newline at the end) into `buffer`, as snprintf: returns the length
 * it has whole, writes at most `size` bytes with the terminating NUL. */
size_t scenario_print(const struct scenario_program *program, char *buffer, size_t size);
/* The words of one operation without its blocks: `seh pass`, `panic 7`, `raise 0xE0000001 noncontinuable`. */
size_t scenario_print_operation(const struct scenario_program *program, unsigned node, char *buffer, size_t size);

#endif
