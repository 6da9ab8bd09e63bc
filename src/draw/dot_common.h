/* dot_common.h - what all pictures have in common as graphs of libcgraph
 *
 * Private to draw; the headers of dot.c and chart_dot.c say the rest. */
#ifndef RG_DRAW_DOT_COMMON_H
#define RG_DRAW_DOT_COMMON_H

#include <cgraph.h>

#include "draw/dot.h"

/* Declares an attribute with its default; "" is not written. */
void rg__dot_declare_one(Agraph_t *graph, int kind, const char *name,
                         const char *value);

/* Declares all that boxes, arrows and the graph may have. */
void rg__dot_declare(Agraph_t *graph, bool dark);

/* How hard layout tries, by the number of boxes. */
void rg__dot_effort(Agraph_t *graph, size_t count);

/* The id that all others begin with; `id_prefix` may be NULL.  RG_ENOMEM. */
enum rg_status rg__dot_set_id(Agraph_t *graph, const char *id_prefix);

#endif
