/* The merged tree as a chart: a box for each node, and one for each root. */
#include "base/alloc.h"
#include "render/chart.h"
#include "render/label.h"
#include "render/merged.h"

enum { WIDTH = 30, TIP_WIDTH = 400, MOST_ROOTS = 100 };

struct drawing {
    const struct rg__merged *merged;
    struct rg_chart chart;
    struct rg_buffer scratch;
    uint32_t roots[MOST_ROOTS]; /* that have a box: of the graph, */
    uint32_t root_box[MOST_ROOTS];
    size_t root_count;
    enum rg_status status;
};

static struct rg_sink begin_merged(struct drawing *drawing)
{
    drawing->scratch.size = 0;
    return rg_sink_to_buffer(&drawing->scratch);
}

static void note_failure(struct drawing *drawing, enum rg_status status)
{
    if (drawing->status == RG_OK)
        drawing->status = status;
}

static void end_merged_row(struct drawing *drawing, const struct rg_sink *words,
                           struct rg_rows *rows, enum rg_style style)
{
    note_failure(drawing, words->status);
    note_failure(drawing, rg_rows_add(rows, style, drawing->scratch.data,
                                      drawing->scratch.size, WIDTH));
}

static bool is_same_root(const struct rg_root *a, const struct rg_root *b)
{
    return a->kind == b->kind && rg_text_is_same(a->name, b->name) &&
           rg_text_is_same(a->file, b->file);
}

/* The box of a root; frames of one function are one. */
static uint32_t box_of_root(struct drawing *drawing, uint32_t index)
{
    static const char *const words[] = {
        [RG_ROOT_MODULE] = "module",
        [RG_ROOT_FRAME] = "running function",
        [RG_ROOT_THREAD] = "thread",
        [RG_ROOT_INTERPRETER] = "interpreter",
    };
    const struct rg_graph *graph = drawing->merged->graph;
    const struct rg_root *root = &graph->roots[index];
    struct rg_chart_box *box;
    for (size_t i = 0; i < drawing->root_count; i++)
        if (is_same_root(root, &graph->roots[drawing->roots[i]]))
            return drawing->root_box[i];
    note_failure(drawing,
                 rg_chart_add(&drawing->chart, RG_NONE, RG_CHART_ROOT, &box));
    if (drawing->status != RG_OK)
        return RG_NONE;
    struct rg_sink name = begin_merged(drawing);
    rg_label_text(&name, graph, root->name, RG_LABEL_NAME_WIDTH);
    end_merged_row(drawing, &name, &box->rows, RG_STYLE_STRONG);
    struct rg_sink kind = begin_merged(drawing);
    rg_sink_text(&kind, words[root->kind]);
    end_merged_row(drawing, &kind, &box->rows, RG_STYLE_MUTED);
    uint32_t number = (uint32_t)drawing->chart.box_count - 1;
    if (drawing->root_count < MOST_ROOTS) {
        drawing->roots[drawing->root_count] = index;
        drawing->root_box[drawing->root_count++] = number;
    }
    return number;
}

/* `[…]`, `.sessions`, `REGISTRY`, and how many where that is not one. */
static void put_arrow(struct drawing *drawing,
                      const struct rg__merged_node *node,
                      struct rg_chart_box *box)
{
    const struct rg_graph *graph = drawing->merged->graph;
    const struct rg_reference *reference = &graph->references[node->reference];
    struct rg_sink words = begin_merged(drawing);
    if (node->has_labels)
        rg_label_many_steps(&words, graph, reference);
    else
        rg_label_step(&words, graph, reference, WIDTH);
    if (node->count > 1) {
        rg_sink_text(&words, " \xc3\x97 ");
        rg_label_count(&words, node->count);
    }
    struct rg_sink safe = rg_sink_to_buffer(&box->label);
    rg_label_safe(&safe, drawing->scratch.data, drawing->scratch.size,
                  WIDTH + 10, RG_ELIDE_MIDDLE);
    note_failure(drawing, words.status);
    note_failure(drawing, safe.status);
}

static void put_rows(struct drawing *drawing,
                     const struct rg__merged_node *node,
                     struct rg_chart_box *box)
{
    const struct rg_graph *graph = drawing->merged->graph;
    const struct rg_object *object = &graph->objects[node->object];
    struct rg_sink words = begin_merged(drawing);
    rg__merged_what(&words, drawing->merged, node);
    end_merged_row(drawing, &words, &box->rows, RG_STYLE_STRONG);
    words = begin_merged(drawing);
    rg_label_text(&words, graph, object->module, RG_LABEL_NAME_WIDTH);
    if (drawing->scratch.size > 0)
        end_merged_row(drawing, &words, &box->rows, RG_STYLE_MUTED);
    if (node->below == 0 || node->is_target)
        return;
    words = begin_merged(drawing);
    rg_sink_text(&words, "leads to ");
    rg_label_count(&words, node->below);
    end_merged_row(drawing, &words, &box->rows, RG_STYLE_MUTED);
}

/* What there is no room for is a box without words of its own. */
static void put_more(struct drawing *drawing,
                     const struct rg__merged_node *node,
                     struct rg_chart_box *box)
{
    struct rg_sink words = begin_merged(drawing);
    rg_label_count(&words, node->count);
    rg_sink_text(&words,
                 node->count == 1 ? " more way, to " : " more ways, to ");
    rg_label_count(&words, node->below);
    end_merged_row(drawing, &words, &box->rows, RG_STYLE_MUTED);
}

static uint32_t add_node(struct drawing *drawing, uint32_t index,
                         const uint32_t *box_of)
{
    const struct rg__merged *merged = drawing->merged;
    const struct rg__merged_node *node = &merged->nodes[index];
    struct rg_chart_box *box;
    uint32_t above = RG_NONE;
    if (node->parent != RG_NONE)
        above = box_of[node->parent];
    else if (node->reference != RG_NONE)
        above = box_of_root(drawing,
                            merged->graph->references[node->reference].root);
    note_failure(drawing,
                 rg_chart_add(&drawing->chart, above,
                              node->is_target ? RG_CHART_POINT : RG_CHART_PLACE,
                              &box));
    if (drawing->status != RG_OK)
        return RG_NONE;
    if (node->reference == RG_NONE) {
        put_more(drawing, node, box);
    } else {
        put_arrow(drawing, node, box);
        put_rows(drawing, node, box);
    }
    return (uint32_t)drawing->chart.box_count - 1;
}

/* The way that most targets go is emphasised. */
static void emphasise(struct drawing *drawing, const uint32_t *box_of)
{
    const struct rg__merged *merged = drawing->merged;
    for (uint32_t at = merged->first;
         at != RG_NONE && merged->nodes[at].reference != RG_NONE;
         at = merged->nodes[at].first_child)
        drawing->chart.boxes[box_of[at]].on_path = true;
}

static void put_head(struct drawing *drawing)
{
    struct rg_sink title = rg_sink_to_buffer(&drawing->chart.title);
    rg_sink_text(&title, "What leads to ");
    rg__merged_title(&title, drawing->merged->graph);
    note_failure(drawing, title.status);
    if (drawing->merged->unheld == 0)
        return;
    struct rg_sink words = begin_merged(drawing);
    rg_sink_text(&words, "no root leads to ");
    rg_label_count(&words, drawing->merged->unheld);
    rg_sink_text(&words, " of them");
    end_merged_row(drawing, &words, &drawing->chart.head, RG_STYLE_MUTED);
}

/* A node comes before those below it. */
static void add_nodes(struct drawing *drawing, uint32_t *box_of)
{
    const struct rg__merged *merged = drawing->merged;
    uint32_t at = merged->first;
    while (at != RG_NONE && drawing->status == RG_OK) {
        box_of[at] = add_node(drawing, at, box_of);
        if (merged->nodes[at].first_child != RG_NONE) {
            at = merged->nodes[at].first_child;
            continue;
        }
        while (at != RG_NONE && merged->nodes[at].next == RG_NONE)
            at = merged->nodes[at].parent;
        at = at == RG_NONE ? RG_NONE : merged->nodes[at].next;
    }
}

enum rg_status rg_merged_chart(const struct rg_graph *graph, size_t most,
                               struct rg_sink *sink)
{
    struct rg__merged merged;
    struct drawing drawing = {.merged = &merged};
    enum rg_status status = rg__merged_init(&merged, graph, sink->poll);
    if (status == RG_OK)
        status = rg__merged_keep(&merged, most);
    uint32_t *box_of =
        status == RG_OK ? rg_alloc(merged.count, sizeof *box_of) : NULL;
    if (status == RG_OK && box_of == NULL)
        status = RG_ENOMEM;
    if (status == RG_OK) {
        put_head(&drawing);
        add_nodes(&drawing, box_of);
        if (drawing.status == RG_OK)
            emphasise(&drawing, box_of);
        status = drawing.status;
    }
    if (status == RG_OK) {
        rg_chart_write(&drawing.chart, sink);
        status = sink->status;
    }
    rg_chart_free(&drawing.chart);
    rg_buffer_free(&drawing.scratch);
    rg_free(box_of);
    rg__merged_free(&merged);
    return status;
}
