/* Threads: one after the other, all at once, with little stack, and those that C made and that call back. */
#include <string.h>

#include "support.h"

enum { THREADS_MAX = 64 };

/* Work for one thread, and what came of it. */
struct work {
    unsigned rounds;
    unsigned panics, faults, wiped; /* recovered; caught by C */
    unsigned changed;               /* how often something was not put back */
    uint32_t task;
    struct xc_ending ending;
    enum xc_error error;
};

static void raise_in_c(void *unused) { xc_call(raise_e0000001, unused); }
static void catch_callback(void *work) {
    struct step back = {raise_in_c, NULL};
    if (catch_around(call_back, &back) == 0xE0000001)
        ((struct work *)work)->wiped++;
}

static void work_in_task(void *argument) {
    struct work *work = argument;
    struct step panic = {panic_with_7, NULL}, fault = {fault_at_nil, NULL}, record = {call_back, NULL};
    struct seen before, after;
    see(&before);
    work->task = before.runtime.task;
    for (unsigned round = 0; round < work->rounds; round++) {
        record.argument = round % 10 ? &panic : &fault;
        unsigned *count = round % 10 ? &work->panics : &work->faults;
        *count += xc_recover(call_c, &(struct step){record_around, &record}, NULL, NULL);
        if (round % 100 == 0)
            xc_call(catch_callback, work);
        see(&after);
        work->changed += memcmp(&before, &after, sizeof before) != 0;
    }
    xc_panic(work->task);
}

static DWORD WINAPI work_on_thread(void *argument) {
    struct work *work = argument;
    work->error = xc_run(work_in_task, work, &work->ending);
    return 0;
}

static void assert_worked(const struct work *work) {
    assert_int_equal(work->error, XC_OK);
    assert_int_equal(work->changed, 0);
    assert_int_equal(work->faults, (work->rounds + 9) / 10);
    assert_int_equal(work->panics + work->faults, work->rounds);
    assert_int_equal(work->wiped, (work->rounds + 99) / 100);
    assert_int_equal(work->ending.end, XC_ENDED_PANIC);
    assert_int_equal(work->ending.panic.value, work->task); /* its own */
    assert_int_not_equal(work->task, 0);
}

/* Runs `body` on a thread of C's own and waits for it. */
static void on_thread(LPTHREAD_START_ROUTINE body, void *argument, size_t stack_bytes) {
    HANDLE thread = CreateThread(NULL, stack_bytes, body, argument, stack_bytes ? STACK_SIZE_PARAM_IS_A_RESERVATION : 0, NULL);
    assert_non_null(thread);
    assert_int_equal(WaitForSingleObject(thread, 60000), WAIT_OBJECT_0);
    CloseHandle(thread);
}

static void threads_one_after_the_other(void **state) {
    (void)state;
    uint32_t task_before = 0;
    for (int round = 0; round < 50; round++) {
        struct work work = {.rounds = 100};
        on_thread(work_on_thread, &work, 0);
        assert_worked(&work);
        assert_true(work.task > task_before); /* numbers are never used again */
        task_before = work.task;
    }
}

static void threads_at_the_same_time(void **state) {
    (void)state;
    static struct work works[THREADS_MAX];
    HANDLE threads[THREADS_MAX];
    for (unsigned index = 0; index < THREADS_MAX; index++) {
        works[index] = (struct work){.rounds = 500};
        threads[index] = CreateThread(NULL, 0, work_on_thread, &works[index], 0, NULL);
        assert_non_null(threads[index]);
    }
    assert_int_equal(WaitForMultipleObjects(THREADS_MAX, threads, TRUE, 60000), WAIT_OBJECT_0);
    for (unsigned index = 0; index < THREADS_MAX; index++) {
        CloseHandle(threads[index]);
        assert_worked(&works[index]);
        for (unsigned other = 0; other < index; other++)
            assert_int_not_equal(works[index].task, works[other].task);
    }
}

static void a_thread_with_little_stack(void **state) {
    (void)state;
    struct work work = {.rounds = 1000};
    on_thread(work_on_thread, &work, 64 << 10); /* the system stack: Windows makes them no smaller */
    assert_worked(&work);
}

/* One thread's trouble is not another's: each is inside its own xc_run. */
struct pair {
    HANDLE inside, go_on;
    struct seen seen;
};
static void wait_in_c(void *argument) {
    const struct pair *pair = argument;
    SetEvent(pair->inside);
    WaitForSingleObject(pair->go_on, 60000);
}
static void wait_deep_inside(void *argument) {
    struct pair *pair = argument;
    xc_task_lock();
    xc_call(wait_in_c, pair);
    see(&pair->seen);
}
static DWORD WINAPI wait_on_thread(void *pair) { return (DWORD)xc_run(wait_deep_inside, pair, NULL); }

static void a_thread_that_waits_in_c_is_not_disturbed(void **state) {
    (void)state;
    struct pair pair = {.inside = CreateEventA(NULL, TRUE, FALSE, NULL), .go_on = CreateEventA(NULL, TRUE, FALSE, NULL)};
    HANDLE thread = CreateThread(NULL, 0, wait_on_thread, &pair, 0, NULL);
    assert_non_null(thread);
    WaitForSingleObject(pair.inside, 60000);
    struct work work = {.rounds = 100};
    struct xc_observation outside;
    xc_observe(&outside);
    work_on_thread(&work);
    SetEvent(pair.go_on);
    WaitForSingleObject(thread, 60000);
    CloseHandle(thread);
    CloseHandle(pair.inside);
    CloseHandle(pair.go_on);
    assert_worked(&work);
    assert_int_equal(outside.task, 0);
    assert_int_equal(pair.seen.runtime.locks, 1);
    assert_int_equal(pair.seen.runtime.depth, 0);
    assert_true(pair.seen.runtime.managed);
}

/* Threads that C made, and that call back into the runtime. */
struct attached {
    xc_function *body;
    struct work work;
    struct seen before, inside, after;
    unsigned returned;
};
static void look_and_do(void *argument) {
    struct attached *attached = argument;
    see(&attached->inside);
    attached->body(&attached->work);
}
static DWORD WINAPI call_back_on_thread(void *argument) {
    struct attached *attached = argument;
    see(&attached->before);
    for (int round = 0; round < 3; round++) {
        xc_callback(look_and_do, attached);
        attached->returned++;
    }
    see(&attached->after);
    return 0;
}
static void work_without_panic(void *work) { xc_recover(work_in_task, work, NULL, NULL); }

static void assert_attached_and_detached(struct attached *attached) {
    on_thread(call_back_on_thread, attached, 0);
    assert_int_equal(attached->returned, 3);
    assert_seen_equal(&attached->after, &attached->before);
    assert_int_equal(attached->before.runtime.task, 0);
    assert_int_not_equal(attached->inside.runtime.task, 0);
    assert_true(attached->inside.runtime.managed);
    assert_int_equal(attached->inside.runtime.depth, 0);
    assert_int_equal(attached->inside.head, attached->inside.runtime.thread_record);
}

static void a_thread_of_c_is_attached_for_its_callback(void **state) {
    (void)state;
    struct attached attached = {.body = work_without_panic, .work.rounds = 100};
    assert_attached_and_detached(&attached);
    assert_int_equal(attached.work.changed, 0);
    assert_int_equal(attached.work.panics, 270);
    assert_int_equal(attached.work.wiped, 3);
}

static void a_goexit_ends_the_callback_and_c_goes_on(void **state) {
    (void)state;
    struct attached attached = {.body = exit_task};
    assert_attached_and_detached(&attached);
}

static DWORD WINAPI catch_on_thread(void *argument) {
    struct attached *attached = argument;
    struct step back = {look_and_do, attached};
    see(&attached->before);
    for (int round = 0; round < 3; round++)
        attached->returned += catch_around(call_back, &back) == 0xE0000001;
    see(&attached->after);
    return 0;
}

static void c_may_catch_outside_of_an_attached_callback(void **state) {
    (void)state;
    struct attached attached = {.body = raise_in_c};
    on_thread(catch_on_thread, &attached, 0);
    assert_int_equal(attached.returned, 3);
    assert_seen_equal(&attached.after, &attached.before);
    assert_int_equal(attached.after.runtime.task, 0);
}

/* A callback to a thread that is inside xc_run already is of the same task, not attached again. */
static void look(void *seen) { see(seen); }
static void look_in_callback(void *seen) { xc_call(call_back, &(struct step){look, seen}); }
struct tasks {
    struct seen outer, inner;
};
static void compare_tasks(void *argument) {
    struct tasks *tasks = argument;
    see(&tasks->outer);
    look_in_callback(&tasks->inner);
}

static void a_callback_inside_a_task_is_of_that_task(void **state) {
    (void)state;
    struct tasks tasks;
    run(compare_tasks, &tasks);
    assert_int_equal(tasks.inner.runtime.task, tasks.outer.runtime.task);
    assert_int_equal(tasks.inner.runtime.depth, 1);
    assert_int_equal(tasks.inner.runtime.thread_record, tasks.outer.runtime.thread_record);
    assert_int_not_equal(tasks.inner.runtime.innermost_record, tasks.outer.runtime.innermost_record);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_one_after_the_other),
        cmocka_unit_test(threads_at_the_same_time),
        cmocka_unit_test(a_thread_with_little_stack),
        cmocka_unit_test(a_thread_that_waits_in_c_is_not_disturbed),
        cmocka_unit_test(a_thread_of_c_is_attached_for_its_callback),
        cmocka_unit_test(a_goexit_ends_the_callback_and_c_goes_on),
        cmocka_unit_test(c_may_catch_outside_of_an_attached_callback),
        cmocka_unit_test(a_callback_inside_a_task_is_of_that_task),
    };
    return cmocka_run_group_tests(tests, runtime_begin_quiet, runtime_end);
}
