/* A million panics out of a callback, across a C frame with a record, each recovered outside: what wipes C's frames must not eat anything. */
#include <stdio.h>

#include "support.h"

enum { ROUNDS = 1000000, LOOK_EVERY = 100000, LOOKS = ROUNDS / LOOK_EVERY + 1 };

/* What a process could lose: place on the system stack, memory, handles. */
struct possession {
    uintptr_t system_sp, sp_in_c, head;
    SIZE_T committed;
    uintptr_t next_handle; /* the value a new handle gets: the lowest that is free. Wine 8 counts no handles (GetProcessHandleCount says 0) */
};
static struct possession looks[LOOKS];
static uintptr_t sp_in_c;
static unsigned recovered;

static SIZE_T committed_bytes(void) {
    SIZE_T sum = 0;
    MEMORY_BASIC_INFORMATION memory;
    for (char *address = NULL; VirtualQuery(address, &memory, sizeof memory); address = (char *)memory.BaseAddress + memory.RegionSize)
        if (memory.State == MEM_COMMIT && memory.Type == MEM_PRIVATE)
            sum += memory.RegionSize;
    return sum;
}

static uintptr_t next_handle(void) {
    HANDLE handle = CreateEventA(NULL, FALSE, FALSE, NULL);
    CloseHandle(handle);
    return (uintptr_t)handle;
}

static void in_c(void *step) {
    sp_in_c = (uintptr_t)__builtin_frame_address(0);
    record_around(step);
}

static void call(void *unused) {
    (void)unused;
    struct step panics = {panic_with_7, NULL}, calls_back = {call_back, &panics};
    xc_call(in_c, &calls_back);
}

static void rounds(void *unused) {
    (void)unused;
    for (unsigned round = 0; round < ROUNDS; round++) {
        recovered += xc_recover(call, NULL, NULL, NULL);
        if (round == 0 || (round + 1) % LOOK_EVERY == 0) {
            struct possession *look = &looks[(round + 1) / LOOK_EVERY];
            struct xc_observation now;
            xc_observe(&now);
            *look = (struct possession){now.system_sp, sp_in_c, now.innermost_record, committed_bytes(), next_handle()};
        }
    }
}

static void a_million_rounds_cost_nothing(void **state) {
    (void)state;
    assert_int_equal(run(rounds, NULL).end, XC_ENDED_RETURN);
    assert_int_equal(recovered, ROUNDS);
    for (unsigned place = 0; place < LOOKS; place += LOOKS - 1)
        print_message("after %7u rounds: system stack in use above %08lx, C at %08lx, %lu KiB committed, next handle %lx\n", place ? place * LOOK_EVERY : 1,
                      (unsigned long)looks[place].system_sp, (unsigned long)looks[place].sp_in_c, (unsigned long)(looks[place].committed >> 10),
                      (unsigned long)looks[place].next_handle);
    for (unsigned place = 1; place < LOOKS; place++) {
        assert_int_equal(looks[place].system_sp, looks[0].system_sp);
        assert_int_equal(looks[place].sp_in_c, looks[0].sp_in_c);
        assert_int_equal(looks[place].head, looks[0].head);
        assert_true(looks[place].committed <= looks[0].committed);
        assert_int_equal(looks[place].next_handle, looks[0].next_handle);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(a_million_rounds_cost_nothing, runtime_begin, runtime_end)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
