/* Loading the runtime under test and the foreign library, and learning what is true of this process and thread before anything runs. */
#include "state.h"
#include "sweep.h"

#include <stdio.h>
#include <string.h>
#include <windows.h>
#include <winternl.h>

#include "../inject/fault.h"

static struct verify_image images[STEP_IMAGES_MAX];
static char message[400];

static const struct verify_image *image_add(HMODULE module, const char *name) {
    if (!module || step.chain.image_count == STEP_IMAGES_MAX)
        return NULL;
    const IMAGE_DOS_HEADER *dos = (const IMAGE_DOS_HEADER *)module;
    const IMAGE_NT_HEADERS *headers = (const IMAGE_NT_HEADERS *)((const char *)module + dos->e_lfanew);
    uintptr_t low = (uintptr_t)module;
    for (size_t index = 0; index < step.chain.image_count; index++)
        if (images[index].low == low)
            return &images[index];
    images[step.chain.image_count] = (struct verify_image){low, low + headers->OptionalHeader.SizeOfImage, name};
    return &images[step.chain.image_count++];
}

bool step_image_expect(void *module, const char *name) {
    size_t before = step.chain.image_count;
    const struct verify_image *image = image_add(module, "");
    if (image && step.chain.image_count > before)
        images[before].name = strdup(name); /* the text it stands in is somebody else's */
    return image != NULL;
}

static bool is_named(const UNICODE_STRING *path, const char *name) {
    size_t length = strlen(name), whole = path->Length / sizeof *path->Buffer;
    if (whole < length || (whole > length && path->Buffer[whole - length - 1] != L'\\'))
        return false;
    for (size_t index = 0; index < length; index++)
        if ((path->Buffer[whole - length + index] | 0x20) != (name[index] | 0x20))
            return false;
    return true;
}

/* The images whose handlers may be on the chain (V3): the system's that use SEH on a thread of ours, the runtime's, the foreign library's, our own. Of the system's
 * those that are loaded: from the loader's own list, since asking Wine for a module that is not there has it look through every folder of the path. */
static void expect_images(void) {
    static const char *const names[] = {"ntdll.dll", "kernel32.dll", "kernelbase.dll", "msvcrt.dll", "ucrtbase.dll", "user32.dll", "win32u.dll",
                                        "gdi32.dll", "combase.dll", "rpcrt4.dll", "imm32.dll"};
    const LIST_ENTRY *list = &((const PEB *)machine_tib(TEB_PEB))->Ldr->InMemoryOrderModuleList;
    step.chain.images = images;
    for (const LIST_ENTRY *entry = list->Flink; entry != list; entry = entry->Flink) {
        const LDR_DATA_TABLE_ENTRY *module = CONTAINING_RECORD(entry, LDR_DATA_TABLE_ENTRY, InMemoryOrderLinks);
        for (unsigned index = 0; index < sizeof names / sizeof *names; index++)
            if (is_named(&module->FullDllName, names[index]))
                image_add(module->DllBase, names[index]);
    }
}

/* By carrier: it is known here that the library is ready for it. */
static bool carriers_ready[SCENARIO_CARRIER_COUNT];

const char *step_carrier_ready(enum scenario_carrier carrier) {
    if (carriers_ready[carrier])
        return NULL;
    if (!step.foreign->via_ready(carrier))
        return "a carrier's library cannot be loaded: user32.dll";
    carriers_ready[carrier] = true;
    expect_images();
    return NULL;
}

const char *step_carriers_ready(const struct scenario_program *program) {
    const char *error = NULL;
    for (size_t number = 1; number < program->count && !error; number++)
        if (program->nodes[number].operation == SCENARIO_VIA)
            error = step_carrier_ready((enum scenario_carrier)program->nodes[number].kind);
    return error;
}

static HMODULE load(const char *file, const char *what, const char *symbol, FARPROC *entry) {
    HMODULE module = LoadLibraryA(file);
    *entry = module ? GetProcAddress(module, symbol) : NULL;
    if (!module)
        snprintf(message, sizeof message, "%s: %s cannot be loaded (error %lu): build it, or name another file", file, what, GetLastError());
    else if (!*entry)
        snprintf(message, sizeof message, "%s: it exports no %s, so it is not %s", file, symbol, what);
    return *entry ? module : NULL;
}

const char *step_load(const struct step_options *options) {
    FARPROC entry;
    step.rules = options->rules;
    step.clobber = options->clobber;
    HMODULE runtime = load(options->runtime, "a runtime under test", ADAPTER_EXPORT, &entry);
    if (!runtime)
        return message;
    step.adapter = ((const struct adapter *(*)(void))(void *)entry)();
    HMODULE foreign = load(options->foreign, "the foreign library", FOREIGN_EXPORT, &entry);
    if (!foreign)
        return message;
    step_dll_look_beside(foreign);
    step.foreign = ((const struct foreign_library *(*)(void))(void *)entry)();
    if (!step.foreign->start(&step_foreign_hooks) || !inject_prepare() || !step_clobber_prepare())
        return "no memory for the fault injector's pages: free address space";
    step.foreign->unwind_tables(machine_unwind_tables());
    const char *error = step_sweep_open(options);
    if (error)
        return error;
    if (step.grouped && step.adapter->many_tasks)
        step.adapter->many_tasks();
    error = step.adapter->start(step_on_last_words);
    if (error) {
        step_sweep_refused(error);
        snprintf(message, sizeof message, "%s: the runtime does not start: %s", options->runtime, error);
        return message;
    }
    expect_images();
    step.own_images[0] = image_add(runtime, options->runtime);
    step.own_images[1] = step.foreign_image = image_add(foreign, options->foreign);
    step.foreign_low = (uintptr_t)step.foreign_image->low;
    step.foreign_bytes = (uintptr_t)(step.foreign_image->high - step.foreign_image->low);
    step.own_images[2] = image_add(GetModuleHandleA(NULL), "the executor");

    step.chain.stack_limit = machine_tib(TIB_STACK_LIMIT);
    step.chain.dead_known = step.left_behind;
    struct step_thread before;
    step_thread_enter(&before);
    return step_sweep_started(options);
}
