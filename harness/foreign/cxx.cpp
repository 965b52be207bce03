// Frames that a C++ compiler makes from try, catch and destructors in Microsoft's model: a record with a handler of the function's own, which leads to msvcrt's
// __CxxFrameHandler3 with the function's tables. They say that they were built with /EHs: only C++ exceptions concern them.
#include "made.h"

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

int foreign_cxx_catch_all(foreign_frame *frame, void (*body)(void *), void *argument) {
    try {
        body(argument);
    } catch (...) {
        foreign_cxx_caught(frame);
        return 1;
    }
    return 0;
}

int foreign_cxx_catch_another(foreign_frame *frame, void (*body)(void *), void *argument) {
    try {
        body(argument);
    } catch (const thrown_by_nobody &) {
        foreign_cxx_caught(frame);
        return 1;
    }
    return 0;
}

int foreign_cxx_rethrow(foreign_frame *frame, void (*body)(void *), void *argument) {
    try {
        body(argument);
    } catch (...) {
        foreign_cxx_caught(frame);
        throw;
    }
    return 0;
}

int foreign_cxx_destructor(foreign_frame *frame, void (*body)(void *), void *argument) {
    told_by_destructor told = {frame, false};
    body(argument);
    told.ended = true;
    return 0;
}

void foreign_cxx_throw() { throw thrown_here{1}; }
