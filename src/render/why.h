/* why.h - the answers of a graph in plain English
 *
 * One wording for all faces: the text of `why`, the caption of the picture,
 * JSON.  A target is a position in graph->targets; a graph without verdicts
 * has nothing to say. */
#ifndef RG_RENDER_WHY_H
#define RG_RENDER_WHY_H

#include "base/error.h"
#include "base/sink.h"
#include "graph/graph.h"

enum { RG_EXPLAIN_LINES = 25 }; /* what rg_explain_text writes at most */

/* The verdict in a few words: `alive through 2 roots: app.REGISTRY,
 * app.LOG`. */
void rg_explain_verdict(struct rg_sink *sink, const struct rg_graph *graph,
                        uint32_t target);

/* The ledger: `counted 5 = 2 attributes + 1 item + 1 unexplained`. */
void rg_explain_ledger(struct rg_sink *sink, const struct rg_graph *graph,
                       uint32_t target);

/* What is meant, and what to do about it. */
void rg_explain_hint(struct rg_sink *sink, const struct rg_graph *graph,
                     const struct rg_hint *hint);

/* All there is to say, the verdict first; no newline at the end. */
void rg_explain_text(struct rg_sink *sink, const struct rg_graph *graph);

/* The fingerprint of a path (graph/fingerprint.h): 16 hexadecimal digits. */
void rg_explain_fingerprint(struct rg_sink *sink, const struct rg_graph *graph,
                            const struct rg_path *path);

#endif
