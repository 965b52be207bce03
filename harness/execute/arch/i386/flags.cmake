# Of what is compiled for speed. Everything that it calls takes a stack aligned to 4, as Windows' code does, so it need not align its own; and small things are filled and copied
# word by word: a string instruction takes longer to begin. Which operation comes next is another in each text: comparisons are predicted better than a jump by a table (measured, 1 %).
set(EXCHAIN_EXPLORE_ARCH_FLAGS -mpreferred-stack-boundary=2 -mstringop-strategy=unrolled_loop -fno-jump-tables)
