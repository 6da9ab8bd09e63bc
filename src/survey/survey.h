/* survey.h - a heap summed up
 *
 * What is in it, by type; where the memory is, by path from the roots.
 * A survey borrows the dumps that it is about. */
#ifndef RG_SURVEY_SURVEY_H
#define RG_SURVEY_SURVEY_H

#include <stddef.h>
#include <stdint.h>

#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/poll.h"
#include "dump/dump.h"

/* The objects of one type.  What goes with them: the sum over instances that
 * no other instance of the type dominates. */
struct rg_type_row {
    uint32_t module, qualname; /* texts of the dump */
    uint64_t count, own, retained;
};

/* All types that have instances, those first that most bytes go with; equal
 * ones by name.  *rows is to be freed.  RG_ENOMEM, or what the poll (or NULL)
 * says; *rows is then NULL. */
enum rg_status rg_survey_types(const struct rg_dump *dump, struct rg_poll *poll,
                               struct rg_type_row **rows, size_t *count);

/* Where the memory is.  Objects that the same steps lead to from the roots are
 * one place: `app.REGISTRY.sessions[*]`.  Places of several heaps of one
 * program, its looks, are the same where the steps are. */
struct rg_survey;

/* What a chain starts from, behind the kinds of reference. */
enum rg_place_root {
    RG_PLACE_MODULE = RG_KIND_COUNT, /* label: the name */
    RG_PLACE_TABLE,                  /* of the interpreter */
    RG_PLACE_THREAD,
    RG_PLACE_FRAME,  /* label: the function */
    RG_PLACE_NATIVE, /* held by C code */
    RG_PLACE_KIND_COUNT
};

/* `splits`: a dict with few keys that mean different things has a place for
 * each key.  RG_ENOMEM, RG_ELIMIT, or what the poll (or NULL) says. */
enum rg_status rg_survey_new(const struct rg_dump *const *dumps, size_t count,
                             bool splits, struct rg_poll *poll,
                             struct rg_survey **survey);
void rg_survey_free(struct rg_survey *survey);

/* Finds out what only the objects of a place keep alive, together: what would go
 * if all of them went.  To be called once. */
enum rg_status rg_survey_weigh(struct rg_survey *survey);

/* A place in one look.  `above` is the nearest place over it among those that
 * are listed, by position, or RG_NONE. */
struct rg_place_row {
    uint32_t place, above;
    uint32_t kind; /* enum rg_kind, or enum rg_place_root */
    uint32_t type; /* text of the survey */
    uint64_t count, length, own, retained, retained_count;
};

/* The places that keep most alive, at most so many, each before what is below
 * it; *rows is to be freed.  The survey was weighed. */
enum rg_status rg_survey_heaviest(struct rg_survey *survey, size_t look,
                                  size_t most, struct rg_place_row **rows,
                                  size_t *count);

/* Where much hangs together: the last place, on the way down to where most
 * is, whose objects are held by it in common.  RG_NONE: nowhere. */
uint32_t rg_survey_accumulation(const struct rg_survey *survey, size_t look);

/* The path of a place, from the root or from the place `above` down (RG_NONE)
 * down; appended.  RG_ENOMEM. */
enum rg_status rg_survey_path(const struct rg_survey *survey, uint32_t place,
                              uint32_t above, struct rg_buffer *out);

/* The place that leads to a place, or RG_NONE. */
uint32_t rg_survey_parent(const struct rg_survey *survey, uint32_t place);

/* All places, how many objects are in them and their bytes; and what is in no
 * place, since only garbage leads there. */
struct rg_survey_sum {
    uint64_t places, objects, bytes, garbage, garbage_bytes;
};
enum rg_status rg_survey_sum(const struct rg_survey *survey, size_t look,
                             struct rg_survey_sum *sum); /* RG_ENOMEM */

const struct rg_texts *rg_survey_texts(const struct rg_survey *survey);
struct rg_place_row rg_survey_place(const struct rg_survey *survey,
                                    uint32_t place, size_t look);

#endif
