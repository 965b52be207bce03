/* Deaths: exceptions that nobody takes. The runtime says whose code it was; the exit status is the exception's code. */
#include "child.h"
#include "misbehave.h"

static void fault_of_kind(void *kind) { inject_fault((enum scenario_fault_kind)(uintptr_t)kind); }
static void read_at(void *address) { (void)*(volatile char *)address; }

extern const char inject_UD2_at[], inject_PRIV_at[], inject_BOUND_at[], inject_NIL_READ_at[], inject_DIV0_at[];

/* In managed code: codes that may not become a panic. */
static void managed_fault(enum scenario_fault_kind kind, const char *pc) {
    child_parameters[0] = (uintptr_t)pc;
    child_run_managed(fault_of_kind, (void *)kind);
}
static void managed_ud2(void) { managed_fault(SCENARIO_FAULT_UD2, inject_UD2_at); }
static void managed_priv(void) { managed_fault(SCENARIO_FAULT_PRIV, inject_PRIV_at); }
static void managed_bound(void) { managed_fault(SCENARIO_FAULT_BOUND, inject_BOUND_at); }
static void managed_int3(void) {
    child_run_managed(fault_of_kind, (void *)SCENARIO_FAULT_INT3);
}
extern const char inject_STEP_after[], inject_INT2D_after[], inject_GUARD_at[];
extern uintptr_t inject_guard_address;
static void managed_step(void) { managed_fault(SCENARIO_FAULT_STEP, inject_STEP_after); }
static void managed_icebp(void) { child_run_managed(fault_of_kind, (void *)SCENARIO_FAULT_ICEBP); }
static void managed_int2d(void) { managed_fault(SCENARIO_FAULT_INT2D, inject_INT2D_after); }
static void managed_guard(void) {
    child_start_runtime();
    child_parameters[0] = (uintptr_t)inject_GUARD_at;
    child_parameters[2] = 0;
    child_parameters[3] = inject_guard_address;
    xc_run(fault_of_kind, (void *)SCENARIO_FAULT_GUARD, NULL);
}
static void managed_failfast(void) { child_run_managed(fault_of_kind, (void *)SCENARIO_FAULT_FAILFAST); }
static void managed_read_behind_the_first_page(void) {
    child_parameters[2] = 0;
    child_parameters[3] = 4096;
    child_run_managed(read_at, (void *)4096);
}
static void recover_fault(void *kind) { xc_recover(fault_of_kind, kind, NULL, NULL); }
static void managed_under_recover(void) { child_run_managed(recover_fault, (void *)SCENARIO_FAULT_UD2); }
static void managed_in_a_callback(void) {
    struct step back = {fault_of_kind, (void *)SCENARIO_FAULT_UD2}, record = {call_back, &back};
    child_run_managed(call_c, &(struct step){record_around, &record});
}
static void managed_raise(void) { child_run_managed(raise_e0000001, NULL); }
static void gate_shut_again(void *unused) {
    (void)unused;
    xc_task_panic_on_fault_set(true);
    xc_recover(read_at, (void *)4096, NULL, NULL);
    xc_task_panic_on_fault_set(false);
    read_at((void *)4096);
}
static void managed_behind_panic_on_fault(void) { child_run_managed(gate_shut_again, NULL); }

static void fault_on_strange_stack(void *unused) {
    (void)unused;
    static char strange[64 << 10];
    misbehave_stack_then_fault(strange + sizeof strange - 16);
}
static void managed_on_a_strange_stack(void) { child_run_managed(fault_on_strange_stack, NULL); }

/* A guard page of somebody else's, below or above all managed stacks: no overflow. */
static void *const LOW = (void *)0x10000, *const HIGH = (void *)0x60000000;
static void read_guard_page(void *from) {
    char *page = NULL;
    for (uintptr_t address = (uintptr_t)from; !page && address < (uintptr_t)from + (16 << 20); address += 64 << 10)
        page = VirtualAlloc((void *)address, 1, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD);
    child_parameters[3] = (uintptr_t)page;
    struct xc_observation now;
    xc_observe(&now);
    if (!page || ((uintptr_t)page < now.guard_page) != (from == LOW))
        child_say("[no page there]");
    read_at(page);
}
static void managed_guard_page_below(void) { child_run_managed(read_guard_page, LOW); }
static void managed_guard_page_above(void) { child_run_managed(read_guard_page, HIGH); }

/* In C. */
static void c_fault(enum scenario_fault_kind kind, const char *pc) {
    child_parameters[0] = (uintptr_t)pc;
    struct step fault = {fault_of_kind, (void *)kind};
    child_run_managed(call_c, &(struct step){record_around, &fault});
}
static void foreign_nil(void) { c_fault(SCENARIO_FAULT_NIL_READ, inject_NIL_READ_at); }
static void foreign_div0(void) { c_fault(SCENARIO_FAULT_DIV0, inject_DIV0_at); }
static void foreign_raise(void) { child_run_managed(call_c, &(struct step){raise_e0000001, NULL}); }
static void foreign_below_a_callback(void) {
    struct step call = {raise_e0000001, NULL}, back = {call_c, &call};
    child_run_managed(call_c, &(struct step){call_back, &back});
}
static void foreign_under_panic_on_fault_body(void *step) {
    xc_task_panic_on_fault_set(true);
    call_c(step);
}
static void foreign_under_panic_on_fault(void) {
    child_run_managed(foreign_under_panic_on_fault_body, &(struct step){read_at, (void *)4096});
}
static DWORD WINAPI fault_on_thread(void *unused) {
    (void)unused;
    inject_fault(SCENARIO_FAULT_NIL_READ);
    return 0;
}
static void foreign_on_a_thread_of_its_own(void) {
    child_parameters[0] = (uintptr_t)inject_NIL_READ_at;
    child_start_runtime();
    WaitForSingleObject(CreateThread(NULL, 0, fault_on_thread, NULL, 0, NULL), INFINITE);
}

/* In the runtime itself: it was given something that it cannot read or write. */
static void observe_into_nothing(void *unused) { xc_observe(unused); }
static void repanic_nothing(void *unused) { xc_repanic(unused); }
static void runtime_writes(void) { child_run_managed(observe_into_nothing, NULL); }
static void runtime_reads(void) { child_run_managed(repanic_nothing, NULL); }

/* Stacks that run out. */
static unsigned recurse(unsigned depth) {
    volatile unsigned frame[8] = {depth};
    return depth == UINT32_MAX ? 0 : recurse(depth + 1) + frame[0]; /* 4 billion frames: it never gets there */
}
static void run_out(void *unused) {
    (void)unused;
    recurse(0);
}
static void foreign_overflow(void) { child_run_managed(call_c, &(struct step){run_out, NULL}); }

#define MANAGED(name, code, lower) {#name, name, "*** CRASH: 0x" #code " FAULT_IN_MANAGED_CODE (0x", "FAULT_IN_MANAGED_CODE " #lower " managed", 0x##code}
#define FOREIGN(name, code, lower) {#name, name, "*** CRASH: 0x" #code " FAULT_IN_FOREIGN_CODE (0x", "FAULT_IN_FOREIGN_CODE " #lower " foreign", 0x##code}
#define RUNTIME(name, code, lower) {#name, name, "*** CRASH: 0x" #code " FAULT_IN_THE_RUNTIME (0x", "FAULT_IN_THE_RUNTIME " #lower " runtime", 0x##code}
const struct death deaths_of_crashes[] = {
    MANAGED(managed_ud2, C000001D, c000001d),
    MANAGED(managed_priv, C0000096, c0000096),
    MANAGED(managed_bound, C000008C, c000008c),
    MANAGED(managed_int3, 80000003, 80000003),
    MANAGED(managed_step, 80000004, 80000004),
    MANAGED(managed_icebp, 80000004, 80000004),
    MANAGED(managed_int2d, 80000003, 80000003),
    MANAGED(managed_guard, 80000001, 80000001),
    {"managed_failfast", managed_failfast, NULL, NULL, 0xC0000409}, /* nobody is asked */
    MANAGED(managed_read_behind_the_first_page, C0000005, c0000005),
    MANAGED(managed_under_recover, C000001D, c000001d),
    MANAGED(managed_in_a_callback, C000001D, c000001d),
    MANAGED(managed_raise, E0000001, e0000001),
    MANAGED(managed_behind_panic_on_fault, C0000005, c0000005),
    MANAGED(managed_on_a_strange_stack, C0000005, c0000005),
    MANAGED(managed_guard_page_below, 80000001, 80000001),
    MANAGED(managed_guard_page_above, 80000001, 80000001),
    FOREIGN(foreign_nil, C0000005, c0000005),
    FOREIGN(foreign_div0, C0000094, c0000094),
    FOREIGN(foreign_raise, E0000001, e0000001),
    FOREIGN(foreign_below_a_callback, E0000001, e0000001),
    FOREIGN(foreign_under_panic_on_fault, C0000005, c0000005),
    FOREIGN(foreign_on_a_thread_of_its_own, C0000005, c0000005),
    FOREIGN(foreign_overflow, C00000FD, c00000fd),
    RUNTIME(runtime_writes, C0000005, c0000005),
    RUNTIME(runtime_reads, C0000005, c0000005),
    {0},
};
