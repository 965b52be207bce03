/* Which basic blocks of the runtime were reached, where it is one that tells. */
#include "explore.h"

#include <windows.h>

#include "../adapters/covered.h"

static struct adapter_cover cover;

void explore_reached_begin(const char *runtime, struct tally *tally) {
    typedef void cover_function(struct adapter_cover *cover);
    HMODULE module = LoadLibraryA(runtime); /* what it does when it is started is to be seen too; one that is not there gets its line from whoever loads it next */
    FARPROC entry = module ? GetProcAddress(module, ADAPTER_COVER_EXPORT) : NULL;
    if (!entry)
        return;
    cover = (struct adapter_cover){.marks = tally->reached, .size = sizeof tally->reached};
    ((cover_function *)(void *)entry)(&cover);
}

unsigned explore_reached_news(void) {
    unsigned news = cover.news;
    cover.news = 0;
    return news;
}
