/* The floors: what the machine and Wine take by themselves for the least that could do the work. */
#include "measure.h"

/* fault + recover: a bare handler, registered by hand, that skips the instruction. */
static EXCEPTION_DISPOSITION __cdecl skip(EXCEPTION_RECORD *record, void *frame, CONTEXT *context, void *dispatcher) {
    (void)record;
    (void)frame;
    (void)dispatcher;
    context->Eip += 2; /* movl (%eax), %eax */
    return ExceptionContinueExecution;
}

static void faults(unsigned rounds) {
    EXCEPTION_REGISTRATION_RECORD registration = {.Next = (EXCEPTION_REGISTRATION_RECORD *)__readfsdword(0), .Handler = (PEXCEPTION_ROUTINE)skip};
    __writefsdword(0, (DWORD)&registration);
    while (rounds--)
        __asm__ volatile("xorl %%eax, %%eax\n\tmovl (%%eax), %%eax" : : : "eax", "memory");
    __writefsdword(0, (DWORD)registration.Next);
}

/* A fault at every instruction: single-stepping, and a vectored handler that does nothing but keep it up. */
static unsigned steps_left;

static LONG CALLBACK keep_stepping(EXCEPTION_POINTERS *pointers) {
    enum { TRAP_FLAG = 0x100 };
    if (pointers->ExceptionRecord->ExceptionCode != EXCEPTION_SINGLE_STEP)
        return EXCEPTION_CONTINUE_SEARCH;
    if (--steps_left)
        pointers->ContextRecord->EFlags |= TRAP_FLAG;
    else
        pointers->ContextRecord->EFlags &= ~(DWORD)TRAP_FLAG;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void steps(unsigned rounds) {
    PVOID handler = AddVectoredExceptionHandler(1, keep_stepping);
    steps_left = rounds;
    __asm__ volatile("pushfl\n\torl $0x100, (%%esp)\n\tpopfl\n1:\tcmpl $0, %0\n\tjne 1b" : : "m"(steps_left) : "memory", "cc");
    RemoveVectoredExceptionHandler(handler);
}

/* call: an indirect call of an empty function. */
static void nothing(void *unused) { (void)unused; }
static void (*volatile pointer)(void *) = nothing;
static void calls(unsigned rounds) {
    while (rounds--)
        pointer(NULL);
}

int main(void) {
    report("call", "floor_ns", measure(calls, 1000000));
    report("fault + recover", "floor_ns", measure(faults, 20000));
    report("fault at every instruction", "floor_ns", measure(steps, 2000));
    return 0;
}
