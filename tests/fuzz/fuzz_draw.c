#include "fuzz_draw.h"

#include <stdio.h>
#include <stdlib.h>

#include "draw/dot.h"
#include "draw/svg.h"
#include "graph/line.h"
#include "graph/view.h"

#define PROMISE(holds) \
    do { \
        if (!(holds)) { \
            fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #holds); \
            abort(); \
        } \
    } while (0)

/* Tags must balance around what we write, whatever the words are. */
static void check_svg(const struct rg_view *view)
{
    char tag[] = "<svg width=\"1pt\">\n<g id=\"r_node1\">\n<title>n0</title>\n"
                 "</g>\n</svg>\n";
    struct rg_buffer raw = {.data = tag, .size = sizeof tag - 1}, svg = {0};
    struct rg__svg_options options = {.id = "r0"};
    size_t depth = 0;
    PROMISE(rg__svg_finish(&raw, view, &options, &svg, NULL) == RG_OK);
    for (size_t i = 0; i + 1 < svg.size; i++)
        if (svg.data[i] == '<' && svg.data[i + 1] == '/') {
            PROMISE(depth > 0);
            depth--;
        } else if (svg.data[i] == '<') {
            depth++;
        }
    PROMISE(depth == 0);
    rg_buffer_free(&svg);
}

static void check_dot(const struct rg_view *view, unsigned variant)
{
    struct rg__dot_options options = {.addresses = variant & 1,
                                      .tooltips = variant & 2};
    struct rg_buffer dot = {0};
    Agraph_t *graph = rg__dot_new(view, &options, NULL);
    PROMISE(graph != NULL);
    PROMISE(rg__dot_write(graph, &dot, NULL) == RG_OK);
    PROMISE((size_t)agnnodes(graph) == view->node_count);
    agclose(graph);
    PROMISE(rg_buffer_append(&dot, "", 1) == 0);
    Agraph_t *again = agmemread(dot.data);
    PROMISE(again != NULL);
    PROMISE((size_t)agnnodes(again) == view->node_count);
    PROMISE((size_t)agnedges(again) == view->edge_count);
    agclose(again);
    rg_buffer_free(&dot);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const size_t limits[] = {0, 1, 2, 5};
    struct rg_graph *graph = rg_line_read((const char *)data, size, NULL);
    if (graph == NULL)
        return 0;
    for (unsigned i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        struct rg_view_options options = {.max_objects = limits[i]};
        struct rg_error error = {0};
        struct rg_view *view = rg_view_new(graph, &options, &error);
        PROMISE(view != NULL);
        PROMISE(rg_view_check(view, &error) == RG_OK);
        check_dot(view, i);
        check_svg(view);
        rg_view_free(view);
    }
    rg_graph_free(graph);
    return 0;
}
