/* chart_dot.h - a chart as a graph of libcgraph */
#ifndef RG_DRAW_CHART_DOT_H
#define RG_DRAW_CHART_DOT_H

#include "draw/dot.h"
#include "render/chart.h"

/* The graph; the caller closes it with agclose.  NULL with *error. */
Agraph_t *rg__chart_dot_new(const struct rg_chart *chart,
                            const struct rg__dot_options *options,
                            struct rg_error *error);

#endif
