/* Tasks and the threads that run them: many of both, over many rounds, with nothing left behind. */
#include <string.h>

#include "support.h"

#include <tlhelp32.h>

enum { TASKS = 40, ROUNDS = 50 };

static void yield_a_little(void *counter) {
    for (int round = 0; round < 5; round++)
        xc_yield();
    ++*(unsigned *)counter;
}

/* Threads of this process. */
static unsigned threads_now(void) {
    unsigned threads = 0;
    DWORD own = GetCurrentProcessId();
    HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
    THREADENTRY32 thread = {.dwSize = sizeof thread};
    for (BOOL more = Thread32First(all, &thread); more; more = Thread32Next(all, &thread))
        threads += thread.th32OwnerProcessID == own;
    CloseHandle(all);
    return threads;
}

/* Handles are counted by asking for each: GetProcessHandleCount says 0 under Wine 8. */
static unsigned handles_now(void) {
    enum { HANDLES_MAX = 1024, HANDLE_GRAIN = 4 };
    unsigned handles = 0;
    DWORD flags;
    for (uintptr_t number = 1; number <= HANDLES_MAX; number++)
        handles += GetHandleInformation((HANDLE)(number * HANDLE_GRAIN), &flags) != 0;
    return handles;
}

/* Committed memory of the process, images and all. */
static size_t memory_now(void) {
    size_t bytes = 0;
    MEMORY_BASIC_INFORMATION memory;
    for (char *address = NULL; VirtualQuery(address, &memory, sizeof memory); address = (char *)memory.BaseAddress + memory.RegionSize)
        if (memory.State == MEM_COMMIT && memory.Type == MEM_PRIVATE)
            bytes += memory.RegionSize;
    return bytes;
}

static void start_many(void *counter) {
    for (unsigned task = 0; task < TASKS; task++)
        xc_go(yield_a_little, counter);
    xc_wait();
}

static void many_tasks_run(void **state) {
    (void)state;
    unsigned counter = 0;
    assert_int_equal(run(start_many, &counter).end, XC_ENDED_RETURN);
    assert_int_equal(counter, TASKS);
}

/* Each stands in a callback on a thread of its own until the one started behind it has gone on. */
struct link {
    struct xc_task *task;
    struct link *next;
    DWORD thread_before, thread_after;
    struct seen before, after;
    unsigned *recovered;
};
static void block(void *argument) {
    struct link *link = argument;
    link->task = xc_task_self();
    link->thread_before = GetCurrentThreadId();
    see(&link->before);
    xc_park();
    see(&link->after);
    link->thread_after = GetCurrentThreadId();
    if (link->next)
        xc_ready(link->next->task);
    xc_panic(7);
}
static void block_in_callback(void *argument) {
    struct link *link = argument;
    struct step back = {block, link};
    *link->recovered += xc_recover(call_c, &(struct step){record_around, &(struct step){call_back, &back}}, NULL, NULL);
    *link->recovered += xc_recover(fault_at_nil, NULL, NULL, NULL);
}
static void let_them_go(void *argument) {
    struct link *links = argument;
    for (unsigned task = 0; task < TASKS; task++)
        xc_go(block_in_callback, &links[task]);
    for (unsigned task = 0; task < TASKS; task++)
        while (!links[task].task)
            xc_yield();
    xc_ready(links[0].task);
    xc_wait();
}

static void tasks_that_block_in_callbacks_keep_their_threads(void **state) {
    (void)state;
    static struct link links[TASKS];
    unsigned recovered = 0;
    memset(links, 0, sizeof links);
    for (unsigned task = 0; task < TASKS; task++)
        links[task] = (struct link){.next = task + 1 < TASKS ? &links[task + 1] : NULL, .recovered = &recovered};
    run(let_them_go, links);
    assert_int_equal(recovered, 2 * TASKS);
    for (unsigned task = 0; task < TASKS; task++) {
        assert_int_equal(links[task].thread_after, links[task].thread_before);
        assert_seen_equal(&links[task].after, &links[task].before);
        for (unsigned other = 0; other < task; other++) /* all of them stood there at the same time */
            assert_int_not_equal(links[task].thread_before, links[other].thread_before);
    }
}

static void nothing_is_left_over_many_rounds(void **state) {
    many_tasks_run(state);
    tasks_that_block_in_callbacks_keep_their_threads(state);
    unsigned threads = threads_now(), handles = handles_now();
    size_t memory = memory_now();
    for (unsigned round = 0; round < ROUNDS; round++) {
        many_tasks_run(state);
        tasks_that_block_in_callbacks_keep_their_threads(state);
    }
    assert_int_equal(threads_now(), threads);
    assert_int_equal(handles_now(), handles);
    assert_in_range(memory_now(), memory - (256 << 10), memory + (256 << 10)); /* Windows' heaps breathe */
}

static void the_stop_ends_all_threads(void **state) {
    runtime_end(state);
    unsigned threads = threads_now(), handles = handles_now();
    for (unsigned round = 0; round < 3; round++) {
        runtime_begin_quiet(state);
        tasks_that_block_in_callbacks_keep_their_threads(state);
        assert_true(threads_now() >= threads + TASKS);
        runtime_end(state);
        assert_int_equal(threads_now(), threads);
        assert_int_equal(handles_now(), handles);
    }
    runtime_begin_quiet(state);
}

/* A free task goes along with whichever thread is free; what belongs to it goes with it. */
struct mover {
    struct xc_task *task;
    DWORD threads[3];
    unsigned deferred, recovered;
    uint32_t mxcsr, x87_control;
    bool goes;
};
static void note_thread(struct mover *mover, unsigned place) { mover->threads[place] = GetCurrentThreadId(); }
static void move(void *argument) {
    struct mover *mover = argument;
    struct seen seen;
    uint32_t mxcsr = 0x9F80; /* flush to zero */
    uint16_t control = 0x007F;
    __asm__ volatile("ldmxcsr %0\n\tfldcw %1" : : "m"(mxcsr), "m"(control));
    mover->task = xc_task_self();
    note_thread(mover, 1);
    xc_park();
    note_thread(mover, 2);
    see(&seen);
    mover->mxcsr = seen.mxcsr;
    mover->x87_control = seen.x87_control;
    xc_panic(7);
}
static void note_deferred(void *argument) { ((struct mover *)argument)->deferred++; }
static void defer_move(void *mover) { xc_defer(move, mover, note_deferred, mover); }
static void be_moved(void *argument) {
    struct mover *mover = argument;
    note_thread(mover, 0);
    mover->recovered += xc_recover(defer_move, mover, NULL, NULL);
    mover->recovered += xc_recover(fault_at_nil, NULL, NULL, NULL);
}
static void stay_until(void *goes) {
    while (!*(volatile bool *)goes)
        xc_yield();
}
static void stay_in_callback(void *goes) { xc_call(call_back, &(struct step){stay_until, goes}); }
/* The mover's thread is taken by a task that stays in a callback there, so another must run it. */
static void move_the(struct mover *mover, xc_function *moved) {
    xc_go(moved, mover);
    xc_yield();
    xc_go(stay_in_callback, &mover->goes);
    xc_yield();
    xc_yield();
    xc_ready(mover->task);
    xc_yield();
    mover->goes = true;
    xc_wait();
}
static void move_free(void *mover) { move_the(mover, be_moved); }

static void a_free_task_moves_with_all_that_is_its_own(void **state) {
    (void)state;
    struct mover mover = {0};
    run(move_free, &mover);
    assert_int_equal(mover.threads[1], mover.threads[0]);
    assert_int_not_equal(mover.threads[2], mover.threads[1]);
    assert_int_equal(mover.deferred, 1);
    assert_int_equal(mover.recovered, 2);
    assert_int_equal(mover.mxcsr, 0x9F80);
    assert_int_equal(mover.x87_control, 0x007F);
}

static void be_moved_locked(void *argument) {
    xc_task_lock();
    be_moved(argument);
    xc_task_unlock();
}
static void move_locked(void *mover) { move_the(mover, be_moved_locked); }

static void a_locked_task_stays(void **state) {
    (void)state;
    struct mover mover = {0};
    run(move_locked, &mover);
    assert_int_equal(mover.threads[1], mover.threads[0]);
    assert_int_equal(mover.threads[2], mover.threads[1]);
    assert_int_equal(mover.recovered, 2);
}

/* Who is readied before it parks does not park; twice counts once. */
struct permit {
    struct xc_task *first;
    unsigned came_back, readied;
};
static void ready_first(void *argument) {
    struct permit *permit = argument;
    permit->readied++;
    xc_ready(permit->first);
}
static void park_twice(void *argument) {
    struct permit *permit = argument;
    permit->first = xc_task_self();
    xc_ready(permit->first);
    xc_ready(permit->first);
    xc_park();
    permit->came_back = 1 + permit->readied;
    xc_go(ready_first, permit);
    xc_park(); /* the second of the two was not remembered: this one blocks */
    permit->came_back += 10 * permit->readied;
    xc_wait();
}

static void a_ready_that_came_first_is_remembered_once(void **state) {
    (void)state;
    struct permit permit = {0};
    run(park_twice, &permit);
    assert_int_equal(permit.came_back, 11);
}

/* Two tasks hand each other the turn, one of them in a callback, each readying before it parks. */
struct hands {
    struct xc_task *task[2];
    bool done[2];
    unsigned passes;
};
static void pass(struct hands *hands, unsigned own) {
    hands->task[own] = xc_task_self();
    while (!hands->task[!own])
        xc_yield();
    for (unsigned round = 0; round < 2000; round++) {
        hands->passes++;
        xc_ready(hands->task[!own]);
        xc_park();
    }
    hands->done[own] = true;
    if (!hands->done[!own])
        xc_ready(hands->task[!own]);
}
static void pass_first(void *hands) { pass(hands, 0); }
static void pass_second(void *hands) { pass(hands, 1); }
static void pass_in_callback(void *hands) { xc_call(call_back, &(struct step){pass_second, hands}); }
static void pass_around(void *hands) {
    xc_go(pass_first, hands);
    xc_go(pass_in_callback, hands);
}

static void turns_are_passed_and_never_lost(void **state) {
    (void)state;
    struct hands hands = {0};
    assert_int_equal(run(pass_around, &hands).end, XC_ENDED_RETURN);
    assert_int_equal(hands.passes, 4000);
}

/* Families do not wait for each other: several threads with an xc_run each, all with tasks. */
static DWORD WINAPI run_family(void *counter) {
    for (unsigned round = 0; round < 10; round++)
        xc_run(start_many, counter, NULL);
    return 0;
}

static void families_run_side_by_side(void **state) {
    (void)state;
    enum { FAMILIES = 8 };
    unsigned counters[FAMILIES] = {0};
    HANDLE threads[FAMILIES];
    for (unsigned family = 0; family < FAMILIES; family++)
        threads[family] = CreateThread(NULL, 0, run_family, &counters[family], 0, NULL);
    assert_int_equal(WaitForMultipleObjects(FAMILIES, threads, TRUE, 60000), WAIT_OBJECT_0);
    for (unsigned family = 0; family < FAMILIES; family++) {
        CloseHandle(threads[family]);
        assert_int_equal(counters[family], 10 * TASKS);
    }
}

/* A task ends behind those that it started, in whatever way it ends. */
struct order {
    unsigned count, inner, outer;
};
static void end_late(void *argument) {
    struct order *order = argument;
    xc_yield();
    xc_yield();
    order->inner = ++order->count;
}
static void start_and_exit(void *order) {
    xc_go(end_late, order);
    xc_goexit();
}
static void wait_for_both(void *argument) {
    struct order *order = argument;
    xc_go(start_and_exit, order);
    xc_wait();
    order->outer = ++order->count;
}

static void a_task_ends_behind_those_it_started(void **state) {
    (void)state;
    struct order order = {0};
    run(wait_for_both, &order);
    assert_int_equal(order.inner, 1);
    assert_int_equal(order.outer, 2);
    order = (struct order){0};
    assert_int_equal(run(start_and_exit, &order).end, XC_ENDED_GOEXIT);
    assert_int_equal(order.inner, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_tasks_run),
        cmocka_unit_test(tasks_that_block_in_callbacks_keep_their_threads),
        cmocka_unit_test(nothing_is_left_over_many_rounds),
        cmocka_unit_test(the_stop_ends_all_threads),
        cmocka_unit_test(a_free_task_moves_with_all_that_is_its_own),
        cmocka_unit_test(a_locked_task_stays),
        cmocka_unit_test(a_ready_that_came_first_is_remembered_once),
        cmocka_unit_test(turns_are_passed_and_never_lost),
        cmocka_unit_test(families_run_side_by_side),
        cmocka_unit_test(a_task_ends_behind_those_it_started),
    };
    return cmocka_run_group_tests(tests, runtime_begin_quiet, runtime_end);
}
