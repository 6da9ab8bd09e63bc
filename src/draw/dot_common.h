/* dot_common.h - what all pictures have in common as graphs of libcgraph
 *
 * Private to draw; the headers of dot.c and chart_dot.c say the rest. */
#ifndef RG_DRAW_DOT_COMMON_H
#define RG_DRAW_DOT_COMMON_H

#include <cgraph.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "base/sink.h"
#include "draw/dot.h"
#include "draw/palette.h"

/* A picture while it is being made.  Start with all members zero but
 * `options`. */
struct rg__dot_page {
    const struct rg__dot_options *options;
    Agraph_t *graph;
    struct rg_buffer text; /* of one label */
    enum rg_status status; /* the first failure, or RG_OK */
};

/* The colour in the picture's theme, light or dark. */
const char *rg__dot_hex(const struct rg__dot_page *page, enum rg__tint role);

/* Where the text of the next label goes ... */
struct rg_sink rg__dot_begin_text(struct rg__dot_page *page);

/* ... which is page->text.data, a C string, once it is closed; false when
 * memory was short. */
bool rg__dot_end_text(struct rg__dot_page *page, struct rg_sink *sink);

/* Closes the text and makes it the label, in Graphviz's HTML, of the graph, a
 * box or an arrow; or any attribute of it, as it stands. */
void rg__dot_set_html(struct rg__dot_page *page, void *object,
                      struct rg_sink *sink);
void rg__dot_set_text(struct rg__dot_page *page, void *object, const char *name,
                      struct rg_sink *sink);

/* Declares an attribute with its default; "" is not written. */
void rg__dot_declare_one(Agraph_t *graph, int kind, const char *name,
                         const char *value);

/* Declares all that boxes, arrows and the graph may have. */
void rg__dot_declare(Agraph_t *graph, bool dark);

/* How hard layout tries, by the number of boxes. */
void rg__dot_effort(Agraph_t *graph, size_t count);

/* Opens the graph; its name is what page->text holds, closed. */
void rg__dot_open(struct rg__dot_page *page);

/* The id that all others begin with; `id_prefix` may be NULL.  RG_ENOMEM. */
enum rg_status rg__dot_set_id(Agraph_t *graph, const char *id_prefix);

/* The graph, which is the caller's to agclose; or NULL, with *error set, after
 * a failure.  The page is not used any more. */
Agraph_t *rg__dot_finish(struct rg__dot_page *page, struct rg_error *error);

#endif
