/* text.h - the text tree */
#ifndef RG_RENDER_TEXT_H
#define RG_RENDER_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/sink.h"
#include "graph/graph.h"

/* No limit: alike siblings, too, and the middle of long chains are written. */
#define RG_TEXT_ALL_LINES SIZE_MAX

/* Lines of a tree when nobody says how many. */
enum { RG_TEXT_LINES = 200 };

/* Writes the text tree of a sealed graph, whose references stand in the order
 * of graph/order.h: no leading blank line, no newline at the end, nothing at
 * all for a graph without targets.  At most `max_lines` lines, but for the way
 * to the nearest root, which is always there (and the line of a redacted
 * graph); what is left out is counted where it is.  RG_ENOMEM, or what the
 * sink or its poll says; what was written until then is no tree. */
enum rg_status rg_text_tree(const struct rg_graph *graph, size_t max_lines,
                            struct rg_sink *sink);

#endif
