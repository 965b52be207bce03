/* The library's face. */
#include "foreign.h"

#include <windows.h>

#include "../inject/fault.h"
#include "gxx.h"
#include "made.h"

static bool start(const struct foreign_hooks *hooks) {
    enum { ROOM_FOR_HANDLERS = 64 << 10 }; /* ours write events, and deferred functions may run in an unwinding */
    foreign_hooks = *hooks;
    inject_overflow_margin = ROOM_FOR_HANDLERS;
    foreign_catches_begin();
    foreign_gxx_terminates_by(hooks->terminates);
    return foreign_fiber_ready() && inject_prepare();
}

static void back(void (*callback)(void *), void *argument) { callback(argument); }

static void raise_exception(uint32_t code, bool noncontinuable) {
    RaiseException(code, noncontinuable ? EXCEPTION_NONCONTINUABLE : 0, 0, NULL);
}

static bool frame(enum foreign_maker maker, enum scenario_frame_kind kind, unsigned operation, foreign_body *body, void *argument, uint32_t *code) {
    if (maker == FOREIGN_BY_HAND)
        return foreign_frame_run(kind, operation, body, argument, code);
    return foreign_frame_made(maker, kind, operation, body, argument, code);
}

__declspec(dllexport) const struct foreign_library *exchain_foreign(void) {
    static const struct foreign_library library = {
        .optimisation = FOREIGN_OPTIMISATION,
        .start = start,
        .thread_ready = foreign_fiber_ready,
        .frame = frame,
        .back = back,
        .args_typed = foreign_args_typed,
        .args_checked = foreign_args_checked,
        .via_ready = foreign_via_ready,
        .via = foreign_via,
        .thread = foreign_thread,
        .mark = foreign_mark,
        .jump = foreign_jump,
        .marks = &foreign_marks,
        .landed = foreign_landed,
        .abandoned = foreign_abandoned,
        .raise = raise_exception,
        .throw = foreign_cxx_throw,
        .gthrow = foreign_gxx_throw,
        .unwind_tables = foreign_gxx_tables,
        .unwind_find = _Unwind_Find_FDE,
        .fault = foreign_fault,
        .fault_report = inject_fault_report,
    };
    return &library;
}
