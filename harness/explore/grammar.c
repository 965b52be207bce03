#include "grammar.h"

unsigned explore_context_index(struct explore_context context) {
    unsigned index = context.side;
    index = index * 4 + context.taker;
    index = index * EXPLORE_DEAD_COUNT + context.dead;
    index = index * 3 + context.walked;
    index = index * EXPLORE_MARK_COUNT + context.mark;
    index = index * 2 + context.cxx_first;
    index = index * 2 + context.gate_open;
    return index * 2 + context.has_task;
}

struct explore_context explore_context_of_text(void) { return (struct explore_context){.side = SCENARIO_SIDE_MANAGED, .has_task = true}; }

/* Something stands on the list before what was the head at the mark. */
static void register_record(struct explore_context *context) {
    if (context->mark == EXPLORE_MARK_AT_DEAD)
        context->mark = EXPLORE_MARK_OUT_OF_REACH;
}

struct explore_context explore_context_behind(struct explore_context context, enum explore_exit exit) {
    if (exit == EXPLORE_LEAVES_RECORD)
        register_record(&context);
    if (exit == EXPLORE_LEAVES_RECORD && context.dead == EXPLORE_NONE_DEAD)
        context.dead = EXPLORE_DEAD_HERE;
    else if (exit == EXPLORE_LEAVES_RECORD && context.dead == EXPLORE_DEAD_OUTSIDE)
        context.dead = EXPLORE_DEAD_HERE_AND_OUTSIDE;
    if (exit != EXPLORE_LEAVES_RUIN)
        return context;
    context.dead = EXPLORE_RUINED; /* no walk gets past it: of those around nobody is asked any more */
    context.taker = EXPLORE_NOBODY;
    context.cxx_first = false;
    if (context.mark == EXPLORE_MARK)
        context.mark = EXPLORE_MARK_LOST;
    return context;
}

bool explore_context_allows(struct explore_context context, enum explore_exit exit) {
    switch (exit) {
    case EXPLORE_LEAVES_RECORD:
    case EXPLORE_LEAVES_RUIN: return context.side == SCENARIO_SIDE_FOREIGN;
    case EXPLORE_PANIC:
    case EXPLORE_GOEXIT:
    case EXPLORE_PANIC_OVER_GOEXIT: return context.has_task; /* one that a callback brings along goes no further than the callback */
    case EXPLORE_CAUGHT: return context.taker == EXPLORE_A_CATCH || context.taker == EXPLORE_A_RESUME_IN_A_CATCH;
    case EXPLORE_JUMP: return context.mark == EXPLORE_MARK || context.mark == EXPLORE_MARK_AT_DEAD;
    case EXPLORE_THROWN: return context.cxx_first;
    case EXPLORE_GTHROWN: return context.walked == EXPLORE_WALKED_CLEAN;
    default: return true;
    }
}

enum explore_exit explore_exit_of_nothing(struct explore_context context) {
    if (context.dead == EXPLORE_RUINED)
        return EXPLORE_LEAVES_RUIN;
    return explore_is_dead_here(context.dead) ? EXPLORE_LEAVES_RECORD : EXPLORE_GOES_ON;
}

static enum explore_exit exit_of_raise(struct explore_context context) {
    if (context.taker == EXPLORE_NOBODY)
        return EXPLORE_DEATH;
    return context.taker == EXPLORE_A_CATCH ? EXPLORE_CAUGHT : explore_exit_of_nothing(context);
}

/* Who continues it makes Windows raise another, which only a catch takes. */
static enum explore_exit exit_of_hard_raise(struct explore_context context) {
    return context.taker == EXPLORE_A_CATCH || context.taker == EXPLORE_A_RESUME_IN_A_CATCH ? EXPLORE_CAUGHT : EXPLORE_DEATH;
}

static enum explore_exit exit_of_throw(struct explore_context context) { return context.cxx_first ? EXPLORE_THROWN : exit_of_hard_raise(context); }

static enum explore_exit exit_of_gthrow(struct explore_context context) {
    if (context.walked == EXPLORE_WALKED_NOBODY)
        return EXPLORE_DEATH; /* and nothing was unwound */
    return context.walked == EXPLORE_WALKED_CLEAN && !explore_is_dead_here(context.dead) ? EXPLORE_GTHROWN : EXPLORE_IMPOSSIBLE;
}

static enum explore_exit exit_of_clobber(struct explore_context context) {
    switch ((enum explore_dead)context.dead) {
    case EXPLORE_NONE_DEAD: return EXPLORE_GOES_ON;
    case EXPLORE_DEAD_HERE:
    case EXPLORE_RUINED: return EXPLORE_LEAVES_RUIN;
    default: return EXPLORE_IMPOSSIBLE;
    }
}

static enum explore_exit exit_of_jump(struct explore_context context) {
    switch ((enum explore_mark)context.mark) {
    case EXPLORE_MARK:
    case EXPLORE_MARK_AT_DEAD: return EXPLORE_JUMP;
    case EXPLORE_MARK_LOST: return EXPLORE_DEATH;
    default: return EXPLORE_IMPOSSIBLE;
    }
}

enum explore_exit explore_exit_of_leaf(enum explore_behaviour behaviour, struct explore_context context) {
    switch (behaviour) {
    case EXPLORE_GOES_ON_LEAF: return explore_exit_of_nothing(context);
    case EXPLORE_CLOBBERS: return exit_of_clobber(context);
    case EXPLORE_PANICS: return EXPLORE_PANIC;
    case EXPLORE_PANICS_GATED: return context.gate_open ? EXPLORE_PANIC : EXPLORE_DEATH;
    case EXPLORE_EXITS: return EXPLORE_GOEXIT;
    case EXPLORE_RAISES: return exit_of_raise(context);
    case EXPLORE_RAISES_HARD: return exit_of_hard_raise(context);
    case EXPLORE_THROWS: return exit_of_throw(context);
    case EXPLORE_GTHROWS: return exit_of_gthrow(context);
    case EXPLORE_JUMPS: return exit_of_jump(context);
    default: return EXPLORE_DEATH;
    }
}

static struct explore_context on_new_thread(enum scenario_side side, bool has_task) { return (struct explore_context){.side = (uint8_t)side, .has_task = has_task}; }

/* Inside a frame with a record. g++'s unwinder walks past C's that registered one by hand, and stops at what another compiler made. */
static struct explore_context behind_record(struct explore_context context, bool stops_walk) {
    register_record(&context);
    if (stops_walk)
        context.walked = EXPLORE_WALKED_NOBODY;
    else if (context.walked == EXPLORE_WALKED_CLEAN)
        context.walked = EXPLORE_WALKED_RECORDS;
    return context;
}

/* A call, a callback, a frame, a mark, a loop: what is left behind outside is not theirs to name, to unlink or to overwrite. */
static struct explore_context with_dead_outside(struct explore_context context) {
    if (!explore_is_dead_here(context.dead))
        return context;
    context.dead = EXPLORE_DEAD_OUTSIDE;
    if (context.walked == EXPLORE_WALKED_CLEAN)
        context.walked = EXPLORE_WALKED_RECORDS; /* HERE was inside of the frame of g++'s, too */
    return context;
}

struct explore_context explore_context_inside(enum explore_behaviour behaviour, bool stops_walk, struct explore_context context) {
    struct explore_context inside = context;
    switch (behaviour) {
    case EXPLORE_CARRIES: return on_new_thread(SCENARIO_SIDE_MANAGED, true);
    case EXPLORE_STARTS: return on_new_thread(SCENARIO_SIDE_FOREIGN, false);
    case EXPLORE_STARTS_TASK: return explore_context_of_text();
    case EXPLORE_GATES: inside.gate_open = true; return inside;
    case EXPLORE_LEAKS: return behind_record(inside, stops_walk);
    case EXPLORE_PASSES:
    case EXPLORE_RECOVERS:
    case EXPLORE_DEFERS: return inside;
    default: break;
    }
    inside = with_dead_outside(inside);
    switch (behaviour) {
    case EXPLORE_MARKS: inside.mark = explore_is_dead_here(context.dead) ? EXPLORE_MARK_AT_DEAD : EXPLORE_MARK; return inside;
    case EXPLORE_REPEATS:
    case EXPLORE_GXX_LOOKS: return inside;
    case EXPLORE_GXX_CATCHES:
    case EXPLORE_GXX_RETHROWS:
    case EXPLORE_GXX_REFAULTS: inside.walked = EXPLORE_WALKED_CLEAN; return inside;
    case EXPLORE_CALLS:
        inside.side = SCENARIO_SIDE_FOREIGN;
        return inside;
    case EXPLORE_CALLS_BACK_ELSEWHERE:
        inside = on_new_thread(SCENARIO_SIDE_MANAGED, true);
        inside.gate_open = context.has_task && context.gate_open;
        return inside;
    case EXPLORE_CALLS_BACK:
        inside.side = SCENARIO_SIDE_MANAGED;
        inside.walked = EXPLORE_WALKED_NOBODY;
        inside.gate_open = context.has_task && context.gate_open;
        inside.has_task = true;
        register_record(&inside);
        return inside;
    default: break;
    }
    inside = behind_record(inside, stops_walk);
    switch (behaviour) {
    case EXPLORE_CATCHES:
        inside.taker = EXPLORE_A_CATCH;
        inside.cxx_first = false;
        break;
    case EXPLORE_RESUMES:
        inside.taker = context.taker == EXPLORE_NOBODY || context.taker == EXPLORE_A_RESUME ? EXPLORE_A_RESUME : EXPLORE_A_RESUME_IN_A_CATCH;
        inside.cxx_first = false;
        break;
    case EXPLORE_REFAULTS: /* asked about a C++ exception, it faults first, and that is not C++'s: only where somebody continues it are those further out asked */
        if (context.taker == EXPLORE_NOBODY || context.taker == EXPLORE_A_CATCH)
            inside.cxx_first = false;
        break;
    case EXPLORE_CXX_CATCHES:
    case EXPLORE_CXX_RETHROWS:
    case EXPLORE_CXX_REFAULTS: inside.cxx_first = true; break;
    default: break;
    }
    return inside;
}

/* A task that began with its callback ends with it. */
static enum explore_exit exit_of_attached(enum explore_exit inside) {
    switch (inside) {
    case EXPLORE_GOEXIT: return EXPLORE_GOES_ON;
    case EXPLORE_PANIC:
    case EXPLORE_PANIC_OVER_GOEXIT: return EXPLORE_DEATH; /* nobody can recover it */
    default: return inside;
    }
}

/* By its end: into what stands behind it. */
static enum explore_exit ended(struct explore_context context, enum explore_exit exit) {
    return exit == EXPLORE_GOES_ON ? explore_exit_of_nothing(context) : exit;
}

enum explore_exit explore_exit_of_block(enum explore_behaviour behaviour, struct explore_context context, enum explore_exit inside) {
    bool left_record = inside == EXPLORE_LEAVES_RECORD || inside == EXPLORE_LEAVES_RUIN;
    switch (behaviour) {
    case EXPLORE_CALLS: return left_record ? EXPLORE_DEATH : inside;
    case EXPLORE_RECOVERS: return inside == EXPLORE_PANIC ? EXPLORE_GOES_ON : inside == EXPLORE_PANIC_OVER_GOEXIT ? EXPLORE_GOEXIT : inside;
    case EXPLORE_CALLS_BACK: return ended(context, context.has_task ? inside : exit_of_attached(inside));
    case EXPLORE_CARRIES: return ended(context, exit_of_attached(inside));
    case EXPLORE_STARTS: return ended(context, left_record ? EXPLORE_GOES_ON : inside); /* what is left behind there is gone with its stack */
    case EXPLORE_CALLS_BACK_ELSEWHERE:
        if (context.has_task && (inside == EXPLORE_PANIC || inside == EXPLORE_PANIC_OVER_GOEXIT || inside == EXPLORE_GOEXIT))
            return EXPLORE_DEATH; /* none of them comes back from a fiber */
        return ended(context, exit_of_attached(inside));
    case EXPLORE_STARTS_TASK:
        if (inside == EXPLORE_GOEXIT)
            return ended(context, EXPLORE_GOES_ON);
        return inside == EXPLORE_GOES_ON ? ended(context, inside) : EXPLORE_IMPOSSIBLE;
    case EXPLORE_LOOKS:
    case EXPLORE_REFAULTS:
    case EXPLORE_RESUMES: return ended(context, left_record ? EXPLORE_GOES_ON : inside); /* a good frame puts its own Next back */
    case EXPLORE_CATCHES: return ended(context, left_record || inside == EXPLORE_CAUGHT ? EXPLORE_GOES_ON : inside);
    case EXPLORE_CXX_CATCHES: return ended(context, left_record || inside == EXPLORE_THROWN ? EXPLORE_GOES_ON : inside);
    case EXPLORE_CXX_RETHROWS: return inside == EXPLORE_THROWN ? exit_of_throw(context) : ended(context, left_record ? EXPLORE_GOES_ON : inside);
    case EXPLORE_CXX_REFAULTS: return inside == EXPLORE_THROWN ? exit_of_raise(context) : ended(context, left_record ? EXPLORE_GOES_ON : inside);
    case EXPLORE_GXX_LOOKS: return ended(context, inside);
    case EXPLORE_GXX_CATCHES: return ended(context, inside == EXPLORE_GTHROWN ? EXPLORE_GOES_ON : inside);
    case EXPLORE_GXX_RETHROWS: return inside == EXPLORE_GTHROWN ? exit_of_gthrow(context) : ended(context, inside);
    case EXPLORE_GXX_REFAULTS: return inside == EXPLORE_GTHROWN ? exit_of_raise(context) : ended(context, inside);
    case EXPLORE_LEAKS: return inside == EXPLORE_GOES_ON ? EXPLORE_LEAVES_RECORD : inside;
    case EXPLORE_MARKS: return ended(context, inside == EXPLORE_JUMP ? EXPLORE_GOES_ON : inside);
    case EXPLORE_REPEATS: return left_record ? EXPLORE_IMPOSSIBLE : ended(context, inside);
    default: return inside;
    }
}

enum explore_exit explore_exit_of_defer(enum explore_exit body, enum explore_exit deferred, bool deferred_is_empty) {
    bool panics = deferred == EXPLORE_PANIC || deferred == EXPLORE_PANIC_OVER_GOEXIT;
    switch (body) {
    case EXPLORE_DEATH: return deferred_is_empty ? EXPLORE_DEATH : EXPLORE_IMPOSSIBLE;
    case EXPLORE_CAUGHT:
    case EXPLORE_THROWN:
    case EXPLORE_JUMP: /* the unwinding runs it */
        if (deferred == EXPLORE_GOES_ON)
            return body;
        return panics || deferred == EXPLORE_GOEXIT ? EXPLORE_DEATH : deferred;
    case EXPLORE_GOEXIT:
    case EXPLORE_PANIC_OVER_GOEXIT:
        if (deferred == EXPLORE_PANIC)
            return EXPLORE_PANIC_OVER_GOEXIT;
        return deferred == EXPLORE_GOES_ON ? body : deferred;
    default: return deferred == EXPLORE_GOES_ON ? body : deferred;
    }
}
