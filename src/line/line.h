/* line.h - the referrer graph as lines of text
 *
 * How a graph travels to the drawing program, and what a fuzzer feeds it.
 * One record a line, fields separated by one TAB, the first field says which:
 *
 *     referrers-graph  1              format and version; first line
 *     limits     ...                  the second
 *     redacted                        texts of the program were hidden
 *     end        OBJECTS REFERENCES   last line: nothing was cut off
 *
 * Between them stand the records of graph/graph_records.c, in the order of its
 * rows, each with all the fields of its row, and before the last line those of
 * a view (line_view.h); any kind of record but the limits may be missing.
 * Indices count from 0 in order of appearance; "-" stands for RG_NONE, -1 for
 * none; flags are one number, words are words; an address is hexadecimal
 * without prefix, other numbers are decimal.  In texts, backslash and the
 * bytes 0x00-0x1f and 0x7f are written \xHH (two lower-case hex digits), all
 * others as they are. */
#ifndef RG_LINE_LINE_H
#define RG_LINE_LINE_H

#include <stdio.h>

#include "base/error.h"
#include "base/sink.h"
#include "graph/graph.h"

/* Writes a sealed graph.  Look at sink->status afterwards. */
void rg_line_write(const struct rg_graph *graph, struct rg_sink *sink);

/* Reads a graph from `size` bytes and seals it: any bytes in, a graph that
 * rg_graph_check accepts or NULL with *error (RG_EFORMAT names the line).
 * When the poll (or NULL) ends it: NULL.  The graph is the caller's. */
struct rg_graph *rg_line_read(const char *data, size_t size,
                              struct rg_poll *poll, struct rg_error *error);

#endif
