/* why_parts.h - parts of the answers' text; private to render
 *
 *     why          the verdict, and all there is to say of one target
 *     why_drop     what to let go, and who else holds it
 *     why_many     the same of many targets, in few lines
 *     hint         what people meet again and again
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

/* The next path of a kind, or NULL; start with *at zero.  The emphasised one,
 * or NULL.  Whether there is one of a kind. */
const struct rg_path *rg__explain_path(const struct rg_graph *graph,
                                       uint32_t target, enum rg_path_kind kind,
                                       size_t *at);
const struct rg_path *rg__explain_main_path(const struct rg_graph *graph,
                                            uint32_t target);
bool rg__explain_has_path(const struct rg_graph *graph, uint32_t target,
                          enum rg_path_kind kind);

/* A path with its place; the beginning of a line that a word leads. */
void rg__explain_write_path(struct rg_sink *sink, const struct rg_graph *graph,
                            const struct rg_path *path);
void rg__explain_line(struct rg_sink *sink, const char *word);

/* `1 root`, `2,009 roots`. */
void rg__explain_counted(struct rg_sink *sink, uint64_t count, const char *one,
                         const char *many);

/* The name of a target's type. */
void rg__explain_subject(struct rg_sink *sink, const struct rg_graph *graph,
                         uint32_t target);
void rg__explain_type(struct rg_sink *sink, const struct rg_graph *graph,
                      uint32_t target);

/* What to drop, a line for each reference, or why there is no such list. */
void rg__explain_cut(struct rg_sink *sink, const struct rg_graph *graph);

/* What the caller has to let go itself, a line for each variable. */
void rg__explain_yours(struct rg_sink *sink, const struct rg_graph *graph,
                       uint32_t target);

/* The objects on the way to a target that native code holds: `method Page.f`;
 * and a line for each of which it is known who may hold it. */
void rg__explain_held(struct rg_sink *sink, const struct rg_graph *graph,
                      uint32_t target);
void rg__explain_holders(struct rg_sink *sink, const struct rg_graph *graph,
                         uint32_t target);

/* The hints about a target, a line each. */
void rg__explain_hints(struct rg_sink *sink, const struct rg_graph *graph,
                       uint32_t target);

/* The text of a graph with more than one target. */
void rg__explain_many(struct rg_sink *sink, const struct rg_graph *graph);

#endif
