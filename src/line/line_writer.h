/* line_writer.h - the records of a graph, or of a part of it, as lines
 *
 * Private to graph: line_write.c writes them, line_view.c says which part. */
#ifndef RG_LINE_LINE_WRITER_H
#define RG_LINE_LINE_WRITER_H

#include "base/sink.h"
#include "graph/graph.h"

/* A part of a graph: which place each record has in it, in the order of the
 * graph; RG_NONE for what is left out.  What a record that stays refers to
 * stays too, but for steps, which may lose it. */
struct rg__excerpt {
    uint32_t *objects, *roots, *references, *rests;
    size_t object_count, reference_count;   /* that stay */
};

/* All records of the graph but the last line; `excerpt` may be NULL. */
void rg__line_write_records(struct rg_sink *sink, const struct rg_graph *graph,
                            const struct rg__excerpt *excerpt);
/* Where a record stands in a part; `places` NULL: where it stood. */
uint32_t rg__line_place(const uint32_t *places, uint32_t index);
void rg__line_write_index(struct rg_sink *sink, uint32_t index);

#endif
