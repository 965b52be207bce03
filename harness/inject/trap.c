#include "trap_floor.h"

enum { TRAP_FLAG = 0x100, EXECUTED = 8, PUSHF = 0x9C };

/* Assembly. */
void trap_flag_set(void);
extern const char trap_park[], trap_park_end[];

static struct trap_plan plan;
/* All of this is about the thread that has the floor. */
static struct trap_walk walk;
static volatile bool ending;
static bool walking;     /* a trap is on its way along the chain */
static uintptr_t before; /* the instruction that the last trap came from; 0: somewhere else */

static TRAP_CODE bool is_ours(uintptr_t pc) {
    for (size_t index = 0; index < plan.image_count; index++)
        if (pc >= plan.images[index].low && pc < plan.images[index].high)
            return true;
    return false;
}

static void probes_take_away(void) {
    for (size_t index = 0; index < walk.count; index++)
        ((uintptr_t *)walk.asked[index].record)[1] = walk.asked[index].handler;
    walking = false;
    plan.walked(&walk);
}

/* The dispatcher has come to a record, and calls the handler that it finds there: ours, in the place of the record's own. */
static EXCEPTION_DISPOSITION __cdecl probe(EXCEPTION_RECORD *record, void *frame, CONTEXT *context, void *dispatcher) {
    struct trap_asked *asked = &walk.asked[walk.next];
    walk.flags |= record->ExceptionFlags;
    if (walk.next >= walk.count || asked->record != (uintptr_t)frame) {
        walk.wrong = "the dispatcher asked another record than the one whose turn it was";
        for (walk.next = 0; walk.next + 1 < walk.count && walk.asked[walk.next].record != (uintptr_t)frame; walk.next++)
            ;
        asked = &walk.asked[walk.next];
    }
    ((uintptr_t *)asked->record)[1] = asked->handler;
    if (asked->asks && ((EXCEPTION_DISPOSITION(__cdecl *)(EXCEPTION_RECORD *, void *, CONTEXT *, void *))asked->handler)(record, frame, context, dispatcher) != ExceptionContinueSearch)
        walk.wrong = "a handler of the runtime took a trap in code that is not its own";
    if (++walk.next < walk.count)
        return ExceptionContinueSearch;
    probes_take_away();
    context->EFlags |= TRAP_FLAG;
    return ExceptionContinueExecution;
}

static void probes_place(void) {
    for (size_t index = 0; index < walk.count; index++)
        ((uintptr_t *)walk.asked[index].record)[1] = (uintptr_t)probe;
    walk.next = 0;
    walk.wrong = NULL;
    walk.flags = 0;
    walking = true;
}

/* An instruction of ours is about to be executed. */
static LONG at_instruction(CONTEXT *context) {
    uintptr_t pc = context->Eip;
    if (before && pc == before + 1 && *(const unsigned char *)before == PUSHF)
        *(DWORD *)context->Esp &= ~(DWORD)TRAP_FLAG; /* the code must not see the flag that it is stepped with */
    before = pc;
    context->EFlags |= TRAP_FLAG;
    if (walking) {
        walk.wrong = "somebody took the trap before it came to the last record";
        probes_take_away();
    }
    if (ending) {
        context->EFlags &= ~(DWORD)TRAP_FLAG;
        ending = false;
        trap_floor_end();
        return EXCEPTION_CONTINUE_EXECUTION;
    }
    for (size_t index = 0; index < plan.skipped_count; index++)
        if (plan.skipped[index] == pc) {
            trap_floor_skip(context);
            before = 0;
            return EXCEPTION_CONTINUE_EXECUTION;
        }
    switch (plan.site(context, &walk)) {
    case TRAP_WALKS:
        probes_place();
        return EXCEPTION_CONTINUE_SEARCH;
    case TRAP_PARKS:
        context->Eip = (DWORD)(uintptr_t)trap_park;
        context->EFlags &= ~(DWORD)TRAP_FLAG;
        return EXCEPTION_CONTINUE_EXECUTION;
    default: return EXCEPTION_CONTINUE_EXECUTION;
    }
}

/* While the images are shut, only what is TRAP_CODE can run of them. */
static TRAP_CODE LONG CALLBACK on_exception(EXCEPTION_POINTERS *pointers) {
    const EXCEPTION_RECORD *record = pointers->ExceptionRecord;
    CONTEXT *context = pointers->ContextRecord;
    if (!trap_floor_is_on())
        return EXCEPTION_CONTINUE_SEARCH;
    if (record->ExceptionCode == EXCEPTION_ACCESS_VIOLATION && record->ExceptionInformation[0] == EXECUTED && is_ours(context->Eip)) {
        if (!trap_floor_come_in(context->Esp))
            return EXCEPTION_CONTINUE_EXECUTION;
        before = 0;
        return at_instruction(context);
    }
    if (!trap_floor_is_mine())
        return EXCEPTION_CONTINUE_SEARCH;
    bool steps = record->ExceptionCode == EXCEPTION_SINGLE_STEP;
    if (steps && is_ours(context->Eip))
        return at_instruction(context);
    before = 0;
    trap_floor_go_out(context, steps);
    if (!steps)
        return EXCEPTION_CONTINUE_SEARCH; /* the text's own: whichever of our handlers the dispatcher calls is stepped */
    context->EFlags &= ~(DWORD)TRAP_FLAG; /* out of our code, into Windows' */
    return EXCEPTION_CONTINUE_EXECUTION;
}

bool trap_prepare(const struct trap_plan *what) {
    plan = *what;
    return trap_floor_prepare(&plan) && AddVectoredExceptionHandler(1, on_exception) != NULL;
}

void trap_begin(void) {
    trap_floor_begin();
    trap_flag_set();
}

void trap_end(void) { ending = trap_floor_is_on(); }

bool trap_is_parked(uintptr_t pc) { return pc >= (uintptr_t)trap_park && pc < (uintptr_t)trap_park_end; }
