/* V2 and V3 over a stack that exists only here: chains that hold, and chains broken in each way there is. */
#include <string.h>

#include "findings.h"

/* The stack: [LIMIT, BASE). Records alive lie above ALIVE; the page at HOLE cannot be read. */
enum { LIMIT = 0x600000, HOLE = 0x603000, HOLE_END = 0x604000, ALIVE = 0x618000, BASE = 0x620000 };
enum { RUNTIME_HANDLER = 0x401230, C_HANDLER = 0x10004560, NTDLL_HANDLER = 0x7BC01000, NOBODYS_HANDLER = 0x00730000 };
enum { FINAL = 0x61FFE0, THREAD = 0x61F000, C_FRAME = 0x61C000, CALLBACK = 0x61A000, CAPACITY = 16 };
static const uint32_t END = 0xFFFFFFFF;

static const struct verify_image images[] = {
    {0x400000, 0x410000, "runtime.dll"}, {0x10000000, 0x10010000, "foreign.dll"}, {0x7BC00000, 0x7BD00000, "ntdll.dll"}};

static unsigned char stack[BASE - LIMIT];
static unsigned pointer_bytes;

static bool read_stack(void *owner, uint64_t address, void *bytes, size_t size) {
    assert_ptr_equal(owner, stack);
    if (address < LIMIT || address + size > BASE || (address + size > HOLE && address < HOLE_END))
        return false;
    memcpy(bytes, stack + (address - LIMIT), size);
    return true;
}

static void record_put(uint64_t address, uint64_t next, uint64_t handler) {
    memcpy(stack + (address - LIMIT), &next, pointer_bytes);
    memcpy(stack + (address - LIMIT) + pointer_bytes, &handler, pointer_bytes);
}

/* What a test does to the chain below, and what a walk along it gave. */
struct walk {
    struct verify_chain_facts facts;
    uint64_t head;
    struct verify_record records[CAPACITY];
    size_t count;
    struct verify_finding finding;
    bool holds;
};

/* CALLBACK -> C_FRAME -> THREAD -> FINAL -> end: a callback inside a C frame inside a call. */
static struct walk chain_begin(void) {
    memset(stack, 0xCC, sizeof stack);
    pointer_bytes = 4;
    record_put(CALLBACK, C_FRAME, RUNTIME_HANDLER);
    record_put(C_FRAME, THREAD, C_HANDLER);
    record_put(THREAD, FINAL, RUNTIME_HANDLER);
    record_put(FINAL, END, NTDLL_HANDLER);
    return (struct walk){
        .facts = {.stack_base = BASE, .stack_limit = LIMIT, .alive_above = ALIVE, .final_record = FINAL, .final_handler = NTDLL_HANDLER,
                  .images = images, .image_count = COUNT_OF(images)},
        .head = CALLBACK,
    };
}

static void chain_walk(struct walk *walk) {
    const struct verify_memory memory = {read_stack, stack, pointer_bytes};
    walk->finding = finding_untouched();
    memset(walk->records, 0, sizeof walk->records);
    walk->holds = verify_chain(&memory, walk->head, &walk->facts, walk->records, CAPACITY, &walk->count, &walk->finding);
}

static void assert_chain_holds(struct walk *walk, size_t count) {
    chain_walk(walk);
    assert_untouched(&walk->finding);
    assert_true(walk->holds);
    assert_int_equal(walk->count, count);
}

/* V2, at the record `address`. */
static void assert_chain_broken(struct walk *walk, enum verify_chain_fault fault, uint64_t address, uint64_t next, uint64_t handler) {
    chain_walk(walk);
    assert_false(walk->holds);
    assert_finding(&walk->finding, VERIFY_V2, verify_chain_fault_words(fault), address, fault, next, handler);
}

static void assert_faults(const struct walk *walk, size_t count, const enum verify_chain_fault *faults) {
    assert_int_equal(walk->count, count);
    for (size_t index = 0; index < count; index++)
        assert_int_equal(walk->records[index].fault, faults[index]);
}

static void a_true_chain_holds(void **state) {
    (void)state;
    struct walk walk = chain_begin();
    assert_chain_holds(&walk, 4);
    static const struct verify_record expected[] = {
        {CALLBACK, C_FRAME, RUNTIME_HANDLER, &images[0], VERIFY_CHAIN_FINE}, {C_FRAME, THREAD, C_HANDLER, &images[1], VERIFY_CHAIN_FINE},
        {THREAD, FINAL, RUNTIME_HANDLER, &images[0], VERIFY_CHAIN_FINE}, {FINAL, 0xFFFFFFFF, NTDLL_HANDLER, &images[2], VERIFY_CHAIN_FINE}};
    for (unsigned index = 0; index < COUNT_OF(expected); index++) {
        assert_int_equal(walk.records[index].address, expected[index].address);
        assert_int_equal(walk.records[index].next, expected[index].next);
        assert_int_equal(walk.records[index].handler, expected[index].handler);
        assert_ptr_equal(walk.records[index].image, expected[index].image);
        assert_int_equal(walk.records[index].fault, expected[index].fault);
    }
    walk.head = FINAL; /* a thread on which nobody registered anything */
    assert_chain_holds(&walk, 1);
}

static void a_true_chain_of_eight_byte_pointers_holds(void **state) {
    (void)state;
    struct walk walk = chain_begin();
    pointer_bytes = 8;
    record_put(CALLBACK, FINAL, RUNTIME_HANDLER);
    record_put(FINAL, UINT64_MAX, NTDLL_HANDLER);
    assert_chain_holds(&walk, 2);
    record_put(CALLBACK, FINAL + 4, RUNTIME_HANDLER); /* aligned to 4 only */
    assert_chain_broken(&walk, VERIFY_CHAIN_MISALIGNED, FINAL + 4, 0x7BC01000FFFFFFFF, 0xCCCCCCCC00000000);
    record_put(CALLBACK, END, RUNTIME_HANDLER); /* an end of 32 bits is none */
    chain_walk(&walk);
    assert_false(walk.holds);
}

static void records_at_the_edges_are_inside(void **state) {
    (void)state;
    struct walk walk = chain_begin();
    record_put(BASE - 8, END, NTDLL_HANDLER);
    record_put(ALIVE, BASE - 8, C_HANDLER);
    walk.head = ALIVE;
    walk.facts.final_record = BASE - 8;
    assert_chain_holds(&walk, 2);
    record_put(LIMIT, BASE - 8, C_HANDLER);
    walk.head = LIMIT;
    walk.facts.alive_above = LIMIT;
    assert_chain_holds(&walk, 2);
}

static void a_misaligned_record_breaks_v2(void **state) {
    (void)state;
    for (unsigned skew = 1; skew < 4; skew++) {
        struct walk walk = chain_begin();
        record_put(C_FRAME + skew, THREAD, C_HANDLER);
        record_put(CALLBACK, C_FRAME + skew, RUNTIME_HANDLER);
        assert_chain_broken(&walk, VERIFY_CHAIN_MISALIGNED, C_FRAME + skew, THREAD, C_HANDLER);
    }
}

static void a_record_outside_the_stack_breaks_v2(void **state) {
    (void)state;
    static const uint64_t outside[] = {LIMIT - 4, BASE - 4, BASE, 0x5EAD5EAC, 0xFFFFFFFC};
    for (unsigned index = 0; index < COUNT_OF(outside); index++) {
        struct walk walk = chain_begin();
        record_put(C_FRAME, outside[index], C_HANDLER);
        chain_walk(&walk);
        assert_false(walk.holds);
        assert_int_equal(walk.finding.parameters[0], outside[index]);
        assert_int_equal(walk.finding.parameters[1], VERIFY_CHAIN_OUTSIDE_STACK);
        assert_string_equal(walk.finding.words, "outside the thread's stack");
        assert_int_equal(walk.count, 3); /* nothing is read there, so nobody knows what follows */
    }
}

static void a_record_outside_the_stack_does_not_hide_what_follows(void **state) {
    (void)state;
    struct walk walk = chain_begin();
    walk.facts.stack_base = THREAD + 8; /* FINAL is readable, and beyond the bounds */
    assert_chain_broken(&walk, VERIFY_CHAIN_OUTSIDE_STACK, FINAL, END, NTDLL_HANDLER);
    assert_int_equal(walk.count, 4);
    record_put(CALLBACK, FINAL, RUNTIME_HANDLER);
    record_put(FINAL, C_FRAME, C_HANDLER);
    record_put(C_FRAME, END, NTDLL_HANDLER);
    walk.facts.final_record = C_FRAME;
    assert_chain_broken(&walk, VERIFY_CHAIN_OUTSIDE_STACK, FINAL, C_FRAME, C_HANDLER); /* and need not be below what follows */
    assert_faults(&walk, 3, (const enum verify_chain_fault[]){VERIFY_CHAIN_FINE, VERIFY_CHAIN_OUTSIDE_STACK, VERIFY_CHAIN_FINE});
}

static void a_chain_that_does_not_rise_breaks_v2(void **state) {
    (void)state;
    struct walk walk = chain_begin();
    record_put(C_FRAME, CALLBACK - 0x100, C_HANDLER); /* alive, but below the one before it */
    record_put(CALLBACK - 0x100, FINAL, C_HANDLER);
    assert_chain_broken(&walk, VERIFY_CHAIN_NOT_RISING, CALLBACK - 0x100, FINAL, C_HANDLER);
    assert_faults(&walk, 4, (const enum verify_chain_fault[]){VERIFY_CHAIN_FINE, VERIFY_CHAIN_FINE, VERIFY_CHAIN_NOT_RISING, VERIFY_CHAIN_FINE});
}

static void a_record_that_is_its_own_next_breaks_v2_and_the_walk_ends(void **state) {
    (void)state;
    struct walk walk = chain_begin();
    record_put(CALLBACK, CALLBACK, RUNTIME_HANDLER);
    assert_chain_broken(&walk, VERIFY_CHAIN_NOT_RISING, CALLBACK, CALLBACK, RUNTIME_HANDLER);
    assert_int_equal(walk.count, VERIFY_RECORDS_MAX);
    assert_int_equal(walk.records[CAPACITY - 1].fault, VERIFY_CHAIN_NOT_RISING);
}

static void a_record_in_dead_stack_breaks_v2(void **state) {
    (void)state;
    struct walk walk = chain_begin();
    record_put(ALIVE - 4, C_FRAME, C_HANDLER);
    walk.head = ALIVE - 4;
    assert_chain_broken(&walk, VERIFY_CHAIN_DEAD, ALIVE - 4, C_FRAME, C_HANDLER);
    assert_faults(&walk, 4, (const enum verify_chain_fault[]){VERIFY_CHAIN_DEAD, VERIFY_CHAIN_FINE, VERIFY_CHAIN_FINE, VERIFY_CHAIN_FINE});
}

static void a_chain_that_ends_in_0_breaks_v2(void **state) {
    (void)state;
    struct walk walk = chain_begin();
    record_put(THREAD, 0, RUNTIME_HANDLER);
    assert_chain_broken(&walk, VERIFY_CHAIN_ENDS_IN_ZERO, 0, 0, 0);
    assert_int_equal(walk.count, 4);
    walk.head = 0;
    assert_chain_broken(&walk, VERIFY_CHAIN_ENDS_IN_ZERO, 0, 0, 0);
    assert_int_equal(walk.count, 1);
}

static void a_record_that_cannot_be_read_breaks_v2(void **state) {
    (void)state;
    struct walk walk = chain_begin();
    walk.facts.alive_above = LIMIT;
    walk.head = HOLE + 0x10;
    assert_chain_broken(&walk, VERIFY_CHAIN_UNREADABLE, HOLE + 0x10, 0, 0);
    assert_int_equal(walk.count, 1);
    record_put(HOLE - 4, END, 0); /* half of it can be read */
    walk.head = HOLE - 4;
    assert_chain_broken(&walk, VERIFY_CHAIN_UNREADABLE, HOLE - 4, END, 0);
}

static void another_last_record_breaks_v2(void **state) {
    (void)state;
    struct walk walk = chain_begin();
    record_put(THREAD, END, RUNTIME_HANDLER); /* ntdll's record cut off */
    assert_chain_broken(&walk, VERIFY_CHAIN_OTHER_FINAL, THREAD, END, RUNTIME_HANDLER);
    record_put(THREAD, FINAL, RUNTIME_HANDLER);
    record_put(FINAL, END, C_HANDLER); /* its place kept, its handler not */
    assert_chain_broken(&walk, VERIFY_CHAIN_OTHER_FINAL, FINAL, END, C_HANDLER);
    record_put(FINAL, END, NTDLL_HANDLER);
    record_put(THREAD, END, NTDLL_HANDLER); /* its handler kept, its place not */
    assert_chain_broken(&walk, VERIFY_CHAIN_OTHER_FINAL, THREAD, END, NTDLL_HANDLER);
    walk.facts.final_record = 0; /* nobody saw the thread's first chain */
    assert_chain_holds(&walk, 3);
}

static void an_empty_chain_breaks_v2(void **state) {
    (void)state;
    struct walk walk = chain_begin();
    walk.head = END;
    chain_walk(&walk);
    assert_false(walk.holds);
    assert_int_equal(walk.count, 0);
    assert_finding(&walk.finding, VERIFY_V2, "the chain is empty", END, VERIFY_CHAIN_OTHER_FINAL, 0, 0);
}

/* So many records, rising, 8 bytes each, the last one FINAL. */
static struct walk chain_of(size_t count) {
    struct walk walk = chain_begin();
    uint64_t address = FINAL;
    walk.facts.alive_above = LIMIT;
    for (size_t index = 1; index < count; index++) {
        record_put(address - 8, address, C_HANDLER);
        address -= 8;
    }
    walk.head = address;
    return walk;
}

static void a_chain_longer_than_any_breaks_v2(void **state) {
    (void)state;
    struct walk walk = chain_of(VERIFY_RECORDS_MAX);
    assert_chain_holds(&walk, VERIFY_RECORDS_MAX);
    walk = chain_of(VERIFY_RECORDS_MAX + 1);
    assert_chain_broken(&walk, VERIFY_CHAIN_TOO_LONG, FINAL, 0, 0);
    assert_int_equal(walk.count, VERIFY_RECORDS_MAX);
}

static void records_known_to_be_dead_that_bite_their_tail_break_v2(void **state) {
    (void)state;
    static const uint64_t dead[] = {LIMIT + 0x100, LIMIT + 0x200};
    struct walk walk = chain_begin();
    walk.facts.dead_known = dead;
    walk.facts.dead_known_count = COUNT_OF(dead);
    record_put(dead[0], dead[1], C_HANDLER);
    record_put(dead[1], dead[0], C_HANDLER);
    walk.head = dead[0];
    assert_chain_broken(&walk, VERIFY_CHAIN_TOO_LONG, dead[0], 0, 0);
}

static void records_known_to_be_dead_are_nobodys_fault(void **state) {
    (void)state;
    static const uint64_t dead[] = {LIMIT + 0x200, LIMIT + 0x100};
    struct walk walk = chain_begin();
    record_put(C_FRAME, dead[0], C_HANDLER);
    record_put(dead[0], dead[1], C_HANDLER);
    record_put(dead[1], THREAD, C_HANDLER); /* what follows must be above the last record that is alive: C_FRAME */
    assert_chain_broken(&walk, VERIFY_CHAIN_NOT_RISING, dead[0], dead[1], C_HANDLER);
    walk.facts.dead_known = dead;
    walk.facts.dead_known_count = 1;
    assert_chain_broken(&walk, VERIFY_CHAIN_NOT_RISING, dead[1], THREAD, C_HANDLER);
    walk.facts.dead_known_count = 2;
    assert_chain_holds(&walk, 6);
    record_put(dead[1], C_FRAME - 0x100, C_HANDLER);
    record_put(C_FRAME - 0x100, FINAL, C_HANDLER);
    assert_chain_broken(&walk, VERIFY_CHAIN_NOT_RISING, C_FRAME - 0x100, FINAL, C_HANDLER);
}

/* As many as a bad library can leave behind: each one is found again, in whatever order they are linked. */
static void many_records_known_to_be_dead_are_all_known(void **state) {
    (void)state;
    enum { MANY = 4096 };
    static uint64_t dead[MANY];
    struct walk walk = chain_begin();
    for (size_t index = 0; index < MANY; index++)
        dead[index] = HOLE_END + 8 * (MANY - 1 - index); /* each below the one before it */
    walk.facts.dead_known = dead;
    walk.facts.dead_known_count = MANY;
    for (size_t index = 0; index < MANY; index++)
        record_put(dead[index], index ? dead[index - 1] : THREAD, C_HANDLER);
    walk.head = dead[MANY - 1];
    assert_chain_holds(&walk, MANY + 2);
    for (size_t index = 0; index < MANY; index++) /* the other way round */
        record_put(dead[index], index + 1 < MANY ? dead[index + 1] : THREAD, C_HANDLER);
    walk.head = dead[0];
    assert_chain_holds(&walk, MANY + 2);
    record_put(dead[7], dead[0] + 16, C_HANDLER); /* nobody knows this one */
    record_put(dead[0] + 16, THREAD, C_HANDLER);
    assert_chain_broken(&walk, VERIFY_CHAIN_DEAD, dead[0] + 16, THREAD, C_HANDLER);
}

static void a_record_known_to_be_dead_may_be_overwritten(void **state) {
    (void)state;
    static const uint64_t dead[] = {LIMIT + 0x100};
    struct walk walk = chain_begin();
    walk.facts.dead_known = dead;
    walk.facts.dead_known_count = 1;
    record_put(CALLBACK, dead[0], RUNTIME_HANDLER);
    record_put(dead[0], 0x5EAD5EAD, 0x5EAD5EAD);
    assert_chain_holds(&walk, 2);
    assert_faults(&walk, 2, (const enum verify_chain_fault[]){VERIFY_CHAIN_FINE, VERIFY_CHAIN_OVERWRITTEN});
    assert_null(walk.records[1].image);
    record_put(CALLBACK, dead[0] + 4, RUNTIME_HANDLER); /* its neighbour is not known */
    chain_walk(&walk);
    assert_false(walk.holds);
}

static void a_known_record_must_lie_in_the_stack_all_the_same(void **state) {
    (void)state;
    static const uint64_t dead[] = {BASE + 0x100};
    struct walk walk = chain_begin();
    walk.facts.dead_known = dead;
    walk.facts.dead_known_count = 1;
    record_put(CALLBACK, dead[0], RUNTIME_HANDLER);
    assert_chain_broken(&walk, VERIFY_CHAIN_OUTSIDE_STACK, dead[0], 0, 0);
}

static void a_handler_in_no_expected_image_breaks_v3(void **state) {
    (void)state;
    static const uint64_t nobodys[] = {0, NOBODYS_HANDLER, C_FRAME, 0x3FFFFF, 0x410000, 0xFFFFFFFF};
    for (unsigned index = 0; index < COUNT_OF(nobodys); index++) {
        struct walk walk = chain_begin();
        record_put(C_FRAME, THREAD, nobodys[index]);
        chain_walk(&walk);
        assert_false(walk.holds);
        assert_finding(&walk.finding, VERIFY_V3, "its handler lies in no expected image", C_FRAME, nobodys[index], 0, 0);
        assert_faults(&walk, 4, (const enum verify_chain_fault[]){VERIFY_CHAIN_FINE, VERIFY_CHAIN_STRANGE_HANDLER, VERIFY_CHAIN_FINE, VERIFY_CHAIN_FINE});
        assert_null(walk.records[1].image);
    }
}

static void v3_holds_from_the_first_to_the_last_byte_of_an_image(void **state) {
    (void)state;
    struct walk walk = chain_begin();
    record_put(C_FRAME, THREAD, 0x400000);
    assert_chain_holds(&walk, 4);
    record_put(C_FRAME, THREAD, 0x40FFFF);
    assert_chain_holds(&walk, 4);
    walk.facts.image_count = 0;
    chain_walk(&walk);
    assert_finding(&walk.finding, VERIFY_V3, "its handler lies in no expected image", CALLBACK, RUNTIME_HANDLER, 0, 0);
}

static void of_several_faults_the_first_is_found_and_all_are_listed(void **state) {
    (void)state;
    struct walk walk = chain_begin();
    record_put(C_FRAME, CALLBACK - 0x10, NOBODYS_HANDLER); /* V3 first ... */
    record_put(CALLBACK - 0x10, 0, C_HANDLER);             /* ... then V2, twice */
    chain_walk(&walk);
    assert_finding(&walk.finding, VERIFY_V3, "its handler lies in no expected image", C_FRAME, NOBODYS_HANDLER, 0, 0);
    assert_faults(&walk, 4, (const enum verify_chain_fault[]){VERIFY_CHAIN_FINE, VERIFY_CHAIN_STRANGE_HANDLER, VERIFY_CHAIN_NOT_RISING, VERIFY_CHAIN_ENDS_IN_ZERO});
}

static void every_fault_has_words_of_its_own(void **state) {
    (void)state;
    for (enum verify_chain_fault one = VERIFY_CHAIN_FINE; one <= VERIFY_CHAIN_STRANGE_HANDLER; one++) {
        assert_string_not_equal(verify_chain_fault_words(one), "unknown");
        for (enum verify_chain_fault other = one + 1; other <= VERIFY_CHAIN_STRANGE_HANDLER; other++)
            assert_string_not_equal(verify_chain_fault_words(one), verify_chain_fault_words(other));
    }
    assert_string_equal(verify_chain_fault_words((enum verify_chain_fault)99), "unknown");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_true_chain_holds),
        cmocka_unit_test(a_true_chain_of_eight_byte_pointers_holds),
        cmocka_unit_test(records_at_the_edges_are_inside),
        cmocka_unit_test(a_misaligned_record_breaks_v2),
        cmocka_unit_test(a_record_outside_the_stack_breaks_v2),
        cmocka_unit_test(a_record_outside_the_stack_does_not_hide_what_follows),
        cmocka_unit_test(a_chain_that_does_not_rise_breaks_v2),
        cmocka_unit_test(a_record_that_is_its_own_next_breaks_v2_and_the_walk_ends),
        cmocka_unit_test(a_record_in_dead_stack_breaks_v2),
        cmocka_unit_test(a_chain_that_ends_in_0_breaks_v2),
        cmocka_unit_test(a_record_that_cannot_be_read_breaks_v2),
        cmocka_unit_test(another_last_record_breaks_v2),
        cmocka_unit_test(an_empty_chain_breaks_v2),
        cmocka_unit_test(a_chain_longer_than_any_breaks_v2),
        cmocka_unit_test(records_known_to_be_dead_that_bite_their_tail_break_v2),
        cmocka_unit_test(records_known_to_be_dead_are_nobodys_fault),
        cmocka_unit_test(many_records_known_to_be_dead_are_all_known),
        cmocka_unit_test(a_record_known_to_be_dead_may_be_overwritten),
        cmocka_unit_test(a_known_record_must_lie_in_the_stack_all_the_same),
        cmocka_unit_test(a_handler_in_no_expected_image_breaks_v3),
        cmocka_unit_test(v3_holds_from_the_first_to_the_last_byte_of_an_image),
        cmocka_unit_test(of_several_faults_the_first_is_found_and_all_are_listed),
        cmocka_unit_test(every_fault_has_words_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
