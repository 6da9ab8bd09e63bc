/* json_text.h - strings, punctuation and records of JSON; private to render */
#ifndef RG_RENDER_JSON_TEXT_H
#define RG_RENDER_JSON_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/sink.h"
#include "view/view_records.h"

/* A string in quotes: UTF-8, in which lone surrogates may stand as three
 * bytes; what is neither becomes U+FFFD. */
void rg__json_string(struct rg_sink *sink, const char *data, size_t size);

/* `"name": `, with a comma before all but the first. */
void rg__json_key(struct rg_sink *sink, bool *is_first, const char *name);

/* The members of one record, without the braces.  Addresses are left out
 * unless they are asked for. */
void rg__json_fields(struct rg_sink *sink, const struct rg_view *view,
                     const struct rg_record *record, const void *copy,
                     bool addresses, bool *is_first);

/* What a record of a view is called where another names it: "n7", "t1". */
void rg__json_id(struct rg_sink *sink, const struct rg_view *view,
                 const struct rg_record *record, size_t index);

#endif
