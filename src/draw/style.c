#include "draw/style.h"

#include <stdio.h>

/* The casts are for 2.42, which takes no const. */
void rg__style_set(void *object, const char *name, const char *value)
{
    agsafeset(object, (char *)name, (char *)value, (char *)"");
}

void rg__style_pin(void *node)
{
    rg__style_set(node, "style", "invis");
    rg__style_set(node, "label", "");
    rg__style_set(node, "width", "0.01");
    rg__style_set(node, "height", "0.01");
    rg__style_set(node, "margin", "0");
}

/* How a node of each kind looks; NULL leaves the default. */
struct look {
    const char *class_name, *path_class_name;
    const char *style, *penwidth, *peripheries, *shape;
    enum rg__tint fill, line, path_line, strong, other;
};

/* clang-format off: words above, colours below */
static const struct look target_look = {
    "target",      "target path", NULL,       "2",        "2",
    NULL,          RG__ACCENT,    RG__ACCENT, RG__ACCENT, RG__TARGET_TEXT,
    RG__TARGET_ROW};
static const struct look object_look = {
    "object",        "object path",   NULL,       NULL,     NULL,     NULL,
    RG__OBJECT_FILL, RG__OBJECT_LINE, RG__ACCENT, RG__TEXT, RG__MUTED};
static const struct look root_look = {
    "root",        "root path",   "filled",      NULL,     NULL,     NULL,
    RG__ROOT_FILL, RG__ROOT_LINE, RG__ROOT_LINE, RG__TEXT, RG__MUTED};
static const struct look stack_look = {
    "stack",         "stack path",    "solid",    NULL,     NULL,     "plain",
    RG__OBJECT_FILL, RG__OBJECT_LINE, RG__ACCENT, RG__TEXT, RG__MUTED};
static const struct look steps_look = {
    "steps",         "steps path",   "rounded,dotted", "1.5",    NULL,     NULL,
    RG__OBJECT_FILL, RG__FAINT_LINE, RG__ACCENT,       RG__TEXT, RG__MUTED};
static const struct look more_look = {
    "more",          "more",         "rounded,dotted", "1.5",    NULL,     NULL,
    RG__OBJECT_FILL, RG__FAINT_LINE, RG__FAINT_LINE,   RG__TEXT, RG__MUTED};

static const struct look native_look = {
    "native",        "native path",   "filled,dashed", NULL,     NULL,     NULL,
    RG__NATIVE_FILL, RG__NATIVE_LINE, RG__NATIVE_LINE, RG__TEXT, RG__MUTED};
/* clang-format on */

static const struct look *look_of(const struct rg_view_node *node)
{
    switch (node->kind) {
    case RG_VIEW_OBJECT:
        return node->flags & RG_VIEW_TARGET ? &target_look : &object_look;
    case RG_VIEW_ROOT:
        return &root_look;
    case RG_VIEW_STACK:
        return &stack_look;
    case RG_VIEW_STEPS:
        return &steps_look;
    case RG_VIEW_NATIVE:
        return &native_look;
    default:
        return &more_look;
    }
}

struct rg__ink rg__style_node(Agnode_t *n, const struct rg_view_node *node,
                              bool dark)
{
    const struct look *look = look_of(node);
    bool on_path = (node->flags & RG_VIEW_ON_PATH) != 0;
    const char *penwidth = look->penwidth;
    if (on_path && penwidth == NULL)
        penwidth = "2";
    rg__style_set(n, "class",
                  on_path ? look->path_class_name : look->class_name);
    rg__style_set(
        n, "color",
        rg__palette_hex(dark, on_path ? look->path_line : look->line));
    rg__style_set(n, "fillcolor", rg__palette_hex(dark, look->fill));
    if (look->style != NULL)
        rg__style_set(n, "style", look->style);
    if (look->shape != NULL)
        rg__style_set(n, "shape", look->shape);
    if (penwidth != NULL)
        rg__style_set(n, "penwidth", penwidth);
    if (look->peripheries != NULL)
        rg__style_set(n, "peripheries", look->peripheries);
    return (struct rg__ink){look->strong, look->other};
}

/* A bar across the arrow; the word stands in the label. */
static enum rg__tint look_cut(Agedge_t *e, const struct rg_view_edge *edge,
                              bool dark)
{
    bool is_reversed = (edge->flags & RG_VIEW_CYCLE) != 0;
    bool on_path = (edge->flags & RG_VIEW_ON_PATH) != 0;
    rg__style_set(e, "class", on_path ? "path cut" : "cut");
    rg__style_set(e, "color", rg__palette_hex(dark, RG__CUT));
    rg__style_set(e, "penwidth", on_path ? "2.2" : "1.5");
    rg__style_set(e, is_reversed ? "arrowtail" : "arrowhead", "normalnonetee");
    return RG__CUT;
}

enum rg__tint rg__style_edge(Agedge_t *e, const struct rg_view_edge *edge,
                             bool dark)
{
    bool is_reversed = (edge->flags & RG_VIEW_CYCLE) != 0;
    if (edge->reference_count == 0) {
        rg__style_set(e, "class", "more");
        rg__style_set(e, "color", rg__palette_hex(dark, RG__FAINT_LINE));
        rg__style_set(e, "style", "dotted");
        rg__style_set(e, "penwidth", "1.5");
        rg__style_set(e, "arrowhead", "none");
        return RG__MUTED;
    }
    if (edge->label_count == 0 && edge->rest == RG_NONE) {
        rg__style_set(e, "class", "native");
        rg__style_set(e, "color", rg__palette_hex(dark, RG__NATIVE_LINE));
        rg__style_set(e, "style", "dashed");
        return RG__NATIVE_LINE;
    }
    if (edge->flags & RG_VIEW_CUT)
        return look_cut(e, edge, dark);
    if (edge->flags & RG_VIEW_ON_PATH) {
        rg__style_set(e, "class", "path");
        rg__style_set(e, "color", rg__palette_hex(dark, RG__ACCENT));
        rg__style_set(e, "penwidth", "2.2");
        return RG__ACCENT;
    }
    if (edge->flags & RG_VIEW_WEAK) {
        rg__style_set(e, "class", is_reversed ? "weak cycle" : "weak");
        rg__style_set(e, "color", rg__palette_hex(dark, RG__FAINT_LINE));
        rg__style_set(e, "style", "dashed");
        rg__style_set(e, is_reversed ? "arrowtail" : "arrowhead", "vee");
        return RG__MUTED;
    }
    rg__style_set(e, "class", is_reversed ? "strong cycle" : "strong");
    if (!is_reversed)
        return RG__EDGE_TEXT;
    char doubled[32];
    snprintf(doubled, sizeof doubled, "%s:%s", rg__palette_hex(dark, RG__CYCLE),
             rg__palette_hex(dark, RG__CYCLE));
    rg__style_set(e, "color", doubled);
    return RG__CYCLE;
}
