// What becomes of an exception of g++'s that nobody takes, and of which functions its unwinder knows.
#include "gxx.h"

#include <exception>

extern "C" void __register_frame(const void *tables); // libgcc's (unwind-dw2-fde.c)

namespace {

void (*terminates)();

[[noreturn]] void terminate_here() {
    terminates();
    __builtin_abort();
}

} // namespace

void foreign_gxx_terminates_by(void (*hook)(void)) {
    terminates = hook;
    std::set_terminate(terminate_here);
}

void foreign_gxx_tables(const void *tables) { __register_frame(tables); }
