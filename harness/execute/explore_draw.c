/* Random texts, weighed by what is lacking: an operation is the more wanted behind another the less often the two were seen so, and the more the rarer that is to
 * which texts with it lately came. The numbers come from the seed; the text is what shows a finding again.
 *
 * How rare it was where a text came to is one number: that of the rarest among its events (with their reasons), the branches of the dispatcher, and the places where the rules were
 * checked. A text that reached a basic block of the runtime's which none before it had reached is as rare as can be. */
#include <math.h>

#include "explore.h"
#include "state.h"

static uint64_t state;
static const struct tally *lacking;

static uint64_t next(void) { /* splitmix64 */
    uint64_t mixed = state += 0x9E3779B97F4A7C15u;
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBu;
    return mixed ^ mixed >> 31;
}

static double fraction(void *owner) {
    (void)owner;
    return (double)(next() >> 11) / 9007199254740992.0; /* 2^53 */
}

static double rarity(uint64_t seen) { return 1 / sqrt(1 + (double)seen); }

static double leads_to_rare[EXPLORE_LETTERS_MAX]; /* how rare the rarest was that texts with this letter lately came to */

static double weigh(void *owner, unsigned before, unsigned letter) {
    enum { AT_MOST = 8 };
    (void)owner;
    unsigned row = before < lacking->letters ? before : TALLY_LETTERS - 1;
    return rarity(lacking->pairs[row][letter]) * (1 + AT_MOST * leads_to_rare[letter]);
}

static void raise_to(double *rarest, uint64_t seen) {
    double here = rarity(seen);
    *rarest = here > *rarest ? here : *rarest;
}

/* Of the text that has just been run. */
static double rarest_of(const struct trace_event *events, size_t count, unsigned blocks) {
    double rarest = blocks ? 1 : 0;
    for (size_t place = 0; place < count; place++)
        raise_to(&rarest, lacking->seen[tally_event(&events[place])]);
    for (uint32_t branches = step_journal_run()->branches; branches != 0; branches &= branches - 1)
        raise_to(&rarest, lacking->branches[__builtin_ctz(branches)]);
    for (unsigned place = 0; place < TALLY_CHECK_COUNT; place++)
        if (step.checks[place])
            raise_to(&rarest, lacking->checks[place]);
    return rarest;
}

void explore_draw_learn(const struct explore_cursor *cursor, const struct trace_event *events, size_t count, unsigned blocks) {
    double rarest = rarest_of(events, count, blocks);
    for (size_t operation = 1; operation < explore_cursor_program(cursor)->count; operation++) {
        double *known = &leads_to_rare[explore_cursor_letters(cursor)[operation]];
        *known += (rarest - *known) / 8;
    }
}

void explore_draw_begin(uint64_t seed, const struct tally *tally) {
    state = seed;
    next();
    lacking = tally;
}

bool explore_draw(struct explore_cursor *cursor, unsigned operations_min, unsigned operations_max) {
    unsigned operations = operations_min + (unsigned)(next() % (operations_max - operations_min + 1));
    return explore_cursor_draw(cursor, operations, fraction, weigh, NULL);
}
