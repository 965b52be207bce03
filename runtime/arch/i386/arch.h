/* i386: everything of the runtime that another architecture must bring. A port fills a folder like this one and changes nothing else.
 *
 * "Registering a frame" means linking a registration record at the head of the thread's exception list, FS:[0]. */
#ifndef EXCHAIN_ARCH_H
#define EXCHAIN_ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <windows.h>

#include "offsets.h"

/* What xc_arch_frame_run saves: everything that a function may rely on to be kept over a call. */
struct xc_arch_frame {
    uintptr_t sp; /* of xc_arch_frame_run on entry: points at its return address */
    uintptr_t ebp, ebx, esi, edi;
    uint32_t mxcsr;
    uint16_t x87_control, unused;
};
_Static_assert(offsetof(struct xc_arch_frame, sp) == FRAME_SP, "");
_Static_assert(offsetof(struct xc_arch_frame, ebp) == FRAME_EBP, "");
_Static_assert(offsetof(struct xc_arch_frame, ebx) == FRAME_EBX, "");
_Static_assert(offsetof(struct xc_arch_frame, esi) == FRAME_ESI, "");
_Static_assert(offsetof(struct xc_arch_frame, edi) == FRAME_EDI, "");
_Static_assert(offsetof(struct xc_arch_frame, mxcsr) == FRAME_MXCSR, "");
_Static_assert(offsetof(struct xc_arch_frame, x87_control) == FRAME_X87_CONTROL, "");
_Static_assert(sizeof(struct xc_arch_frame) == FRAME_BYTES, "");

/* A registration record: the layout is Windows' own (winnt.h, EXCEPTION_REGISTRATION_RECORD). */
struct xc_arch_registration {
    uintptr_t next;
    uintptr_t handler;
};

/* The assembly routines. Each .S file has the contract. */
struct xc_activation;
struct xc_call;
#define XC_ARCH_CALL __attribute__((regparm(3))) /* between our C and our assembly: the first three arguments in eax, edx, ecx */
unsigned XC_ARCH_CALL xc_arch_frame_run(struct xc_arch_frame *frame, void (*function)(void *), void *argument);
_Noreturn void XC_ARCH_CALL xc_arch_frame_resume(const struct xc_arch_frame *frame, unsigned why);
void XC_ARCH_CALL xc_arch_switch_to_system(struct xc_call *call, void (*function)(void *), void *argument, uintptr_t system_sp);
void XC_ARCH_CALL xc_arch_switch_to_managed(struct xc_activation *activation, void (*function)(void *), void *argument, uintptr_t managed_sp);
void xc_arch_exception_handler(void);
void xc_arch_fault_landing(void);
void XC_ARCH_CALL xc_arch_task_switch(uintptr_t *sp, uintptr_t other_sp);
void xc_arch_task_entry(void);
void xc_arch_thunk_entry(void); /* not to be called: thunks jump there */
extern const char xc_arch_frame_resume_empties[], xc_arch_frame_resume_drops[];

/* The code of a thunk: `movl $thunk, %eax; jmp xc_arch_thunk_entry`, and int3 up to the next one. It is written where it will run. */
enum { XC_ARCH_THUNK_BYTES = 16 };
static inline void xc_arch_thunk_write(char *code, const void *thunk) {
    enum { MOV_EAX = 0xB8, JMP = 0xE9, INT3 = 0xCC, JMP_END = 10 };
    uint32_t who = (uint32_t)(uintptr_t)thunk, distance = (uint32_t)((uintptr_t)xc_arch_thunk_entry - (uintptr_t)(code + JMP_END));
    for (unsigned index = 0; index < XC_ARCH_THUNK_BYTES; index++)
        code[index] = (char)INT3;
    code[0] = (char)MOV_EAX;
    code[5] = (char)JMP;
    for (unsigned index = 0; index < 4; index++) {
        code[1 + index] = (char)(who >> 8 * index);
        code[6 + index] = (char)(distance >> 8 * index);
    }
}

/* The head of this thread's exception list. */
static inline uintptr_t xc_arch_head(void) {
    uintptr_t head;
    __asm__ volatile("movl %%fs:0, %0" : "=r"(head));
    return head;
}
static inline void xc_arch_head_set(uintptr_t head) {
    __asm__ volatile("movl %0, %%fs:0" : : "r"(head) : "memory");
}

/* The bounds of the stack that the thread is on, as the TIB has them (winnt.h, NT_TIB). */
static inline uintptr_t xc_arch_stack_base(void) {
    uintptr_t base;
    __asm__ volatile("movl %%fs:4, %0" : "=r"(base));
    return base;
}
static inline uintptr_t xc_arch_stack_limit(void) {
    uintptr_t limit;
    __asm__ volatile("movl %%fs:8, %0" : "=r"(limit));
    return limit;
}
static inline bool xc_arch_stack_holds(const void *place) {
    return (uintptr_t)place < xc_arch_stack_base() && (uintptr_t)place >= xc_arch_stack_limit();
}

/* Registers the frame that `registration` lies in. It must be on the system stack, below every record that is registered. */
static inline void xc_arch_register(struct xc_arch_registration *registration, uintptr_t next) {
    registration->next = next;
    registration->handler = (uintptr_t)xc_arch_exception_handler;
    xc_arch_head_set((uintptr_t)registration);
}

/* The thread's TLS slots lie in the TEB at 0xE10, 64 of them (winternl.h, TEB.TlsSlots). `offset` is the slot's place in the TEB. */
enum { XC_ARCH_TLS_SLOTS = 64, XC_ARCH_TLS_OFFSET = 0xE10 };
static inline void *xc_arch_tls(uint32_t offset) {
    void *value;
    __asm__ volatile("movl %%fs:(%1), %0" : "=r"(value) : "r"(offset));
    return value;
}
static inline void xc_arch_tls_set(uint32_t offset, void *value) {
    __asm__ volatile("movl %0, %%fs:(%1)" : : "r"(value), "r"(offset) : "memory");
}

static inline uintptr_t xc_arch_sp(void) {
    uintptr_t sp;
    __asm__ volatile("movl %%esp, %0" : "=r"(sp));
    return sp;
}

/* The control words that C may rely on to be kept over a call. */
struct xc_arch_floats {
    uint32_t mxcsr;
    uint16_t x87_control;
};
static inline struct xc_arch_floats xc_arch_floats(void) {
    struct xc_arch_floats floats;
    __asm__ volatile("stmxcsr %0\n\tfnstcw %1" : "=m"(floats.mxcsr), "=m"(floats.x87_control));
    return floats;
}
/* Sets them, drops x87 exceptions that are pending and operands that lie on its stack, and clears AC: a handler runs with whatever the code that faulted left. */
static inline void xc_arch_floats_set(const struct xc_arch_floats *floats) {
    __asm__ volatile("pushfl\n\tandl $~0x40000, (%%esp)\n\tpopfl\n\tfnclex\n\temms\n\tfldcw %1\n\tldmxcsr %0"
                     : : "m"(floats->mxcsr), "m"(floats->x87_control) : "memory", "cc");
}

/* What xc_arch_task_switch leaves on the stack that it goes away from. */
struct xc_arch_switched {
    uint32_t mxcsr;
    uint16_t x87_control, unused;
    uintptr_t edi, esi, ebx, ebp;
    uintptr_t pc;
};
_Static_assert(offsetof(struct xc_arch_switched, mxcsr) == SWITCHED_MXCSR, "");
_Static_assert(offsetof(struct xc_arch_switched, x87_control) == SWITCHED_X87_CONTROL, "");

/* Makes an empty stack look as if a task had gone away from it at xc_arch_task_entry; returns the pointer to switch to. The task begins with the caller's control words. */
static inline uintptr_t xc_arch_task_prepare(uintptr_t stack_high, void *task) {
    struct xc_arch_switched *switched = (struct xc_arch_switched *)((stack_high & ~(uintptr_t)15) - sizeof *switched);
    switched->edi = switched->esi = switched->ebp = 0;
    switched->ebx = (uintptr_t)task;
    switched->pc = (uintptr_t)xc_arch_task_entry;
    __asm__ volatile("stmxcsr %0\n\tfnstcw %1" : "=m"(switched->mxcsr), "=m"(switched->x87_control));
    return (uintptr_t)switched;
}

/* Return addresses into the runtime: of xc_arch_switch_to_managed, and of xc_arch_switch_to_system. */
static inline uintptr_t xc_arch_callback_pc(uintptr_t system_sp) { return *(const uintptr_t *)(system_sp + CALLBACK_PC); }
static inline uintptr_t xc_arch_call_pc(uintptr_t managed_sp) { return *(const uintptr_t *)(managed_sp + CALL_PC); }

/* The parts of a CONTEXT that the runtime reads and writes. */
static inline uintptr_t xc_arch_context_pc(const CONTEXT *context) { return context->Eip; }
static inline uintptr_t xc_arch_context_sp(const CONTEXT *context) { return context->Esp; }

static inline void xc_arch_context_sp_set(CONTEXT *context, uintptr_t sp) { context->Esp = sp; }

/* The x87 reports an exception not at the instruction that raised it, but at the next one that waits. Where that is xc_arch_frame_resume's, the exception belongs to
 * code that was wiped: edits the context so that it is dropped. False: it is another fault. */
static inline bool xc_arch_context_drops_late_fault(CONTEXT *context) {
    if (context->Eip != (uintptr_t)xc_arch_frame_resume_empties)
        return false;
    context->Eip = (uintptr_t)xc_arch_frame_resume_drops;
    return true;
}

/* Edits the context so that the faulting instruction appears to have called `target`, with the flags that C expects. */
static inline void xc_arch_context_call(CONTEXT *context, uintptr_t target, bool push_pc) {
    enum { TRAP = 0x100, DIRECTION = 0x400, ALIGNMENT_CHECK = 0x40000 };
    if (push_pc) {
        context->Esp -= sizeof(uintptr_t);
        *(uintptr_t *)context->Esp = context->Eip;
    }
    context->Eip = target;
    context->EFlags &= ~(DWORD)(TRAP | DIRECTION | ALIGNMENT_CHECK);
}

#endif
