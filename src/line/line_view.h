/* line_view.h - a view as lines of text, with the part of the graph it shows
 *
 * What the drawing program is given: of a graph with a million objects the few
 * that are drawn.  The lines of line.h, of those records that the view names
 * and of all targets; then, before the last line, the records of
 * view/view_records.c, which begin with the one line `view`. */
#ifndef RG_LINE_LINE_VIEW_H
#define RG_LINE_LINE_VIEW_H

#include "base/error.h"
#include "base/sink.h"
#include "view/view.h"

/* Writes a view.  Look at sink->status afterwards; RG_ENOMEM is there too. */
void rg_line_write_view(const struct rg_view *view, struct rg_sink *sink);

/* rg_line_read, and the view if there is one among the lines, else NULL in
 * *view: any bytes in, a graph and a view that rg_view_check accepts, or NULL
 * with *error.  Both are the caller's. */
struct rg_graph *rg_line_read_view(const char *data, size_t size,
                                   struct rg_view **view,
                                   struct rg_error *error);

#endif
