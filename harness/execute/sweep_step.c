/* A trap at every instruction of a text: what is looked at before each, what is written down, and which instructions are the text's. */
#include "sweep_step.h"

#include <stdio.h>
#include <string.h>
#include <windows.h>

#include "../inject/trap.h"
#include "state.h"
#include "sweep_suspend.h"

enum { THREADS_MAX = 64 };

static struct inject_schedule *schedule;
static struct sweep_header *file;
static struct trap_plan plan;
static bool suspends;
static size_t come_to_begin[SWEEP_IMAGES_MAX];

/* What is true of each thread for as long as it lives: learned at its first instruction. */
static struct thread_facts {
    uint32_t id;
    uintptr_t teb;
    uintptr_t stack_base, deallocation_stack, fiber_data;
    uintptr_t final_record, final_handler;
} threads[THREADS_MAX];
static unsigned thread_count;

/* The site that is looked at; threads[0] is the text's own. */
static struct adapter_observation at_site;
static struct adapter_stack stack_at_site;
static struct thread_facts *site_thread;
static bool broken_before; /* at the instruction before this one */
static bool broken_here;

static struct thread_facts *facts_of(uint32_t id) {
    for (unsigned index = 0; index < thread_count; index++)
        if (threads[index].id == id && threads[index].stack_base == machine_tib(TIB_STACK_BASE))
            return &threads[index];
    struct step_thread seen;
    struct thread_facts *facts = &threads[thread_count < THREADS_MAX ? thread_count++ : THREADS_MAX - 1];
    step_thread_first_seen(&seen);
    *facts = (struct thread_facts){id, machine_tib(TIB_SELF), seen.stack_base, machine_tib(TEB_DEALLOCATION_STACK), machine_tib(TIB_FIBER_DATA), seen.final_record, seen.final_handler};
    return facts;
}

static uint32_t image_of(uintptr_t pc, uint32_t *offset) {
    for (uint32_t image = 0; image < plan.image_count; image++)
        if (pc >= plan.images[image].low && pc < plan.images[image].high) {
            *offset = (uint32_t)(pc - file->stepped.images[image].base);
            return image;
        }
    *offset = (uint32_t)pc;
    return SWEEP_IMAGES_MAX;
}

/* Of the thread whose TEB this is: its own registers do not matter, only where its stack pointer is. */
static struct looked {
    struct verify_record records[TRAP_WALK_MAX];
    size_t count;
    struct verify_chain_facts chain;
} looked;

static bool read_stack(void *owner, uint64_t address, void *bytes, size_t size) {
    const struct verify_chain_facts *facts = owner;
    if (address < facts->stack_limit || address + size > facts->stack_base)
        return false;
    __builtin_memcpy(bytes, (const void *)(uintptr_t)address, size);
    return true;
}

static uintptr_t teb_field(uintptr_t teb, unsigned field) { return *(const uintptr_t *)(teb + field); }

enum sweep_window {
    SWEEP_NO_WINDOW,
#define SWEEP_WINDOW(name, word, reason) SWEEP_WINDOW_##name,
#include "sweep_windows.def"
#undef SWEEP_WINDOW
};
static enum sweep_window window; /* the one that the site is in */

static bool is_dispatchers(uintptr_t handler) {
    static uintptr_t low, high;
    for (size_t index = 0; !low && index < step.chain.image_count; index++)
        if (!strcmp(step.chain.images[index].name, "ntdll.dll")) {
            low = (uintptr_t)step.chain.images[index].low;
            high = (uintptr_t)step.chain.images[index].high;
        }
    return handler >= low && handler < high;
}

/* The handler of the last record that can be reached from `head`; 0: none can. */
static uintptr_t last_handler(uintptr_t head, uintptr_t *last) {
    uintptr_t handler = 0, limit = machine_tib(TIB_STACK_LIMIT), base = machine_tib(TIB_STACK_BASE);
    for (unsigned record = 0; record < VERIFY_RECORDS_MAX && head >= limit && head < base - 2 * sizeof head && head % sizeof head == 0; record++) {
        handler = ((const uintptr_t *)head)[1];
        *last = head;
        head = *(const uintptr_t *)head;
    }
    return head == UINTPTR_MAX ? handler : 0;
}

/* The first record that is reached from `head` and lies in a frame that is not gone. */
static uintptr_t head_alive(uintptr_t head, uintptr_t sp) {
    uintptr_t limit = machine_tib(TIB_STACK_LIMIT);
    while (head >= limit && head < sp && head % sizeof head == 0)
        head = *(const uintptr_t *)head;
    return head;
}

static enum sweep_window in_window(const struct thread_facts *thread, uintptr_t sp, uintptr_t head, const struct adapter_stack *stack) {
    uintptr_t low = stack->below_low ? stack->below_low : stack->low; /* where an overflow is dispatched, too */
    bool on_managed_stack = sp >= low && sp < stack->high;
    if (on_managed_stack && head > sp && head < stack->high && head % sizeof head == 0 && is_dispatchers(((const uintptr_t *)head)[1]))
        return SWEEP_WINDOW_HANDLER_ON_MANAGED_STACK;
    if (step.gxx_unwinds && file->stepped.image == SWEEP_FOREIGN && head < sp && !step_is_left_behind(head) && sp <= machine_tib(TIB_STACK_BASE))
        return SWEEP_WINDOW_WIPED_BY_GXX;
    uintptr_t record, last = thread == threads ? 0 : last_handler(head, &record);
    return last && last != threads[0].final_handler && is_dispatchers(last) ? SWEEP_WINDOW_THREAD_BEGINS : SWEEP_NO_WINDOW;
}

/* The rules that hold at every single instruction: the chain's (V2, V3) and the TIB's (V4). */
static bool look(struct thread_facts *thread, uintptr_t sp, const struct adapter_observation *observation, struct verify_finding *finding) {
    uintptr_t teb = thread->teb, head = teb_field(teb, TIB_HEAD);
    if (!observation->task)
        thread->fiber_data = teb_field(teb, TIB_FIBER_DATA); /* C's own affair, as long as the runtime is not on the thread */
    looked.chain = step.chain;
    looked.chain.stack_base = thread->stack_base;
    looked.chain.stack_limit = teb_field(teb, TIB_STACK_LIMIT);
    looked.chain.final_record = window == SWEEP_WINDOW_THREAD_BEGINS ? 0 : thread->final_record;
    looked.chain.final_handler = thread->final_handler;
    bool on_system_stack = sp >= looked.chain.stack_limit && sp < looked.chain.stack_base;
    looked.chain.alive_above = on_system_stack ? sp : observation->system_sp;
    if (window == SWEEP_WINDOW_HANDLER_ON_MANAGED_STACK)
        head = *(const uintptr_t *)head; /* the rest must be whole */
    if (window == SWEEP_WINDOW_WIPED_BY_GXX)
        head = head_alive(head, sp); /* here too */
    struct verify_snapshot before = {.stack_base = thread->stack_base, .stack_limit = looked.chain.stack_limit, .deallocation_stack = thread->deallocation_stack,
                                     .fiber_data = thread->fiber_data},
                           now = before;
    now.stack_base = teb_field(teb, TIB_STACK_BASE);
    now.deallocation_stack = teb_field(teb, TEB_DEALLOCATION_STACK);
    now.fiber_data = teb_field(teb, TIB_FIBER_DATA);
    const struct verify_memory memory = {read_stack, &looked.chain, MACHINE_POINTER_BYTES};
    bool holds = verify_chain(&memory, head, &looked.chain, looked.records, TRAP_WALK_MAX, &looked.count, finding);
    return holds && verify_restored(&before, &now, finding);
}

static void write_chain(char *text, size_t size, uintptr_t head, const struct adapter_observation *observation) {
    size_t used = (size_t)snprintf(text, size, "head %08lx, in use above %08lx\n", (unsigned long)head, (unsigned long)looked.chain.alive_above);
    for (size_t index = 0; index < looked.count && index < TRAP_WALK_MAX && used + 96 < size; index++) {
        const struct verify_record *record = &looked.records[index];
        const char *whose = record->image ? record->image->name : "nobody's";
        if (record->handler == observation->handler)
            whose = record->address == observation->thread_record ? "the runtime's, of the thread" : "the runtime's, of a callback";
        else if (record->image == step.foreign_image)
            whose = "a foreign frame's";
        used += (size_t)snprintf(text + used, size - used, "%08lx  %08lx  %08lx  %.28s  %s\n", (unsigned long)record->address, (unsigned long)record->next,
                                 (unsigned long)record->handler, whose, verify_chain_fault_words(record->fault));
    }
}

static void broken(const char *rule, const char *words, const struct adapter_observation *observation) {
    struct sweep_stepped *stepped = &file->stepped;
    struct sweep_break *last = stepped->breaks ? &stepped->broken[stepped->breaks - 1] : NULL;
    broken_here = true;
    if (last && broken_before && last->first_site + last->count == file->sites && !strcmp(last->rule, rule) && !strcmp(last->words, words)) {
        last->count++;
        last->last_image = stepped->image;
        last->last_offset = stepped->offset;
        return;
    }
    if (stepped->breaks == SWEEP_BREAKS_MAX) {
        stepped->breaks_lost++;
        return;
    }
    last = &stepped->broken[stepped->breaks];
    *last = (struct sweep_break){.first_site = file->sites, .count = 1, .image = stepped->image, .offset = stepped->offset,
                                 .last_image = stepped->image, .last_offset = stepped->offset, .sp = stepped->sp};
    snprintf(last->rule, sizeof last->rule, "%s", rule);
    snprintf(last->words, sizeof last->words, "%s", words);
    write_chain(last->chain, sizeof last->chain, teb_field(site_thread->teb, TIB_HEAD), observation);
    stepped->breaks++;
}

/* The chain, as the dispatcher will meet it. The runtime's own handlers are asked where they must pass on: for a trap in C, outside the runtime. */
static bool describe(struct trap_walk *walk, bool asks, const struct adapter_observation *observation) {
    if (looked.count == 0 || looked.count > TRAP_WALK_MAX)
        return false;
    walk->count = looked.count;
    for (size_t index = 0; index < looked.count; index++) {
        uintptr_t handler = (uintptr_t)looked.records[index].handler;
        walk->asked[index] = (struct trap_asked){(uintptr_t)looked.records[index].address, handler, asks && handler == observation->handler};
    }
    return true;
}


static enum trap_answer on_site(CONTEXT *context, struct trap_walk *walk) {
    struct sweep_stepped *stepped = &file->stepped;
    struct verify_finding finding;
    stepped->image = image_of(context->Eip, &stepped->offset);
    stepped->sp = context->Esp;
    if (stepped->image < SWEEP_IMAGES_MAX) {
        uint8_t *come_to = &stepped->come_to[come_to_begin[stepped->image] + stepped->offset - stepped->images[stepped->image].code_offset];
        *come_to += *come_to < UINT8_MAX;
    }
    step_journal_header()->progress++;
    broken_before = broken_here;
    broken_here = false;
    step.adapter->observe(&at_site);
    step.adapter->observe_stack(&stack_at_site);
    site_thread = facts_of(GetCurrentThreadId());
    const struct inject_site site = {INJECT_TEXT, at_site.depth, stepped->image < SWEEP_IMAGES_MAX ? stepped->images[stepped->image].word : NULL};
    bool injects = inject_schedule_decide(schedule, &site);
    uintptr_t head = machine_tib(TIB_HEAD), last;
    window = in_window(site_thread, context->Esp, head, &stack_at_site);
    if (!window && site_thread->final_handler != threads->final_handler && last_handler(head, &last) == threads->final_handler) {
        site_thread->final_record = last; /* the thread has begun: it was first seen while it had another one */
        site_thread->final_handler = threads->final_handler;
    }
    bool holds = look(site_thread, context->Esp, &at_site, &finding);
    if (step.rules && !holds)
        broken(finding.rule_name, finding.words, &at_site);
    enum trap_answer answer = TRAP_GOES_ON;
    if (window && !suspends) {
        stepped->declared++;
        stepped->declared_by[window - 1]++;
    }
    if (injects && (!window || suspends)) {
        stepped->injected++;
        /* A chain that is broken is not sent a trap along: it has been said what is wrong with it, and the text goes on. */
        bool in_foreign_code = !stack_at_site.managed && at_site.task && stepped->image != SWEEP_RUNTIME;
        if (suspends) {
            sweep_suspend_park(context);
            answer = TRAP_PARKS;
        } else if (holds && describe(walk, in_foreign_code, &at_site))
            answer = TRAP_WALKS;
    }
    file->sites++;
    stepped->missed = trap_missed();
    return answer;
}

static void on_walked(const struct trap_walk *walk) {
    enum { STACK_INVALID = 0x8 };
    file->sites--; /* of the instruction that the walk was for */
    if (walk->wrong)
        broken("", walk->wrong, &at_site);
    else if (walk->flags & STACK_INVALID)
        broken("V11", "the dispatcher found the stack invalid", &at_site);
    else
        file->stepped.survived++;
    file->sites++;
}

/* The thread of the site is suspended, and the visitor looks. */
static void look_at_suspended(const char *wrong) {
    struct verify_finding finding;
    file->sites--;
    if (wrong)
        broken("", wrong, &at_site);
    else if (look(site_thread, file->stepped.sp, &at_site, &finding))
        file->stepped.survived++;
    else if (!broken_here)
        broken(finding.rule_name, finding.words, &at_site);
    file->sites++;
}

/* The code of an image: the pages of its .text. */
static void image_add(HMODULE module, const char *word) {
    const char *base = (const char *)module;
    const IMAGE_NT_HEADERS *headers = (const IMAGE_NT_HEADERS *)(base + ((const IMAGE_DOS_HEADER *)base)->e_lfanew);
    const IMAGE_SECTION_HEADER *section = IMAGE_FIRST_SECTION(headers);
    static size_t used;
    enum { PAGE_BYTES = 4096 };
    for (unsigned index = 0; index < headers->FileHeader.NumberOfSections; index++, section++) {
        uint32_t bytes = (section->Misc.VirtualSize + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
        if (memcmp(section->Name, ".text", 6) || used + bytes > SWEEP_CODE_BYTES_MAX)
            continue;
        uint32_t image = file->stepped.images_count++;
        struct sweep_image *described = &file->stepped.images[image];
        *described = (struct sweep_image){.base = (uint32_t)(uintptr_t)base, .code_offset = section->VirtualAddress, .code_bytes = bytes};
        snprintf(described->word, sizeof described->word, "%s", word);
        plan.images[plan.image_count++] = (struct trap_range){(uintptr_t)base + section->VirtualAddress, (uintptr_t)base + section->VirtualAddress + bytes};
        come_to_begin[image] = used;
        used += bytes;
    }
}

/* A schedule of instructions that none can match. NULL: one may; else one line. */
static const char *never_matches(const struct inject_schedule *when) {
    if (when->phase >= 0 && when->phase != INJECT_TEXT)
        return "--step, --suspend: instructions are stepped while the text runs: phase=text, or no phase";
    bool is_known = !when->point[0];
    for (uint32_t image = 0; image < file->stepped.images_count; image++)
        is_known |= !strcmp(when->point, file->stepped.images[image].word);
    return is_known ? NULL : "--step, --suspend: the point of an instruction is the image that it lies in: runtime, foreign, executor";
}

const char *step_sweep_step_prepare(struct inject_schedule *when, struct sweep_header *where, const struct step_options *options) {
    struct inject_report managed_x87, foreign_x87;
    inject_fault_report(SCENARIO_FAULT_X87, &managed_x87);
    step.foreign->fault_report(SCENARIO_FAULT_X87, &foreign_x87);
    /* The harness's own bookkeeping is no part of the text. An x87 exception is pending from one instruction to the next, and a trap between the two would lose it: Wine drops what is
     * pending whenever it sets a context (8.0, dlls/ntdll/unix/signal_i386.c, restore_fpu). */
    static uintptr_t skipped[] = {
        (uintptr_t)step_event_seen, (uintptr_t)step_event_last, (uintptr_t)step_leave, (uintptr_t)step_guard_enter, (uintptr_t)step_guard_leave, (uintptr_t)step_guard_inside,
        (uintptr_t)step_guard_process, (uintptr_t)step_scenario_begin, (uintptr_t)step_clobber_dead_stack, (uintptr_t)step_clobber, (uintptr_t)step_clobber_wiped, (uintptr_t)step_foreign_clobber, (uintptr_t)step_thread_enter,
        (uintptr_t)step_thread_leave, (uintptr_t)step_on_last_words, (uintptr_t)step_stop, 0, 0, 0,
    };
    enum { SKIPPED = sizeof skipped / sizeof *skipped };
    skipped[SKIPPED - 3] = (uintptr_t)step.foreign->unwind_find;
    skipped[SKIPPED - 2] = managed_x87.routine;
    skipped[SKIPPED - 1] = foreign_x87.routine;
    schedule = when;
    file = where;
    suspends = options->suspend;
    plan.site = on_site;
    plan.walked = on_walked;
    plan.skipped = skipped;
    plan.skipped_count = SKIPPED;
    image_add(GetModuleHandleA(options->runtime), "runtime");
    image_add(GetModuleHandleA(options->foreign), "foreign");
    image_add(GetModuleHandleA(NULL), "executor");
    if (plan.image_count != 3)
        return "--step: an image has no section .text, or there is more code than a sweep can hold";
    const char *error = never_matches(when);
    if (error)
        return error;
    if (suspends && !sweep_suspend_prepare(look_at_suspended))
        return "--suspend: Windows has no thread for the visitor";
    return trap_prepare(&plan) ? NULL : "--step: no memory for a vectored handler";
}

const char *step_sweep_step_fits(const struct scenario_program *program) {
    for (size_t index = 1; index < program->count; index++) {
        const struct scenario_node *node = &program->nodes[index];
        bool faults = node->operation == SCENARIO_FAULT && (node->kind == SCENARIO_FAULT_STEP || node->kind == SCENARIO_FAULT_ICEBP);
        if (faults || (node->operation == SCENARIO_RAISE && node->number == EXCEPTION_SINGLE_STEP))
            return "--step, --suspend: the text raises 80000004 itself, which is what a step is: leave `fault step`, `fault icebp` and `raise 0x80000004` out";
    }
    return NULL;
}

void step_sweep_step_begin(void) {
    if (plan.image_count)
        trap_begin();
}

void step_sweep_step_end(void) {
    if (plan.image_count)
        trap_end();
}
