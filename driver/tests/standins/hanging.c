/* A stand-in for an executor, for Windows: it begins a text, writes no event, starts a program of its own, and never comes back. */
#include <windows.h>

#include "trace/journal.h"

int main(int count, char **words) {
    if (count == 1) /* the program that it starts */
        Sleep(INFINITE);
    const char *file = NULL;
    for (int index = 1; index + 1 < count; index++)
        if (!lstrcmpA(words[index], "--journal"))
            file = words[index + 1];
    HANDLE handle = CreateFileA(file, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, NULL, CREATE_ALWAYS, 0, NULL);
    HANDLE mapping = CreateFileMappingA(handle, NULL, PAGE_READWRITE, 0, JOURNAL_BYTES, NULL);
    struct journal_header *header = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
    struct journal_run *run = (struct journal_run *)(header + 1);
    run->state = JOURNAL_RUNNING;
    header->event_bytes = sizeof(struct trace_event);
    header->runs = 1;
    header->current = sizeof *header;
    header->used = sizeof *header + sizeof *run;
    CopyMemory(header->magic, JOURNAL_MAGIC, sizeof header->magic);
    Sleep(INFINITE);
    return 0;
}
