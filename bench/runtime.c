/* What the reference runtime's round trips cost. Prints one JSON object a row. */
#include <exchain/runtime.h>

#include "measure.h"

static unsigned rounds_left;

/* call */
static void nothing(void *unused) { (void)unused; }
static void calls(unsigned rounds) {
    while (rounds--)
        xc_call(nothing, NULL);
}

/* call + callback */
static void call_back(void *unused) {
    (void)unused;
    xc_callback(nothing, NULL);
}
static void callbacks(unsigned rounds) {
    while (rounds--)
        xc_call(call_back, NULL);
}

/* panic + recover */
static void panic(void *unused) {
    (void)unused;
    xc_panic(1);
}
static void panics(unsigned rounds) {
    while (rounds--)
        xc_recover(panic, NULL, NULL, NULL);
}

/* callback + panic + recover */
static void call_back_to_panic(void *unused) {
    (void)unused;
    xc_callback(panic, NULL);
}
static void call_to_panic(void *unused) {
    (void)unused;
    xc_call(call_back_to_panic, NULL);
}
static void callback_panics(unsigned rounds) {
    while (rounds--)
        xc_recover(call_to_panic, NULL, NULL, NULL);
}

/* fault + recover */
static void fault(void *unused) {
    (void)unused;
    __asm__ volatile("movl (%0), %0" : : "r"(0) : "memory");
}
static void faults(unsigned rounds) {
    while (rounds--)
        xc_recover(fault, NULL, NULL, NULL);
}

/* How time grows with nesting: a panic through so many calls and callbacks. */
static void nest(void *unused);
static void nest_back(void *unused) {
    (void)unused;
    xc_callback(nest, NULL);
}
static void nest(void *unused) {
    (void)unused;
    if (rounds_left-- == 0)
        xc_panic(1);
    xc_call(nest_back, NULL);
}
static unsigned depth;
static void nested_panics(unsigned rounds) {
    while (rounds--) {
        rounds_left = depth;
        xc_recover(nest, NULL, NULL, NULL);
    }
}

static void all(void *unused) {
    (void)unused;
    report("call", "ns", measure(calls, 1000000));
    report("call + callback", "ns", measure(callbacks, 1000000));
    report("callback + panic + recover", "ns", measure(callback_panics, 1000000));
    report("panic + recover", "ns", measure(panics, 1000000));
    report("fault + recover", "ns", measure(faults, 20000));
    for (depth = 8; depth <= 64; depth *= 2) {
        char name[64];
        snprintf(name, sizeof name, "panic through %u callbacks", depth);
        report(name, "ns", measure(nested_panics, 50000));
    }
}

int main(void) {
    if (xc_runtime_start(&(struct xc_options){.managed_stack_bytes = 1 << 20}) != XC_OK)
        return 3;
    return xc_run(all, NULL, NULL) == XC_OK ? 0 : 3;
}
