/* Thunks: C function pointers made at run time. Every convention and number of arguments, at every alignment of the stack, with everything that a call keeps. */
#include <string.h>

#include "support.h"

enum { SKEWS = 4, MANY = 3000, PANIC = 7 };

/* What the managed side was given. */
static struct {
    unsigned times;
    void *argument;
    uintptr_t values[XC_THUNK_ARGUMENTS_MAX];
    uintptr_t misaligned;
} given;

static uintptr_t take(void *argument, const uintptr_t *arguments) {
    given.times++;
    given.argument = argument;
    memcpy(given.values, arguments, FOREIGN_ARGUMENTS_MAX * sizeof *arguments);
    given.misaligned |= machine_arguments() % MACHINE_ALIGNMENT;
    return 0xE0000001;
}
static uintptr_t take_and_panic(void *argument, const uintptr_t *arguments) {
    take(argument, arguments);
    xc_panic(PANIC);
}
static uintptr_t take_and_exit(void *argument, const uintptr_t *arguments) {
    take(argument, arguments);
    xc_goexit();
}

static void *made(enum xc_convention convention, unsigned count, xc_thunk_function *function, void *argument) {
    void *thunk = NULL;
    assert_int_equal(xc_thunk_make(convention, count, function, argument, &thunk), XC_OK);
    assert_non_null(thunk);
    return thunk;
}

static struct foreign_args args_of(void *thunk, enum xc_convention convention, unsigned count, unsigned skew) {
    struct foreign_args args = {.function = thunk, .convention = convention == XC_STDCALL ? SCENARIO_STDCALL : SCENARIO_CDECL, .count = count, .skew = skew,
                                .before = {0xB0B0B0B0, 0x51515151, 0xD1D1D1D1}};
    for (unsigned which = 0; which < FOREIGN_ARGUMENTS_MAX; which++)
        args.values[which] = 0xA0000000u + count * 0x100 + skew * 0x10 + which;
    return args;
}

static void call_checked(void *args) { foreign_args_checked(args); }
static void call_typed(void *args) { foreign_args_typed(args); }
static void checked_in_c(void *args) { xc_call(call_checked, args); }
static void typed_in_c(void *args) { xc_call(call_typed, args); }

static void assert_given(const struct foreign_args *args, void *argument) {
    assert_int_equal(given.times, 1);
    assert_ptr_equal(given.argument, argument);
    assert_int_equal(given.misaligned, 0);
    for (unsigned which = 0; which < args->count; which++)
        assert_int_equal(given.values[which], args->values[which]);
    memset(&given, 0, sizeof given);
}

static void assert_kept(const struct foreign_args *args) {
    assert_int_equal(args->sp_after, args->sp_expected);
    assert_memory_equal(args->after, args->before, sizeof args->before);
    assert_int_equal(args->flags_after & 0x40500, 0); /* direction, trap, alignment check */
}

static void every_call_is_balanced_to_the_byte(void **state) {
    (void)state;
    for (enum xc_convention convention = XC_CDECL; convention <= XC_STDCALL; convention++)
        for (unsigned count = 0; count <= FOREIGN_ARGUMENTS_MAX; count++) {
            void *thunk = made(convention, count, take, &count);
            for (unsigned skew = 0; skew < SKEWS; skew++) {
                struct foreign_args args = args_of(thunk, convention, count, 4 * skew);
                run(checked_in_c, &args);
                assert_given(&args, &count);
                assert_kept(&args);
                assert_int_equal(args.sp_before % 16, (16 - 4 * skew) % 16);
                assert_int_equal(args.sp_expected - args.sp_before, convention == XC_STDCALL ? 4 * count : 0);
                assert_int_equal(args.result, 0xE0000001);
                args = args_of(thunk, convention, count, 4 * skew);
                run(typed_in_c, &args);
                assert_given(&args, &count);
                assert_int_equal(args.result, 0xE0000001);
            }
            xc_thunk_free(thunk);
        }
}

static void recover_around(void *args) { xc_recover(checked_in_c, args, NULL, NULL); }

struct round {
    struct foreign_args *args;
    struct seen before, after;
};
static void look_around(void *argument) {
    struct round *round = argument;
    see(&round->before);
    recover_around(round->args);
    see(&round->after);
}

static void a_panic_leaves_nothing(void **state) {
    (void)state;
    for (enum xc_convention convention = XC_CDECL; convention <= XC_STDCALL; convention++)
        for (unsigned count = 0; count <= FOREIGN_ARGUMENTS_MAX; count++) {
            void *thunk = made(convention, count, take_and_panic, NULL);
            struct foreign_args args = args_of(thunk, convention, count, 4 * (count % SKEWS));
            struct round round = {.args = &args};
            run(look_around, &round);
            assert_given(&args, NULL);
            assert_seen_equal(&round.after, &round.before);
            xc_thunk_free(thunk);
        }
}

static void a_thread_of_cs_is_attached_for_it(void **state) {
    (void)state;
    struct foreign_args args;
    void *returns = made(XC_STDCALL, 2, take, NULL), *exits = made(XC_STDCALL, 2, take_and_exit, NULL);
    args = args_of(returns, XC_STDCALL, 2, 8);
    foreign_args_checked(&args);
    assert_given(&args, NULL);
    assert_kept(&args);
    assert_int_equal(args.result, 0xE0000001);
    args = args_of(exits, XC_STDCALL, 2, 4);
    foreign_args_checked(&args);
    assert_given(&args, NULL);
    assert_kept(&args);
    assert_int_equal(args.result, 0);
    xc_thunk_free(returns);
    xc_thunk_free(exits);
}

static void many_at_once_are_different_ones(void **state) {
    (void)state;
    static void *thunks[MANY];
    static char arguments[MANY];
    for (unsigned index = 0; index < MANY; index++)
        thunks[index] = made(XC_CDECL, 1, take, &arguments[index]);
    for (unsigned index = 0; index < MANY; index++) {
        struct foreign_args args = args_of(thunks[index], XC_CDECL, 1, 0);
        foreign_args_checked(&args);
        assert_given(&args, &arguments[index]);
    }
    for (unsigned index = 0; index < MANY; index++)
        xc_thunk_free(thunks[index]);
}

static void a_place_is_used_again(void **state) {
    (void)state;
    void *first = made(XC_STDCALL, 9, take, NULL);
    xc_thunk_free(first);
    for (unsigned round = 0; round < MANY; round++) { /* more than one page has places */
        void *again = made(XC_CDECL, 0, take, NULL);
        assert_ptr_equal(again, first);
        xc_thunk_free(again);
    }
    xc_thunk_free(NULL);
}

static void no_page_is_writable_and_executable(void **state) {
    (void)state;
    MEMORY_BASIC_INFORMATION memory;
    void *thunk = made(XC_CDECL, 0, take, NULL), *other = made(XC_CDECL, 0, take, NULL);
    assert_int_equal(VirtualQuery(thunk, &memory, sizeof memory), sizeof memory);
    assert_int_equal(memory.Protect, PAGE_EXECUTE_READ);
    xc_thunk_free(other); /* while its neighbour is there */
    assert_int_equal(VirtualQuery(thunk, &memory, sizeof memory), sizeof memory);
    assert_int_equal(memory.Protect, PAGE_EXECUTE_READ);
    xc_thunk_free(thunk);
}

static void what_cannot_be_made_is_refused(void **state) {
    (void)state;
    void *thunk = &thunk;
    assert_int_equal(xc_thunk_make((enum xc_convention)2, 0, take, NULL, &thunk), XC_ERROR_THUNK);
    assert_int_equal(xc_thunk_make(XC_CDECL, XC_THUNK_ARGUMENTS_MAX + 1, take, NULL, &thunk), XC_ERROR_THUNK);
    assert_int_equal(xc_thunk_make(XC_CDECL, 0, NULL, NULL, &thunk), XC_ERROR_THUNK);
    assert_int_equal(xc_thunk_make(XC_CDECL, 0, take, NULL, NULL), XC_ERROR_THUNK);
    assert_ptr_equal(thunk, &thunk);
    xc_thunk_free(made(XC_STDCALL, XC_THUNK_ARGUMENTS_MAX, take, NULL));
}

/* Threads that make thunks and call through them while the others do. */
enum { THREADS = 4, ROUNDS = 2000 };
static uintptr_t answer(void *argument, const uintptr_t *arguments) { return (uintptr_t)argument ^ arguments[0]; }

static DWORD WINAPI make_and_call(void *argument) {
    DWORD wrong = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        void *thunk = NULL;
        uintptr_t own = (uintptr_t)argument + round;
        if (xc_thunk_make(XC_STDCALL, 1, answer, (void *)own, &thunk) != XC_OK)
            return ROUNDS;
        wrong += ((uintptr_t (__stdcall *)(uintptr_t))thunk)(round) != (own ^ round);
        xc_thunk_free(thunk);
    }
    return wrong;
}

static void threads_do_not_get_each_others(void **state) {
    (void)state;
    HANDLE threads[THREADS];
    for (unsigned index = 0; index < THREADS; index++)
        threads[index] = CreateThread(NULL, 0, make_and_call, (void *)(uintptr_t)(index << 24), 0, NULL);
    assert_int_equal(WaitForMultipleObjects(THREADS, threads, TRUE, 60000), WAIT_OBJECT_0);
    for (unsigned index = 0; index < THREADS; index++) {
        DWORD wrong;
        assert_true(GetExitCodeThread(threads[index], &wrong));
        assert_int_equal(wrong, 0);
        CloseHandle(threads[index]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_call_is_balanced_to_the_byte),  cmocka_unit_test(a_panic_leaves_nothing),
        cmocka_unit_test(a_thread_of_cs_is_attached_for_it),   cmocka_unit_test(many_at_once_are_different_ones),
        cmocka_unit_test(a_place_is_used_again),               cmocka_unit_test(no_page_is_writable_and_executable),
        cmocka_unit_test(what_cannot_be_made_is_refused),      cmocka_unit_test(threads_do_not_get_each_others),
    };
    return cmocka_run_group_tests(tests, runtime_begin_quiet, runtime_end);
}
