/* text_plan.h - which lines of the text tree there is room for
 *
 * The whole tree is laid out once; alike siblings become three and a count,
 * the middle of a long chain a count, and of what is left as many lines are
 * kept as there is room for: first the way to the nearest root of a target,
 * then a few referrers of each object, level by level, then more of them.
 * What is left out is counted where it would stand. */
#ifndef RG_RENDER_TEXT_PLAN_H
#define RG_RENDER_TEXT_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "render/lines.h"

enum {
    RG__MOST_ALIKE = 3, /* alike siblings that are shown */
    RG__END_STEPS = 50  /* steps shown at each end of a long way to a root */
};

/* A line and its place in the tree; all indices are of other nodes. */
struct rg__plan_node {
    uint32_t parent, first_child, next;
    uint32_t index, referent, expanded; /* as in struct rg__line */
    uint32_t level;
    uint8_t kind, mark;
    bool is_gone; /* one of many alike, or of a chain's middle */
    bool is_kept; /* there is room for it */
};

/* What is only counted: ALIKE, STEPS, MORE. */
struct rg__plan_count {
    uint32_t first, last; /* ALIKE: references */
    uint64_t count, lines;
};

struct rg__text_plan {
    const struct rg__lines *lines; /* borrowed */
    struct rg__plan_node *nodes;   /* 0 stands above the targets; parents come
                                      before their children */
    size_t count, capacity;
    struct rg__plan_count *counts; /* index of an ALIKE, STEPS or MORE node */
    size_t counted, count_capacity;
    uint64_t *size; /* by node: lines of it and beneath it */
    uint32_t at;    /* the line given out last */
    size_t indent;  /* of it */
};

/* Lines for a tree of at most `max_lines`, or of as many as the way to the
 * nearest root needs.  RG_ENOMEM, RG_ELIMIT or what the poll of the lines says
 * leaves nothing to free. */
enum rg_status rg__text_plan_init(struct rg__text_plan *plan,
                                  const struct rg__lines *lines,
                                  size_t max_lines);
void rg__text_plan_free(struct rg__text_plan *plan);

/* The next line; false behind the last one. */
bool rg__text_plan_next(struct rg__text_plan *plan, struct rg__line *line);

/* For text_fold.c and text_room.c: the visible child of a node, and the
 * visible sibling behind one, RG_NONE if there is none; a new node before its
 * parent's child `before` (RG_NONE: behind all of them), with a count. */
uint32_t rg__plan_first(const struct rg__text_plan *plan, uint32_t node);
uint32_t rg__plan_next(const struct rg__text_plan *plan, uint32_t node);
enum rg_status rg__plan_add(struct rg__text_plan *plan,
                            const struct rg__plan_node *node, uint32_t *index);
enum rg_status rg__plan_add_count(struct rg__text_plan *plan, uint32_t parent,
                                  enum rg__text_kind kind, uint32_t *index);

/* Alike siblings (text_fold.c). */
enum rg_status rg__plan_fold(struct rg__text_plan *plan);

/* What there is room for (text_room.c); needs the sizes. */
enum rg_status rg__plan_keep(struct rg__text_plan *plan, size_t max_lines);

#endif
