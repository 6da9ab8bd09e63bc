/* label.h - any bytes in, safe text out; and the name of a reference
 *
 * Everything that came out of the inspected program passes through here
 * before a person sees it.  The result is valid UTF-8 without controls, with
 * no character that hides, reorders or ends a line; the escapes that a
 * particular format needs (DOT, XML) come on top of it, in its own room. */
#ifndef RG_RENDER_LABEL_H
#define RG_RENDER_LABEL_H

#include <stddef.h>

#include "base/sink.h"
#include "graph/graph.h"

enum {
    RG_LABEL_TREE_WIDTH = 60, /* characters of a key or value in the tree */
    RG_LABEL_NAME_WIDTH = 200 /* characters of any other word: a bound only */
};

/* Where characters beyond the width are left out. */
enum rg_elide { RG_ELIDE_MIDDLE, RG_ELIDE_FRONT };

/* Writes `size` bytes as safe text of at most `width` characters (one U+2026
 * among them when some were left out).  Bad UTF-8, C0 and C1 controls, DEL,
 * U+2028/9, bidi controls, zero-width characters, U+FEFF, surrogates and
 * non-characters become \n, \t, \r, \xHH or \uHHHH; an escape counts as one
 * character and is never cut in two. */
void rg_label_safe(struct rg_sink *sink, const char *data, size_t size,
                   size_t width, enum rg_elide elide);

/* rg_label_safe on a text of the graph, the middle left out. */
void rg_label_text(struct rg_sink *sink, const struct rg_graph *graph,
                   struct rg_text text, size_t width);

/* The name of a reference as the text tree and networkx show it:
 * `dict[user-7]`, `my_function.d (local)`. */
void rg_label_name(struct rg_sink *sink, const struct rg_graph *graph,
                   const struct rg_reference *reference);

/* The same for many whose labels differ: `dict[…]`; and the step that they add,
 * as rg_label_step. */
void rg_label_many(struct rg_sink *sink, const struct rg_graph *graph,
                   const struct rg_reference *reference);
void rg_label_many_steps(struct rg_sink *sink, const struct rg_graph *graph,
                         const struct rg_reference *reference);

/* What a limit left out: `… 17 more list[…]`.  The label is an ellipsis unless
 * all references of the group have the same one. */
void rg_label_rest(struct rg_sink *sink, const struct rg_graph *graph,
                   const struct rg_rest *rest);

/* Writes which objects no walk could see: "objects under collection may be
 * missing", "3 frozen objects may be missing". */
void rg_label_unseen(struct rg_sink *sink, const struct rg_graph *graph,
                     enum rg_unseen unseen);

/* "limit of 10,000 objects reached", and what that cut: "1,204 more objects
 * refer to these". */
void rg_label_object_limit(struct rg_sink *sink, const struct rg_graph *graph);
void rg_label_left_out(struct rg_sink *sink, const struct rg_graph *graph);

/* What is said wherever a graph is shown whose texts were hidden. */
#define RG_LABEL_REDACTED "key texts and values are redacted"

/* A count with a comma between thousands. */
void rg_label_count(struct rg_sink *sink, uint64_t count);

/* Bytes with two digits at least, in the largest unit that has them; a part of
 * the whole in percent. */
void rg_label_size(struct rg_sink *sink, uint64_t bytes);
void rg_label_share(struct rg_sink *sink, uint64_t part, uint64_t whole);

/* The step a reference adds to a Python expression, for pictures and paths:
 * `.payload`, `['user-7']`, `[3]`, `local rows`, `closure data`, `app`.  Key
 * text takes at most `width` characters. */
void rg_label_step(struct rg_sink *sink, const struct rg_graph *graph,
                   const struct rg_reference *reference, size_t width);

#endif
