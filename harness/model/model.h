/* The model: program -> expected trace and outcome, from the text alone. It knows LANGUAGE.md and TRACE.md and nothing of any runtime. Portable C. */
#ifndef EXCHAIN_MODEL_H
#define EXCHAIN_MODEL_H

#include "../scenario/program.h"
#include "../trace/event.h"

enum model_state {
    MODEL_PREDICTED,
    MODEL_NOT_BUILT,      /* reason: what the text holds that has no executor yet */
    MODEL_TOO_LONG,       /* more events than a journal takes */
    MODEL_OUT_OF_MEMORY
};

enum outcome_kind { OUTCOME_OK, OUTCOME_PANIC, OUTCOME_GOEXIT, OUTCOME_CRASH, OUTCOME_CRASH_UNKNOWN, OUTCOME_VIOLATION, OUTCOME_BUGCHECK, OUTCOME_HANG };

struct outcome {
    enum outcome_kind kind;
    uint32_t value;    /* panic value, NTSTATUS or stop code */
    bool is_status;    /* the panic value is an NTSTATUS */
    uint8_t place;     /* crash: enum trace_place */
    char rule[8];      /* violation */
};

struct model_prediction {
    enum model_state state;
    char reason[64];
    struct outcome outcome;
    struct trace_event *events; /* owned by the prediction; grows; keep the struct and predict again without freeing */
    size_t count, capacity;
};

/* Where a platform is known to differ from the contract, for the judge's second look. All zero: the contract. */
struct model_platform {
    uint32_t fault_status[SCENARIO_FAULT_KIND_COUNT]; /* the NTSTATUS this platform reports instead, 0: as the table says */
};

/* Fills *prediction (all zero before the first use). Never fails but by its state. `platform` may be NULL: the contract. */
void model_predict(const struct scenario_program *program, const struct model_platform *platform, struct model_prediction *prediction);
void model_prediction_free(struct model_prediction *prediction);

/* What the last event of a trace says of the outcome; `crash unknown` where it says nothing. The rule of a violation is not in the event. */
struct outcome outcome_of_trace(const struct trace_event *events, size_t count);
bool outcomes_equal(const struct outcome *left, const struct outcome *right);

/* The words of an outcome as LANGUAGE.md has them: `ok`, `panic 7`, `panic c0000005`, `crash c0000005 foreign`, `violation V1`, `bugcheck 0x0000E102`. */
size_t outcome_print(const struct outcome *outcome, char *buffer, size_t size);

#endif
