/* The batch executor's interpreter: walks a block's operations and takes the step of each. As simple as possible: everything is in the steps. */
#include "interpret.h"
#include "state.h"

static const struct scenario_program *program;

static void *block(unsigned node, unsigned index) { return (void *)(uintptr_t)program->nodes[node].block[index]; }

/* A block's argument is the number of its first operation; 0: it is empty. */
static void interpret_managed(void *argument);
static void interpret_foreign(void *argument);

static __attribute__((noinline)) void run_managed(unsigned number) {
    const struct scenario_node *nodes = program->nodes;
    for (; number; number = nodes[number].next) {
        const struct scenario_node *node = &nodes[number];
        step_parting(number, false);
        switch (node->operation) {
        case SCENARIO_CALL: step_call(number, interpret_foreign, block(number, 0)); break;
        case SCENARIO_RECOVER: step_recover(number, interpret_managed, block(number, 0)); break;
        case SCENARIO_DEFER: step_defer(number, interpret_managed, block(number, 0), interpret_managed, block(number, 1)); break;
        case SCENARIO_PANIC: step_panic(number, node->number); break;
        case SCENARIO_GOEXIT: step_goexit(number); break;
        case SCENARIO_FAULT: step_fault(number, node->kind); break;
        case SCENARIO_PANIC_ON_FAULT: step_panic_on_fault(number, interpret_managed, block(number, 0)); break;
        case SCENARIO_LOCK: step_lock(number, interpret_managed, block(number, 0)); break;
        case SCENARIO_GO: step_go(number, interpret_managed, block(number, 0)); break;
        case SCENARIO_YIELD: step_yield(number); break;
        case SCENARIO_WAIT: step_wait(number); break;
        case SCENARIO_SYNC: step_sync(number, node->number); break;
        case SCENARIO_TRACEBACK: step_traceback(number); break;
        case SCENARIO_CHECK: step_check(number); break;
        case SCENARIO_CLOBBER: step_clobber(number); break;
        case SCENARIO_REPEAT: step_repeat(number, node->number, interpret_managed, block(number, 0)); break;
        default: break;
        }
    }
}

static __attribute__((noinline)) void run_foreign(unsigned number) {
    const struct scenario_node *nodes = program->nodes;
    for (; number; number = nodes[number].next) {
        const struct scenario_node *node = &nodes[number];
        step_parting(number, true);
        switch (node->operation) {
        case SCENARIO_BACK: step_back(number, interpret_managed, block(number, 0)); break;
        case SCENARIO_ARGS: step_args(number, node->kind, node->number, interpret_managed, block(number, 0)); break;
        case SCENARIO_DLL: step_dll(number, interpret_managed, block(number, 0)); break;
        case SCENARIO_VIA: step_via(number, node->kind, interpret_managed, block(number, 0)); break;
        case SCENARIO_SEH: step_seh(number, node->kind, interpret_foreign, block(number, 0)); break;
        case SCENARIO_TRY: step_try(number, node->kind, interpret_foreign, block(number, 0)); break;
        case SCENARIO_CXX: step_cxx(number, node->kind, interpret_foreign, block(number, 0)); break;
        case SCENARIO_GXX: step_gxx(number, node->kind, interpret_foreign, block(number, 0)); break;
        case SCENARIO_THREAD: step_thread(number, interpret_foreign, block(number, 0)); break;
        case SCENARIO_SETJMP: step_setjmp(number, interpret_foreign, block(number, 0)); break;
        case SCENARIO_LONGJMP: step_longjmp(number); break;
        case SCENARIO_RAISE: step_raise(number, node->number, node->noncontinuable); break;
        case SCENARIO_THROW: step_throw(number); break;
        case SCENARIO_GTHROW: step_gthrow(number); break;
        case SCENARIO_FAULT: step_foreign_fault(number, node->kind); break;
        case SCENARIO_CLOBBER: step_foreign_clobber(number); break;
        case SCENARIO_REPEAT: step_repeat(number, node->number, interpret_foreign, block(number, 0)); break;
        default: break;
        }
    }
}

static void interpret_managed(void *argument) {
    if (argument)
        run_managed((unsigned)(uintptr_t)argument);
}

static void interpret_foreign(void *argument) {
    if (argument)
        run_foreign((unsigned)(uintptr_t)argument);
}

void interpret(unsigned index, const struct scenario_program *text) {
    program = text;
    step_run(index, text, interpret_managed, block(0, 0));
}
