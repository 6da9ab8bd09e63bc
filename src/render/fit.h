/* fit.h - which way a picture is drawn, and whether a page is too narrow for it
 *
 * Layout is done elsewhere and later, by a Graphviz whose version nobody knows;
 * DOT, Mermaid and JSON must say the same everywhere.  So the width is
 * estimated, from the words that will be shown. */
#ifndef RG_RENDER_FIT_H
#define RG_RENDER_FIT_H

#include "base/error.h"
#include "view/view.h"

enum rg_direction { RG_AUTOMATIC, RG_TOP_TO_BOTTOM, RG_LEFT_TO_RIGHT };

/* Sets left_to_right and is_wide of a view; RG_AUTOMATIC takes the narrower
 * direction, top to bottom where that fits the page.  RG_ENOMEM with *error. */
enum rg_status rg_fit(struct rg_view *view, enum rg_direction direction,
                      struct rg_error *error);

#endif
