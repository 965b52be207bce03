/* The batch executor's interpreter: walks a block's operations and takes the step of each. As simple as possible: everything is in the steps. */
#include "interpret.h"
#include "state.h"

static const struct scenario_program *program;

/* A block's argument says whose it is. Which operation is its first is looked up when it begins, and which comes next when one has ended: a text that went on in it (parting.c) may have others from there on. */
static void *block(unsigned node, unsigned index) { return (void *)(uintptr_t)(node * SCENARIO_BLOCKS_MAX + index); }
static const uint16_t *begin(void *argument) {
    unsigned number = (unsigned)(uintptr_t)argument;
    return &program->nodes[number / SCENARIO_BLOCKS_MAX].block[number % SCENARIO_BLOCKS_MAX];
}

static void interpret_managed(void *argument);
static void interpret_foreign(void *argument);

static MACHINE_GONE_ON_IN __attribute__((noinline)) void run_managed(const uint16_t *next) {
    for (unsigned number; (number = *next) != 0; next = &program->nodes[number].next) {
        const struct scenario_node *node = &program->nodes[number];
        step_parting(number, false);
        if (*next == 0)
            break; /* the text that went on here has it further out */
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

static MACHINE_GONE_ON_IN __attribute__((noinline)) void run_foreign(const uint16_t *next) {
    for (unsigned number; (number = *next) != 0; next = &program->nodes[number].next) {
        const struct scenario_node *node = &program->nodes[number];
        step_parting(number, true);
        if (*next == 0)
            break; /* the text that went on here has it further out */
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
    const uint16_t *first = begin(argument);
    if (*first)
        run_managed(first);
}

static void interpret_foreign(void *argument) {
    const uint16_t *first = begin(argument);
    if (*first)
        run_foreign(first);
}

void interpret(unsigned index, const struct scenario_program *text) {
    program = text;
    step_run(index, text, interpret_managed, block(0, 0));
}
