#include "render/mermaid.h"

#include <string.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "render/label.h"
#include "render/words.h"

enum { TITLE_WIDTH = 90 };

struct writer {
    struct rg_sink *sink;
    const struct rg_view *view;
    const struct rg_mermaid_options *options;
    struct rg_buffer words; /* what is being escaped */
    struct rg_rows rows;
    uint32_t *members; /* of one cluster */
};

/* What takes the place of one byte inside quotes, or NULL for itself.  Only
 * decimal entities work; a backslash, a backtick and a semicolon would mean
 * something to mermaid even there. */
static const char *in_mermaid(char byte)
{
    switch (byte) {
    case '"':
        return "#quot;";
    case '#':
        return "#35;";
    case '&':
        return "#amp;";
    case '<':
        return "#lt;";
    case '>':
        return "#gt;";
    case '\\':
        return "#92;";
    case '`':
        return "#96;";
    case ';':
        return "#59;";
    default:
        return NULL;
    }
}

static struct rg_sink begin_mermaid_words(struct writer *writer)
{
    writer->words.size = 0;
    return rg_sink_to_buffer(&writer->words);
}

static void end_mermaid_words(struct writer *writer,
                              const struct rg_sink *words)
{
    rg_sink_replaced(writer->sink, writer->words.data, writer->words.size,
                     in_mermaid);
    if (words->status != RG_OK && writer->sink->status == RG_OK)
        writer->sink->status = words->status;
}

/* The title stands in the front matter, as a string of YAML: that is one of
 * JSON, and the words are safe already but for quotes and backslashes. */
static void write_mermaid_title(struct writer *writer)
{
    struct rg_sink words = begin_mermaid_words(writer);
    const struct rg_mermaid_options *options = writer->options;
    if (options->title != NULL) {
        rg_label_safe(&words, options->title, options->title_size, TITLE_WIDTH,
                      RG_ELIDE_MIDDLE);
    } else {
        rg_words_targets(&words, writer->view);
        rg_sink_text(&words, " \xc2\xb7 ");
        rg_words_counts(&words, writer->view, options->addresses);
    }
    rg_sink_text(writer->sink, "---\ntitle: \"");
    for (size_t i = 0; i < writer->words.size; i++) {
        char byte = writer->words.data[i];
        if (byte == '"' || byte == '\\')
            rg_sink_text(writer->sink, "\\");
        rg_sink_write(writer->sink, &byte, 1);
    }
    rg_sink_text(writer->sink, "\"\n---\n");
    if (words.status != RG_OK)
        writer->sink->status = words.status;
}

static void write_head(struct writer *writer)
{
    write_mermaid_title(writer);
    rg_sink_text(writer->sink,
                 "%%{init: {\"flowchart\": {\"htmlLabels\": true, "
                 "\"curve\": \"basis\"}}}%%\nflowchart ");
    rg_sink_text(writer->sink, writer->view->left_to_right ? "LR" : "TB");
    rg_sink_text(writer->sink, "\n  accTitle: ");
    struct rg_sink words = begin_mermaid_words(writer);
    rg_words_title(&words, writer->view);
    end_mermaid_words(writer, &words);
    rg_sink_text(writer->sink, "\n  accDescr: ");
    words = begin_mermaid_words(writer);
    rg_words_description(&words, writer->view);
    end_mermaid_words(writer, &words);
    rg_sink_text(writer->sink, "\n");
}

/* How a node of each kind looks: its brackets and its class. */
struct look {
    const char *open, *close, *class_name, *path_class_name;
};

static const struct look *mermaid_look(const struct rg_view_node *node)
{
    static const struct look target = {"([\"", "\"])", "target", "target"};
    static const struct look looks[] = {
        [RG_VIEW_OBJECT] = {"(\"", "\")", NULL, "path"},
        [RG_VIEW_ROOT] = {"[\"", "\"]", "root", "root"},
        [RG_VIEW_STACK] = {"[[\"", "\"]]", NULL, "path"},
        [RG_VIEW_STEPS] = {"(\"", "\")", "more", "more"},
        [RG_VIEW_MORE] = {"(\"", "\")", "more", "more"},
        [RG_VIEW_NATIVE] = {"[\"", "\"]", "native", "native"},
    };
    bool is_target =
        node->kind == RG_VIEW_OBJECT && (node->flags & RG_VIEW_TARGET) != 0;
    return is_target ? &target : &looks[node->kind];
}

static void write_mermaid_rows(struct writer *writer)
{
    const struct rg_rows *rows = &writer->rows;
    for (size_t i = 0; i < rows->count; i++) {
        bool is_strong = rows->row[i].style == RG_STYLE_STRONG;
        if (i != 0)
            rg_sink_text(writer->sink, "<br>");
        rg_sink_text(writer->sink, is_strong ? "<b>" : "");
        rg_sink_replaced(writer->sink, rows->text.data + rows->row[i].start,
                         rows->row[i].size, in_mermaid);
        rg_sink_text(writer->sink, is_strong ? "</b>" : "");
    }
}

static void write_mermaid_node(struct writer *writer, size_t i,
                               const char *indent)
{
    const struct rg_view_node *node = &writer->view->nodes[i];
    const struct look *look = mermaid_look(node);
    unsigned flags = (writer->options->addresses ? RG_WORDS_ADDRESS : 0) |
                     (node->cluster != RG_NONE ? RG_WORDS_NO_THREAD : 0);
    enum rg_status status =
        rg_words_node(writer->view, node, flags, &writer->rows);
    if (status != RG_OK && writer->sink->status == RG_OK)
        writer->sink->status = status;
    rg_sink_format(writer->sink, "%sn%zu%s", indent, i, look->open);
    write_mermaid_rows(writer);
    const char *class_name = node->flags & RG_VIEW_ON_PATH
                                 ? look->path_class_name
                                 : look->class_name;
    rg_sink_text(writer->sink, look->close);
    if (class_name != NULL)
        rg_sink_format(writer->sink, ":::%s", class_name);
    rg_sink_text(writer->sink, "\n");
}

static void write_cluster(struct writer *writer, uint32_t index)
{
    const struct rg_view *view = writer->view;
    const struct rg_view_cluster *cluster = &view->clusters[index];
    rg_sink_format(writer->sink, "  subgraph %c%u[\"",
                   cluster->kind == RG_VIEW_GARBAGE ? 'g' : 't',
                   (unsigned)index + 1);
    struct rg_sink words = begin_mermaid_words(writer);
    rg_words_cluster(&words, view, cluster);
    end_mermaid_words(writer, &words);
    rg_sink_text(writer->sink, "\"]\n");
    size_t count = rg_view_cluster_nodes(view, index, writer->members);
    for (size_t i = 0; i < count; i++)
        write_mermaid_node(writer, writer->members[i], "    ");
    rg_sink_text(writer->sink, "  end\n");
}

/* In the order of the DOT text; a cluster stands where its first node does. */
static void write_boxes(struct writer *writer)
{
    const struct rg_view *view = writer->view;
    size_t clusters = 0;
    for (size_t i = 0; i < view->node_count; i++) {
        uint32_t cluster = view->nodes[i].cluster;
        if (cluster == RG_NONE) {
            write_mermaid_node(writer, i, "  ");
        } else if (cluster >= clusters) {
            write_cluster(writer, cluster);
            clusters = (size_t)cluster + 1;
        }
    }
}

/* The two halves of an arrow with words, and one without. */
static void arrow_of(const struct rg_view_edge *edge, const char **before,
                     const char **behind)
{
    bool is_counted = edge->label_count == 0 && edge->rest == RG_NONE;
    *before = "--";
    *behind = "-->";
    if (edge->reference_count == 0) {
        *behind = "-.-";
    } else if (is_counted) {
        *behind = "-.->";
    } else if (edge->flags & RG_VIEW_CUT) {
        *behind = "--x";
    } else if (edge->flags & RG_VIEW_ON_PATH) {
        *before = "==";
        *behind = "==>";
    } else if (edge->flags & RG_VIEW_WEAK) {
        *before = "-.";
        *behind = ".->";
    }
}

static void write_mermaid_edge(struct writer *writer, size_t i)
{
    const struct rg_view_edge *edge = &writer->view->edges[i];
    const char *before, *behind;
    arrow_of(edge, &before, &behind);
    struct rg_sink words = begin_mermaid_words(writer);
    rg_words_edge(&words, writer->view, edge);
    if (words.status != RG_OK)
        writer->sink->status = words.status;
    rg_sink_format(writer->sink, "  n%u ", (unsigned)edge->referrer);
    if (writer->words.size != 0) {
        rg_sink_format(writer->sink, "%s \"", before);
        end_mermaid_words(writer, &words);
        rg_sink_text(writer->sink, "\" ");
    } else if (edge->flags & RG_VIEW_WEAK) {
        behind = "-.->";
    }
    rg_sink_format(writer->sink, "%s n%u\n", behind, (unsigned)edge->referent);
}

static void write_classes(struct writer *writer)
{
    rg_sink_text(writer->sink,
                 "  classDef target stroke:#2f8fce,stroke-width:4px\n"
                 "  classDef path stroke:#2f8fce,stroke-width:2px\n"
                 "  classDef root stroke:#b07d00,stroke-width:2px\n"
                 "  classDef more stroke-dasharray:2 3\n");
    for (size_t i = 0; i < writer->view->node_count; i++)
        if (writer->view->nodes[i].kind == RG_VIEW_NATIVE) {
            rg_sink_text(writer->sink, "  classDef native stroke:#d2662c,"
                                       "stroke-dasharray:5 4\n");
            break;
        }
    for (size_t i = 0; i < writer->view->cluster_count; i++)
        if (writer->view->clusters[i].kind == RG_VIEW_GARBAGE)
            rg_sink_format(writer->sink,
                           "  style g%zu stroke:#b85c92,"
                           "stroke-dasharray:5 4\n",
                           i + 1);
}

static void write_flowchart(struct writer *writer)
{
    write_head(writer);
    write_boxes(writer);
    for (size_t i = 0; i < writer->view->edge_count; i++)
        write_mermaid_edge(writer, i);
    write_classes(writer);
}

/* Said in a comment: what draws the text would only say that it is too much. */
static void write_warning(struct rg_sink *sink, const struct rg_view *view,
                          size_t size)
{
    if (view->edge_count > RG_MERMAID_MAX_EDGES)
        rg_sink_format(sink,
                       "%%%% %zu arrows: mermaid draws %d, unless its page "
                       "sets maxEdges\n",
                       view->edge_count, RG_MERMAID_MAX_EDGES);
    if (size > RG_MERMAID_MAX_SIZE)
        rg_sink_format(sink,
                       "%%%% %zu characters: mermaid draws %d, unless its "
                       "page sets maxTextSize\n",
                       size, RG_MERMAID_MAX_SIZE);
}

enum rg_status rg_mermaid_write(struct rg_sink *sink,
                                const struct rg_view *view,
                                const struct rg_mermaid_options *options)
{
    struct rg_buffer text = {0};
    struct rg_sink to_text = rg_sink_to_buffer(&text);
    struct writer writer = {.sink = &to_text, .view = view, .options = options};
    writer.members = rg_alloc(view->node_count, sizeof *writer.members);
    if (writer.members == NULL)
        to_text.status = RG_ENOMEM;
    else
        write_flowchart(&writer);
    if (to_text.status == RG_OK) {
        /* Behind the front matter, which has to come first. */
        size_t head = 0;
        for (int lines = 0; lines < 3; head++)
            lines += text.data[head] == '\n';
        rg_sink_write(sink, text.data, head);
        write_warning(sink, view, text.size);
        rg_sink_write(sink, text.data + head, text.size - head);
    } else {
        sink->status = to_text.status;
    }
    rg_free(writer.members);
    rg_buffer_free(&writer.words);
    rg_buffer_free(&writer.rows.text);
    rg_buffer_free(&text);
    return sink->status;
}
