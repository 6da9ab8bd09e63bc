/* growth.h - what grows, from look to look, and who holds it */
#ifndef RG_SURVEY_GROWTH_H
#define RG_SURVEY_GROWTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "survey/survey.h"

/* By what a place is known to grow. */
enum rg_growth_sign {
    RG_GROWTH_LENGTH,   /* the items of its containers, */
    RG_GROWTH_NAMES,    /* their attributes or variables, */
    RG_GROWTH_CHILDREN, /* objects that it leads to by one kind of step, */
    RG_GROWTH_COUNT     /* its own objects: a chain, or a root */
};

enum rg_growth_weak {
    RG_GROWTH_STRONG,
    RG_GROWTH_WEAK,   /* what is new in it are weak references, or is kept
                         under them */
    RG_GROWTH_DEAD,   /* the same, and what they referred to is gone, */
    RG_GROWTH_WAITING /* or waits for the collector */
};

/* New in a place: objects of one type. */
struct rg_growth_item {
    uint32_t type;          /* text of the survey */
    uint64_t before, after; /* in the first look and the last */
};

enum { RG_GROWTH_ITEMS = 8 };

struct rg_growth_row {
    uint32_t place;
    uint32_t child; /* RG_GROWTH_CHILDREN: the place that grows below it */
    enum rg_growth_sign sign;
    enum rg_growth_weak weak;
    bool is_after; /* what is new is kept under keys that another row's place
                      holds */
    uint32_t key_place; /* of one of the newest keys, or RG_NONE */
    uint64_t bound;     /* it does not grow beyond, and is not there yet; 0 */
    bool is_bounded;    /* it has such a bound, and it is near: no growth */
    bool is_slow;       /* by less than was asked for, but in every round */
    uint64_t *sizes;    /* in each look */
    uint64_t kept_before, kept_after; /* bytes that it keeps alive, its share */
    struct rg_growth_item items[RG_GROWTH_ITEMS];
    size_t item_count;
    uint32_t owner;  /* the one object of the place that grew, or RG_NONE */
    uint32_t common; /* the last object that leads to all that grew, or
                        RG_NONE; then the place's path tells the rest */
    /* One of the newest items, in the last look; RG_NONE: none. */
    uint32_t newest, newest_owner, newest_via;
};

struct rg_growth {
    struct rg_growth_row *rows;
    size_t row_count, row_capacity;
};

/* The places that grew from each look to the next, by `least` at least, or by
 * one (is_slow); of nested ones the uppermost.  Holders come before weak
 * registries, then those first that keep most more alive.  To be freed in
 * either case. */
enum rg_status rg_survey_growth(struct rg_survey *survey, uint64_t least,
                                struct rg_growth *growth);
void rg_growth_free(struct rg_growth *growth);

/* Where it is; one of the newest items: appended.  RG_ENOMEM. */
enum rg_status rg_growth_path(const struct rg_survey *survey,
                              const struct rg_growth_row *row,
                              struct rg_buffer *out);
enum rg_status rg_growth_newest(const struct rg_survey *survey,
                                const struct rg_growth_row *row,
                                struct rg_buffer *out);

#endif
