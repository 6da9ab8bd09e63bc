/* mermaid.h - a view as a Mermaid flowchart, for pages that draw those
 *
 * The same ids, words and order as the DOT text.  Colours only lines, so that
 * it can be read on a light page and on a dark one. */
#ifndef RG_RENDER_MERMAID_H
#define RG_RENDER_MERMAID_H

#include <stdbool.h>

#include "base/sink.h"
#include "view/view.h"

struct rg_mermaid_options {
    const char *title; /* any text; NULL: what the header says */
    size_t title_size;
    bool addresses;
};

enum {
    /* What mermaid draws unless its page allows more; GitHub does not. */
    RG_MERMAID_MAX_EDGES = 500,
    RG_MERMAID_MAX_SIZE = 50000
};

/* Appends the flowchart; where it is larger than what mermaid draws, its first
 * line says so.  RG_ENOMEM. */
enum rg_status rg_mermaid_write(struct rg_sink *sink,
                                const struct rg_view *view,
                                const struct rg_mermaid_options *options);

#endif
