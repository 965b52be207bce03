/* Wine's msvcrt keeps a list of the C++ exceptions that a thread is just catching, whose nodes lie in the frames of those who catch.
 *
 * Microsoft's links a node when the frames inside have been unwound, just before it runs the catch block; Wine's (8.0, dlls/msvcrt/except_i386.c) before it unwinds
 * them. So an unwinding that collides with it leaves the node behind in a frame that is gone, and a later throw on this thread walks into whatever is there by then.
 * Whoever lands in a frame further out knows that everything below it on its own stack is dead, and takes the dead nodes off here; those on another fiber's stack are not.
 *
 * Nobody tells the list: a node of our own, linked for a moment, has its head as its next. */
#include "foreign.h"

#include <stddef.h>
#include <windows.h>

#include "frame.h"

struct node { /* Wine's cxx_frame_info */
    void *object;
    struct node *next;
    EXCEPTION_RECORD *record; /* the thread's, before */
    CONTEXT *context;
};

static BOOL(__cdecl *link_node)(EXCEPTION_POINTERS *pointers, struct node *node);
static void(__cdecl *unlink_node)(struct node *node, BOOL in_use);

void foreign_catches_begin(void) {
    HMODULE msvcrt = GetModuleHandleA("msvcrt.dll");
    if (!GetProcAddress(GetModuleHandleA("ntdll.dll"), "wine_get_version"))
        return; /* Microsoft's own has nothing to be put right */
    link_node = (BOOL(__cdecl *)(EXCEPTION_POINTERS *, struct node *))(void *)GetProcAddress(msvcrt, "__CxxRegisterExceptionObject");
    unlink_node = (void(__cdecl *)(struct node *, BOOL))(void *)GetProcAddress(msvcrt, "__CxxUnregisterExceptionObject");
}

void foreign_landed(void) {
    enum { IN_USE = TRUE }; /* no object is destroyed: it lay in the dead frames too */
    EXCEPTION_RECORD record = {0};
    struct node here;
    if (!link_node || !unlink_node)
        return;
    EXCEPTION_POINTERS pointers = {.ExceptionRecord = &record};
    link_node(&pointers, &here);
    for (struct node *node = here.next, *next; node && node < &here && (uintptr_t)node >= frame_stack_limit(); node = next) {
        next = node->next;
        node->record = pointers.ExceptionRecord; /* becomes the thread's, until our own node gives it back what it had */
        node->context = pointers.ContextRecord;
        unlink_node(node, IN_USE);
    }
    unlink_node(&here, IN_USE);
}
