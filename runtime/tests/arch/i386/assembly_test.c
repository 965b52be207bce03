/* Every routine in runtime/arch/i386/, in every way it is called and comes back, through the checker (assembly_check.h). The C that assembly calls is replaced by
 * stand-ins, so what is checked is the assembly alone.
 *
 * The list of routines comes from the objects themselves (symbols.cmake): one that no row of the table covers makes this fail. */
#include "assembly_check.h"
#include "internal.h"
#include "tests/test.h"

static const char *const symbols[] = {
#define SYMBOL(name) #name,
#include "assembly_symbols.inc"
#undef SYMBOL
};
/* Their addresses, whatever C knows them as. */
#define SYMBOL(name) extern const char symbol_##name[] __asm__("_" #name);
#include "assembly_symbols.inc"
#undef SYMBOL
static const char *const addresses[] = {
#define SYMBOL(name) symbol_##name,
#include "assembly_symbols.inc"
#undef SYMBOL
};

#define ADDRESS(object) ((uint32_t)(object))
enum { DIRECTION = 0x400, WHY = XC_WHY_PANIC, ARGUMENT = 0xA46A46A4, MORE = 0xA5 };

static struct xc_arch_frame frame;
static struct xc_call call;
static struct xc_activation activation;
static struct xc_thunk cdecl_thunk, stdcall_thunk = {.pops = 12};

/* The frame remembers the caller's registers, and the place of its own return address. */
static bool frame_is_filled(const struct assembly_row *row) {
    const struct assembly_registers *before = &assembly_now.before;
    (void)row;
    return frame.sp == before->esp - 4 && frame.ebp == before->ebp && frame.ebx == before->ebx && frame.esi == before->esi && frame.edi == before->edi &&
           frame.mxcsr == before->mxcsr && frame.x87_control == before->x87_control;
}
/* Callbacks go on below what switch_to_system has pushed. */
static bool call_knows_the_way(const struct assembly_row *row) {
    (void)row;
    return call.managed_sp == assembly_now.before.esp - 8;
}
/* Calls go on below the four registers that switch_to_managed has pushed. */
static bool activation_knows_the_way(const struct assembly_row *row) {
    (void)row;
    return activation.system_sp == assembly_now.before.esp - 4 - 16;
}
/* A debugger walks from xc_fault_panic to the faulting instruction: a frame pointer, and behind it what the fault "called" from. */
static bool landing_can_be_walked(const struct assembly_row *row) {
    const uint32_t *landing = (const uint32_t *)assembly_entries[0].registers.ebp;
    (void)row;
    return landing == (const uint32_t *)(assembly_now.before.esp - 8) && landing[0] == assembly_now.before.ebp && landing[1] == ADDRESS(assembly_call_back);
}
/* The frame that recover made is needed as long as there are calls: it lies above them. */
static bool frame_is_above(const struct assembly_row *row) {
    for (unsigned index = 0; index < row->entry_count; index++)
        if (assembly_entries[index].who != ASSEMBLY_OTHER_BODY && assembly_entries[index].registers.esp >= assembly_entries[0].registers.eax)
            return false;
    return assembly_entries[0].registers.eax + sizeof(struct xc_frame) <= assembly_now.before.esp;
}

/* C gets its arguments where they lie. */
static bool arguments_are_cs(const struct assembly_row *row) {
    (void)row;
    return assembly_entries[0].registers.edx == assembly_now.before.esp;
}

#define THUNK(thunk) .routine = (void *)xc_arch_thunk_entry, .takes = {ASSEMBLY_IN_EAX}, .registers = {ADDRESS(&thunk)}, .arguments = {0xA1, 0xA2, 0xA3}, .argument_count = 3, \
                     .acts = {[ASSEMBLY_THUNK_CALLED] = {ACTS_RETURN, WHY}}, .entries = {{ASSEMBLY_THUNK_CALLED, .arguments = {{ASSEMBLY_IN_EAX, ADDRESS(&thunk), 0}}}}, \
                     .entry_count = 1, .result = WHY, .result_mask = UINT32_MAX, .holds = arguments_are_cs
#define FRAME_RUN .routine = (void *)xc_arch_frame_run, .takes = {ASSEMBLY_IN_EAX, ASSEMBLY_IN_EDX, ASSEMBLY_IN_ECX}, \
                  .registers = {ADDRESS(&frame), ADDRESS(assembly_body), ARGUMENT}
#define FRAME_RUN_BODY {ASSEMBLY_BODY, .arguments = {{ASSEMBLY_ON_STACK, ARGUMENT, 0}}}
#define ON_RECOVER .routine = (void *)xc_recover, .arguments = {ADDRESS(assembly_body), ARGUMENT, ADDRESS(assembly_other_body), MORE}, .argument_count = 4, .holds = frame_is_above
#define ENTERS {ASSEMBLY_RECOVER_ENTER}, {ASSEMBLY_BODY, .arguments = {{ASSEMBLY_ON_STACK, ARGUMENT, 0}}}
#define LEFT_ORDERLY {ASSEMBLY_RECOVER_LEAVE, .arguments = {{ASSEMBLY_IN_EAX, ASSEMBLY_FIRST_EAX, 0}}}
#define LANDED {ASSEMBLY_RECOVER_LANDED, \
                .arguments = {{ASSEMBLY_IN_EAX, ASSEMBLY_FIRST_EAX, 0}, {ASSEMBLY_IN_EDX, WHY, 0}, {ASSEMBLY_IN_ECX, ADDRESS(assembly_other_body), 0}, {ASSEMBLY_ON_STACK, MORE, 0}}}
#define TO_SYSTEM(function) {ADDRESS(xc_arch_switch_to_system), ADDRESS(&call), ADDRESS(function), MORE, ASSEMBLY_OTHER_SP}
#define TO_MANAGED(function) {ADDRESS(xc_arch_switch_to_managed), ADDRESS(&activation), ADDRESS(function), MORE, ASSEMBLY_OTHER_SP}
#define OTHER_BODY {ASSEMBLY_OTHER_BODY, true, .arguments = {{ASSEMBLY_ON_STACK, MORE, 0}}}

static const struct assembly_row rows[] = {
    {"frame_run", {"xc_arch_frame_run"}, FRAME_RUN, .entries = {FRAME_RUN_BODY}, .entry_count = 1, .result = 0, .result_mask = UINT32_MAX, .depth_max = 40,
     .holds = frame_is_filled},
    {"frame_run, left by frame_resume", {"xc_arch_frame_run", "xc_arch_frame_resume"}, FRAME_RUN, .acts = {{ACTS_LEAVE, WHY, ADDRESS(&frame)}},
     .entries = {FRAME_RUN_BODY}, .entry_count = 1, .result = WHY, .result_mask = UINT32_MAX, .depth_max = 40, .holds = frame_is_filled},
    {"frame_run, left by frame_resume to float words of its own", {"xc_arch_frame_resume"}, FRAME_RUN, .acts = {{ACTS_LEAVE, WHY, ADDRESS(&frame)}},
     .x87_control = 0x027F, .mxcsr = 0x9FC0, .entries = {FRAME_RUN_BODY}, .entry_count = 1, .result = WHY, .result_mask = UINT32_MAX, .depth_max = 40},
    {"frame_run, left by frame_resume, which unmasks what was masked", {"xc_arch_frame_resume", "xc_arch_frame_resume_drops"}, FRAME_RUN,
     .acts = {{ACTS_LEAVE, WHY, ADDRESS(&frame)}}, .x87_control = 0x037B, .entries = {FRAME_RUN_BODY}, .entry_count = 1, .result = WHY,
     .result_mask = UINT32_MAX, .depth_max = 40},
    {"frame_run, left by frame_resume, which meets an x87 exception", {"xc_arch_frame_resume_empties", "xc_arch_frame_resume_drops"}, FRAME_RUN,
     .acts = {{ACTS_LEAVE_X87_PENDING, WHY, ADDRESS(&frame)}}, .entries = {FRAME_RUN_BODY}, .entry_count = 1, .result = WHY, .result_mask = UINT32_MAX,
     .depth_max = 40},
    {"recover", {"xc_recover"}, ON_RECOVER, .entries = {ENTERS, LEFT_ORDERLY}, .entry_count = 3, .result = 0, .result_mask = 0xFF, .depth_max = 100},
    {"recover, by its landing", {"xc_recover", "xc_arch_frame_resume"}, ON_RECOVER, .acts = {{ACTS_LEAVE, WHY, 0}}, .entries = {ENTERS, LANDED}, .entry_count = 3,
     .result = 1, .result_mask = 0xFF, .depth_max = 100},
    {"recover, by its landing, with float words of its own", {"xc_recover"}, ON_RECOVER, .acts = {{ACTS_LEAVE, WHY, 0}}, .x87_control = 0x0B7F, .mxcsr = 0x3F80,
     .entries = {ENTERS, LANDED}, .entry_count = 3, .result = 1, .result_mask = 0xFF, .depth_max = 100},
    {"switch_to_system", {"xc_arch_switch_to_system"}, .routine = (void *)xc_arch_switch_to_system, .takes = {ASSEMBLY_IN_EAX, ASSEMBLY_IN_EDX, ASSEMBLY_IN_ECX},
     .registers = {ADDRESS(&call), ADDRESS(assembly_other_body), MORE}, .arguments = {ASSEMBLY_OTHER_SP}, .argument_count = 1, .entries = {OTHER_BODY},
     .entry_count = 1, .depth_max = 8, .other_depth_max = 32, .holds = call_knows_the_way},
    {"switch_to_system, to C that pops its argument", {"xc_arch_switch_to_system"}, .routine = (void *)xc_arch_switch_to_system,
     .takes = {ASSEMBLY_IN_EAX, ASSEMBLY_IN_EDX, ASSEMBLY_IN_ECX}, .registers = {ADDRESS(&call), ADDRESS(assembly_other_body), MORE},
     .arguments = {ASSEMBLY_OTHER_SP}, .argument_count = 1, .acts = {[ASSEMBLY_OTHER_BODY] = {ACTS_RETURN_POPPING}}, .entries = {OTHER_BODY}, .entry_count = 1,
     .depth_max = 8, .other_depth_max = 32},
    {"switch_to_managed", {"xc_arch_switch_to_managed"}, .routine = (void *)xc_arch_switch_to_managed,
     .takes = {ASSEMBLY_IN_EAX, ASSEMBLY_IN_EDX, ASSEMBLY_IN_ECX}, .registers = {ADDRESS(&activation), ADDRESS(assembly_other_body), MORE},
     .arguments = {ASSEMBLY_OTHER_SP}, .argument_count = 1, .entries = {OTHER_BODY}, .entry_count = 1, .depth_max = 20, .other_depth_max = 32,
     .holds = activation_knows_the_way},
    {"switch_to_system, wiped", {"xc_arch_switch_to_system"}, FRAME_RUN,
     .acts = {[ASSEMBLY_BODY] = {ACTS_CALL, .call = TO_SYSTEM(assembly_other_body)}, [ASSEMBLY_OTHER_BODY] = {ACTS_LEAVE, WHY, ADDRESS(&frame)}},
     .entries = {FRAME_RUN_BODY, OTHER_BODY}, .entry_count = 2, .result = WHY, .result_mask = UINT32_MAX, .depth_max = 76, .other_depth_max = 32},
    {"switch_to_managed, wiped", {"xc_arch_switch_to_managed"}, FRAME_RUN,
     .acts = {[ASSEMBLY_BODY] = {ACTS_CALL, .call = TO_MANAGED(assembly_other_body)}, [ASSEMBLY_OTHER_BODY] = {ACTS_LEAVE, WHY, ADDRESS(&frame)}},
     .entries = {FRAME_RUN_BODY, OTHER_BODY}, .entry_count = 2, .result = WHY, .result_mask = UINT32_MAX, .depth_max = 88, .other_depth_max = 32},
    {"recover, by its landing, out of switch_to_system", {"xc_recover"}, ON_RECOVER,
     .acts = {[ASSEMBLY_BODY] = {ACTS_CALL, .call = TO_SYSTEM(assembly_other_body)}, [ASSEMBLY_OTHER_BODY] = {ACTS_LEAVE, WHY, 0}},
     .entries = {ENTERS, OTHER_BODY, LANDED}, .entry_count = 4, .result = 1, .result_mask = 0xFF, .depth_max = 136, .other_depth_max = 32},
    {"fault_landing", {"xc_arch_fault_landing"}, .routine = (void *)xc_arch_fault_landing, .acts = {[ASSEMBLY_FAULT_PANIC] = {ACTS_ESCAPE}},
     .entries = {{ASSEMBLY_FAULT_PANIC}}, .entry_count = 1, .must_not_return = true, .depth_max = 24, .holds = landing_can_be_walked},
    {"frame_run, left out of a fault", {"xc_arch_fault_landing"}, FRAME_RUN,
     .acts = {[ASSEMBLY_BODY] = {ACTS_CALL, .call = {ADDRESS(xc_arch_fault_landing), 0, 0, 0, 0}}, [ASSEMBLY_FAULT_PANIC] = {ACTS_LEAVE, WHY, ADDRESS(&frame)}},
     .entries = {FRAME_RUN_BODY, {ASSEMBLY_FAULT_PANIC}}, .entry_count = 2, .result = WHY, .result_mask = UINT32_MAX, .depth_max = 88},
    {"recover, by its landing, out of a fault", {"xc_recover"}, ON_RECOVER,
     .acts = {[ASSEMBLY_BODY] = {ACTS_CALL, .call = {ADDRESS(xc_arch_fault_landing), 0, 0, 0, 0}}, [ASSEMBLY_FAULT_PANIC] = {ACTS_LEAVE, WHY, 0}},
     .entries = {ENTERS, {ASSEMBLY_FAULT_PANIC}, LANDED}, .entry_count = 4, .result = 1, .result_mask = 0xFF, .depth_max = 148},
    {"thunk_entry, cdecl", {"xc_arch_thunk_entry"}, THUNK(cdecl_thunk), .depth_max = 28},
    {"thunk_entry, stdcall", {"xc_arch_thunk_entry"}, THUNK(stdcall_thunk), .pops = 12, .depth_max = 28},
    {"thunk_entry, wiped", {"xc_arch_thunk_entry"}, FRAME_RUN,
     .acts = {[ASSEMBLY_BODY] = {ACTS_CALL, .call = {ADDRESS(xc_arch_thunk_entry), ADDRESS(&cdecl_thunk), 0, 0, 0}},
              [ASSEMBLY_THUNK_CALLED] = {ACTS_LEAVE, WHY, ADDRESS(&frame)}},
     .entries = {FRAME_RUN_BODY, {ASSEMBLY_THUNK_CALLED}}, .entry_count = 2, .result = WHY, .result_mask = UINT32_MAX, .depth_max = 88},
    {"exception_handler, in the middle of a backward copy", {"xc_arch_exception_handler"}, .routine = (void *)xc_arch_exception_handler,
     .arguments = {0xA1, 0xA2, 0xA3, 0xA4}, .argument_count = 4, .entry_flags = DIRECTION, .acts = {[ASSEMBLY_EXCEPTION] = {ACTS_RETURN, ExceptionContinueSearch}},
     .entries = {{ASSEMBLY_EXCEPTION, .arguments = {{ASSEMBLY_ON_STACK, 0xA1, 0}, {ASSEMBLY_ON_STACK, 0xA2, 1}, {ASSEMBLY_ON_STACK, 0xA3, 2}, {ASSEMBLY_ON_STACK, 0xA4, 3}}}},
     .entry_count = 1, .result = ExceptionContinueSearch, .result_mask = UINT32_MAX, .depth_max = 40},
};

static void every_routine_keeps_its_contract(void **state) {
    (void)state;
    unsigned broken = 0;
    for (unsigned row = 0; row < COUNT_OF(rows); row++)
        if (assembly_check(&rows[row])) {
            print_error("%s\n", assembly_said());
            broken++;
        }
    assert_int_equal(broken, 0);
}

static bool is_covered(const char *symbol) {
    static const char *const marks[] = {"xc_code_begin", "xc_code_end", /* no routines: below */
                                        "xc_arch_task_switch", "xc_arch_task_entry"}; /* task_switch_test.c: the checker's stack is not their other side */
    for (unsigned mark = 0; mark < COUNT_OF(marks); mark++)
        if (!strcmp(symbol, marks[mark]))
            return true;
    for (unsigned row = 0; row < COUNT_OF(rows); row++)
        for (unsigned index = 0; index < COUNT_OF(rows[row].covers) && rows[row].covers[index]; index++)
            if (!strcmp(symbol, rows[row].covers[index]))
                return true;
    return false;
}

static void every_routine_has_a_row(void **state) {
    (void)state;
    unsigned missing = 0;
    assert_true(COUNT_OF(symbols) > 8);
    for (unsigned index = 0; index < COUNT_OF(symbols); index++)
        if (!is_covered(symbols[index])) {
            print_error("runtime/arch/i386/ has %s, which no row of assembly_test.c covers\n", symbols[index]);
            missing++;
        }
    assert_int_equal(missing, 0);
}

static void every_row_is_of_a_routine_that_is_there(void **state) {
    (void)state;
    for (unsigned row = 0; row < COUNT_OF(rows); row++) {
        assert_non_null(rows[row].covers[0]);
        for (unsigned cover = 0; cover < COUNT_OF(rows[row].covers) && rows[row].covers[cover]; cover++) {
            bool found = false;
            for (unsigned index = 0; index < COUNT_OF(symbols); index++)
                found |= !strcmp(symbols[index], rows[row].covers[cover]);
            assert_true(found);
        }
    }
}

/* INVARIANT 5: the runtime knows its own code by these two. */
static void every_routine_lies_in_the_runtimes_code(void **state) {
    (void)state;
    for (unsigned index = 0; index < COUNT_OF(addresses); index++)
        assert_in_range((uintptr_t)addresses[index], (uintptr_t)xc_code_begin, (uintptr_t)xc_code_end);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_routine_keeps_its_contract),
        cmocka_unit_test(every_routine_has_a_row),
        cmocka_unit_test(every_row_is_of_a_routine_that_is_there),
        cmocka_unit_test(every_routine_lies_in_the_runtimes_code),
    };
    assembly_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
