/* Every request of the runtime's to Windows, with the injector asked first. Made of os_calls.def: a request that is added there is an injection point here. */
#include "reference_os.h"

#include <exchain/os.h>

static const struct adapter_injector *injector;

void reference_os_inject(const struct adapter_injector *who) { injector = who; }

#define REFUSES(name) injector->refuses(#name, (uintptr_t)__builtin_return_address(0))
#define OS_TAKE(result, name, function, parameters, arguments, refused, error) \
    static result WINAPI name parameters {                                     \
        if (REFUSES(name)) {                                                   \
            SetLastError(error);                                               \
            return refused;                                                    \
        }                                                                      \
        result what = function arguments;                                      \
        if (what != refused)                                                   \
            injector->took(#name, (uintptr_t)what);                            \
        return what;                                                           \
    }
#define OS_ASK(result, name, function, parameters, arguments, refused, error) \
    static result WINAPI name parameters {                                    \
        if (REFUSES(name)) {                                                  \
            SetLastError(error);                                              \
            return refused;                                                   \
        }                                                                     \
        return function arguments;                                            \
    }
#define OS_GIVE(result, name, function, parameters, arguments, what) \
    static result WINAPI name parameters {                           \
        injector->gave(#name, (uintptr_t)what);                      \
        return function arguments;                                   \
    }
#include <exchain/os_calls.def>
#undef OS_TAKE
#undef OS_ASK
#undef OS_GIVE

const struct xc_os *reference_os(void) {
#define OS_TAKE(result, name, function, parameters, arguments, refused, error) .name = name,
#define OS_ASK(result, name, function, parameters, arguments, refused, error) .name = name,
#define OS_GIVE(result, name, function, parameters, arguments, what) .name = name,
    static const struct xc_os os = {
#include <exchain/os_calls.def>
    };
#undef OS_TAKE
#undef OS_ASK
#undef OS_GIVE
    return injector ? &os : NULL;
}
