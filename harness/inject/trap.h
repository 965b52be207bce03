/* A trap at every instruction: the trap flag makes the processor raise a single-step exception (80000004) before each instruction of the images that are stepped, and
 * a vectored handler decides what becomes of it. i386. Threads are stepped one at a time: one has the floor, and whoever else comes into our code waits for it (trap_floor.c).
 *
 * Code of Windows' own is stepped over. When control leaves our images, they are made non-executable and the trap flag is cleared; whoever comes back into them, by a
 * return, a callback, a handler that the dispatcher calls, an unwinding that lands, a thread that begins, faults there, and is stepped again from that very
 * instruction on. (Stepping inside ntdll would meet the dispatcher's own lock, half taken, and wait for itself.)
 *
 * The handler and what it needs while the images are shut lie in a section of their own (TRAP_CODE). */
#ifndef EXCHAIN_INJECT_TRAP_H
#define EXCHAIN_INJECT_TRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <windows.h>

#define TRAP_CODE __attribute__((section(".xctrap"), noinline))

enum { TRAP_IMAGES_MAX = 4, TRAP_WALK_MAX = 128 };

/* The walk along the chain that Windows makes for one trap: every record that is asked, in the order that the chain says. */
struct trap_walk {
    size_t count;
    struct trap_asked {
        uintptr_t record;
        uintptr_t handler;   /* its own, put back when it is asked */
        bool asks;           /* our probe, which stands in for it, asks it, and it must pass on */
    } asked[TRAP_WALK_MAX];
    size_t next;             /* the one that must be asked next */
    const char *wrong;       /* what was wrong with the walk; NULL: nothing */
    uint32_t flags;          /* exception flags that were seen */
};

enum trap_answer {
    TRAP_GOES_ON, /* execute the instruction */
    TRAP_WALKS,   /* let Windows dispatch the trap through the chain that *walk describes; its last record continues */
    TRAP_PARKS    /* let the thread spin where it is, every register but the pc as the instruction would find it, until trap_unpark's caller sends it on */
};

struct trap_plan {
    struct trap_range {
        uintptr_t low, high; /* whole pages */
    } images[TRAP_IMAGES_MAX];
    size_t image_count;
    const uintptr_t *skipped; /* entries of functions in them that are run unstepped, as a whole; an exception out of one is dispatched as any other, and its handlers are stepped */
    size_t skipped_count;
    /* Before each instruction. On the stack that the code was on, as ordinary code: the images are open. */
    enum trap_answer (*site)(CONTEXT *context, struct trap_walk *walk);
    /* The trap has come to the last record. */
    void (*walked)(const struct trap_walk *walk);
};

/* Registers the handler, in front of all others. It does nothing until trap_begin. False: Windows has no memory. */
bool trap_prepare(const struct trap_plan *plan);
/* From the return of trap_begin to that of trap_end, the calling thread and all that come into our code meanwhile are stepped. */
void trap_begin(void);
void trap_end(void);
/* Threads, so far, of which some instructions may have run unstepped. */
uint32_t trap_missed(void);

/* Where a parked thread spins. */
bool trap_is_parked(uintptr_t pc);

#endif
