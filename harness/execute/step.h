/* The operations of the scenario language, one function each. The batch executor's interpreter calls them, and so does the C that a scenario is
 * written as: whoever runs a scenario runs the same steps, writes the same trace and is checked by the same rules.
 *
 * `operation` is the operation's number in the text. A block is a function with an argument. Functions of the first group are called from managed code,
 * those of the second from foreign code; a step that ends by a panic does not return. */
#ifndef EXCHAIN_EXECUTE_STEP_H
#define EXCHAIN_EXECUTE_STEP_H

#include <stdbool.h>
#include <stdint.h>

#include "../scenario/program.h"

typedef void step_block(void *argument);

/* Managed. */
void step_call(unsigned operation, step_block *foreign, void *argument);
void step_recover(unsigned operation, step_block *body, void *argument);
void step_defer(unsigned operation, step_block *deferred, void *deferred_argument, step_block *body, void *body_argument);
void step_panic(unsigned operation, uint32_t value);
void step_goexit(unsigned operation);
void step_fault(unsigned operation, enum scenario_fault_kind kind);
void step_panic_on_fault(unsigned operation, step_block *body, void *argument);
void step_lock(unsigned operation, step_block *body, void *argument);
void step_go(unsigned operation, step_block *managed, void *argument);
void step_yield(unsigned operation);
void step_wait(unsigned operation);
void step_sync(unsigned operation, uint32_t rendezvous);
void step_traceback(unsigned operation);
void step_check(unsigned operation);
void step_clobber(unsigned operation);

/* Either. */
void step_repeat(unsigned operation, uint32_t rounds, step_block *body, void *argument);

/* Foreign. */
void step_back(unsigned operation, step_block *managed, void *argument);
void step_args(unsigned operation, enum scenario_convention convention, unsigned count, step_block *managed, void *argument);
void step_via(unsigned operation, enum scenario_carrier carrier, step_block *managed, void *argument);
void step_dll(unsigned operation, step_block *managed, void *argument);
void step_seh(unsigned operation, enum scenario_frame_kind kind, step_block *foreign, void *argument);
void step_try(unsigned operation, enum scenario_frame_kind kind, step_block *foreign, void *argument);
void step_cxx(unsigned operation, enum scenario_frame_kind kind, step_block *foreign, void *argument);
void step_gxx(unsigned operation, enum scenario_frame_kind kind, step_block *foreign, void *argument);
void step_thread(unsigned operation, step_block *foreign, void *argument);
void step_setjmp(unsigned operation, step_block *foreign, void *argument);
void step_longjmp(unsigned operation);
void step_raise(unsigned operation, uint32_t code, bool noncontinuable);
void step_throw(unsigned operation);
void step_gthrow(unsigned operation);
void step_foreign_fault(unsigned operation, enum scenario_fault_kind kind);
void step_foreign_clobber(unsigned operation);

/* How a scenario is run. */
struct step_options {
    const char *runtime;  /* file of the adapter's DLL */
    const char *foreign;  /* file of the foreign library's DLL */
    const char *journal;  /* file; NULL: a journal in memory */
    bool rules;           /* check them after every step */
    bool clobber;         /* overwrite the dead stack after every recover */
    const char *inject;   /* schedule of what is injected; NULL: nothing */
    bool passive;         /* the stepping handler is there, and does nothing */
    bool stepped, suspend; /* ... at instructions: a trap along the chain, or a suspension from outside; else refusals by count */
    const char *sweep;    /* file that says how the injecting went */
};

/* Loads the runtime under test and the foreign library, opens the journal. NULL: fine; else one line: what, where, what to do. */
const char *step_open(const struct step_options *options);
/* Whether this process can still run this text as a new one would. */
bool step_is_fresh_for(const struct scenario_program *program);
/* Whether this text can be run. What lacks is written into the journal, as that text's run. */
enum step_can {
    STEP_CAN,
    STEP_RUNTIME_CANNOT, /* the runtime under test makes no thunks */
    STEP_TEXT_CANNOT     /* a DLL that it brings is not there: the journal's report says what to do, and has no room for another */
};
enum step_can step_can(unsigned index, const struct scenario_program *program);
/* Runs one scenario: `body` is the text's managed code. Returns when it has ended by its own end; a rule that breaks, a crash or a bugcheck ends the process. */
void step_run(unsigned index, const struct scenario_program *program, step_block *body, void *argument);
/* Whether the journal has room for one more scenario. */
bool step_has_room(void);
/* Marks the journal finished: everything asked for was done. */
void step_close(void);

/* The main program of a scenario's own binary: options as the executor's. Runs it, prints its trace and outcome. */
int step_main(int count, char **words, const char *text, step_block *body);

#endif
