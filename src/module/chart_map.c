/* Where the memory is, as a chart. */
#include "base/alloc.h"
#include "dump/dump.h"
#include "module/chart_words.h"
#include "module/charting.h"
#include "render/label.h"

/* A place that only one other is below, and that keeps hardly more, only leads
 * there. */
enum { NEARLY_ALL = 90, MOST_TRIES = 6 };

/* Characters in a box. */
enum { STEP_WIDTH = 24, KIND_WIDTH = 24 };

struct drawn_place {
    struct rg_place_row row;
    uint32_t below, below_count; /* the last row below, how many there are */
    uint32_t box;                /* RG_NONE: it only leads on */
};

struct mapping {
    struct rg__charting charting;
    struct drawn_place *places;
    size_t count;
    uint32_t point; /* where much hangs together, or RG_NONE */
    struct rg_survey_sum sum;
};

static bool only_leads_on(const struct mapping *mapping,
                          const struct drawn_place *at)
{
    if (at->below_count != 1 || at->row.above == RG_NONE ||
        at->row.place == mapping->point)
        return false;
    const struct rg_place_row *below = &mapping->places[at->below].row;
    return below->retained >= at->row.retained / 100 * NEARLY_ALL;
}

/* So many of the heaviest, and which of them are drawn: how many. */
static enum rg_status list_map_places(struct mapping *mapping,
                                      struct rg_survey *survey, size_t most,
                                      size_t *drawn)
{
    struct rg_place_row *rows;
    size_t count;
    enum rg_status status = rg_survey_heaviest(survey, 0, most, &rows, &count);
    rg_free(mapping->places);
    mapping->places = NULL;
    mapping->count = *drawn = 0;
    if (status == RG_OK) {
        mapping->places = rg_alloc_zeroed(count, sizeof *mapping->places);
        status = mapping->places == NULL ? RG_ENOMEM : RG_OK;
    }
    for (size_t i = 0; status == RG_OK && i < count; i++) {
        mapping->places[i].row = rows[i];
        if (rows[i].above != RG_NONE) {
            mapping->places[rows[i].above].below = (uint32_t)i;
            mapping->places[rows[i].above].below_count++;
        }
    }
    rg_free(rows);
    if (status != RG_OK)
        return status;
    mapping->count = count;
    for (size_t i = 0; i < count; i++) {
        bool is_drawn = !only_leads_on(mapping, &mapping->places[i]);
        mapping->places[i].box = is_drawn ? (uint32_t)(*drawn)++ : RG_NONE;
    }
    return RG_OK;
}

/* As many as make so many boxes: what only leads on takes no room. */
static enum rg_status choose_places(struct mapping *mapping,
                                    struct rg_survey *survey, size_t most)
{
    size_t asked = most, good = most, drawn = 0;
    enum rg_status status = RG_OK;
    for (int i = 0; status == RG_OK && i < MOST_TRIES; i++) {
        status = list_map_places(mapping, survey, asked, &drawn);
        if (drawn <= most)
            good = asked;
        if (drawn == most || mapping->count < asked)
            break;
        asked = drawn < most ? asked + (most - drawn) : (good + asked) / 2;
    }
    return status == RG_OK && drawn > most
               ? list_map_places(mapping, survey, good, &drawn)
               : status;
}

/* The nearest row above that is drawn. */
static const struct drawn_place *drawn_above(const struct mapping *mapping,
                                             const struct drawn_place *at)
{
    do {
        if (at->row.above == RG_NONE)
            return NULL;
        at = &mapping->places[at->row.above];
    } while (at->box == RG_NONE);
    return at;
}

/* Whether the place is the point, or leads to it. */
static bool leads_to_point(const struct mapping *mapping, uint32_t place)
{
    uint32_t at = mapping->point;
    while (at != RG_NONE && at != place)
        at = rg_survey_parent(mapping->charting.survey, at);
    return at != RG_NONE;
}

static void put_weight(struct mapping *mapping, const struct rg_place_row *row,
                       struct rg_chart_box *box)
{
    struct rg_sink words = rg__begin_words(&mapping->charting);
    rg_label_size(&words, row->retained);
    rg_sink_text(&words, " \xc2\xb7 ");
    rg_label_share(&words, row->retained, mapping->sum.bytes);
    rg__end_row(&mapping->charting, &words, &box->rows, RG_STYLE_STRONG,
                RG__ROW_WIDTH);
    if (mapping->sum.bytes > 0)
        box->part = (uint32_t)((double)row->retained * RG_CHART_PARTS /
                               (double)mapping->sum.bytes);
    if (box->part > RG_CHART_PARTS)
        box->part = RG_CHART_PARTS;
}

/* The type without its module: that takes room, and who points at the box is
 * told. */
static void put_kind_words(struct mapping *mapping,
                           const struct rg_place_row *row, bool in_full,
                           struct rg_sink *words)
{
    const struct rg_texts *texts = rg_survey_texts(mapping->charting.survey);
    const char *name = rg_texts_data(texts, row->type);
    size_t size = rg_texts_size(texts, row->type), start = size;
    while (start > 0 && name[start - 1] != '.')
        start--;
    if (in_full)
        start = 0;
    if (row->count > 1) {
        rg_label_count(words, row->count);
        rg_sink_text(words, " \xc3\x97 ");
    }
    rg_sink_write(words, name + start, size - start);
    if (row->length > 0 && row->count == 1) {
        rg_sink_text(words, " of ");
        rg_label_count(words, row->length);
    }
}

static void put_kind(struct mapping *mapping, const struct rg_place_row *row,
                     struct rg_chart_box *box)
{
    struct rg_sink words = rg__begin_words(&mapping->charting);
    put_kind_words(mapping, row, false, &words);
    rg__end_row(&mapping->charting, &words, &box->rows, RG_STYLE_MUTED,
                KIND_WIDTH);
}

static void put_map_tip(struct mapping *mapping, const struct rg_place_row *row,
                        struct rg_chart_box *box)
{
    struct rg_sink words = rg__begin_words(&mapping->charting);
    rg__words_path(&mapping->charting, &words, row->place, RG_NONE);
    rg_sink_text(&words, ": ");
    put_kind_words(mapping, row, true, &words);
    rg_sink_text(&words, ", ");
    rg_label_size(&words, row->own);
    rg_sink_text(&words, " own, ");
    rg_label_size(&words, row->retained);
    rg_sink_text(&words, " with it");
    rg__end_tip(&mapping->charting, &words, box);
}

static enum rg_status add_map_place(struct mapping *mapping,
                                    const struct drawn_place *at)
{
    struct rg__charting *charting = &mapping->charting;
    const struct drawn_place *above = drawn_above(mapping, at);
    bool is_root = at->row.kind >= RG_PLACE_MODULE;
    struct rg_chart_box *box;
    enum rg_status status =
        rg_chart_add(&charting->chart, above == NULL ? RG_NONE : above->box,
                     at->row.place == mapping->point ? RG_CHART_POINT
                     : is_root                       ? RG_CHART_ROOT
                                                     : RG_CHART_PLACE,
                     &box);
    if (status != RG_OK)
        return status;
    box->on_path = leads_to_point(mapping, at->row.place);
    /* The step stands in the box: on the arrow it would take as much room
     * again, and the picture is wide enough. */
    struct rg_sink words = rg__begin_words(charting);
    rg__words_path(charting, &words, at->row.place,
                   above == NULL ? RG_NONE : above->row.place);
    rg__end_row(charting, &words, &box->rows, RG_STYLE_MONO, STEP_WIDTH);
    put_weight(mapping, &at->row, box);
    if (!is_root)
        put_kind(mapping, &at->row, box);
    put_map_tip(mapping, &at->row, box);
    return charting->status;
}

static void put_map_head(struct mapping *mapping)
{
    struct rg__charting *charting = &mapping->charting;
    struct rg_chart *chart = &charting->chart;
    struct rg_sink title = rg_sink_to_buffer(&chart->title);
    rg_sink_text(&title, "Where the memory is");
    struct rg_sink words = rg__begin_words(charting);
    rg_label_count(&words, mapping->sum.objects);
    rg_sink_text(&words, " objects, ");
    rg_label_size(&words, mapping->sum.bytes);
    rg_sink_text(&words, " \xc2\xb7 the heaviest ");
    rg_label_count(&words, mapping->count);
    rg_sink_text(&words, " of ");
    rg_label_count(&words, mapping->sum.places);
    rg_sink_text(&words, " places");
    rg__end_row(charting, &words, &chart->head, RG_STYLE_MUTED, RG__TIP_WIDTH);
    if (mapping->point == RG_NONE)
        return;
    struct rg_place_row row =
        rg_survey_place(charting->survey, mapping->point, 0);
    words = rg__begin_words(charting);
    rg_label_share(&words, row.retained, mapping->sum.bytes);
    rg_sink_text(&words, " hangs together at ");
    rg__words_path(charting, &words, mapping->point, RG_NONE);
    rg__end_row(charting, &words, &chart->head, RG_STYLE_MONO, 90);
}

enum rg_status rg__chart_map(struct rg_survey *survey, size_t most,
                             struct rg_buffer *lines)
{
    struct mapping mapping = {.charting = {.survey = survey},
                              .point = rg_survey_accumulation(survey, 0)};
    struct rg__charting *charting = &mapping.charting;
    enum rg_status status = rg_survey_sum(survey, 0, &mapping.sum);
    charting->chart.across = true;
    if (status == RG_OK)
        status = choose_places(&mapping, survey, most);
    if (status == RG_OK) {
        put_map_head(&mapping);
        status = charting->status;
    }
    for (size_t i = 0; status == RG_OK && i < mapping.count; i++)
        if (mapping.places[i].box != RG_NONE)
            status = add_map_place(&mapping, &mapping.places[i]);
    struct rg_sink sink = rg_sink_to_buffer(lines);
    if (status == RG_OK) {
        rg_chart_write(&charting->chart, &sink);
        status = sink.status;
    }
    rg_chart_free(&charting->chart);
    rg_buffer_free(&charting->scratch);
    rg_free(mapping.places);
    return status;
}
