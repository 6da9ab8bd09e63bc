#include "draw/chart_dot.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "draw/dot_common.h"
#include "draw/escape.h"
#include "draw/html.h"
#include "draw/palette.h"
#include "draw/style.h"
#include "render/label.h"

enum { NAME_WIDTH = 200, BAR_POINTS = 90 };

struct charting {
    const struct rg_chart *chart;
    struct rg__dot_page page;
    Agnode_t **nodes;
};

/* How the boxes look: those of the pictures of references, so that who can read
 * one can read the other. */
static struct rg__ink style_box(const struct charting *charting, Agnode_t *n,
                                const struct rg_chart_box *box)
{
    static const uint8_t kinds[] = {
        [RG_CHART_ROOT] = RG_VIEW_ROOT,
        [RG_CHART_PLACE] = RG_VIEW_OBJECT,
        [RG_CHART_POINT] = RG_VIEW_OBJECT,
        [RG_CHART_NEW] = RG_VIEW_STACK,
    };
    const struct rg_view_node like = {
        .kind = kinds[box->look],
        .flags = (uint8_t)((box->on_path ? RG_VIEW_ON_PATH : 0) |
                           (box->look == RG_CHART_POINT ? RG_VIEW_TARGET : 0))};
    return rg__style_node(n, &like, charting->page.options->dark);
}

static void add_chart_box(struct charting *charting, size_t i)
{
    const struct rg_chart_box *box = &charting->chart->boxes[i];
    bool dark = charting->page.options->dark;
    struct rg__ink ink = style_box(charting, charting->nodes[i], box);
    struct rg_sink sink = rg__dot_begin_text(&charting->page);
    bool is_point = box->look == RG_CHART_POINT;
    const struct rg__bar bar = {
        .points =
            (box->part * BAR_POINTS + RG_CHART_PARTS / 2) / RG_CHART_PARTS,
        .whole = BAR_POINTS,
        .tint = is_point ? RG__TARGET_ROW : RG__ACCENT,
        .track = is_point ? RG__OBJECT_LINE : RG__CLUSTER_LINE};
    if (box->look == RG_CHART_NEW)
        rg__html_stack(&sink, &box->rows, RG__OBJECT_LINE, dark);
    else
        rg__html_rows_with_bar(&sink, &box->rows, box->part == 0 ? NULL : &bar,
                               ink.strong, ink.other, dark);
    rg__dot_set_html(&charting->page, charting->nodes[i], &sink);
}

static void add_chart_arrow(struct charting *charting, size_t i)
{
    const struct rg_chart_box *box = &charting->chart->boxes[i];
    bool dark = charting->page.options->dark;
    if (box->above == RG_NONE)
        return;
    Agedge_t *e = agedge(charting->page.graph, charting->nodes[box->above],
                         charting->nodes[i], NULL, 1);
    const struct rg_view_edge like = {.flags =
                                          box->on_path ? RG_VIEW_ON_PATH : 0,
                                      .label_count = 1,
                                      .reference_count = 1};
    enum rg__tint colour = rg__style_edge(e, &like, dark);
    if (box->on_path)
        rg__style_set(e, "weight", "8");
    if (box->label.size == 0)
        return;
    struct rg_sink sink = rg__dot_begin_text(&charting->page);
    rg__html_edge(&sink, box->label.data, box->label.size, colour, box->on_path,
                  dark);
    rg__dot_set_html(&charting->page, e, &sink);
}

static void open_chart(struct charting *charting)
{
    struct rg_buffer title = {0};
    struct rg_sink safe = rg_sink_to_buffer(&title);
    struct rg_sink sink = rg__dot_begin_text(&charting->page);
    const char *given = charting->page.options->title;
    if (given == NULL)
        rg_sink_write(&safe, charting->chart->title.data,
                      charting->chart->title.size);
    else
        rg_label_safe(&safe, given, strlen(given), NAME_WIDTH, RG_ELIDE_MIDDLE);
    rg__escape_name(&sink, title.data, title.size);
    rg_buffer_free(&title);
    if (safe.status != RG_OK)
        charting->page.status = safe.status;
    else if (rg__dot_end_text(&charting->page, &sink))
        rg__dot_open(&charting->page);
}

static void set_chart(struct charting *charting)
{
    const struct rg__dot_options *options = charting->page.options;
    const struct rg_chart *chart = charting->chart;
    struct rg_buffer given = {0};
    struct rg_sink to_given = rg_sink_to_buffer(&given);
    rg__style_set(charting->page.graph, "class", "graphroot");
    rg__style_set(charting->page.graph, "rankdir", chart->across ? "LR" : "TB");
    rg__style_set(charting->page.graph, "bgcolor",
                  options->transparent
                      ? "transparent"
                      : rg__dot_hex(&charting->page, RG__CANVAS));
    rg__style_set(charting->page.graph, "fontcolor",
                  rg__dot_hex(&charting->page, RG__MUTED));
    if (chart->across) {
        rg__style_set(charting->page.graph, "nodesep", "0.12");
        rg__style_set(charting->page.graph, "ranksep", "0.25");
    }
    rg__dot_effort(charting->page.graph, chart->box_count);
    if (options->title != NULL)
        rg_label_safe(&to_given, options->title, strlen(options->title),
                      NAME_WIDTH, RG_ELIDE_MIDDLE);
    struct rg_sink sink = rg__dot_begin_text(&charting->page);
    rg__html_head(&sink, options->title == NULL ? &chart->title : &given,
                  &chart->head, options->dark);
    rg__dot_set_html(&charting->page, charting->page.graph, &sink);
    if (to_given.status != RG_OK)
        charting->page.status = to_given.status;
    rg_buffer_free(&given);
}

static void add_chart_tips(struct charting *charting)
{
    rg__dot_declare_one(charting->page.graph, AGNODE, "tooltip", "");
    for (size_t i = 0; i < charting->chart->box_count; i++) {
        const struct rg_buffer *tip = &charting->chart->boxes[i].tip;
        struct rg_sink sink = rg__dot_begin_text(&charting->page);
        if (tip->size == 0)
            continue;
        rg__escape_tooltip(&sink, tip->data, tip->size);
        rg__dot_set_text(&charting->page, charting->nodes[i], "tooltip", &sink);
    }
}

static void add_chart_node(struct charting *charting, size_t i)
{
    char name[32];
    snprintf(name, sizeof name, "n%zu", i);
    charting->nodes[i] = agnode(charting->page.graph, name, 1);
}

static void add_chart(struct charting *charting)
{
    const struct rg_chart *chart = charting->chart;
    /* Layout stacks what hangs together by nothing from the bottom up. */
    for (size_t i = chart->box_count; i-- > 0;)
        if (chart->boxes[i].above == RG_NONE && chart->across)
            add_chart_node(charting, i);
    for (size_t i = 0; i < chart->box_count; i++)
        add_chart_node(charting, i);
    set_chart(charting);
    for (size_t i = 0; i < chart->box_count; i++)
        add_chart_box(charting, i);
    for (size_t i = 0; i < chart->box_count; i++)
        add_chart_arrow(charting, i);
}

Agraph_t *rg__chart_dot_new(const struct rg_chart *chart,
                            const struct rg__dot_options *options,
                            struct rg_error *error)
{
    struct charting charting = {.chart = chart, .page.options = options};
    charting.nodes = rg_alloc(chart->box_count, sizeof *charting.nodes);
    if (charting.nodes == NULL)
        charting.page.status = RG_ENOMEM;
    else
        open_chart(&charting);
    if (charting.page.status == RG_OK) {
        rg__dot_declare(charting.page.graph, options->dark);
        add_chart(&charting);
    }
    if (charting.page.status == RG_OK)
        charting.page.status =
            rg__dot_set_id(charting.page.graph, options->id_prefix);
    if (charting.page.status == RG_OK && options->tooltips)
        add_chart_tips(&charting);
    rg_free(charting.nodes);
    return rg__dot_finish(&charting.page, error);
}
