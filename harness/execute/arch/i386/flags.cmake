# Of what is compiled for speed. Everything that it calls takes a stack aligned to 4, as Windows' code does, so it need not align its own; and small things are filled and copied
# word by word: a string instruction takes longer to begin.
set(EXCHAIN_EXPLORE_ARCH_FLAGS -mpreferred-stack-boundary=2 -mstringop-strategy=unrolled_loop)
