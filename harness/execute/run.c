/* One scenario after another, on this thread. */
#include "state.h"
#include "sweep.h"

#include <stdio.h>
#include <windows.h>

const char *step_open(const struct step_options *options) {
    SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX); /* no pop-ups */
    const char *error = step_journal_open(options->journal);
    return error ? error : step_load(options);
}

/* Windows takes a window procedure that a panic has left for running, and nests only so many. */
bool step_is_fresh_for(const struct scenario_program *program) {
    for (size_t number = 1; number < program->count; number++) {
        const struct scenario_node *node = &program->nodes[number];
        if (node->operation == SCENARIO_VIA && node->kind == SCENARIO_CARRIER_WNDPROC)
            return step.foreign->abandoned() == 0;
    }
    return true;
}

static enum step_can cannot(unsigned index, enum journal_state state, enum step_can why) {
    step_journal_begin(index);
    step.checked = 0;
    step_journal_end(state);
    return why;
}

enum step_can step_can(unsigned index, const struct scenario_program *program) {
    for (size_t number = 1; number < program->count; number++)
        if (program->nodes[number].operation == SCENARIO_ARGS && !step.adapter->thunk_make)
            return cannot(index, JOURNAL_NO_THUNKS, STEP_RUNTIME_CANNOT);
    const char *lacking = step_dll_prepare(program);
    if (!lacking)
        return STEP_CAN;
    snprintf(step_journal_header()->report, sizeof step_journal_header()->report, "%s", lacking);
    return cannot(index, JOURNAL_REFUSED, STEP_TEXT_CANNOT);
}

static MACHINE_GONE_ON_IN void run_text(void *argument) {
    const struct step_entered *text = argument;
    STEP_ENTERED();
    step_parting_go_on();
    step_scenario_begin();
    text->block(text->argument);
}

MACHINE_GONE_ON_IN void step_run(unsigned index, const struct scenario_program *program, step_block *body, void *argument) {
    enum adapter_end end;
    struct adapter_panic panic = {0};
    struct verify_finding finding;
    struct step_moment before;
    step.program = program;
    step_journal_begin(index);
    const char *error = step.grouped ? NULL : step_carriers_ready(program);
    if (error) {
        fprintf(stderr, "%s\n", error);
        TerminateProcess(GetCurrentProcess(), 3);
    }
    if (step_last.known == STEP_KNOWS_ALL) /* the end of the text before: nobody's code but ours has run since */
        machine_moment_copy(&before, &step_last.moment);
    else
        step_moment_take(&before);
    step_others_ran(); /* the runtime is about to */
    step_sweep_begin();
    error = step.without_thunks ? NULL : step_args_prepare(program);
    step.run_sp = machine_sp();
    if (!error)
        error = step.adapter->run(run_text, &(struct step_entered){0, body, argument}, &end, &panic);
    step_sweep_end();
    if (error) {
        step_sweep_refused(error);
        fprintf(stderr, "the runtime does not run a task: %s\n", error);
        TerminateProcess(GetCurrentProcess(), 3);
    }
    step_strand_go_on(step_strand_of_text());
    step_moment_take(&step_last.moment);
    if (step.rules && (!step_moment_restored(&before, &step_last.moment, &finding) || !verify_deferred_left(&step.deferred, 0, &finding)))
        step_stop(&finding, 0);
    step_strands_waited_for();
    static const enum trace_ending endings[] = {TRACE_ENDED_OK, TRACE_ENDED_PANIC, TRACE_ENDED_GOEXIT};
    step.thread.task = 1;
    bool panicked = end == ADAPTER_ENDED_PANIC;
    step_event(TRACE_END, 0, panicked ? panic.value : 0, endings[end], panicked && panic.is_status);
    step_journal_end(JOURNAL_ENDED);
    if (step.grouped)
        step_last.known = STEP_KNOWS_ALL;
}

bool step_has_room(void) { return step_journal_has_room(); }
void step_close(void) {
    step_sweep_close();
    step_journal_header()->finished = 1;
}
