/* Breakages of the list of registration records. The head itself is V1's affair; what lies behind it is V2's and V3's. */
#include <windows.h>

#include "broken.h"
#include "machine.h"
#include "../verify/verify.h"

static uintptr_t *head_record(void) { return (uintptr_t *)machine_tib(TIB_HEAD); }

static void drop_head(void) { machine_tib_set(TIB_HEAD, head_record()[0]); }
static void misalign_next(void) { head_record()[0] |= 1; }
static void send_next_outside(void) { head_record()[0] = machine_tib(TIB_STACK_BASE); }
static void bite_tail(void) { head_record()[0] = machine_tib(TIB_HEAD); }
static void end_in_zero(void) { head_record()[0] = 0; }
static void cut_final_off(void) { head_record()[0] = UINTPTR_MAX; }

static void handler_in_heap(void) {
    static const unsigned char searches[] = {0xB8, 1, 0, 0, 0, 0xC3}; /* mov $1, %eax; ret */
    unsigned char *code = VirtualAlloc(NULL, sizeof searches, MEM_COMMIT | MEM_RESERVE, PAGE_EXECUTE_READWRITE);
    for (unsigned index = 0; index < sizeof searches; index++)
        code[index] = searches[index];
    head_record()[1] = (uintptr_t)code;
}

/* In a call, where the head that the runtime has saved is broken already: nobody's business but the list's. */
struct call {
    adapter_function *foreign;
    void *argument;
};
static void call_with_head(uintptr_t head, adapter_function *foreign, void *argument) {
    uintptr_t before = machine_tib(TIB_HEAD);
    machine_tib_set(TIB_HEAD, head);
    broken_whole->call(foreign, argument);
    machine_tib_set(TIB_HEAD, before);
}
static void call_with_dead_head(adapter_function *foreign, void *argument) {
    struct adapter_observation now;
    broken_whole->observe(&now);
    uintptr_t *dead = (uintptr_t *)((now.system_sp & ~(uintptr_t)15) - (32 << 10)), *head = head_record();
    dead[0] = (uintptr_t)head;
    dead[1] = head[1];
    call_with_head((uintptr_t)dead, foreign, argument);
}
static void call_with_no_head(adapter_function *foreign, void *argument) { call_with_head(UINTPTR_MAX, foreign, argument); }

static void under_records_without_end(void *argument) {
    const struct call *call = argument;
    uintptr_t records[VERIFY_RECORDS_MAX + 1][2], *head = head_record();
    for (unsigned index = 0; index <= VERIFY_RECORDS_MAX; index++) {
        records[index][0] = (uintptr_t)(index == VERIFY_RECORDS_MAX ? head : records[index + 1]);
        records[index][1] = head[1];
    }
    machine_tib_set(TIB_HEAD, (uintptr_t)records[0]);
    call->foreign(call->argument);
    machine_tib_set(TIB_HEAD, (uintptr_t)head);
}
static void call_under_records(adapter_function *foreign, void *argument) {
    broken_whole->call(under_records_without_end, &(struct call){foreign, argument});
}

static void with_dead_head(struct adapter *adapter) { adapter->call = call_with_dead_head; }
static void with_no_head(struct adapter *adapter) { adapter->call = call_with_no_head; }
static void with_records_without_end(struct adapter *adapter) { adapter->call = call_under_records; }

/* Handlers that are entered wrongly: a vectored handler meddles before the list's have their turn. */
static DWORD flags_more;
static bool asks_itself;
static LONG CALLBACK meddle(EXCEPTION_POINTERS *pointers) {
    if (pointers->ExceptionRecord->ExceptionCode != 0xE0000001)
        return EXCEPTION_CONTINUE_SEARCH;
    pointers->ExceptionRecord->ExceptionFlags |= flags_more;
    EXCEPTION_REGISTRATION_RECORD *record = (EXCEPTION_REGISTRATION_RECORD *)head_record();
    if (asks_itself)
        record->Handler(pointers->ExceptionRecord, record, pointers->ContextRecord, NULL);
    return EXCEPTION_CONTINUE_SEARCH;
}
static void meddle_with(DWORD flags, bool asks) {
    flags_more = flags;
    asks_itself = asks;
    AddVectoredExceptionHandler(1, meddle);
}
static void asked_twice(struct adapter *adapter) {
    (void)adapter;
    meddle_with(0, true);
}
static void stack_invalid(struct adapter *adapter) {
    (void)adapter;
    meddle_with(EXCEPTION_STACK_INVALID, false);
}
static void nested_call(struct adapter *adapter) {
    (void)adapter;
    meddle_with(EXCEPTION_NESTED_CALL, false);
}

const struct breakage broken_chain[] = {
    {"head", drop_head, NULL},
    {"chain-misaligned", misalign_next, NULL},
    {"chain-outside", send_next_outside, NULL},
    {"chain-not-rising", bite_tail, NULL},
    {"chain-dead", NULL, with_dead_head},
    {"chain-zero", end_in_zero, NULL},
    {"chain-other-final", cut_final_off, NULL},
    {"chain-empty", NULL, with_no_head},
    {"chain-without-end", NULL, with_records_without_end},
    {"handler-in-heap", handler_in_heap, NULL},
    {"handler-twice", NULL, asked_twice},
    {"handler-stack-invalid", NULL, stack_invalid},
    {"handler-nested-call", NULL, nested_call},
    {0},
};
