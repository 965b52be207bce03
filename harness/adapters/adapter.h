/* A runtime under test, as the harness sees it: a table of functions, in a DLL of its own. The reference runtime, its mutants and other people's runtimes
 * plug in here; the harness knows nothing else of them.
 *
 * "Managed" and "foreign" say where a function may be called, as in the scenario language. */
#ifndef EXCHAIN_ADAPTER_H
#define EXCHAIN_ADAPTER_H

#include <stdbool.h>
#include <stdint.h>

typedef void adapter_function(void *argument);

/* Managed code behind a C function pointer: `arguments` are those that C passed, in their order, wherever they lie. */
typedef uintptr_t adapter_thunk_function(void *argument, const uintptr_t *arguments);
enum adapter_convention { ADAPTER_CDECL, ADAPTER_STDCALL };

enum adapter_end { ADAPTER_ENDED_RETURN, ADAPTER_ENDED_PANIC, ADAPTER_ENDED_GOEXIT };

struct adapter_panic {
    uintptr_t value;
    bool is_status; /* the value is the NTSTATUS of a fault */
    bool exiting;   /* a goexit goes on when the recovering function returns */
};

enum adapter_place { ADAPTER_PLACE_MANAGED, ADAPTER_PLACE_FOREIGN, ADAPTER_PLACE_RUNTIME };

/* The runtime is about to end the process. */
struct adapter_last_words {
    uint32_t code;     /* NTSTATUS, or stop code */
    bool is_stop;      /* the runtime found itself broken */
    bool is_panic;     /* nobody recovered a panic on an attached thread or in a task that go started: code is its value */
    bool is_status;    /* ... which is an NTSTATUS */
    bool is_deadlock;  /* no task can go on any more: it is no single task's end */
    enum adapter_place place;
    const char *title;
    uint32_t parameters[4];
};

/* What the runtime believes of the calling thread: what every way back has to find as it was (V9). A runtime that does not know a field leaves it 0, always. */
struct adapter_observation {
    uint32_t task, depth, locks, panic_on_fault;
    uintptr_t system_sp;               /* calls continue on the system stack below this */
    uintptr_t frames, innermost_frame, innermost_call, innermost_record;
    uintptr_t thread_record;           /* the record with which it entered this thread */
    uintptr_t handler;                 /* the handler in each of its records */
};

/* What it believes of the task's managed stack. The same of unknown fields. */
struct adapter_stack {
    bool managed;                      /* managed code is running */
    uintptr_t low, high;
    uintptr_t guard_page;              /* 0: it has none */
    uintptr_t below_low, below_high;   /* readable memory below it that no fault may write */
    uintptr_t sp;                      /* C is running: callbacks continue on the managed stack below this */
};

/* Who stands between a runtime under test and Windows, and may refuse what it asks for. `point` names the request, `what` the thing. Called on the asking thread. */
struct adapter_injector {
    bool (*refuses)(const char *point, uintptr_t caller); /* caller: the address behind the runtime's call */
    void (*took)(const char *point, uintptr_t what);
    void (*gave)(const char *point, uintptr_t what);
};

/* One piece of the calling task's stack, as a traceback lists it. */
struct adapter_segment {
    uint32_t foreign;    /* 1: of C, on the thread's system stack; 0: managed */
    uintptr_t low, high; /* in use: [low, high) */
    uintptr_t pc;        /* where its code goes on */
    uintptr_t record;    /* foreign: the registration record of the callback at its low end */
};

struct adapter {
    const char *name;
    /* Once a process. NULL: fine; else one sentence. on_last_words may be called on any stack and must not return to be believed. */
    const char *(*start)(void (*on_last_words)(const struct adapter_last_words *words));
    /* Outside: runs managed code on this thread until its task ends. NULL: fine; else one sentence. */
    const char *(*run)(adapter_function *function, void *argument, enum adapter_end *end, struct adapter_panic *panic);
    /* Managed. */
    void (*call)(adapter_function *foreign, void *argument);
    void (*defer)(adapter_function *body, void *body_argument, adapter_function *deferred, void *deferred_argument);
    bool (*recover)(adapter_function *body, void *body_argument, void (*recovered)(const struct adapter_panic *panic, void *argument), void *argument);
    void (*panic)(uint32_t value);
    void (*goexit)(void);
    void (*lock)(void);
    void (*unlock)(void);
    bool (*panic_on_fault_set)(bool panics); /* returns what it was */
    /* Foreign; on a thread that the runtime does not know, it attaches and detaches it. */
    void (*callback)(adapter_function *managed, void *argument);
    /* Anywhere. */
    void (*observe)(struct adapter_observation *observation); /* asked at every step, twice around every block */
    void (*observe_stack)(struct adapter_stack *stack);
    /* Before start, once: from then on the injector is asked first. NULL: what this runtime asks of Windows cannot be refused from here. */
    void (*inject)(const struct adapter_injector *injector);
    /* Outside, the last call: gives back everything that start took. NULL: fine; else one sentence. */
    const char *(*stop)(void);
    /* Managed: tasks. One task of the process runs at a time, C that it called included, and another only while this one is inside one of these, has ended, or is an attached
     * thread's that is being detached: run, and callback where it detaches, return when every task that the one inside has started has ended. */
    const char *(*go)(adapter_function *function, void *argument); /* NULL: fine; else one sentence */
    void (*yield)(void);
    void (*wait)(void);               /* until every task that this one has started has ended */
    void (*sync)(uint32_t rendezvous); /* until another task of the same family (what one run or one attached thread has started) is here as well */
    /* Lists the segments, innermost first, at most `capacity` of them. Returns how many there are. */
    unsigned (*traceback)(struct adapter_segment *segments, unsigned capacity);
    /* Before start, once: millions of short tasks will follow, and a stack may wait from one to the next. NULL: that is nothing to this runtime. */
    void (*many_tasks)(void);
    /* Makes a C function pointer of this convention with `count` arguments (0 to 9) of a pointer's size: whoever calls it, with esp at any multiple of 4, calls
     * function(argument, arguments) back and gets its result. NULL: no memory. Good until the runtime's stop. NULL in a runtime that makes
     * none: a text that needs one is a SKIP then. Anywhere. */
    void *(*thunk_make)(enum adapter_convention convention, unsigned count, adapter_thunk_function *function, void *argument);
    /* What this runtime knows of a task that never left its thread lies on two stacks alone, the managed one up to `high` and the thread's up to where run was called: whoever puts both back, and
     * the head of the exception list, has the task as it was. */
    bool lies_on_its_stacks;
};

/* The DLL's one export. */
#define ADAPTER_EXPORT "exchain_adapter"
const struct adapter *exchain_adapter(void);

#endif
