/* The model: program -> expected trace and outcome, from the text alone. It knows LANGUAGE.md and TRACE.md and nothing of any runtime. Portable C. */
#ifndef EXCHAIN_MODEL_H
#define EXCHAIN_MODEL_H

#include "../scenario/program.h"
#include "../trace/event.h"

enum model_state {
    MODEL_PREDICTED,
    MODEL_TOO_LONG,       /* more events than a journal takes, or as good as: see reason */
    MODEL_UNSETTLED,      /* the text leaves it open which tasks meet: see reason */
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

/* In every run, the event at `earlier` comes before the one at `later`. */
struct model_order {
    uint32_t later, earlier;
};

/* With several tasks, what happens is ordered strand by strand (trace/event.h) and, across strands, by `orders` only. `events` is one of the runs that can be; and what can happen
 * in others before they come to the same end or to another one stands behind it. */
struct model_memory;

struct model_prediction {
    enum model_state state;
    char reason[64];
    struct outcome outcome;
    uint64_t differences; /* of the platform's, those that the text has met: bit N is model_differences[N] */
    struct trace_event *events; /* owned by the prediction; grows; keep the struct and predict again without freeing */
    size_t count, capacity;
    size_t total;               /* events with those behind the end; at least count */
    bool has_strands;           /* more than one */
    struct model_order *orders; /* owned as events are; sorted by `later` */
    size_t order_count, order_capacity;
    size_t kept;                /* events of the prediction before, with which this one begins: model_predict_next */
    size_t same_from;           /* events from here on, and their number, are what they were before, too; SIZE_MAX: not known */
    struct model_memory *memory;/* memory.h, owned */
    size_t silent;              /* a strand that kills the process without a word does so behind this event; SIZE_MAX: none does */
};

enum model_fault_effect {
    MODEL_FAULT_IS_DISPATCHED, /* records are asked, or it becomes a panic */
    MODEL_FAULT_DOES_NOTHING,  /* the instruction goes through */
    MODEL_FAULT_ENDS_PROCESS   /* no handler is asked, and nobody says a word */
};

/* Where a platform is known to differ from the contract, for the judge's second look. All zero: the contract. */
struct model_platform {
    struct model_override {
        uint32_t status;    /* the NTSTATUS this platform reports instead, 0: as the table says */
        uint8_t effect;     /* enum model_fault_effect */
        uint8_t difference; /* whose override this is: 1 + its number; 0: nobody's */
    } faults[SCENARIO_FAULT_KIND_COUNT];
    struct model_override unhandled; /* of what C raises and nobody takes */
};

/* The known differences of all platforms: differences.def. */
struct model_difference {
    const char *id, *platforms, *reason, *source;
    bool unhandled; /* it is about what nobody takes, else about a kind of fault */
    enum scenario_fault_kind fault;
    uint32_t status;
    enum model_fault_effect effect;
};
extern const struct model_difference model_differences[];
extern const unsigned model_differences_count;

/* Whether it is one of the platform of that name (`wine-8.0`, `windows-10.0.20348 debugged`; empty: unknown, which is known to differ in nothing). */
bool model_difference_is_of(const struct model_difference *difference, const char *platform);
/* Fills *platform with what the platform of that name does otherwise. False: nothing, it is the contract. */
bool model_platform_named(const char *name, struct model_platform *platform);
/* Adds difference `number` alone; gives the override that is its own. */
struct model_override *model_platform_add(struct model_platform *platform, unsigned number);

/* Fills *prediction (all zero before the first use). Never fails but by its state. `platform` may be NULL: the contract. */
void model_predict(const struct scenario_program *program, const struct model_platform *platform, struct model_prediction *prediction);
/* The same where the program's first `unchanged` operations are, at the same places, those of the program that *prediction* was made for last, on the same platform: what is the same in both is not found out again (next.c). */
void model_predict_next(const struct scenario_program *program, unsigned unchanged, const struct model_platform *platform, struct model_prediction *prediction);
void model_prediction_free(struct model_prediction *prediction);

/* What the last event of a trace says of the outcome; `crash unknown` where it says nothing. The rule of a violation is not in the event. */
struct outcome outcome_of_trace(const struct trace_event *events, size_t count);
bool outcomes_equal(const struct outcome *left, const struct outcome *right);

/* The words of an outcome as LANGUAGE.md has them: `ok`, `panic 7`, `panic c0000005`, `crash c0000005 foreign`, `violation V1`, `bugcheck 0x0000E102`. */
size_t outcome_print(const struct outcome *outcome, char *buffer, size_t size);

#endif
