/* Timing: several batches, the fastest one counts, since everything that disturbs only adds. */
#ifndef EXCHAIN_BENCH_MEASURE_H
#define EXCHAIN_BENCH_MEASURE_H

#include <stdio.h>
#include <windows.h>

enum { MEASURE_BATCHES = 15 };

/* Nanoseconds for one of `rounds` rounds of work(rounds). */
static inline double measure(void (*work)(unsigned rounds), unsigned rounds) {
    LARGE_INTEGER frequency, begin, end;
    double best = 1e30;
    QueryPerformanceFrequency(&frequency);
    work(rounds / 10 + 1); /* warm */
    for (int batch = 0; batch < MEASURE_BATCHES; batch++) {
        QueryPerformanceCounter(&begin);
        work(rounds);
        QueryPerformanceCounter(&end);
        double nanoseconds = (double)(end.QuadPart - begin.QuadPart) * 1e9 / (double)frequency.QuadPart / rounds;
        if (nanoseconds < best)
            best = nanoseconds;
    }
    return best;
}

static inline void report(const char *name, const char *field, double nanoseconds) {
    printf("{\"name\": \"%s\", \"%s\": %.2f}\n", name, field, nanoseconds);
    fflush(stdout);
}

#endif
