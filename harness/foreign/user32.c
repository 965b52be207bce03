#include "user32.h"

struct foreign_user32 foreign_user32;

bool foreign_user32_ready(void) {
    static bool ready;
    if (ready)
        return true;
    HMODULE library = LoadLibraryA("user32.dll");
    if (!library)
        return false;
    ready = true;
#define FUNCTION(name)                                                                               \
    foreign_user32.name = (__typeof__(foreign_user32.name))(void *)GetProcAddress(library, #name); \
    ready &= foreign_user32.name != NULL;
    FOREIGN_USER32(FUNCTION)
#undef FUNCTION
    return ready;
}
