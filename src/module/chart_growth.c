/* What grows, as a chart: the way to each of the first places, and below it what
 * is new there. */
#include <string.h>

#include "base/alloc.h"
#include "module/chart_words.h"
#include "module/charting.h"
#include "render/label.h"

enum {
    MOST_DRAWN = 3, /* places that grow */
    MOST_KINDS = 3, /* types of what is new */
    FIRST_STEPS = 2,
    LAST_STEPS = 3, /* of a longer way */
    MOST_DEPTH = 64
};

struct growing_chart {
    struct rg__charting charting;
    size_t looks;
    uint32_t *box_of; /* by box: its place */
    size_t box_capacity;
};

static uint32_t place_that_grows(const struct rg_growth_row *row)
{
    return row->sign == RG_GROWTH_CHILDREN ? row->child : row->place;
}

/* "+2 a round", with a digit behind the point where it is less than ten. */
static void put_rate(struct rg_sink *words, const char *sign, uint64_t more,
                     size_t rounds,
                     void (*put)(struct rg_sink *sink, uint64_t number))
{
    rg_sink_text(words, sign);
    if (more % rounds == 0 || more >= 10 * rounds)
        put(words, more / rounds);
    else
        rg_sink_format(words, "%u.%u", (unsigned)(more / rounds),
                       (unsigned)(more * 10 / rounds % 10));
}

static uint64_t more_of(uint64_t after, uint64_t before)
{
    return after > before ? after - before : 0;
}

static void put_sizes(struct growing_chart *growing,
                      const struct rg_growth_row *row, struct rg_sink *words)
{
    for (size_t i = 0; i < growing->looks; i++) {
        rg_sink_text(words, i == 0 ? "" : ", ");
        rg_label_count(words, row->sizes[i]);
    }
}

static struct rg_chart_box *add_box(struct growing_chart *growing,
                                    uint32_t above, uint32_t place,
                                    enum rg_chart_look look)
{
    struct rg__charting *charting = &growing->charting;
    struct rg_chart_box *box = NULL;
    void *box_of = growing->box_of;
    size_t count = charting->chart.box_count;
    if (rg_grow(&box_of, &growing->box_capacity, count + 1,
                sizeof *growing->box_of) < 0) {
        charting->status = RG_ENOMEM;
        return NULL;
    }
    growing->box_of = box_of;
    growing->box_of[count] = place;
    enum rg_status status = rg_chart_add(&charting->chart, above, look, &box);
    if (status != RG_OK)
        charting->status = status;
    return box;
}

static uint32_t find_box(const struct growing_chart *growing, uint32_t place)
{
    for (size_t i = 0; i < growing->charting.chart.box_count; i++)
        if (growing->box_of[i] == place)
            return (uint32_t)i;
    return RG_NONE;
}

/* The way to a place: from it up, and of a long one the ends. */
static size_t list_way(const struct growing_chart *growing, uint32_t place,
                       uint32_t *way)
{
    const struct rg_survey *survey = growing->charting.survey;
    size_t count = 0;
    for (uint32_t at = place; at != RG_NONE && count < MOST_DEPTH;
         at = rg_survey_parent(survey, at))
        way[count++] = at;
    if (count <= FIRST_STEPS + LAST_STEPS)
        return count;
    memmove(way + LAST_STEPS, way + count - FIRST_STEPS,
            FIRST_STEPS * sizeof *way);
    return FIRST_STEPS + LAST_STEPS;
}

static void put_growing_rows(struct growing_chart *growing,
                             const struct rg_growth_row *row,
                             struct rg_chart_box *box)
{
    struct rg__charting *charting = &growing->charting;
    struct rg_sink words = rg__begin_words(charting);
    put_sizes(growing, row, &words);
    rg__end_row(charting, &words, &box->rows, RG_STYLE_STRONG, RG__ROW_WIDTH);
    struct rg_buffer path = {0};
    if (rg_growth_path(charting->survey, row, &path) != RG_OK)
        charting->status = RG_ENOMEM;
    words = rg__begin_words(charting);
    rg_sink_write(&words, path.data, path.size);
    rg__end_row(charting, &words, &box->rows, RG_STYLE_MONO, RG__ROW_WIDTH);
    rg__end_tip(charting, &words, box);
    rg_buffer_free(&path);
}

/* A box of the way; the last one is the place that grows. */
static uint32_t add_way_step(struct growing_chart *growing, uint32_t above,
                             uint32_t place, const struct rg_growth_row *row)
{
    struct rg__charting *charting = &growing->charting;
    struct rg_place_row at =
        rg_survey_place(charting->survey, place, growing->looks - 1);
    bool is_root = at.kind >= RG_PLACE_MODULE;
    struct rg_chart_box *box = add_box(growing, above, place,
                                       row != NULL ? RG_CHART_POINT
                                       : is_root   ? RG_CHART_ROOT
                                                   : RG_CHART_PLACE);
    if (box == NULL)
        return RG_NONE;
    struct rg_sink words = rg__begin_words(charting);
    if (is_root) {
        rg__rows_of_root(charting, place, at.kind, box);
    } else {
        if (at.count > 1) {
            rg_label_count(&words, at.count);
            rg_sink_text(&words, " \xc3\x97 ");
        }
        rg__words_text(charting, &words, at.type);
        rg__end_row(charting, &words, &box->rows, RG_STYLE_STRONG,
                    RG__ROW_WIDTH);
        words = rg__begin_words(charting);
        rg__words_path(charting, &words, place,
                       above == RG_NONE ? RG_NONE : growing->box_of[above]);
        rg__end_label(charting, &words, box);
    }
    if (row != NULL)
        put_growing_rows(growing, row, box);
    return (uint32_t)(charting->chart.box_count - 1);
}

static void put_new_rows(struct growing_chart *growing,
                         const struct rg_growth_row *row,
                         struct rg_chart_box *box)
{
    struct rg__charting *charting = &growing->charting;
    size_t rounds = growing->looks - 1;
    struct rg_sink words = rg__begin_words(charting);
    put_rate(&words, "+", more_of(row->sizes[rounds], row->sizes[0]), rounds,
             rg_label_count);
    rg_sink_text(&words, " a round");
    rg__end_row(charting, &words, &box->rows, RG_STYLE_STRONG, RG__ROW_WIDTH);
    for (size_t i = 0; i < row->item_count && i < MOST_KINDS; i++) {
        words = rg__begin_words(charting);
        put_rate(&words, "", more_of(row->items[i].after, row->items[i].before),
                 rounds, rg_label_count);
        rg_sink_text(&words, " ");
        rg__words_text(charting, &words, row->items[i].type);
        rg__end_row(charting, &words, &box->rows, RG_STYLE_MUTED,
                    RG__ROW_WIDTH);
    }
    words = rg__begin_words(charting);
    rg_sink_text(&words, "keeps ");
    put_rate(&words, "", more_of(row->kept_after, row->kept_before), rounds,
             rg_label_size);
    rg_sink_text(&words, " more a round");
    rg__end_row(charting, &words, &box->rows, RG_STYLE_MUTED, RG__ROW_WIDTH);
    struct rg_buffer newest = {0};
    if (rg_growth_newest(charting->survey, row, &newest) != RG_OK)
        charting->status = RG_ENOMEM;
    words = rg__begin_words(charting);
    rg_sink_write(&words, newest.data, newest.size);
    if (newest.size > 0) {
        rg__end_row(charting, &words, &box->rows, RG_STYLE_MONO, RG__ROW_WIDTH);
        rg__end_tip(charting, &words, box);
    }
    rg_buffer_free(&newest);
}

static void add_growing(struct growing_chart *growing,
                        const struct rg_growth_row *row, bool is_first)
{
    struct rg_chart *chart = &growing->charting.chart;
    uint32_t way[MOST_DEPTH], above = RG_NONE;
    size_t count = list_way(growing, place_that_grows(row), way);
    for (size_t i = count; i-- > 0 && growing->charting.status == RG_OK;) {
        uint32_t known = i == 0 ? RG_NONE : find_box(growing, way[i]);
        above = known != RG_NONE
                    ? known
                    : add_way_step(growing, above, way[i], i == 0 ? row : NULL);
        if (is_first && above != RG_NONE)
            chart->boxes[above].on_path = true;
    }
    if (growing->charting.status != RG_OK)
        return;
    struct rg_chart_box *box = add_box(growing, above, RG_NONE, RG_CHART_NEW);
    if (box == NULL)
        return;
    box->on_path = is_first;
    put_new_rows(growing, row, box);
}

static void put_growth_head(struct growing_chart *growing,
                            const struct rg_growth_row *row, size_t count)
{
    struct rg__charting *charting = &growing->charting;
    struct rg_buffer path = {0};
    struct rg_sink words = rg__begin_words(charting);
    if (rg_growth_path(charting->survey, row, &path) != RG_OK)
        charting->status = RG_ENOMEM;
    rg_sink_write(&words, path.data, path.size);
    rg_sink_text(&words, " grows: ");
    put_sizes(growing, row, &words);
    struct rg_sink title = rg_sink_to_buffer(&charting->chart.title);
    rg_label_safe(&title, charting->scratch.data, charting->scratch.size, 120,
                  RG_ELIDE_MIDDLE);
    if (title.status != RG_OK || words.status != RG_OK)
        charting->status = RG_ENOMEM;
    rg_buffer_free(&path);
    if (count == 1)
        return;
    words = rg__begin_words(charting);
    rg_label_count(&words, count);
    rg_sink_text(&words, " places grow");
    if (count > MOST_DRAWN)
        rg_sink_format(&words, ", the heaviest %d are drawn", MOST_DRAWN);
    rg__end_row(charting, &words, &charting->chart.head, RG_STYLE_MUTED,
                RG__TIP_WIDTH);
}

/* What the words list, too: what is bounded does not grow, what grows slowly
 * counts where there is nothing else, and weak references likewise. */
static bool is_listed(const struct rg_growth *growth,
                      const struct rg_growth_row *row, bool weak)
{
    return !row->is_bounded && row->is_slow == growth->rows[0].is_slow &&
           (row->weak == RG_GROWTH_WEAK) == weak;
}

static size_t count_listed(const struct rg_growth *growth, bool weak)
{
    size_t count = 0;
    for (size_t i = 0; i < growth->row_count; i++)
        count += is_listed(growth, &growth->rows[i], weak);
    return count;
}

enum rg_status rg__chart_growth(const struct rg_survey *survey,
                                const struct rg_growth *growth, size_t looks,
                                struct rg_buffer *lines)
{
    struct growing_chart growing = {.charting = {.survey = survey},
                                    .looks = looks};
    struct rg__charting *charting = &growing.charting;
    bool weak = count_listed(growth, false) == 0;
    size_t count = count_listed(growth, weak), drawn = 0;
    if (count == 0)
        return RG_OK;
    for (size_t i = 0; i < growth->row_count && drawn < MOST_DRAWN &&
                       charting->status == RG_OK;
         i++) {
        if (!is_listed(growth, &growth->rows[i], weak))
            continue;
        if (drawn++ == 0)
            put_growth_head(&growing, &growth->rows[i], count);
        add_growing(&growing, &growth->rows[i], drawn == 1);
    }
    struct rg_sink sink = rg_sink_to_buffer(lines);
    if (charting->status == RG_OK) {
        rg_chart_write(&charting->chart, &sink);
        charting->status = sink.status;
    }
    rg_chart_free(&charting->chart);
    rg_buffer_free(&charting->scratch);
    rg_free(growing.box_of);
    return charting->status;
}
