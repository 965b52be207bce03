/* The numbered rules, over plain data: a snapshot of a thread, a view of its memory, the images of its process. Portable C; knows nothing of a
 * runtime, of Windows' headers, or of where the data came from (own process, another one, a dump).
 *
 * Every function returns true when the rule holds, and otherwise fills *finding with the first thing that is wrong. */
#ifndef EXCHAIN_VERIFY_H
#define EXCHAIN_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum verify_rule {
    VERIFY_NO_RULE,
#define RULE(number, code, name, text, p1, p2, p3, p4) VERIFY_V##number,
#include "rules.def"
#undef RULE
    VERIFY_RULE_COUNT
};

struct verify_finding {
    enum verify_rule rule;
    uint32_t code;
    const char *title;
    const char *rule_name; /* "V1" */
    uint64_t parameters[4];
    const char *words;     /* what is wrong, for people; static */
};

const char *verify_rule_name(enum verify_rule rule);  /* "V1" */
const char *verify_rule_title(enum verify_rule rule); /* "SEH_HEAD_NOT_RESTORED" */
const char *verify_rule_text(enum verify_rule rule);
uint32_t verify_rule_code(enum verify_rule rule);

/* A thread at one moment. Whoever cannot know a field leaves it as it was in the other snapshot. */
struct verify_snapshot {
    uint64_t head;
    uint64_t stack_base, stack_limit, deallocation_stack, fiber_data; /* the TIB's */
    uint64_t stack_pointer;
    uint64_t callee_saved[4]; /* in the order of the architecture's own list: machine.h */
    uint32_t flags;
    uint32_t x87_control, x87_tag, mxcsr;
    uint64_t thread;  /* Windows' id */
    /* what the runtime under test believes */
    uint64_t task, depth, locks, panic_on_fault, system_sp, frames, innermost_frame, innermost_call, innermost_record;
};

enum verify_field { VERIFY_TASK = 1, VERIFY_DEPTH, VERIFY_LOCKS, VERIFY_PANIC_ON_FAULT, VERIFY_SYSTEM_SP, VERIFY_FRAMES,
                    VERIFY_INNERMOST_FRAME, VERIFY_INNERMOST_CALL, VERIFY_INNERMOST_RECORD, VERIFY_THREAD };

/* V1, V4 to V9: after a block was left (by its end or by a recovery) everything is as it was on entry. */
bool verify_restored(const struct verify_snapshot *before, const struct verify_snapshot *now, struct verify_finding *finding);

/* A view of memory: reads `size` bytes at `address`; false where there is nothing to read. */
struct verify_memory {
    bool (*read)(void *owner, uint64_t address, void *bytes, size_t size);
    void *owner;
    unsigned pointer_bytes; /* 4 or 8 */
};

struct verify_image {
    uint64_t low, high; /* [low, high) */
    const char *name;   /* NULL: an image that may not hold handlers is simply not in the list */
};

/* What is expected of a thread's chain. */
struct verify_chain_facts {
    uint64_t stack_base, stack_limit;
    uint64_t alive_above;         /* records below are in dead stack: the stack pointer, or the saved one while managed code runs */
    uint64_t final_record, final_handler; /* the last record as first seen */
    const uint64_t *dead_known;   /* records that a bad library is known to have left behind (V2 does not blame them, nor their order) */
    size_t dead_known_count;
    const struct verify_image *images;
    size_t image_count;
};

enum verify_chain_fault {
    VERIFY_CHAIN_FINE,
    VERIFY_CHAIN_MISALIGNED,
    VERIFY_CHAIN_OUTSIDE_STACK,
    VERIFY_CHAIN_NOT_RISING,
    VERIFY_CHAIN_DEAD,
    VERIFY_CHAIN_ENDS_IN_ZERO,
    VERIFY_CHAIN_UNREADABLE,
    VERIFY_CHAIN_OTHER_FINAL,
    VERIFY_CHAIN_TOO_LONG,
    VERIFY_CHAIN_OVERWRITTEN,    /* a record known to be left behind: V2 does not blame it */
    VERIFY_CHAIN_STRANGE_HANDLER /* V3 */
};
const char *verify_chain_fault_words(enum verify_chain_fault fault);

struct verify_record {
    uint64_t address, next, handler;
    const struct verify_image *image; /* NULL: none */
    enum verify_chain_fault fault;
};

enum { VERIFY_RECORDS_MAX = 8192 }; /* a chain that is longer is taken for endless: no system stack has room for so many, each in a frame of its own */

/* V2 and V3: walks the chain from `head`, at most VERIFY_RECORDS_MAX records, fills `records` with the first `capacity` of them, and *count with how many were
 * seen. Goes on behind a fault as long as it can read, so that a report shows the whole chain. */
bool verify_chain(const struct verify_memory *memory, uint64_t head, const struct verify_chain_facts *facts,
                  struct verify_record *records, size_t capacity, size_t *count, struct verify_finding *finding);

/* V5, where somebody enters compiled code: its arguments begin at a multiple of `alignment`. */
bool verify_entry(uint64_t arguments, unsigned alignment, struct verify_finding *finding);

/* V19. `which`: an argument's place, or VERIFY_RESULT; `count`: how many arguments there are. */
enum { VERIFY_RESULT = 0xFFFF };
bool verify_argument(uint64_t now, uint64_t before, unsigned which, unsigned count, struct verify_finding *finding);

/* V10 */
bool verify_last_error(uint32_t before, uint32_t now, struct verify_finding *finding);

/* V11. `times`: how often this frame's handler has been asked in this phase of this exception, this time counted. `nested_expected`: a handler is being
 * run by the dispatcher of another exception. */
bool verify_handler_entry(uint32_t operation, uint32_t exception_code, uint32_t exception_flags, unsigned times, bool nested_expected,
                          struct verify_finding *finding);

/* V17. What a handler should see of a hardware fault, and what one saw. */
struct verify_fault {
    uint32_t status;
    uint64_t pc[2];            /* either */
    uint32_t parameters[2];    /* how many: either */
    uint32_t known;            /* the first so many of these are known */
    uint64_t information[2];
};
struct verify_fault_seen {
    uint32_t code;
    uint64_t pc;
    uint32_t parameters;
    uint64_t information[2];
};
/* Another code than expected is not this rule's: the trace says so. */
bool verify_fault_report(uint32_t operation, const struct verify_fault *expected, const struct verify_fault_seen *seen, struct verify_finding *finding);

/* V12. `protection` as VirtualQuery gives it. */
bool verify_guard(uint64_t guard_page, uint32_t protection, struct verify_finding *finding);

/* V13. `before` and `now` are the same bytes at two moments; the first lies at `address`. */
bool verify_below_stack(const unsigned char *before, const unsigned char *now, size_t size, uint64_t address, uint64_t stack_low,
                        struct verify_finding *finding);

/* V14 */
bool verify_process_handlers(uint64_t filter_before, uint64_t filter_now, struct verify_finding *finding);

/* V15. Owners are thread ids, 0 where the lock is free. */
bool verify_system_locks(uint32_t loader_owner, uint32_t peb_owner, uint32_t thread, struct verify_finding *finding);

/* V18: one piece of a task's stack, as a traceback lists it: managed and foreign ones take turns, from the innermost outward. */
struct verify_segment {
    bool foreign;
    uint64_t low, high, pc, record;
    uint64_t stack_low, stack_high;     /* foreign: the stack that its low end lies on */
};
struct verify_walk_facts {
    uint64_t depth;                     /* calls that are open */
    uint64_t sp;                        /* of the managed code that asked */
    uint64_t managed_low, managed_high;
    const struct verify_image *images;
    size_t image_count;
};
bool verify_stack_walk(const struct verify_segment *segments, size_t count, const struct verify_walk_facts *facts, struct verify_finding *finding);
/* A block that is open has its frame in one of the segments, of its own side, at `*place` or further out; *place becomes that one. */
bool verify_stack_walk_holds(const struct verify_segment *segments, size_t count, uint64_t frame, bool foreign, size_t *place, struct verify_finding *finding);

/* V16: the deferred functions that are open, innermost last. */
enum { VERIFY_DEFERRED_MAX = 4096 };
struct verify_deferred {
    uint16_t open[VERIFY_DEFERRED_MAX];
    size_t count;
};
void verify_deferred_open(struct verify_deferred *deferred, uint16_t operation);
bool verify_deferred_runs(struct verify_deferred *deferred, uint16_t operation, struct verify_finding *finding);
/* Behind a block: as many are open as on entry. */
bool verify_deferred_left(const struct verify_deferred *deferred, size_t on_entry, struct verify_finding *finding);

#endif
