# Foreign code calls in with a stack aligned to 4; all of the runtime's code is kept in one piece (no cold parts elsewhere).
set(EXCHAIN_RUNTIME_ARCH_FLAGS -mincoming-stack-boundary=2 -fno-reorder-blocks-and-partition)
