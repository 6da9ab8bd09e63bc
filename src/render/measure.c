/* How many bytes, and which part of the whole, at a glance. */
#include <inttypes.h>

#include "render/label.h"

void rg_label_size(struct rg_sink *sink, uint64_t bytes)
{
    static const char *const units[] = {"KB", "MB", "GB"};
    size_t unit = 0;
    uint64_t tenths = bytes / 100; /* of a KB */
    if (bytes < 10000) {
        rg_label_count(sink, bytes);
        rg_sink_text(sink, " B");
        return;
    }
    while (tenths >= 100000 && unit + 1 < sizeof units / sizeof *units) {
        tenths /= 1000;
        unit++;
    }
    if (tenths < 1000)
        rg_sink_format(sink, "%" PRIu64 ".%" PRIu64, tenths / 10, tenths % 10);
    else
        rg_label_count(sink, tenths / 10);
    rg_sink_format(sink, " %s", units[unit]);
}

void rg_label_share(struct rg_sink *sink, uint64_t part, uint64_t whole)
{
    /* As a double: bytes of a heap times a hundred are no concern then. */
    double percent = whole == 0 ? 0 : 100.0 * (double)part / (double)whole;
    if (percent > 0 && percent < 0.5)
        rg_sink_text(sink, "<1%");
    else
        rg_sink_format(sink, "%u%%", (unsigned)(percent + 0.5));
}
