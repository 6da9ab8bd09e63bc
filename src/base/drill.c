#include "base/drill.h"

static _Thread_local struct {
    size_t asked, at;
    enum rg_drill what;
} drill;

enum rg_drill rg_drill_ask(void)
{
    drill.asked++;
    if (drill.what == RG_DRILL_TIMEOUT ? drill.asked >= drill.at
                                       : drill.asked == drill.at)
        return drill.what;
    return RG_DRILL_NONE;
}

size_t rg_drill_set(size_t at, enum rg_drill what)
{
    size_t asked = drill.asked;
    drill.asked = 0;
    drill.at = at;
    drill.what = what;
    return asked;
}
