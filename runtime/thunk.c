/* Thunks: C function pointers made at run time, each of which calls a managed function back.
 *
 * A slot is a page of code and, beside it, what each thunk in it is for. The code of all its thunks is written at once, before the page becomes executable, and never
 * again: a thunk's code says no more than "I am that one". So no page is ever writable and executable, and making a thunk while other threads run through its
 * neighbours is safe.
 *
 *   C calls            thunk          which only says who it is
 *                      xc_arch_thunk_entry   on C's stack, as misaligned as C likes
 *                      xc_thunk_called       this file: runs the managed function by xc_callback
 *   and goes back      xc_arch_thunk_entry   pops the arguments where the convention wants it */
#include "internal.h"

enum { XC_THUNK_PAGE = 4096, XC_THUNKS_A_PAGE = XC_THUNK_PAGE / XC_ARCH_THUNK_BYTES };

struct xc_thunk_page {
    struct xc_thunk thunks[XC_THUNKS_A_PAGE];
    char *code;
    struct xc_thunk_page *next;
};

static volatile LONG xc_thunks_locked; /* held for a few instructions, or for the making of a page */
static struct xc_thunk *xc_thunks_free; /* linked by `argument` */
static struct xc_thunk_page *xc_thunk_pages;

XC_CODE static void xc_thunks_lock(void) {
    while (InterlockedExchange(&xc_thunks_locked, 1))
        Sleep(1);
}
XC_CODE static void xc_thunks_unlock(void) { InterlockedExchange(&xc_thunks_locked, 0); }

/* One more page of thunks, all of them free. */
XC_CODE static bool xc_thunk_page_add(void) {
    struct xc_thunk_page *page = xc_os.memory_take(NULL, sizeof *page, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    char *code = page ? xc_os.memory_take(NULL, XC_THUNK_PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE) : NULL;
    DWORD before;
    if (code)
        for (unsigned index = 0; index < XC_THUNKS_A_PAGE; index++)
            xc_arch_thunk_write(code + index * XC_ARCH_THUNK_BYTES, &page->thunks[index]);
    if (!code || !xc_os.memory_protect(code, XC_THUNK_PAGE, PAGE_EXECUTE_READ, &before)) {
        if (page)
            xc_os.memory_give(page, 0, MEM_RELEASE);
        if (code)
            xc_os.memory_give(code, 0, MEM_RELEASE);
        return false;
    }
    FlushInstructionCache(GetCurrentProcess(), code, XC_THUNK_PAGE);
    for (unsigned index = XC_THUNKS_A_PAGE; index-- > 0;) {
        page->thunks[index].argument = xc_thunks_free;
        xc_thunks_free = &page->thunks[index];
    }
    page->code = code;
    page->next = xc_thunk_pages;
    xc_thunk_pages = page;
    return true;
}

/* Gives back all thunks there are. */
XC_CODE void xc_thunks_end(void) {
    xc_thunks_free = NULL;
    for (struct xc_thunk_page *page = xc_thunk_pages, *next; page; page = next) {
        next = page->next;
        xc_os.memory_give(page->code, 0, MEM_RELEASE);
        xc_os.memory_give(page, 0, MEM_RELEASE);
    }
    xc_thunk_pages = NULL;
}

XC_CODE static void *xc_thunk_code(const struct xc_thunk *thunk) {
    const struct xc_thunk_page *page = xc_thunk_pages;
    while (thunk < page->thunks || thunk >= page->thunks + XC_THUNKS_A_PAGE)
        page = page->next;
    return page->code + (size_t)(thunk - page->thunks) * XC_ARCH_THUNK_BYTES;
}

/* The thunk whose code this is; NULL: it is none's. */
XC_CODE static struct xc_thunk *xc_thunk_of_code(const void *code) {
    for (struct xc_thunk_page *page = xc_thunk_pages; page; page = page->next) {
        size_t offset = (size_t)((const char *)code - page->code); /* of what lies before the page: larger than any */
        if (offset < XC_THUNK_PAGE && offset % XC_ARCH_THUNK_BYTES == 0)
            return &page->thunks[offset / XC_ARCH_THUNK_BYTES];
    }
    return NULL;
}

XC_CODE enum xc_error xc_thunk_make(enum xc_convention convention, unsigned count, xc_thunk_function *function, void *argument, void **thunk) {
    bool is_known = convention == XC_CDECL || convention == XC_STDCALL;
    if (!is_known || count > XC_THUNK_ARGUMENTS_MAX || !function || !thunk)
        return XC_ERROR_THUNK;
    if (!xc_started)
        return XC_ERROR_NOT_STARTED;
    xc_thunks_lock();
    bool is_room = xc_thunks_free || xc_thunk_page_add();
    if (is_room) {
        struct xc_thunk *made = xc_thunks_free;
        xc_thunks_free = made->argument;
        *made = (struct xc_thunk){convention == XC_STDCALL ? count * sizeof(uintptr_t) : 0, function, argument};
        *thunk = xc_thunk_code(made);
    }
    xc_thunks_unlock();
    return is_room ? XC_OK : XC_ERROR_MEMORY;
}

XC_CODE void xc_thunk_free(void *thunk) {
    if (!thunk)
        return;
    xc_thunks_lock();
    struct xc_thunk *given = xc_thunk_of_code(thunk);
    if (!given || !given->function)
        xc_stop(XC_STOP_THUNK_NOT_MADE, (uintptr_t)thunk, given != NULL, 0, xc_arch_sp());
    given->function = NULL;
    given->argument = xc_thunks_free;
    xc_thunks_free = given;
    xc_thunks_unlock();
}

struct xc_thunk_call {
    const struct xc_thunk *thunk;
    const uintptr_t *arguments;
    uintptr_t result;
};

XC_CODE static void xc_thunk_run(void *argument) {
    struct xc_thunk_call *call = argument;
    call->result = call->thunk->function(call->thunk->argument, call->arguments);
}

/* A task that ends inside (on an attached thread) leaves the result 0. A panic that leaves never comes back here, nor to the entry: nothing is held. */
XC_CODE uintptr_t XC_ARCH_CALL xc_thunk_called(const struct xc_thunk *thunk, const uintptr_t *arguments) {
    if (!thunk->function)
        xc_stop(XC_STOP_THUNK_NOT_MADE, (uintptr_t)xc_thunk_code(thunk), 1, (uintptr_t)arguments, xc_arch_sp());
    struct xc_thunk_call call = {thunk, arguments, 0};
    xc_callback(xc_thunk_run, &call);
    return call.result;
}
