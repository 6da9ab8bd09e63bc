#include "draw/palette.h"

/* Okabe-Ito hues, darkened or lightened until text has a contrast of 4.5 to 1
 * and every line one of 3 to 1 on its ground. */
const struct rg__colour rg__palette[RG__ROLE_COUNT] = {
    [RG__CANVAS] = {"#ffffff", "#0d1117"},
    [RG__TEXT] = {"#1f2328", "#f0f6fc"},
    [RG__MUTED] = {"#59636e", "#9198a1"},
    [RG__OBJECT_FILL] = {"#fffffe", "#161b22"},
    [RG__OBJECT_LINE] = {"#848d97", "#656c76"},
    [RG__EDGE_LINE] = {"#6e7781", "#7d8590"},
    [RG__EDGE_TEXT] = {"#424a53", "#c9d1d9"},
    [RG__ACCENT] = {"#0072b2", "#56b4e9"},
    [RG__TARGET_TEXT] = {"#fffffd", "#04111d"},
    [RG__TARGET_ROW] = {"#e5f3fb", "#0b2a40"},
    [RG__ROOT_FILL] = {"#fff4d6", "#2a2109"},
    [RG__ROOT_LINE] = {"#9a6700", "#e69f00"},
    [RG__FAINT_LINE] = {"#818b98", "#6e7681"},
    [RG__CYCLE] = {"#a0447a", "#e08bbd"},
    [RG__CLUSTER_FILL] = {"#f5f7f9", "#11161d"},
    [RG__CLUSTER_LINE] = {"#d1d9e0", "#30363d"},
    [RG__GARBAGE_FILL] = {"#fdf2f8", "#241722"},
    [RG__NATIVE_FILL] = {"#fdf0e9", "#2b1810"},
    [RG__NATIVE_LINE] = {"#c2410c", "#f0883e"},
    [RG__CUT] = {"#b42318", "#ff8a80"},
};

const char *rg__palette_hex(bool dark, enum rg__tint role)
{
    return dark ? rg__palette[role].dark : rg__palette[role].light;
}
