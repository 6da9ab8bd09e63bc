/* style.h - shapes, lines and colours of boxes and arrows
 *
 * Never by colour alone: every kind differs from the others by shape, style of
 * line, weight or a word as well. */
#ifndef RG_DRAW_STYLE_H
#define RG_DRAW_STYLE_H

#include <stdbool.h>

#include <cgraph.h>

#include "draw/palette.h"
#include "view/view.h"

/* The colours of the words in a box. */
struct rg__ink {
    enum rg__tint strong, other;
};

/* Sets an attribute of a graph, node or edge; cgraph keeps a copy. */
void rg__style_set(void *object, const char *name, const char *value);

/* Makes a node one that nobody sees and that takes no room. */
void rg__style_pin(void *node);

/* Sets everything but the label, in the dark theme or the light one. */
struct rg__ink rg__style_node(Agnode_t *n, const struct rg_view_node *node,
                              bool dark);

/* Sets everything but the label, whose colour is returned. */
enum rg__tint rg__style_edge(Agedge_t *e, const struct rg_view_edge *edge,
                             bool dark);

#endif
