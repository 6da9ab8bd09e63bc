/* expression.h - a path as a Python expression
 *
 * `app.REGISTRY.sessions['user-7'].payload[1]`: what one can paste into a
 * debugger at the path's root.  Where Python has no expression for a step
 * (a member of a set, a field that only C knows), something readable stands
 * in angle brackets instead. */
#ifndef RG_RENDER_EXPRESSION_H
#define RG_RENDER_EXPRESSION_H

#include <stdbool.h>
#include <stddef.h>

#include <stdbool.h>

#include "base/sink.h"
#include "graph/graph.h"

/* The whole path, but for where its root is. */
void rg_expression(struct rg_sink *sink, const struct rg_graph *graph,
                   const struct rg_path *path);

/* Of a cut the call that lets go what it leads to, where there is nothing to
 * delete: `sys.settrace(None)`; false where there is (undo.c). */
bool rg__expression_undo(struct rg_sink *sink, const struct rg_graph *graph,
                         const struct rg_path *path);

/* Its first `count` steps. */
void rg_expression_start(struct rg_sink *sink, const struct rg_graph *graph,
                         const struct rg_path *path, uint32_t count);

/* The same on a line for a person: of a path of very many steps the first ones
 * and the last, and how many are between them. */
void rg_expression_short(struct rg_sink *sink, const struct rg_graph *graph,
                         const struct rg_path *path);

/* Where the root is, in words behind the expression: ` in poll(), worker.py:12,
 * thread worker`, and of an asyncio task on the way its name.  Nothing for a
 * module. */
void rg_expression_place(struct rg_sink *sink, const struct rg_graph *graph,
                         const struct rg_path *path);

/* For the header of a picture, where the same steps stand beside the arrows:
 * `app: REGISTRY['user-7'].<closure data>`, the keys short; of a path that
 * takes more than `width` characters the first step and the last ones. */
void rg_expression_brief(struct rg_sink *sink, const struct rg_graph *graph,
                         const struct rg_path *path, size_t width);

/* Behind that, for a path that starts in a frame, whose variables no one else
 * can name: `in poll(), thread worker`. */
bool rg_expression_has_brief_place(const struct rg_graph *graph,
                                   const struct rg_path *path);
void rg_expression_brief_place(struct rg_sink *sink,
                               const struct rg_graph *graph,
                               const struct rg_path *path);

#endif
