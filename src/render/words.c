/* The words of boxes and arrows.  The header is in header.c. */
#include "render/words.h"

#include <inttypes.h>
#include <string.h>

#include "render/label.h"

enum {
    TYPE_WIDTH = 28,
    MODULE_WIDTH = 32,
    DETAIL_WIDTH = 26,
    VALUE_WIDTH = 26,
    FILE_WIDTH = 40,
    THREAD_WIDTH = 40,
    KEY_WIDTH = 20,
    STEP_WIDTH = 40 /* one step on an arrow, whatever it is */
};

/* Rows are written to the text one after the other. */
struct writer {
    struct rg_rows *rows;
    struct rg_sink sink;
    const struct rg_graph *graph;
    unsigned flags; /* RG_WORDS_* */
};

static void begin_row(struct writer *writer, enum rg_style style)
{
    struct rg_rows *rows = writer->rows;
    rows->row[rows->count].style = style;
    rows->row[rows->count].start = rows->text.size;
}

/* Closes the row; an empty one is dropped. */
static void end_row(struct writer *writer)
{
    struct rg_rows *rows = writer->rows;
    size_t start = rows->row[rows->count].start;
    rows->row[rows->count].size = rows->text.size - start;
    if (rows->text.size != start)
        rows->count++;
}

static void module_row(struct writer *writer, struct rg_text module)
{
    begin_row(writer, RG_STYLE_MUTED);
    rg_label_safe(&writer->sink, rg_graph_bytes(writer->graph, module),
                  module.size, MODULE_WIDTH, RG_ELIDE_FRONT);
    end_row(writer);
}

static void plain_row(struct writer *writer, enum rg_style style,
                      const char *text)
{
    begin_row(writer, style);
    rg_sink_text(&writer->sink, text);
    end_row(writer);
}

void rg_words_count(struct rg_sink *sink, uint64_t count, const char *one,
                    const char *many)
{
    rg_label_count(sink, count);
    rg_sink_text(sink, " ");
    rg_sink_text(sink, count == 1 ? one : many);
}

/* The type as the picture calls it; an object without one is an object. */
static void write_type(struct rg_sink *sink, const struct rg_graph *graph,
                       const struct rg_object *object)
{
    struct rg_text type =
        object->qualname.size != 0 ? object->qualname : object->type;
    if (type.size == 0)
        rg_sink_text(sink, "object");
    else
        rg_label_text(sink, graph, type, TYPE_WIDTH);
}

/* A function inside another one goes by its own name: the whole of
 * `make.<locals>.handler` is too long for a box. */
static struct rg_text own_name(const struct rg_graph *graph,
                               struct rg_text name)
{
    static const char inside[] = "<locals>.";
    const char *data = rg_graph_bytes(graph, name);
    uint32_t length = sizeof inside - 1, start = 0;
    for (uint32_t i = length; i < name.size; i++)
        if (memcmp(data + i - length, inside, length) == 0)
            start = i;
    return (struct rg_text){name.offset + start, name.size - start};
}

/* One of: function, class or task name, item count. */
static void detail_row(struct writer *writer, const struct rg_object *object)
{
    begin_row(writer, RG_STYLE_MONO);
    rg_label_text(&writer->sink, writer->graph,
                  own_name(writer->graph, object->detail), DETAIL_WIDTH);
    if (object->detail.size != 0 && (object->flags & RG_OBJECT_SUSPENDED) != 0)
        rg_sink_text(&writer->sink, "()");
    else if (object->detail.size == 0 && object->items >= 0)
        rg_words_count(&writer->sink, (uint64_t)object->items, "item", "items");
    end_row(writer);
}

static void object_rows(struct writer *writer, const struct rg_object *object)
{
    if (object->flags & RG_OBJECT_SUSPENDED)
        plain_row(writer, RG_STYLE_MUTED, "suspended");
    begin_row(writer, RG_STYLE_STRONG);
    write_type(&writer->sink, writer->graph, object);
    end_row(writer);
    module_row(writer, object->module);
    detail_row(writer, object);
    if (object->value.size != 0) {
        begin_row(writer, RG_STYLE_MONO);
        rg_label_text(&writer->sink, writer->graph, object->value, VALUE_WIDTH);
        end_row(writer);
    }
    if (writer->flags & RG_WORDS_ADDRESS) {
        begin_row(writer, RG_STYLE_MONO);
        rg_sink_format(&writer->sink, "0x%" PRIx64, object->id);
        end_row(writer);
    }
    if (object->flags & RG_OBJECT_NOT_FOLLOWED)
        plain_row(writer, RG_STYLE_MUTED, "not followed");
}

/* The last two components of a path. */
static struct rg_text short_file(const struct rg_graph *graph,
                                 struct rg_text file)
{
    const char *data = rg_graph_bytes(graph, file);
    uint32_t start = file.size;
    for (int slashes = 0; start > 0; start--)
        if (data[start - 1] == '/' && ++slashes == 2)
            break;
    return (struct rg_text){file.offset + start, file.size - start};
}

/* `count`: frames that the box is of, when they are several. */
static void frame_rows(struct writer *writer, const struct rg_root *root,
                       uint64_t count)
{
    begin_row(writer, RG_STYLE_STRONG);
    rg_label_text(&writer->sink, writer->graph, root->name, TYPE_WIDTH);
    rg_sink_text(&writer->sink, "()");
    end_row(writer);
    if (root->thread.size != 0 && (writer->flags & RG_WORDS_NO_THREAD) == 0) {
        begin_row(writer, RG_STYLE_MUTED);
        rg_sink_text(&writer->sink, "thread ");
        rg_label_text(&writer->sink, writer->graph, root->thread, TYPE_WIDTH);
        end_row(writer);
    }
    if (root->file.size == 0)
        return;
    struct rg_text file = short_file(writer->graph, root->file);
    begin_row(writer, RG_STYLE_MONO);
    rg_label_safe(&writer->sink, rg_graph_bytes(writer->graph, file), file.size,
                  FILE_WIDTH, RG_ELIDE_FRONT);
    if (root->line != 0)
        rg_sink_format(&writer->sink, ":%" PRIu32, root->line);
    end_row(writer);
    if (count < 2)
        return;
    begin_row(writer, RG_STYLE_MUTED);
    rg_sink_text(&writer->sink, "and ");
    rg_words_count(&writer->sink, count - 1, "frame inside it",
                   "frames inside it");
    end_row(writer);
}

static void root_rows(struct writer *writer, const struct rg_view_node *node)
{
    const struct rg_root *root = &writer->graph->roots[node->root];
    static const char *const eyebrows[] = {
        [RG_ROOT_MODULE] = "module",
        [RG_ROOT_THREAD] = "thread",
        [RG_ROOT_INTERPRETER] = "interpreter",
    };
    if (root->kind == RG_ROOT_FRAME) {
        frame_rows(writer, root, node->count);
        return;
    }
    plain_row(writer, RG_STYLE_MUTED, eyebrows[root->kind]);
    begin_row(writer, RG_STYLE_STRONG);
    rg_label_safe(&writer->sink, rg_graph_bytes(writer->graph, root->name),
                  root->name.size, MODULE_WIDTH, RG_ELIDE_FRONT);
    end_row(writer);
}

/* What the stack is of: "Handler · web.handlers", "frames", "modules". */
static void stack_member(struct rg_sink *sink, const struct rg_graph *graph,
                         const struct rg_view_node *node)
{
    static const char *const many[] = {
        [RG_ROOT_MODULE] = "modules",
        [RG_ROOT_FRAME] = "frames",
        [RG_ROOT_THREAD] = "threads",
        [RG_ROOT_INTERPRETER] = "tables of the interpreter",
    };
    if (node->object != RG_NONE) {
        const struct rg_object *object = &graph->objects[node->object];
        write_type(sink, graph, object);
        if (object->module.size == 0)
            return;
        rg_sink_text(sink, " \xc2\xb7 ");
        rg_label_safe(sink, rg_graph_bytes(graph, object->module),
                      object->module.size, MODULE_WIDTH, RG_ELIDE_FRONT);
        return;
    }
    rg_sink_text(sink, many[graph->roots[node->root].kind]);
}

static void stack_rows(struct writer *writer, const struct rg_view_node *node)
{
    begin_row(writer, RG_STYLE_STRONG);
    rg_sink_text(&writer->sink, "\xc3\x97 ");
    rg_label_count(&writer->sink, node->count);
    rg_sink_text(&writer->sink, " more");
    end_row(writer);
    begin_row(writer, RG_STYLE_MUTED);
    stack_member(&writer->sink, writer->graph, node);
    end_row(writer);
    if (node->unfollowed == 0)
        return;
    begin_row(writer, RG_STYLE_MUTED);
    if (node->unfollowed != node->count) {
        rg_label_count(&writer->sink, node->unfollowed);
        rg_sink_text(&writer->sink, " of them ");
    }
    rg_sink_text(&writer->sink, "not followed");
    end_row(writer);
}

static void steps_rows(struct writer *writer, const struct rg_view_node *node)
{
    begin_row(writer, RG_STYLE_MUTED);
    rg_sink_text(&writer->sink, "\xe2\x80\xa6 ");
    rg_words_count(&writer->sink, node->count, "more step", "more steps");
    end_row(writer);
}

static void more_rows(struct writer *writer, const struct rg_view_node *node)
{
    bool is_cut = (node->flags & RG_VIEW_DEPTH_LIMIT) != 0;
    begin_row(writer, RG_STYLE_MUTED);
    /* Behind a depth limit nobody knows how many there are. */
    if (node->count == 0 || is_cut)
        rg_sink_text(&writer->sink, "more referrers");
    else if (node->flags & RG_VIEW_REFERENCES)
        rg_words_count(&writer->sink, node->count, "more reference",
                       "more references");
    else
        rg_words_count(&writer->sink, node->count, "more referrer",
                       "more referrers");
    end_row(writer);
    if (node->flags & RG_VIEW_CYCLE)
        plain_row(writer, RG_STYLE_MUTED,
                  node->count == 1 ? "leads back here" : "lead back here");
    if (!is_cut)
        return;
    begin_row(writer, RG_STYLE_MUTED);
    rg_sink_text(&writer->sink, "depth limit of ");
    rg_label_count(&writer->sink, (uint64_t)writer->graph->max_depth);
    rg_sink_text(&writer->sink, " reached");
    end_row(writer);
}

static void native_rows(struct writer *writer, const struct rg_view_node *node)
{
    const struct rg_native *native = &writer->graph->natives[node->native];
    begin_row(writer, RG_STYLE_STRONG);
    rg_words_count(&writer->sink, node->count, "reference", "references");
    end_row(writer);
    plain_row(writer, RG_STYLE_MUTED, "from C code, not visible to Python");
    if (native->holder.size == 0)
        return;
    begin_row(writer, RG_STYLE_MUTED);
    rg_sink_text(&writer->sink, "probably ");
    rg_label_safe(&writer->sink, rg_graph_bytes(writer->graph, native->holder),
                  native->holder.size, MODULE_WIDTH, RG_ELIDE_FRONT);
    end_row(writer);
}

enum rg_status rg_words_node(const struct rg_view *view,
                             const struct rg_view_node *node, unsigned flags,
                             struct rg_rows *rows)
{
    struct writer writer = {.rows = rows,
                            .graph = view->graph,
                            .flags = flags,
                            .sink = rg_sink_to_buffer(&rows->text)};
    rows->text.size = 0;
    rows->count = 0;
    switch (node->kind) {
    case RG_VIEW_OBJECT:
        object_rows(&writer, &view->graph->objects[node->object]);
        break;
    case RG_VIEW_ROOT:
        root_rows(&writer, node);
        break;
    case RG_VIEW_STACK:
        stack_rows(&writer, node);
        break;
    case RG_VIEW_STEPS:
        steps_rows(&writer, node);
        break;
    case RG_VIEW_MORE:
        more_rows(&writer, node);
        break;
    case RG_VIEW_NATIVE:
        native_rows(&writer, node);
        break;
    }
    return writer.sink.status;
}

/* One step, at most STEP_WIDTH characters of it. */
static void write_arrow_step(struct rg_sink *sink, const struct rg_graph *graph,
                             const struct rg_reference *reference)
{
    struct rg_buffer step = {0};
    struct rg_sink to_step = rg_sink_to_buffer(&step);
    rg_label_step(&to_step, graph, reference, KEY_WIDTH);
    if (step.size != 0)
        rg_label_safe(sink, step.data, step.size, STEP_WIDTH, RG_ELIDE_MIDDLE);
    if (to_step.status != RG_OK && sink->status == RG_OK)
        sink->status = to_step.status;
    rg_buffer_free(&step);
}

/* The label of a reference that the graph only counted, as a step. */
static void write_rest_step(struct rg_sink *sink, const struct rg_graph *graph,
                            const struct rg_rest *rest, struct rg_text label)
{
    struct rg_reference reference = {.kind = rest->kind,
                                     .key_type = rest->key_type,
                                     .owner = rest->owner,
                                     .label = label};
    const char *data = rg_graph_bytes(graph, label);
    for (uint32_t i = 0; i < label.size && i < 19; i++)
        if (data[i] >= '0' && data[i] <= '9')
            reference.number =
                reference.number * 10 + (uint64_t)(data[i] - '0');
    write_arrow_step(sink, graph, &reference);
}

/* "[3] … [119]": from the first to the last reference of a stack. */
static void write_range(struct rg_sink *sink, const struct rg_view *view,
                        const struct rg_view_edge *edge)
{
    const struct rg_graph *graph = view->graph;
    const struct rg_rest *rest =
        edge->rest == RG_NONE ? NULL : &graph->rests[edge->rest];
    bool is_alike = (edge->flags & RG_VIEW_ALIKE) != 0;
    if (edge->label_count != 0)
        write_arrow_step(sink, graph, &graph->references[edge->label[0]]);
    else if (rest != NULL)
        write_rest_step(sink, graph, rest, rest->first);
    bool same_rest = rest == NULL || (rest->first.offset == rest->last.offset &&
                                      rest->first.size == rest->last.size);
    if ((is_alike || edge->label_count == 0) && same_rest)
        return;
    rg_sink_text(sink, " \xe2\x80\xa6 ");
    if (rest != NULL)
        write_rest_step(sink, graph, rest, rest->last);
    else
        write_arrow_step(sink, graph, &graph->references[edge->last]);
}

static void write_list(struct rg_sink *sink, const struct rg_view *view,
                       const struct rg_view_edge *edge)
{
    const struct rg_graph *graph = view->graph;
    uint32_t named = edge->label_count;
    if ((edge->flags & RG_VIEW_ALIKE) != 0 && edge->rest == RG_NONE)
        named = 1;
    for (uint32_t i = 0; i < named; i++) {
        if (i != 0)
            rg_sink_text(sink, ", ");
        write_arrow_step(sink, graph, &graph->references[edge->label[i]]);
    }
    if (named == 1 && (edge->flags & RG_VIEW_ALIKE) != 0 &&
        edge->reference_count > 1) {
        rg_sink_text(sink, " \xc3\x97 ");
        rg_label_count(sink, edge->reference_count);
    } else if (edge->reference_count > named) {
        rg_sink_text(sink, " + ");
        rg_label_count(sink, edge->reference_count - named);
        rg_sink_text(sink, " more");
    }
}

void rg_words_edge(struct rg_sink *sink, const struct rg_view *view,
                   const struct rg_view_edge *edge)
{
    if (edge->label_count == 0 && edge->rest == RG_NONE)
        return; /* of what is not drawn, or what C code knows alone */
    if (view->nodes[edge->referrer].kind == RG_VIEW_STACK ||
        view->nodes[edge->referent].kind == RG_VIEW_STACK ||
        (view->nodes[edge->referent].kind == RG_VIEW_STEPS &&
         edge->label_count > 1))
        write_range(sink, view, edge);
    else
        write_list(sink, view, edge);
    if (edge->flags & RG_VIEW_CYCLE)
        rg_sink_text(sink, " \xc2\xb7 cycle");
    if (edge->flags & RG_VIEW_CUT)
        rg_sink_text(sink, " \xc2\xb7 cut");
}

/* Whether a collection would leave a garbage cycle alone. */
static bool is_kept_frame(const struct rg_graph *graph)
{
    const uint32_t flags =
        RG_VERDICT_FROZEN | RG_VERDICT_SAVE_ALL | RG_VERDICT_NATIVE_INSIDE;
    for (size_t i = 0; i < graph->verdict_count; i++)
        if (graph->verdicts[i].flags & flags)
            return true;
    return false;
}

void rg_words_cluster(struct rg_sink *sink, const struct rg_view *view,
                      const struct rg_view_cluster *cluster)
{
    const struct rg_graph *graph = view->graph;
    if (cluster->kind == RG_VIEW_THREAD) {
        rg_sink_text(sink, "thread ");
        rg_label_text(sink, graph, graph->roots[cluster->root].thread,
                      THREAD_WIDTH);
        return;
    }
    rg_sink_text(sink, "garbage cycle \xc2\xb7 unreachable, ");
    rg_sink_text(sink, is_kept_frame(graph) ? "not freed by gc.collect()"
                                            : "freed by gc.collect()");
}
