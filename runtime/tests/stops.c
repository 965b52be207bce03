/* Brings the runtime to its last words, one way for each: runtime_stops NAME. The tests compare what it prints on standard error, and the exit status that a
 * parent sees: `runtime_stops NAME` in a process of its own is started by `runtime_stops expect NAME STATUS`. */
#include <exchain/runtime.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static void nothing(void *unused) { (void)unused; }

static void call_from_nowhere(void) { xc_call(nothing, NULL); }

/* C leaves a record behind. It lies in static memory: nobody looks at it any more. */
static void leave_record(void *unused) {
    static EXCEPTION_REGISTRATION_RECORD record;
    (void)unused;
    __writefsdword(0, (DWORD)&record);
}
static void leaves_record(void *unused) {
    (void)unused;
    xc_call(leave_record, NULL);
}
static void record_left(void) { xc_run(leaves_record, NULL, NULL); }

static void unlock_once_too_often(void *unused) {
    (void)unused;
    xc_task_lock();
    xc_task_unlock();
    xc_task_unlock();
}
static void lock_count(void) { xc_run(unlock_once_too_often, NULL, NULL); }

/* C jumps over its own call back into the managed function that made it, and that returns. */
static void *place[5];
static void jump(void *unused) {
    (void)unused;
    __builtin_longjmp(place, 1);
}
static void jumped_over(void *unused) {
    (void)unused;
    if (__builtin_setjmp(place) == 0)
        xc_call(jump, NULL);
}
static void call_back_jumped_over(void *unused) {
    (void)unused;
    xc_callback(jumped_over, NULL);
}
static void calls_back_jumped_over(void *unused) {
    (void)unused;
    xc_call(call_back_jumped_over, NULL);
}
static void callback_left_open(void) { xc_run(calls_back_jumped_over, NULL, NULL); }

/* C takes the innermost callback's record off the chain, and unwinds past xc_run. */
static EXCEPTION_DISPOSITION __cdecl outside(EXCEPTION_RECORD *record, void *frame, CONTEXT *context, void *dispatcher) {
    (void)record;
    (void)frame;
    (void)context;
    (void)dispatcher;
    return ExceptionContinueSearch;
}
static EXCEPTION_REGISTRATION_RECORD *target;
static void unwind_past(void *unused) {
    struct xc_observation now;
    (void)unused;
    xc_observe(&now);
    __writefsdword(0, (DWORD)now.thread_record);
    RtlUnwind(target, NULL, NULL, NULL);
}
static void call_unwind_past(void *unused) {
    (void)unused;
    xc_call(unwind_past, NULL);
}
static void call_back_to_unwind(void *unused) {
    (void)unused;
    xc_callback(call_unwind_past, NULL);
}
static void calls_to_unwind(void *unused) {
    (void)unused;
    xc_call(call_back_to_unwind, NULL);
}
static void unwind_out_of_order(void) {
    EXCEPTION_REGISTRATION_RECORD record = {.Next = (EXCEPTION_REGISTRATION_RECORD *)__readfsdword(0), .Handler = (PEXCEPTION_ROUTINE)outside};
    target = &record;
    __writefsdword(0, (DWORD)&record);
    xc_run(calls_to_unwind, NULL, NULL);
}

/* A deferred function that an unwinding of C runs panics. */
static void panic(void *unused) {
    (void)unused;
    xc_panic(5);
}
static void unwind_to_target(void *unused) {
    (void)unused;
    RtlUnwind(target, NULL, NULL, NULL);
}
static void call_to_unwind(void *unused) {
    (void)unused;
    xc_call(unwind_to_target, NULL);
}
static void defer_panic(void *unused) {
    (void)unused;
    xc_defer(call_to_unwind, NULL, panic, NULL);
}
static void panic_in_unwind(void) {
    EXCEPTION_REGISTRATION_RECORD record = {.Next = (EXCEPTION_REGISTRATION_RECORD *)__readfsdword(0), .Handler = (PEXCEPTION_ROUTINE)outside};
    target = &record;
    __writefsdword(0, (DWORD)&record);
    xc_run(defer_panic, NULL, NULL);
}

static void attach_without_memory(void) {
    for (size_t size = (size_t)1 << 30; size >= 1 << 16; size /= 2)
        while (VirtualAlloc(NULL, size, MEM_RESERVE, PAGE_NOACCESS))
            continue;
    xc_callback(nothing, NULL);
}

static void panic_on_attached_thread(void) { xc_callback(panic, NULL); }

static void fault(void *unused) {
    (void)unused;
    *(volatile int *)0x12345678 = 1;
}
static void managed_fault(void) { xc_run(fault, NULL, NULL); }
static void calls_fault(void *unused) {
    (void)unused;
    xc_call(fault, NULL);
}
static void foreign_fault(void) { xc_run(calls_fault, NULL, NULL); }

/* The managed stack runs out. */
static int deep(volatile int level) {
    volatile char room[1000];
    room[0] = (char)level;
    return deep(level + 1) + room[0];
}
static void deeper(void *unused) {
    (void)unused;
    deep(0);
}
static void managed_overflow(void) { xc_run(deeper, NULL, NULL); }

static const struct {
    const char *name;
    void (*way)(void);
} ways[] = {
    {"ENTRY_OUT_OF_PLACE", call_from_nowhere},   {"SEH_RECORD_LEFT_BEHIND", record_left},  {"PANIC_IN_FOREIGN_UNWIND", panic_in_unwind},
    {"UNWIND_OUT_OF_ORDER", unwind_out_of_order}, {"LOCK_COUNT_BROKEN", lock_count},        {"CALLBACK_LEFT_OPEN", callback_left_open},
    {"ATTACH_FAILED", attach_without_memory},     {"PANIC_NOT_RECOVERED", panic_on_attached_thread},
    {"FAULT_IN_MANAGED_CODE", managed_fault},     {"FAULT_IN_FOREIGN_CODE", foreign_fault}, {"OVERFLOW_IN_MANAGED_CODE", managed_overflow},
};

/* Starts the way in a process of its own; its last words go where ours go. */
static int expect(char *program, const char *name, DWORD expected) {
    char line[600];
    STARTUPINFOA startup = {.cb = sizeof startup};
    PROCESS_INFORMATION process;
    DWORD status = 0;
    snprintf(line, sizeof line, "\"%s\" %s", program, name);
    if (!CreateProcessA(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process))
        return 3;
    WaitForSingleObject(process.hProcess, INFINITE);
    GetExitCodeProcess(process.hProcess, &status);
    fprintf(stderr, status == expected ? "exit status as expected\n" : "exit status %08lx, expected %08lx\n", status, expected);
    return status != expected;
}

int main(int count, char **words) {
    if (count == 4 && !strcmp(words[1], "expect"))
        return expect(words[0], words[2], strtoul(words[3], NULL, 16));
    SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
    if (count != 2 || xc_runtime_start(NULL) != XC_OK)
        return 3;
    for (unsigned index = 0; index < sizeof ways / sizeof *ways; index++)
        if (!strcmp(words[1], ways[index].name))
            ways[index].way();
    return 3; /* it came back, or the name is none */
}
