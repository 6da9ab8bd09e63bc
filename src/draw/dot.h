/* dot.h - a view as a graph of libcgraph
 *
 * libcgraph does not survive a failed malloc; that is one reason why this is
 * a program of its own.  The DOT text is the same bytes on every run and with
 * every version of Graphviz. */
#ifndef RG_DRAW_DOT_H
#define RG_DRAW_DOT_H

#include <stdbool.h>

#include <cgraph.h>

#include "base/buffer.h"
#include "base/error.h"
#include "view/view.h"

struct rg__dot_options {
    const char *title;     /* safe to be anything; NULL: none */
    const char *id_prefix; /* an id of XML; NULL: made from the content */
    bool addresses;
    bool dark;        /* the other theme */
    bool transparent; /* no canvas */
    bool tooltips;    /* for those who render the DOT themselves */
};

/* The graph; the caller closes it with agclose.  NULL with *error. */
Agraph_t *rg__dot_new(const struct rg_view *view,
                      const struct rg__dot_options *options,
                      struct rg_error *error);

/* Appends the graph as DOT text. */
enum rg_status rg__dot_write(Agraph_t *graph, struct rg_buffer *output,
                             struct rg_error *error);

#endif
