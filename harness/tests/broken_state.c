/* Breakages of the thread's and the process's state: registers, float words, TIB, last error, guard page, filter, system locks, what the runtime believes. */
#include <windows.h>

#include "broken.h"
#include "broken_registers.h"
#include "machine.h"

/* Registers, flags and float words, lost on the way out of a recover. */
#define LOSES(what) static void lose_##what(struct adapter *adapter) { adapter->recover = broken_recover_##what; }
LOSES(ebx)
LOSES(esi)
LOSES(edi)
LOSES(direction)
LOSES(alignment)
LOSES(x87_control)
LOSES(x87_tag)
LOSES(mxcsr)
LOSES(sp)
#undef LOSES

/* The TIB: bounds that a runtime switched and did not switch back. */
static void change_stack_base(void) { machine_tib_set(TIB_STACK_BASE, machine_tib(TIB_STACK_BASE) - 4096); }
static void raise_stack_limit(void) { machine_tib_set(TIB_STACK_LIMIT, machine_tib(TIB_STACK_LIMIT) + 4096); }
static void change_deallocation_stack(void) { machine_tib_set(TEB_DEALLOCATION_STACK, machine_tib(TEB_DEALLOCATION_STACK) - 4096); }
static void change_fiber_data(void) { machine_tib_set(TIB_FIBER_DATA, machine_tib(TIB_FIBER_DATA) + 4); }

static void set_last_error(void) { SetLastError(ERROR_INVALID_ADDRESS); }

static void unarm_guard(void) {
    struct adapter_stack now;
    DWORD before;
    broken_whole->observe_stack(&now);
    VirtualProtect((void *)now.guard_page, 1, PAGE_READWRITE, &before);
}

static void write_below_the_stack(void) {
    struct adapter_stack now;
    broken_whole->observe_stack(&now);
    ((unsigned char *)now.below_low)[77] ^= 0xFF;
}

static LONG WINAPI strange_filter(EXCEPTION_POINTERS *pointers) {
    (void)pointers;
    return EXCEPTION_CONTINUE_SEARCH;
}
static void set_filter(void) { SetUnhandledExceptionFilter(strange_filter); }

static void take_lock(unsigned peb_offset) { EnterCriticalSection(*(CRITICAL_SECTION **)(machine_tib(TEB_PEB) + peb_offset)); }
static void take_loader_lock(void) { take_lock(PEB_LOADER_LOCK); }
static void take_peb_lock(void) { take_lock(PEB_FAST_LOCK); }

/* What the runtime believes: two fields for real, the others by a runtime that says something else from then on. */
static void lock_once_more(void) { broken_whole->lock(); }
static void open_gate(void) { broken_whole->panic_on_fault_set(true); }

static uint32_t more_tasks, more_depth;
static uintptr_t more_system_sp, more_frames, more_innermost_frame, more_innermost_call, more_innermost_record;
static void observe_more(struct adapter_observation *observation) {
    broken_whole->observe(observation);
    observation->task += more_tasks;
    observation->depth += more_depth;
    observation->system_sp += more_system_sp;
    observation->frames += more_frames;
    observation->innermost_frame += more_innermost_frame;
    observation->innermost_call += more_innermost_call;
    observation->innermost_record += more_innermost_record;
}

#define BELIEVES(field)                                                                                                                     \
    static bool recover_##field(adapter_function *body, void *body_argument, void (*recovered)(const struct adapter_panic *, void *), void *argument) { \
        bool taken = broken_whole->recover(body, body_argument, recovered, argument);                                                       \
        more_##field += taken ? 4 : 0;                                                                                                      \
        return taken;                                                                                                                       \
    }                                                                                                                                       \
    static void believe_##field(struct adapter *adapter) {                                                                                  \
        adapter->observe = observe_more;                                                                                                    \
        adapter->recover = recover_##field;                                                                                                 \
    }
BELIEVES(tasks)
BELIEVES(depth)
BELIEVES(system_sp)
BELIEVES(frames)
BELIEVES(innermost_frame)
BELIEVES(innermost_call)
BELIEVES(innermost_record)
#undef BELIEVES

const struct breakage broken_state[] = {
    {"ebx", NULL, lose_ebx},
    {"esi", NULL, lose_esi},
    {"edi", NULL, lose_edi},
    {"direction", NULL, lose_direction},
    {"alignment", NULL, lose_alignment},
    {"x87-control", NULL, lose_x87_control},
    {"x87-tag", NULL, lose_x87_tag},
    {"mxcsr", NULL, lose_mxcsr},
    {"sp", NULL, lose_sp},
    {"stack-base", change_stack_base, NULL},
    {"stack-limit", raise_stack_limit, NULL},
    {"deallocation-stack", change_deallocation_stack, NULL},
    {"fiber-data", change_fiber_data, NULL},
    {"last-error", set_last_error, NULL},
    {"guard", unarm_guard, NULL},
    {"below-stack", write_below_the_stack, NULL},
    {"filter", set_filter, NULL},
    {"loader-lock", take_loader_lock, NULL},
    {"peb-lock", take_peb_lock, NULL},
    {"locks", lock_once_more, NULL},
    {"panic-on-fault", open_gate, NULL},
    {"task", NULL, believe_tasks},
    {"depth", NULL, believe_depth},
    {"system-sp", NULL, believe_system_sp},
    {"frames", NULL, believe_frames},
    {"innermost-frame", NULL, believe_innermost_frame},
    {"innermost-call", NULL, believe_innermost_call},
    {"innermost-record", NULL, believe_innermost_record},
    {0},
};
