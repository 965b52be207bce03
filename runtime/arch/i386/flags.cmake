# Foreign code calls in with a stack aligned to 4; all of the runtime's code is kept in one piece (no cold parts elsewhere). Every routine begins a
# cache line of its own: measured, 10 % of a recovery. Small things are
# filled and copied word by word: a string instruction takes longer to begin.
set(EXCHAIN_RUNTIME_ARCH_FLAGS -mincoming-stack-boundary=2 -fno-reorder-blocks-and-partition -falign-functions=64 -mstringop-strategy=unrolled_loop)
