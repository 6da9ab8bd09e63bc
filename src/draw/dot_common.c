#include "draw/dot_common.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "draw/style.h"

/* From how many nodes on layout must be told to try less hard. */
enum { FAST_NODES = 300, FASTEST_NODES = 1000 };

const char *rg__dot_hex(const struct rg__dot_page *page, enum rg__tint role)
{
    return rg__palette_hex(page->options->dark, role);
}

struct rg_sink rg__dot_begin_text(struct rg__dot_page *page)
{
    page->text.size = 0;
    return rg_sink_to_buffer(&page->text);
}

bool rg__dot_end_text(struct rg__dot_page *page, struct rg_sink *sink)
{
    rg_sink_write(sink, "", 1);
    if (sink->status != RG_OK)
        page->status = sink->status;
    return sink->status == RG_OK;
}

void rg__dot_set_html(struct rg__dot_page *page, void *object,
                      struct rg_sink *sink)
{
    if (!rg__dot_end_text(page, sink))
        return;
    char *html = agstrdup_html(page->graph, page->text.data);
    agsafeset(object, (char *)"label", html, (char *)"");
}

void rg__dot_set_text(struct rg__dot_page *page, void *object, const char *name,
                      struct rg_sink *sink)
{
    if (rg__dot_end_text(page, sink))
        rg__style_set(object, name, page->text.data);
}

void rg__dot_declare_one(Agraph_t *graph, int kind, const char *name,
                         const char *value)
{
    agattr(graph, kind, (char *)name, (char *)value);
}

static void declare_graph(Agraph_t *graph)
{
    /* clang-format off */
    static const char *const attributes[][2] = {
        {"class", ""},       {"id", ""},          {"label", ""},
        {"rankdir", ""},     {"bgcolor", ""},     {"nodesep", "0.3"},
        {"ranksep", "0.36"}, {"pad", "0.12"},     {"fontname", "Arial"},
        {"fontsize", "9"},   {"labelloc", "t"},   {"labeljust", "l"},
        {"splines", "true"}, {"linelength", "0"}, {"fontcolor", ""},
        {"style", ""},       {"color", ""},       {"fillcolor", ""},
        {"margin", ""},
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++)
        rg__dot_declare_one(graph, AGRAPH, attributes[i][0], attributes[i][1]);
}

static void declare_nodes(Agraph_t *graph, bool dark)
{
    /* clang-format off */
    static const char *const attributes[][2] = {
        {"shape", "box"},      {"fontname", "Arial"},
        {"fontsize", "11"},    {"margin", "0.11,0.04"},
        {"height", "0.3"},     {"width", "0.6"},
        {"style", "rounded,filled"},
        {"class", ""},         {"label", "\\N"},
        {"penwidth", ""},      {"peripheries", ""},
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++)
        rg__dot_declare_one(graph, AGNODE, attributes[i][0], attributes[i][1]);
    rg__dot_declare_one(graph, AGNODE, "fillcolor",
                        rg__palette_hex(dark, RG__OBJECT_FILL));
    rg__dot_declare_one(graph, AGNODE, "color",
                        rg__palette_hex(dark, RG__OBJECT_LINE));
}

static void declare_edges(Agraph_t *graph, bool dark)
{
    /* clang-format off */
    static const char *const attributes[][2] = {
        {"fontname", "Courier"}, {"fontsize", "9"},  {"arrowsize", "0.7"},
        {"arrowhead", ""},       {"arrowtail", ""},  {"class", ""},
        {"dir", ""},             {"label", ""},      {"penwidth", ""},
        {"style", ""},           {"weight", ""},
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++)
        rg__dot_declare_one(graph, AGEDGE, attributes[i][0], attributes[i][1]);
    rg__dot_declare_one(graph, AGEDGE, "color",
                        rg__palette_hex(dark, RG__EDGE_LINE));
}

void rg__dot_declare(Agraph_t *graph, bool dark)
{
    declare_graph(graph);
    declare_nodes(graph, dark);
    declare_edges(graph, dark);
}

/* Beyond some hundred nodes an exact layout is not worth its time.  These are
 * not declared when they are not set: layout would read "" as no effort. */
void rg__dot_effort(Agraph_t *graph, size_t count)
{
    if (count <= FAST_NODES)
        return;
    const char *limit = count <= FASTEST_NODES ? "2" : "1";
    rg__style_set(graph, "nslimit", limit);
    rg__style_set(graph, "nslimit1", limit);
    rg__style_set(graph, "mclimit", count <= FASTEST_NODES ? "0.5" : "0.3");
}

void rg__dot_open(struct rg__dot_page *page)
{
    page->graph = agopen(page->text.data, Agdirected, NULL);
    if (page->graph == NULL)
        page->status = RG_ENOMEM;
}

/* Ids start with a hash of the content, so that several pictures can stand in
 * one page; class and order make the rest. */
enum rg_status rg__dot_set_id(Agraph_t *graph, const char *id_prefix)
{
    struct rg_buffer dot = {0};
    if (id_prefix != NULL) {
        rg__style_set(graph, "id", id_prefix);
        return RG_OK;
    }
    enum rg_status status = rg__dot_write(graph, &dot, NULL);
    if (status == RG_OK) {
        uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
        for (size_t i = 0; i < dot.size; i++)
            hash = (hash ^ (unsigned char)dot.data[i]) * 0x100000001b3u;
        char id[32];
        snprintf(id, sizeof id, "r%08" PRIx32, (uint32_t)(hash ^ hash >> 32));
        rg__style_set(graph, "id", id);
    }
    rg_buffer_free(&dot);
    return status;
}

enum rg_status rg__dot_write(Agraph_t *graph, struct rg_buffer *output,
                             struct rg_error *error)
{
    char *data = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&data, &size);
    if (stream == NULL)
        return rg_error_no_memory(error);
    bool is_whole = agwrite(graph, stream) == 0;
    is_whole = !ferror(stream) && is_whole;
    is_whole = fclose(stream) == 0 && is_whole;
    is_whole = is_whole && rg_buffer_append(output, data, size) == 0;
    free(data);
    return is_whole ? RG_OK : rg_error_no_memory(error);
}

Agraph_t *rg__dot_finish(struct rg__dot_page *page, struct rg_error *error)
{
    rg_buffer_free(&page->text);
    if (page->status == RG_OK)
        return page->graph;
    rg_error_no_memory(error);
    if (page->graph != NULL)
        agclose(page->graph);
    return NULL;
}
