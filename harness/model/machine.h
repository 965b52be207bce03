/* The model's abstract machine: the state of one task and how its code is left. Private to this folder.
 *
 *   model.c     begins, ends, and hands each operation to the file that knows it
 *   next.c      goes on from the text that was predicted before
 *   ending.c    ... with what came behind the last operation
 *   managed.c   operations of managed code: levels, panics, goexits, deferred functions
 *   foreign.c   operations of foreign code: callbacks, frames, exceptions
 *   tasks.c     operations that start tasks and wait for them, as one strand sees them
 *   traceback.c the stack of a task, segment by segment
 *   strands.c   the strands of a text with several tasks, put together
 *   dispatch.c  exceptions in foreign code: the walk of the chain, the unwinding
 *   gxx.c       exceptions of g++'s, which know nothing of the chain
 *   chain.c     the chain of registration records, in symbols
 *   platform.c  what a platform is known to do otherwise
 *   events.c    the trace, and the folding of equal rounds
 *   outcome.c   what a last event means, in words
 *
 * A block is interpreted by a C function that calls itself for the blocks within; the way out that it returns is how the block was left. A level
 * that must be undone from a place deeper than its own (the unwinding runs deferred functions on top of everything that it wipes) is a
 * struct level in the interpreting function's own frame, linked from the innermost outward: nothing is allocated for an operation.
 */
#ifndef EXCHAIN_MODEL_MACHINE_H
#define EXCHAIN_MODEL_MACHINE_H

#include "../trace/journal.h"
#include "chain.h"
#include "model.h"

enum way_out {
    WAY_OUT_NORMAL,
    WAY_OUT_PANIC,
    WAY_OUT_PANIC_OVER_GOEXIT, /* a panic that began while a goexit was under way: who recovers it lets the goexit go on */
    WAY_OUT_GOEXIT,
    WAY_OUT_CAUGHT,            /* a foreign frame took an exception, and everything up to that frame has been told and unwound */
    WAY_OUT_ENDED              /* nothing more happens: the process is at its end, or the prediction is */
};

struct level;
struct cpp_frame;

/* What every way out of a block must find again as it was. */
struct moment {
    const struct level *levels;
    uint32_t head;
    uint32_t base;
    uint16_t depth, locks;
    uint8_t task, tasks;
    bool panic_on_fault;
    bool exhausted;
    const struct mark *mark;
    const struct cpp_frame *walked;
};

/* A setjmp whose frame is alive. */
struct mark {
    uint32_t head; /* of the chain when it was made: a longjmp unwinds up to there */
};

/* A frame that a compiler made, as g++'s unwinder comes by it on the stack. */
struct cpp_frame {
    const struct cpp_frame *outer;
    uint32_t head; /* of the chain when it was entered */
    uint16_t operation;
};

enum level_kind {
    LEVEL_DEFER,
    LEVEL_CALLBACK,
    LEVEL_UNWINDING /* the callback in which a foreign unwinding runs one deferred function that it wipes */
};

struct level {
    struct moment outside; /* outside.levels: the next level outward */
    uint32_t record;       /* callbacks: the place of their registration record in the chain */
    uint16_t operation;
    uint8_t kind;          /* enum level_kind */
    uint32_t started;      /* callbacks on threads of C's own: machine.started outside */
};

struct panic {
    uint32_t value;
    bool is_status;
};

struct machine {
    const struct scenario_node *nodes;
    const struct model_platform *platform;
    struct model_prediction *prediction;
    struct trace_event lost;      /* where an event goes that found no room */
    const struct level *levels;   /* the innermost */
    uint16_t depth, locks;
    uint8_t task;                 /* the running thread's: from 1; 0: it has none */
    uint8_t tasks;                /* that are alive */
    bool panic_on_fault;
    bool exhausted;               /* the running thread's system stack has run out, and nobody has come back from there yet */
    const struct mark *mark;      /* the running thread's innermost */
    const struct mark *jumped_to; /* WAY_OUT_CAUGHT: by this one, not by a frame */
    const struct cpp_frame *walked; /* the innermost on the running thread's stack, behind its last managed code */
    const struct cpp_frame *walked_to; /* WAY_OUT_CAUGHT: by this frame of g++'s, not by one with a record */
    struct panic panic;           /* WAY_OUT_PANIC and WAY_OUT_PANIC_OVER_GOEXIT: the one that is going outward */
    uint32_t caught_code;         /* WAY_OUT_CAUGHT: the exception's code ... */
    uint32_t caught_record;       /* ... and the place of the record whose frame took it */
    uint32_t started;             /* tasks that the running one has started and not waited for */
    uint32_t strands_open;        /* strands that may be writing at the same time as this one */
    uint8_t waits_for;            /* the next event comes when the tasks that this task of the strand has started have ended; 0: none */
    unsigned unwindings;          /* deferred functions that unwindings run, one inside the other */
    size_t taken_back;            /* events of rounds that were interpreted and folded */
    struct chain chain;
};

enum {
    MODEL_UNWINDINGS_MAX = 64,
    MODEL_TAKEN_BACK_MAX = 16 * JOURNAL_EVENTS_MAX
};

/* False once the prediction has ended without the text's own end: too many events, no memory. */
static inline bool machine_going(const struct machine *machine) {
    return machine->prediction->state == MODEL_PREDICTED;
}

/* events.c: ends the prediction, not the text; everything that is being interpreted returns then. */
void give_up(struct model_prediction *prediction, enum model_state state, const char *reason);

/* Registers a record; false where there is no memory for it. */
static inline bool machine_register(struct machine *machine, enum trace_symbol symbol, enum scenario_frame_kind frame_kind, unsigned operation) {
    if (chain_link(&machine->chain, symbol, frame_kind, operation))
        return true;
    if (machine->chain.capacity < CHAIN_RECORDS_MAX)
        give_up(machine->prediction, MODEL_OUT_OF_MEMORY, "no memory for the chain");
    else
        give_up(machine->prediction, MODEL_TOO_LONG, "chain too long");
    return false;
}

static inline struct moment moment_now(const struct machine *machine) {
    return (struct moment){machine->levels, machine->chain.head, machine->chain.base, machine->depth, machine->locks,
                           machine->task,   machine->tasks,      machine->panic_on_fault, machine->exhausted,  machine->mark, machine->walked};
}

/* Everything but the chain. */
static inline void moment_restore_counts(struct machine *machine, const struct moment *moment) {
    machine->levels = moment->levels;
    machine->chain.base = moment->base;
    machine->task = moment->task;
    machine->tasks = moment->tasks;
    machine->mark = moment->mark;
    machine->walked = moment->walked;
    machine->depth = moment->depth;
    machine->locks = moment->locks;
    machine->panic_on_fault = moment->panic_on_fault;
}

static inline void moment_restore(struct machine *machine, const struct moment *moment) {
    moment_restore_counts(machine, moment);
    machine->chain.head = moment->head;
    machine->exhausted = moment->exhausted; /* an unwinding, which puts back the counts alone, still runs on what is left */
}

/* model.c */
/* `operation`: the callback whose task it is; 0: the text itself. */
void write_end(struct machine *machine, unsigned operation, enum way_out way_out);
enum way_out run_block(struct machine *machine, unsigned first);
enum way_out run_by_kind(struct machine *machine, unsigned operation);
/* With the nodes of another program. */
void machine_goes_on(struct machine *machine, const struct scenario_program *program, const struct model_platform *platform);

/* next.c: run_by_kind, or less where the text before had the operation, too. */
enum way_out run_operation(struct machine *machine, unsigned operation);
/* ending.c. A deferred function is about to begin. */
void run_begins_deferred(struct machine *machine, unsigned operation);
void model_memory_free(struct model_memory *memory);

/* managed.c */
enum way_out run_call(struct machine *machine, unsigned operation);
enum way_out run_recover(struct machine *machine, unsigned operation);
enum way_out run_defer(struct machine *machine, unsigned operation);
enum way_out run_panic(struct machine *machine, unsigned operation);
enum way_out run_goexit(struct machine *machine, unsigned operation);
enum way_out run_panic_on_fault(struct machine *machine, unsigned operation);
enum way_out run_lock(struct machine *machine, unsigned operation);
enum way_out run_managed_fault(struct machine *machine, unsigned operation);

/* tasks.c */
enum way_out run_go(struct machine *machine, unsigned operation);
enum way_out run_yield(struct machine *machine, unsigned operation);
enum way_out run_wait(struct machine *machine, unsigned operation);
enum way_out run_sync(struct machine *machine, unsigned operation);
/* The tasks that the running one has started have ended. */
void started_have_ended(struct machine *machine);

/* traceback.c */
enum way_out run_traceback(struct machine *machine, unsigned operation);

/* strands.c: the whole prediction of a text with `go` or `sync`. */
void predict_strands(const struct scenario_program *program, const struct model_platform *platform, struct model_prediction *prediction);

/* model.c: one strand's events, as they are whatever the others do: of the text (operation 0), or of a task that `operation` started. Returns false where it ends without a word. */
bool predict_strand(const struct scenario_program *program, unsigned operation, const struct model_platform *platform, struct model_prediction *prediction);

/* foreign.c */
/* Whether the callback is made on a thread of Windows' own. */
bool has_own_thread(const struct scenario_node *node);
enum way_out run_callback(struct machine *machine, unsigned operation);
enum way_out run_thread(struct machine *machine, unsigned operation);
enum way_out run_frame(struct machine *machine, unsigned operation);
enum way_out run_setjmp(struct machine *machine, unsigned operation);
enum way_out run_longjmp(struct machine *machine, unsigned operation);
enum way_out run_raise(struct machine *machine, unsigned operation);
enum way_out run_throw(struct machine *machine, unsigned operation);
enum way_out run_foreign_fault(struct machine *machine, unsigned operation);

/* gxx.c */
enum way_out run_gxx(struct machine *machine, unsigned operation);
enum way_out run_gthrow(struct machine *machine, unsigned operation);

/* platform.c: the NTSTATUS of a fault on this platform, and what becomes of the fault there. */
uint32_t fault_status(const struct machine *machine, enum scenario_fault_kind kind);
enum model_fault_effect fault_effect(const struct machine *machine, enum scenario_fault_kind kind);
/* Whether anybody says a word there about an exception in foreign code that nobody takes. */
bool unhandled_is_reported(const struct machine *machine);

/* dispatch.c */
struct exception {
    uint32_t code;
    bool noncontinuable;
    bool thrown; /* by C++: with the parameters by which C++ frames know it for theirs */
};
extern const struct exception cxx_exception;
/* WAY_OUT_NORMAL: somebody continued it, and what raised it goes on. */
enum way_out dispatch(struct machine *machine, struct exception exception);
/* The same for a hardware fault of C's; also where the platform lets the instruction go through. */
enum way_out dispatch_fault(struct machine *machine, enum scenario_fault_kind kind);
#define STATUS_UNWIND 0xC0000027u /* the code of an unwinding without an exception */
struct unwinding {
    uint32_t target;             /* the place of the record that it goes up to, exclusively */
    uint32_t code;               /* what everybody is told */
    uint32_t caught;             /* the code of the exception that the target's frame took */
    const struct mark *jumps_to; /* or the setjmp that it is for; else NULL */
};
/* Tells every record from the head up to the target. WAY_OUT_CAUGHT where it came so far. */
enum way_out unwind(struct machine *machine, struct unwinding unwinding);

/* events.c: writes an event with the present state and answers where its value and reason go; never NULL. */
struct trace_event *write_event(struct machine *machine, enum trace_kind kind, unsigned operation);
/* An event without a state. */
void write_last_event(struct machine *machine, enum trace_kind kind, unsigned operation, uint8_t reason, uint32_t value, bool is_status);
/* The operation of the last event: the one that is going on. */
unsigned last_operation(const struct machine *machine);
enum way_out write_bugcheck(struct machine *machine, unsigned operation, uint32_t code);
enum way_out write_crash(struct machine *machine, enum trace_place place, uint32_t status);
enum way_out run_repeat(struct machine *machine, unsigned operation);

#endif
