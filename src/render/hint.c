/* hint.c - what people meet again and again, in a line each: what it is, and
 * what to do */
#include "render/why_parts.h"

#include <string.h>

#include "render/label.h"

static void put_hint_name(struct rg_sink *sink, const struct rg_graph *graph,
                          struct rg_text text)
{
    rg_label_text(sink, graph, text, RG_LABEL_NAME_WIDTH);
}

static void put_hint_type(struct rg_sink *sink, const struct rg_graph *graph,
                          const struct rg_hint *hint, const char *otherwise)
{
    if (hint->object == RG_NONE)
        rg_sink_text(sink, otherwise);
    else
        put_hint_name(sink, graph, graph->objects[hint->object].type);
}

static const struct rg_step *hint_step(const struct rg_graph *graph,
                                       const struct rg_hint *hint)
{
    static const struct rg_step none = {.object = RG_NONE};
    return hint->step == RG_NONE ? &none : &graph->steps[hint->step];
}

static bool is_owned_by(const struct rg_graph *graph,
                        const struct rg_step *step, const char *module)
{
    return step->owner.size == strlen(module) &&
           memcmp(rg_graph_bytes(graph, step->owner), module,
                  step->owner.size) == 0;
}

static void write_prompt(struct rg_sink *sink, const struct rg_graph *graph,
                         const struct rg_hint *hint)
{
    const struct rg_step *step = hint_step(graph, hint);
    if (is_owned_by(graph, step, "sys")) {
        rg_sink_text(sink, "sys.");
        put_hint_name(sink, graph, step->label);
        rg_sink_text(sink,
                     " keeps the last exception that nobody caught, for "
                     "pdb.pm(): del sys.last_value, sys.last_traceback (and "
                     "sys.last_exc)");
    } else if (is_owned_by(graph, step, "builtins")) {
        rg_sink_text(sink, "the prompt keeps its last result in `_`: the next "
                           "result takes its place");
    } else {
        rg_sink_text(sink, "IPython keeps results, in Out and `_`: %reset -f "
                           "out lets them go");
    }
}

static void write_finalizer(struct rg_sink *sink, const struct rg_graph *graph,
                            const struct rg_hint *hint)
{
    rg_sink_text(sink, "a weakref.finalize leads to the ");
    put_hint_type(sink, graph, hint, "object");
    rg_sink_text(sink, " that it watches, so that one cannot go: give it a "
                       "function and arguments that do not lead there");
}

static void write_weak_key(struct rg_sink *sink, const struct rg_graph *graph,
                           const struct rg_hint *hint)
{
    rg_sink_text(sink, "a value of a WeakKeyDictionary leads to its own key, "
                       "the ");
    put_hint_type(sink, graph, hint, "object");
    rg_sink_text(sink, ", so neither can go: let it get there through a "
                       "weakref.ref");
}

static void write_method_cache(struct rg_sink *sink,
                               const struct rg_graph *graph,
                               const struct rg_hint *hint)
{
    const struct rg_step *step = hint_step(graph, hint);
    rg_sink_text(sink, "the cache on method ");
    put_hint_name(sink, graph, step->owner);
    rg_sink_text(sink, ".");
    put_hint_name(sink, graph, step->label);
    rg_sink_text(sink, " keeps each ");
    put_hint_type(sink, graph, hint, "object");
    rg_sink_text(sink, " it was called on: use functools.cached_property, or "
                       "call its cache_clear()");
}

static void write_log_record(struct rg_sink *sink, const struct rg_graph *graph,
                             const struct rg_hint *hint)
{
    (void)graph;
    (void)hint;
    rg_sink_text(sink, "a logging record keeps what was logged, and something "
                       "keeps the record: keep the text, "
                       "record.getMessage()");
}

static void write_traceback(struct rg_sink *sink, const struct rg_graph *graph,
                            const struct rg_hint *hint)
{
    put_hint_type(sink, graph, hint, "an exception");
    rg_sink_text(sink, " is kept with its traceback, and so are the variables "
                       "of the frames in it: keep e.with_traceback(None), or "
                       "its text");
}

static void write_lost_task(struct rg_sink *sink, const struct rg_graph *graph,
                            const struct rg_hint *hint)
{
    rg_sink_text(sink, "nobody awaits task");
    if (hint->object != RG_NONE &&
        graph->objects[hint->object].detail.size > 0) {
        rg_sink_text(sink, " ");
        put_hint_name(sink, graph, graph->objects[hint->object].detail);
    }
    rg_sink_text(sink, ", and nothing refers to it but what wakes it up: keep "
                       "what create_task() returns, and await or cancel it");
}

static void write_callback(struct rg_sink *sink, const struct rg_graph *graph,
                           const struct rg_hint *hint)
{
    const struct rg_step *step = hint_step(graph, hint);
    if (hint->object != RG_NONE && graph->objects[hint->object].who.size > 0)
        put_hint_name(sink, graph, graph->objects[hint->object].who);
    else
        rg_sink_text(sink, "a function");
    rg_sink_text(sink, " is registered there, and its closure keeps `");
    put_hint_name(sink, graph, step->label);
    rg_sink_text(sink, "`: take it out again, or let it use a weakref.ref");
}

static void write_timer(struct rg_sink *sink, const struct rg_graph *graph,
                        const struct rg_hint *hint)
{
    rg_sink_text(sink, "a timer of the event loop is to call ");
    if (hint->object != RG_NONE && graph->objects[hint->object].who.size > 0)
        put_hint_name(sink, graph, graph->objects[hint->object].who);
    else
        rg_sink_text(sink, "a function");
    rg_sink_text(sink, ": cancel() what call_later() or call_at() returned");
}

static void write_each_one_more(struct rg_sink *sink,
                                const struct rg_graph *graph,
                                const struct rg_hint *hint)
{
    rg_sink_text(sink, "each of these ");
    rg_label_count(sink, graph->target_count);
    rg_sink_text(sink, " ");
    put_hint_type(sink, graph, hint, "objects");
    rg_sink_text(sink, " has one reference that nothing explains: C code that "
                       "forgets a Py_DECREF does that");
}

void rg_explain_hint(struct rg_sink *sink, const struct rg_graph *graph,
                     const struct rg_hint *hint)
{
    static void (*const write[])(struct rg_sink *, const struct rg_graph *,
                                 const struct rg_hint *) = {
        [RG_HINT_PROMPT] = write_prompt,
        [RG_HINT_FINALIZER] = write_finalizer,
        [RG_HINT_WEAK_KEY] = write_weak_key,
        [RG_HINT_METHOD_CACHE] = write_method_cache,
        [RG_HINT_LOG_RECORD] = write_log_record,
        [RG_HINT_TRACEBACK] = write_traceback,
        [RG_HINT_LOST_TASK] = write_lost_task,
        [RG_HINT_CALLBACK] = write_callback,
        [RG_HINT_TIMER] = write_timer,
        [RG_HINT_EACH_ONE_MORE] = write_each_one_more,
    };
    write[hint->kind](sink, graph, hint);
}

void rg__explain_hints(struct rg_sink *sink, const struct rg_graph *graph,
                       uint32_t target)
{
    for (size_t i = 0; i < graph->hint_count; i++) {
        if (graph->hints[i].target != target)
            continue;
        rg__explain_line(sink, "hint");
        rg_explain_hint(sink, graph, &graph->hints[i]);
    }
}
