/* The foreign library: C that knows nothing of any runtime. It keeps SEH records on its stack, calls back, raises, faults, and behaves as well or as badly
 * as C libraries do. Built twice, at -O0 and -O2; each build is a DLL of its own. Every handler in it belongs to a frame of its own.
 *
 * Everything here runs on the thread's system stack. A body is called from the library's own C frame. */
#ifndef EXCHAIN_FOREIGN_H
#define EXCHAIN_FOREIGN_H

#include <stdbool.h>
#include <stdint.h>

#include "../inject/fault.h"
#include "../scenario/program.h"

typedef void foreign_body(void *argument);

/* Who makes a frame, and with it its record and its handler. */
enum foreign_maker {
    FOREIGN_BY_HAND, /* `seh` */
    FOREIGN_BY_C,    /* `try` */
    FOREIGN_BY_CXX,  /* `cxx` */
    FOREIGN_BY_GXX   /* `gxx`: it registers no record */
};

enum { FOREIGN_CXX_EXCEPTION = (int)0xE06D7363 }; /* the code of every C++ exception in Microsoft's model */

/* What a frame's handler answers when it is asked. */
enum foreign_answer { FOREIGN_SEARCHES, FOREIGN_CATCHES, FOREIGN_CONTINUES, FOREIGN_FAULTS };

/* An exception as a handler is shown it. */
struct foreign_seen {
    uint32_t code;
    uintptr_t pc;
    unsigned parameters;
    uintptr_t information[2];
};

/* Called from inside handlers, so that somebody can write down what happened. `operation` is what foreign_library.frame was given. */
struct foreign_hooks {
    void (*asked)(unsigned operation, uint32_t code, uint32_t flags, enum foreign_answer answer);
    /* A `refault` frame's own fault was repaired: its handler goes on with the exception it was asked about. */
    void (*repaired)(unsigned operation);
    void (*told)(unsigned operation, uint32_t code, uint32_t flags);
    void (*left_behind)(unsigned operation, uintptr_t record);
    /* Before `asked`. */
    void (*saw)(unsigned operation, const struct foreign_seen *seen);
    /* With what a `refault` frame faults. */
    enum scenario_fault_kind (*refault_kind)(unsigned operation);
    /* In a __finally block or destructor: its frame's block has come to its end, or is being unwound. */
    void (*ended)(unsigned operation, bool unwinding);
    /* In a catch block, which is about to rethrow what it caught, or to fault. `code`: 0 for an exception of g++'s, which has none. */
    void (*rethrows)(unsigned operation, uint32_t code);
    void (*faults)(unsigned operation);
    /* g++'s unwinder has come back to a frame, in its destructor or catch block: of the exception list, which still begins where it did, all is dead that is nearer the
     * head than the record `head`. Nobody was told. */
    void (*wiped)(uintptr_t head);
    /* An exception of g++'s that nobody takes: the process ends behind this, as abort ends it. */
    void (*terminates)(void);
};

/* A call back with arguments. */
enum { FOREIGN_ARGUMENTS_MAX = 9 };
struct foreign_args {
    void *function;
    uint32_t convention; /* enum scenario_convention */
    uint32_t count;
    uint32_t skew;       /* 0, 4, 8 or 12: how far below a multiple of 16 the stack is when the call is made */
    uintptr_t values[FOREIGN_ARGUMENTS_MAX];
    uintptr_t result;
    /* args_checked alone: the stack pointer and the callee-saved registers (in the order of the architecture's own list), ... */
    uintptr_t sp_before, sp_after, sp_expected;
    uintptr_t before[4], after[4]; /* ... of which the caller gives the first three values before */
    uint32_t flags_after;
};

struct foreign_library {
    const char *optimisation; /* "O0", "O2" */
    bool (*start)(const struct foreign_hooks *hooks); /* before anything else; false: no memory */
    bool (*thread_ready)(void); /* on a thread that is neither the one of start nor one that the library made, before anything else; false: no memory */
    /* Runs body under a registration record of a frame of this kind. True: the frame took an exception, whose code is in *code. */
    bool (*frame)(enum foreign_maker maker, enum scenario_frame_kind kind, unsigned operation, foreign_body *body, void *argument, uint32_t *code);
    void (*back)(void (*callback)(void *), void *argument);
    /* Calls back with arguments: from C, through a function pointer of their types; and with everything that a call keeps looked at to the byte. */
    void (*args_typed)(struct foreign_args *args);
    void (*args_checked)(struct foreign_args *args);
    /* Loads what the carrier is made of. Before a text that names it; the images of the process may have become more. False: it cannot be loaded. */
    bool (*via_ready)(enum scenario_carrier carrier);
    /* Has Windows or the C library call callback(argument), once. False: it did not. */
    bool (*via)(enum scenario_carrier carrier, void (*callback)(void *), void *argument);
    /* Runs body on a thread of its own, and joins it. False: Windows gave no thread. */
    bool (*thread)(foreign_body *body, void *argument);
    /* Marks a place and runs body. True: jump came back to it. */
    bool (*mark)(foreign_body *body, void *argument);
    /* Jumps to the innermost mark of this thread, by the C library's longjmp. Returns where there is none. */
    void (*jump)(void);
    /* Where it says which is the innermost mark, to be put back by whoever knows that the frames of later ones were wiped without notice. */
    void **marks;
    /* To be called in a frame that control has come back to by an unwinding: puts in order what the C library remembers of the frames that are gone. */
    void (*landed)(void);
    /* Window procedures that were entered and left without a return, by now: Windows has room for so many, and takes them for running. */
    unsigned (*abandoned)(void);
    void (*raise)(uint32_t code, bool noncontinuable);
    void (*throw)(void); /* a C++ exception in Microsoft's model */
    void (*gthrow)(void); /* by g++'s */
    /* Tells g++'s unwinder of the tables (.eh_frame) of another image, whose functions it can walk from then on. */
    void (*unwind_tables)(const void *tables);
    /* By which it finds those of the function at pc: nothing of the text happens in there. */
    const void *(*unwind_find)(void *pc, void *bases);
    void (*fault)(enum scenario_fault_kind kind);
    /* What handlers must see of its faults. */
    void (*fault_report)(enum scenario_fault_kind kind, struct inject_report *report);
};

/* The DLL's one export. */
#define FOREIGN_EXPORT "exchain_foreign"
const struct foreign_library *exchain_foreign(void);

/* Between the library's files. */
extern struct foreign_hooks foreign_hooks;
bool foreign_frame_run(enum scenario_frame_kind kind, unsigned operation, foreign_body *body, void *argument, uint32_t *code);
struct foreign_frame;
struct _EXCEPTION_RECORD;
struct _CONTEXT;
/* Writes down that the frame is asked, and does what its kind does: faults, repairs the CONTEXT. What is left for its handler is to answer so. */
enum foreign_answer foreign_frame_asked(struct foreign_frame *frame, const struct _EXCEPTION_RECORD *record, struct _CONTEXT *context);
bool foreign_frame_made(enum foreign_maker maker, enum scenario_frame_kind kind, unsigned operation, foreign_body *body, void *argument, uint32_t *code);
/* How many bytes of stack are to be left out between the calling frame, who allocates them, and frames whose records may be left behind. */
size_t foreign_far_below_bytes(void);
void foreign_args_typed(struct foreign_args *args);
void foreign_args_checked(struct foreign_args *args);
bool foreign_thread(foreign_body *body, void *argument);
bool foreign_on_fiber(void (*callback)(void *), void *argument);
bool foreign_fiber_ready(void);
unsigned foreign_abandoned(void);
bool foreign_on_thread_of(enum scenario_carrier carrier, void (*callback)(void *), void *argument);
/* A stack overflow that somebody's handlers are looking at. All zero: none. */
struct foreign_overflow {
    uintptr_t begun; /* frame of the code that ran out of stack */
    uintptr_t limit; /* of the stack, in the TIB, then */
};
struct foreign_overflow foreign_overflow_now(void);
void foreign_overflow_set(struct foreign_overflow overflow);
/* Whoever comes back to `frame` from an exception, or a jump, calls this first. */
void foreign_overflow_mend(uintptr_t frame);
void foreign_fault(enum scenario_fault_kind kind);
void foreign_catches_begin(void);
void foreign_landed(void);
bool foreign_mark(foreign_body *body, void *argument);
void foreign_jump(void);
extern void *foreign_marks;
bool foreign_via_ready(enum scenario_carrier carrier);
bool foreign_via(enum scenario_carrier carrier, void (*callback)(void *), void *argument);

#endif
