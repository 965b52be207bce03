/* Deaths: what the runtime finds broken, one stop code after the other. */
#include <exchain/os.h>

#include "child.h"

/* SEH_RECORD_LEFT_BEHIND */
static void leave_a_record(void *unused) {
    (void)unused;
    static EXCEPTION_REGISTRATION_RECORD record; /* a real bad library's lies on the stack: the runtime looks at the head alone */
    child_parameters[0] = (uintptr_t)&record;
    child_parameters[1] = machine_tib(TIB_HEAD);
    record.Next = (EXCEPTION_REGISTRATION_RECORD *)machine_tib(TIB_HEAD);
    machine_tib_set(TIB_HEAD, (uintptr_t)&record);
}
static void take_one_too_many(void *unused) {
    (void)unused;
    uintptr_t head = machine_tib(TIB_HEAD);
    child_parameters[1] = head;
    child_parameters[0] = *(uintptr_t *)head;
    machine_tib_set(TIB_HEAD, child_parameters[0]);
}
static void left_behind(void) { child_run_managed(call_c, &(struct step){leave_a_record, NULL}); }
static void one_too_many(void) { child_run_managed(call_c, &(struct step){take_one_too_many, NULL}); }
static void left_behind_deep_inside(void) {
    struct step call = {leave_a_record, NULL}, back = {call_c, &call};
    child_run_managed(call_c, &(struct step){call_back, &back});
}

/* PANIC_IN_FOREIGN_UNWIND: the deferred function of a frame that C wipes does not come to its end. */
static void raise_in_c(void *unused) { xc_call(raise_e0000001, unused); }
static void defer_death(void *deferred) { xc_defer(raise_in_c, NULL, (xc_function *)deferred, NULL); }
static void catch_defer(void *deferred) {
    struct step back = {defer_death, deferred};
    catch_around(call_back, &back);
}
static void run_catch_defer(xc_function *deferred, uintptr_t value, bool is_goexit) {
    child_parameters[0] = value;
    child_parameters[1] = is_goexit;
    child_run_managed(call_c, &(struct step){catch_defer, (void *)deferred});
}
static void panic_in_unwinding(void) { run_catch_defer(panic_with_7, 7, false); }
static void fault_in_unwinding(void) { run_catch_defer(fault_at_nil, EXCEPTION_ACCESS_VIOLATION, false); }
static void goexit_in_unwinding(void) { run_catch_defer(exit_task, 0, true); }

/* UNWIND_OUT_OF_ORDER: C inside the inner callback takes that one's record off the list, and unwinds past the outer one. */
static uintptr_t outer_record, inner_record;
static void unwind_past_the_outer(void *unused) {
    (void)unused;
    child_parameters[0] = outer_record;
    child_parameters[1] = inner_record;
    child_parameters[2] = 0xE0000002;
    machine_tib_set(TIB_HEAD, outer_record);
    EXCEPTION_RECORD record = {.ExceptionCode = 0xE0000002};
    RtlUnwind((void *)*(uintptr_t *)outer_record, NULL, &record, NULL);
}
static void note_record(uintptr_t *record) {
    struct xc_observation now;
    xc_observe(&now);
    *record = now.innermost_record;
}
static void inner_callback(void *unused) {
    note_record(&inner_record);
    xc_call(unwind_past_the_outer, unused);
}
static void outer_callback(void *unused) {
    note_record(&outer_record);
    struct step back = {inner_callback, unused};
    xc_call(call_back, &back);
}
static void unwind_out_of_order(void) {
    struct step back = {outer_callback, NULL};
    child_run_managed(call_c, &(struct step){call_back, &back});
}

/* LOCK_COUNT_BROKEN */
static void unlock_once_too_often(void *unused) {
    (void)unused;
    xc_task_lock();
    xc_task_unlock();
    struct xc_observation now;
    xc_observe(&now);
    child_parameters[1] = now.task;
    xc_task_unlock();
}
static void lock_once_too_often(void *unused) {
    (void)unused;
    for (unsigned lock = 0; lock <= 65535; lock++)
        xc_task_lock();
}
static void one_unlock_too_many(void) {
    child_parameters[0] = 0;
    child_run_managed(unlock_once_too_often, NULL);
}
static void one_lock_too_many(void) {
    child_parameters[0] = 65535;
    child_run_managed(lock_once_too_often, NULL);
}

/* CALLBACK_LEFT_OPEN: managed code jumps over C and a callback with a jump that tells nobody. */
static void *place[5];
static void jump(void *unused) {
    (void)unused;
    note_record(&child_parameters[1]);
    __builtin_longjmp(place, 1);
}
static void jump_out(void *unused) {
    note_record(&child_parameters[0]);
    if (__builtin_setjmp(place) == 0) {
        struct step back = {jump, unused};
        xc_call(call_back, &back);
    }
}
static void callback_left_open(void) { child_run_managed(jump_out, NULL); }
static void inner_callback_left_open(void) {
    struct step back = {jump_out, NULL};
    child_run_managed(call_c, &(struct step){call_back, &back});
}

/* The same without a callback: C itself jumps back into the managed code that called it. */
static void jump_in_c(void *unused) {
    (void)unused;
    __builtin_longjmp(place, 1);
}
static void jump_out_of_c(void *unused) {
    note_record(&child_parameters[0]);
    note_record(&child_parameters[1]);
    if (__builtin_setjmp(place) == 0)
        xc_call(jump_in_c, unused);
}
static void call_left_open(void) { child_run_managed(jump_out_of_c, NULL); }

/* GUARD_LOST: Windows refuses to arm the page again. */
static bool refuses_protection;
static BOOL WINAPI protect_or_refuse(void *address, SIZE_T size, DWORD protection, DWORD *before) {
    if (!refuses_protection)
        return VirtualProtect(address, size, protection, before);
    SetLastError(ERROR_INVALID_ADDRESS);
    return FALSE;
}
static void run_out(void *unused) {
    (void)unused;
    struct xc_observation now;
    xc_observe(&now);
    child_parameters[0] = now.guard_page;
    child_parameters[1] = ERROR_INVALID_ADDRESS;
    child_parameters[2] = now.managed_low;
    refuses_protection = true;
    inject_fault(SCENARIO_FAULT_OVERFLOW);
}
static void recover_out(void *unused) { xc_recover(run_out, unused, NULL, NULL); }
static void guard_lost(void) {
    static const struct xc_os refusing = {.tls_take = TlsAlloc, .tls_give = TlsFree, .memory_take = VirtualAlloc, .memory_protect = protect_or_refuse,
                                          .memory_give = VirtualFree};
    xc_runtime_start(&(struct xc_options){.on_last_words = child_on_last_words, .os = &refusing});
    xc_run(recover_out, NULL, NULL);
    child_say("(still there)");
}

/* ATTACH_FAILED */
static DWORD WINAPI call_back_on_thread(void *unused) {
    xc_callback(do_nothing, unused);
    return 0;
}
static void on_thread(LPTHREAD_START_ROUTINE body) {
    HANDLE thread = CreateThread(NULL, 0, body, NULL, 0, NULL);
    WaitForSingleObject(thread, INFINITE);
}
static void attach_before_the_start(void) { on_thread(call_back_on_thread); }
static DWORD WINAPI fill_and_call_back(void *unused) {
    for (size_t bytes = 256 << 20; bytes >= 8 << 20; bytes /= 2) /* smaller pieces are left: Windows needs memory as well */
        while (VirtualAlloc(NULL, bytes, MEM_RESERVE, PAGE_NOACCESS))
            ;
    return call_back_on_thread(unused);
}
static void attach_without_memory(void) {
    child_parameters[0] = XC_ERROR_MEMORY;
    xc_runtime_start(&(struct xc_options){.on_last_words = child_on_last_words, .managed_stack_bytes = 16 << 20});
    on_thread(fill_and_call_back);
}

/* PANIC_NOT_RECOVERED, which is no stop: a task that was only attached has nobody outside. */
static DWORD WINAPI panic_on_thread(void *unused) {
    xc_callback(panic_with_7, unused);
    return 0;
}
static DWORD WINAPI fault_on_thread(void *unused) {
    xc_callback(fault_at_nil, unused);
    return 0;
}
static void attached_panic(void) {
    child_parameters[0] = child_parameters[1] = 0;
    child_start_runtime();
    on_thread(panic_on_thread);
}
static void attached_fault(void) {
    child_start_runtime();
    on_thread(fault_on_thread);
}

/* THUNK_NOT_MADE */
static uintptr_t answer(void *argument, const uintptr_t *arguments) {
    (void)argument, (void)arguments;
    return 0;
}
static void *thunk_given_back(void) {
    void *thunk;
    child_start_runtime();
    xc_thunk_make(XC_CDECL, 0, answer, NULL, &thunk);
    xc_thunk_free(thunk);
    child_parameters[0] = (uintptr_t)thunk;
    child_parameters[1] = 1;
    return thunk;
}
static void thunk_called_too_late(void) { ((uintptr_t (*)(void))thunk_given_back())(); }
static void thunk_given_back_twice(void) { xc_thunk_free(thunk_given_back()); }
static void no_thunk_given_back(void) {
    char *thunk = thunk_given_back(); /* now there are thunks */
    child_parameters[0] = (uintptr_t)(thunk + 1);
    child_parameters[1] = 0;
    xc_thunk_free(thunk + 1);
}

/* FIBER_LEFT */
static VOID CALLBACK call_back_on_fiber(void *function) { xc_callback((xc_function *)function, NULL); }
static void switch_to_fiber(void *function) {
    ConvertThreadToFiber(NULL);
    SwitchToFiber(CreateFiber(0, call_back_on_fiber, function));
}
static void recover_around_fiber(void *function) {
    struct step call = {switch_to_fiber, function};
    xc_recover(call_c, &call, NULL, NULL);
}
static void panic_leaves_fiber(void) { child_run_managed(recover_around_fiber, (void *)panic_with_7); }
static void fault_leaves_fiber(void) { child_run_managed(recover_around_fiber, (void *)fault_at_nil); }
static void goexit_leaves_fiber(void) { child_run_managed(recover_around_fiber, (void *)exit_task); }

const struct death deaths_of_stops[] = {
    {"left_behind", left_behind, "*** STOP: 0x0000E102 SEH_RECORD_LEFT_BEHIND (0x", "SEH_RECORD_LEFT_BEHIND 0000e102 stop runtime", 0xE102},
    {"one_too_many", one_too_many, "*** STOP: 0x0000E102 SEH_RECORD_LEFT_BEHIND (0x", "SEH_RECORD_LEFT_BEHIND 0000e102 stop runtime", 0xE102},
    {"left_behind_deep_inside", left_behind_deep_inside, "*** STOP: 0x0000E102 SEH_RECORD_LEFT_BEHIND (0x", "SEH_RECORD_LEFT_BEHIND 0000e102 stop runtime", 0xE102},
    {"panic_in_unwinding", panic_in_unwinding, "*** STOP: 0x0000E103 PANIC_IN_FOREIGN_UNWIND (0x00000007, 0x00000000, ", "PANIC_IN_FOREIGN_UNWIND 0000e103 stop runtime", 0xE103},
    {"fault_in_unwinding", fault_in_unwinding, "*** STOP: 0x0000E103 PANIC_IN_FOREIGN_UNWIND (0xC0000005, 0x00000000, ", "PANIC_IN_FOREIGN_UNWIND 0000e103 stop runtime", 0xE103},
    {"goexit_in_unwinding", goexit_in_unwinding, "*** STOP: 0x0000E103 PANIC_IN_FOREIGN_UNWIND (0x00000000, 0x00000001, ", "PANIC_IN_FOREIGN_UNWIND 0000e103 stop runtime", 0xE103},
    {"unwind_out_of_order", unwind_out_of_order, "*** STOP: 0x0000E104 UNWIND_OUT_OF_ORDER (0x", "UNWIND_OUT_OF_ORDER 0000e104 stop runtime", 0xE104},
    {"one_unlock_too_many", one_unlock_too_many, "*** STOP: 0x0000E105 LOCK_COUNT_BROKEN (0x00000000, 0x00000001, ", "LOCK_COUNT_BROKEN 0000e105 stop runtime", 0xE105},
    {"one_lock_too_many", one_lock_too_many, "*** STOP: 0x0000E105 LOCK_COUNT_BROKEN (0x0000FFFF, 0x00000001, ", "LOCK_COUNT_BROKEN 0000e105 stop runtime", 0xE105},
    {"callback_left_open", callback_left_open, "*** STOP: 0x0000E106 CALLBACK_LEFT_OPEN (0x", "CALLBACK_LEFT_OPEN 0000e106 stop runtime", 0xE106},
    {"call_left_open", call_left_open, "*** STOP: 0x0000E106 CALLBACK_LEFT_OPEN (0x", "CALLBACK_LEFT_OPEN 0000e106 stop runtime", 0xE106},
    {"inner_callback_left_open", inner_callback_left_open, "*** STOP: 0x0000E106 CALLBACK_LEFT_OPEN (0x", "CALLBACK_LEFT_OPEN 0000e106 stop runtime", 0xE106},
    {"attach_before_the_start", attach_before_the_start, "*** STOP: 0x0000E107 ATTACH_FAILED (0x00000002, 0x00000000, 0x00000000, 0x00000000)", NULL, 0xE107},
    {"attach_without_memory", attach_without_memory, "*** STOP: 0x0000E107 ATTACH_FAILED (0x00000004, ", "ATTACH_FAILED 0000e107 stop runtime", 0xE107},
    {"guard_lost", guard_lost, "*** STOP: 0x0000E108 GUARD_LOST (0x", "GUARD_LOST 0000e108 stop runtime", 0xE108},
    {"attached_panic", attached_panic, "*** PANIC: 0x00000007 PANIC_NOT_RECOVERED (0x00000000, 0x00000000, ", "PANIC_NOT_RECOVERED 00000007 panic managed", 2},
    {"attached_fault", attached_fault, "*** PANIC: 0xC0000005 PANIC_NOT_RECOVERED (0x", "PANIC_NOT_RECOVERED c0000005 panic managed", 2},
    {"thunk_called_too_late", thunk_called_too_late, "*** STOP: 0x0000E110 THUNK_NOT_MADE (0x", "THUNK_NOT_MADE 0000e110 stop runtime", 0xE110},
    {"thunk_given_back_twice", thunk_given_back_twice, "*** STOP: 0x0000E110 THUNK_NOT_MADE (0x", "THUNK_NOT_MADE 0000e110 stop runtime", 0xE110},
    {"no_thunk_given_back", no_thunk_given_back, "*** STOP: 0x0000E110 THUNK_NOT_MADE (0x", "THUNK_NOT_MADE 0000e110 stop runtime", 0xE110},
    {"panic_leaves_fiber", panic_leaves_fiber, "*** STOP: 0x0000E111 FIBER_LEFT (0x", "FIBER_LEFT 0000e111 stop runtime", 0xE111},
    {"fault_leaves_fiber", fault_leaves_fiber, "*** STOP: 0x0000E111 FIBER_LEFT (0x", "FIBER_LEFT 0000e111 stop runtime", 0xE111},
    {"goexit_leaves_fiber", goexit_leaves_fiber, "*** STOP: 0x0000E111 FIBER_LEFT (0x", "FIBER_LEFT 0000e111 stop runtime", 0xE111},
    {0},
};
