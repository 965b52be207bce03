/* What carriers call of user32, which is loaded when a text first needs it: half of the time that a process of one text takes would go into it otherwise. */
#ifndef EXCHAIN_FOREIGN_USER32_H
#define EXCHAIN_FOREIGN_USER32_H

#include <stdbool.h>
#include <windows.h>

/* FUNCTION(Name) */
#define FOREIGN_USER32(FUNCTION) \
    FUNCTION(CreateWindowExA) FUNCTION(DefWindowProcA) FUNCTION(DestroyWindow) FUNCTION(EnumWindows) FUNCTION(IsWindow) FUNCTION(RegisterClassA) FUNCTION(SendMessageA)

struct foreign_user32 {
#define FUNCTION(name) __typeof__(name) *name;
    FOREIGN_USER32(FUNCTION)
#undef FUNCTION
};
extern struct foreign_user32 foreign_user32;

/* Before any of them. False: it cannot be loaded. */
bool foreign_user32_ready(void);

#endif
