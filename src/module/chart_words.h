/* chart_words.h - words of charts; private to charting */
#ifndef RG_MODULE_CHART_WORDS_H
#define RG_MODULE_CHART_WORDS_H

#include "render/chart.h"
#include "survey/survey.h"

enum { RG__LABEL_WIDTH = 34, RG__ROW_WIDTH = 38, RG__TIP_WIDTH = 400 };

/* What a chart is made with: words go through `scratch`. */
struct rg__charting {
    const struct rg_survey *survey;
    struct rg_chart chart;
    struct rg_buffer scratch;
    enum rg_status status; /* the first failure */
};

/* Begins some words, and ends them as a row, as the label of a box, or as what
 * it says when pointed at. */
struct rg_sink rg__begin_words(struct rg__charting *charting);
void rg__end_row(struct rg__charting *charting, const struct rg_sink *words,
                 struct rg_rows *rows, enum rg_style style, size_t width);
void rg__end_label(struct rg__charting *charting, const struct rg_sink *words,
                   struct rg_chart_box *box);
void rg__end_tip(struct rg__charting *charting, const struct rg_sink *words,
                 struct rg_chart_box *box);

/* The path of a place, below `above`. */
void rg__words_path(struct rg__charting *charting, struct rg_sink *words,
                    uint32_t place, uint32_t above);
void rg__words_text(struct rg__charting *charting, struct rg_sink *words,
                    uint32_t text);

/* The rows that say which root it is. */
void rg__rows_of_root(struct rg__charting *charting, uint32_t place,
                      uint32_t kind, struct rg_chart_box *box);

#endif
