/* i386: calls one routine of assembly with everything poisoned that it must keep or must not touch, and names what was not kept. After dav1d's checkasm.
 *
 * The routine runs on a stack of the checker's own, every byte of which is known before and looked at behind: what is written above the arguments, or further below
 * than allowed, is found. The C functions that assembly calls are stand-ins: they write down how they were entered, spoil what a called function may spoil, and come
 * back, or go out by xc_arch_frame_resume as a panic does, with everything spoiled. */
#ifndef EXCHAIN_RUNTIME_TESTS_ASSEMBLY_CHECK_H
#define EXCHAIN_RUNTIME_TESTS_ASSEMBLY_CHECK_H

/* struct assembly_registers, for assembly */
#define REGISTERS_EAX 0
#define REGISTERS_EDX 4
#define REGISTERS_ECX 8
#define REGISTERS_EBX 12
#define REGISTERS_ESI 16
#define REGISTERS_EDI 20
#define REGISTERS_EBP 24
#define REGISTERS_ESP 28
#define REGISTERS_EFLAGS 32
#define REGISTERS_X87_CONTROL 36
#define REGISTERS_MXCSR 40
#define REGISTERS_HEAD 44
#define REGISTERS_BYTES 48

/* struct assembly_entry */
#define ENTRY_WHO 48
#define ENTRY_STACK 52
#define ENTRY_BYTES 68

/* struct assembly_act */
#define ACT_WHAT 0
#define ACT_VALUE 4
#define ACT_FRAME 8
#define ACT_CALL 12
#define ACT_BYTES 32

#define ACTS_RETURN 0
#define ACTS_RETURN_POPPING 1
#define ACTS_LEAVE 2
#define ACTS_LEAVE_X87_PENDING 3
#define ACTS_ESCAPE 4
#define ACTS_CALL 5

#define X87_ENVIRONMENT_BYTES 28

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct assembly_registers {
    uint32_t eax, edx, ecx, ebx, esi, edi, ebp, esp, eflags, x87_control, mxcsr, head;
};
_Static_assert(offsetof(struct assembly_registers, eflags) == REGISTERS_EFLAGS && offsetof(struct assembly_registers, head) == REGISTERS_HEAD &&
                   sizeof(struct assembly_registers) == REGISTERS_BYTES, "");

/* The stand-ins: functions of C that assembly calls, and two that it is given to call. */
enum assembly_who {
    ASSEMBLY_BODY, ASSEMBLY_OTHER_BODY, ASSEMBLY_RECOVER_ENTER, ASSEMBLY_RECOVER_LEAVE, ASSEMBLY_RECOVER_LANDED, ASSEMBLY_EXCEPTION, ASSEMBLY_FAULT_PANIC,
    ASSEMBLY_THUNK_CALLED,
    ASSEMBLY_WHO_COUNT
};
void assembly_body(void *argument);
void assembly_other_body(void *argument);

/* How a stand-in was entered. */
struct assembly_entry {
    struct assembly_registers registers;
    uint32_t who;
    uint32_t stack[4]; /* behind the return address */
};
_Static_assert(offsetof(struct assembly_entry, who) == ENTRY_WHO && offsetof(struct assembly_entry, stack) == ENTRY_STACK &&
                   sizeof(struct assembly_entry) == ENTRY_BYTES, "");
enum { ASSEMBLY_ENTRIES_MAX = 16 };
extern struct assembly_entry assembly_entries[ASSEMBLY_ENTRIES_MAX];
extern uint32_t assembly_entered;

/* What a stand-in does. RETURN: spoils what a function may, returns `value`; POPPING: takes its argument off the stack as well. LEAVE: spoils everything, then
 * xc_arch_frame_resume(frame, value); a frame of 0 is the eax that the first stand-in was entered with. X87_PENDING: with an unmasked x87 exception that nobody has
 * waited for. ESCAPE: ends the check, for a routine that must not come back. CALL: calls routine(eax, edx, ecx, stack) and then returns. */
struct assembly_act {
    uint32_t what, value, frame;
    struct {
        uint32_t routine, eax, edx, ecx, stack;
    } call;
};
_Static_assert(offsetof(struct assembly_act, call) == ACT_CALL && sizeof(struct assembly_act) == ACT_BYTES, "");
extern struct assembly_act assembly_acts[ASSEMBLY_WHO_COUNT];

/* A call and what was found behind it. */
enum { ASSEMBLY_ARGUMENTS_MAX = 6 };
struct assembly_call {
    uint32_t routine;
    struct assembly_registers before, after;
    uint32_t x87[X87_ENVIRONMENT_BYTES / 4]; /* behind: control, status, tag ... */
    uint32_t home;                           /* esp of assembly_call_now */
    uint32_t came_back;                      /* to the instruction behind the call; else out of a stand-in, or out of a fault */
};
extern struct assembly_call assembly_now;

/* Everything the checker can say. */
#define ASSEMBLY_COMPLAINTS(COMPLAINT)                                                   \
    COMPLAINT(EBX, "ebx lost")                                                           \
    COMPLAINT(ESI, "esi lost")                                                           \
    COMPLAINT(EDI, "edi lost")                                                           \
    COMPLAINT(EBP, "ebp lost")                                                           \
    COMPLAINT(ESP, "esp is off")                                                         \
    COMPLAINT(DIRECTION, "the direction flag is set")                                    \
    COMPLAINT(TRAP, "the trap flag is set")                                              \
    COMPLAINT(ALIGNMENT_CHECK, "the alignment-check flag is set")                        \
    COMPLAINT(X87_CONTROL, "the x87 control word is another")                            \
    COMPLAINT(X87_STACK, "the x87 stack is not empty")                                   \
    COMPLAINT(X87_PENDING, "an x87 exception is pending")                                \
    COMPLAINT(MXCSR, "MXCSR's control bits are others")                                  \
    COMPLAINT(HEAD, "the head of the exception list is another")                         \
    COMPLAINT(RESULT, "another result")                                                  \
    COMPLAINT(WRITES_ABOVE, "writes above its frame")                                    \
    COMPLAINT(WRITES_BELOW, "writes below its frame")                                    \
    COMPLAINT(WRITES_OTHER_ABOVE, "writes into what is in use of the other stack")       \
    COMPLAINT(WRITES_OTHER_BELOW, "writes far below on the other stack")                 \
    COMPLAINT(FAULTS, "faults")                                                          \
    COMPLAINT(COMES_BACK, "comes back and must not")                                     \
    COMPLAINT(STAYS_AWAY, "does not come back")                                          \
    COMPLAINT(CALLS_OTHERS, "does not call whom it should, in that order")               \
    COMPLAINT(CALLS_UNALIGNED, "calls with the stack not aligned to 16")                 \
    COMPLAINT(CALLS_WITH_DIRECTION, "calls with the direction flag set")                 \
    COMPLAINT(CALLS_WITH_ARGUMENT, "calls with another argument")                        \
    COMPLAINT(BREAKS_ITS_CONTRACT, "what its row says of it is not so")                  \
    COMPLAINT(NEEDS_LESS, "never needs as much stack as its row allows")
enum assembly_complaint {
#define COMPLAINT(name, words) ASSEMBLY_##name,
    ASSEMBLY_COMPLAINTS(COMPLAINT)
#undef COMPLAINT
    ASSEMBLY_COMPLAINT_COUNT
};
const char *assembly_complaint_words(enum assembly_complaint complaint);

/* An argument that a stand-in must have been entered with. */
enum assembly_place { ASSEMBLY_NOWHERE, ASSEMBLY_IN_EAX, ASSEMBLY_IN_EDX, ASSEMBLY_IN_ECX, ASSEMBLY_ON_STACK };
struct assembly_argument {
    enum assembly_place place;
    uint32_t value;      /* what is expected there */
    unsigned index;      /* of the word on the stack, behind the return address */
};
enum { COUNT_OF_ARGUMENTS = 4 };
struct assembly_expected_entry {
    enum assembly_who who;
    bool on_other_stack;
    struct assembly_argument arguments[COUNT_OF_ARGUMENTS];
};

/* One row of a table: a routine called in one way. What is left out is 0: registers without an argument get poison. */
struct assembly_row {
    const char *name;             /* the routine, and in which way */
    const char *covers[4];        /* symbols that this row is a check of */
    void *routine;
    enum assembly_place takes[3]; /* which registers hold arguments: those in `registers` */
    uint32_t registers[3];        /* for eax, edx, ecx as takes says */
    uint32_t arguments[ASSEMBLY_ARGUMENTS_MAX]; /* on the stack */
    unsigned argument_count;
    unsigned pops;                /* bytes of arguments that it takes off the stack, and may write over */
    uint32_t entry_flags;         /* besides what is always set */
    uint16_t x87_control;         /* 0: what C has */
    uint32_t mxcsr;               /* 0: what C has */
    struct assembly_act acts[ASSEMBLY_WHO_COUNT];
    struct assembly_expected_entry entries[ASSEMBLY_ENTRIES_MAX];
    unsigned entry_count;
    bool must_not_return;
    uint32_t result, result_mask; /* of eax; a mask of 0: it has no result */
    unsigned depth_max;           /* bytes written below its arguments, return address included, at the skew that needs most */
    unsigned other_depth_max;     /* the same below assembly_other_sp() on the other stack */
    bool (*holds)(const struct assembly_row *row); /* what else must be true behind it; NULL: nothing */
};

/* The place on the other stack that a routine may be told to use: everything above is in use. In a row, ASSEMBLY_OTHER_SP stands for it. */
uint32_t assembly_other_sp(void);
#define ASSEMBLY_OTHER_SP 0x07E50007u
/* The same for the eax that the first stand-in was entered with. */
#define ASSEMBLY_FIRST_EAX 0xF1257EA7u

/* Checks a row: with esp 0, 4, 8 and 12 bytes below a multiple of 16, each time once at full speed and once step by step, with everything below esp spoiled at every
 * instruction. Returns the complaints, a bit each; what was wrong first is in assembly_said(). Call assembly_begin once before. */
uint64_t assembly_check(const struct assembly_row *row);
const char *assembly_said(void);
void assembly_begin(void);

/* assembly_call.S */
void assembly_call_now(void);
extern const char assembly_call_back[], assembly_call_escape[];
#endif

#endif
