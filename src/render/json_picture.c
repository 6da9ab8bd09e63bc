#include "render/json_picture.h"

#include <inttypes.h>

#include "render/json_text.h"
#include "render/label.h"
#include "render/words.h"

enum { TITLE_WIDTH = 200 };

struct writer {
    struct rg_sink *sink;
    const struct rg_view *view;
    const struct rg_json_options *options;
    struct rg_buffer words;
    struct rg_rows rows;
};

static struct rg_sink begin_words(struct writer *writer)
{
    writer->words.size = 0;
    return rg_sink_to_buffer(&writer->words);
}

static void end_words(struct writer *writer, const struct rg_sink *words)
{
    rg__json_string(writer->sink, writer->words.data, writer->words.size);
    if (words->status != RG_OK && writer->sink->status == RG_OK)
        writer->sink->status = words->status;
}

/* One of the writers of render/words.h, as a member of the picture. */
static void write_words(struct writer *writer, const char *name,
                        void (*write)(struct rg_sink *sink,
                                      const struct rg_view *view))
{
    rg_sink_format(writer->sink, "    \"%s\": ", name);
    struct rg_sink words = begin_words(writer);
    write(&words, writer->view);
    end_words(writer, &words);
    rg_sink_text(writer->sink, ",\n");
}

static void write_title(struct rg_sink *sink, const struct rg_view *view,
                        const struct rg_json_options *options)
{
    if (options->title == NULL)
        rg_words_title(sink, view);
    else
        rg_label_safe(sink, options->title, options->title_size, TITLE_WIDTH,
                      RG_ELIDE_MIDDLE);
}

static void write_header(struct writer *writer)
{
    const struct rg_view_counts *counts = &writer->view->counts;
    rg_sink_text(writer->sink, "    \"title\": ");
    struct rg_sink words = begin_words(writer);
    write_title(&words, writer->view, writer->options);
    end_words(writer, &words);
    rg_sink_text(writer->sink, ",\n");
    write_words(writer, "description", rg_words_description);
    write_words(writer, "target", rg_words_targets);
    write_words(writer, "expression", rg_words_path);
    write_words(writer, "place", rg_words_place);
    write_words(writer, "verdict", rg_words_verdict);
    write_words(writer, "ledger", rg_words_ledger);
    rg_sink_format(writer->sink, "    \"direction\": \"%s\",\n",
                   writer->view->left_to_right ? "LR" : "TB");
    rg_sink_format(writer->sink,
                   "    \"counts\": {\"references\": %" PRIu64
                   ", \"shown\": %" PRIu64 ", \"collapsed\": %" PRIu64
                   ", \"weak\": %" PRIu64 ", \"unseen\": %" PRIu64,
                   counts->references, counts->shown, counts->collapsed,
                   counts->weak, counts->unseen);
    rg_sink_format(writer->sink,
                   ", \"objects_drawn\": %zu, \"roots_drawn\": %zu},\n",
                   counts->objects_drawn, counts->roots_drawn);
}

static void write_index(struct writer *writer, const char *name,
                        uint32_t index)
{
    if (index == RG_NONE)
        rg_sink_format(writer->sink, ", \"%s\": null", name);
    else
        rg_sink_format(writer->sink, ", \"%s\": %" PRIu32, name, index);
}

static void write_flag(struct writer *writer, const char *name, unsigned flag)
{
    rg_sink_format(writer->sink, ", \"%s\": %s", name,
                   flag != 0 ? "true" : "false");
}

static void write_path(struct writer *writer)
{
    rg_sink_text(writer->sink, "    \"path\": [");
    for (size_t i = 0; i < writer->view->path_count; i++)
        rg_sink_format(writer->sink, i == 0 ? "%" PRIu32 : ", %" PRIu32,
                       writer->view->path[i]);
    rg_sink_text(writer->sink, "],\n");
}

static void write_cluster_id(struct writer *writer, uint32_t index)
{
    bool is_garbage =
        writer->view->clusters[index].kind == RG_VIEW_GARBAGE;
    rg_sink_format(writer->sink, "\"%c%" PRIu32 "\"", is_garbage ? 'g' : 't',
                   index + 1);
}

static void write_clusters(struct writer *writer)
{
    const struct rg_view *view = writer->view;
    rg_sink_text(writer->sink, "    \"clusters\": [");
    for (uint32_t i = 0; i < view->cluster_count; i++) {
        bool is_garbage = view->clusters[i].kind == RG_VIEW_GARBAGE;
        rg_sink_text(writer->sink, i == 0 ? "\n      {\"id\": "
                                          : ",\n      {\"id\": ");
        write_cluster_id(writer, i);
        rg_sink_format(writer->sink, ", \"kind\": \"%s\", \"words\": ",
                       is_garbage ? "garbage" : "thread");
        struct rg_sink words = begin_words(writer);
        rg_words_cluster(&words, view, &view->clusters[i]);
        end_words(writer, &words);
        rg_sink_text(writer->sink, "}");
    }
    rg_sink_text(writer->sink,
                 view->cluster_count == 0 ? "],\n" : "\n    ],\n");
}

static void write_rows(struct writer *writer, size_t i)
{
    const struct rg_view_node *node = &writer->view->nodes[i];
    const struct rg_rows *rows = &writer->rows;
    unsigned flags =
        (writer->options->addresses ? RG_WORDS_ADDRESS : 0) |
        (node->cluster != RG_NONE ? RG_WORDS_NO_THREAD : 0);
    enum rg_status status =
        rg_words_node(writer->view, node, flags, &writer->rows);
    if (status != RG_OK && writer->sink->status == RG_OK)
        writer->sink->status = status;
    rg_sink_text(writer->sink, ", \"rows\": [");
    for (size_t k = 0; k < rows->count; k++) {
        if (k != 0)
            rg_sink_text(writer->sink, ", ");
        rg__json_string(writer->sink, rows->text.data + rows->row[k].start,
                        rows->row[k].size);
    }
    rg_sink_text(writer->sink, "]");
}

/* Of a stack: its first members, and how many no one followed. */
static void write_members(struct writer *writer,
                          const struct rg_view_node *node)
{
    rg_sink_text(writer->sink, ", \"members\": [");
    for (uint32_t i = 0; i < node->member_count; i++)
        rg_sink_format(writer->sink, i == 0 ? "%" PRIu32 : ", %" PRIu32,
                       node->member[i]);
    rg_sink_format(writer->sink, "], \"unfollowed\": %" PRIu64,
                   node->unfollowed);
}

static void write_node(struct writer *writer, size_t i)
{
    static const char *const kinds[] = {
        [RG_VIEW_OBJECT] = "object", [RG_VIEW_ROOT] = "root",
        [RG_VIEW_STACK] = "stack", [RG_VIEW_STEPS] = "steps",
        [RG_VIEW_MORE] = "more", [RG_VIEW_NATIVE] = "native"};
    const struct rg_view_node *node = &writer->view->nodes[i];
    rg_sink_format(writer->sink, "%s      {\"id\": \"n%zu\", \"kind\": \"%s\"",
                   i == 0 ? "\n" : ",\n", i, kinds[node->kind]);
    write_index(writer, "object", node->object);
    write_index(writer, "root", node->root);
    rg_sink_text(writer->sink, ", \"cluster\": ");
    if (node->cluster == RG_NONE)
        rg_sink_text(writer->sink, "null");
    else
        write_cluster_id(writer, node->cluster);
    rg_sink_format(writer->sink, ", \"level\": %" PRIu32 ", \"count\": %" PRIu64,
                   node->level, node->count);
    write_members(writer, node);
    write_flag(writer, "target", node->flags & RG_VIEW_TARGET);
    write_flag(writer, "on_path", node->flags & RG_VIEW_ON_PATH);
    write_rows(writer, i);
    rg_sink_text(writer->sink, "}");
}

static void write_edge(struct writer *writer, size_t i)
{
    const struct rg_view_edge *edge = &writer->view->edges[i];
    rg_sink_format(writer->sink,
                   "%s      {\"referrer\": \"n%" PRIu32
                   "\", \"referent\": \"n%" PRIu32 "\", \"words\": ",
                   i == 0 ? "\n" : ",\n", edge->referrer, edge->referent);
    struct rg_sink words = begin_words(writer);
    rg_words_edge(&words, writer->view, edge);
    end_words(writer, &words);
    rg_sink_text(writer->sink, ", \"references\": [");
    for (uint32_t k = 0; k < edge->label_count; k++)
        rg_sink_format(writer->sink, k == 0 ? "%" PRIu32 : ", %" PRIu32,
                       edge->label[k]);
    rg_sink_format(writer->sink, "], \"count\": %" PRIu64,
                   edge->reference_count);
    write_flag(writer, "on_path", edge->flags & RG_VIEW_ON_PATH);
    write_flag(writer, "cycle", edge->flags & RG_VIEW_CYCLE);
    write_flag(writer, "weak", edge->flags & RG_VIEW_WEAK);
    write_flag(writer, "cut", edge->flags & RG_VIEW_CUT);
    rg_sink_text(writer->sink, "}");
}

void rg__json_picture(struct rg_sink *sink, const struct rg_view *view,
                      const struct rg_json_options *options)
{
    struct writer writer = {.sink = sink, .view = view, .options = options};
    rg_sink_text(sink, "  \"picture\": {\n");
    write_header(&writer);
    write_path(&writer);
    write_clusters(&writer);
    rg_sink_text(sink, "    \"nodes\": [");
    for (size_t i = 0; i < view->node_count; i++)
        write_node(&writer, i);
    rg_sink_text(sink, view->node_count == 0 ? "],\n" : "\n    ],\n");
    rg_sink_text(sink, "    \"edges\": [");
    for (size_t i = 0; i < view->edge_count; i++)
        write_edge(&writer, i);
    rg_sink_text(sink, view->edge_count == 0 ? "]\n  }\n" : "\n    ]\n  }\n");
    rg_buffer_free(&writer.words);
    rg_buffer_free(&writer.rows.text);
}
