/* growing.h - between the files of growth; private to survey */
#ifndef RG_SURVEY_GROWING_H
#define RG_SURVEY_GROWING_H

#include "survey/growth.h"
#include "survey/place.h"

/* What is new in the place of a row, and which of its objects have it. */
enum rg_status rg__find_items(struct rg_survey *survey,
                              struct rg_growth_row *row);

/* Who leads to a node; steps that only go into plumbing are not told. */
uint32_t rg__owner_of(const struct rg__look *look, uint32_t node);

/* How far it can grow: row->bound. */
void rg__find_bound(struct rg_survey *survey, struct rg_growth_row *row);

/* Whether that bound is near, once it is known what the row keeps alive:
 * row->is_bounded. */
void rg__judge_bound(const struct rg_survey *survey, struct rg_growth_row *row);

/* What the places of the rows keep alive in a look: what several share is
 * divided between them. */
enum rg_status rg__share(struct rg_survey *survey, struct rg_growth *growth,
                         size_t look, bool after);

#endif
