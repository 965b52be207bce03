/* Between the reference runtime and Windows. */
#ifndef EXCHAIN_REFERENCE_OS_H
#define EXCHAIN_REFERENCE_OS_H

#include "adapter.h"

struct xc_os;
void reference_os_inject(const struct adapter_injector *injector);
/* The table for xc_options.os; NULL where nobody injects. */
const struct xc_os *reference_os(void);

#endif
