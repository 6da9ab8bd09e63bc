/* text.h - the text tree */
#ifndef RG_RENDER_TEXT_H
#define RG_RENDER_TEXT_H

#include "base/error.h"
#include "base/sink.h"
#include "graph/graph.h"

/* Writes the text tree of a sealed graph, whose references stand in the order
 * in which they are shown: no leading blank line, no newline at the end,
 * nothing at all for a graph without targets.  RG_ENOMEM, or what the sink
 * or its poll says; what was written until then is no tree. */
enum rg_status rg_text_tree(const struct rg_graph *graph, struct rg_sink *sink);

#endif
