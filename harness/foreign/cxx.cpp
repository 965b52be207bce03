// Frames that C++ compilers make from try, catch and destructors: one source, compiled by two, whose exceptions know nothing of each other.
//
// In Microsoft's model (clang) a frame has a record with a handler of the function's own, which leads to msvcrt's __CxxFrameHandler3 with the function's tables. They say
// that they were built with /EHs: only C++ exceptions concern them. g++ for i686 registers nothing: its unwinder walks the stack by the tables of each function that it
// comes by, and gives up at the first that has none.
#include "made.h"

#define FRAME_OF(maker, name) foreign_##maker##_##name
#define FRAME_BY(maker, name) FRAME_OF(maker, name)
#define FRAME(name) FRAME_BY(FOREIGN_MAKER, name)

namespace {

struct thrown_here {
    int value;
};

struct thrown_by_nobody {
    int value;
};

struct told_by_destructor {
    foreign_frame *frame;
    bool ended;
    ~told_by_destructor() { foreign_made_ended(frame, !ended); }
};

} // namespace

int FRAME(catch_all)(foreign_frame *frame, void (*body)(void *), void *argument) {
    try {
        body(argument);
    } catch (...) {
        foreign_cpp_caught(frame);
        return 1;
    }
    return 0;
}

int FRAME(catch_another)(foreign_frame *frame, void (*body)(void *), void *argument) {
    try {
        body(argument);
    } catch (const thrown_by_nobody &) {
        foreign_cpp_caught(frame);
        return 1;
    }
    return 0;
}

int FRAME(rethrow)(foreign_frame *frame, void (*body)(void *), void *argument) {
    try {
        body(argument);
    } catch (...) {
        foreign_cpp_caught(frame);
        throw;
    }
    return 0;
}

int FRAME(destructor)(foreign_frame *frame, void (*body)(void *), void *argument) {
    told_by_destructor told = {frame, false};
    body(argument);
    told.ended = true;
    return 0;
}

void FRAME(throw)() { throw thrown_here{1}; }
