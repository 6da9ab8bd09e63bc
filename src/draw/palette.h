/* palette.h - the colours of a picture
 *
 * Every role has a light hex of its own, even the almost-whites: dark mode
 * swaps them one by one in the finished SVG, by the value of the attribute
 * (svg.c), so a colour must never serve two roles. */
#ifndef RG_DRAW_PALETTE_H
#define RG_DRAW_PALETTE_H

#include <stdbool.h>

enum rg__tint {
    RG__CANVAS,
    RG__TEXT,
    RG__MUTED,
    RG__OBJECT_FILL,
    RG__OBJECT_LINE,
    RG__EDGE_LINE,
    RG__EDGE_TEXT,
    RG__ACCENT, /* the target and the emphasised path */
    RG__TARGET_TEXT,
    RG__TARGET_ROW,
    RG__ROOT_FILL,
    RG__ROOT_LINE,
    RG__FAINT_LINE, /* weak references, what is not drawn */
    RG__CYCLE,
    RG__CLUSTER_FILL,
    RG__CLUSTER_LINE,
    RG__GARBAGE_FILL,
    RG__NATIVE_FILL,
    RG__NATIVE_LINE,
    RG__CUT, /* the reference to drop */
    RG__ROLE_COUNT
};

struct rg__colour {
    const char *light, *dark;
};

extern const struct rg__colour rg__palette[RG__ROLE_COUNT];

/* The hex of a role in one of the two themes. */
const char *rg__palette_hex(bool dark, enum rg__tint role);

#endif
