#include "schedule.h"

#include <stdio.h>
#include <string.h>

const char *inject_phase_word(enum inject_phase phase) {
    static const char *const words[INJECT_PHASE_COUNT] = {"start", "text", "stop"};
    return (unsigned)phase < INJECT_PHASE_COUNT ? words[phase] : "?";
}

/* Decimal, all of [text, end). */
static bool read_number(const char *text, const char *end, uint32_t *number) {
    uint64_t value = 0;
    if (text == end)
        return false;
    for (; text < end; text++) {
        if (*text < '0' || *text > '9')
            return false;
        value = value * 10 + (unsigned)(*text - '0');
        if (value >= UINT32_MAX)
            return false;
    }
    *number = (uint32_t)value;
    return true;
}

static bool read_depth(const char *text, const char *end, struct inject_schedule *schedule) {
    const char *dash = memchr(text, '-', (size_t)(end - text));
    if (!dash)
        return read_number(text, end, &schedule->depth_low) && (schedule->depth_high = schedule->depth_low, true);
    return read_number(text, dash, &schedule->depth_low) && read_number(dash + 1, end, &schedule->depth_high) && schedule->depth_low <= schedule->depth_high;
}

static bool read_phase(const char *text, const char *end, struct inject_schedule *schedule) {
    for (enum inject_phase phase = 0; phase < INJECT_PHASE_COUNT; phase++) {
        const char *word = inject_phase_word(phase);
        if (strlen(word) == (size_t)(end - text) && !memcmp(word, text, strlen(word))) {
            schedule->phase = (int)phase;
            return true;
        }
    }
    return false;
}

static bool read_point(const char *text, const char *end, struct inject_schedule *schedule) {
    size_t length = (size_t)(end - text);
    if (!length || length >= sizeof schedule->point)
        return false;
    memcpy(schedule->point, text, length);
    schedule->point[length] = 0;
    return true;
}

/* Each word once; what a value must be, for those who get it wrong. */
static const struct {
    const char *word, *value;
} words_known[] = {
    {"nth", "a number"}, {"every", "a number from 1"}, {"one-in", "a number from 1"}, {"seed", "a number"}, {"times", "a number from 1"},
    {"depth", "a number, or two: 1-3"}, {"phase", "start, text or stop"}, {"point", "a name of up to 31 characters"},
};
enum { NTH, EVERY, ONE_IN, SEED, TIMES, DEPTH, PHASE, POINT, WORD_COUNT };

static bool read_when(struct inject_schedule *schedule, int when, const char *value, const char *end) {
    schedule->when = when;
    return read_number(value, end, &schedule->number) && (schedule->when == INJECT_NTH || schedule->number);
}

static bool read_value(unsigned word, const char *value, const char *end, struct inject_schedule *schedule) {
    switch (word) {
    case NTH: return read_when(schedule, INJECT_NTH, value, end);
    case EVERY: return read_when(schedule, INJECT_EVERY, value, end);
    case ONE_IN: return read_when(schedule, INJECT_ONE_IN, value, end);
    case SEED: return read_number(value, end, &schedule->seed);
    case TIMES: return read_number(value, end, &schedule->times) && schedule->times;
    case DEPTH: return read_depth(value, end, schedule);
    case PHASE: return read_phase(value, end, schedule);
    default: return read_point(value, end, schedule);
    }
}

bool inject_schedule_read(const char *words, struct inject_schedule *schedule, char *problem, size_t size) {
    unsigned seen = 0;
    *schedule = (struct inject_schedule){.times = UINT32_MAX, .depth_high = UINT32_MAX, .phase = -1};
    for (const char *at = words; *at;) {
        const char *end = at + strcspn(at, ","), *equals = memchr(at, '=', (size_t)(end - at));
        size_t length = (size_t)((equals ? equals : end) - at);
        unsigned word = 0;
        while (word < WORD_COUNT && (strlen(words_known[word].word) != length || memcmp(words_known[word].word, at, length)))
            word++;
        if (word == WORD_COUNT || !equals) {
            snprintf(problem, size, "schedule: '%.*s': expected nth=N, every=K, one-in=K, seed=S, times=M, depth=A-B, phase=WORD or point=NAME", (int)(end - at), at);
            return false;
        }
        if (seen & 1u << word || (word <= ONE_IN && seen & ((1u << (ONE_IN + 1)) - 1))) {
            snprintf(problem, size, "schedule: '%.*s': %s", (int)(end - at), at,
                     seen & 1u << word ? "it was said before" : "nth, every and one-in exclude each other: choose one");
            return false;
        }
        seen |= 1u << word;
        if (!read_value(word, equals + 1, end, schedule)) {
            snprintf(problem, size, "schedule: '%.*s': expected %s", (int)(end - at), at, words_known[word].value);
            return false;
        }
        at = end + (*end == ',');
        if (*end == ',' && !*at) {
            snprintf(problem, size, "schedule: nothing stands behind the last comma");
            return false;
        }
    }
    if (schedule->when == INJECT_NTH && !(seen & 1u << TIMES))
        schedule->times = 1;
    if (seen & 1u << SEED && schedule->when != INJECT_ONE_IN) {
        snprintf(problem, size, "schedule: seed goes with one-in only");
        return false;
    }
    return true;
}

/* A number for each site and seed: splitmix64's finisher. */
static uint64_t mixed(uint32_t seed, uint32_t site) {
    uint64_t value = ((uint64_t)seed << 32 | site) + 0x9E3779B97F4A7C15u;
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9u;
    value = (value ^ value >> 27) * 0x94D049BB133111EBu;
    return value ^ value >> 31;
}

bool inject_schedule_decide(struct inject_schedule *schedule, const struct inject_site *site) {
    if ((schedule->phase >= 0 && site->phase != (enum inject_phase)schedule->phase) || site->depth < schedule->depth_low || site->depth > schedule->depth_high)
        return false;
    if (schedule->point[0] && (!site->point || strcmp(schedule->point, site->point)))
        return false;
    uint32_t number = schedule->matched++;
    bool now = schedule->when == INJECT_ALWAYS || (schedule->when == INJECT_NTH && number >= schedule->number) ||
               (schedule->when == INJECT_EVERY && (number + 1) % schedule->number == 0) ||
               (schedule->when == INJECT_ONE_IN && mixed(schedule->seed, number) % schedule->number == 0);
    if (!now || schedule->injected >= schedule->times)
        return false;
    schedule->injected++;
    return true;
}
