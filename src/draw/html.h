/* html.h - words as HTML-like labels of Graphviz
 *
 * Rows stand to the left in one table per box: where a renderer's font is
 * wider or narrower than measured, left-aligned text does not show it. */
#ifndef RG_DRAW_HTML_H
#define RG_DRAW_HTML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/sink.h"
#include "draw/palette.h"
#include "render/words.h"

/* The rows of a box; `strong` and `other` colour them, in the dark theme or
 * the light one. */
void rg__html_rows(struct rg_sink *sink, const struct rg_rows *rows,
                   enum rg__tint strong, enum rg__tint other, bool dark);

/* A bar: so many points of a track. */
struct rg__bar {
    unsigned points, whole;
    enum rg__tint tint, track;
};

/* The same below a bar, or NULL. */
void rg__html_rows_with_bar(struct rg_sink *sink, const struct rg_rows *rows,
                            const struct rg__bar *bar, enum rg__tint strong,
                            enum rg__tint other, bool dark);

/* The same on three offset cards, drawn in `line`. */
void rg__html_stack(struct rg_sink *sink, const struct rg_rows *rows,
                    enum rg__tint line, bool dark);

/* The label of an arrow, with room on both sides. */
void rg__html_edge(struct rg_sink *sink, const char *text, size_t size,
                   enum rg__tint colour, bool bold, bool dark);

/* The header: title (or NULL), targets and counts, the emphasised path. */
void rg__html_header(struct rg_sink *sink, const struct rg_view *view,
                     const char *title, bool addresses, bool dark);

/* A header whose lines are made. */
void rg__html_head(struct rg_sink *sink, const struct rg_buffer *title,
                   const struct rg_rows *rows, bool dark);

#endif
