/* Random texts, weighed by what the tally lacks: an operation is the more wanted behind another the less often the two were seen so, and the more the rarer the
 * branches are that texts with it went through. The numbers come from the seed; the text is what shows a finding again. */
#include <math.h>

#include "explore.h"

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

static double leads_to_rare[EXPLORE_LETTERS_MAX]; /* how rare the rarest branch was that texts with this letter lately went through */

static double weigh(void *owner, unsigned before, unsigned letter) {
    enum { AT_MOST = 8 };
    (void)owner;
    unsigned row = before < lacking->letters ? before : TALLY_LETTERS - 1;
    return rarity(lacking->pairs[row][letter]) * (1 + AT_MOST * leads_to_rare[letter]);
}

void explore_draw_learn(const struct explore_cursor *cursor, const struct trace_event *events, size_t count) {
    double rarest = 0;
    for (size_t place = 0; place < count; place++) {
        double here = rarity(lacking->branches[tally_branch(&events[place])]);
        rarest = here > rarest ? here : rarest;
    }
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
