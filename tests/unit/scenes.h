/* scenes.h - the graphs of tests/golden/picture
 *
 * NAME.lines is a graph in the line format; beside it is what it must give:
 * NAME.dot, NAME.mmd, NAME.json.  A new one of these is what the program
 * wrote, once it has been looked at.  Nothing here fails but the test. */
#ifndef SCENES_H
#define SCENES_H

#include <stddef.h>

#include "base/buffer.h"
#include "view/view.h"

enum { SCENE_COUNT = 17 };

extern const char *const scenes[SCENE_COUNT];

/* The graph of a scene; release with rg_graph_free. */
struct rg_graph *scene_graph(const char *scene);

/* Its view with the default options, checked, and fitted to a page; release
 * with rg_view_free before the graph. */
struct rg_view *scene_view(const struct rg_graph *graph);

/* Whether the text is what stands in NAME and the suffix, byte for byte. */
void scene_compare(const char *scene, const char *suffix,
                   const struct rg_buffer *text);

#endif
