/* literal.h - whether a text is Python as it stands */
#ifndef RG_RENDER_LITERAL_H
#define RG_RENDER_LITERAL_H

#include <stdbool.h>
#include <stddef.h>

#include "graph/graph.h"

/* Whether Python code may name a variable or an attribute so: no keyword. */
bool rg__is_identifier(const char *data, size_t size);

/* The same of names with dots between them, as a module is called. */
bool rg__is_dotted_name(const char *data, size_t size);

/* Whether the label of a step that is an item is the whole key, so that it can
 * be looked up: long ones are stored shortened. */
bool rg__is_literal(const struct rg_graph *graph, const struct rg_step *step);

#endif
