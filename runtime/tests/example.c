/* How a program uses the runtime: C calls back, the callback panics, the caller recovers; then a null dereference is recovered, too. */
#include <exchain/runtime.h>
#include <stdio.h>

static void callback(void *argument) {
    printf("managed: C called back with %s, and now there is a panic\n", (const char *)argument);
    xc_panic(42);
}

static void in_c(void *argument) {
    printf("C: calling back\n");
    xc_callback(callback, argument);
    printf("C: never reached\n");
}

static void call_c(void *argument) { xc_call(in_c, argument); }

static void read_nothing(void *argument) {
    int *volatile nothing = argument;
    printf("%d\n", *nothing);
}

static void say(const struct xc_panic *panic, void *argument) {
    (void)argument;
    printf(panic->is_fault ? "recovered: fault %08x\n" : "recovered: panic %u\n", (unsigned)panic->value);
}

static void work(void *argument) {
    xc_recover(call_c, argument, say, NULL);
    xc_recover(read_nothing, NULL, say, NULL);
}

int main(void) {
    struct xc_ending ending;
    enum xc_error error = xc_runtime_start(NULL);
    if (error == XC_OK)
        error = xc_run(work, "a word", &ending);
    printf("%s\n", error == XC_OK ? "done" : xc_error_text(error));
    return error != XC_OK || ending.end != XC_ENDED_RETURN;
}
