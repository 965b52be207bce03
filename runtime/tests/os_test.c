/* xc_options.os: the runtime asks the embedder's table for memory and TLS slots, and takes a no for an answer with nothing left taken. */
#include <exchain/os.h>
#include <limits.h>
#include <string.h>

#include "support.h"

static unsigned asked, refuse_at; /* counted over all requests; UINT_MAX: none is refused */
static int slots, blocks;         /* taken and not given back */

static bool refused(void) { return asked++ == refuse_at; }

static DWORD WINAPI tls_take(void) {
    if (refused())
        return TLS_OUT_OF_INDEXES;
    slots++;
    return TlsAlloc();
}
static BOOL WINAPI tls_give(DWORD index) {
    slots--;
    return TlsFree(index);
}
static LPVOID WINAPI memory_take(LPVOID address, SIZE_T bytes, DWORD how, DWORD protection) {
    if (refused())
        return NULL;
    blocks++;
    return VirtualAlloc(address, bytes, how, protection);
}
static BOOL WINAPI memory_protect(LPVOID address, SIZE_T bytes, DWORD protection, PDWORD before) {
    return !refused() && VirtualProtect(address, bytes, protection, before);
}
static BOOL WINAPI memory_give(LPVOID address, SIZE_T bytes, DWORD how) {
    blocks--;
    return VirtualFree(address, bytes, how);
}
static const struct xc_os counting = {
    .tls_take = tls_take, .tls_give = tls_give, .memory_take = memory_take, .memory_protect = memory_protect, .memory_give = memory_give};

static enum xc_error start(unsigned refused_request) {
    asked = 0;
    refuse_at = refused_request;
    return xc_runtime_start(&(struct xc_options){.os = &counting});
}

static void everything_is_asked_for_and_given_back(void **state) {
    (void)state;
    assert_int_equal(start(UINT_MAX), XC_OK);
    assert_int_equal(slots, 1);
    assert_int_equal(xc_run(do_nothing, NULL, NULL), XC_OK);
    assert_int_equal(asked, 4); /* the slot; the stack, its low end, its guard page */
    assert_int_equal(blocks, 0);
    assert_int_equal(xc_runtime_stop(), XC_OK);
    assert_int_equal(slots, 0);
}

static void a_refused_slot_is_no_start(void **state) {
    (void)state;
    assert_int_equal(start(0), XC_ERROR_TLS);
    assert_int_equal(slots, 0);
    assert_int_equal(xc_runtime_stop(), XC_ERROR_NOT_STARTED);
}

static void whatever_of_a_stack_is_refused_nothing_runs_and_nothing_stays(void **state) {
    (void)state;
    for (unsigned request = 1; request <= 3; request++) {
        assert_int_equal(start(request), XC_OK);
        uintptr_t head = machine_tib(TIB_HEAD);
        assert_int_equal(xc_run(do_nothing, NULL, NULL), XC_ERROR_MEMORY);
        assert_int_equal(blocks, 0);
        assert_int_equal(machine_tib(TIB_HEAD), head);
        assert_int_equal(xc_run(do_nothing, NULL, NULL), XC_OK); /* the next one is not refused */
        assert_int_equal(blocks, 0);
        assert_int_equal(xc_runtime_stop(), XC_OK);
    }
}

static uintptr_t answer(void *argument, const uintptr_t *arguments) {
    (void)argument, (void)arguments;
    return 7;
}

static void whatever_of_a_thunk_is_refused_nothing_stays(void **state) {
    (void)state;
    void *thunk = NULL;
    for (unsigned request = 1; request <= 3; request++) { /* what it is for, its code, the code's protection */
        assert_int_equal(start(request), XC_OK);
        assert_int_equal(xc_thunk_make(XC_CDECL, 0, answer, NULL, &thunk), XC_ERROR_MEMORY);
        assert_null(thunk);
        assert_int_equal(blocks, 0);
        assert_int_equal(xc_runtime_stop(), XC_OK);
    }
    assert_int_equal(start(UINT_MAX), XC_OK);
    assert_int_equal(xc_thunk_make(XC_CDECL, 0, answer, NULL, &thunk), XC_OK);
    assert_int_equal(((uintptr_t (*)(void))thunk)(), 7);
    assert_int_equal(blocks, 2);
    assert_int_equal(xc_runtime_stop(), XC_OK); /* thunks end with it */
    assert_int_equal(blocks, 0);
    assert_int_equal(xc_thunk_make(XC_CDECL, 0, answer, NULL, &thunk), XC_ERROR_NOT_STARTED);
}

static void the_table_is_copied_and_forgotten(void **state) {
    (void)state;
    struct xc_os short_lived = counting;
    asked = 0;
    refuse_at = UINT_MAX;
    assert_int_equal(xc_runtime_start(&(struct xc_options){.os = &short_lived}), XC_OK);
    memset(&short_lived, 0, sizeof short_lived);
    assert_int_equal(xc_run(do_nothing, NULL, NULL), XC_OK);
    assert_int_equal(xc_runtime_stop(), XC_OK);
    assert_int_equal(asked, 4);
    assert_int_equal(xc_runtime_start(NULL), XC_OK); /* Windows again */
    assert_int_equal(xc_run(do_nothing, NULL, NULL), XC_OK);
    assert_int_equal(xc_runtime_stop(), XC_OK);
    assert_int_equal(asked, 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_asked_for_and_given_back), cmocka_unit_test(a_refused_slot_is_no_start),
        cmocka_unit_test(whatever_of_a_stack_is_refused_nothing_runs_and_nothing_stays), cmocka_unit_test(the_table_is_copied_and_forgotten),
        cmocka_unit_test(whatever_of_a_thunk_is_refused_nothing_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
