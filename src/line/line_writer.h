/* line_writer.h - records of a graph, or of a part of it, as lines
 *
 * Private to line: line_write.c writes them, line_view.c says which part. */
#ifndef RG_LINE_LINE_WRITER_H
#define RG_LINE_LINE_WRITER_H

#include "base/sink.h"
#include "graph/record.h"
#include "view/view_records.h"

/* A part of a graph: which place each record has in it, in the order of the
 * graph; RG_NONE for what is left out, NULL where all stay.  What a record
 * that stays must refer to stays too; a link may be lost. */
struct rg__excerpt {
    uint32_t *places[RG_RECORD_COUNT];
    size_t object_count, reference_count; /* that stay */
};

/* All lines of the graph but the last; `excerpt` may be NULL. */
void rg__line_write_graph(struct rg_sink *sink, const struct rg_graph *graph,
                          const struct rg__excerpt *excerpt);

/* Those of a view of it. */
void rg__line_write_view(struct rg_sink *sink, const struct rg_view *view,
                         const struct rg__excerpt *excerpt);

#endif
