#include "line/line.h"

#include <inttypes.h>
#include <math.h>

#include "line/line_writer.h"

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

void rg__line_write_index(struct rg_sink *sink, uint32_t index)
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

static void write_reference(struct rg_sink *sink, const struct rg_graph *graph,
                            const struct rg_reference *reference)
{
    rg_sink_text(sink, "reference");
    rg__line_write_index(sink, reference->referent);
    rg__line_write_index(sink, reference->referrer);
    rg__line_write_index(sink, reference->root);
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
    rg__line_write_index(sink, rest->referent);
    rg__line_write_index(sink, rest->after);
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

static void write_path(struct rg_sink *sink, const struct rg_graph *graph,
                       const struct rg_path *path)
{
    rg_sink_format(sink, "path\t%" PRIu32 "\t%s", path->target,
                   rg_path_token(path->kind));
    rg__line_write_index(sink, path->root);
    rg_sink_format(sink, "\t%" PRIu32 "\t%" PRIu32 "\t%" PRIu32,
                   path->step_count, path->target_count, path->shared_count);
    write_text(sink, graph, path->awaiting);
    rg_sink_text(sink, "\n");
}

static void write_step(struct rg_sink *sink, const struct rg_graph *graph,
                       const struct rg_step *step)
{
    rg_sink_text(sink, "step");
    rg__line_write_index(sink, step->object);
    rg__line_write_index(sink, step->reference);
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

uint32_t rg__line_place(const uint32_t *places, uint32_t index)
{
    return places == NULL || index == RG_NONE ? index : places[index];
}

static void write_values(struct rg_sink *sink, const struct rg_graph *graph,
                         const uint32_t *objects)
{
    for (uint32_t i = 0; i < graph->object_count; i++) {
        uint32_t object = rg__line_place(objects, i);
        if (graph->objects[i].value.size == 0 || object == RG_NONE)
            continue;
        rg_sink_format(sink, "value\t%" PRIu32, object);
        write_text(sink, graph, graph->objects[i].value);
        rg_sink_text(sink, "\n");
    }
}

static void write_answers(struct rg_sink *sink, const struct rg_graph *graph,
                          const struct rg__excerpt *part)
{
    for (size_t i = 0; i < graph->verdict_count; i++)
        write_verdict(sink, (uint32_t)i, &graph->verdicts[i]);
    for (size_t i = 0; i < graph->entry_count; i++)
        rg_sink_format(sink, "entry\t%" PRIu32 "\t%s\t%u\t%" PRIu64 "\n",
                       graph->entries[i].target,
                       rg_kind_words(graph->entries[i].kind)->token,
                       graph->entries[i].flags, graph->entries[i].count);
    for (size_t i = 0; i < graph->path_count; i++) {
        struct rg_path path = graph->paths[i];
        path.root = rg__line_place(part->roots, path.root);
        write_path(sink, graph, &path);
    }
    for (size_t i = 0; i < graph->step_count; i++) {
        struct rg_step step = graph->steps[i];
        step.object = rg__line_place(part->objects, step.object);
        step.reference = rg__line_place(part->references, step.reference);
        write_step(sink, graph, &step);
    }
    for (size_t i = 0; i < graph->native_count; i++) {
        struct rg_native native = graph->natives[i];
        native.object = rg__line_place(part->objects, native.object);
        write_native(sink, graph, &native);
    }
    for (size_t i = 0; i < graph->retained_count; i++) {
        uint32_t object = rg__line_place(part->objects, graph->retained[i].object);
        if (object != RG_NONE)
            rg_sink_format(sink, "retained\t%" PRIu32 "\t%" PRIu64 "\t%" PRIu64
                           "\n", object, graph->retained[i].bytes,
                           graph->retained[i].objects);
    }
}

static void write_references(struct rg_sink *sink, const struct rg_graph *graph,
                             const struct rg__excerpt *part)
{
    for (uint32_t i = 0; i < graph->reference_count; i++) {
        struct rg_reference reference = graph->references[i];
        if (rg__line_place(part->references, i) == RG_NONE)
            continue;
        reference.referent = rg__line_place(part->objects, reference.referent);
        reference.referrer = rg__line_place(part->objects, reference.referrer);
        reference.root = rg__line_place(part->roots, reference.root);
        write_reference(sink, graph, &reference);
    }
}

/* A rest stands behind a reference, counted among those to its referent. */
static void write_rests(struct rg_sink *sink, const struct rg_graph *graph,
                        const struct rg__excerpt *part)
{
    for (uint32_t i = 0; i < graph->rest_count; i++) {
        struct rg_rest rest = graph->rests[i];
        if (rg__line_place(part->rests, i) == RG_NONE)
            continue;
        if (part->references != NULL) {
            uint32_t first = graph->objects[rest.referent].first_reference;
            uint32_t before = 0;
            for (uint32_t k = 0; k < rest.after; k++)
                before += part->references[first + k] != RG_NONE;
            rest.after = before;
        }
        rest.referent = rg__line_place(part->objects, rest.referent);
        write_rest(sink, graph, &rest);
    }
}

void rg__line_write_records(struct rg_sink *sink, const struct rg_graph *graph,
                            const struct rg__excerpt *excerpt)
{
    static const struct rg__excerpt whole = {0};
    const struct rg__excerpt *part = excerpt == NULL ? &whole : excerpt;
    rg_sink_text(sink, "referrers-graph\t1\n");
    write_limits(sink, graph);
    if (graph->redacted)
        rg_sink_text(sink, "redacted\n");
    write_unseen(sink, graph);
    for (uint32_t i = 0; i < graph->root_count; i++)
        if (rg__line_place(part->roots, i) != RG_NONE)
            write_root(sink, graph, &graph->roots[i]);
    for (uint32_t i = 0; i < graph->object_count; i++)
        if (rg__line_place(part->objects, i) != RG_NONE)
            write_object(sink, graph, &graph->objects[i]);
    write_references(sink, graph, part);
    write_rests(sink, graph, part);
    for (size_t i = 0; i < graph->target_count; i++)
        rg_sink_format(sink, "target\t%" PRIu32 "\n",
                       rg__line_place(part->objects, graph->targets[i]));
    write_answers(sink, graph, part);
    write_values(sink, graph, part->objects);
}

void rg_line_write(const struct rg_graph *graph, struct rg_sink *sink)
{
    rg__line_write_records(sink, graph, NULL);
    rg_sink_format(sink, "end\t%zu\t%zu\n", graph->object_count,
                   graph->reference_count);
}
