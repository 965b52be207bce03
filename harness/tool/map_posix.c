/* Mapped files: POSIX. */
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum tool_status tool_map(const char *name, struct tool_file *file) {
    *file = (struct tool_file){0};
    int descriptor = open(name, O_RDONLY);
    struct stat facts;
    if (descriptor < 0 || fstat(descriptor, &facts) != 0) {
        enum tool_status status = tool_trouble("%s: %s", name, strerror(errno));
        if (descriptor >= 0)
            close(descriptor);
        return status;
    }
    void *mapped = MAP_FAILED;
    if (facts.st_size > 0)
        mapped = mmap(NULL, (size_t)facts.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    close(descriptor);
    if (mapped == MAP_FAILED)
        return tool_read(name, file); /* empty, a pipe, a file system that maps nothing */
    *file = (struct tool_file){.bytes = mapped, .length = (size_t)facts.st_size, .mapped = mapped};
    return TOOL_FINE;
}

void tool_unmap(struct tool_file *file) {
    munmap(file->mapped, file->length);
}
