/* Which Windows this is: Wine says so itself, by a function that only its ntdll has. And whether a debugger is attached. */
#include "state.h"

#include <stdio.h>
#include <windows.h>

static void system_name(char *name, size_t size) {
    HMODULE ntdll = GetModuleHandleA("ntdll.dll");
    FARPROC wine = GetProcAddress(ntdll, "wine_get_version"), windows = GetProcAddress(ntdll, "RtlGetVersion");
    OSVERSIONINFOW version = {.dwOSVersionInfoSize = sizeof version};
    if (wine)
        snprintf(name, size, "wine-%s", ((const char *(__cdecl *)(void))(void *)wine)());
    else if (windows && ((LONG(__stdcall *)(OSVERSIONINFOW *))(void *)windows)(&version) == 0) /* GetVersionEx tells old programs of old Windows */
        snprintf(name, size, "windows-%lu.%lu.%lu", version.dwMajorVersion, version.dwMinorVersion, version.dwBuildNumber);
    else
        snprintf(name, size, "windows");
}

void step_platform(char *name, size_t size) {
    char system[32];
    system_name(system, sizeof system);
    snprintf(name, size, "%s%s", system, IsDebuggerPresent() ? " debugged" : "");
}
