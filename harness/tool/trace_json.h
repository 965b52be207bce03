/* A trace as an array of its lines. */
#ifndef EXCHAIN_TOOL_TRACE_JSON_H
#define EXCHAIN_TOOL_TRACE_JSON_H

#include "json.h"
#include "trace/event.h"

void json_trace(struct json *json, const char *key, const struct scenario_program *program, const struct trace_event *events, size_t count);

#endif
