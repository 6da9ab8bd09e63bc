/* json.h - everything a graph and its picture know, as JSON
 *
 * The records are those of a graph, each with the names of its fields
 * (graph/record.h); beside them stands what a picture shows, in its words.
 * doc/graph.schema.json describes it, module/json_read.c reads it back.
 *
 * The result is ASCII: other characters are written \uXXXX, a lone surrogate
 * as what it is.  One record a line, so that two of them can be compared. */
#ifndef RG_RENDER_JSON_H
#define RG_RENDER_JSON_H

#include <stdbool.h>

#include "base/sink.h"
#include "view/view.h"

/* Version 1 had other names for some fields: `old_name` of their rows.  What is
 * added keeps the number, because a reader passes over what it does not
 * know. */
enum { RG_JSON_VERSION = 2 };

struct rg_json_options {
    const char *title; /* any text; NULL: the picture's own */
    size_t title_size;
    bool addresses; /* ids of objects are their addresses; else there
                       are none, and the same graph gives the same
                       bytes on every run */
};

/* Appends the JSON text, with a newline at the end.  RG_ENOMEM. */
enum rg_status rg_json_write(struct rg_sink *sink, const struct rg_view *view,
                             const struct rg_json_options *options);

#endif
