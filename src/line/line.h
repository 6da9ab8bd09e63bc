/* line.h - the referrer graph as lines of text
 *
 * How a graph travels to the drawing program, and what a fuzzer feeds it.
 * One record a line, fields separated by one TAB, the first field says which:
 *
 *     referrers-graph  1                      format and version; first line
 *     limits     MAX_DEPTH TIMEOUT TIMED_OUT  -1: no limit; seconds; 0 or 1
 *     redacted                                texts of the program were hidden
 *     unseen     KIND COUNT                   objects that may be missing; -1: unknown
 *     root       KIND NAME THREAD FILE LINE
 *     object     ID FLAGS TYPE QUALNAME MODULE DETAIL ITEMS DEPTH
 *     reference  REFERENT REFERRER ROOT KIND FLAGS KEY_TYPE OWNER LABEL NUMBER
 *     rest       REFERENT AFTER KIND KEY_TYPE OWNER FIRST LAST COUNT
 *     target     OBJECT
 *     verdict    TARGET KIND FLAGS COUNTED UNEXPLAINED ROOTS CYCLE GENERATION
 *     entry      TARGET KIND FLAGS COUNT
 *     path       TARGET KIND ROOT STEPS TARGETS SHARED
 *     step       OBJECT REFERENCE KIND FLAGS KEY_TYPE OWNER LABEL NUMBER TYPE
 *     native     OBJECT COUNT HOLDER OFFSET
 *     retained   OBJECT BYTES OBJECTS
 *     value      OBJECT TEXT                  a short value; at most one each
 *     end        OBJECTS REFERENCES           last line: nothing was cut off
 *
 * In this order, and before the last line those of line_view.h; any kind of record may be missing.  TARGET is the position of
 * a target line; the steps of all paths follow each other.  Indices count
 * from 0 in order of appearance; "-" stands for RG_NONE; ID is hexadecimal
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
 * The graph is the caller's. */
struct rg_graph *rg_line_read(const char *data, size_t size,
                              struct rg_error *error);

#endif
