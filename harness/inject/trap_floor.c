#include "trap_floor.h"

#include "machine.h"

enum { TRAP_FLAG = 0x100, THREADS_MAX = 1024, BEGINS_MAX = 64, SKIPS_MAX = 64 };

/* Assembly (trap.S), and what it comes to: where to go on, and the flag to go on with, in two registers. */
void trap_comes_back(void);
void trap_begins(void);
void trap_skip_ends(void);
uint64_t trap_landed(uintptr_t sp, uintptr_t result), trap_arrived(uintptr_t *frame), trap_skipped(uintptr_t sp, uintptr_t result);

static const struct trap_plan *plan;
static volatile bool on, shut;
static volatile LONG owner; /* thread that has the floor; 0: none */
static HANDLE given;        /* set when it is given back */
static uint32_t missed;

/* A function that one thread asks Windows to call on another. The argument is the first one of the function's, whatever asked for it. */
static struct begins {
    bool taken;
    uintptr_t function, argument;
    bool is_new_thread;
    uint32_t comings;              /* of all threads, when it was asked for */
    volatile LONG arrived, goes_on; /* it is about to be called; who asked for it has the floor again */
} begins[BEGINS_MAX];

static struct thread {
    LONG id;
    uintptr_t came_in, stack_base; /* stack pointer, and TIB, with which it came into our code without having the floor; 0: it was there when all this began */
    uintptr_t comes_back_to;       /* return address of the function it waits in */
    struct begins *begun;          /* what it has asked for and waits for */
} threads[THREADS_MAX];
static volatile LONG thread_count;
static volatile uint32_t comings;  /* of threads that had not got the floor */

/* Functions that run unstepped right now: where each returns to, by the place of its return address. One that an exception has left stays until its place is wanted. */
static struct skip {
    uintptr_t place, returns_to;
} skips[SKIPS_MAX];
static unsigned skip_next;

/* Whoever calls one of these may wait for another thread, and gives the floor back first. None looks at its return address, and none calls back on the same thread.
 * Not among them is what waits for a lock that nobody keeps while waiting. */
static const char *const waits[] = {
    "WaitForSingleObject", "WaitForSingleObjectEx", "WaitForMultipleObjects", "WaitForMultipleObjectsEx", "SignalObjectAndWait", "Sleep", "SwitchToThread",
    "SleepConditionVariableCS", "SleepConditionVariableSRW", "DeleteTimerQueueTimer", "DeleteTimerQueueEx", "UnregisterWaitEx",
};
enum { WAITS = sizeof waits / sizeof *waits };
/* These have Windows call a function of ours on another thread, perhaps a new one. Whoever calls one gets the floor again when that is about to happen: so the images are shut when Windows
 * tells our DLLs of the thread. */
static const struct {
    const char *name;
    unsigned function, argument; /* which parameters, from 0 */
    unsigned period;             /* ... and the one that says "again and again"; 0: none does */
    bool is_new_thread;
} starts[] = {{"CreateThread", 2, 3, 0, true}, {"QueueUserWorkItem", 0, 1, 0, false}, {"CreateTimerQueueTimer", 2, 3, 5, false}};
enum { STARTS = sizeof starts / sizeof *starts };
static uintptr_t waits_at[WAITS], starts_at[STARTS];

static TRAP_CODE void images_protect(DWORD protection) {
    DWORD former;
    shut = protection == PAGE_READONLY; /* first: another thread of ours may trip over the first image already */
    for (size_t index = 0; index < plan->image_count; index++)
        VirtualProtect((void *)plan->images[index].low, plan->images[index].high - plan->images[index].low, protection, &former);
}

static TRAP_CODE struct thread *thread_of(LONG id) {
    for (LONG index = 0; index < thread_count; index++)
        if (threads[index].id == id)
            return &threads[index];
    return NULL;
}

/* Who has the floor may add itself. */
static TRAP_CODE struct thread *thread_find(void) {
    LONG id = (LONG)GetCurrentThreadId();
    struct thread *thread = thread_of(id);
    if (thread)
        return thread;
    if (thread_count == THREADS_MAX) {
        missed++;
        return &threads[THREADS_MAX - 1];
    }
    thread = &threads[thread_count];
    thread->id = id;
    thread_count++;
    return thread;
}

/* False: it is all over. */
static TRAP_CODE bool floor_take(void) {
    LONG id = (LONG)GetCurrentThreadId();
    while (on && owner != id && InterlockedCompareExchange(&owner, id, 0))
        WaitForSingleObject(given, INFINITE);
    if (!on) {
        SetEvent(given); /* for the next one */
        return false;
    }
    if (shut)
        images_protect(PAGE_EXECUTE_READ);
    return true;
}

static TRAP_CODE void floor_give(void) {
    owner = 0;
    SetEvent(given);
}

bool trap_floor_prepare(const struct trap_plan *what) {
    HMODULE kernel = GetModuleHandleA("kernel32.dll");
    plan = what;
    for (unsigned index = 0; index < WAITS; index++)
        waits_at[index] = (uintptr_t)GetProcAddress(kernel, waits[index]);
    for (unsigned index = 0; index < STARTS; index++)
        starts_at[index] = (uintptr_t)GetProcAddress(kernel, starts[index].name);
    given = CreateEventA(NULL, FALSE, FALSE, NULL);
    return given != NULL;
}

void trap_floor_begin(void) {
    owner = (LONG)GetCurrentThreadId();
    thread_find()->came_in = 0;
    on = true;
}

TRAP_CODE void trap_floor_end(void) {
    on = false;
    floor_give();
}

TRAP_CODE bool trap_floor_is_on(void) { return on; }
TRAP_CODE bool trap_floor_is_mine(void) { return owner == (LONG)GetCurrentThreadId(); }
uint32_t trap_missed(void) { return missed; }

static TRAP_CODE void thread_comes_in(uintptr_t sp) {
    struct thread *thread = thread_find();
    thread->came_in = sp;
    thread->stack_base = machine_tib(TIB_STACK_BASE);
}

TRAP_CODE bool trap_floor_come_in(uintptr_t sp) {
    bool has_it = trap_floor_is_mine();
    if (!floor_take())
        return false;
    if (!has_it) {
        comings++;
        thread_comes_in(sp);
    }
    return true;
}

/* The call that asks for it stands at `frame`: another function is called in the place of the one that it names. */
static TRAP_CODE struct begins *ask(unsigned start, uintptr_t *frame) {
    uintptr_t *parameters = frame + 1;
    for (unsigned index = 0; index < BEGINS_MAX && !(starts[start].period && parameters[starts[start].period]); index++) {
        struct begins *begun = &begins[index];
        if (begun->taken)
            continue;
        begun->taken = true;
        begun->function = parameters[starts[start].function];
        begun->argument = parameters[starts[start].argument];
        begun->is_new_thread = starts[start].is_new_thread;
        begun->comings = comings;
        begun->arrived = begun->goes_on = 0;
        parameters[starts[start].function] = (uintptr_t)trap_begins;
        parameters[starts[start].argument] = (uintptr_t)begun;
        return begun;
    }
    missed++;
    return NULL;
}

/* Whether what stands at pc waits for others; what it asks Windows for goes into *begun. */
static TRAP_CODE bool is_wait(uintptr_t pc, uintptr_t *frame, struct begins **begun) {
    *begun = NULL;
    for (unsigned index = 0; index < WAITS; index++)
        if (pc == waits_at[index])
            return true;
    for (unsigned index = 0; index < STARTS; index++)
        if (pc == starts_at[index]) {
            *begun = ask(index, frame);
            return true;
        }
    return false;
}

TRAP_CODE void trap_floor_go_out(CONTEXT *context, bool steps) {
    if (shut)
        return;
    images_protect(PAGE_READONLY);
    if (!steps)
        return; /* an exception: its handlers run on this thread */
    struct thread *thread = thread_find();
    struct begins *begun;
    uintptr_t *frame = (uintptr_t *)context->Esp;
    if (is_wait(context->Eip, frame, &begun)) {
        thread->comes_back_to = *frame;
        thread->begun = begun;
        *frame = (uintptr_t)trap_comes_back;
        floor_give();
    } else if (thread->came_in && context->Esp > thread->came_in && context->Esp <= thread->stack_base && thread->stack_base == machine_tib(TIB_STACK_BASE))
        floor_give(); /* what Windows called has returned */
}

static TRAP_CODE uint64_t goes_on_at(uintptr_t pc, bool stepped) { return (uint64_t)(stepped ? TRAP_FLAG : 0) << 32 | pc; }

/* Behind a function that waited: the return address is ours to find. */
TRAP_CODE uint64_t trap_landed(uintptr_t sp, uintptr_t result) {
    (void)sp;
    DWORD error = GetLastError();
    struct thread *thread = thread_of((LONG)GetCurrentThreadId());
    struct begins *begun = thread->begun;
    while (begun && result && on && !begun->arrived)
        SwitchToThread();
    bool stepped = floor_take();
    if (begun && result)
        begun->goes_on = 1;
    else if (begun)
        begun->taken = false; /* Windows has refused it */
    SetLastError(error);
    return goes_on_at(thread->comes_back_to, stepped);
}

/* In the place of a function that Windows calls on another thread than the one that asked for it. `frame` is where its return address stands. */
TRAP_CODE uint64_t trap_arrived(uintptr_t *frame) {
    struct begins *begun = (struct begins *)frame[1];
    uintptr_t function = begun->function;
    frame[1] = begun->argument;
    if (begun->is_new_thread && on && begun->comings == comings)
        missed++; /* Windows has told our DLLs of it while the images were open */
    begun->arrived = 1;
    while (on && !begun->goes_on)
        SwitchToThread();
    begun->taken = false;
    bool stepped = floor_take();
    if (stepped)
        thread_comes_in((uintptr_t)frame);
    return goes_on_at(function, stepped);
}

void trap_floor_skip(CONTEXT *context) {
    struct skip *skip = NULL;
    for (unsigned index = 0; index < SKIPS_MAX && !(skip && skip->place == context->Esp); index++)
        if (skips[index].place == context->Esp || (!skip && !skips[index].place))
            skip = &skips[index];
    if (!skip)
        skip = &skips[skip_next++ % SKIPS_MAX];
    skip->place = context->Esp;
    skip->returns_to = *(DWORD *)context->Esp;
    *(DWORD *)context->Esp = (DWORD)(uintptr_t)trap_skip_ends;
    context->EFlags &= ~(DWORD)TRAP_FLAG;
}

TRAP_CODE uint64_t trap_skipped(uintptr_t sp, uintptr_t result) {
    (void)result;
    uintptr_t returns_to = 0;
    for (unsigned index = 0; index < SKIPS_MAX; index++)
        if (skips[index].place == sp - sizeof sp) {
            returns_to = skips[index].returns_to;
            skips[index].place = 0;
        }
    return goes_on_at(returns_to, floor_take());
}
