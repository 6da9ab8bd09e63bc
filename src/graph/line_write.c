#include "graph/line.h"

#include <inttypes.h>
#include <math.h>

enum { NANOSECONDS = 1000000000, NANOSECOND_DIGITS = 9 };

/* Ten digits of seconds are three centuries; more is written as that. */
static const double MOST_SECONDS = 9999999999.0;

static bool needs_escape(unsigned char byte)
{
    return byte < 0x20 || byte == 0x7f || byte == '\\';
}

static void write_text(struct rg_sink *sink, const struct rg_graph *graph,
                       struct rg_text text)
{
    const char *data = rg_graph_bytes(graph, text);
    size_t start = 0;
    rg_sink_text(sink, "\t");
    for (size_t i = 0; i < text.size; i++) {
        if (!needs_escape((unsigned char)data[i]))
            continue;
        rg_sink_write(sink, data + start, i - start);
        rg_sink_format(sink, "\\x%02x", (unsigned char)data[i]);
        start = i + 1;
    }
    rg_sink_write(sink, data + start, text.size - start);
}

static void write_index(struct rg_sink *sink, uint32_t index)
{
    if (index == RG_NONE)
        rg_sink_text(sink, "\t-");
    else
        rg_sink_format(sink, "\t%" PRIu32, index);
}

/* By whole numbers: printf's point depends on the locale.  What is not zero
 * stays more than zero. */
static void write_seconds(struct rg_sink *sink, double seconds)
{
    seconds = seconds > 0 ? seconds : 0;
    seconds = seconds < MOST_SECONDS ? seconds : MOST_SECONDS;
    double whole = floor(seconds);
    uint64_t rest = (uint64_t)((seconds - whole) * NANOSECONDS + 0.5);
    if (seconds > 0 && whole == 0 && rest == 0)
        rest = 1;
    if (rest == NANOSECONDS) {
        whole += 1;
        rest = 0;
    }
    rg_sink_format(sink, "%" PRIu64, (uint64_t)whole);
    int digits = NANOSECOND_DIGITS;
    for (; rest != 0 && rest % 10 == 0; rest /= 10)
        digits--;
    if (rest != 0)
        rg_sink_format(sink, ".%0*" PRIu64, digits, rest);
}

static void write_limits(struct rg_sink *sink, const struct rg_graph *graph)
{
    rg_sink_format(sink, "limits\t%" PRId64 "\t", graph->max_depth);
    write_seconds(sink, graph->timeout);
    rg_sink_format(sink, "\t%d\n", graph->timed_out ? 1 : 0);
}

static void write_unseen(struct rg_sink *sink, const struct rg_graph *graph)
{
    for (int i = 0; i < RG_UNSEEN_COUNT; i++)
        if (graph->unseen[i] != 0)
            rg_sink_format(sink, "unseen\t%s\t%" PRId64 "\n",
                           rg_unseen_token((enum rg_unseen)i),
                           graph->unseen[i]);
}

static void write_root(struct rg_sink *sink, const struct rg_graph *graph,
                       const struct rg_root *root)
{
    rg_sink_format(sink, "root\t%s", rg_root_kind_token(root->kind));
    write_text(sink, graph, root->name);
    write_text(sink, graph, root->thread);
    write_text(sink, graph, root->file);
    rg_sink_format(sink, "\t%" PRIu32 "\n", root->line);
}

static void write_object(struct rg_sink *sink, const struct rg_graph *graph,
                         const struct rg_object *object)
{
    rg_sink_format(sink, "object\t%" PRIx64 "\t%" PRIu32, object->id,
                   object->flags);
    write_text(sink, graph, object->type);
    write_text(sink, graph, object->qualname);
    write_text(sink, graph, object->module);
    write_text(sink, graph, object->detail);
    rg_sink_format(sink, "\t%" PRId64 "\t%" PRIu32 "\n", object->items,
                   object->depth);
}

static void write_values(struct rg_sink *sink, const struct rg_graph *graph)
{
    for (size_t i = 0; i < graph->object_count; i++) {
        if (graph->objects[i].value.size == 0)
            continue;
        rg_sink_format(sink, "value\t%zu", i);
        write_text(sink, graph, graph->objects[i].value);
        rg_sink_text(sink, "\n");
    }
}

static void write_reference(struct rg_sink *sink, const struct rg_graph *graph,
                            const struct rg_reference *reference)
{
    rg_sink_text(sink, "reference");
    write_index(sink, reference->referent);
    write_index(sink, reference->referrer);
    write_index(sink, reference->root);
    rg_sink_format(sink, "\t%s\t%u\t%s", rg_kind_words(reference->kind)->token,
                   reference->flags, rg_key_type_token(reference->key_type));
    write_text(sink, graph, reference->owner);
    write_text(sink, graph, reference->label);
    rg_sink_format(sink, "\t%" PRIu64 "\n", reference->number);
}

static void write_rest(struct rg_sink *sink, const struct rg_graph *graph,
                       const struct rg_rest *rest)
{
    rg_sink_text(sink, "rest");
    write_index(sink, rest->referent);
    write_index(sink, rest->after);
    rg_sink_format(sink, "\t%s\t%s", rg_kind_words(rest->kind)->token,
                   rg_key_type_token(rest->key_type));
    write_text(sink, graph, rest->owner);
    write_text(sink, graph, rest->first);
    write_text(sink, graph, rest->last);
    rg_sink_format(sink, "\t%" PRIu64 "\n", rest->count);
}

static void write_verdict(struct rg_sink *sink, uint32_t position,
                          const struct rg_verdict *verdict)
{
    rg_sink_format(sink, "verdict\t%" PRIu32 "\t%s\t%" PRIu32 "\t%" PRIu64
                   "\t%" PRIu64, position, rg_verdict_token(verdict->kind),
                   verdict->flags, verdict->counted, verdict->unexplained);
    rg_sink_format(sink, "\t%" PRIu64 "\t%" PRIu64 "\t%" PRId32 "\n",
                   verdict->root_count, verdict->cycle_objects,
                   verdict->generation);
}

static void write_path(struct rg_sink *sink, const struct rg_path *path)
{
    rg_sink_format(sink, "path\t%" PRIu32 "\t%s", path->target,
                   rg_path_token(path->kind));
    write_index(sink, path->root);
    rg_sink_format(sink, "\t%" PRIu32 "\t%" PRIu32 "\t%" PRIu32 "\n",
                   path->step_count, path->target_count, path->shared_count);
}

static void write_step(struct rg_sink *sink, const struct rg_graph *graph,
                       const struct rg_step *step)
{
    rg_sink_text(sink, "step");
    write_index(sink, step->object);
    write_index(sink, step->reference);
    rg_sink_format(sink, "\t%s\t%u\t%s", rg_kind_words(step->kind)->token,
                   step->flags, rg_key_type_token(step->key_type));
    write_text(sink, graph, step->owner);
    write_text(sink, graph, step->label);
    rg_sink_format(sink, "\t%" PRIu64, step->number);
    write_text(sink, graph, step->type);
    rg_sink_text(sink, "\n");
}

static void write_native(struct rg_sink *sink, const struct rg_graph *graph,
                         const struct rg_native *native)
{
    rg_sink_format(sink, "native\t%" PRIu32 "\t%" PRIu64, native->object,
                   native->count);
    write_text(sink, graph, native->holder);
    rg_sink_format(sink, "\t%" PRIu64 "\n", native->offset);
}

static void write_answers(struct rg_sink *sink, const struct rg_graph *graph)
{
    for (size_t i = 0; i < graph->verdict_count; i++)
        write_verdict(sink, (uint32_t)i, &graph->verdicts[i]);
    for (size_t i = 0; i < graph->entry_count; i++)
        rg_sink_format(sink, "entry\t%" PRIu32 "\t%s\t%u\t%" PRIu64 "\n",
                       graph->entries[i].target,
                       rg_kind_words(graph->entries[i].kind)->token,
                       graph->entries[i].flags, graph->entries[i].count);
    for (size_t i = 0; i < graph->path_count; i++)
        write_path(sink, &graph->paths[i]);
    for (size_t i = 0; i < graph->step_count; i++)
        write_step(sink, graph, &graph->steps[i]);
    for (size_t i = 0; i < graph->native_count; i++)
        write_native(sink, graph, &graph->natives[i]);
    for (size_t i = 0; i < graph->retained_count; i++)
        rg_sink_format(sink, "retained\t%" PRIu32 "\t%" PRIu64 "\t%" PRIu64
                       "\n", graph->retained[i].object,
                       graph->retained[i].bytes, graph->retained[i].objects);
}

void rg_line_write(const struct rg_graph *graph, struct rg_sink *sink)
{
    rg_sink_text(sink, "referrers-graph\t1\n");
    write_limits(sink, graph);
    if (graph->redacted)
        rg_sink_text(sink, "redacted\n");
    write_unseen(sink, graph);
    for (size_t i = 0; i < graph->root_count; i++)
        write_root(sink, graph, &graph->roots[i]);
    for (size_t i = 0; i < graph->object_count; i++)
        write_object(sink, graph, &graph->objects[i]);
    for (size_t i = 0; i < graph->reference_count; i++)
        write_reference(sink, graph, &graph->references[i]);
    for (size_t i = 0; i < graph->rest_count; i++)
        write_rest(sink, graph, &graph->rests[i]);
    for (size_t i = 0; i < graph->target_count; i++)
        rg_sink_format(sink, "target\t%" PRIu32 "\n", graph->targets[i]);
    write_answers(sink, graph);
    write_values(sink, graph);
    rg_sink_format(sink, "end\t%zu\t%zu\n", graph->object_count,
                   graph->reference_count);
}
