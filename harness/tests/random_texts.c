#include "random_texts.h"

#include <stdio.h>
#include <string.h>

#include "test.h"

struct maker {
    struct random *random;
    const struct random_taste *taste;
    char *text;
    size_t length;
    unsigned operations_left;
};

/* Each is as likely as it stands here often. `=`: a block of the same side, `M` and `F`: of that one. */
static const char *const managed[] = {
    "call F", "call F", "call F", "call F", "recover M", "recover M", "defer MM", "defer MM", "defer MM", "panic", "panic 7", "goexit",
    "panic-on-fault M", "lock M", "check", "clobber", "fault nil-read", "fault wild-write", "fault div0", "fault ud2", "fault x87", "fault inpage", "repeat =",
};
static const char *const foreign[] = {
    "back M", "back M", "back M", "back M", "back M", "via qsort M", "args stdcall 3 M", "seh pass F", "seh catch F", "seh catch F", "seh catch F", "seh resume F", "seh finally F",
    "seh refault F", "seh leak F", "try pass F", "try catch F", "try resume F", "try finally F", "try refault F", "try leak F", "cxx pass F", "cxx catch F",
    "cxx resume F", "cxx finally F", "cxx refault F", "cxx leak F", "gxx pass F", "gxx catch F", "gxx catch F", "gxx resume F", "gxx finally F", "gxx refault F", "gthrow", "throw", "throw", "raise 0xE0000001", "raise 0xE0000001", "raise 5",
    "raise 9 noncontinuable", "fault nil-write", "fault int3", "fault sse", "clobber", "repeat =", "repeat =",
};

static void put(struct maker *maker, const char *words) {
    size_t length = strlen(words);
    assert_true(maker->length + length < RANDOM_TEXT_BYTES);
    memcpy(maker->text + maker->length, words, length + 1);
    maker->length += length;
}

static const char *choose(struct maker *maker, bool is_managed) {
    for (;;) {
        const char *words = is_managed ? managed[random_below(maker->random, COUNT_OF(managed))] : foreign[random_below(maker->random, COUNT_OF(foreign))];
        bool is_leak = strstr(words, " leak") != NULL || strcmp(words, "gthrow") == 0, is_repeat = strncmp(words, "repeat", 6) == 0;
        if ((maker->taste->leaks || !is_leak) && (maker->taste->rounds_max > 0 || !is_repeat))
            return words;
    }
}

/* Nesting ends with the operations: each block takes at least one from those that are left, or is empty. */
static void put_block(struct maker *maker, bool is_managed, unsigned operations_min) {
    unsigned operations = operations_min + random_below(maker->random, 3);
    for (; operations > 0 && maker->operations_left > 0; operations--) {
        maker->operations_left--;
        const char *words = choose(maker, is_managed);
        size_t end = strlen(words);
        while (words[end - 1] == 'M' || words[end - 1] == 'F' || words[end - 1] == '=')
            end--;
        char head[48];
        if (strncmp(words, "repeat", 6) == 0)
            snprintf(head, sizeof head, "repeat %u ", (unsigned)(1 + random_below(maker->random, maker->taste->rounds_max)));
        else
            snprintf(head, sizeof head, "%.*s ", (int)end, words);
        put(maker, head);
        for (const char *block = words + end; *block != '\0'; block++) {
            put(maker, "{ ");
            put_block(maker, *block == 'M' || (*block == '=' && is_managed), random_below(maker->random, 4) > 0);
            put(maker, "} ");
        }
    }
}

void random_text(struct random *random, const struct random_taste *taste, char *text) {
    struct maker maker = {.random = random, .taste = taste, .text = text, .operations_left = taste->operations_max};
    put_block(&maker, true, 1);
}
