#include "countdown.h"

#include <string.h>
#include <windows.h>

enum { HELD_MAX = 1024 };

static struct inject_schedule *plan;
static struct sweep_header *out;
static uint32_t (*depth_now)(void);
static volatile LONG busy; /* several threads ask */
static uint32_t held_count;
static struct {
    char point[INJECT_POINT_BYTES];
    uintptr_t what;
} held[HELD_MAX];

static void enter(void) {
    while (InterlockedExchange(&busy, 1))
        Sleep(0);
}
static void leave(void) { InterlockedExchange(&busy, 0); }

static void copy_name(char *name, const char *point) { strncat(memset(name, 0, INJECT_POINT_BYTES), point, INJECT_POINT_BYTES - 1); }

/* From the base of the image that the address lies in: a base may differ from run to run. */
static uint32_t offset_in_image(uintptr_t address) {
    MEMORY_BASIC_INFORMATION memory;
    if (!VirtualQuery((const void *)address, &memory, sizeof memory) || memory.Type != MEM_IMAGE)
        return 0;
    return (uint32_t)(address - (uintptr_t)memory.AllocationBase);
}

static bool refuses(const char *point, uintptr_t caller) {
    const struct inject_site site = {(enum inject_phase)out->phase, depth_now(), point};
    enter();
    out->sites++;
    bool now = inject_schedule_decide(plan, &site);
    if (now && !out->counted.injected++) {
        out->counted.phase = out->phase;
        out->counted.caller = (uint32_t)caller;
        out->counted.caller_offset = offset_in_image(caller);
        copy_name(out->counted.point, point);
    }
    leave();
    return now;
}

static void took(const char *point, uintptr_t what) {
    enter();
    if (held_count < HELD_MAX) {
        held[held_count].what = what;
        copy_name(held[held_count++].point, point);
    }
    leave();
}

/* tls_take and tls_give: a TLS slot and a handle may have the same number. */
static bool same_subject(const char *one, const char *other) {
    size_t length = strcspn(one, "_");
    return length == strcspn(other, "_") && !memcmp(one, other, length);
}

static void gave(const char *point, uintptr_t what) {
    uint32_t found = HELD_MAX;
    enter();
    for (uint32_t index = 0; index < held_count; index++)
        if (held[index].what == what && (found == HELD_MAX || same_subject(held[index].point, point)))
            found = index;
    if (found < HELD_MAX)
        held[found] = held[--held_count];
    leave();
}

const struct adapter_injector inject_countdown = {refuses, took, gave};

void inject_countdown_begin(struct inject_schedule *schedule, struct sweep_header *file, uint32_t (*depth)(void)) {
    plan = schedule;
    out = file;
    depth_now = depth;
}

void inject_countdown_end(void) {
    out->counted.held = held_count;
    if (held_count) {
        out->counted.held_what = (uint32_t)held[0].what;
        memcpy(out->counted.held_point, held[0].point, sizeof held[0].point);
    }
}
