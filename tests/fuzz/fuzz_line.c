#include "fuzz_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "line/line.h"
#include "line/line_view.h"
#include "render/label.h"
#include "render/reference_view.h"
#include "render/text.h"

#define PROMISE(holds) \
    do { \
        if (!(holds)) { \
            fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, \
                    #holds); \
            abort(); \
        } \
    } while (0)

static struct rg_buffer written(const struct rg_graph *graph)
{
    struct rg_buffer lines = {0};
    struct rg_sink sink = rg_sink_to_buffer(&lines);
    rg_line_write(graph, &sink);
    PROMISE(sink.status == RG_OK);
    return lines;
}

/* What is written can be read, and is then written the same. */
static void check_round_trip(const struct rg_graph *graph)
{
    struct rg_buffer first = written(graph);
    struct rg_graph *again = rg_line_read(first.data, first.size, NULL, NULL);
    PROMISE(again != NULL);
    struct rg_buffer second = written(again);
    PROMISE(first.size == second.size);
    PROMISE(memcmp(first.data, second.data, first.size) == 0);
    rg_buffer_free(&first);
    rg_buffer_free(&second);
    rg_graph_free(again);
}

static struct rg_buffer written_view(const struct rg_view *view)
{
    struct rg_buffer lines = {0};
    struct rg_sink sink = rg_sink_to_buffer(&lines);
    rg_line_write_view(view, &sink);
    PROMISE(sink.status == RG_OK);
    return lines;
}

/* The same for a view and its part of the graph.  One that was read names the
 * records it shows, and perhaps others: the second time it is as it stays. */
static void check_view_round_trip(const struct rg_view *view)
{
    struct rg_buffer first = written_view(view);
    struct rg_view *again;
    struct rg_graph *part =
        rg_line_read_view(first.data, first.size, &again, NULL);
    PROMISE(part != NULL && again != NULL);
    struct rg_buffer second = written_view(again);
    PROMISE(first.size == second.size);
    PROMISE(memcmp(first.data, second.data, first.size) == 0);
    rg_buffer_free(&first);
    rg_buffer_free(&second);
    rg_view_free(again);
    rg_graph_free(part);
}

/* Safe text has no controls and is UTF-8 as far as its lead bytes tell. */
static void check_safe(const char *text, size_t size, bool may_break)
{
    for (size_t i = 0; i < size;) {
        unsigned char byte = (unsigned char)text[i];
        PROMISE((byte >= 0x20 && byte != 0x7f) || (may_break && byte == '\n'));
        size_t length = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
        PROMISE(byte < 0x80 || (byte >= 0xc2 && byte < 0xf5));
        PROMISE(length <= size - i);
        for (size_t k = 1; k < length; k++)
            PROMISE(((unsigned char)text[i + k] & 0xc0) == 0x80);
        i += length;
    }
}

static size_t count_lines(const struct rg_buffer *tree)
{
    size_t count = tree->size != 0;
    for (size_t i = 0; i < tree->size; i++)
        count += tree->data[i] == '\n';
    return count;
}

/* However few lines are asked for, the way to a root takes up to nine, and a
 * redacted graph says so in one more. */
static void check_tree(const struct rg_graph *graph, size_t max_lines)
{
    struct rg_buffer tree = {0};
    struct rg_sink sink = rg_sink_to_buffer(&tree);
    PROMISE(rg_text_tree(graph, max_lines, &sink) == RG_OK &&
            sink.status == RG_OK);
    check_safe(tree.data, tree.size, true);
    PROMISE((tree.size == 0) == (graph->target_count == 0));
    PROMISE(tree.size == 0 || tree.data[tree.size - 1] != '\n');
    size_t most = max_lines < 9 ? 9 : max_lines;
    PROMISE(count_lines(&tree) - graph->redacted <= most);
    rg_buffer_free(&tree);
}

static void check_trees(const struct rg_graph *graph)
{
    static const size_t limits[] = {1, 5, 12, RG_TEXT_LINES, RG_TEXT_ALL_LINES};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        check_tree(graph, limits[i]);
}

static void check_steps(const struct rg_graph *graph)
{
    struct rg_buffer steps = {0};
    struct rg_sink sink = rg_sink_to_buffer(&steps);
    for (size_t i = 0; i < graph->reference_count; i++)
        rg_label_step(&sink, graph, &graph->references[i], 1 + i % 20);
    PROMISE(sink.status == RG_OK);
    check_safe(steps.data, steps.size, false);
    rg_buffer_free(&steps);
}

static void check_view(const struct rg_graph *graph)
{
    struct rg_reference_view *view = rg_reference_view_new(graph, NULL, NULL);
    PROMISE(view != NULL);
    for (size_t i = 0; i < view->node_count; i++)
        check_safe(view->nodes[i].name, view->nodes[i].name_size, false);
    for (size_t i = 0; i < view->edge_count; i++)
        PROMISE(view->edges[i].referent < view->node_count &&
                view->edges[i].referrer < view->node_count);
    rg_reference_view_free(view);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rg_error error = {0};
    struct rg_view *view;
    struct rg_graph *graph =
        rg_line_read_view((const char *)data, size, &view, &error);
    if (graph == NULL) {
        PROMISE(error.status == RG_EFORMAT && error.text[0] != '\0');
        return 0;
    }
    PROMISE(rg_graph_check(graph, &error) == RG_OK);
    check_round_trip(graph);
    check_trees(graph);
    check_steps(graph);
    check_view(graph);
    if (view != NULL)
        check_view_round_trip(view);
    rg_view_free(view);
    rg_graph_free(graph);
    return 0;
}
