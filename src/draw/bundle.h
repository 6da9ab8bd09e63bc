/* bundle.h - the Graphviz and the fonts that came with the package
 *
 * A wheel that needs nothing of its machine (package/wheels makes it) has a
 * directory _graphviz beside the drawing program: Graphviz's plugins, fonts,
 * and what fontconfig is to read.  Where it is, it alone is used: a plugin of
 * the machine would belong to another libgvc. */
#ifndef RG_DRAW_BUNDLE_H
#define RG_DRAW_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>

/* Stores the directory, for which there is room for `size` bytes; false when
 * the package has none. */
bool rg__bundle_find(char *directory, size_t size);

/* Makes the fonts of the package those that are drawn with; `library` is a
 * handle of dlopen that has brought fontconfig along, and nothing has been
 * drawn yet.  With `any_text`, where a text may need more than these few
 * fonts, the machine's own are asked after them.  False when fonts or
 * fontconfig are not there. */
bool rg__bundle_use_fonts(const char *directory, void *library, bool any_text);

/* The number of fonts. */
size_t rg__bundle_font_count(const char *directory);

#endif
