/* What a text holds that no executor can do yet: a SKIP with a reason, never a silent pass. */
#include "facts.h"

/* The words of each carrier and fault with their operation: the answer is static, so it cannot be put together when it is needed. */
static const char *const carriers[] = {
#define CARRIER(name, word, built) [SCENARIO_CARRIER_##name] = "via " word,
#include "carriers.def"
#undef CARRIER
};

static const char *const faults[] = {
#define FAULT_KIND(name, word, status, panics, built, ...) [SCENARIO_FAULT_##name] = "fault " word,
#include "../inject/fault_kinds.def"
#undef FAULT_KIND
};

const char *scenario_not_built(const struct scenario_program *program) {
    for (size_t number = 1; number < program->count; number++) {
        const struct scenario_node *node = &program->nodes[number];
        enum scenario_argument argument = scenario_operation_argument(node->operation);
        if (!scenario_operation_facts(node->operation)->built)
            return scenario_operation_facts(node->operation)->word;
        if (!scenario_kind_built(argument, node->kind))
            return argument == SCENARIO_ARGUMENT_CARRIER ? carriers[node->kind] : faults[node->kind];
    }
    return NULL;
}
