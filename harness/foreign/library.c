/* The library's face. */
#include "foreign.h"

#include <windows.h>

#include "../inject/fault.h"

static bool start(const struct foreign_hooks *hooks) {
    enum { ROOM_FOR_HANDLERS = 64 << 10 }; /* ours write events, and deferred functions may run in an unwinding */
    foreign_hooks = *hooks;
    inject_overflow_margin = ROOM_FOR_HANDLERS;
    return inject_prepare();
}

static void back(void (*callback)(void *), void *argument) { callback(argument); }

static void raise_exception(uint32_t code, bool noncontinuable) {
    RaiseException(code, noncontinuable ? EXCEPTION_NONCONTINUABLE : 0, 0, NULL);
}

__declspec(dllexport) const struct foreign_library *exchain_foreign(void) {
    static struct foreign_library library = {FOREIGN_OPTIMISATION, start, foreign_frame_run, back, foreign_via, foreign_thread, foreign_mark, foreign_jump, foreign_marks, foreign_marks_set, raise_exception, foreign_fault, 0, inject_fault_report};
    library.frame_handler = foreign_frame_handler;
    return &library;
}
