/* One event of a trace: 32 bytes, symbolic, free of addresses, so that two traces compare with memcmp.
 * docs/TRACE.md says when which event is written and what its fields hold. Portable C. */
#ifndef EXCHAIN_TRACE_EVENT_H
#define EXCHAIN_TRACE_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../scenario/program.h"

enum trace_kind {
    TRACE_NONE,
    TRACE_ENTER,     /* inside an operation's block, before its first operation */
    TRACE_LEAVE,     /* behind the operation, its block ended normally */
    TRACE_DONE,      /* an operation without a block has ended */
    TRACE_PANIC,     /* about to panic: value */
    TRACE_GOEXIT,    /* about to end the task */
    TRACE_FAULT,     /* about to raise a hardware fault */
    TRACE_RAISE,     /* about to raise a software exception: value = code */
    TRACE_RECOVERED, /* behind a recover that took a panic: value */
    TRACE_DEFERRED,  /* inside a deferred function, before its first operation: reason = enum trace_why */
    TRACE_FILTER,    /* a foreign frame's handler was asked: value = code, reason = enum trace_answer */
    TRACE_UNWIND,    /* a foreign frame's handler was told of the unwinding: value = code */
    TRACE_CAUGHT,    /* behind a foreign frame that took an exception, or a setjmp that was jumped to: value = code */
    TRACE_SAME,      /* value further rounds of the repeat gave the same events as the last one written */
    TRACE_END,       /* the task ended: reason = enum trace_ending, value */
    TRACE_CRASH,     /* the process ends: value = NTSTATUS, reason = enum trace_place; no status: std::terminate of g++'s */
    TRACE_STOP,      /* a rule broke or the runtime found itself broken: value = stop code, reason = enum trace_finder */
    TRACE_JUMP,      /* about to jump to the innermost mark of the thread */
    TRACE_FINALLY,   /* in the __finally block or destructor of a foreign frame whose block has come to its end */
    TRACE_GO,        /* about to start a task: value = its strand */
    TRACE_WAITS,     /* about to block in a wait or a sync */
    TRACE_SEGMENT,   /* a traceback came by a segment of the stack: value = the operation whose block it runs, reason = enum trace_side */
    TRACE_KIND_COUNT
};

enum trace_why { TRACE_WHY_NORMAL, TRACE_WHY_PANIC, TRACE_WHY_GOEXIT, TRACE_WHY_UNWIND };
enum trace_answer { TRACE_SEARCHES, TRACE_CATCHES, TRACE_CONTINUES, TRACE_FAULTS };
enum trace_ending { TRACE_ENDED_OK, TRACE_ENDED_PANIC, TRACE_ENDED_GOEXIT };
enum trace_place { TRACE_PLACE_MANAGED, TRACE_PLACE_FOREIGN, TRACE_PLACE_RUNTIME, TRACE_PLACE_NONE };
enum trace_finder { TRACE_FOUND_BY_RUNTIME, TRACE_FOUND_BY_RULES };

enum trace_side { TRACE_SIDE_MANAGED, TRACE_SIDE_FOREIGN };

/* The symbols of a chain, two bits each. */
enum trace_symbol { TRACE_SYMBOL_THREAD, TRACE_SYMBOL_CALLBACK, TRACE_SYMBOL_FOREIGN, TRACE_SYMBOL_STRANGE };
enum { TRACE_SYMBOLS_MAX = 64 };

/* A strand is a task and all that happens while it waits for C: the events of one strand have one order. Its number: 0 the text's own, from 1 those of tasks
 * that `go` started; used again when whoever started the task has waited for it. */
enum { TRACE_STRANDS_MAX = 128 };

struct trace_event {
    uint8_t kind;         /* enum trace_kind */
    uint8_t task;         /* of its strand: 1 the strand's own, from 2 those of threads that C made; 0: C on a thread without a task */
    uint8_t reason;       /* by the kind */
    uint8_t is_status : 1;/* the value is an NTSTATUS: a panic that a fault became, a crash, an exception code */
    uint8_t strand : 7;
    uint16_t operation;   /* node number; 0: the text itself */
    uint16_t depth;       /* calls into C that are open */
    uint32_t value;
    uint16_t locks;       /* how often the task is locked to its thread */
    uint16_t chain_length;/* records of the chain that have a symbol */
    uint64_t chain[2];    /* the innermost 64 symbols: number i in bits 2*(i%32) of chain[i/32], the head first */
};
_Static_assert(sizeof(struct trace_event) == 32, "an event is 32 bytes: journals and memcmp rely on it");

/* The same in words, for who writes and compares millions of them: kind to strand are the first, operation and depth the second, value the third, locks and chain_length the
 * fourth, the chain the rest. Little-endian, as journals are. */
#define TRACE_WORD_WHAT(kind, task, reason, is_status, strand) \
    ((uint32_t)(kind) | (uint32_t)(task) << 8 | (uint32_t)(uint8_t)(reason) << 16 | (uint32_t)((is_status) | (strand) << 1) << 24)
#define TRACE_WORDS(low, high) ((uint32_t)(uint16_t)(low) | (uint32_t)(high) << 16)
_Static_assert(offsetof(struct trace_event, reason) == 2 && offsetof(struct trace_event, operation) == 4 && offsetof(struct trace_event, depth) == 6, "TRACE_WORD_WHAT, TRACE_WORDS");
_Static_assert(offsetof(struct trace_event, locks) == 12 && offsetof(struct trace_event, chain) == 16, "TRACE_WORDS");
typedef uint32_t __attribute__((may_alias)) trace_word;
static inline void trace_write_words(struct trace_event *event, uint32_t first, uint32_t second, uint32_t third, uint32_t fourth, const void *chain) {
    trace_word *words = (trace_word *)event;
    const trace_word *symbols = chain;
    words[0] = first;
    words[1] = second;
    words[2] = third;
    words[3] = fourth;
    for (unsigned word = 0; word < 4; word++)
        words[4 + word] = symbols[word];
}

static inline void trace_chain_push(struct trace_event *event, enum trace_symbol symbol) {
    unsigned place = event->chain_length++;
    if (place < TRACE_SYMBOLS_MAX)
        event->chain[place / 32] |= (uint64_t)symbol << (2 * (place % 32));
}

/* Whether events of this kind say what the thread's state was (depth, locks, chain). */
static inline bool trace_kind_has_state(enum trace_kind kind) { return kind != TRACE_NONE && kind != TRACE_KIND_COUNT && kind != TRACE_END && kind != TRACE_CRASH && kind != TRACE_STOP; }

const char *trace_kind_word(enum trace_kind kind);
/* The words of an event's reason; NULL: this kind has none of that number. */
const char *trace_reason_word(enum trace_kind kind, unsigned reason);

/* One line of text for one event, without newline, as snprintf. `program` gives the operation's words. */
size_t trace_event_print(const struct trace_event *event, const struct scenario_program *program, char *buffer, size_t size);

#endif
