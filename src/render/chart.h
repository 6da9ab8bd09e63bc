/* chart.h - a tree of boxes whose words are made: where the memory is, what
 * grows
 *
 * A survey has no graph that could be sent to the drawing program: its boxes
 * are places, which stand for many objects.  So what is sent are the words, as
 * lines with fields between TABs; all text is safe (label.h).
 *
 *     referrers-chart  1  DIRECTION        across or down; first line
 *     title      TEXT
 *     head       STYLE  TEXT               a line of the header
 *     box        ABOVE  LOOK  PATH  PART  LABEL  TIP
 *     row        STYLE  TEXT               of the box before
 *     end        BOXES                     last line: nothing was cut off
 *
 * ABOVE is the number of an earlier box, or - . */
#ifndef RG_RENDER_CHART_H
#define RG_RENDER_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/sink.h"
#include "render/words.h"

enum rg_chart_look {
    RG_CHART_ROOT,  /* where a chain begins */
    RG_CHART_PLACE, /* objects that are alike */
    RG_CHART_POINT, /* what it is about */
    RG_CHART_NEW,   /* what became more there: cards */
    RG_CHART_LOOK_COUNT
};

/* Of the whole, so many parts: the length of a bar. */
enum { RG_CHART_PARTS = 1000 };

struct rg_chart_box {
    uint32_t above; /* an earlier box, or RG_NONE */
    uint8_t look;   /* enum rg_chart_look */
    bool on_path;   /* with the arrow that leads to it */
    uint32_t part;  /* of RG_CHART_PARTS */
    struct rg_rows rows;
    struct rg_buffer label; /* of the arrow */
    struct rg_buffer tip;   /* for those who point at it */
};

struct rg_chart {
    struct rg_chart_box *boxes;
    size_t box_count, box_capacity;
    struct rg_buffer title;
    struct rg_rows head;
    bool across; /* from left to right; else from top to bottom */
};

void rg_chart_free(struct rg_chart *chart);

/* A new last box; RG_ENOMEM.  It moves when another one is added. */
enum rg_status rg_chart_add(struct rg_chart *chart, uint32_t above,
                            enum rg_chart_look look, struct rg_chart_box **box);

/* Text as words of the rows: made safe, at most `width` characters; RG_ENOMEM,
 * or RG_ELIMIT when there is no room for a row. */
enum rg_status rg_rows_add(struct rg_rows *rows, enum rg_style style,
                           const char *data, size_t size, size_t width);

/* Look at sink->status afterwards. */
void rg_chart_write(const struct rg_chart *chart, struct rg_sink *sink);

/* Whether these bytes begin as a chart does. */
bool rg_chart_is(const char *data, size_t size);

/* Any bytes in: fills *chart, which is to be freed in either case.  RG_EFORMAT
 * with *error, which names the line; RG_ENOMEM. */
enum rg_status rg_chart_read(const char *data, size_t size,
                             struct rg_chart *chart, struct rg_error *error);

#endif
