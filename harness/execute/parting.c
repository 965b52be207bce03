/* Where a text parts from the one before it.
 *
 * Exploring goes through texts in an order in which most differ from the one before in their last operation or two. What both begin with was run, and every step of it looked at and compared; it is
 * not done again. Before each operation that is entered, what makes up the state is kept, and the next text that begins with the same operations goes on from there.
 *
 * That is two stacks, the registers, the head of the exception list, and what is known of the strand. It is all there is
 *   of the runtime     if its adapter says so (lies_on_its_stacks);
 *   of C               where no operation starts a thread, goes to another stack, faults, or leaves anything with Windows (explore.c, stays_on_its_stack);
 *   of what goes on    while no exception is being dispatched and nothing unwinds: Windows and C's unwinders keep words of their own then;
 *   of what is dead    while nothing dead is linked: dead stack is not kept.
 * Elsewhere nothing is kept, and a text goes on from further out, or is run from its beginning. So is the first text of each group, and whatever fails: alone, in a process of its own. */
#include "strand.h"

#include <stdlib.h>
#include <string.h>

enum { PARTINGS_MAX = 31, STACK_BYTES = 12 << 10, KEEPING_BYTES = 256 /* more than what keeping itself takes of the stack, and a grain */ };

struct parting {
    struct machine_stacks stacks;
    struct step_standing standing;
    uint16_t deferred[PARTINGS_MAX + 1];
    uint32_t events, branches, skew, checked, checks[TALLY_CHECK_COUNT];
    uint32_t here[STACK_BYTES / 4], there[STACK_BYTES / 4];
};

/* Where a text stands before its first operation. */
struct beginning {
    uintptr_t sp, system_sp, head; /* of the managed stack, of the other one, of the exception list */
};

static struct parting *partings;      /* by operation */
static uint32_t kept;                 /* which are worth something, a bit each */
static const struct parting *chosen;  /* where this text goes on */
static struct beginning beginning;
static uintptr_t managed_high;

bool step_partings_prepare(void) {
    if (!step.adapter->lies_on_its_stacks || !step.rules)
        return false;
    partings = calloc(PARTINGS_MAX + 1, sizeof *partings);
    return partings != NULL;
}

void step_partings_forget(void) { kept = 0; }

/* Operations have numbers in the order in which they are entered, so at the first that is another none that is another has been entered. It stands where it stood in the text before, or that block ends there now
 * (interpret.c). */
void step_partings_choose(unsigned operations) {
    chosen = NULL;
    if (operations >= PARTINGS_MAX) {
        step_partings_forget();
        return;
    }
    uint32_t bit = 2u << operations;
    if (kept & bit)
        chosen = &partings[operations + 1];
    kept &= bit | (bit - 1);
}

/* Few: no library is called for them. */
static void copy_deferred(uint16_t *to, const uint16_t *from, size_t count) {
    while (count-- > 0)
        to[count] = from[count];
}

/* The state, as far as it lies in variables of ours. */
static void put_away(struct parting *parting) {
    step_standing_put_away(&parting->standing);
    copy_deferred(parting->deferred, step.deferred.open, step.deferred.count);
    parting->skew = step.skew;
    parting->events = step_journal_run()->events;
    parting->branches = step_journal_run()->branches;
    parting->checked = step.checked;
    memcpy(parting->checks, step.checks, sizeof step.checks);
}

static void take_out(const struct parting *parting) {
    step_standing_take_out(&parting->standing);
    copy_deferred(step.deferred.open, parting->deferred, step.deferred.count);
    step.skew = parting->skew;
    step_journal_go_on(parting->events);
    step_journal_run()->branches = parting->branches;
    step.checked = parting->checked;
    memcpy(step.checks, parting->checks, sizeof step.checks);
}

void step_parting_go_on(void) {
    if (!step.partings)
        return;
    const struct beginning now = {machine_sp(), step.run_sp, machine_tib(TIB_HEAD)};
    if (memcmp(&now, &beginning, sizeof now)) {
        struct adapter_stack stack;
        step.adapter->observe_stack(&stack);
        managed_high = stack.high;
        beginning = now;
        step_partings_forget();
    } else if (chosen) {
        take_out(chosen);
        step.parted++;
        machine_stacks_put_back(&chosen->stacks);
    }
}

static bool can_be_kept(void) { return !step.looking && !step.unwinding && step.chain.dead_known_count == 0 && step.deferred.count <= PARTINGS_MAX; }

/* Which parts of the stacks are in use. False: more than there is room for. */
static bool bounds(struct parting *parting, bool foreign) {
    struct machine_stacks *stacks = &parting->stacks;
    uintptr_t there_low, there_high;
    if (foreign) {
        struct adapter_stack stack;
        step.adapter->observe_stack(&stack);
        stacks->here_high = step.run_sp;
        there_low = stack.sp;
        there_high = managed_high;
    } else {
        struct adapter_observation observation;
        step.adapter->observe(&observation);
        stacks->here_high = managed_high;
        there_low = observation.system_sp;
        there_high = step.run_sp;
    }
    stacks->here_copy = parting->here;
    stacks->there_copy = parting->there;
    stacks->there_bytes = (there_high - there_low + STACKS_GRAIN - 1) & ~(uintptr_t)(STACKS_GRAIN - 1);
    stacks->there_low = there_high - stacks->there_bytes;
    return stacks->here_high - machine_sp() <= STACK_BYTES - KEEPING_BYTES && there_high - there_low <= STACK_BYTES - STACKS_GRAIN;
}

/* Comes back from where it stands as often as a later text goes on here: then everything is as it was, but that the operation may be another. */
void step_parting_at(unsigned operation, bool foreign) {
    if (operation > PARTINGS_MAX)
        return;
    struct parting *parting = &partings[operation];
    if (!can_be_kept() || !bounds(parting, foreign))
        return;
    put_away(parting);
    kept |= 1u << operation;
    machine_stacks_keep(&parting->stacks);
}
