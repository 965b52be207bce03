/* exchain runtime: managed code on stacks of its own, calls into C and back, panics that are recovered across both.
 *
 * Two kinds of code. *Managed* code runs on a managed stack that the runtime made. *Foreign* code is C that knows nothing of the
 * runtime and runs on the thread's own system stack, where it may keep SEH registration records. What each function needs is said with it:
 *
 *   managed   only from managed code
 *   foreign   only from foreign code that managed code called
 *   outside   only from a thread that is not inside xc_run
 *
 * The promise: when xc_recover has taken a panic, everything is as it was when its body was entered: the head of the thread's exception list,
 * the stack bounds in the TIB, the place where the next call continues on the system stack, lock count, call depth, direction flag, x87 and SSE control
 * words, and the callee-saved registers. A handled fault leaves the thread's last-error value alone.
 *
 * The round trip managed -> C -> managed -> panic -> recover is told at the top of call.c. */
#ifndef EXCHAIN_RUNTIME_H
#define EXCHAIN_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef void xc_function(void *argument);

enum xc_error {
    XC_OK,
    XC_ERROR_ALREADY_STARTED, /* xc_runtime_start was called before */
    XC_ERROR_NOT_STARTED,     /* xc_runtime_start was not called, or xc_runtime_stop was */
    XC_ERROR_TLS,             /* none of the thread's 64 fast TLS slots is free */
    XC_ERROR_MEMORY,          /* no memory for a managed stack */
    XC_ERROR_BUSY,            /* this thread is inside xc_run already, or a thread still is */
    XC_ERROR_ARGUMENT,        /* an argument is out of its range */
    XC_ERROR_THUNK            /* xc_thunk_make: no such convention, too many arguments, or no function */
};

/* One short sentence for an error: what is wrong and what to do. Any thread, any stack. */
const char *xc_error_text(enum xc_error error);

/* A panic: its value, which is an NTSTATUS where a hardware fault became the panic. */
struct xc_panic {
    uintptr_t value;
    bool is_fault;
    bool exiting;            /* a goexit is under way and goes on when the recovering function returns */
    uintptr_t fault_address; /* the address that an access violation or in-page error was about, else 0 */
    uintptr_t fault_pc;      /* the instruction that faulted, else 0 */
};

/* Why the process is about to end. All of it lies in static memory. */
enum xc_place { XC_PLACE_MANAGED, XC_PLACE_FOREIGN, XC_PLACE_RUNTIME };
struct xc_last_words {
    uint32_t code;           /* the NTSTATUS of a crash, or one of the stop codes of stops.def */
    bool is_stop;            /* the runtime found itself broken: code is a stop code */
    bool is_panic;           /* nobody recovered a panic in a task that only xc_go or an attached thread made: code is its value */
    bool is_fault;           /* ... which is an NTSTATUS */
    enum xc_place place;     /* crash: whose code it was */
    const char *title;       /* constant: SEH_RECORD_LEFT_BEHIND, ... */
    uintptr_t parameters[4]; /* stops.def says what they are; of a crash: pc, sp, first and second information word */
};

struct xc_os;

/* Options of the runtime; all zero is a good choice. */
struct xc_options {
    size_t managed_stack_bytes; /* of each managed stack: 0 (64 KiB), or 32 KiB to 64 MiB */
    /* Called once, before the last words are printed. It stands on whatever stack the trouble left, must not use the heap, and must not
     * call the runtime. When it returns, the process ends. */
    void (*on_last_words)(const struct xc_last_words *words);
    bool quiet;                 /* print no last words on standard error */
    bool keep_stack;            /* the stack of a task that has ended waits for the next one: for who runs many short tasks, one after another */
    const struct xc_os *os;     /* os.h: asked instead of Windows for memory and TLS slots; copied; NULL: Windows */
};

/* Makes the runtime ready: a TLS slot, and an unhandled-exception filter that reports a crash in foreign code and passes on to the one before it.
 * Outside. Errors: ALREADY_STARTED, TLS, ARGUMENT. */
enum xc_error xc_runtime_start(const struct xc_options *options);

/* Gives back what xc_runtime_start took, and every thunk, and ends the threads that the runtime made. Outside, and no thread may be inside xc_run. Errors: NOT_STARTED, BUSY. */
enum xc_error xc_runtime_stop(void);

/* How a task ended. */
enum xc_end { XC_ENDED_RETURN, XC_ENDED_PANIC, XC_ENDED_GOEXIT };
struct xc_ending {
    enum xc_end end;
    struct xc_panic panic; /* XC_ENDED_PANIC: nobody recovered it */
};

/* Runs `function` as managed code of a new task on this thread, and returns when the task has ended: by returning, by a panic that nobody
 * recovered, or by xc_goexit; and with it every task that it started (xc_go). Registers the thread's record in its own frame on the system stack. `ending` may be NULL.
 * Outside; on the system stack. Errors: NOT_STARTED, MEMORY, BUSY. */
enum xc_error xc_run(xc_function *function, void *argument, struct xc_ending *ending);

/* Calls C: runs `function` as foreign code on the system stack. A record that it leaves on the exception list stops the process
 * (SEH_RECORD_LEFT_BEHIND). Managed. May be left by a panic in a callback, and be unwound by foreign code. */
void xc_call(xc_function *function, void *argument);

/* Calls back: runs `function` as managed code of the same task, under a record of its own on the system stack. Foreign.
 *
 * On a thread that is not inside xc_run (one that C made) the thread is attached first: a task of its own, on a managed stack of its own, under the thread's record;
 * and detached before the return. Such a task has nobody outside who could recover: a panic that leaves it ends the process (PANIC_NOT_RECOVERED, exit status 2). A
 * goexit ends the task, and C goes on. No memory for it stops the process (ATTACH_FAILED). */
void xc_callback(xc_function *function, void *argument);

/* How C passes its arguments on the stack: who pops them. */
enum xc_convention { XC_CDECL, XC_STDCALL };
enum { XC_THUNK_ARGUMENTS_MAX = 64 };

/* The managed function behind a thunk: `arguments` are those that C passed, in their order, on C's own stack. */
typedef uintptr_t xc_thunk_function(void *argument, const uintptr_t *arguments);

/* Makes a C function pointer: a function of this convention with `count` arguments (0 to 64) of a pointer's size each, and such a result. Whoever calls it calls
 * function(argument, arguments) back, as xc_callback does, and gets its result; 0 where the task ended inside (on an attached thread). Good from any foreign code, with
 * esp at any multiple of 4, until xc_thunk_free or xc_runtime_stop. `*thunk` is the function pointer. Any thread, any stack. Errors: THUNK, NOT_STARTED, MEMORY. */
enum xc_error xc_thunk_make(enum xc_convention convention, unsigned count, xc_thunk_function *function, void *argument, void **thunk);

/* Gives a thunk back; NULL is fine. Nobody may be inside its callback. Calling it later stops the process (THUNK_NOT_MADE) until its place is given to another one,
 * and so does giving back what is no thunk. Any thread, any stack. */
void xc_thunk_free(void *thunk);

/* Runs `body`, then `deferred`, whether body returns, panics, ends the task, or is wiped by an unwinding of foreign code.
 * `deferred` starts with everything as `body` found it. Managed. */
void xc_defer(xc_function *body, void *body_argument, xc_function *deferred, void *deferred_argument);

/* Runs `body`; a panic that leaves it is taken: `recovered` (may be NULL) is called with it, and true returned. False: body returned. Does not return
 * when a goexit is under way (panic->exiting). `recovered` may itself panic. Managed. */
bool xc_recover(xc_function *body, void *body_argument, void (*recovered)(const struct xc_panic *panic, void *argument), void *argument);

/* Panics with a value: deferred functions run, innermost first, across every callback of the task, up to the nearest xc_recover. Managed. */
_Noreturn void xc_panic(uintptr_t value);

/* Panics again with a panic that was recovered, whole. Managed. */
_Noreturn void xc_repanic(const struct xc_panic *panic);

/* Ends the task: deferred functions run, nothing recovers it. Managed. */
_Noreturn void xc_goexit(void);

/* Wires the task to its thread until as many unlocks; nests up to 65,535. A recover puts the count back. Managed.
 * One unlock too many stops the process (LOCK_COUNT_BROKEN). */
void xc_task_lock(void);
void xc_task_unlock(void);

/* Starts another task: `function` runs as managed code on a managed stack of its own, as soon as it is its turn (never inside this call). Managed.
 *
 * The task of an xc_run, or of a callback on a thread of C's own, and everything that it starts, directly or not, are one family. Of a family one task runs at a time, until it
 * blocks (xc_park, xc_wait), gives way (xc_yield) or ends; C that a task called counts as the task running. Families run independently of each other.
 *
 * A task goes on on whichever thread of the runtime is free, unless it is kept where it is: while a callback of C is open in it, and while it is locked. Then its thread waits with
 * it, and the others go on on other threads, which the runtime makes when it needs them and uses again. The first task of a family stays on its own thread throughout.
 *
 * A task ends when its function has ended and all tasks that it started have; so xc_run returns, and an attached thread is detached, when the whole family has ended. A panic
 * that leaves the task ends the process (PANIC_NOT_RECOVERED, exit status 2); xc_goexit ends this task only. When no task of a family can go on any more, the process stops
 * (ALL_TASKS_BLOCKED). Where Windows gives no thread, it stops too (THREAD_FAILED). Errors: MEMORY. */
enum xc_error xc_go(xc_function *function, void *argument);

/* Lets the other tasks of the family run that can. Managed. */
void xc_yield(void);

/* Blocks until every task that this one started has ended. Managed. */
void xc_wait(void);

/* Blocking, for those who build channels, rendezvous and the like: xc_park blocks the calling task until somebody readies it; an xc_ready that came before is remembered, once. The
 * task is one of the same family, and has not ended. No lock is needed around what decides, since one task of a family runs at a time. Managed. */
struct xc_task;
struct xc_task *xc_task_self(void);
void xc_park(void);
void xc_ready(struct xc_task *task);

/* One piece of the calling task's stack: managed and foreign ones take turns, from the innermost outward. */
enum xc_segment_kind { XC_SEGMENT_MANAGED, XC_SEGMENT_FOREIGN };
struct xc_segment {
    enum xc_segment_kind kind;
    uintptr_t low, high; /* in use: [low, high), on the managed stack or on a system stack: the thread's, or that of a fiber out of which C called back */
    uintptr_t pc;        /* where its code goes on: in the innermost the caller's, in all others inside the runtime, which it called */
    uintptr_t record;    /* foreign: the registration record of the callback at its low end; managed: 0 */
};
/* Lists the segments, innermost first, of the calling task: at most `capacity` of them. Returns how many there are: one, and two more for each open call. Managed. */
unsigned xc_traceback(struct xc_segment *segments, unsigned capacity);

/* Whether a fault at an arbitrary address (4096 and up) becomes a panic too, for this task; returns what it was. A recover puts it back. Managed. */
bool xc_task_panic_on_fault_set(bool panics);

/* What the runtime believes of the calling thread, for debuggers and tests. */
struct xc_observation {
    uint32_t task;             /* the task's number, from 1; 0: this thread is not inside xc_run */
    uint32_t depth;            /* calls into C that are open */
    uint32_t locks;
    uint32_t panic_on_fault;   /* 1: it is on */
    uintptr_t system_sp;       /* the system stack is in use above this address; calls continue below it */
    uintptr_t frames;          /* defer and recover frames that are open */
    uintptr_t innermost_frame; /* address of the innermost, 0 where none is */
    uintptr_t innermost_call;  /* the same for calls */
    uintptr_t innermost_record;/* the runtime's own innermost registration record */
    uintptr_t thread_record;   /* the one with which xc_run entered the thread */
    uintptr_t handler;         /* the handler in every record of the runtime */
    /* from here on: xc_observe alone */
    uint32_t root;             /* number of the first task of its family */
    uint32_t managed;          /* 1: managed code is running */
    uintptr_t managed_sp;      /* the managed stack is in use above this address while foreign code runs, else 0 */
    uintptr_t managed_low, managed_high; /* the managed stack */
    uintptr_t guard_page;      /* below managed_low, by the room that the dispatch of a fault there needs */
    uintptr_t report_low;      /* the room below the guard page that only a stack overflow's report may use */
};
/* Any thread; on the system stack or a managed one. Briefly: the fields up to `handler` only, for who looks at every step. */
void xc_observe(struct xc_observation *observation);
void xc_observe_briefly(struct xc_observation *observation);

#ifdef __cplusplus
}
#endif
#endif
