/* The patterns, one function each; explain_hint.c says which is told. */
#include <string.h>

#include "explain/hinting.h"

/* How far behind a weak key its own object is looked for, and how deep
 * coroutines that await each other are gone through. */
enum { NEAR = 32, MOST_AWAITED = 1000 };

static const struct rg_graph *graph_seen(const struct rg__sight *sight)
{
    return sight->explaining->asked->naming.graph;
}

static const struct rg_node *node_of(const struct rg__sight *sight,
                                     uint32_t node)
{
    return &sight->explaining->asked->naming.closure->nodes[node];
}

static bool reads(const struct rg_graph *graph, struct rg_text text,
                  const char *word)
{
    size_t size = strlen(word);
    return text.size == size &&
           (size == 0 || memcmp(rg_graph_bytes(graph, text), word, size) == 0);
}

static bool starts_with(const struct rg_graph *graph, struct rg_text text,
                        const char *word)
{
    size_t size = strlen(word);
    return text.size >= size &&
           memcmp(rg_graph_bytes(graph, text), word, size) == 0;
}

static bool has_label(const struct rg__sight *sight, size_t i, const char *word)
{
    return reads(graph_seen(sight), sight->ways[i].words.label, word);
}

static bool is_kind(const struct rg__sight *sight, size_t i, enum rg_kind kind)
{
    return sight->ways[i].words.kind == kind;
}

static enum rg_status describe_thing(const struct rg__sight *sight,
                                     uint32_t node, struct rg_object *thing)
{
    const struct rg__naming *naming = &sight->explaining->asked->naming;
    *thing = (struct rg_object){0};
    return naming->namer->describe(naming->namer->context,
                                   &naming->closure->nodes[node], naming->graph,
                                   thing);
}

/* Whether step `i` leads to an object of this type.  The step has the name;
 * the module is asked for where that fits. */
static enum rg_status leads_to_type(const struct rg__sight *sight, size_t i,
                                    const char *name, const char *module,
                                    bool *fits)
{
    struct rg_object thing;
    *fits = false;
    if (!reads(graph_seen(sight),
               graph_seen(sight)->steps[sight->first_step + i].type, name))
        return RG_OK;
    enum rg_status status = describe_thing(sight, sight->nodes[i], &thing);
    *fits = status == RG_OK && reads(graph_seen(sight), thing.module, module);
    return status;
}

/* An item of a dict, under whose key the dict watches what comes soon behind
 * it on the path. */
static bool is_watched_item(const struct rg__sight *sight, size_t i,
                            uint32_t *about)
{
    const struct rg_witness *witness = sight->explaining->asked->witness;
    uint32_t dict = sight->ways[i].parent;
    if (!is_kind(sight, i, RG_ITEM) || dict == RG_NONE)
        return false;
    for (size_t k = i; k < sight->count && k < i + NEAR; k++) {
        *about = sight->nodes[k];
        if (witness->is_watched(witness->context, node_of(sight, dict),
                                node_of(sight, sight->nodes[i]),
                                node_of(sight, *about)))
            return true;
    }
    return false;
}

static enum rg_status prompt(const struct rg__sight *sight, size_t i,
                             bool *shows, uint32_t *about)
{
    const struct rg_witness *witness = sight->explaining->asked->witness;
    *about = sight->nodes[i];
    *shows =
        i == 0 && sight->ways[0].root != RG_NONE &&
        witness->grip(witness->context, node_of(sight, sight->ways[0].from),
                      node_of(sight, *about)) == RG_GRIP_KEPT;
    return RG_OK;
}

static enum rg_status finalizer(const struct rg__sight *sight, size_t i,
                                bool *shows, uint32_t *about)
{
    enum rg_status status = leads_to_type(sight, i, "_Info", "weakref", shows);
    if (*shows)
        *shows = is_watched_item(sight, i, about);
    return status;
}

static enum rg_status weak_key(const struct rg__sight *sight, size_t i,
                               bool *shows, uint32_t *about)
{
    enum rg_status status = RG_OK;
    if (i < 2 || !has_label(sight, i - 1, "data") ||
        !is_kind(sight, i - 1, RG_ATTRIBUTE))
        return RG_OK;
    status = leads_to_type(sight, i - 2, "WeakKeyDictionary", "weakref", shows);
    if (*shows)
        *shows = is_watched_item(sight, i, about);
    return status;
}

/* `F.total<key>[0]`: the first argument of a call, an instance of the class
 * whose attribute the cache is. */
static enum rg_status method_cache(const struct rg__sight *sight, size_t i,
                                   bool *shows, uint32_t *about)
{
    const struct rg_witness *witness = sight->explaining->asked->witness;
    bool is_cache;
    if (i + 2 >= sight->count || !is_kind(sight, i, RG_CLASS_ATTRIBUTE) ||
        sight->ways[i].parent == RG_NONE || !is_kind(sight, i + 2, RG_INDEX) ||
        sight->ways[i + 2].words.number != 0 || !is_kind(sight, i + 1, RG_KEY))
        return RG_OK;
    enum rg_status status =
        leads_to_type(sight, i, "_lru_cache_wrapper", "functools", &is_cache);
    *about = sight->nodes[i + 2];
    *shows = is_cache &&
             witness->is_instance(witness->context, node_of(sight, *about),
                                  node_of(sight, sight->ways[i].parent));
    return status;
}

static enum rg_status log_record(const struct rg__sight *sight, size_t i,
                                 bool *shows, uint32_t *about)
{
    if (i == 0 || !is_kind(sight, i, RG_ATTRIBUTE) ||
        !(has_label(sight, i, "args") || has_label(sight, i, "msg")))
        return RG_OK;
    *about = sight->nodes[i - 1];
    return leads_to_type(sight, i - 1, "LogRecord", "logging", shows);
}

/* A variable of a frame lets go what it names when the frame ends; an exception
 * that is being handled is held by one. */
static bool is_of_frame(enum rg_kind kind)
{
    switch (kind) {
    case RG_LOCAL:
    case RG_TEMPORARY:
    case RG_THREAD_STATE:
    case RG_GENERATOR_LOCAL:
    case RG_COROUTINE_LOCAL:
    case RG_ASYNC_LOCAL:
    case RG_GREENLET_LOCAL:
    case RG_FRAME_LOCAL:
        return true;
    default:
        return false;
    }
}

static enum rg_status traceback(const struct rg__sight *sight, size_t i,
                                bool *shows, uint32_t *about)
{
    bool has_frame = false;
    if (i == 0 || is_of_frame(sight->ways[i - 1].words.kind) ||
        !is_kind(sight, i, RG_MEMBER) || !has_label(sight, i, "__traceback__"))
        return RG_OK;
    for (size_t k = i + 1; k < sight->count && !has_frame; k++)
        has_frame = has_label(sight, k, "tb_frame");
    *about = sight->nodes[i - 1];
    return has_frame ? leads_to_type(sight, i, "traceback", "", shows) : RG_OK;
}

static bool is_wakeup(const struct rg_graph *graph,
                      const struct rg_object *thing)
{
    return reads(graph, thing->type, "TaskStepMethWrapper") ||
           reads(graph, thing->type, "TaskWakeupMethWrapper") ||
           (reads(graph, thing->type, "builtin_function_or_method") &&
            reads(graph, thing->detail, "task_wakeup"));
}

/* One of as many referrers as a task or a coroutine has. */
static enum rg_status look_at(const struct rg__sight *sight, uint32_t node,
                              struct rg_object *thing)
{
    struct rg_reading *reading = sight->explaining->asked->naming.reading;
    enum rg_status status = rg_poll(rg__reading_poll(reading), 1);
    return status == RG_OK ? describe_thing(sight, node, thing) : status;
}

/* Since 3.14 a future refers to the task that awaits it. */
static bool is_awaited_by(const struct rg__sight *sight, uint32_t future,
                          const struct rg_object *thing, uint32_t task)
{
    const struct rg_closure *closure = sight->explaining->asked->naming.closure;
    bool is_future = reads(graph_seen(sight), thing->type, "Future") ||
                     reads(graph_seen(sight), thing->type, "Task") ||
                     reads(graph_seen(sight), thing->type, "_GatheringFuture");
    for (uint32_t k = closure->first[future];
         is_future && k < closure->first[future + 1]; k++)
        if (closure->referrer[k] == task)
            return true;
    return false;
}

/* Whether only what wakes a task up, and what it waits for, refers to it: then
 * nobody can await it. */
static enum rg_status is_lost(const struct rg__sight *sight, uint32_t task,
                              bool *lost)
{
    const struct rg_closure *closure = sight->explaining->asked->naming.closure;
    uint32_t k = closure->first[task];
    *lost = k < closure->first[task + 1];
    for (; *lost && k < closure->first[task + 1]; k++) {
        struct rg_object thing;
        enum rg_status status = look_at(sight, closure->referrer[k], &thing);
        if (status != RG_OK)
            return status;
        *lost = is_wakeup(graph_seen(sight), &thing) ||
                is_awaited_by(sight, closure->referrer[k], &thing, task);
    }
    return RG_OK;
}

/* Who runs a coroutine: a task, or RG_NONE; *outer is the coroutine that
 * awaits it, or RG_NONE. */
static enum rg_status find_runner(const struct rg__sight *sight,
                                  uint32_t coroutine, uint32_t *task,
                                  uint32_t *outer)
{
    const struct rg_closure *closure = sight->explaining->asked->naming.closure;
    *task = *outer = RG_NONE;
    for (uint32_t k = closure->first[coroutine];
         k < closure->first[coroutine + 1]; k++) {
        struct rg_object thing;
        uint32_t referrer = closure->referrer[k];
        enum rg_status status = look_at(sight, referrer, &thing);
        if (status != RG_OK)
            return status;
        if (reads(graph_seen(sight), thing.type, "Task") &&
            reads(graph_seen(sight), thing.module, "_asyncio"))
            *task = referrer;
        else if (reads(graph_seen(sight), thing.type, "coroutine") &&
                 thing.module.size == 0)
            *outer = referrer;
    }
    return RG_OK;
}

static enum rg_status lost_task(const struct rg__sight *sight, size_t i,
                                bool *shows, uint32_t *about)
{
    uint32_t coroutine = sight->ways[i].parent, outer = RG_NONE;
    enum rg_status status = RG_OK;
    if (!is_kind(sight, i, RG_COROUTINE_LOCAL) || coroutine == RG_NONE)
        return RG_OK;
    *about = RG_NONE;
    for (int depth = 0; depth < MOST_AWAITED && coroutine != RG_NONE; depth++) {
        status = find_runner(sight, coroutine, about, &outer);
        if (status != RG_OK || *about != RG_NONE)
            break;
        coroutine = outer;
    }
    return status == RG_OK && *about != RG_NONE ? is_lost(sight, *about, shows)
                                                : status;
}

/* Whether step `i` is out of what callbacks are kept in: a container that
 * changes, or a table of the interpreter. */
static bool is_registration(const struct rg__sight *sight, size_t i)
{
    switch ((enum rg_kind)sight->ways[i].words.kind) {
    case RG_INTERPRETER:
    case RG_ITEM:
    case RG_KEY:
    case RG_SET_MEMBER:
        return true;
    case RG_INDEX:
        return !reads(graph_seen(sight), sight->ways[i].words.owner, "tuple");
    case RG_MEMBER: /* of a future, whose list and tuples have no other name */
        return starts_with(graph_seen(sight), sight->ways[i].words.label,
                           "_callbacks[");
    default:
        return false;
    }
}

static enum rg_status callback(const struct rg__sight *sight, size_t i,
                               bool *shows, uint32_t *about)
{
    if (i == 0 || !is_kind(sight, i, RG_CLOSURE) ||
        !is_registration(sight, i - 1))
        return RG_OK;
    *about = sight->nodes[i - 1];
    return leads_to_type(sight, i - 1, "function", "", shows);
}

/* `loop._scheduled[0]._callback`: what call_later was given.  asyncio has timers
 * of its own, which nobody can cancel so. */
static enum rg_status timer(const struct rg__sight *sight, size_t i,
                            bool *shows, uint32_t *about)
{
    struct rg_object owner = {0};
    enum rg_status status = RG_OK;
    if (i == 0 || !is_kind(sight, i, RG_ATTRIBUTE) ||
        !has_label(sight, i, "_callback"))
        return RG_OK;
    *about = sight->nodes[i];
    if (i + 1 < sight->count)
        status = describe_thing(sight, sight->nodes[i + 1], &owner);
    if (status != RG_OK ||
        starts_with(graph_seen(sight), owner.module, "asyncio."))
        return status;
    return leads_to_type(sight, i - 1, "TimerHandle", "asyncio.events", shows);
}

const rg__pattern_fn rg__patterns[RG_HINT_KIND_COUNT] = {
    [RG_HINT_PROMPT] = prompt,         [RG_HINT_FINALIZER] = finalizer,
    [RG_HINT_WEAK_KEY] = weak_key,     [RG_HINT_METHOD_CACHE] = method_cache,
    [RG_HINT_LOG_RECORD] = log_record, [RG_HINT_TRACEBACK] = traceback,
    [RG_HINT_LOST_TASK] = lost_task,   [RG_HINT_CALLBACK] = callback,
    [RG_HINT_TIMER] = timer,
};
