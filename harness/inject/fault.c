#include "fault.h"

#include <windows.h>

/* Assembly reads these. */
extern uintptr_t inject_wild_address, inject_data_address;
uintptr_t inject_wild_address, inject_data_address;

#define FAULT_KIND(name, word, status, panics, built) FAULT_KIND_##built(name)
#define FAULT_KIND_1(name) void inject_##name(void); extern const char inject_##name##_at[], inject_##name##_after[];
#define FAULT_KIND_0(name)
#include "fault_kinds.def"
#undef FAULT_KIND
#undef FAULT_KIND_1
#undef FAULT_KIND_0

static const struct {
    void (*routine)(void);
    const char *at, *after;
} faults[SCENARIO_FAULT_KIND_COUNT] = {
#define FAULT_KIND(name, word, status, panics, built) FAULT_KIND_##built(name)
#define FAULT_KIND_1(name) [SCENARIO_FAULT_##name] = {inject_##name, inject_##name##_at, inject_##name##_after},
#define FAULT_KIND_0(name)
#include "fault_kinds.def"
#undef FAULT_KIND
#undef FAULT_KIND_1
#undef FAULT_KIND_0
};

bool inject_prepare(void) {
    static const unsigned char ret = 0xC3;
    char *memory = VirtualAlloc(NULL, 3 * 0x10000, MEM_RESERVE, PAGE_NOACCESS);
    if (!memory || !VirtualAlloc(memory, 0x1000, MEM_COMMIT, PAGE_READWRITE))
        return false;
    *(volatile unsigned char *)memory = ret; /* a processor without NX would return from it: then the fault is missing and the trace differs */
    inject_data_address = (uintptr_t)memory;
    inject_wild_address = (uintptr_t)memory + 0x10000 + 0x123;
    return true;
}

void inject_fault(enum scenario_fault_kind kind) { faults[kind].routine(); }

uintptr_t inject_fault_resume_pc(uintptr_t pc) {
    for (unsigned kind = 0; kind < SCENARIO_FAULT_KIND_COUNT; kind++)
        if (faults[kind].routine && (uintptr_t)faults[kind].at == pc)
            return (uintptr_t)faults[kind].after;
    return 0;
}
