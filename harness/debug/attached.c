/* exchain-attached PROGRAM ARGUMENT...: runs a program with a debugger attached that passes everything on, as one does that only looks: whatever the program does with an
 * exception, it must do so too when a debugger was told of it first. Everything that is written goes where the program writes it; the exit status is the program's. */
#include <stdio.h>
#include <stdbool.h>
#include <string.h>
#include <windows.h>

enum { EXIT_REQUEST = 2, EXIT_MACHINE = 3 };

/* The command line behind our own name, as it was given: nobody has to quote anything again. */
static char *behind_own_name(char *line) {
    if (*line == '"') {
        line = strchr(line + 1, '"');
        line = line ? line + 1 : NULL;
    } else {
        line += strcspn(line, " \t");
    }
    return line ? line + strspn(line, " \t") : NULL;
}

static int trouble(const char *what) {
    fprintf(stderr, "exchain-attached: %s (error %lu)\n", what, GetLastError());
    return EXIT_MACHINE;
}

/* The loader stops each process once, for the debugger alone. Everything else is the program's. */
static DWORD answer(const DEBUG_EVENT *event, DWORD *loader_stopped) {
    if (event->dwDebugEventCode != EXCEPTION_DEBUG_EVENT)
        return DBG_CONTINUE;
    bool is_loaders = !*loader_stopped && event->u.Exception.ExceptionRecord.ExceptionCode == (DWORD)EXCEPTION_BREAKPOINT;
    *loader_stopped = 1;
    return is_loaders ? DBG_CONTINUE : DBG_EXCEPTION_NOT_HANDLED;
}

static void close_file(HANDLE file) {
    if (file)
        CloseHandle(file);
}

static int follow(void) {
    DWORD loader_stopped = 0;
    for (;;) {
        DEBUG_EVENT event;
        if (!WaitForDebugEvent(&event, INFINITE))
            return trouble("the program cannot be followed");
        DWORD status = answer(&event, &loader_stopped);
        if (event.dwDebugEventCode == CREATE_PROCESS_DEBUG_EVENT)
            close_file(event.u.CreateProcessInfo.hFile);
        if (event.dwDebugEventCode == LOAD_DLL_DEBUG_EVENT)
            close_file(event.u.LoadDll.hFile);
        if (!ContinueDebugEvent(event.dwProcessId, event.dwThreadId, status))
            return trouble("the program cannot be let go on");
        if (event.dwDebugEventCode == EXIT_PROCESS_DEBUG_EVENT)
            return (int)event.u.ExitProcess.dwExitCode;
    }
}

int main(void) {
    char *line = behind_own_name(GetCommandLineA());
    if (!line || !*line) {
        fprintf(stderr, "usage: exchain-attached PROGRAM ARGUMENT...\n");
        return EXIT_REQUEST;
    }
    STARTUPINFOA startup = {.cb = sizeof startup};
    PROCESS_INFORMATION process;
    if (!CreateProcessA(NULL, line, NULL, NULL, TRUE, DEBUG_ONLY_THIS_PROCESS, NULL, NULL, &startup, &process))
        return trouble("the program cannot be started");
    CloseHandle(process.hThread);
    CloseHandle(process.hProcess);
    return follow();
}
