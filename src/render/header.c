/* The header of a picture, its title and its description. */
#include "render/words.h"

#include <inttypes.h>
#include <string.h>

#include "render/expression.h"
#include "render/label.h"
#include "render/why.h"

enum {
    TYPE_WIDTH = 28,
    WHO_WIDTH = 60,    /* `function app.on_close` */
    PATH_WIDTH = 90,   /* characters; longer paths lose their middle */
    ANSWER_WIDTH = 130 /* of the verdict, and of the ledger */
};

static struct rg_text type_of(const struct rg_object *object)
{
    return object->qualname.size != 0 ? object->qualname : object->type;
}

/* The type of all targets; false when they differ or none is known. */
static bool common_type(const struct rg_graph *graph, struct rg_text *type)
{
    for (size_t i = 0; i < graph->target_count; i++) {
        struct rg_text next = type_of(&graph->objects[graph->targets[i]]);
        if (i != 0 && !rg_text_is_same(*type, next))
            return false;
        *type = next;
    }
    return graph->target_count != 0 && type->size != 0;
}

void rg_words_targets(struct rg_sink *sink, const struct rg_view *view)
{
    struct rg_text type = {0};
    const struct rg_graph *graph = view->graph;
    if (graph->target_count == 0)
        rg_sink_text(sink, "no object");
    else if (graph->target_count == 1 &&
             graph->objects[graph->targets[0]].who.size != 0)
        rg_label_text(sink, graph, graph->objects[graph->targets[0]].who,
                      WHO_WIDTH);
    else if (common_type(view->graph, &type))
        rg_label_text(sink, view->graph, type, TYPE_WIDTH);
    else
        rg_words_count(sink, view->graph->target_count, "object", "objects");
}

/* Puts a dot between parts. */
static void separate(struct rg_sink *sink, bool *is_first)
{
    if (!*is_first)
        rg_sink_text(sink, " \xc2\xb7 ");
    *is_first = false;
}

/* References that the ledger counts and the graph does not have: of classes'
 * plumbing, of excluded objects. */
static uint64_t count_beside(const struct rg_graph *graph)
{
    uint64_t count = 0;
    for (size_t i = 0; i < graph->entry_count; i++)
        if (graph->entries[i].flags & RG_ENTRY_LEFT_OUT)
            count += graph->entries[i].count;
    return count;
}

/* Those from C code are references too, but no one can show them. */
static void write_reference_counts(struct rg_sink *sink,
                                   const struct rg_view *view)
{
    const struct rg_view_counts *counts = &view->counts;
    uint64_t left_out = count_beside(view->graph);
    uint64_t all = counts->references + counts->unseen + left_out;
    if (all == 0) {
        rg_sink_text(sink, "no references");
        return;
    }
    rg_words_count(sink, all, "reference", "references");
    if (counts->collapsed == 0 && counts->unseen == 0 && left_out == 0) {
        rg_sink_text(sink, all == 1 ? "" : ", all shown");
        return;
    }
    rg_sink_text(sink, " \xc2\xb7 ");
    rg_label_count(sink, counts->shown);
    rg_sink_text(sink, " shown");
    if (counts->collapsed != 0) {
        rg_sink_text(sink, ", ");
        rg_label_count(sink, counts->collapsed);
        rg_sink_text(sink, " collapsed");
    }
    if (counts->unseen != 0) {
        rg_sink_text(sink, ", ");
        rg_label_count(sink, counts->unseen);
        rg_sink_text(sink, " not visible");
    }
    if (left_out != 0) {
        rg_sink_text(sink, ", ");
        rg_label_count(sink, left_out);
        rg_sink_text(sink, " left out");
    }
}

/* Whether the search was stopped at a target itself (max_depth=0). */
static bool is_cut_at_target(const struct rg_graph *graph)
{
    for (size_t i = 0; i < graph->target_count; i++)
        if (graph->objects[graph->targets[i]].flags & RG_OBJECT_DEPTH_LIMIT)
            return true;
    return false;
}

static void write_drawn(struct rg_sink *sink, const struct rg_view *view,
                        bool *is_first)
{
    size_t drawn = view->counts.objects_drawn;
    if (drawn < view->counts.objects) {
        separate(sink, is_first);
        rg_label_count(sink, drawn);
        rg_sink_text(sink, " of ");
        rg_words_count(sink, view->counts.objects, "object", "objects");
        rg_sink_text(sink, " drawn");
    }
    for (int i = 0; i < RG_UNSEEN_COUNT; i++)
        if (view->graph->unseen[i] != 0) {
            separate(sink, is_first);
            rg_label_unseen(sink, view->graph, (enum rg_unseen)i);
        }
    if (view->graph->left_out.objects != 0) {
        separate(sink, is_first);
        rg_label_object_limit(sink, view->graph);
        rg_sink_text(sink, ", ");
        rg_label_left_out(sink, view->graph);
    }
    if (view->graph->redacted) {
        separate(sink, is_first);
        rg_sink_text(sink, RG_LABEL_REDACTED);
    }
    if (view->counts.paths_only) {
        separate(sink, is_first);
        rg_sink_text(sink, "paths only");
        separate(sink, is_first);
        rg_sink_text(sink, "--no-paths shows all");
    }
    if (view->is_wide) {
        separate(sink, is_first);
        rg_sink_text(sink, "wide: zoom in, or ask for fewer objects");
    }
    if (view->graph->timed_out) {
        separate(sink, is_first);
        rg_sink_format(sink, "timeout of %.2f s reached, not complete",
                       view->graph->timeout);
    }
}

void rg_words_counts(struct rg_sink *sink, const struct rg_view *view,
                     bool addresses)
{
    const struct rg_graph *graph = view->graph;
    bool is_first = true;
    struct rg_text type;
    if (addresses && graph->target_count == 1) {
        separate(sink, &is_first);
        rg_sink_format(sink, "at 0x%" PRIx64,
                       graph->objects[graph->targets[0]].id);
    }
    if (graph->target_count > 1 && common_type(graph, &type)) {
        separate(sink, &is_first);
        rg_words_count(sink, graph->target_count, "object", "objects");
    }
    if (graph->target_count != 0) {
        separate(sink, &is_first);
        if (view->counts.references == 0 && view->counts.unseen == 0 &&
            is_cut_at_target(graph))
            rg_sink_text(sink, "references not searched");
        else
            write_reference_counts(sink, view);
    }
    if (view->counts.weak != 0) {
        separate(sink, &is_first);
        rg_label_count(sink, view->counts.weak);
        rg_sink_text(sink, " weak");
    }
    write_drawn(sink, view, &is_first);
}

void rg_words_path(struct rg_sink *sink, const struct rg_view *view)
{
    const struct rg_path *path = rg_view_emphasised(view);
    if (path != NULL)
        rg_expression_brief(sink, view->graph, path, PATH_WIDTH);
}

void rg_words_place(struct rg_sink *sink, const struct rg_view *view)
{
    const struct rg_path *path = rg_view_emphasised(view);
    if (path != NULL)
        rg_expression_brief_place(sink, view->graph, path);
}

/* Words of render/why.h, as long as a line of the header takes.  With
 * `is_short` only those before a colon: what follows is in the picture. */
static void write_explained(struct rg_sink *sink, const struct rg_graph *graph,
                            void (*explain)(struct rg_sink *sink,
                                            const struct rg_graph *graph,
                                            uint32_t target),
                            bool is_short)
{
    struct rg_buffer words = {0};
    struct rg_sink to_words = rg_sink_to_buffer(&words);
    explain(&to_words, graph, 0);
    const char *colon = is_short && words.size != 0
                            ? memchr(words.data, ':', words.size)
                            : NULL;
    size_t size = colon == NULL ? words.size : (size_t)(colon - words.data);
    if (size != 0)
        rg_label_safe(sink, words.data, size, ANSWER_WIDTH, RG_ELIDE_MIDDLE);
    if (to_words.status != RG_OK && sink->status == RG_OK)
        sink->status = to_words.status;
    rg_buffer_free(&words);
}

void rg_words_verdict(struct rg_sink *sink, const struct rg_view *view)
{
    const struct rg_graph *graph = view->graph;
    uint64_t alive = 0;
    if (graph->verdict_count == 0)
        return;
    if (graph->target_count == 1) {
        uint8_t kind = graph->verdicts[0].kind;
        bool has_roots =
            kind == RG_VERDICT_ALIVE || kind == RG_VERDICT_ONLY_YOU;
        write_explained(sink, graph, rg_explain_verdict, has_roots);
        return;
    }
    for (size_t i = 0; i < graph->verdict_count; i++)
        alive += graph->verdicts[i].kind == RG_VERDICT_ALIVE ||
                 graph->verdicts[i].kind == RG_VERDICT_NATIVE;
    rg_label_count(sink, alive);
    rg_sink_text(sink, " of ");
    rg_label_count(sink, graph->verdict_count);
    rg_sink_text(sink, " alive");
}

void rg_words_ledger(struct rg_sink *sink, const struct rg_view *view)
{
    if (view->graph->verdict_count == 1)
        write_explained(sink, view->graph, rg_explain_ledger, false);
}

void rg_words_title(struct rg_sink *sink, const struct rg_view *view)
{
    const struct rg_graph *graph = view->graph;
    struct rg_text type = {0};
    bool has_type = common_type(graph, &type);
    rg_sink_text(sink, "What refers to ");
    if (graph->target_count == 1 && has_type) {
        rg_sink_text(sink, "this ");
        rg_label_text(sink, graph, type, TYPE_WIDTH);
    } else if (graph->target_count == 1) {
        rg_sink_text(sink, "this object");
    } else {
        rg_sink_text(sink, "these ");
        rg_label_count(sink, graph->target_count);
        rg_sink_text(sink, " ");
        if (has_type) {
            rg_label_text(sink, graph, type, TYPE_WIDTH);
            rg_sink_text(sink, " ");
        }
        rg_sink_text(sink, "objects");
    }
    rg_sink_text(sink, "?");
}

void rg_words_description(struct rg_sink *sink, const struct rg_view *view)
{
    rg_words_targets(sink, view);
    rg_sink_text(sink, ": ");
    const struct rg_path *path = rg_view_emphasised(view);
    if (path == NULL) {
        rg_sink_text(sink, "no path from a root was found");
    } else {
        rg_sink_text(sink, "shortest path from a root is ");
        rg_words_path(sink, view);
        if (rg_expression_has_brief_place(view->graph, path))
            rg_sink_text(sink, " ");
        rg_words_place(sink, view);
    }
    rg_sink_text(sink, ". ");
    rg_words_counts(sink, view, false);
    rg_sink_text(sink, ".");
    if (view->graph->verdict_count == 0)
        return;
    rg_sink_text(sink, view->graph->verdict_count == 1 ? " It is " : " ");
    rg_words_verdict(sink, view);
    rg_sink_text(sink, ".");
}
