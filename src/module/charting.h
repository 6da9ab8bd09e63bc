/* charting.h - a survey as a chart: what is told of a place that is drawn */
#ifndef RG_MODULE_CHARTING_H
#define RG_MODULE_CHARTING_H

#include "base/buffer.h"
#include "survey/growth.h"
#include "survey/survey.h"

/* The places that most bytes go with, `most` at most; a row of places that
 * only lead on to the next is one arrow.  The survey was weighed.  Lines of
 * render/chart.h are appended; RG_ENOMEM. */
enum rg_status rg__chart_map(struct rg_survey *survey, size_t most,
                             struct rg_buffer *lines);

/* What grows, from the roots to what is new; `looks` heaps were compared.
 * Nothing is appended when nothing grows without bound. */
enum rg_status rg__chart_growth(const struct rg_survey *survey,
                                const struct rg_growth *growth, size_t looks,
                                struct rg_buffer *lines);

#endif
