/* V18: what a traceback lists. */
#include "finding.h"

static bool wrong(struct verify_finding *finding, const char *words, const struct verify_segment *segments, size_t place, uint64_t expected) {
    return verify_broken(finding, VERIFY_V18, words, place, segments[place].low, segments[place].high, expected);
}

static bool is_in_image(const struct verify_walk_facts *facts, uint64_t pc) {
    for (size_t index = 0; index < facts->image_count; index++)
        if (pc >= facts->images[index].low && pc < facts->images[index].high)
            return true;
    return false;
}

bool verify_stack_walk(const struct verify_segment *segments, size_t count, const struct verify_walk_facts *facts, struct verify_finding *finding) {
    if (count != 2 * facts->depth + 1)
        return verify_broken(finding, VERIFY_V18, "there are not two segments for each open call and one more", count, 0, 0, 2 * facts->depth + 1);
    for (size_t place = 0; place < count; place++) {
        const struct verify_segment *segment = &segments[place];
        uint64_t low = segment->foreign ? segment->stack_low : facts->managed_low, high = segment->foreign ? segment->stack_high : facts->managed_high;
        bool same_stack = place >= 2 && segment->stack_low == segments[place - 2].stack_low; /* C may have gone over to another between two of its segments */
        if (segment->foreign != (place % 2 == 1))
            return wrong(finding, "managed and foreign segments do not take turns", segments, place, place % 2);
        if (segment->low >= segment->high || segment->low < low || segment->high > high)
            return wrong(finding, "a segment does not lie on its stack", segments, place, low);
        if (same_stack && segment->low != segments[place - 2].high)
            return wrong(finding, "a segment does not begin where the one inside of it ends", segments, place, segments[place - 2].high);
        if (segment->foreign && (segment->record < segment->low || segment->record >= segment->high))
            return wrong(finding, "a foreign segment does not hold the record of its callback", segments, place, segment->record);
        if (!is_in_image(facts, segment->pc))
            return wrong(finding, "the code of a segment lies in no image", segments, place, segment->pc);
    }
    if (facts->sp < segments[0].low || facts->sp >= segments[0].high)
        return wrong(finding, "the innermost segment is not where the traceback was asked for", segments, 0, facts->sp);
    if (segments[count - 1].high != facts->managed_high)
        return wrong(finding, "the outermost segment does not end at the task's base", segments, count - 1, facts->managed_high);
    return true;
}

bool verify_stack_walk_holds(const struct verify_segment *segments, size_t count, uint64_t frame, bool foreign, size_t *place, struct verify_finding *finding) {
    for (size_t outer = *place; outer < count; outer++)
        if (frame >= segments[outer].low && frame < segments[outer].high) {
            *place = outer;
            return segments[outer].foreign == foreign || wrong(finding, "a block that is open lies in a segment of the other side", segments, outer, frame);
        }
    return wrong(finding, "a block that is open lies in no segment", segments, *place < count ? *place : count - 1, frame);
}
