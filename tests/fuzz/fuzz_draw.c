#include "fuzz_draw.h"

#include <stdio.h>
#include <stdlib.h>

#include "draw/chart_dot.h"
#include "draw/dot.h"
#include "draw/svg.h"
#include "line/line_view.h"
#include "view/view.h"
#include "render/fit.h"
#include "render/json.h"
#include "render/mermaid.h"

#define PROMISE(holds) \
    do { \
        if (!(holds)) { \
            fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, \
                    #holds); \
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
    PROMISE(rg__svg_finish(&raw, (struct rg__svg_of){.view = view}, &options,
                           &svg, NULL) == RG_OK);
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

/* Links between the frames of a thread, which only keep their order. */
static size_t count_links(const struct rg_view *view)
{
    size_t links = 0;
    for (size_t i = 0; i < view->cluster_count; i++)
        links -= view->clusters[i].kind == RG_VIEW_THREAD;
    for (size_t i = 0; i < view->node_count; i++) {
        uint32_t cluster = view->nodes[i].cluster;
        links += cluster != RG_NONE &&
                 view->clusters[cluster].kind == RG_VIEW_THREAD;
    }
    return links;
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
    PROMISE((size_t)agnedges(again) == view->edge_count + count_links(view));
    agclose(again);
    rg_buffer_free(&dot);
}

/* ASCII, and brackets that balance outside strings. */
static void check_json(const struct rg_view *view, unsigned variant)
{
    struct rg_json_options options = {.addresses = variant & 1};
    struct rg_buffer json = {0};
    struct rg_sink sink = rg_sink_to_buffer(&json);
    size_t depth = 0;
    bool in_string = false;
    PROMISE(rg_json_write(&sink, view, &options) == RG_OK);
    for (size_t i = 0; i < json.size; i++) {
        char byte = json.data[i];
        PROMISE(byte == '\n' || (byte >= 0x20 && byte < 0x7f));
        if (in_string && byte == '\\')
            i++;
        else if (byte == '"')
            in_string = !in_string;
        else if (!in_string && (byte == '{' || byte == '['))
            depth++;
        else if (!in_string && (byte == '}' || byte == ']'))
            depth -= depth > 0 ? 1 : (abort(), 1);
    }
    PROMISE(depth == 0 && !in_string);
    rg_buffer_free(&json);
}

/* Quotes pair up in every line, and nothing between them can end one. */
static void check_mermaid(const struct rg_view *view)
{
    struct rg_mermaid_options options = {0};
    struct rg_buffer text = {0};
    struct rg_sink sink = rg_sink_to_buffer(&text);
    size_t line = 0, quotes = 0;
    PROMISE(rg_mermaid_write(&sink, view, &options) == RG_OK);
    for (size_t i = 0; i < text.size; i++) {
        PROMISE((unsigned char)text.data[i] >= 0x20 || text.data[i] == '\n');
        /* The title is a string of YAML, with escapes of its own. */
        PROMISE(line < 2 || (text.data[i] != '`' && text.data[i] != '\\'));
        quotes += line != 1 && text.data[i] == '"';
        if (text.data[i] != '\n')
            continue;
        PROMISE(quotes % 2 == 0);
        line++;
    }
    rg_buffer_free(&text);
}

static void check_formats(struct rg_view *view, unsigned i)
{
    PROMISE(rg_fit(view, RG_AUTOMATIC, NULL, NULL) == RG_OK);
    check_dot(view, i);
    check_svg(view);
    check_json(view, i);
    check_mermaid(view);
}

static void check_chart(const char *data, size_t size)
{
    struct rg_chart chart;
    struct rg__dot_options options = {.tooltips = true};
    struct rg_buffer again = {0}, dot = {0};
    struct rg_sink sink = rg_sink_to_buffer(&again);
    if (rg_chart_read(data, size, &chart, NULL) == RG_OK) {
        Agraph_t *graph = rg__chart_dot_new(&chart, &options, NULL);
        PROMISE(graph != NULL);
        PROMISE((size_t)agnnodes(graph) == chart.box_count);
        PROMISE(rg__dot_write(graph, &dot, NULL) == RG_OK);
        agclose(graph);
        rg_chart_write(&chart, &sink);
        rg_chart_free(&chart);
        PROMISE(rg_chart_read(again.data, again.size, &chart, NULL) == RG_OK);
    }
    rg_chart_free(&chart);
    rg_buffer_free(&again);
    rg_buffer_free(&dot);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const size_t limits[] = {0, 1, 2, 5};
    struct rg_view *read;
    if (rg_chart_is((const char *)data, size)) {
        check_chart((const char *)data, size);
        return 0;
    }
    struct rg_graph *graph =
        rg_line_read_view((const char *)data, size, &read, NULL);
    if (graph == NULL)
        return 0;
    if (read != NULL)
        check_formats(read, 0);
    rg_view_free(read);
    for (unsigned i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        struct rg_view_options options = {.max_objects = limits[i]};
        struct rg_error error = {0};
        struct rg_view *view = rg_view_new(graph, &options, &error);
        PROMISE(view != NULL);
        PROMISE(rg_view_check(view, &error) == RG_OK);
        check_formats(view, i);
        rg_view_free(view);
    }
    rg_graph_free(graph);
    return 0;
}
