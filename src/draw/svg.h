/* svg.h - what is added to, and taken from, the SVG that Graphviz writes
 *
 * Added: role, title and description for those who cannot see it, fonts, dark
 * mode, tooltips in words.  Taken: comments, the document type, runs of text
 * that show nothing.  No script, nothing that is loaded from elsewhere. */
#ifndef RG_DRAW_SVG_H
#define RG_DRAW_SVG_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"
#include "graph/view.h"

struct rg__svg_options {
    const char *id;         /* of the graph; leads all ids */
    const char *title;      /* NULL: made from the view */
    bool one_theme;         /* the colours stay as they are */
};

/* Appends the finished SVG.  `raw` is what Graphviz wrote for this view. */
enum rg_status rg__svg_finish(const struct rg_buffer *raw,
                              const struct rg_view *view,
                              const struct rg__svg_options *options,
                              struct rg_buffer *output,
                              struct rg_error *error);

#endif
