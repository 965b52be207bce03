/* What the step files share: the one thread of execution and what is known of it. */
#ifndef EXCHAIN_EXECUTE_STATE_H
#define EXCHAIN_EXECUTE_STATE_H

#include "../adapters/adapter.h"
#include "../explore/tally.h"
#include "../foreign/foreign.h"
#include "../trace/journal.h"
#include "../verify/verify.h"
#include "machine.h"
#include "step.h"

enum { STEP_LEFT_BEHIND_MAX = 4096, STEP_IMAGES_MAX = 64, STEP_OWN_IMAGES = 3 };

struct step_strand;

struct step_state {
    const struct adapter *adapter;
    const struct foreign_library *foreign;
    const struct verify_image *foreign_image; /* a record whose handler lies in it is a foreign frame's */
    uintptr_t foreign_low, foreign_bytes;     /* the same image, in words of this machine */
    const struct verify_image *own_images[STEP_OWN_IMAGES]; /* the runtime's, the foreign library's, the executor's */
    const struct scenario_program *program;
    bool rules, clobber;
    bool without_thunks;                  /* exploring: no text has an `args` */
    bool partings;                        /* exploring: a text goes on where it parts from the one before (parting.c) */
    bool grouped;                         /* exploring: what costs a system call is checked once a group (explore.c), and nobody asks how long a text took */

    struct step_thread {
        uint32_t id;                      /* Windows' own */
        unsigned task;                    /* the task on it, as traces count: from 1; 0: none */
        unsigned operation;               /* the callback whose task it is; 0: the text's own */
        uintptr_t stack_base;
        uintptr_t final_record, final_handler; /* the last of its chain, as first seen */
        uintptr_t lowest_sp;              /* how deep its system stack was used since it was last clobbered */
        size_t below_size;                /* bytes of `below` that belong to its task */
        bool below_used;                  /* the managed stack ran out: its report was written there */
    } thread;                             /* the one that is running: a scenario's threads wait for each other, so there is one at a time */
    uintptr_t run_sp;                     /* of the system stack, where the runtime was entered */
    unsigned tasks;                       /* tasks of the strand that are alive */
    struct step_strand *strand;           /* the one that is running: what is known of it stands here, of all others in their own (strand.c) */
    unsigned strand_number;               /* as traces count */
    unsigned strands_open;                /* started by `go` and not waited for */
    struct step_started { uint64_t bits[TRACE_STRANDS_MAX / 64]; } started; /* by the running task: those of them, a bit each */
    struct step_guard *open;              /* the innermost block that is guarded */

    struct verify_chain_facts chain;      /* of this thread; alive_above is set for every walk */
    uint64_t left_behind[STEP_LEFT_BEHIND_MAX]; /* records that `seh leak` is known to have left, oldest first */
    struct verify_deferred deferred;
    uint32_t last_error;                  /* set before a managed fault, while last_error_armed */
    bool last_error_armed;
    uint32_t exceptions;                  /* exceptions in foreign code so far: each raise, fault, nested fault is one */
    uint32_t exception;                   /* the one that is being dispatched: its number */
    uint8_t fault;                        /* ... and 1 + its kind, where it is a hardware fault of C's; else 0 */
    unsigned managed_faults;              /* raised in this scenario so far */
    bool gxx_unwinds;                     /* g++'s unwinder is on its way to the next frame of C that it comes back to */
    unsigned unwinding;                   /* unwindings of C that are going on: each runs a deferred function */
    unsigned looking;                     /* handlers that the dispatcher is running right now and that may meet a nested exception */
    unsigned current;                     /* the operation that is going on */
    enum trace_why why;                   /* what wipes frames right now: why a deferred function runs whose body did not end */
    uint32_t checked;                     /* how often the rules were checked in this scenario */
    uint32_t checks[TALLY_CHECK_COUNT];   /* in this process, by where */
    uint32_t faults;                      /* hardware faults that were raised in this process */
    uint32_t parted;                      /* texts that went on where they part from the one before (parting.c) */
    uint32_t poison;                      /* changes with every checked call */
    uint32_t skew;                        /* the same: how the stack is aligned at it */
    uintptr_t filter;                     /* the unhandled-exception filter as the scenario found it */
    unsigned char *below;                 /* copy of the memory below the text's managed stack, when the scenario began */
};
extern struct step_state step;

/* load.c */
/* From now on a handler may lie in this image (V3). False: there are too many. */
bool step_image_expect(void *module, const char *name);
const char *step_load(const struct step_options *options);
/* Has everything loaded that a carrier is made of, or all of a text's. NULL: fine; else one sentence. */
const char *step_carrier_ready(enum scenario_carrier carrier);
const char *step_carriers_ready(const struct scenario_program *program);

/* platform.c */
/* The name of the platform that this process runs on, whole or cut: `wine-8.0`, `windows-10.0.20348`; with ` debugged` behind it where a debugger is attached. */
void step_platform(char *name, size_t size);

/* threads.c */
/* Learns what is true of the calling thread. */
void step_thread_first_seen(struct step_thread *thread);
void step_thread_use(const struct step_thread *thread);
/* Goes over to the calling thread, if it is another than the one that was running; whoever does so puts `before` back when it leaves. */
void step_thread_enter(struct step_thread *before);
void step_thread_leave(const struct step_thread *before);

/* strand.c: whose turn it is */
/* The text begins: it is the one strand. */
void step_strands_begin(void);
struct step_strand *step_strand_of_text(void);
/* Behind everything that may have let other tasks run: goes on with what is known of the strand, which was step.strand before. */
void step_strand_go_on(struct step_strand *strand);
/* The tasks that the running one has started have ended. */
void step_strands_waited_for(void);
/* A callback's task begins on a thread of C's: it has started none. Ends: they have ended; puts `before` back. */
struct step_started step_started_begin(void);
void step_started_end(const struct step_started *before);

/* parting.c */
/* False: no memory, the rules are off, or the runtime keeps something elsewhere than on the stacks. */
bool step_partings_prepare(void);
/* For the next text: so many operations it begins with are those of the text before. */
void step_partings_choose(unsigned operations);
/* The next text is run from its beginning. */
void step_partings_forget(void);
/* The text is about to begin, in managed code. Does not return where it goes on elsewhere. */
void step_parting_go_on(void);
/* Before each operation that is entered. */
void step_parting_at(unsigned operation, bool foreign);
static inline void step_parting(unsigned operation, bool foreign) {
    if (step.partings)
        step_parting_at(operation, foreign);
}

/* journal.c */
const char *step_journal_open(const char *file);
extern struct step_journal {
    struct journal_header *header;
    struct journal_run *run;
    struct trace_event *events, *next, *end; /* of the run; where the next one stands; where there is no more room */
    uint32_t written;                        /* events that did not stand there already */
} step_journal;
static inline struct journal_header *step_journal_header(void) { return step_journal.header; }
static inline struct journal_run *step_journal_run(void) { return step_journal.run; }
static inline struct trace_event *step_journal_events(void) { return step_journal.events; }
struct journal_run *step_journal_begin(unsigned index);
void step_journal_end(enum journal_state state);
void step_journal_rewind(void);
struct trace_event *step_journal_room(void); /* where the events of the next run will stand */
/* What the header says of the run's end goes behind its events: another run will follow. */
void step_journal_put_aside(void);
void step_journal_add(const struct trace_event *event);
/* The same in two steps: where the next event stands, and that it is there. */
void step_journal_is_full(void);
static inline struct trace_event *step_journal_next(void) {
    if (step_journal.next == step_journal.end)
        step_journal_is_full();
    return step_journal.next;
}
/* The run's first `events` stand there already. */
static inline void step_journal_go_on(uint32_t events) {
    step_journal.next = step_journal.events + events;
    step_journal.run->events = events;
}
static inline void step_journal_count(void) {
    step_journal.next++;
    step_journal.run->events++; /* only now does the event count */
    step_journal.header->progress++;
}
void step_journal_count_same(void); /* one round more in the last event, a `same` */
void step_journal_take_back(uint32_t events); /* so many are left */
bool step_journal_has_room(void);

/* The dispatcher was seen to do this. */
static inline void step_branch(enum journal_branch branch) { step_journal_run()->branches |= 1u << branch; }

/* record.c: events */
/* A block with the event that says it was entered: what the runtime or the foreign library is given to run. */
struct step_entered {
    unsigned operation;
    step_block *block;
    void *argument;
};
void step_enter(void *entered);
void step_enter_by_runtime(void *entered); /* the same, for the runtime to call: C may call with a stack aligned to 4 */
/* What of an event is known where it is written; the rest of its first word is whose it is. */
#define STEP_EVENT(kind, reason, is_status) TRACE_WORD_WHAT(kind, 0, reason, is_status, 0)
/* With a state: the runtime is asked, the chain is walked, V2 and V3 are checked. Without. Functions of their own, since whoever steps the text does not step these (sweep_step.c). */
__attribute__((noinline)) void step_event_seen(uint32_t kind, unsigned operation, uint32_t value);
__attribute__((noinline)) void step_event_last(uint32_t kind, unsigned operation, uint32_t value);
static inline __attribute__((always_inline)) void step_event(enum trace_kind kind, unsigned operation, uint32_t value, unsigned reason, bool is_status) {
    (trace_kind_has_state(kind) ? step_event_seen : step_event_last)(STEP_EVENT(kind, reason, is_status), operation, value);
}

/* guard.c: the rules, in pairs around a block */
struct step_moment {
    struct adapter_observation observed;
    uint32_t thread; /* Windows' id */
    uintptr_t head, stack_base, stack_limit, deallocation_stack, fiber_data; /* the TIB's */
    uint32_t x87_control, x87_tag, mxcsr;
};
_Static_assert(sizeof(struct step_moment) == sizeof(struct machine_moment_bytes), "copied and compared as one");
enum step_opens { STEP_OPENS_NOTHING, STEP_OPENS_CALL, STEP_OPENS_CALLBACK, STEP_OPENS_TASK };
struct step_guard {
    struct step_guard *outer;
    unsigned operation;
    enum step_opens opens; /* a segment of the stack that stands on the other side */
    struct step_moment before;
    size_t deferred, left_behind;
    void *marks; /* of setjmp */
    struct machine_checked call;
};
void step_moment_take(struct step_moment *now);
/* V1, V4, V8, V9: as verify_restored, which decides where anything has changed. */
bool step_moment_restored(const struct step_moment *before, const struct step_moment *now, struct verify_finding *finding);
void step_guard_enter(struct step_guard *guard, unsigned operation, enum step_opens opens);
/* The same from managed code, right behind an event: what that one saw is not looked at again. */
void step_guard_enter_managed(struct step_guard *guard, unsigned operation, enum step_opens opens);
/* Calls function(arguments) with registers checked; returns what it returns. */
uintptr_t step_guard_call(struct step_guard *guard, void *function, uintptr_t a, uintptr_t b, uintptr_t c, uintptr_t d);
/* Behind the call: everything must be as step_guard_enter found it. */
void step_guard_leave(struct step_guard *guard, unsigned operation);
/* The same; `now` is what was looked at. False: the rules are off, and nothing was. */
bool step_guard_leave_seeing(struct step_guard *guard, unsigned operation, struct step_moment *now);
/* record.c: the same, and the event that says so, after one look for both: nobody's code runs in between. */
void step_leave(struct step_guard *guard, unsigned operation);
/* What was looked at last, and how much of it still stands. Nothing does once anybody's code but ours has run: whoever lets it run behind an event, and without another guard, says so. */
enum step_known { STEP_KNOWS_NOTHING, STEP_KNOWS_RUNTIME, STEP_KNOWS_ALL }; /* what the runtime believes: `observed`; all of the moment */
extern struct step_last {
    struct step_moment moment;
    enum step_known known;
} step_last;
static inline void step_others_ran(void) { step_last.known = STEP_KNOWS_NOTHING; }
/* The same where the call has not returned and never will: without registers, and with the frames that the runtime needs to go on. */
void step_guard_inside(struct step_guard *guard, unsigned operation);
/* First in every function that the runtime enters: whether its stack is aligned as compiled code relies on. For functions with no variables that want more than the stack has. */
#define STEP_ENTERED() step_entered_at(machine_arguments())
void __attribute__((cold, noinline)) step_entered_badly(uintptr_t arguments);
static inline void step_entered_at(uintptr_t arguments) {
    if (arguments % MACHINE_ALIGNMENT)
        step_entered_badly(arguments);
}
/* V12 to V15, which cost a system call each: at `check`, behind a recovered fault, at the end. */
void step_guard_process(unsigned operation);
bool step_system_locks_held(void); /* by whoever */
/* The same where somebody else decides when, and what becomes of it: what is compared with, and whether it holds. Both in managed code. */
void step_process_begin(void);
bool step_process_holds(struct verify_finding *finding);
void step_scenario_begin(void);

/* step_foreign.c: C on its way into the runtime by a callback, and back. On a thread that the runtime does not know, the callback is a task of its own, which ends
 * with it; `ended`: its block came to its end. */
struct step_callback {
    struct step_thread before;
    struct step_guard guard;
    struct step_strand *strand;
    struct step_started started; /* by the task outside */
    bool attaches;
};
void step_callback_enter(struct step_callback *callback, unsigned operation);
void step_callback_leave(struct step_callback *callback, unsigned operation, bool ended);
/* The function pointer that C is given, whose argument is a struct step_entered. */
void step_callback(void *argument);

/* step_args.c: makes the thunks that a text needs, if they are not there. NULL: fine; else one sentence. */
const char *step_args_prepare(const struct scenario_program *program);

/* step_dll.c */
/* DLLs that are named without a folder may lie beside this one. */
void step_dll_look_beside(void *library);
/* Loads the DLLs that a text brings. NULL: fine; else one line: what is not there, and what to do. */
const char *step_dll_prepare(const struct scenario_program *program);

/* stop.c */
_Noreturn void step_stop(const struct verify_finding *finding, unsigned operation);
void step_on_last_words(const struct adapter_last_words *words);
/* An exception of g++'s has found nobody: the process ends. */
void step_on_terminate(void);

/* hooks that the foreign library calls (step_foreign.c) */
extern const struct foreign_hooks step_foreign_hooks;

/* clobber.c */
/* Once. False: no memory. */
bool step_clobber_prepare(void);
/* Records that are known to be dead and linked. */
void step_left_behind_add(uintptr_t record);
bool step_is_left_behind(uintptr_t record);
/* g++'s unwinder has come back to a frame: every record from the head up to `until`, exclusively, is dead, and linked. */
void step_clobber_wiped(uintptr_t until);
void step_clobber_dead_stack(bool spare); /* spare: records that a bad library left behind stay legible */

#endif
