/* fit.h - which way a picture is drawn, and whether a page is too narrow for it
 *
 * Layout is done elsewhere and later, by a Graphviz whose version nobody knows;
 * DOT, Mermaid and JSON must say the same everywhere.  So the width is
 * estimated, from the words that will be shown. */
#ifndef RG_RENDER_FIT_H
#define RG_RENDER_FIT_H

#include "base/error.h"
#include "view/view.h"

enum rg_direction { RG_AUTOMATIC, RG_TOP_TO_BOTTOM, RG_LEFT_TO_RIGHT };

/* Whether only the ways from roots are drawn: where a page is too narrow for
 * all, or a column of boxes would take screens; in any case; never. */
enum rg_paths { RG_PATHS_AUTOMATIC, RG_PATHS_ONLY, RG_PATHS_AND_ALL };

struct rg_fit_options {
    size_t max_objects; /* 0: the default; else nothing is automatic */
    enum rg_paths paths;
    enum rg_direction direction;
    struct rg_poll *poll; /* borrowed; NULL: nobody asks */
};

/* The view that a picture shows, fitted; the caller's.  NULL with *error when
 * memory is short or there are too many nodes to count, or when the poll says
 * so. */
struct rg_view *rg_fit_view(const struct rg_graph *graph,
                            const struct rg_fit_options *options,
                            struct rg_error *error);

/* Sets left_to_right, is_wide and is_tall of a view; RG_AUTOMATIC takes the narrower
 * direction, top to bottom where that fits the page.  RG_ENOMEM with *error, or
 * what the poll (or NULL) says. */
enum rg_status rg_fit(struct rg_view *view, enum rg_direction direction,
                      struct rg_poll *poll, struct rg_error *error);

#endif
