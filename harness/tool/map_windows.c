/* Mapped files: Windows. */
#include "tool.h"

#include <windows.h>

enum tool_status tool_map(const char *name, struct tool_file *file) {
    enum { SHARED = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE }; /* whoever wrote it may not have closed it yet */
    *file = (struct tool_file){0};
    HANDLE handle = CreateFileA(name, GENERIC_READ, SHARED, NULL, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
    if (handle == INVALID_HANDLE_VALUE)
        return tool_read(name, file); /* which says why not */
    LARGE_INTEGER size = {0};
    HANDLE mapping = GetFileSizeEx(handle, &size) && size.QuadPart > 0 ? CreateFileMappingA(handle, NULL, PAGE_READONLY, 0, 0, NULL) : NULL;
    void *mapped = mapping ? MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 0) : NULL;
    if (mapping)
        CloseHandle(mapping);
    CloseHandle(handle);
    if (!mapped)
        return tool_read(name, file); /* empty, or more than there is address space for */
    *file = (struct tool_file){.bytes = mapped, .length = (size_t)size.QuadPart, .mapped = mapped};
    return TOOL_FINE;
}

void tool_unmap(struct tool_file *file) {
    UnmapViewOfFile(file->mapped);
}
