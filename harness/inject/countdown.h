/* Refusals by count: stands between a runtime under test and Windows, counts its requests, refuses those that the schedule names, and keeps the account of what was
 * taken and not given back. */
#ifndef EXCHAIN_INJECT_COUNTDOWN_H
#define EXCHAIN_INJECT_COUNTDOWN_H

#include "../adapters/adapter.h"
#include "sweep_file.h"

/* Before the runtime is started. `schedule` and `file` stay the caller's and must stay; `depth` says how many calls into C are open on the calling thread. */
void inject_countdown_begin(struct inject_schedule *schedule, struct sweep_header *file, uint32_t (*depth)(void));
extern const struct adapter_injector inject_countdown;

/* Writes the account into the file. */
void inject_countdown_end(void);

#endif
