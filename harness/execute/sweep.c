/* Refusals by count, as a run of the executor: the file that says how it went, what is armed before the runtime starts, what is asked behind its stop. */
#include "sweep.h"

#include <stdio.h>
#include <string.h>
#include <windows.h>

#include <tlhelp32.h>

#include "../inject/countdown.h"
#include "../inject/trap.h"
#include "state.h"
#include "sweep_step.h"

static struct inject_schedule schedule;
static struct sweep_header *file;
static uintptr_t head;
static char message[400];

static const char *map_file(const char *name) {
    HANDLE handle = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    HANDLE mapping = handle == INVALID_HANDLE_VALUE ? NULL : CreateFileMappingA(handle, NULL, PAGE_READWRITE, 0, sizeof *file, NULL);
    file = mapping ? MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0) : NULL;
    if (file) {
        memcpy(file->magic, SWEEP_MAGIC, sizeof file->magic);
        return NULL;
    }
    snprintf(message, sizeof message, "%s: the sweep's file cannot be written (error %lu): choose another with --sweep", name, GetLastError());
    return message;
}

static uint32_t depth_now(void) {
    struct adapter_observation observation;
    step.adapter->observe(&observation);
    return observation.depth;
}

/* Handles are counted by asking for each: GetProcessHandleCount says 0 under Wine 8. */
static struct sweep_held held_now(void) {
    enum { HANDLES_MAX = 1024, HANDLE_GRAIN = 4 };
    struct sweep_held held = {0};
    DWORD flags, own = GetCurrentProcessId();
    for (uintptr_t number = 1; number <= HANDLES_MAX; number++)
        held.handles += GetHandleInformation((HANDLE)(number * HANDLE_GRAIN), &flags) != 0;
    HANDLE threads = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
    THREADENTRY32 thread = {.dwSize = sizeof thread};
    for (BOOL more = Thread32First(threads, &thread); more; more = Thread32Next(threads, &thread))
        held.threads += thread.th32OwnerProcessID == own;
    CloseHandle(threads);
    return held;
}

const char *step_sweep_open(const struct step_options *options) {
    static char problem[300];
    if (!options->inject)
        return NULL;
    if (!inject_schedule_read(options->inject, &schedule, problem, sizeof problem))
        return problem;
    if (options->stepped)
        return map_file(options->sweep);
    if (!step.adapter->inject || !step.adapter->stop)
        return "--inject: what this runtime asks of Windows cannot be refused: its adapter has no `inject` and `stop`";
    const char *error = map_file(options->sweep);
    if (error)
        return error;
    head = machine_tib(TIB_HEAD);
    inject_countdown_begin(&schedule, file, depth_now);
    step.adapter->inject(&inject_countdown);
    return NULL;
}

const char *step_sweep_started(const struct step_options *options) {
    if (options->passive)
        return trap_prepare(&(struct trap_plan){0}) ? NULL : "--passive: no memory for a vectored handler";
    return options->stepped ? step_sweep_step_prepare(&schedule, file, options) : NULL;
}

void step_sweep_begin(void) {
    if (!file)
        return;
    file->phase = INJECT_TEXT;
    if (!file->stepped.images_count)
        file->counted.before = held_now();
    step_sweep_step_begin();
}

void step_sweep_end(void) { step_sweep_step_end(); }

/* Behind the runtime's stop: now it has given back what it keeps from one text to the next, threads of its own. */
static void count_again(void) {
    if (!file->stepped.images_count)
        file->counted.after = held_now();
}

static void finish(void) {
    if (!file->stepped.images_count)
        inject_countdown_end();
    file->counted.chain_changed = machine_tib(TIB_HEAD) != head;
    file->finished = 1;
}

void step_sweep_refused(const char *sentence) {
    if (!file || !file->counted.injected)
        return;
    snprintf(file->counted.refused, sizeof file->counted.refused, "%s", sentence);
    if (file->phase == INJECT_TEXT) {
        file->phase = INJECT_STOP;
        step.adapter->stop();
        count_again();
    }
    finish();
    ExitProcess(0);
}

void step_sweep_close(void) {
    if (!file)
        return;
    file->phase = INJECT_STOP;
    const char *error = step.adapter->stop ? step.adapter->stop() : NULL;
    count_again();
    if (error)
        snprintf(file->counted.refused, sizeof file->counted.refused, "%s", error);
    finish();
}

uint32_t step_sweep_sites(void) { return file ? file->sites : 0; }
