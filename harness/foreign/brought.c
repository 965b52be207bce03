/* A DLL as users bring one (`dll "exchain-brought.dll!SYMBOL"`), and an example of how to write it: nothing of this project is needed. Each function calls back once,
 * but for those that show what becomes of one that does not. Built for itself; the harness knows it by its exports only. */
#include <windows.h>

typedef int callback_function(void *argument);

__declspec(dllexport) int call_back(callback_function *callback, void *argument);
__declspec(dllexport) int call_under_a_record(callback_function *callback, void *argument);
__declspec(dllexport) int call_from_a_large_frame(callback_function *callback, void *argument);
__declspec(dllexport) int call_never(callback_function *callback, void *argument);
__declspec(dllexport) int call_twice(callback_function *callback, void *argument);

int call_back(callback_function *callback, void *argument) { return callback(argument); }

static EXCEPTION_DISPOSITION NTAPI pass(EXCEPTION_RECORD *record, void *frame, CONTEXT *context, void *dispatcher) {
    (void)record, (void)frame, (void)context, (void)dispatcher;
    return ExceptionContinueSearch;
}

/* The record lies in this frame, and is gone with it, whoever wipes the frame. */
int call_under_a_record(callback_function *callback, void *argument) {
    EXCEPTION_REGISTRATION_RECORD record = {{(EXCEPTION_REGISTRATION_RECORD *)__readfsdword(0)}, {(PEXCEPTION_ROUTINE)pass}};
    __writefsdword(0, (DWORD)&record);
    int result = callback(argument);
    __writefsdword(0, (DWORD)record.Next);
    return result;
}

int call_from_a_large_frame(callback_function *callback, void *argument) {
    volatile char large[20 << 10]; /* the compiler touches each page on the way down */
    large[0] = 1;
    int result = callback(argument);
    return result + large[0] - 1;
}

int call_never(callback_function *callback, void *argument) {
    (void)callback, (void)argument;
    return 0;
}

int call_twice(callback_function *callback, void *argument) { return callback(argument) + callback(argument); }
