/* What is known of a strand while another one runs. */
#ifndef EXCHAIN_EXECUTE_STRAND_H
#define EXCHAIN_EXECUTE_STRAND_H

#include "state.h"

/* Each field is the one of struct step_state with its name. */
struct step_standing {
    unsigned number;
    struct step_thread thread;
    unsigned tasks;
    struct step_started started;
    struct step_guard *open;
    size_t left_behind_count, deferred_count; /* what they count stands elsewhere */
    uint32_t last_error;
    bool last_error_armed;
    uint32_t exception;
    uint8_t fault;
    unsigned looking, unwinding, current;
    enum trace_why why;
    void *marks; /* of setjmp: the foreign library's */
};

struct step_strand {
    struct step_standing standing;
    uint64_t left_behind[STEP_LEFT_BEHIND_MAX];
    uint16_t deferred[VERIFY_DEFERRED_MAX];
};

void step_standing_put_away(struct step_standing *standing);
void step_standing_take_out(const struct step_standing *standing);

/* For a task that the running one is about to start. Ends the run where there are more than a trace can name. */
struct step_strand *step_strand_make(void);
/* The running strand has had its last event. */
void step_strand_forget(struct step_strand *strand);

#endif
