/* svg.h - what is added to, and taken from, the SVG that Graphviz writes
 *
 * Added: role, title and description for those who cannot see it, fonts, dark
 * mode, tooltips in words.  Taken: comments, the document type, runs of text
 * that show nothing.  No script, nothing that is loaded from elsewhere. */
#ifndef RG_DRAW_SVG_H
#define RG_DRAW_SVG_H

#include "base/buffer.h"
#include "base/error.h"
#include "render/chart.h"
#include "view/view.h"

/* Whose dark mode the colours follow. */
enum rg__svg_mode {
    RG__MODE_SYSTEM, /* that of the reader's system */
    RG__MODE_PAGE,   /* that of the page around it, when it has a
                      * switch of its own; else the system's */
    RG__MODE_NONE    /* the colours stay as they are */
};

struct rg__svg_options {
    const char *id;    /* of the graph; leads all ids */
    const char *title; /* NULL: made from the view */
    enum rg__svg_mode mode;
    bool addresses; /* tooltips show where objects are */
};

/* What was drawn: one of them, the other is NULL. */
struct rg__svg_of {
    const struct rg_view *view;
    const struct rg_chart *chart;
};

/* Appends the finished SVG.  `raw` is what Graphviz wrote for this. */
enum rg_status rg__svg_finish(const struct rg_buffer *raw, struct rg__svg_of of,
                              const struct rg__svg_options *options,
                              struct rg_buffer *output, struct rg_error *error);

#endif
