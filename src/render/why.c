#include "render/why.h"

#include <inttypes.h>

#include "graph/fingerprint.h"
#include "render/why_parts.h"
#include "render/expression.h"
#include "render/label.h"

size_t rg__explain_first_of(const struct rg_graph *graph, uint32_t target,
                            bool of_paths)
{
    size_t low = 0, high = of_paths ? graph->path_count : graph->entry_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        uint32_t there = of_paths ? graph->paths[middle].target
                                  : graph->entries[middle].target;
        if (there < target)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The next path of a kind; start with *at zero. */
const struct rg_path *rg__explain_path(const struct rg_graph *graph,
                                       uint32_t target, enum rg_path_kind kind,
                                       size_t *at)
{
    if (*at == 0)
        *at = rg__explain_first_of(graph, target, true);
    for (; *at < graph->path_count && graph->paths[*at].target == target; ++*at)
        if (graph->paths[*at].kind == kind)
            return &graph->paths[(*at)++];
    return NULL;
}

const struct rg_path *rg__explain_main_path(const struct rg_graph *graph,
                                            uint32_t target)
{
    size_t at = 0;
    return rg__explain_path(graph, target, RG_PATH_EMPHASISED, &at);
}

void rg__explain_counted(struct rg_sink *sink, uint64_t count, const char *one,
                         const char *many)
{
    rg_label_count(sink, count);
    rg_sink_text(sink, " ");
    rg_sink_text(sink, count == 1 ? one : many);
}

bool rg__explain_has_path(const struct rg_graph *graph, uint32_t target,
                          enum rg_path_kind kind)
{
    size_t at = 0;
    return rg__explain_path(graph, target, kind, &at) != NULL;
}

void rg__explain_write_path(struct rg_sink *sink, const struct rg_graph *graph,
                            const struct rg_path *path)
{
    rg_expression_short(sink, graph, path);
    rg_expression_place(sink, graph, path);
}

void rg__explain_subject(struct rg_sink *sink, const struct rg_graph *graph,
                         uint32_t target)
{
    const struct rg_object *object = &graph->objects[graph->targets[target]];
    rg_label_text(sink, graph,
                  object->who.size != 0 ? object->who : object->type,
                  RG_LABEL_NAME_WIDTH);
}

void rg__explain_type(struct rg_sink *sink, const struct rg_graph *graph,
                      uint32_t target)
{
    rg_label_text(sink, graph, graph->objects[graph->targets[target]].type,
                  RG_LABEL_NAME_WIDTH);
}

/* The verdict */

static void write_named_roots(struct rg_sink *sink,
                              const struct rg_graph *graph, uint32_t target,
                              uint64_t count)
{
    const struct rg_path *path;
    uint64_t named = 0;
    size_t at = 0;
    while ((path = rg__explain_path(graph, target, RG_PATH_ROOT, &at)) !=
           NULL) {
        rg_sink_text(sink, named == 0 ? ": " : ", ");
        rg__explain_write_path(sink, graph, path);
        named++;
    }
    if (named == 0 || named >= count)
        return;
    rg_sink_text(sink, " and ");
    rg_label_count(sink, count - named);
    rg_sink_text(sink, " more");
}

static void write_alive(struct rg_sink *sink, const struct rg_graph *graph,
                        uint32_t target)
{
    const struct rg_verdict *verdict = &graph->verdicts[target];
    rg_sink_text(sink, "alive");
    if (verdict->root_count == 0) {
        if (verdict->flags & RG_VERDICT_ON_STACK)
            rg_sink_text(sink, ": probably a value that a running function "
                               "is using");
        return;
    }
    rg_sink_text(sink, " through ");
    rg__explain_counted(sink, verdict->root_count, "root", "roots");
    write_named_roots(sink, graph, target, verdict->root_count);
}

static void write_unexplained(struct rg_sink *sink,
                              const struct rg_verdict *verdict)
{
    if (verdict->counted == 1) {
        rg_sink_text(sink, "its only reference");
        return;
    }
    rg_label_count(sink, verdict->unexplained);
    rg_sink_text(sink, " of its ");
    rg__explain_counted(sink, verdict->counted, "reference", "references");
}

static void write_native(struct rg_sink *sink, const struct rg_graph *graph,
                         uint32_t target)
{
    const struct rg_verdict *verdict = &graph->verdicts[target];
    rg_sink_text(sink, "held by native code: nothing visible explains ");
    if (verdict->unexplained == 0) {
        rg_sink_text(sink, "references to an object that leads to it");
        return;
    }
    write_unexplained(sink, verdict);
}

/* Who will free it, or why not. */
static void write_fate(struct rg_sink *sink, const struct rg_verdict *verdict)
{
    if (verdict->flags & RG_VERDICT_FROZEN)
        rg_sink_text(sink, "no collection frees it: gc.freeze() was called");
    else if (verdict->flags & RG_VERDICT_NATIVE_INSIDE)
        rg_sink_text(sink, "no collection frees it: native code refers into "
                           "the cycle");
    else if (verdict->flags & RG_VERDICT_SAVE_ALL)
        rg_sink_text(sink, "collections keep it in gc.garbage: "
                           "gc.DEBUG_SAVEALL is set");
    else if (verdict->flags & RG_VERDICT_NOT_AUTOMATIC)
        rg_sink_text(sink, "gc.disable() was called: only gc.collect() "
                           "frees it");
    else if (verdict->generation >= 0 && verdict->generation < 2)
        rg_sink_format(sink, "the next collection of generation %d frees it",
                       (int)verdict->generation);
    else
        rg_sink_text(sink, "the next full collection frees it");
}

static void write_cycle(struct rg_sink *sink, const struct rg_verdict *verdict)
{
    rg_sink_text(sink, "an unreachable cycle of ");
    rg__explain_counted(sink, verdict->cycle_objects, "object", "objects");
    rg_sink_text(sink, " holds it");
}

static void write_garbage(struct rg_sink *sink, const struct rg_graph *graph,
                          uint32_t target)
{
    rg_sink_text(sink, "garbage: only ");
    write_cycle(sink, &graph->verdicts[target]);
    rg_sink_text(sink, "; ");
    write_fate(sink, &graph->verdicts[target]);
}

static void write_only_you(struct rg_sink *sink, const struct rg_graph *graph,
                           uint32_t target)
{
    const struct rg_path *path = rg__explain_main_path(graph, target);
    rg_sink_text(sink, "held only by you: ");
    if (path == NULL && graph->verdicts[target].flags & RG_VERDICT_IN_GIVEN)
        rg_sink_text(sink, "nothing but the list you gave refers to it");
    else if (path == NULL)
        rg_sink_text(sink, "nothing but this call refers to it");
    else
        rg__explain_write_path(sink, graph, path);
}

static void write_unknown(struct rg_sink *sink, const struct rg_graph *graph,
                          uint32_t target)
{
    rg_sink_text(sink, "alive for an unknown reason: ");
    rg_sink_text(sink,
                 graph->verdicts[target].flags & RG_VERDICT_TIMED_OUT
                     ? "the time ran out before the search was complete"
                     : "excluded objects lead to it (exclude_object_ids, or a "
                       "debugger's own)");
}

void rg_explain_verdict(struct rg_sink *sink, const struct rg_graph *graph,
                        uint32_t target)
{
    static void (*const write[])(struct rg_sink *, const struct rg_graph *,
                                 uint32_t) = {
        [RG_VERDICT_ALIVE] = write_alive,
        [RG_VERDICT_NATIVE] = write_native,
        [RG_VERDICT_GARBAGE] = write_garbage,
        [RG_VERDICT_ONLY_YOU] = write_only_you,
        [RG_VERDICT_UNKNOWN] = write_unknown,
    };
    if (target < graph->verdict_count)
        write[graph->verdicts[target].kind](sink, graph, target);
}

void rg_explain_fingerprint(struct rg_sink *sink, const struct rg_graph *graph,
                            const struct rg_path *path)
{
    rg_sink_format(sink, "%016" PRIx64, rg_fingerprint(graph, path));
}

/* The text */

void rg__explain_line(struct rg_sink *sink, const char *word)
{
    rg_sink_format(sink, "\n  %-9s", word);
}

/* What is true besides. */
static void write_clauses(struct rg_sink *sink, const struct rg_graph *graph,
                          uint32_t target)
{
    const struct rg_verdict *verdict = &graph->verdicts[target];
    uint32_t flags = verdict->flags;
    if (verdict->kind == RG_VERDICT_GARBAGE) {
        rg__explain_line(sink, "then");
        write_fate(sink, verdict);
        if (flags & RG_VERDICT_IN_GIVEN) {
            rg__explain_line(sink, "but");
            rg_sink_text(sink, "not before the list you gave is gone");
        }
    }
    if (verdict->kind == RG_VERDICT_ALIVE && flags & RG_VERDICT_UNEXPLAINED) {
        rg__explain_line(sink, "also");
        rg_sink_text(sink, "nothing visible explains ");
        write_unexplained(sink, verdict);
    }
    if (verdict->kind != RG_VERDICT_NATIVE &&
        rg__explain_has_path(graph, target, RG_PATH_NATIVE)) {
        rg__explain_line(sink, "also");
        rg_sink_text(sink, "held by C code, through ");
        rg__explain_held(sink, graph, target);
    }
    if (verdict->kind == RG_VERDICT_ALIVE && flags & RG_VERDICT_CYCLE) {
        rg__explain_line(sink, "also");
        write_cycle(sink, verdict);
        rg_sink_text(sink, ", until the next full collection");
    }
    if (verdict->kind == RG_VERDICT_NATIVE && flags & RG_VERDICT_CYCLE) {
        rg__explain_line(sink, "also");
        write_cycle(sink, verdict);
        rg_sink_text(sink, "; ");
        write_fate(sink, verdict);
    }
    if (verdict->kind == RG_VERDICT_ONLY_YOU && flags & RG_VERDICT_CYCLE) {
        rg__explain_line(sink, "also");
        rg_sink_text(sink, "a cycle of ");
        rg__explain_counted(sink, verdict->cycle_objects, "object", "objects");
        rg_sink_text(sink, " holds it: once you let go, ");
        write_fate(sink, verdict);
    }
    if (verdict->kind != RG_VERDICT_ONLY_YOU && flags & RG_VERDICT_YOU &&
        !rg__explain_has_path(graph, target, RG_PATH_YOURS)) {
        rg__explain_line(sink, "also");
        rg_sink_text(sink, "variables of the caller name it");
    }
    if (verdict->kind != RG_VERDICT_UNKNOWN && flags & RG_VERDICT_TIMED_OUT) {
        rg__explain_line(sink, "but");
        rg_sink_text(sink, "the time ran out before the search was complete");
    }
}

static void write_retained(struct rg_sink *sink, const struct rg_graph *graph,
                           uint32_t target)
{
    for (size_t i = 0; i < graph->retained_count; i++) {
        const struct rg_retained *retained = &graph->retained[i];
        if (retained->object != graph->targets[target])
            continue;
        rg__explain_line(sink, "frees");
        rg__explain_counted(sink, retained->bytes, "byte", "bytes");
        rg_sink_text(sink, " in ");
        rg__explain_counted(sink, retained->objects, "object", "objects");
    }
}

static void write_further(struct rg_sink *sink, const struct rg_graph *graph,
                          uint32_t target)
{
    const struct rg_path *path;
    size_t at = 0;
    while ((path = rg__explain_path(graph, target, RG_PATH_FURTHER, &at)) !=
           NULL) {
        rg__explain_line(sink, "also via");
        rg__explain_write_path(sink, graph, path);
    }
}

/* The line that says it all: the verdict, and the path that shows it. */
static void write_headline(struct rg_sink *sink, const struct rg_graph *graph,
                           uint32_t target)
{
    const struct rg_verdict *verdict = &graph->verdicts[target];
    const struct rg_path *path = rg__explain_main_path(graph, target);
    rg__explain_subject(sink, graph, target);
    rg_sink_text(sink, " is ");
    if (verdict->kind == RG_VERDICT_GARBAGE) {
        rg_sink_text(sink, "garbage: only ");
        write_cycle(sink, verdict);
    } else if (verdict->kind != RG_VERDICT_ALIVE || path == NULL) {
        rg_explain_verdict(sink, graph, target);
    }
    if (verdict->kind != RG_VERDICT_ALIVE || path == NULL) {
        if (path != NULL && verdict->kind != RG_VERDICT_ONLY_YOU) {
            rg_sink_text(sink, ": ");
            rg__explain_write_path(sink, graph, path);
        }
        return;
    }
    rg_sink_text(sink, "alive: ");
    rg__explain_write_path(sink, graph, path);
    rg_sink_text(sink, " leads to it");
}

static void write_roots_line(struct rg_sink *sink, const struct rg_graph *graph,
                             uint32_t target)
{
    const struct rg_verdict *verdict = &graph->verdicts[target];
    if (verdict->kind != RG_VERDICT_ALIVE || verdict->root_count == 0)
        return;
    rg__explain_line(sink, "through");
    rg__explain_counted(sink, verdict->root_count, "root", "roots");
    write_named_roots(sink, graph, target, verdict->root_count);
}

static void write_one(struct rg_sink *sink, const struct rg_graph *graph)
{
    write_headline(sink, graph, 0);
    write_clauses(sink, graph, 0);
    write_roots_line(sink, graph, 0);
    write_further(sink, graph, 0);
    rg__explain_hints(sink, graph, 0);
    rg__explain_cut(sink, graph);
    rg__explain_yours(sink, graph, 0);
    write_retained(sink, graph, 0);
    rg__explain_line(sink, "refcount");
    rg_explain_ledger(sink, graph, 0);
    rg__explain_holders(sink, graph, 0);
    const struct rg_path *path = rg__explain_main_path(graph, 0);
    if (path != NULL) {
        rg__explain_line(sink, "leak id");
        rg_explain_fingerprint(sink, graph, path);
    }
    if (!(graph->verdicts[0].flags & RG_VERDICT_EXPLAINED))
        rg_sink_text(sink, "\n  (further paths and what to drop: ask with "
                           "explain=True)");
}

void rg_explain_text(struct rg_sink *sink, const struct rg_graph *graph)
{
    if (graph->verdict_count == 0)
        rg_sink_text(sink, graph->target_count == 0
                               ? "nothing was asked about"
                               : "this graph was made without answers");
    else if (graph->verdict_count == 1)
        write_one(sink, graph);
    else
        rg__explain_many(sink, graph);
}
