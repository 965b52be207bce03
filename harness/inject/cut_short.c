#include "cut_short.h"

#include <stdio.h>
#include <windows.h>

enum { BYTES = 0x10000, PATIENCE_MS = 10000, EXIT_MACHINE = 3 };

/* Wine: the host's own command cuts the file, behind the back of Wine's server, which would refuse. For Wine the process is gone as soon as the command runs: so we look
 * at the file itself. */
static void cut_by_host(const char *file, HANDLE handle) {
    union {
        FARPROC any;
        char *(CDECL *unix_name)(LPCWSTR dos_name);
    } wine = {GetProcAddress(GetModuleHandleA("kernel32.dll"), "wine_get_unix_file_name")};
    WCHAR wide[MAX_PATH];
    char command[4 * MAX_PATH];
    STARTUPINFOA how = {.cb = sizeof how};
    PROCESS_INFORMATION truncate;
    if (!wine.any || !MultiByteToWideChar(CP_ACP, 0, file, -1, wide, MAX_PATH))
        return;
    const char *name = wine.unix_name(wide);
    if (!name)
        return;
    snprintf(command, sizeof command, "truncate -s 0 \"%s\"", name);
    if (!CreateProcessA("\\\\?\\unix\\usr\\bin\\truncate", command, NULL, NULL, FALSE, 0, NULL, NULL, &how, &truncate))
        return;
    if (truncate.hProcess) { /* Wine 8 has none for a command of the host's; and to close none is an exception where a debugger is attached */
        CloseHandle(truncate.hThread);
        CloseHandle(truncate.hProcess);
    }
    for (unsigned waited_ms = 0; GetFileSize(handle, NULL) != 0 && waited_ms < PATIENCE_MS; waited_ms++)
        Sleep(1);
}

static DWORD WINAPI map(LPVOID page) {
    char folder[MAX_PATH], file[MAX_PATH];
    if (!GetTempPathA(sizeof folder, folder) || !GetTempFileNameA(folder, "exc", 0, file))
        return 1;
    HANDLE handle = CreateFileA(file, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, CREATE_ALWAYS,
                                FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE, NULL);
    if (handle == INVALID_HANDLE_VALUE)
        return 1;
    HANDLE mapping = CreateFileMappingA(handle, NULL, PAGE_READWRITE, 0, BYTES, NULL);
    *(void **)page = mapping ? MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0) : NULL;
    if (!*(void **)page)
        return 1;
    cut_by_host(file, handle);
    return 0; /* the handles stay open: the file goes with the process */
}

void *cut_short_map(void) {
    void *page = NULL;
    HANDLE thread = CreateThread(NULL, 0, map, &page, 0, NULL);
    if (thread) {
        WaitForSingleObject(thread, INFINITE);
        CloseHandle(thread);
    }
    if (!page) {
        fprintf(stderr, "fault inpage: no temporary file can be mapped (error %lu): make room in the folder that TEMP names\n", GetLastError());
        TerminateProcess(GetCurrentProcess(), EXIT_MACHINE);
    }
    return page;
}
