/* The reference runtime, compiled with -fsanitize-coverage=trace-pc: each basic block calls the hook first. The runtime's sources know nothing of it.
 *
 * The hook is called wherever the runtime's C runs: on any stack, on the last bytes of a managed one, in its handler, inside of what restores a thread. So it needs a return address
 * and a word of stack, asks Windows nothing, and touches no other register than a call may change. */
#include "covered.h"

#include <stddef.h>

extern const char image[] __asm__("___ImageBase"); /* by the linker: where this DLL lies */

static struct adapter_cover *cover;

void __sanitizer_cov_trace_pc(void);
void __sanitizer_cov_trace_pc(void) {
    struct adapter_cover *marked = cover;
    uintptr_t place = (uintptr_t)__builtin_return_address(0) - (uintptr_t)image;
    if (marked != NULL && place < marked->size && !marked->marks[place]) {
        marked->marks[place] = 1;
        marked->news++;
    }
}

__declspec(dllexport) void exchain_adapter_cover(struct adapter_cover *wanted) { cover = wanted; }
