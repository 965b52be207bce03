/* Who meets at a rendezvous: two at a time, in the order of their coming. A text says who, or it has no prediction: where a third could have come before one of the two,
 * the partner would be a matter of luck. */
#include <stdio.h>
#include <stdlib.h>

#include "strands.h"

static struct meeting *meeting_at(struct strands *strands, family_id family, uint32_t rendezvous) {
    for (uint32_t place = 0; place < strands->meeting_count; place++)
        if (strands->meetings[place].family == family && strands->meetings[place].rendezvous == rendezvous)
            return &strands->meetings[place];
    struct meeting *meetings = realloc(strands->meetings, (strands->meeting_count + 1) * sizeof *meetings);
    if (meetings == NULL)
        return NULL;
    strands->meetings = meetings;
    meetings[strands->meeting_count] = (struct meeting){family, rendezvous, NO_INSTANCE, NO_EVENT, {NO_INSTANCE, NO_INSTANCE}, {NO_EVENT, NO_EVENT}};
    return &meetings[strands->meeting_count++];
}

/* Whether two events come before a third in every run: how far back each instance is bound by it, found by walking the orders backward. */
static bool both_come_before(const struct strands *strands, const uint32_t *earlier, uint32_t later, bool *no_memory) {
    const struct model_prediction *prediction = strands->prediction;
    uint32_t *bound = calloc(strands->instance_count, sizeof *bound); /* events of the instance up to here come before; counted from 1 */
    *no_memory = bound == NULL;
    if (bound == NULL)
        return false;
    bound[strands->instance_of[later]] = later + 1;
    for (size_t place = prediction->order_count; place-- > 0;) {
        const struct model_order *one = &prediction->orders[place];
        uint32_t *of_earlier = &bound[strands->instance_of[one->earlier]];
        if (one->later < bound[strands->instance_of[one->later]] && *of_earlier < one->earlier + 1)
            *of_earlier = one->earlier + 1;
    }
    bool both = earlier[0] < bound[strands->instance_of[earlier[0]]] && earlier[1] < bound[strands->instance_of[earlier[1]]];
    free(bound);
    return both;
}

bool arrive(struct strands *strands, uint32_t instance, family_id family, uint32_t rendezvous, uint32_t arrival) {
    struct meeting *meeting = meeting_at(strands, family, rendezvous);
    bool no_memory = meeting == NULL;
    bool is_first = no_memory || meeting->met[0] == NO_INSTANCE;
    bool is_again = !is_first && (meeting->met[0] == instance || meeting->met[1] == instance); /* it has seen that meeting's end */
    if (!is_first && !is_again && !both_come_before(strands, meeting->arrivals, arrival, &no_memory) && !no_memory) {
        char reason[64];
        snprintf(reason, sizeof reason, "sync %u: which tasks meet is not settled", (unsigned)rendezvous);
        give_up(strands->prediction, MODEL_UNSETTLED, reason);
        return false;
    }
    if (no_memory) {
        give_up(strands->prediction, MODEL_OUT_OF_MEMORY, "no memory for the strands");
        return false;
    }
    uint32_t other = meeting->waiting;
    if (other == NO_INSTANCE) {
        meeting->waiting = instance;
        meeting->arrival = arrival;
        return true;
    }
    strands->instances[other].has_met = strands->instances[instance].has_met = true;
    strands->instances[other].partner = arrival;
    strands->instances[instance].partner = meeting->arrival;
    meeting->waiting = NO_INSTANCE;
    meeting->met[0] = other;
    meeting->met[1] = instance;
    meeting->arrivals[0] = meeting->arrival;
    meeting->arrivals[1] = arrival;
    make_ready(strands, other, family);
    return true;
}
