/* A known difference of a platform, as JSON. */
#ifndef EXCHAIN_TOOL_DIFFERENCES_H
#define EXCHAIN_TOOL_DIFFERENCES_H

#include "json.h"

/* An object of its own: id, platforms, reason, source. */
void tool_difference(struct json *json, unsigned number);
/* The same members, for an object that has more. */
void tool_difference_members(struct json *json, unsigned number);

#endif
