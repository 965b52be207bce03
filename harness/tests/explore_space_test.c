/* The spaces of exploring against brute force: every tree of letters is made, and the model says which of them are texts of the space. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explore/space.h"
#include "explore_belongs.h"
#include "model/model.h"
#include "programs.h"

enum { TEXT_BYTES = 512 };

/* Texts, as they are found. */
struct texts {
    char **text;
    size_t count;
};

static void texts_add(struct texts *texts, const struct scenario_program *program) {
    if ((texts->count & (texts->count - 1)) == 0) {
        texts->text = realloc(texts->text, (texts->count ? 2 * texts->count : 1) * sizeof *texts->text);
        assert_non_null(texts->text);
    }
    texts->text[texts->count++] = print_whole(program);
}

static void texts_free(struct texts *texts) {
    for (size_t index = 0; index < texts->count; index++)
        free(texts->text[index]);
    free(texts->text);
}

static int by_text(const void *left, const void *right) { return strcmp(*(char *const *)left, *(char *const *)right); }
static void texts_sort(struct texts *texts) { qsort(texts->text, texts->count, sizeof *texts->text, by_text); }

/* Every tree of letters, whatever becomes of it. */
struct trees {
    enum explore_profile profile;
    struct scenario_node nodes[EXPLORE_BELONGS_NODES_MAX];
    struct scenario_program program;
    struct model_prediction prediction;
    struct texts found;
};

/* What is still to be filled, as in any depth-first search over trees: blocks, each with so many operations. */
struct block_left {
    unsigned owner, block, before, operations;
    const struct block_left *then;
};

static bool belongs(struct trees *trees) { return explore_text_belongs(&trees->program, explore_profile_has_deaths(trees->profile), &trees->prediction); }

/* In the order in which they run: a deferred function's behind its body's. */
static void number_values_of(struct trees *trees, unsigned first, unsigned *panics, unsigned *raises) {
    for (unsigned number = first; number; number = trees->nodes[number].next) {
        struct scenario_node *node = &trees->nodes[number];
        explore_letter_write(explore_letter_of(node), node, *panics, *raises);
        *panics += node->operation == SCENARIO_PANIC;
        *raises += node->operation == SCENARIO_RAISE;
        for (unsigned block = scenario_blocks_count(node->operation); block-- > 0;)
            number_values_of(trees, node->block[block], panics, raises);
    }
}

static void number_values(struct trees *trees) {
    unsigned panics = 0, raises = 0;
    number_values_of(trees, trees->nodes[0].block[0], &panics, &raises);
}

static void fill(struct trees *trees, const struct block_left *left) {
    while (left && left->operations == 0)
        left = left->then;
    if (!left) {
        number_values(trees);
        if (belongs(trees))
            texts_add(&trees->found, &trees->program);
        return;
    }
    unsigned count, number = (unsigned)trees->program.count;
    const struct explore_letter *letters = explore_letters(&count);
    enum scenario_side side = left->owner ? scenario_block_side(&trees->nodes[left->owner], left->block) : SCENARIO_SIDE_MANAGED;
    for (unsigned letter = 0; letter < count; letter++) {
        if (letters[letter].side != side || !explore_letter_is_in(letter, trees->profile))
            continue;
        struct scenario_node *node = &trees->nodes[number];
        *node = (struct scenario_node){.parent = (uint16_t)left->owner};
        explore_letter_write(letter, node, 0, 0);
        *(left->before ? &trees->nodes[left->before].next : &trees->nodes[left->owner].block[left->block]) = (uint16_t)number;
        trees->program.count = number + 1;
        unsigned blocks = scenario_blocks_count(node->operation), operations = left->operations - 1;
        for (unsigned inside = 0; inside <= (blocks ? operations : 0); inside++) {
            struct block_left behind = {left->owner, left->block, number, operations - inside, left->then};
            for (unsigned first = 0; first <= (blocks == 2 ? inside : 0); first++) {
                struct block_left second = {number, 1, 0, inside - first, &behind};
                struct block_left only = {number, 0, 0, blocks == 2 ? first : inside, blocks == 2 ? &second : &behind};
                node->next = node->block[0] = node->block[1] = 0;
                trees->program.count = number + 1;
                fill(trees, blocks ? &only : &behind);
            }
        }
    }
    *(left->before ? &trees->nodes[left->before].next : &trees->nodes[left->owner].block[left->block]) = 0;
    trees->program.count = number;
}

static struct texts by_brute_force(enum explore_profile profile, unsigned operations) {
    struct trees trees = {.profile = profile};
    trees.program = (struct scenario_program){.nodes = trees.nodes, .count = 1};
    trees.nodes[0] = (struct scenario_node){.operation = SCENARIO_TEXT, .side = SCENARIO_SIDE_MANAGED};
    fill(&trees, &(struct block_left){0, 0, 0, operations, NULL});
    model_prediction_free(&trees.prediction);
    texts_sort(&trees.found);
    return trees.found;
}

static struct texts enumerated(struct explore_space *space, unsigned operations) {
    struct texts texts = {0};
    struct explore_cursor *cursor = explore_cursor_open(space);
    uint64_t first = 0;
    for (unsigned smaller = 1; smaller < operations; smaller++)
        first += explore_space_of_size(space, smaller);
    explore_cursor_seek(cursor, first);
    for (uint64_t left = explore_space_of_size(space, operations); left-- > 0;) {
        texts_add(&texts, explore_cursor_program(cursor));
        assert_int_equal(explore_cursor_next(cursor), left > 0 || operations < 4); /* spaces here are opened for 4 */
    }
    explore_cursor_close(cursor);
    texts_sort(&texts);
    return texts;
}

static void every_text_once(enum explore_profile profile, unsigned operations_max) {
    struct explore_space *space = explore_space_open(profile, 4);
    for (unsigned operations = 1; operations <= operations_max; operations++) {
        struct texts expected = by_brute_force(profile, operations), found = enumerated(space, operations);
        for (size_t index = 0; index < expected.count || index < found.count; index++) {
            const char *wanted = index < expected.count ? expected.text[index] : "(nothing more)";
            const char *got = index < found.count ? found.text[index] : "(nothing more)";
            if (strcmp(wanted, got) != 0)
                fail_msg("%s, %u operations: the model says `%s`, the space has `%s`", explore_profile_word(profile), operations, wanted, got);
        }
        assert_true(expected.count > 0);
        assert_int_equal(expected.count, explore_space_of_size(space, operations));
        texts_free(&expected);
        texts_free(&found);
    }
    explore_space_close(space);
}

static void test_core(void **state) { (void)state; every_text_once(EXPLORE_CORE, 4); }
static void test_faults(void **state) { (void)state; every_text_once(EXPLORE_FAULTS, 4); }
static void test_threads(void **state) { (void)state; every_text_once(EXPLORE_THREADS, 4); }
static void test_frames(void **state) { (void)state; every_text_once(EXPLORE_FRAMES, 4); }
static void test_tasks(void **state) { (void)state; every_text_once(EXPLORE_TASKS, 4); }
static void test_turns(void **state) { (void)state; every_text_once(EXPLORE_TURNS, 4); }
static void test_ruins(void **state) { (void)state; every_text_once(EXPLORE_RUINS, 4); }
static void test_kinds(void **state) { (void)state; every_text_once(EXPLORE_KINDS, 4); }
static void test_alive(void **state) { (void)state; every_text_once(EXPLORE_ALIVE, 3); }
static void test_all(void **state) { (void)state; every_text_once(EXPLORE_ALL, 3); }

/* Any tree of so many operations: one of the letters, and the rest shared out among its blocks and what stands behind it. */
static void grow(struct trees *trees, struct random *random, unsigned owner, unsigned block, unsigned operations) {
    unsigned count, before = 0;
    const struct explore_letter *letters = explore_letters(&count);
    while (operations > 0) {
        unsigned number = (unsigned)trees->program.count++, letter;
        struct scenario_node *node = &trees->nodes[number];
        enum scenario_side side = owner ? scenario_block_side(&trees->nodes[owner], block) : SCENARIO_SIDE_MANAGED;
        do
            letter = random_below(random, count);
        while (letters[letter].side != side || !explore_letter_is_in(letter, trees->profile) ||
               (operations > 1 && scenario_blocks_count(letters[letter].operation) == 0 && random_below(random, 4))); /* leaves would be most of it */
        *node = (struct scenario_node){.parent = (uint16_t)owner};
        explore_letter_write(letter, node, 0, 0);
        *(before ? &trees->nodes[before].next : &trees->nodes[owner].block[block]) = (uint16_t)number;
        before = number;
        operations--;
        for (unsigned inner = 0; inner < scenario_blocks_count(node->operation); inner++) {
            unsigned inside = operations - random_below(random, operations + 1) * random_below(random, 2);
            grow(trees, random, number, inner, inside);
            operations -= inside;
        }
    }
}

/* What takes more operations than all trees can be made of: random trees, a part of which belong. */
static void random_trees(enum explore_profile profile, unsigned rounds) {
    enum { OPERATIONS = 7 };
    struct explore_space *space = explore_space_open(profile, OPERATIONS);
    struct trees trees = {.profile = profile};
    struct random random = {profile};
    unsigned belonging = 0;
    trees.program = (struct scenario_program){.nodes = trees.nodes};
    for (unsigned round = 0; round < rounds; round++) {
        trees.nodes[0] = (struct scenario_node){.operation = SCENARIO_TEXT, .side = SCENARIO_SIDE_MANAGED};
        trees.program.count = 1;
        grow(&trees, &random, 0, 0, 4 + random_below(&random, OPERATIONS - 3));
        number_values(&trees);
        uint64_t number;
        bool wanted = belongs(&trees), found = explore_space_find(space, &trees.program, &number);
        belonging += wanted;
        if (wanted != found) {
            char *text = print_whole(&trees.program);
            fail_msg("%s: by the model `%s` %s, by the space it %s", explore_profile_word(profile), text, wanted ? "belongs" : "does not belong", found ? "does" : "does not");
        }
    }
    assert_true(belonging > rounds / 50);
    model_prediction_free(&trees.prediction);
    explore_space_close(space);
}

static void test_random_trees(void **state) {
    (void)state;
    random_trees(EXPLORE_FRAMES, 100000);
    random_trees(EXPLORE_TASKS, 100000);
    random_trees(EXPLORE_RUINS, 100000);
    random_trees(EXPLORE_ALL, 400000);
}

static void note_letters(enum explore_profile profile, unsigned operations_max, bool *seen) {
    struct explore_space *space = explore_space_open(profile, operations_max);
    struct explore_cursor *cursor = explore_cursor_open(space);
    explore_cursor_seek(cursor, 0);
    do
        for (unsigned operation = 1; operation < explore_cursor_program(cursor)->count; operation++)
            seen[explore_cursor_letters(cursor)[operation]] = true;
    while (explore_cursor_next(cursor));
    explore_cursor_close(cursor);
    explore_space_close(space);
}

/* Every letter stands in texts that were held against the model above, and is no other's double. */
static void test_every_letter(void **state) {
    (void)state;
    bool seen[EXPLORE_LETTERS_MAX] = {false};
    note_letters(EXPLORE_TASKS, 4, seen);
    note_letters(EXPLORE_ALL, 3, seen);
    unsigned count;
    explore_letters(&count);
    for (unsigned letter = 0; letter < count; letter++) {
        struct scenario_node node = {0};
        char words[64];
        explore_letter_write(letter, &node, 0, 0);
        explore_letter_print(letter, words, sizeof words);
        assert_int_equal(explore_letter_of(&node), letter);
        if (!seen[letter])
            fail_msg("`%s` stands in no text", words);
    }
}

/* The same operations in the same places, whatever their numbers are. */
static void expect_same_block(const struct scenario_program *one, unsigned first, const struct scenario_program *other, unsigned other_first) {
    for (; first && other_first; first = one->nodes[first].next, other_first = other->nodes[other_first].next) {
        struct scenario_node node = one->nodes[first], other_node = other->nodes[other_first];
        for (unsigned block = 0; block < SCENARIO_BLOCKS_MAX; block++)
            expect_same_block(one, node.block[block], other, other_node.block[block]);
        node.parent = other_node.parent = node.next = other_node.next = 0;
        memset(node.block, 0, sizeof node.block);
        memset(other_node.block, 0, sizeof other_node.block);
        assert_true(same_node(&node, &other_node));
    }
    assert_int_equal(first, other_first); /* both are at their end */
}

/* Numbers and texts are each other's, one after another and at random places. */
static void numbers_and_texts(enum explore_profile profile, unsigned operations_max) {
    struct explore_space *space = explore_space_open(profile, operations_max);
    struct explore_cursor *walking = explore_cursor_open(space), *seeking = explore_cursor_open(space);
    uint64_t size = explore_space_size(space);
    assert_true(size > 500 && size != UINT64_MAX);
    struct random random = {operations_max};
    for (unsigned round = 0; round < 200; round++) {
        uint64_t number = round == 0 ? 0 : ((uint64_t)random_below(&random, UINT32_MAX) << 32 | random_below(&random, UINT32_MAX)) % size;
        explore_cursor_seek(walking, number);
        for (unsigned step = 0; step < 20 && number < size; step++, number++) {
            explore_cursor_seek(seeking, number);
            char *walked = print_whole(explore_cursor_program(walking)), *sought = print_whole(explore_cursor_program(seeking));
            assert_string_equal(walked, sought);
            struct scenario_program parsed = parse_right(sought);
            const struct scenario_program *program = explore_cursor_program(seeking);
            assert_int_equal(parsed.count, program->count);
            expect_same_block(&parsed, parsed.nodes[0].block[0], program, program->nodes[0].block[0]);
            uint64_t found = UINT64_MAX;
            assert_true(explore_space_find(space, &parsed, &found));
            assert_true(found == number);
            scenario_program_free(&parsed);
            free(walked);
            free(sought);
            assert_int_equal(explore_cursor_next(walking), number + 1 < size);
        }
    }
    explore_cursor_close(walking);
    explore_cursor_close(seeking);
    explore_space_close(space);
}

static void test_numbers(void **state) {
    (void)state;
    numbers_and_texts(EXPLORE_CORE, 3);
    numbers_and_texts(EXPLORE_CORE, 8);
    numbers_and_texts(EXPLORE_FAULTS, 7);
    numbers_and_texts(EXPLORE_THREADS, 5);
    numbers_and_texts(EXPLORE_FRAMES, 6);
    numbers_and_texts(EXPLORE_TASKS, 6);
    numbers_and_texts(EXPLORE_TURNS, 6);
    numbers_and_texts(EXPLORE_RUINS, 6);
    numbers_and_texts(EXPLORE_KINDS, 5);
    numbers_and_texts(EXPLORE_ALIVE, 4);
    numbers_and_texts(EXPLORE_ALL, 4);
}

static void test_texts_outside(void **state) {
    (void)state;
    static const char *const texts[] = {
        "panic check", "panic panic", "call { longjmp }", "call { raise 0xE0000001 }", "check", "call { seh leak { } }", "defer { lock { } } { call { raise 0xE0000001 } }",
        "call { } call { } call { } call { } call { }",
    };
    struct explore_space *space = explore_space_open(EXPLORE_CORE, 4);
    for (unsigned index = 0; index < COUNT_OF(texts); index++) {
        struct scenario_program program = parse_right(texts[index]);
        uint64_t number;
        if (explore_space_find(space, &program, &number))
            fail_msg("`%s` has number %llu", texts[index], (unsigned long long)number);
        scenario_program_free(&program);
    }
    explore_space_close(space);
}

/* What takes more operations than all trees can be made of, and is rare among random ones. */
static void test_records_left_behind(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool alive, all;
    } texts[] = {
        {"call { seh pass { seh leak { } clobber } }", true, true},
        {"call { seh pass { seh leak { } back { clobber } } }", false, false},
        {"call { seh pass { seh leak { } seh pass { seh leak { } clobber } } }", false, false},
        {"recover { call { seh leak { } clobber back { panic } } }", true, true},
        {"call { seh catch { seh leak { } clobber raise 0xE0000001 } }", false, true},
        {"call { seh catch { seh leak { } clobber seh catch { raise 0xE0000001 } } }", true, true},
        {"call { setjmp { seh leak { } clobber longjmp } }", false, true},
        {"call { seh pass { seh leak { } clobber setjmp { longjmp } } }", true, true},
        {"call { seh pass { seh leak { } setjmp { longjmp } } }", true, true},
        {"call { seh pass { seh leak { } setjmp { seh pass { longjmp } } } }", false, false},
        {"call { seh pass { seh leak { } setjmp { back { call { longjmp } } } } }", false, false},
        {"call { seh pass { seh leak { } back { call { setjmp { longjmp } } } } }", true, true},
    };
    static const enum explore_profile profiles[] = {EXPLORE_ALIVE, EXPLORE_ALL};
    struct model_prediction prediction = {0};
    for (unsigned place = 0; place < COUNT_OF(profiles); place++) {
        struct explore_space *space = explore_space_open(profiles[place], EXPLORE_BELONGS_NODES_MAX - 1);
        for (unsigned index = 0; index < COUNT_OF(texts); index++) {
            struct scenario_program program = parse_right(texts[index].text);
            uint64_t number;
            bool expected = place == 0 ? texts[index].alive : texts[index].all;
            bool found = explore_space_find(space, &program, &number), wanted = explore_text_belongs(&program, profiles[place] == EXPLORE_ALL, &prediction);
            if (found != expected || wanted != expected)
                fail_msg("%s: `%s` %s, by the space it %s, by the model it %s", explore_profile_word(profiles[place]), texts[index].text, expected ? "belongs" : "does not belong",
                         found ? "does" : "does not", wanted ? "does" : "does not");
            scenario_program_free(&program);
        }
        explore_space_close(space);
    }
    model_prediction_free(&prediction);
}

/* As deep as can be, with both blocks of each ended before the last operation. */
static void test_deepest(void **state) {
    (void)state;
    char text[TEXT_BYTES] = "", *end = text;
    for (unsigned operation = 1; operation < EXPLORE_OPERATIONS_MAX; operation++)
        end += sprintf(end, "defer { } { ");
    for (unsigned operation = 1; operation < EXPLORE_OPERATIONS_MAX; operation++)
        end += sprintf(end, "} ");
    sprintf(end, "lock { }");
    struct explore_space *space = explore_space_open(EXPLORE_CORE, EXPLORE_OPERATIONS_MAX);
    struct scenario_program program = parse_right(text);
    uint64_t number;
    assert_int_equal(program.count, EXPLORE_OPERATIONS_MAX + 1);
    assert_true(explore_space_find(space, &program, &number));
    scenario_program_free(&program);
    explore_space_close(space);
}

static double draw_random(void *owner) { return random_below(owner, 1 << 24) / (double)(1 << 24); }

/* Without weights each text of a size is as likely as any other; with them, letters that are not wanted hardly come. */
static double want_no_call(void *owner, unsigned before, unsigned letter) {
    (void)owner, (void)before;
    unsigned count;
    return explore_letters(&count)[letter].operation == SCENARIO_CALL ? 1e-6 : 1;
}

static void test_draw(void **state) {
    (void)state;
    enum { OPERATIONS = 3, EACH = 200 };
    struct explore_space *space = explore_space_open(EXPLORE_CORE, EXPLORE_OPERATIONS_MAX);
    struct explore_cursor *cursor = explore_cursor_open(space);
    uint64_t first = explore_space_of_size(space, 1) + explore_space_of_size(space, 2), size = explore_space_of_size(space, OPERATIONS);
    unsigned *times = calloc((size_t)size, sizeof *times), calls = 0;
    struct random random = {1};
    for (uint64_t round = 0; round < size * EACH; round++) {
        uint64_t number;
        assert_true(explore_cursor_draw(cursor, OPERATIONS, draw_random, NULL, &random));
        assert_true(explore_space_find(space, explore_cursor_program(cursor), &number));
        assert_true(number >= first && number < first + size);
        times[number - first]++;
    }
    for (uint64_t number = 0; number < size; number++)
        assert_in_range(times[number], EACH / 2, EACH * 3 / 2);
    for (unsigned round = 0; round < 1000; round++) {
        assert_true(explore_cursor_draw(cursor, 20, draw_random, want_no_call, &random));
        char *text = print_whole(explore_cursor_program(cursor));
        calls += strstr(text, "call") != NULL;
        free(text);
    }
    assert_in_range(calls, 0, 20);
    free(times);
    explore_cursor_close(cursor);
    explore_space_close(space);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_core),  cmocka_unit_test(test_faults), cmocka_unit_test(test_threads), cmocka_unit_test(test_frames),       cmocka_unit_test(test_tasks),
        cmocka_unit_test(test_turns), cmocka_unit_test(test_ruins),  cmocka_unit_test(test_kinds),   cmocka_unit_test(test_alive),        cmocka_unit_test(test_all),
        cmocka_unit_test(test_every_letter), cmocka_unit_test(test_numbers), cmocka_unit_test(test_random_trees), cmocka_unit_test(test_texts_outside),
        cmocka_unit_test(test_records_left_behind), cmocka_unit_test(test_deepest), cmocka_unit_test(test_draw),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
