/* escape.h - safe text on its way into DOT
 *
 * The text has been through render/label already: valid UTF-8 without
 * controls.  What is left are the characters that mean something to cgraph
 * or to the HTML-like labels of Graphviz. */
#ifndef RG_DRAW_ESCAPE_H
#define RG_DRAW_ESCAPE_H

#include <stddef.h>

#include "base/sink.h"

/* For a run of text in an HTML-like label: entities, each backslash doubled
 * (Graphviz reads \N, \G ... even there), spaces that would be dropped kept.
 * Never empty: Graphviz refuses an empty run. */
void rg__escape_html(struct rg_sink *sink, const char *data, size_t size);

/* For a tooltip, which Graphviz unescapes twice: four for each backslash. */
void rg__escape_tooltip(struct rg_sink *sink, const char *data, size_t size);

/* For a plain label: two for each backslash. */
void rg__escape_label(struct rg_sink *sink, const char *data, size_t size);

/* For the name of the graph, which nothing unescapes: what could end it, or
 * be taken for an entity, is replaced. */
void rg__escape_name(struct rg_sink *sink, const char *data, size_t size);

#endif
