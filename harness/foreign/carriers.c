/* Carriers: Windows and the C library make the call back. Those that hand no argument through to their callback find it in `carried`; each carrier puts the
 * outer one back, and a carrier that was wiped is no harm: the next one sets its own. */
#include "foreign.h"

#include <stdlib.h>
#include <windows.h>

#include "user32.h"

static struct carried {
    void (*callback)(void *);
    void *argument;
    bool done;
} *carried;

static void carry(void) {
    struct carried *mine = carried;
    if (mine->done)
        return;
    mine->done = true;
    mine->callback(mine->argument);
    carried = mine;
}

/* A top-level window of our own, never shown, so that there is one to enumerate on a machine without any. It goes with the thread that made it. */
static void window_make(void) {
    static HWND window;
    if (!foreign_user32.IsWindow(window))
        window = foreign_user32.CreateWindowExA(0, "STATIC", "exchain", WS_POPUP, 0, 0, 1, 1, NULL, NULL, NULL, NULL);
}

/* A window whose procedure calls back. Messages go to the thread that made the window: the first thread's is kept, any other's goes with its call. */
static HWND own_window;
static DWORD own_window_thread;
static unsigned procedures_open;

enum { WM_CALL_BACK = WM_APP };

static LRESULT CALLBACK window_procedure(HWND window, UINT message, WPARAM word, LPARAM parameter) {
    if (message != WM_CALL_BACK)
        return foreign_user32.DefWindowProcA(window, message, word, parameter);
    carried = (struct carried *)parameter;
    procedures_open++;
    carry();
    procedures_open--;
    return 0;
}

unsigned foreign_abandoned(void) { return procedures_open; }

static HWND window_create(void) {
    WNDCLASSA description = {.lpfnWndProc = window_procedure, .hInstance = GetModuleHandleA(NULL), .lpszClassName = "exchain"};
    foreign_user32.RegisterClassA(&description); /* fails from the second time on */
    return foreign_user32.CreateWindowExA(0, "exchain", "exchain", WS_POPUP, 0, 0, 1, 1, NULL, NULL, description.hInstance, NULL);
}

static void send_message(struct carried *mine) {
    if (!own_window) {
        own_window = window_create();
        own_window_thread = GetCurrentThreadId();
    }
    bool is_own = own_window_thread == GetCurrentThreadId();
    HWND window = is_own ? own_window : window_create();
    foreign_user32.SendMessageA(window, WM_CALL_BACK, 0, (LPARAM)mine);
    if (!is_own)
        foreign_user32.DestroyWindow(window);
}

static void CALLBACK procedure_call(ULONG_PTR parameter) {
    carried = (struct carried *)parameter;
    carry();
}

static BOOL CALLBACK each_window(HWND window, LPARAM parameter) {
    (void)window;
    carried = (struct carried *)parameter;
    carry();
    return FALSE;
}

static BOOL CALLBACK each_format(LPSTR format) {
    (void)format;
    carry();
    return FALSE;
}

static int compare(const void *left, const void *right) {
    carry();
    return *(const int *)left - *(const int *)right;
}

bool foreign_via_ready(enum scenario_carrier carrier) {
    bool is_windows = carrier == SCENARIO_CARRIER_ENUMWINDOWS || carrier == SCENARIO_CARRIER_WNDPROC;
    return !is_windows || foreign_user32_ready();
}

bool foreign_via(enum scenario_carrier carrier, void (*callback)(void *), void *argument) {
    struct carried mine = {callback, argument, false}, *outer = carried;
    int numbers[2] = {2, 1}, key = 1;
    carried = &mine;
    switch (carrier) {
    case SCENARIO_CARRIER_ENUMWINDOWS:
        window_make();
        foreign_user32.EnumWindows(each_window, (LPARAM)&mine);
        break;
    case SCENARIO_CARRIER_WNDPROC: send_message(&mine); break;
    case SCENARIO_CARRIER_FIBER: mine.done = foreign_on_fiber(callback, argument); break;
    case SCENARIO_CARRIER_APC:
        QueueUserAPC(procedure_call, GetCurrentThread(), (ULONG_PTR)&mine);
        SleepEx(0, TRUE);
        break;
    case SCENARIO_CARRIER_ENUMTIMEFORMATS: EnumTimeFormatsA(each_format, LOCALE_USER_DEFAULT, 0); break;
    case SCENARIO_CARRIER_QSORT: qsort(numbers, 2, sizeof *numbers, compare); break;
    case SCENARIO_CARRIER_BSEARCH: bsearch(&key, numbers, 1, sizeof *numbers, compare); break;
    default: mine.done = foreign_on_thread_of(carrier, callback, argument); break;
    }
    carried = outer;
    return mine.done;
}
