/* What the runtime's exception handler makes of a CONTEXT, asked directly: the fault appears to have called the landing. That nothing is pushed for a fault into
 * nowhere is seen by nobody else but a debugger: the address to blame is the one that the call pushed already. */
#include "../../support.h"

enum { TRAP = 0x100, DIRECTION = 0x400, ALIGNMENT_CHECK = 0x40000, CARRY = 1, READ = 0, EXECUTED = 8, SOMEWHERE = 0x00C0FFEE, BEHIND_THE_CALL = 0x0CA11000 };
typedef EXCEPTION_DISPOSITION handler(EXCEPTION_RECORD *record, void *activation, CONTEXT *context, void *dispatcher);

static struct asked {
    DWORD code, access, address, pc; /* of the fault */
    bool gate;                       /* panic-on-fault */
    EXCEPTION_DISPOSITION said;
    CONTEXT before, after;
    DWORD top;                       /* the word at esp behind it */
    struct xc_panic panic;
} asked;

static void ask(void *unused) {
    (void)unused;
    struct xc_observation observation;
    xc_observe(&observation);
    DWORD *stack = (DWORD *)((char *)__builtin_alloca(8192) + 8192 - 64);
    stack[0] = BEHIND_THE_CALL;
    EXCEPTION_RECORD record = {.ExceptionCode = asked.code, .NumberParameters = 2, .ExceptionInformation = {asked.access, asked.address}};
    asked.before = (CONTEXT){.ContextFlags = CONTEXT_FULL, .Eip = asked.pc, .Esp = (DWORD)stack, .EFlags = 0x202 | CARRY | TRAP | DIRECTION | ALIGNMENT_CHECK};
    asked.after = asked.before;
    if (asked.gate)
        xc_task_panic_on_fault_set(true);
    asked.said = ((handler *)observation.handler)(&record, (void *)machine_tib(TIB_HEAD), &asked.after, NULL);
    asked.top = *(DWORD *)asked.after.Esp;
    if (asked.said == ExceptionContinueExecution) /* so it does */
        __asm__ volatile("movl %0, %%esp\n\tjmp *%1" : : "r"(asked.after.Esp), "r"(asked.after.Eip));
}
static void keep(const struct xc_panic *panic, void *unused) {
    (void)unused;
    asked.panic = *panic;
}
static void ask_under_recover(void *unused) { xc_recover(ask, unused, keep, NULL); }

static void ask_about(DWORD code, DWORD access, DWORD address, DWORD pc, bool gate) {
    asked = (struct asked){.code = code, .access = access, .address = address, .pc = pc, .gate = gate};
    assert_int_equal(run(ask_under_recover, NULL).end, XC_ENDED_RETURN);
    assert_int_equal(asked.said, ExceptionContinueExecution);
    assert_int_equal(asked.after.EFlags, 0x202 | CARRY);
    assert_int_equal(asked.panic.value, code);
    assert_int_equal(asked.panic.fault_pc, pc);
}

static void a_fault_appears_to_have_called_the_landing(void **state) {
    (void)state;
    static const DWORD codes[] = {EXCEPTION_ACCESS_VIOLATION, EXCEPTION_INT_DIVIDE_BY_ZERO, EXCEPTION_FLT_OVERFLOW};
    for (unsigned code = 0; code < COUNT_OF(codes); code++) {
        ask_about(codes[code], READ, 0, SOMEWHERE, false);
        assert_int_equal(asked.after.Esp, asked.before.Esp - 4);
        assert_int_equal(asked.top, SOMEWHERE);
    }
    ask_about(EXCEPTION_INT_OVERFLOW, EXECUTED, 0, SOMEWHERE, false); /* a number that only means something in an access violation */
    assert_int_equal(asked.top, SOMEWHERE);
}

static void a_fault_into_nowhere_is_the_callers(void **state) {
    (void)state;
    static const struct {
        DWORD pc;
        bool gate;
    } targets[] = {{0, false}, {8, false}, {SOMEWHERE, true}};
    for (unsigned target = 0; target < COUNT_OF(targets); target++) {
        ask_about(EXCEPTION_ACCESS_VIOLATION, EXECUTED, targets[target].pc, targets[target].pc, targets[target].gate);
        assert_int_equal(asked.after.Esp, asked.before.Esp);
        assert_int_equal(asked.top, BEHIND_THE_CALL);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fault_appears_to_have_called_the_landing),
        cmocka_unit_test(a_fault_into_nowhere_is_the_callers),
    };
    return cmocka_run_group_tests(tests, runtime_begin, runtime_end);
}
