/* What a fault at every instruction costs: the demonstration's text, swept, divided by its instructions. */
#include <stdio.h>
#include <string.h>
#include <windows.h>

#include "execute/interpret.h"
#include "execute/options.h"
#include "execute/state.h"
#include "execute/sweep.h"

static const char TEXT[] = "recover { call { seh pass { back { panic } } } } clobber recover { fault nil-write }";
enum { BATCHES = 40 };

int main(void) {
    struct execute_options options;
    struct scenario_program program;
    struct scenario_error mistake;
    char *words[] = {"bench-sweep"};
    char file[MAX_PATH], folder[MAX_PATH];
    double best = 1e30;
    GetTempPathA(sizeof folder, folder);
    GetTempFileNameA(folder, "xcs", 0, file);
    const char *error = execute_options_read(1, words, false, &options);
    options.step.inject = "every=1";
    options.step.sweep = file;
    options.step.stepped = true;
    if (!error)
        error = step_open(&options.step);
    if (error || !scenario_parse(TEXT, strlen(TEXT), &program, &mistake)) {
        fprintf(stderr, "bench-sweep: %s\n", error ? error : mistake.message);
        return 3;
    }
    for (unsigned batch = 0; batch < BATCHES; batch++) {
        LARGE_INTEGER frequency, begin, end;
        uint32_t before = step_sweep_sites();
        QueryPerformanceFrequency(&frequency);
        QueryPerformanceCounter(&begin);
        interpret(batch, &program);
        QueryPerformanceCounter(&end);
        double nanoseconds = (double)(end.QuadPart - begin.QuadPart) * 1e9 / (double)frequency.QuadPart / (step_sweep_sites() - before);
        if (nanoseconds < best)
            best = nanoseconds;
    }
    printf("{\"name\": \"fault at every instruction\", \"ns\": %.2f}\n", best);
    fflush(stdout);
    step_close();
    scenario_program_free(&program);
    DeleteFileA(file); /* still mapped: it goes with the process */
    return 0;
}
