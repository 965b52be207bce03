/* The thread that is running, and the stack it is on. A scenario's threads wait for each other, so what is known of "the" thread is changed and put back, never shared. */
#include "known_chain.h"

#include <windows.h>

void step_thread_use(const struct step_thread *thread) {
    if (step.thread.stack_base != thread->stack_base || step.thread.final_record != thread->final_record)
        known_chain_forget();
    step.thread = *thread;
    step.chain.stack_base = thread->stack_base;
    step.chain.final_record = thread->final_record;
    step.chain.final_handler = thread->final_handler;
}

void step_thread_first_seen(struct step_thread *thread) {
    *thread = (struct step_thread){.id = machine_thread_id(), .stack_base = machine_tib(TIB_STACK_BASE), .lowest_sp = machine_sp()};
    for (uintptr_t address = machine_tib(TIB_HEAD); address != UINTPTR_MAX;) {
        const uintptr_t *record = (const uintptr_t *)address;
        thread->final_record = address;
        thread->final_handler = record[1];
        address = record[0];
    }
}

void step_thread_enter(struct step_thread *before) {
    *before = step.thread;
    bool same_thread = step.thread.id == machine_thread_id();
    if (same_thread && step.thread.stack_base == machine_tib(TIB_STACK_BASE))
        return;
    struct step_thread now;
    step_thread_first_seen(&now);
    if (same_thread) { /* on a fiber: another stack, with a chain of its own, but the task is the same */
        now.task = before->task;
        now.operation = before->operation;
        now.below_size = before->below_size;
    }
    step_thread_use(&now);
}

void step_thread_leave(const struct step_thread *before) {
    uintptr_t lowest_sp = step.thread.lowest_sp;
    bool same = step.thread.id == before->id && step.thread.stack_base == before->stack_base;
    step_thread_use(before);
    if (same)
        step.thread.lowest_sp = lowest_sp;
}
