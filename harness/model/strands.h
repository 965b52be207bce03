/* Several strands: what their events wait for, and one order in which all can happen. Private to the model.
 *
 * What a strand does does not depend on when the others run, only how far it comes. So each `go` operation is interpreted once, alone, as if nothing ever blocked (its
 * script); a task is an instance of one, and putting the instances together (strands.c) says where one waits for another, and for ever. */
#ifndef EXCHAIN_MODEL_STRANDS_H
#define EXCHAIN_MODEL_STRANDS_H

#include "machine.h"

enum { NO_INSTANCE = UINT32_MAX, NO_EVENT = UINT32_MAX };

struct script {
    struct model_prediction trace; /* `strand` of an event: machine.waits_for when it was written */
    bool is_silent;                /* it ends by killing the process without a word */
};

/* What one runtime's run, or one attached thread, has started: a task waits and meets inside of its family only. 0: the text's. */
typedef uint64_t family_id;

struct instance {
    const struct script *script;
    uint32_t position;          /* the next event of the script */
    uint32_t first, last;       /* its events in the whole: announced by `go`, the one that happened last */
    uint32_t starter;           /* the instance with the `go` ... */
    uint8_t starter_task;       /* ... and which of its tasks it was */
    uint8_t number;             /* of the strand, as events say */
    bool is_ready, has_ended, has_yielded, has_met;
    uint32_t started;           /* the first of those that it started and has not waited for */
    uint32_t next;              /* the next of those that its starter started */
    uint32_t next_ready;
    uint32_t partner;           /* the arrival of whoever it met */
    family_id family;              /* of its own task */
    family_id ready_family;
};

/* A rendezvous of a family. */
struct meeting {
    family_id family;
    uint32_t rendezvous;
    uint32_t waiting, arrival;  /* who is there alone, and since which event; NO_INSTANCE */
    uint32_t met[2], arrivals[2]; /* who met last; NO_INSTANCE */
};

struct strands {
    const struct scenario_program *program;
    const struct model_platform *platform;
    struct model_prediction *prediction;
    struct script *scripts;     /* by the operation; 0: the text's */
    struct instance *instances;
    uint32_t instance_count, instance_capacity;
    uint32_t *instance_of;      /* by the event */
    uint32_t first_ready, last_ready;
    uint64_t numbers[TRACE_STRANDS_MAX / 64]; /* that are taken */
    struct meeting *meetings;
    uint32_t meeting_count;
    bool is_over;               /* the events from here on are those that other runs may have before they end */
};

/* Says that one event comes before the other in every run. False: no memory. */
bool order(struct strands *strands, uint32_t later, uint32_t earlier);
void make_ready(struct strands *strands, uint32_t instance, family_id family);

/* meetings.c: an instance has come to a rendezvous, at event `arrival`. False: no memory, or it is not settled whom it meets. */
bool arrive(struct strands *strands, uint32_t instance, family_id family, uint32_t rendezvous, uint32_t arrival);

#endif
