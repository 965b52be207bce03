/* `dll`: a function in a DLL that the user brings calls back. What it registers on the way is its own: it has no symbol, as Windows' records have none. */
#include "state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

typedef int brought_function(int (*callback)(void *), void *argument);

static brought_function *functions[SCENARIO_OPERATIONS_MAX + 1]; /* by the number of the operation */

/* "FILE!SYMBOL" of a node, taken apart. */
struct named {
    char file[1024 + 1], symbol[1024 + 1];
};

static void named_read(const struct scenario_program *program, const struct scenario_node *node, struct named *named) {
    const char *string = program->text + node->spelling;
    size_t file = (size_t)((const char *)memchr(string, '!', node->spelling_length) - string), symbol = node->spelling_length - file - 1;
    memcpy(named->file, string, file);
    named->file[file] = '\0';
    memcpy(named->symbol, string + file + 1, symbol);
    named->symbol[symbol] = '\0';
}

/* A name with a folder in it is a file as seen from the current directory; one without is looked for as Windows looks for DLLs, and beside the foreign library. */
static bool has_folder(const char *file) { return strpbrk(file, "/\\:") != NULL; }

static unsigned machine_of_image(const void *image) {
    const IMAGE_DOS_HEADER *dos = image;
    return ((const IMAGE_NT_HEADERS *)((const char *)image + dos->e_lfanew))->FileHeader.Machine;
}

/* For which machine a file says that it was built; 0: it is no image. */
static unsigned machine_of_file(const char *file) {
    IMAGE_DOS_HEADER dos;
    struct {
        DWORD signature;
        IMAGE_FILE_HEADER header;
    } headers;
    unsigned machine = 0;
    FILE *stream = fopen(file, "rb");
    if (!stream)
        return 0;
    if (fread(&dos, sizeof dos, 1, stream) == 1 && dos.e_magic == IMAGE_DOS_SIGNATURE && fseek(stream, dos.e_lfanew, SEEK_SET) == 0 &&
        fread(&headers, sizeof headers, 1, stream) == 1 && headers.signature == IMAGE_NT_SIGNATURE)
        machine = headers.header.Machine;
    fclose(stream);
    return machine;
}

static const char *why_not_loaded(const char *file, const char *path, DWORD error, char *message, size_t size) {
    unsigned ours = machine_of_image(GetModuleHandleA(NULL)), its = has_folder(file) ? machine_of_file(path) : 0;
    DWORD attributes = has_folder(file) ? GetFileAttributesA(path) : FILE_ATTRIBUTE_NORMAL;
    if (attributes == INVALID_FILE_ATTRIBUTES)
        snprintf(message, size, "dll: there is no file %s; a path is taken from the current directory", path);
    else if (attributes & FILE_ATTRIBUTE_DIRECTORY)
        snprintf(message, size, "dll: %s is a folder: name a file in it", path);
    else if (its && its != ours)
        snprintf(message, size, "dll: %s is for another machine (0x%04x), this target loads 0x%04x: build it for this one", path, its, ours);
    else if (error == ERROR_BAD_EXE_FORMAT)
        snprintf(message, size, "dll: %s is no DLL for this machine (0x%04x): build it for this target", path, ours);
    else if (error == ERROR_MOD_NOT_FOUND && has_folder(file))
        snprintf(message, size, "dll: %s needs another DLL that is not found: put that beside it, or link it statically", path);
    else if (error == ERROR_MOD_NOT_FOUND)
        snprintf(message, size, "dll: %s is not found beside the foreign library nor among Windows' own: name it with its folder, as ./%s", file, file);
    else
        snprintf(message, size, "dll: %s cannot be loaded (error %lu)", path, error);
    return message;
}

static const char *load(const struct named *named, brought_function **function, char *message, size_t size) {
    char path[MAX_PATH];
    if (!has_folder(named->file))
        snprintf(path, sizeof path, "%s", named->file);
    else if (GetFullPathNameA(named->file, sizeof path, path, NULL) - 1 >= sizeof path - 1)
        return "dll: the path is too long for Windows: bring the file nearer";
    /* Its own folder is searched for what it needs, as for a program's. */
    HMODULE module = LoadLibraryExA(path, NULL, has_folder(named->file) ? LOAD_WITH_ALTERED_SEARCH_PATH : 0);
    if (!module)
        return why_not_loaded(named->file, path, GetLastError(), message, size);
    *function = (brought_function *)(void *)GetProcAddress(module, named->symbol);
    if (!*function) {
        snprintf(message, size, "dll: %s exports no %s: its export table has the names, as they are called from C", path, named->symbol);
        return message;
    }
    return step_image_expect(module, named->file) ? NULL : "dll: too many DLLs in one process: split the list";
}

void step_dll_look_beside(void *library) {
    char folder[MAX_PATH] = "";
    GetModuleFileNameA(library, folder, sizeof folder - 1);
    char *end = strrchr(folder, '\\');
    if (end) {
        *end = '\0';
        SetDllDirectoryA(folder);
    }
}

const char *step_dll_prepare(const struct scenario_program *program) {
    static char message[2 * MAX_PATH + 256];
    static struct named named;
    for (size_t number = 1; number < program->count; number++) {
        const struct scenario_node *node = &program->nodes[number];
        if (node->operation != SCENARIO_DLL)
            continue;
        named_read(program, node, &named);
        const char *error = load(&named, &functions[number], message, sizeof message);
        if (error)
            return error;
    }
    return NULL;
}

static int callback(void *argument) {
    step_callback(argument);
    return 0;
}

void step_dll(unsigned operation, step_block *managed, void *argument) {
    functions[operation](callback, &(struct step_entered){operation, managed, argument});
    step_event(TRACE_LEAVE, operation, 0, 0, false);
}
