#include "support.h"

#include <stdarg.h>
#include <stdio.h>

static char noted[8192];
static size_t noted_length;

void notes_begin(void) {
    noted_length = 0;
    noted[0] = 0;
}

void note(const char *format, ...) {
    va_list arguments;
    if (noted_length && noted_length + 1 < sizeof noted)
        noted[noted_length++] = ' ';
    va_start(arguments, format);
    int length = vsnprintf(noted + noted_length, sizeof noted - noted_length, format, arguments);
    va_end(arguments);
    noted_length += length > 0 ? (size_t)length : 0;
    if (noted_length >= sizeof noted)
        noted_length = sizeof noted - 1;
}

const char *notes(void) { return noted; }

/* Frames of C note what they are told; that a frame which only looks was asked is of no interest. */
static void on_asked(unsigned operation, uint32_t code, uint32_t flags, enum foreign_answer answer) {
    (void)code, (void)flags;
    if (answer != FOREIGN_SEARCHES)
        note("asked%u", operation);
}
static void on_repaired(unsigned operation) { note("repaired%u", operation); }
static void on_told(unsigned operation, uint32_t code, uint32_t flags) {
    (void)code, (void)flags;
    note("told%u", operation);
}
static void on_left_behind(unsigned operation, uintptr_t record) { (void)operation, (void)record; }

static void ignore_asked(unsigned operation, uint32_t code, uint32_t flags, enum foreign_answer answer) {
    (void)operation, (void)code, (void)flags, (void)answer;
}
static void ignore_saw(unsigned operation, const struct foreign_seen *seen) { (void)operation, (void)seen; }
static enum scenario_fault_kind refault_with_nil(unsigned operation) {
    (void)operation;
    return SCENARIO_FAULT_NIL_READ;
}
static void ignore_repaired(unsigned operation) { (void)operation; }
static void ignore_told(unsigned operation, uint32_t code, uint32_t flags) { (void)operation, (void)code, (void)flags; }

bool foreign_ready(void) {
    foreign_hooks = (struct foreign_hooks){.asked = ignore_asked, .repaired = ignore_repaired, .told = ignore_told, .left_behind = on_left_behind, .saw = ignore_saw, .refault_kind = refault_with_nil};
    return inject_prepare();
}

int runtime_begin_quiet(void **state) {
    (void)state;
    return foreign_ready() && xc_runtime_start(NULL) == XC_OK ? 0 : -1;
}

int runtime_begin(void **state) {
    int status = runtime_begin_quiet(state);
    foreign_hooks = (struct foreign_hooks){.asked = on_asked, .repaired = on_repaired, .told = on_told, .left_behind = on_left_behind, .saw = ignore_saw, .refault_kind = refault_with_nil};
    return status;
}

int runtime_end(void **state) {
    (void)state;
    return xc_runtime_stop() == XC_OK ? 0 : -1;
}

struct xc_ending run(xc_function *function, void *argument) {
    struct xc_ending ending = {.end = (enum xc_end)77};
    assert_int_equal(xc_run(function, argument, &ending), XC_OK);
    return ending;
}

void see(struct seen *seen) {
    *seen = (struct seen){
        .head = machine_tib(TIB_HEAD), .stack_base = machine_tib(TIB_STACK_BASE), .stack_limit = machine_tib(TIB_STACK_LIMIT),
        .deallocation_stack = machine_tib(TEB_DEALLOCATION_STACK), .fiber_data = machine_tib(TIB_FIBER_DATA), .mxcsr = machine_mxcsr_control()};
    machine_x87(&seen->x87_control, &seen->x87_tag);
    xc_observe(&seen->runtime);
}

void assert_seen_equal(const struct seen *now, const struct seen *before) {
    assert_int_equal(now->head, before->head);
    assert_int_equal(now->stack_base, before->stack_base);
    assert_int_equal(now->stack_limit, before->stack_limit);
    assert_int_equal(now->deallocation_stack, before->deallocation_stack);
    assert_int_equal(now->fiber_data, before->fiber_data);
    assert_int_equal(now->x87_control, before->x87_control);
    assert_int_equal(now->x87_tag, before->x87_tag);
    assert_int_equal(now->mxcsr, before->mxcsr);
    assert_int_equal(now->runtime.task, before->runtime.task);
    assert_int_equal(now->runtime.depth, before->runtime.depth);
    assert_int_equal(now->runtime.locks, before->runtime.locks);
    assert_int_equal(now->runtime.panic_on_fault, before->runtime.panic_on_fault);
    assert_int_equal(now->runtime.managed, before->runtime.managed);
    assert_int_equal(now->runtime.system_sp, before->runtime.system_sp);
    assert_int_equal(now->runtime.frames, before->runtime.frames);
    assert_int_equal(now->runtime.innermost_frame, before->runtime.innermost_frame);
    assert_int_equal(now->runtime.innermost_call, before->runtime.innermost_call);
    assert_int_equal(now->runtime.innermost_record, before->runtime.innermost_record);
}

void do_nothing(void *unused) { (void)unused; }
void panic_with(void *value) { xc_panic((uintptr_t)value); }
void panic_with_7(void *unused) {
    (void)unused;
    xc_panic(7);
}
void exit_task(void *unused) {
    (void)unused;
    xc_goexit();
}
void fault_at_nil(void *unused) {
    (void)unused;
    inject_fault(SCENARIO_FAULT_NIL_READ);
}

void call_back(void *argument) {
    const struct step *step = argument;
    xc_callback(step->function, step->argument);
}

void record_around(void *argument) {
    const struct step *step = argument;
    uint32_t code;
    foreign_frame_run(SCENARIO_FRAME_PASS, 0, step->function, step->argument, &code);
}

void call_c(void *argument) {
    const struct step *step = argument;
    xc_call(step->function, step->argument);
}

uint32_t catch_around(xc_function *body, void *argument) {
    uint32_t code = 0;
    return foreign_frame_run(SCENARIO_FRAME_CATCH, 0, body, argument, &code) ? code : 0;
}

void raise_e0000001(void *unused) {
    (void)unused;
    RaiseException(0xE0000001, 0, 0, NULL);
}
