#include "fault.h"

#include <windows.h>

#include "cut_short.h"

/* Assembly reads these. */
extern uintptr_t inject_wild_address, inject_data_address, inject_guard_address, inject_inpage_address;
uintptr_t inject_wild_address, inject_data_address, inject_guard_address, inject_inpage_address, inject_overflow_margin;

enum pc { AT, BEHIND, EITHER, TARGET, NEXT };
enum information { NONE, READ, WRITE, EXECUTE, IN_PAGE, BREAK, SIMD, NOBODY };

#define FAULT_KIND(name, ...) void inject_##name(void); extern const char inject_##name##_at[], inject_##name##_after[];
#include "fault_kinds.def"
#undef FAULT_KIND

static const struct {
    void (*routine)(void);
    const char *at, *after;
} faults[SCENARIO_FAULT_KIND_COUNT] = {
#define FAULT_KIND(name, ...) [SCENARIO_FAULT_##name] = {inject_##name, inject_##name##_at, inject_##name##_after},
#include "fault_kinds.def"
#undef FAULT_KIND
};

static const struct {
    uint32_t status;
    uint8_t pc, information;
} facts[SCENARIO_FAULT_KIND_COUNT] = {
#define FAULT_KIND(name, word, status, panics, bytes, pc, resume, information) [SCENARIO_FAULT_##name] = {status, pc, information},
#include "fault_kinds.def"
#undef FAULT_KIND
};

enum { PAGE = 0x1000, APART = 0x10000 };

bool inject_prepare(void) {
    static const unsigned char ret = 0xC3;
    char *memory = VirtualAlloc(NULL, 4 * APART, MEM_RESERVE, PAGE_NOACCESS);
    if (!memory || !VirtualAlloc(memory, PAGE, MEM_COMMIT, PAGE_READWRITE) || !VirtualAlloc(memory + 3 * APART, PAGE, MEM_COMMIT, PAGE_READWRITE))
        return false;
    *(volatile unsigned char *)memory = ret; /* a processor without NX would return from it: then the fault is missing and the trace differs */
    inject_data_address = (uintptr_t)memory;
    inject_wild_address = (uintptr_t)memory + APART + 0x123;
    inject_guard_address = (uintptr_t)memory + 3 * APART;
    return true;
}

void inject_fault_make_ready(enum scenario_fault_kind kind) {
    DWORD before, error = GetLastError();
    if (kind == SCENARIO_FAULT_GUARD) /* a guard page is one once */
        VirtualProtect((void *)inject_guard_address, PAGE, PAGE_READWRITE | PAGE_GUARD, &before);
    if (kind == SCENARIO_FAULT_INPAGE && !inject_inpage_address)
        inject_inpage_address = (uintptr_t)cut_short_map();
    SetLastError(error);
}

void inject_fault_raise(enum scenario_fault_kind kind) { faults[kind].routine(); }

void inject_fault(enum scenario_fault_kind kind) {
    inject_fault_make_ready(kind);
    inject_fault_raise(kind);
}

void inject_in_the_middle(void (*routine)(void)); /* middle.S */
void inject_fault_raise_in_the_middle(enum scenario_fault_kind kind) { inject_in_the_middle(faults[kind].routine); }

uintptr_t inject_fault_resume_pc(uintptr_t pc) {
    for (unsigned kind = 0; kind < SCENARIO_FAULT_KIND_COUNT; kind++)
        if (faults[kind].routine && (uintptr_t)faults[kind].at == pc)
            return (uintptr_t)faults[kind].after;
    return 0;
}

/* What the access was about; 0: address 0. */
static uintptr_t touched(enum scenario_fault_kind kind) {
    switch (kind) {
    case SCENARIO_FAULT_WILD_READ:
    case SCENARIO_FAULT_WILD_WRITE: return inject_wild_address;
    case SCENARIO_FAULT_NOEXEC: return inject_data_address;
    case SCENARIO_FAULT_GUARD: return inject_guard_address;
    case SCENARIO_FAULT_INPAGE: return inject_inpage_address;
    default: return 0;
    }
}

void inject_fault_report(enum scenario_fault_kind kind, struct inject_report *report) {
    static const uint8_t parameters[][2] = {[NONE] = {0, 0}, [READ] = {2, 2}, [WRITE] = {2, 2}, [EXECUTE] = {2, 2}, [IN_PAGE] = {3, 3}, [BREAK] = {3, 1}, [SIMD] = {1, 2}};
    static const uint8_t known[] = {[READ] = 2, [WRITE] = 2, [EXECUTE] = 2, [IN_PAGE] = 2, [BREAK] = 1, [SIMD] = 1, [NOBODY] = 0};
    static const uint8_t first[] = {[WRITE] = 1, [EXECUTE] = 8, [NOBODY] = 0};
    enum information information = facts[kind].information;
    uintptr_t at = (uintptr_t)faults[kind].at, after = (uintptr_t)faults[kind].after, address = touched(kind);
    *report = (struct inject_report){.routine = (uintptr_t)faults[kind].routine, .status = facts[kind].status, .pc = {at, at}, .known = known[information]};
    if (information != NOBODY) {
        report->parameters[0] = parameters[information][0];
        report->parameters[1] = parameters[information][1];
    }
    report->information[0] = first[information];
    report->information[1] = address;
    if (kind == SCENARIO_FAULT_OVERFLOW)
        report->known = 1; /* wherever the stack ends */
    switch ((enum pc)facts[kind].pc) {
    case AT:
    case NEXT: break;
    case BEHIND: report->pc[0] = report->pc[1] = after; break;
    case EITHER: report->pc[1] = after; break;
    case TARGET: report->pc[0] = report->pc[1] = address; break;
    }
}
