/* Calls back with arguments, as libraries do: through a function pointer of its own C type for each convention and each number of arguments.
 *
 * This file is compiled as code that relies on 4 bytes of stack alignment and leaves it so (CMakeLists.txt), as Windows' own code was: with esp where the caller had it,
 * the callback is entered as skewed as this function was. */
#include "foreign.h"

#include "frame.h"

/* The types: T0 T1 ... of N arguments each. */
#define LIST_0 void
#define LIST_1 uintptr_t
#define LIST_2 LIST_1, uintptr_t
#define LIST_3 LIST_2, uintptr_t
#define LIST_4 LIST_3, uintptr_t
#define LIST_5 LIST_4, uintptr_t
#define LIST_6 LIST_5, uintptr_t
#define LIST_7 LIST_6, uintptr_t
#define LIST_8 LIST_7, uintptr_t
#define LIST_9 LIST_8, uintptr_t

#define PASS_0
#define PASS_1 values[0]
#define PASS_2 PASS_1, values[1]
#define PASS_3 PASS_2, values[2]
#define PASS_4 PASS_3, values[3]
#define PASS_5 PASS_4, values[4]
#define PASS_6 PASS_5, values[5]
#define PASS_7 PASS_6, values[6]
#define PASS_8 PASS_7, values[7]
#define PASS_9 PASS_8, values[8]

#define CASE(convention, number) \
    case number: return ((uintptr_t (convention *)(LIST_##number))args->function)(PASS_##number);
#define CASES(convention) \
    CASE(convention, 0) CASE(convention, 1) CASE(convention, 2) CASE(convention, 3) CASE(convention, 4) \
    CASE(convention, 5) CASE(convention, 6) CASE(convention, 7) CASE(convention, 8) CASE(convention, 9)

static uintptr_t call_cdecl(const struct foreign_args *args) {
    const uintptr_t *values = args->values;
    switch (args->count) {
        CASES(__cdecl)
    default: return 0;
    }
}

static uintptr_t call_stdcall(const struct foreign_args *args) {
    const uintptr_t *values = args->values;
    switch (args->count) {
        CASES(__stdcall)
    default: return 0;
    }
}

void foreign_args_typed(struct foreign_args *args) {
    args->result = foreign_call_skewed(args->convention == SCENARIO_STDCALL ? call_stdcall : call_cdecl, args, args->skew);
}

void foreign_args_checked(struct foreign_args *args) {
    uintptr_t popped = args->convention == SCENARIO_STDCALL ? args->count * sizeof(uintptr_t) : 0;
    foreign_call_checked(args);
    args->sp_expected = args->sp_before + popped;
}
