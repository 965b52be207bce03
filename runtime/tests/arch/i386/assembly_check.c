#include "assembly_check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <windows.h>

#include "arch.h"

enum { STACK_BYTES = 128 << 10, STACK_ENTRY = 96 << 10, C_FLAGS = 0x202, C_X87_CONTROL = 0x037F, C_MXCSR = 0x1F80, C_MXCSR_STATUS = 0x3F };
enum { FLAG_TRAP = 0x100, FLAG_DIRECTION = 0x400, FLAG_ALIGNMENT_CHECK = 0x40000 };
static const uint32_t POISON_EBX = 0xB0B0B0B0, POISON_ESI = 0x51515151, POISON_EDI = 0xD1D1D1D1, POISON_EBP = 0xBBBBBBB8, POISON_CALLER = 0xCA11CA11,
                      POISON_DEAD = 0x5EAD5EAD;

struct assembly_call assembly_now;
struct assembly_act assembly_acts[ASSEMBLY_WHO_COUNT];
struct assembly_entry assembly_entries[ASSEMBLY_ENTRIES_MAX];
uint32_t assembly_entered;
_Static_assert(offsetof(struct assembly_call, before) == 4, "");

static uint32_t own_low, other_low; /* of two stacks */
static unsigned skew;
static bool stepped, under_way, trapped;
static uint32_t fault_code, fault_pc;
static char said[400];

static const char *const words[] = {
#define COMPLAINT(name, text) text,
    ASSEMBLY_COMPLAINTS(COMPLAINT)
#undef COMPLAINT
};
const char *assembly_complaint_words(enum assembly_complaint complaint) { return words[complaint]; }
const char *assembly_said(void) { return said; }

/* Where the row's arguments begin, and where the other stack is in use above. Their alignments differ. */
static uint32_t own_sp(void) { return own_low + STACK_ENTRY - skew; }
uint32_t assembly_other_sp(void) { return other_low + STACK_ENTRY - (12 - skew); }

/* Every word of a stack is known and like no other. */
static uint32_t pattern(uint32_t address) { return address ^ 0xC0DEC0DE; }
static uint32_t word_at(uint32_t address) { return *(volatile uint32_t *)address; }
static void fill(uint32_t low) {
    for (uint32_t address = low; address < low + STACK_BYTES; address += 4)
        *(volatile uint32_t *)address = pattern(address);
}
/* The first word of [low, high) that was written; high: none. */
static uint32_t first_written(uint32_t low, uint32_t high) {
    while (low < high && word_at(low) == pattern(low))
        low += 4;
    return low;
}

/* Everything between the dispatcher's own data and the esp of what was interrupted is nobody's. */
static void spoil_below(const EXCEPTION_POINTERS *pointers) {
    CONTEXT *context = pointers->ContextRecord;
    uintptr_t low = (uintptr_t)(pointers->ExceptionRecord + 1), end = (uintptr_t)(context + 1);
    if (context->ContextFlags & 0x40) { /* CONTEXT_XSTATE: a CONTEXT_EX follows, with three pairs of offset and length */
        const LONG *extended = (const LONG *)(context + 1);
        end = (uintptr_t)extended + extended[4] + extended[5];
    }
    low = low > end ? low : end;
    if (low < context->Esp && context->Esp - low < 4096)
        for (low = (low + 3) & ~(uintptr_t)3; low + 4 <= context->Esp; low += 4)
            *(volatile uint32_t *)low = POISON_DEAD;
}

static LONG WINAPI on_exception(EXCEPTION_POINTERS *pointers) {
    CONTEXT *context = pointers->ContextRecord;
    if (!under_way)
        return EXCEPTION_CONTINUE_SEARCH;
    if (pointers->ExceptionRecord->ExceptionCode == EXCEPTION_SINGLE_STEP) {
        bool behind = context->Eip >= (uintptr_t)assembly_call_back && context->Eip <= (uintptr_t)assembly_call_escape + 16;
        context->EFlags &= ~(DWORD)FLAG_TRAP;
        if (stepped && !behind) {
            spoil_below(pointers);
            context->EFlags |= FLAG_TRAP;
        }
        trapped |= !stepped;
    } else if (!xc_arch_context_drops_late_fault(context)) {
        fault_code = pointers->ExceptionRecord->ExceptionCode;
        fault_pc = context->Eip;
        context->Eip = (uintptr_t)assembly_call_escape;
        context->EFlags &= ~(DWORD)(FLAG_TRAP | FLAG_DIRECTION);
    }
    return EXCEPTION_CONTINUE_EXECUTION;
}

void assembly_begin(void) {
    own_low = (uint32_t)VirtualAlloc(NULL, STACK_BYTES, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    other_low = (uint32_t)VirtualAlloc(NULL, STACK_BYTES, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    AddVectoredExceptionHandler(1, on_exception);
}

static uint32_t value_of(uint32_t value) {
    return value == ASSEMBLY_OTHER_SP ? assembly_other_sp() : value == ASSEMBLY_FIRST_EAX ? assembly_entries[0].registers.eax : value;
}

static void prepare(const struct assembly_row *row) {
    fill(own_low);
    fill(other_low);
    memcpy(assembly_acts, row->acts, sizeof assembly_acts);
    for (unsigned who = 0; who < ASSEMBLY_WHO_COUNT; who++) {
        if (assembly_acts[who].what == ACTS_RETURN && !assembly_acts[who].value)
            assembly_acts[who].value = POISON_CALLER; /* returns nothing, as far as anybody knows */
        assembly_acts[who].call.stack = value_of(assembly_acts[who].call.stack);
    }
    assembly_entered = 0;
    for (unsigned index = 0; index < row->argument_count; index++)
        *(volatile uint32_t *)(own_sp() + 4 * index) = value_of(row->arguments[index]);
    struct assembly_registers *before = &assembly_now.before;
    *before = (struct assembly_registers){
        .eax = POISON_CALLER, .edx = POISON_CALLER, .ecx = POISON_CALLER, .ebx = POISON_EBX, .esi = POISON_ESI, .edi = POISON_EDI, .ebp = POISON_EBP,
        .esp = own_sp(), .eflags = C_FLAGS | row->entry_flags | (stepped ? FLAG_TRAP : 0),
        .x87_control = row->x87_control ? row->x87_control : C_X87_CONTROL, .mxcsr = row->mxcsr ? row->mxcsr : C_MXCSR, .head = xc_arch_head()};
    uint32_t *registers[] = {&before->eax, &before->edx, &before->ecx};
    for (unsigned index = 0; index < 3; index++)
        if (row->takes[index])
            *registers[index] = value_of(row->registers[index]);
    assembly_now.routine = (uint32_t)row->routine;
}

static uint64_t complaints;
static void complain(const struct assembly_row *row, enum assembly_complaint complaint, uint32_t now, uint32_t expected) {
    if (!complaints)
        snprintf(said, sizeof said, "%s, esp %u below a multiple of 16%s: %s: %08x, expected %08x", row->name, skew, stepped ? ", step by step" : "", words[complaint],
                 now, expected);
    complaints |= (uint64_t)1 << complaint;
}
static void expect(const struct assembly_row *row, enum assembly_complaint complaint, uint32_t now, uint32_t expected) {
    if (now != expected)
        complain(row, complaint, now, expected);
}

static void look_at_registers(const struct assembly_row *row) {
    const struct assembly_registers *before = &assembly_now.before, *after = &assembly_now.after;
    expect(row, ASSEMBLY_ESP, after->esp, before->esp + row->pops);
    expect(row, ASSEMBLY_EBX, after->ebx, before->ebx);
    expect(row, ASSEMBLY_ESI, after->esi, before->esi);
    expect(row, ASSEMBLY_EDI, after->edi, before->edi);
    expect(row, ASSEMBLY_EBP, after->ebp, before->ebp);
    expect(row, ASSEMBLY_DIRECTION, after->eflags & FLAG_DIRECTION, 0);
    expect(row, ASSEMBLY_TRAP, trapped, false);
    expect(row, ASSEMBLY_ALIGNMENT_CHECK, after->eflags & FLAG_ALIGNMENT_CHECK, 0);
    expect(row, ASSEMBLY_X87_CONTROL, assembly_now.x87[0] & 0xFFFF, before->x87_control);
    expect(row, ASSEMBLY_X87_PENDING, assembly_now.x87[1] & 0x80, 0);
    expect(row, ASSEMBLY_X87_STACK, assembly_now.x87[2] & 0xFFFF, 0xFFFF);
    expect(row, ASSEMBLY_MXCSR, after->mxcsr & ~(uint32_t)C_MXCSR_STATUS, before->mxcsr);
    expect(row, ASSEMBLY_HEAD, after->head, before->head);
    if (row->result_mask)
        expect(row, ASSEMBLY_RESULT, after->eax & row->result_mask, row->result);
}

static void look_at_entries(const struct assembly_row *row) {
    expect(row, ASSEMBLY_CALLS_OTHERS, assembly_entered, row->entry_count);
    for (unsigned index = 0; index < row->entry_count && index < assembly_entered; index++) {
        const struct assembly_expected_entry *expected = &row->entries[index];
        const struct assembly_entry *entry = &assembly_entries[index];
        uint32_t sp = entry->registers.esp, low = expected->on_other_stack ? other_low : own_low;
        expect(row, ASSEMBLY_CALLS_OTHERS, entry->who, expected->who);
        if (sp < low || sp >= low + STACK_ENTRY)
            complain(row, ASSEMBLY_CALLS_OTHERS, sp, low);
        expect(row, ASSEMBLY_CALLS_UNALIGNED, (sp + 4) % 16, 0);
        expect(row, ASSEMBLY_CALLS_WITH_DIRECTION, entry->registers.eflags & FLAG_DIRECTION, 0);
        for (unsigned number = 0; number < COUNT_OF_ARGUMENTS; number++) {
            const struct assembly_argument *argument = &expected->arguments[number];
            const uint32_t found[] = {0, entry->registers.eax, entry->registers.edx, entry->registers.ecx, entry->stack[argument->index]};
            if (argument->place)
                expect(row, ASSEMBLY_CALLS_WITH_ARGUMENT, found[argument->place], value_of(argument->value));
        }
    }
}

/* Returns how many bytes were written below `sp`, where the known part of the stack ends. */
static unsigned look_at_stack(const struct assembly_row *row, uint32_t low, uint32_t sp, unsigned used, unsigned depth_max, bool other) {
    uint32_t above = first_written(sp + used, low + STACK_BYTES), below = first_written(low, sp);
    if (above < low + STACK_BYTES)
        complain(row, other ? ASSEMBLY_WRITES_OTHER_ABOVE : ASSEMBLY_WRITES_ABOVE, above, low + STACK_BYTES);
    if (sp - below > depth_max)
        complain(row, other ? ASSEMBLY_WRITES_OTHER_BELOW : ASSEMBLY_WRITES_BELOW, sp - below, depth_max);
    return sp - below;
}

uint64_t assembly_check(const struct assembly_row *row) {
    unsigned deepest = 0, other_deepest = 0;
    complaints = 0;
    said[0] = 0;
    for (unsigned round = 0; round < 8; round++) {
        skew = round % 4 * 4;
        stepped = round >= 4;
        trapped = false;
        fault_code = 0;
        prepare(row);
        under_way = true;
        assembly_call_now();
        under_way = false;

        if (fault_code) {
            complain(row, ASSEMBLY_FAULTS, fault_code, fault_pc - assembly_now.routine);
            continue; /* nothing behind it means anything */
        }
        look_at_entries(row);
        if (row->must_not_return) {
            expect(row, ASSEMBLY_COMES_BACK, assembly_now.came_back, false);
        } else {
            expect(row, ASSEMBLY_STAYS_AWAY, !assembly_now.came_back, false);
            if (assembly_now.came_back)
                look_at_registers(row);
        }
        if (!stepped) { /* the dispatcher writes below esp, wherever that is */
            for (unsigned index = row->pops / 4; index < row->argument_count; index++)
                expect(row, ASSEMBLY_WRITES_ABOVE, word_at(own_sp() + 4 * index), value_of(row->arguments[index]));
            unsigned depth = look_at_stack(row, own_low, own_sp(), 4 * row->argument_count, row->depth_max, false);
            unsigned other_depth = look_at_stack(row, other_low, assembly_other_sp(), 0, row->other_depth_max, true);
            deepest = depth > deepest ? depth : deepest;
            other_deepest = other_depth > other_deepest ? other_depth : other_deepest;
        }
        if (row->holds && !row->holds(row))
            complain(row, ASSEMBLY_BREAKS_ITS_CONTRACT, 0, 0);
    }
    if (!complaints && (deepest < row->depth_max || other_deepest < row->other_depth_max))
        complain(row, ASSEMBLY_NEEDS_LESS, deepest < row->depth_max ? deepest : other_deepest,
                 deepest < row->depth_max ? row->depth_max : row->other_depth_max);
    return complaints;
}
