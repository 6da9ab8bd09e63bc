/* quote.h - safe text as Python writes a str */
#ifndef RG_RENDER_QUOTE_H
#define RG_RENDER_QUOTE_H

#include <stddef.h>

#include "base/sink.h"
#include "render/label.h"

/* rg_label_safe; when `quote` is not 0, that character and the backslash are
 * also escaped, each still counting as one character. */
void rg__label_write(struct rg_sink *sink, const char *data, size_t size,
                     size_t width, enum rg_elide elide, char quote);

/* The same between quotes, chosen as repr() does; the quotes are not counted
 * in the width. */
void rg__label_quoted(struct rg_sink *sink, const char *data, size_t size,
                      size_t width);

#endif
