/* why_parts.h - parts of the answers' text; private to render
 *
 *     why          the verdict, and all there is to say of one target
 *     why_many     the same of many targets, in few lines
 *     why_ledger   the references of a target by what they are */
#ifndef RG_RENDER_WHY_PARTS_H
#define RG_RENDER_WHY_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/why.h"

/* The first of the entries, or paths, of a target: both stand in the order of
 * the targets, of which there may be very many. */
size_t rg__explain_first_of(const struct rg_graph *graph, uint32_t target,
                            bool of_paths);

/* `1 root`, `2,009 roots`. */
void rg__explain_counted(struct rg_sink *sink, uint64_t count,
                         const char *one, const char *many);

/* The name of a target's type. */
void rg__explain_type(struct rg_sink *sink, const struct rg_graph *graph,
                      uint32_t target);

/* What to drop, a line for each reference, or why there is no such list. */
void rg__explain_cut(struct rg_sink *sink, const struct rg_graph *graph);

/* The text of a graph with more than one target. */
void rg__explain_many(struct rg_sink *sink, const struct rg_graph *graph);

#endif
