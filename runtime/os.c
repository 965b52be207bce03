/* The runtime's side of os.h: the one place that names Windows' functions which may refuse. */
#include "internal.h"

struct xc_os xc_os;

XC_CODE void xc_os_use(const struct xc_os *os) {
    if (os) {
        xc_os = *os;
        return;
    }
#define OS_TAKE(result, name, function, parameters, arguments, refused, error) xc_os.name = function;
#define OS_ASK(result, name, function, parameters, arguments, refused, error) xc_os.name = function;
#define OS_GIVE(result, name, function, parameters, arguments, what) xc_os.name = function;
#include "exchain/os_calls.def"
#undef OS_TAKE
#undef OS_ASK
#undef OS_GIVE
}
