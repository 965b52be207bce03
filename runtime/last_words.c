/* Last words: the process is about to end, and says why.
 *
 * Nothing here uses the heap or trusts the runtime's own state: constant titles, static buffers, one WriteFile. Each rung of the ladder has an exit code of its
 * own, so that a parent can tell how far it came:
 *   the NTSTATUS        a crash, reported in full
 *   the stop code       the runtime found itself broken, reported in full
 *   2                   a panic that nobody recovered, on a thread that was only attached (Go's status for it)
 *   0xE1FF              last words were spoken while last words were being spoken */
#include "internal.h"

enum { XC_EXIT_PANIC = 2, XC_EXIT_LAST_WORDS_TWICE = 0xE1FF };
enum { XC_PATIENCE_MS = 60000 }; /* with another thread that is speaking */

static void (*xc_on_last_words)(const struct xc_last_words *words);
static bool xc_quiet;
static struct xc_last_words xc_words;
static volatile LONG xc_speaker; /* id of the thread that speaks; 0: nobody has spoken */
static char xc_line[512];
static size_t xc_line_length;
static bool xc_filter_is_set; /* it is the process's, or somebody's who came later may pass on to it */
static bool xc_filter_speaks; /* the runtime is started */
static LPTOP_LEVEL_EXCEPTION_FILTER xc_filter_before;

XC_CODE void xc_last_words_configure(const struct xc_options *options) {
    xc_on_last_words = options->on_last_words;
    xc_quiet = options->quiet;
}

XC_CODE static void xc_line_text(const char *text) {
    while (*text && xc_line_length < sizeof xc_line)
        xc_line[xc_line_length++] = *text++;
}

XC_CODE static void xc_line_hex(uintptr_t number) {
    static const char digits[] = "0123456789ABCDEF";
    char text[2 * sizeof number + 1];
    for (unsigned place = 0; place < 2 * sizeof number; place++)
        text[place] = digits[number >> 4 * (2 * sizeof number - 1 - place) & 15];
    text[2 * sizeof number] = 0;
    xc_line_text(text);
}

/* *** STOP: 0x0000E102 SEH_RECORD_LEFT_BEHIND (0x..., 0x..., 0x..., 0x...) */
XC_CODE static void xc_line_print(void) {
    xc_line_length = 0;
    xc_line_text(xc_words.is_stop ? "*** STOP: 0x" : xc_words.is_panic ? "*** PANIC: 0x" : "*** CRASH: 0x");
    xc_line_hex(xc_words.code);
    xc_line_text(" ");
    xc_line_text(xc_words.title);
    for (unsigned index = 0; index < 4; index++) {
        xc_line_text(index ? ", 0x" : " (0x");
        xc_line_hex(xc_words.parameters[index]);
    }
    xc_line_text(")\r\n");
    DWORD written;
    WriteFile(GetStdHandle(STD_ERROR_HANDLE), xc_line, xc_line_length, &written, NULL);
}

XC_CODE bool xc_last_words_speaking(void) { return xc_speaker && xc_speaker == (LONG)GetCurrentThreadId(); }

/* There is one speaker. Another thread in the same need waits: whoever speaks ends the process. What goes wrong in the speaker itself has no words left. */
XC_CODE static void xc_speak(const struct xc_last_words *words) {
    LONG thread = (LONG)GetCurrentThreadId(), speaker = InterlockedCompareExchange(&xc_speaker, thread, 0);
    if (speaker && speaker != thread)
        Sleep(XC_PATIENCE_MS);
    if (speaker)
        TerminateProcess(GetCurrentProcess(), XC_EXIT_LAST_WORDS_TWICE);
    xc_words = *words;
    if (xc_on_last_words)
        xc_on_last_words(&xc_words);
    if (!xc_quiet)
        xc_line_print();
}

XC_CODE _Noreturn static void xc_speak_and_end(const struct xc_last_words *words, uint32_t status) {
    xc_speak(words);
    for (;;)
        TerminateProcess(GetCurrentProcess(), status);
}

XC_CODE _Noreturn void xc_stop(enum xc_stop code, uintptr_t p1, uintptr_t p2, uintptr_t p3, uintptr_t p4) {
    const char *title = "UNKNOWN";
    switch (code) {
#define STOP(stop, name, d1, d2, d3, d4) \
    case XC_STOP_##name: \
        title = #name; \
        break;
#include "stops.def"
#undef STOP
    }
    struct xc_last_words words = {.code = code, .is_stop = true, .place = XC_PLACE_RUNTIME, .title = title, .parameters = {p1, p2, p3, p4}};
    xc_speak_and_end(&words, code);
}

XC_CODE _Noreturn void xc_panic_not_recovered(const struct xc_panic *panic) {
    struct xc_last_words words = {
        .code = panic->value, .is_panic = true, .is_fault = panic->is_fault, .title = "PANIC_NOT_RECOVERED", .parameters = {panic->fault_pc, panic->fault_address}};
    xc_speak_and_end(&words, XC_EXIT_PANIC);
}

XC_CODE static struct xc_last_words xc_crash_words(enum xc_place place, const EXCEPTION_RECORD *record, const CONTEXT *context) {
    static const char *const titles[] = {"FAULT_IN_MANAGED_CODE", "FAULT_IN_FOREIGN_CODE", "FAULT_IN_THE_RUNTIME"};
    struct xc_last_words words = {.code = record->ExceptionCode, .place = place, .title = titles[place],
                                  .parameters = {xc_arch_context_pc(context), xc_arch_context_sp(context)}};
    for (unsigned index = 0; index < 2 && index < record->NumberParameters; index++)
        words.parameters[2 + index] = record->ExceptionInformation[index];
    return words;
}

XC_CODE _Noreturn void xc_crash(enum xc_place place, const EXCEPTION_RECORD *record, const CONTEXT *context) {
    struct xc_last_words words = xc_crash_words(place, record, context);
    xc_speak_and_end(&words, record->ExceptionCode);
}

/* Nobody took an exception. It was raised in foreign code, or the runtime would have ended it. */
XC_CODE static LONG WINAPI xc_filter(EXCEPTION_POINTERS *pointers) {
    if (xc_filter_speaks) {
        struct xc_last_words words = xc_crash_words(XC_PLACE_FOREIGN, pointers->ExceptionRecord, pointers->ContextRecord);
        xc_speak(&words);
    }
    return xc_filter_before ? xc_filter_before(pointers) : EXCEPTION_EXECUTE_HANDLER; /* the process ends with the exception's code */
}

XC_CODE void xc_filter_set(void) {
    if (!xc_filter_is_set)
        xc_filter_before = SetUnhandledExceptionFilter(xc_filter);
    xc_filter_is_set = xc_filter_speaks = true;
}

/* Somebody who set a filter behind ours may pass on to it: then theirs stays in place, and so does ours, which only passes on from now on. */
XC_CODE void xc_filter_take_back(void) {
    LPTOP_LEVEL_EXCEPTION_FILTER now = SetUnhandledExceptionFilter(xc_filter_before);
    if (now != xc_filter)
        SetUnhandledExceptionFilter(now);
    xc_filter_is_set = now != xc_filter;
    xc_filter_speaks = false;
}
