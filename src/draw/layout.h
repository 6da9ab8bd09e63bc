/* layout.h - from a graph of libcgraph to a picture, through libgvc
 *
 * Plugins are loaded by hand, where they stand beside libgvc: no configuration
 * file is needed.  SVG takes two of them and no fonts, in a tenth of the time;
 * PNG and PDF take a third one, which draws with pango and cairo. */
#ifndef RG_DRAW_LAYOUT_H
#define RG_DRAW_LAYOUT_H

#include <stdio.h>

#include <cgraph.h>

#include "base/buffer.h"
#include "base/error.h"

/* More nodes than this take minutes; nobody can read them either.  2,000
 * objects, with the roots and counts that come with them. */
enum { RG__LAYOUT_MAX_NODES = 2500 };

/* Makes the same graph once more; NULL when it cannot. */
struct rg__layout_again {
    Agraph_t *(*make)(void *context);
    void *context;
};

/* Appends the picture; `format` is svg, png or pdf.  What Graphviz had to say
 * on the way is appended to `messages`, lines of text, also on success.
 * RG_EIO: Graphviz failed; RG_EINVAL: a plugin is missing, *error names the
 * package; RG_ELIMIT: too many nodes.  With `again` (or NULL) more is tried
 * where the picture is too wide for a page. */
enum rg_status rg__layout_render(Agraph_t *graph,
                                 const struct rg__layout_again *again,
                                 const char *format, struct rg_buffer *output,
                                 struct rg_buffer *messages,
                                 struct rg_error *error);

/* Writes the version of Graphviz and where its plugins are. */
void rg__layout_version(FILE *stream);

#endif
