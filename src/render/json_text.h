/* json_text.h - strings and punctuation of JSON; private to render */
#ifndef RG_RENDER_JSON_TEXT_H
#define RG_RENDER_JSON_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/sink.h"

/* A string in quotes: UTF-8, in which lone surrogates may stand as three
 * bytes; what is neither becomes U+FFFD. */
void rg__json_string(struct rg_sink *sink, const char *data, size_t size);

/* `"name": `, with a comma before all but the first. */
void rg__json_key(struct rg_sink *sink, bool *is_first, const char *name);

#endif
