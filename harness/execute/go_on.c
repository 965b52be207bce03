/* Two threads. The first is the caller of step_go_on_run: it runs no text, so nothing that a text does to its thread can be done to it. The second runs texts, until one of them
 * comes to an end that it does not come back from. That thread stays as it is, for ever; the first puts back
 *
 *   every writable section of the executor, the runtime under test and the foreign library,
 *   the process's filter for unhandled exceptions, and the TLS slots that the text has taken,
 *
 * which is what our code can have changed in a process, apart from memory that nobody knows of any more, and starts another second thread.
 *
 * Every second thread's stack lies where the process's first thread has its own, below whatever is allocated later: what a wrong bound in the TIB excludes depends on that.
 *
 * Not gone on from are ends that may have left more than that: of a text with other threads or tasks (one of them may still run), on another thread, with one of Windows' own
 * locks held. And not more often than GO_ON_MAX times: what is left behind adds up. */
#include "go_on.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "state.h"

enum { SECTIONS_MAX = 64, GO_ON_MAX = 64, BESIDE_STACK = 1 << 20 /* what Windows takes with it */, TLS_FAST_MAX = 64, EXIT_MACHINE = 3 };

struct section {
    void *bytes;
    size_t size;
    void *copy;
};

/* Lies in memory of its own: what is in a section is put back. */
struct going_on {
    struct section sections[SECTIONS_MAX];
    size_t section_count;
    LPTOP_LEVEL_EXCEPTION_FILTER filter;
    DWORD free_slots[TLS_FAST_MAX];
    size_t free_slot_count;
    int (*texts)(unsigned first);
    unsigned next;    /* text */
    unsigned ends;    /* gone on from so far */
    DWORD thread;     /* that runs texts */
    HANDLE is_behind; /* event: a text has ended so */
    int status;       /* what texts returned */
};
static struct going_on *going_on; /* set before the sections are copied */

/* Room for the stacks, taken before anything else is. */
static char *room;
static size_t stack_bytes;

bool step_go_on_prepare(void) {
    const IMAGE_NT_HEADERS *headers = (const IMAGE_NT_HEADERS *)((const char *)GetModuleHandleA(NULL) + ((const IMAGE_DOS_HEADER *)GetModuleHandleA(NULL))->e_lfanew);
    stack_bytes = headers->OptionalHeader.SizeOfStackReserve + BESIDE_STACK;
    room = VirtualAlloc(NULL, stack_bytes, MEM_RESERVE, PAGE_NOACCESS);
    for (unsigned number = 1; room && number <= GO_ON_MAX; number++)
        if (!VirtualAlloc(room + number * stack_bytes, stack_bytes, MEM_RESERVE, PAGE_NOACCESS))
            return false;
    return room != NULL;
}

static bool copy_section(void *bytes, size_t size) {
    if (going_on->section_count == SECTIONS_MAX)
        return false;
    struct section *section = &going_on->sections[going_on->section_count];
    *section = (struct section){bytes, size, malloc(size)};
    going_on->section_count += section->copy != NULL;
    return section->copy != NULL;
}

static bool find_sections(uintptr_t image) {
    const IMAGE_NT_HEADERS *headers = (const IMAGE_NT_HEADERS *)(image + (uintptr_t)((const IMAGE_DOS_HEADER *)image)->e_lfanew);
    const IMAGE_SECTION_HEADER *section = IMAGE_FIRST_SECTION(headers);
    for (unsigned number = 0; number < headers->FileHeader.NumberOfSections; number++, section++)
        if (section->Characteristics & IMAGE_SCN_MEM_WRITE && !copy_section((void *)(image + section->VirtualAddress), section->Misc.VirtualSize))
            return false;
    return true;
}

static bool find_images(void) {
    for (size_t number = 0; number < STEP_OWN_IMAGES; number++)
        if (!find_sections((uintptr_t)step.own_images[number]->low))
            return false;
    return true;
}

/* There is no call that only asks which are free. */
static void find_free_slots(void) {
    DWORD slot;
    while (going_on->free_slot_count < TLS_FAST_MAX && (slot = TlsAlloc()) < TLS_FAST_MAX)
        going_on->free_slots[going_on->free_slot_count++] = slot;
    for (size_t number = 0; number < going_on->free_slot_count; number++)
        TlsFree(going_on->free_slots[number]);
}

static void remember(void) {
    going_on->filter = SetUnhandledExceptionFilter(NULL);
    SetUnhandledExceptionFilter(going_on->filter);
    find_free_slots();
    for (size_t number = 0; number < going_on->section_count; number++)
        memcpy(going_on->sections[number].copy, going_on->sections[number].bytes, going_on->sections[number].size);
}

static void put_back(void) {
    for (size_t number = 0; number < going_on->section_count; number++)
        memcpy(going_on->sections[number].bytes, going_on->sections[number].copy, going_on->sections[number].size);
    for (size_t number = 0; number < going_on->free_slot_count; number++)
        TlsFree(going_on->free_slots[number]); /* refused for those that are free */
    SetUnhandledExceptionFilter(going_on->filter);
}

static DWORD WINAPI run_texts(LPVOID unused) {
    struct step_thread before;
    (void)unused;
    if (!step.foreign->thread_ready()) {
        fputs("no memory for a thread's fiber: free address space\n", stderr);
        TerminateProcess(GetCurrentProcess(), EXIT_MACHINE);
    }
    step_thread_enter(&before);
    going_on->status = going_on->texts(going_on->next);
    return 0;
}

int step_go_on_run(int (*texts)(unsigned first), unsigned first) {
    going_on = calloc(1, sizeof *going_on);
    HANDLE is_behind = CreateEventA(NULL, FALSE, FALSE, NULL);
    if (!going_on || !is_behind || !find_images()) {
        fputs("exchain-execute: no memory to remember the process in: free address space\n", stderr);
        return EXIT_MACHINE;
    }
    going_on->texts = texts;
    going_on->next = first;
    going_on->is_behind = is_behind;
    remember();
    for (;;) {
        VirtualFree(room + going_on->ends * stack_bytes, 0, MEM_RELEASE); /* the lowest place that is free: the thread gets its stack there */
        HANDLE thread = CreateThread(NULL, 0, run_texts, NULL, CREATE_SUSPENDED, &going_on->thread);
        if (!thread) {
            fprintf(stderr, "exchain-execute: no thread to go on with (error %lu): free address space\n", GetLastError());
            TerminateProcess(GetCurrentProcess(), EXIT_MACHINE);
        }
        ResumeThread(thread);
        HANDLE either[] = {thread, is_behind};
        if (WaitForMultipleObjects(2, either, FALSE, INFINITE) == WAIT_OBJECT_0)
            break;
        CloseHandle(thread);
        put_back();
    }
    if (going_on->ends)
        TerminateProcess(GetCurrentProcess(), (UINT)going_on->status); /* an orderly end would ask the dead */
    return going_on->status;
}

static bool has_threads(const struct scenario_program *program) {
    for (size_t number = 1; number < program->count; number++) {
        const struct scenario_node *node = &program->nodes[number];
        bool carried = node->operation == SCENARIO_VIA && (node->kind == SCENARIO_CARRIER_CREATETHREAD || node->kind == SCENARIO_CARRIER_TIMER ||
                                                           node->kind == SCENARIO_CARRIER_THREADPOOL);
        if (node->operation == SCENARIO_GO || node->operation == SCENARIO_THREAD || carried)
            return true;
    }
    return false;
}

void step_go_on(void) {
    if (!going_on || going_on->ends == GO_ON_MAX || GetCurrentThreadId() != going_on->thread || has_threads(step.program) || step_system_locks_held() ||
        !step_journal_has_room())
        return;
    going_on->next = step_journal_run()->index + 1;
    going_on->ends++;
    step_journal_put_aside();
    SetEvent(going_on->is_behind);
    for (;;)
        Sleep(INFINITE);
}
