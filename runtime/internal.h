/* What the files of the runtime share. Nobody else includes this. */
#ifndef EXCHAIN_RUNTIME_INTERNAL_H
#define EXCHAIN_RUNTIME_INTERNAL_H

#include <stddef.h>

#include "arch.h"
#include "exchain/os.h"
#include "exchain/runtime.h"

/* All code of the runtime lies in one piece, so that the fault handler can tell it from managed and foreign code by the pc alone (INVARIANT 5). */
#define XC_CODE __attribute__((section(".text$xc_m")))
/* Inlined even where the compiler expects that nobody comes by: it takes everything that ends in a panic for rare. */
#define XC_HOT static inline __attribute__((always_inline))
extern const char xc_code_begin[], xc_code_end[];

/* The invariants, cited by number:
 *
 * 1  An activation and its record live on the system stack, calls and frames on the managed stack, each in the C frame that made it.
 * 2  Calls and activations alternate: an activation remembers the call it was entered from, a call the activation it was made in.
 * 3  Managed code is running exactly when the innermost call is the one that the innermost activation was entered from.
 * 4  While managed code runs, the head of the exception list is the innermost activation's record.
 * 5  The runtime's code is between xc_code_begin and xc_code_end; a fault there is never made a panic.
 * 6  Whoever leaves a block in another way than by its end (xc_unwind, xc_activation_unwound) puts back what call, activation and frame saved. */

/* managed -> C: one for each xc_call that is open. */
struct xc_call {
    uintptr_t managed_sp;             /* callbacks continue on the managed stack below this */
    struct xc_call *outer;
    struct xc_activation *activation; /* in which the call was made */
    uintptr_t head;                   /* of the exception list when the call was made */
    uint32_t depth;                   /* this call counted */
};
_Static_assert(offsetof(struct xc_call, managed_sp) == CALL_MANAGED_SP, "");

/* C -> managed: one for each xc_callback that is open, and the first for xc_run itself. */
struct xc_activation {
    struct xc_arch_registration record; /* first: ntdll hands its address to the handler */
    uintptr_t system_sp;                /* calls continue on the system stack below this */
    struct xc_activation *outer;
    struct xc_thread *thread;
    struct xc_call *call;               /* the call it was entered from; NULL in xc_run */
    uintptr_t head;                     /* of the exception list before the record was registered */
    uint32_t locks;                     /* the task's, on entry; only an unwinding of C's that wipes the callback puts them back */
    bool panic_on_fault;                /* the same */
    struct xc_activation *unwound;      /* runs a deferred function of this one, which foreign code is wiping; else NULL */
    uintptr_t stack_base;               /* of the stack it lies on: C may have switched to a fiber's since the call */
};
_Static_assert(offsetof(struct xc_activation, record) == 0, "");
_Static_assert(offsetof(struct xc_activation, system_sp) == ACTIVATION_SYSTEM_SP, "");

/* Why xc_arch_frame_run returned. */
enum xc_why { XC_WHY_RETURN, XC_WHY_PANIC, XC_WHY_GOEXIT };

/* A managed frame that a panic stops at: xc_defer's, xc_recover's, the task's own base. */
struct xc_frame {
    struct xc_arch_frame arch;
    struct xc_frame *outer;
    struct xc_call *call;             /* innermost when the frame was entered */
    struct xc_activation *activation; /* the same */
    struct xc_deferred *deferred;     /* xc_defer's; else NULL */
    uint32_t number;                  /* frames that are open, this one counted */
    uint32_t locks;
    bool panic_on_fault;
};

_Static_assert(offsetof(struct xc_frame, arch) == 0 && sizeof(struct xc_frame) == XC_FRAME_BYTES, "");

struct xc_deferred {
    struct xc_frame frame;
    xc_function *function;
    void *argument;
};

struct xc_task {
    uint32_t number;
    struct xc_call *call;   /* innermost; NULL */
    struct xc_frame *frame; /* innermost; the base's while the task runs */
    uint32_t locks;
    bool panic_on_fault;
    bool fault_under_way;   /* between the fault handler and xc_fault_panic */
    struct xc_panic panic;  /* the one under way */
    uintptr_t reserve_low;  /* the managed stack's memory: see stack.c */
    uintptr_t report_low, guard_low;
    uintptr_t stack_low, stack_high;
    xc_function *function;
    void *argument;
    struct xc_ending ending;
    /* task.c */
    struct xc_family *family;
    struct xc_task *parent;   /* who started it; it ends later. NULL: the first of its family */
    uint32_t children;        /* tasks that it started and that have not ended */
    struct xc_task *next;     /* behind it among the ready ones */
    struct xc_thread *thread; /* ready or blocked: the thread that waits with it; NULL: any will do */
    uintptr_t sp;             /* ready or blocked, and any thread will do: where it goes on */
    bool waiting;             /* blocked until children is 0 */
    bool parked, permit;      /* blocked until it is readied; readied before it parked */
    bool ended;
};

/* The first task of an xc_run and everything that it started, directly or not. One task of a family runs at a time, and whoever runs owns all of this: there is no lock. */
struct xc_family {
    struct xc_task *first_ready, *last_ready;   /* in the order in which they became so */
    struct xc_thread *first_idle, *last_idle;   /* threads of the runtime's own without a task */
    struct xc_task *root;
    uint32_t tasks;                             /* that have not ended, the root not counted */
};

/* What a thunk is for. One that is free has no function. */
struct xc_thunk {
    uint32_t pops;      /* bytes of arguments that the convention has it pop */
    xc_thunk_function *function;
    void *argument;     /* of a free one: the next free one */
};
_Static_assert(offsetof(struct xc_thunk, pops) == THUNK_POPS, "");

struct xc_thread {
    struct xc_activation *activation; /* innermost; NULL: no task is running on it */
    struct xc_activation *base;       /* xc_run's, or a thread of the runtime's own */
    struct xc_task *task;
    /* task.c, worker.c */
    struct xc_family *family;
    struct xc_thread *next;           /* among the idle ones */
    HANDLE wake;                      /* an event: it is this thread's turn. NULL where it never had to wait for one */
    HANDLE worker;                    /* the thread itself, where it is the runtime's own; else NULL */
    struct xc_thread *made_before;    /* all of the runtime's own */
    bool ends;                        /* a thread of the runtime's own: xc_runtime_stop says so */
};

/* thread.c */
extern bool xc_started; /* between xc_runtime_start and xc_runtime_stop */
extern uint32_t xc_thread_tls_offset;
static inline struct xc_thread *xc_thread_current(void) { return xc_arch_tls(xc_thread_tls_offset); }
void xc_thread_detach(struct xc_thread *thread);
void xc_callback_attached(xc_function *function, void *argument);
/* INVARIANT 3 */
static inline bool xc_thread_is_managed(const struct xc_thread *thread) {
    return thread->activation && thread->task->call == thread->activation->call;
}

struct xc_task *xc_task_make(void); /* with a stack, in which it lies; NULL: no memory */
_Noreturn void xc_thread_out_of_place(const struct xc_thread *thread, void *entry);
/* The calling thread, which must be running managed code. */
XC_HOT struct xc_thread *xc_thread_managed(void *entry) {
    struct xc_thread *thread = xc_thread_current();
    if (!thread || !xc_thread_is_managed(thread))
        xc_thread_out_of_place(thread, entry);
    return thread;
}

/* os.c: what may be refused is asked for through this table only. It is filled by xc_runtime_start. */
extern struct xc_os xc_os;
void xc_os_use(const struct xc_os *os); /* NULL: Windows' own functions */
/* task.c */
void xc_task_main(void *thread); /* a struct xc_thread: what xc_arch_switch_to_managed runs */
void xc_task_run_on(struct xc_thread *thread);  /* worker: the task of the thread runs until it gives way */
void xc_family_wait(struct xc_thread *thread);  /* on the system stack of the first task's thread: until all others have ended */
_Noreturn void xc_task_first(struct xc_task *task); /* called from assembly */

/* worker.c */
struct xc_thread *xc_worker_take(struct xc_family *family);
void xc_workers_give_back(struct xc_family *family);
void xc_workers_end(void);
HANDLE xc_wake_make(void);

/* stack.c */
bool xc_stack_take(struct xc_task *task, size_t bytes);
void xc_stack_give_back(struct xc_task *task);
/* With options.keep_stack, one stack that a task has given back waits for the next. All stacks between a start and a stop have the same size, and the guard page of
 * one that comes back is armed. */
extern bool xc_stack_keep;
void xc_stack_drop_spare(void); /* of the runtime's stop: the next start may want another size */
char *xc_stack_take_spare(void);   /* NULL: there is none */
char *xc_stack_make(size_t whole); /* NULL when Windows has no memory */
/* Whether a fault with this stack pointer was raised on the managed stack, with room for its dispatch. */
bool xc_stack_holds(const struct xc_task *task, uintptr_t sp);
bool xc_stack_is_guard(const struct xc_task *task, uintptr_t address);
/* Arms the guard page again behind an overflow. Nobody may stand on the managed stack: on the system stack. Stops with GUARD_LOST. */
void xc_stack_arm(const struct xc_task *task);

/* call.c */
void xc_activation_enter(struct xc_activation *activation, struct xc_thread *thread);
void xc_activation_leave(struct xc_activation *activation);
/* Gives up a call that will never return, and every callback inside it: thread, head and call list are as xc_call found them. */
XC_HOT void xc_call_close(struct xc_thread *thread, struct xc_call *call) {
    xc_arch_head_set(call->head); /* first: while our lists still name the callback, its record may be the head or not */
    thread->activation = call->activation;
    thread->task->call = call->outer;
}

/* panic.c */
void xc_frame_enter(struct xc_frame *frame, struct xc_thread *thread);
void xc_frame_leave(struct xc_frame *frame, struct xc_task *task);
_Noreturn void xc_unwind(struct xc_thread *thread, enum xc_why why);
void xc_activation_unwound(struct xc_activation *activation, const EXCEPTION_RECORD *record);

/* called from assembly, by xc_recover */
void XC_ARCH_CALL xc_recover_enter(struct xc_frame *frame);
void XC_ARCH_CALL xc_recover_leave(struct xc_frame *frame);
void XC_ARCH_CALL xc_recover_landed(struct xc_frame *frame, enum xc_why why, void (*recovered)(const struct xc_panic *panic, void *argument), void *argument);

/* thunk.c */
void xc_thunks_end(void);
/* called from assembly */
uintptr_t XC_ARCH_CALL xc_thunk_called(const struct xc_thunk *thunk, const uintptr_t *arguments);

/* fault.c: called from assembly */
EXCEPTION_DISPOSITION xc_exception(EXCEPTION_RECORD *record, struct xc_activation *activation, CONTEXT *context, void *dispatcher);
_Noreturn void xc_fault_panic(void);

/* last_words.c */
enum xc_stop {
#define STOP(code, name, p1, p2, p3, p4) XC_STOP_##name = code,
#include "stops.def"
#undef STOP
};
_Noreturn void xc_stop(enum xc_stop code, uintptr_t p1, uintptr_t p2, uintptr_t p3, uintptr_t p4);
_Noreturn void xc_panic_not_recovered(const struct xc_panic *panic);
_Noreturn void xc_crash(enum xc_place place, const EXCEPTION_RECORD *record, const CONTEXT *context);
bool xc_last_words_speaking(void); /* on the calling thread */
void xc_last_words_configure(const struct xc_options *options);
void xc_filter_set(void);
void xc_filter_take_back(void);

#endif
