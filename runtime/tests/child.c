#include "child.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

uintptr_t child_parameters[4] = {CHILD_ANY, CHILD_ANY, CHILD_ANY, CHILD_ANY};

void child_say(const char *format, ...) {
    static char text[512];
    va_list arguments;
    DWORD written;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), text, length < (int)sizeof text ? (DWORD)length : sizeof text - 1, &written, NULL);
}

void child_on_last_words(const struct xc_last_words *words) {
    static const char *const places[] = {"managed", "foreign", "runtime"};
    child_say("[%s %08x %s%s%s", words->title, (unsigned)words->code, words->is_stop ? "stop " : "", words->is_panic ? "panic " : "", places[words->place]);
    for (unsigned index = 0; index < 4; index++)
        if (child_parameters[index] != CHILD_ANY && child_parameters[index] != words->parameters[index])
            child_say(", parameter %u is %08x instead of %08x", index + 1, (unsigned)words->parameters[index], (unsigned)child_parameters[index]);
    child_say("]");
}

void child_start_runtime(void) {
    if (xc_runtime_start(&(struct xc_options){.on_last_words = child_on_last_words}) != XC_OK)
        child_say("(no start)");
}

void child_run_managed(xc_function *function, void *argument) {
    child_start_runtime();
    enum xc_error error = xc_run(function, argument, NULL);
    child_say("(xc_run: %d)", error);
}

static void read_whole(HANDLE pipe, struct child *child) {
    size_t length = 0;
    for (DWORD got; length + 1 < sizeof child->said && ReadFile(pipe, child->said + length, sizeof child->said - 1 - length, &got, NULL) && got;)
        length += got;
    child->said[length] = 0;
}

void child_run(const char *word, struct child *child) {
    char program[MAX_PATH], line[MAX_PATH + 64];
    HANDLE read, write;
    SECURITY_ATTRIBUTES inherit = {sizeof inherit, NULL, TRUE};
    assert_true(CreatePipe(&read, &write, &inherit, 0));
    SetHandleInformation(read, HANDLE_FLAG_INHERIT, 0);
    GetModuleFileNameA(NULL, program, sizeof program);
    snprintf(line, sizeof line, "\"%s\" %s", program, word);
    STARTUPINFOA start = {.cb = sizeof start, .dwFlags = STARTF_USESTDHANDLES, .hStdInput = INVALID_HANDLE_VALUE, .hStdOutput = write, .hStdError = write};
    PROCESS_INFORMATION process;
    assert_true(CreateProcessA(program, line, NULL, NULL, TRUE, 0, NULL, NULL, &start, &process));
    CloseHandle(write);
    read_whole(read, child);
    CloseHandle(read);
    if (WaitForSingleObject(process.hProcess, 30000) != WAIT_OBJECT_0)
        TerminateProcess(process.hProcess, 0xDEAD);
    WaitForSingleObject(process.hProcess, INFINITE);
    GetExitCodeProcess(process.hProcess, &child->status);
    CloseHandle(process.hProcess);
    CloseHandle(process.hThread);
}
