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

static void write_fields(struct writer *writer, int record, size_t at,
                         bool *is_first)
{
    const struct rg_record *row = &rg_view_records[record];
    union rg_any copy;
    rg_record_get(row, writer->view, at, &copy);
    rg__json_fields(writer->sink, writer->view, row, &copy, false, is_first);
}

static void write_counts(struct writer *writer)
{
    bool is_first = true;
    rg_sink_text(writer->sink, "    \"counts\": {");
    write_fields(writer, RG_RECORD_COUNTS, 0, &is_first);
    rg_sink_text(writer->sink, "},\n");
}

static void write_header(struct writer *writer)
{
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
    write_counts(writer);
}

static void write_path(struct writer *writer)
{
    rg_sink_text(writer->sink, "    \"path\": [");
    for (size_t i = 0; i < writer->view->path_count; i++)
        rg_sink_format(writer->sink, i == 0 ? "%" PRIu32 : ", %" PRIu32,
                       writer->view->path[i]);
    rg_sink_text(writer->sink, "],\n");
}

/* An array of records, each begun with its id and its fields; `write` adds
 * what is told of it in words. */
static void write_array(struct writer *writer, int record, bool has_id,
                        void (*write)(struct writer *writer, size_t i))
{
    const struct rg_record *row = &rg_view_records[record];
    size_t count = rg_record_count(row, writer->view);
    rg_sink_format(writer->sink, "    \"%s\": [", row->name);
    for (size_t i = 0; i < count; i++) {
        bool is_first = true;
        rg_sink_text(writer->sink, i == 0 ? "\n      {" : ",\n      {");
        if (has_id) {
            rg__json_key(writer->sink, &is_first, "id");
            rg__json_id(writer->sink, writer->view, row, i);
        }
        write_fields(writer, record, i, &is_first);
        write(writer, i);
        rg_sink_text(writer->sink, "}");
    }
    rg_sink_text(writer->sink, count == 0 ? "]" : "\n    ]");
}

static void write_json_cluster(struct writer *writer, size_t i)
{
    rg_sink_text(writer->sink, ", \"words\": ");
    struct rg_sink words = begin_words(writer);
    rg_words_cluster(&words, writer->view, &writer->view->clusters[i]);
    end_words(writer, &words);
}

static void write_json_rows(struct writer *writer, size_t i)
{
    const struct rg_view_node *node = &writer->view->nodes[i];
    const struct rg_rows *rows = &writer->rows;
    unsigned flags = (writer->options->addresses ? RG_WORDS_ADDRESS : 0) |
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

/* Of a stack: its first members; and what the box says. */
static void write_json_node(struct writer *writer, size_t i)
{
    const struct rg_view_node *node = &writer->view->nodes[i];
    rg_sink_text(writer->sink, ", \"members\": [");
    for (uint32_t k = 0; k < node->member_count; k++)
        rg_sink_format(writer->sink, k == 0 ? "%" PRIu32 : ", %" PRIu32,
                       node->member[k]);
    rg_sink_text(writer->sink, "]");
    write_json_rows(writer, i);
}

static void write_edge(struct writer *writer, size_t i)
{
    const struct rg_view_edge *edge = &writer->view->edges[i];
    rg_sink_text(writer->sink, ", \"words\": ");
    struct rg_sink words = begin_words(writer);
    rg_words_edge(&words, writer->view, edge);
    end_words(writer, &words);
    rg_sink_text(writer->sink, ", \"references\": [");
    for (uint32_t k = 0; k < edge->label_count; k++)
        rg_sink_format(writer->sink, k == 0 ? "%" PRIu32 : ", %" PRIu32,
                       edge->label[k]);
    rg_sink_text(writer->sink, "]");
}

void rg__json_picture(struct rg_sink *sink, const struct rg_view *view,
                      const struct rg_json_options *options)
{
    struct writer writer = {.sink = sink, .view = view, .options = options};
    rg_sink_text(sink, "  \"picture\": {\n");
    write_header(&writer);
    write_path(&writer);
    write_array(&writer, RG_RECORD_CLUSTER, true, write_json_cluster);
    rg_sink_text(sink, ",\n");
    write_array(&writer, RG_RECORD_NODE, true, write_json_node);
    rg_sink_text(sink, ",\n");
    write_array(&writer, RG_RECORD_EDGE, false, write_edge);
    rg_sink_text(sink, "\n  }\n");
    rg_buffer_free(&writer.words);
    rg_buffer_free(&writer.rows.text);
}
