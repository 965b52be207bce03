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
    return 0;
}
