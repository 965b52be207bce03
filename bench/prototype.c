/* The floor of exploring: the least that makes scenarios of eight operations, runs them on the reference runtime, and checks the rules of the chain (V1 to V3), but no others.
 *
 * A scenario is a row of operations in the order in which they run, and each says which block it stands in; so a cursor is all that running them needs. None stands where it is
 * not reached. They are core's without exceptions and jumps; the four kinds of frames are four letters as there, though nobody asks the frames here. */
#include <exchain/runtime.h>
#include <stdlib.h>

#include "measure.h"

enum letter { CALL, RECOVER, DEFER, LOCK, PANIC, GOEXIT, BACK, SEH, LAST_SEH = SEH + 3 };
enum way { RETURNS, PANICS, EXITS }; /* how a block is left */
enum { OPERATIONS = 8, TOP = 2 * OPERATIONS, NOWHERE, SCENARIOS = 200000 };
struct operation {
    unsigned char letter;
    unsigned char block;   /* of operation n: 2n, and of a defer what is deferred 2n + 1 */
    unsigned char pending; /* of a defer: how its body is left */
};
static struct operation operations[OPERATIONS + 1] = {[OPERATIONS] = {.block = NOWHERE}};
static unsigned cursor;

static bool is_foreign(unsigned block) { return block != TOP && (operations[block / 2].letter == CALL || operations[block / 2].letter >= SEH); }
static void place(unsigned n, unsigned block) { operations[n] = (struct operation){is_foreign(block) ? BACK : CALL, block, RETURNS}; }

/* A block is left so: outward to the next one in which something can run. */
static unsigned outward(unsigned block, enum way way) {
    while (block != TOP) {
        struct operation *outer = &operations[block / 2];
        if (outer->letter == DEFER && block % 2 == 0) {
            outer->pending = way;
            return block + 1;
        }
        if (outer->letter == DEFER && outer->pending > way)
            way = outer->pending;
        if (outer->letter == RECOVER && way == PANICS)
            way = RETURNS;
        block = outer->block;
        if (way == RETURNS)
            return block;
    }
    return NOWHERE;
}

/* Everything behind operation n takes its first choice. False: something ends the scenario sooner. */
static bool fill(unsigned n) {
    for (; n < OPERATIONS - 1; n++) {
        unsigned letter = operations[n].letter;
        unsigned block = letter == PANIC || letter == GOEXIT ? outward(operations[n].block, letter == PANIC ? PANICS : EXITS) : 2 * n;
        if (block == NOWHERE)
            return false;
        place(n + 1, block);
    }
    return true;
}

/* The last operation that has another choice takes it: the next letter, or else a block further out. False: none has. */
static bool next_scenario(void) {
    for (unsigned n = OPERATIONS - 1;;) {
        unsigned block = operations[n].block;
        if (operations[n].letter < (is_foreign(block) ? LAST_SEH : GOEXIT))
            operations[n].letter++;
        else if ((block = outward(block, RETURNS)) != NOWHERE)
            place(n, block);
        else if (n-- == 0)
            return false;
        else
            continue;
        if (fill(n))
            return true;
    }
}

#define READ(what) ({ uintptr_t value; __asm__ volatile("movl %%" what ", %0" : "=r"(value)); value; })
#define HEAD READ("fs:0")
static void set_head(const void *record) { __asm__ volatile("movl %0, %%fs:0" : : "r"(record) : "memory"); }

static inline void must(bool holds, const char *title) {
    if (!__builtin_expect(holds, true)) {
        fprintf(stderr, "bench-prototype: %s\n", title);
        exit(1);
    }
}

/* V2 and V3: the records are aligned, rise from `low` to the base of the stack, have handlers in our code, and end with the thread's own. `low` is the stack pointer in C, and the
 * stack's limit in managed code: the runtime is not asked what it believes. */
static const EXCEPTION_REGISTRATION_RECORD *last_record;
extern char __ImageBase[], etext[];
static inline void walk(uintptr_t low) {
    const EXCEPTION_REGISTRATION_RECORD *record = (const void *)HEAD;
    for (uintptr_t high = READ("fs:4") - sizeof *record;; low = (uintptr_t)record + 1, record = record->Next) {
        must((uintptr_t)record % 4 == 0 && (uintptr_t)record >= low && (uintptr_t)record <= high, "SEH_CHAIN_BROKEN");
        if (record == last_record)
            break;
        must((char *)record->Handler >= __ImageBase && (char *)record->Handler < etext, "SEH_HANDLER_FOREIGN");
    }
    must((uintptr_t)record->Next == UINTPTR_MAX, "SEH_CHAIN_BROKEN");
}

static EXCEPTION_DISPOSITION pass(EXCEPTION_RECORD *record, void *frame, CONTEXT *context, void *dispatcher) {
    (void)record, (void)frame, (void)context, (void)dispatcher;
    return ExceptionContinueSearch;
}

static void run_foreign(void *block);
static void run_managed(void *block) {
    for (walk(READ("fs:8")); operations[cursor].block == (uintptr_t)block; walk(READ("fs:8"))) {
        uintptr_t inside = 2 * cursor, head = HEAD;
        switch (operations[cursor++].letter) {
        case CALL: xc_call(run_foreign, (void *)inside); break;
        case RECOVER: xc_recover(run_managed, (void *)inside, NULL, NULL); break;
        case DEFER: xc_defer(run_managed, (void *)inside, run_managed, (void *)(inside + 1)); break;
        case LOCK: xc_task_lock(), run_managed((void *)inside), xc_task_unlock(); break;
        case PANIC: xc_panic(1);
        default: xc_goexit();
        }
        must(HEAD == head, "SEH_HEAD_NOT_RESTORED"); /* V1 */
    }
}

static void run_foreign(void *block) {
    for (walk(READ("esp")); operations[cursor].block == (uintptr_t)block; walk(READ("esp"))) {
        uintptr_t inside = 2 * cursor, head = HEAD;
        if (operations[cursor++].letter == BACK)
            xc_callback(run_managed, (void *)inside);
        else {
            EXCEPTION_REGISTRATION_RECORD frame = {{(void *)head}, {(PEXCEPTION_ROUTINE)pass}};
            set_head(&frame);
            run_foreign((void *)inside);
            set_head(frame.Next);
        }
        must(HEAD == head, "SEH_HEAD_NOT_RESTORED");
    }
}

/* Begins where the scenarios are much like those that the explorer is measured with: `defer { recover { } call { seh { ...`. */
static void explore(unsigned scenarios) {
    static const struct operation first[] = {{DEFER, TOP, RETURNS}, {RECOVER, 0, RETURNS}, {CALL, 0, RETURNS}, {SEH, 4, RETURNS}};
    for (unsigned n = 0; n < 4; n++)
        operations[n] = first[n];
    fill(3);
    while (scenarios-- && next_scenario()) {
        uintptr_t head = HEAD;
        cursor = 0;
        xc_run(run_managed, (void *)TOP, NULL);
        must(HEAD == head, "SEH_HEAD_NOT_RESTORED");
        must(cursor == OPERATIONS, "NOT_REACHED");
    }
}

int main(void) {
    for (last_record = (const void *)HEAD; (uintptr_t)last_record->Next != UINTPTR_MAX; last_record = last_record->Next) {}
    if (xc_runtime_start(&(struct xc_options){.keep_stack = true}) != XC_OK)
        return 3;
    report("exploring, a text of 8 operations", "floor_ns", measure(explore, SCENARIOS));
    return 0;
}
