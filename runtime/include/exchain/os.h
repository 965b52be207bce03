/* The table through which the runtime asks Windows for what it may be refused: memory, TLS slots, guard pages, threads, events. An embedder with memory of its own, a quota or a test to run puts
 * another table into xc_options.os; each function then means what Windows' function of that name means, last-error value included. Called on any thread of the
 * runtime's, on the system stack or a managed one, never inside an exception handler. */
#ifndef EXCHAIN_OS_H
#define EXCHAIN_OS_H

#include <windows.h>

struct xc_os {
#define OS_TAKE(result, name, function, parameters, arguments, refused, error) result(WINAPI *name) parameters;
#define OS_ASK(result, name, function, parameters, arguments, refused, error) result(WINAPI *name) parameters;
#define OS_GIVE(result, name, function, parameters, arguments, what) result(WINAPI *name) parameters;
#include "os_calls.def"
#undef OS_TAKE
#undef OS_ASK
#undef OS_GIVE
};

#endif
