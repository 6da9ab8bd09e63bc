/* place.h - the tree of places while it is made; private to survey
 *
 *     place       places: found again by what leads to them
 *     step        what each kind of reference means for the tree
 *     dict_record dicts that are records, and those that are maps
 *     tree        the walk that hands out the objects
 *     place_roots where it begins
 *     place_weights  what only a place keeps alive
 *     grow        which places grow, from look to look
 *     share       what growing places keep alive, and who shares it
 *     items       what is new in a place
 *     place_words a place as text */
#ifndef RG_SURVEY_PLACE_H
#define RG_SURVEY_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/hash.h"
#include "base/poll.h"
#include "dump/dump.h"
#include "graph/graph.h"
#include "survey/survey.h"

/* Claimed, and part of no place: this package's own. */
#define RG__OURS (RG_NONE - 1)

/* What a reference means. */
struct rg__step {
    bool is_step;     /* leads to a child */
    bool is_folded;   /* to what is told only when it is asked about */
    bool is_late;     /* to a class, which everything leads to: last */
    bool absorbs;     /* to what only implements its referrer */
    bool is_labelled; /* the label tells children apart */
    bool is_item;     /* counts in the length of a container, */
    bool is_name;     /* in the number of attributes or variables */
    uint8_t kind;
};

/* Of the objects that share an about. */
enum {
    RG__SORT_OURS = 1 << 0,   /* of this package's types */
    RG__SORT_MODULE = 1 << 1, /* module objects; their variables are those of
                                 their namespaces */
    RG__SORT_WEAK = 1 << 2    /* weak references */
};

/* One of the heaps that are compared. */
struct rg__look {
    const struct rg_dump *dump;
    uint32_t *place; /* by node; RG_NONE not reached */
    uint32_t *next;  /* by node: the next one of its place */
    uint32_t *from;  /* by node: who led to it, */
    uint32_t *via;   /* and by which reference */
    uint32_t *order; /* the nodes, as they were met */
    size_t met;
    bool *absorbed; /* by node */
    uint32_t *text; /* by text of the dump: of the survey, + 1; 0 unknown */
    uint32_t *type; /* by about: text of the survey, + 1 */
    uint8_t *sort;  /* by about: RG__SORT_* */
    struct rg__step *steps; /* by how */
};

enum {
    RG__IS_QUEUED = 1 << 0,
    RG__IS_TOUCHED = 1 << 1,
    RG__IS_RECORD = 1 << 2,
    RG__IS_DECIDED = 1 << 3,   /* whether it is a record */
    RG__IS_FURNITURE = 1 << 4, /* of a test runner, a debugger ... */
    RG__RANK_SHIFT = 8         /* the flags behind that are scratch */
};

/* What leads to it is the key: parent, kind, label, type. */
struct rg__place {
    uint32_t parent;      /* RG_NONE: hangs at the top */
    uint32_t kind;        /* enum rg_kind, or enum rg_place_root behind them */
    uint32_t label, type; /* texts of the survey */
    uint32_t period;      /* it contains what it leads to by so many steps */
    uint32_t flags;
};

/* A place in one look: its objects in a chain, and what they come to. */
struct rg__part {
    uint32_t head, tail;      /* RG_NONE: none */
    uint32_t done, done_late; /* the last one read; RG_NONE: none */
    uint32_t count;
    uint64_t own, length, names;
    uint64_t retained, retained_count; /* place_weights.c */
};

struct rg_survey {
    struct rg__look *looks;
    size_t look_count;
    struct rg__place *places;
    size_t place_count, place_capacity;
    struct rg__part *parts; /* look_count for each place */
    size_t part_capacity;
    struct rg_hash index; /* of places */
    struct rg_texts texts;
    struct rg_buffer scratch;
    bool has_runner; /* a test runner, or the like, is among the roots */
    bool splits;     /* records by key */
    uint32_t *queue;
    size_t queue_head, queue_count, queue_capacity;
    uint32_t *touched; /* children met by the place that is read */
    size_t touched_count, touched_capacity;
    struct rg__claim *claims;
    size_t claim_count, claim_capacity;
    struct rg_poll *poll;
};

static inline struct rg__part *rg__part(const struct rg_survey *survey,
                                        uint32_t place, size_t look)
{
    return &survey->parts[place * survey->look_count + look];
}

static inline bool rg__is_sort(const struct rg__look *look, uint32_t node,
                               unsigned sort)
{
    return look->sort[look->dump->about[node]] & sort;
}

/* A text of a dump, a type of a dump, as one of the survey.  RG_ENOMEM,
 * RG_ELIMIT. */
enum rg_status rg__survey_text(struct rg_survey *survey, size_t look,
                               uint32_t text, uint32_t *result);
enum rg_status rg__survey_type(struct rg_survey *survey, size_t look,
                               uint32_t node, uint32_t *result);

/* The place with this key, new or not. */
enum rg_status rg__place_find(struct rg_survey *survey,
                              const struct rg__place *key, uint32_t *place);

/* The same below a place; where its last steps were the same as those before
 * them, the place that these led to. */
enum rg_status rg__place_below(struct rg_survey *survey, uint32_t parent,
                               const struct rg__place *key, uint32_t *place);

/* By kind, label and type: numbers in labels as numbers are no concern. */
int rg__place_compare(const struct rg_survey *survey, uint32_t a, uint32_t b);
int rg__text_compare(const struct rg_texts *texts, uint32_t a, uint32_t b);

/* Whether a text is this word. */
bool rg__is_text(const struct rg_texts *texts, uint32_t text, const char *word);

/* Fills look->steps and look->sort. */
void rg__steps_fill(struct rg__look *look);

/* Puts a node into a place, as the last one. */
void rg__claim_node(struct rg_survey *survey, size_t look, uint32_t place,
                    uint32_t node, uint32_t from, uint32_t via, bool absorbed);
enum rg_status rg__queue_place(struct rg_survey *survey, uint32_t place);

/* Decides, once, whether the dicts of a place are records: RG__IS_RECORD. */
enum rg_status rg__decide_record(struct rg_survey *survey, uint32_t place);

/* Hands out what the queue leads to; what only classes lead to.  */
enum rg_status rg__spread(struct rg_survey *survey);
enum rg_status rg__spread_late(struct rg_survey *survey);

/* Whether a module, or a type with its module, is one of a test runner's, of a
 * debugger's ... */
bool rg__is_runners_name(const char *data, size_t size);

/* Adds to a text the path of a place from the root, or from `above` down;
 * RG_ENOMEM. */
enum rg_status rg__put_path(const struct rg_survey *survey, uint32_t place,
                            uint32_t above, struct rg_buffer *out);

/* Hands out everything, root by root. */
enum rg_status rg__begin_at_roots(struct rg_survey *survey);

#endif
