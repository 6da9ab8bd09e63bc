/* reading.h - names for the references of a closure
 *
 * The closure knows that one object refers to another; what that reference is
 * called only the object can tell.  The namer (the heap, or a dump) reads each
 * referrer once and reports every reference it can name: directly, or through
 * plumbing (an instance's __dict__, a function's closure tuple and its cells),
 * which is then folded into the reference it implements.
 *
 * Plumbing is a matter of use, not of type: a dict that is an instance's
 * __dict__ and also the value of a local variable is both folded and shown.
 * So the reading counts, for each pair of the closure, how many references
 * have a name and how many were folded; an object "stands" when something
 * refers to it other than by folding. */
#ifndef RG_EXPLAIN_READING_H
#define RG_EXPLAIN_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/poll.h"
#include "graph/graph.h"
#include "search/search.h"

/* Borrowed bytes on their way into the graph. */
struct rg_word {
    const char *data;
    size_t size;
};

/* One reference of the referrer that is being read. */
struct rg_named {
    uintptr_t referent;
    bool through_plumbing; /* not a reference of the referrer itself */
    enum rg_kind kind;
    enum rg_key_type key_type;
    struct rg_word owner;
    struct rg_word label;
    uint64_t number; /* see struct rg_reference */
    uint32_t root;   /* of the graph; RG_NONE unless a variable */
};

struct rg_reading;

/* Takes the address of an object that refers weakly, and the word for it; NULL:
 * the name of its type. */
typedef enum rg_status (*rg_weak_fn)(void *context, uintptr_t referrer,
                                     const char *word);

/* What the heap does for the graph. */
struct rg_namer {
    void *context;
    /* Reports the references of `referrer` through rg_reading_named and
     * rg_reading_folded. */
    enum rg_status (*read)(void *context, const struct rg_node *referrer,
                           struct rg_reading *reading);
    /* Whether `referrer` is an array so long that it is better looked through
     * for what is asked about: all that `read` reports of it are items, none
     * of them through plumbing, and of these it may leave out those that are
     * not in rg_reading_filter.  NULL: none is. */
    bool (*is_long)(void *context, const struct rg_node *referrer);
    /* Fills id, type, qualname, module, detail, value, items and flags. */
    enum rg_status (*describe)(void *context, const struct rg_node *node,
                               struct rg_graph *graph,
                               struct rg_object *object);
    /* Called every few milliseconds, unless NULL: anything but RG_OK ends the
     * naming.  On RG_ETIMEOUT the graph has what was named until then. */
    enum rg_status (*poll)(void *context);
    /* Calls `visit` for whatever refers to the node weakly; NULL: nobody wants
     * to know. */
    enum rg_status (*weak)(void *context, const struct rg_node *node,
                           rg_weak_fn visit, void *visit_context);
};

/* Whether a reference to `address` is of interest: cheap, asked first.  Once
 * the poll has ended the naming nothing is. */
bool rg_reading_wants(struct rg_reading *reading, uintptr_t address);

/* A set of addresses that may seem to have more than were added. */
enum { RG_FILTER_BITS = 14 };

struct rg_filter {
    uint64_t words[(1 << RG_FILTER_BITS) / 64];
};

static inline size_t rg__filter_place(uintptr_t address)
{
    return (size_t)((uint64_t)address * 0x9e3779b97f4a7c15U >>
                    (64 - RG_FILTER_BITS));
}

static inline void rg_filter_add(struct rg_filter *filter, uintptr_t address)
{
    size_t place = rg__filter_place(address);
    filter->words[place / 64] |= (uint64_t)1 << place % 64;
}

static inline bool rg_filter_has(const struct rg_filter *filter,
                                 uintptr_t address)
{
    size_t place = rg__filter_place(address);
    return filter->words[place / 64] >> place % 64 & 1;
}

/* What is asked about of the array being read; NULL: everything is. */
const struct rg_filter *rg_reading_filter(const struct rg_reading *reading);

/* Tells of `count` items or pairs that were looked at, none of them reported;
 * whether there is time for more. */
bool rg_reading_passes(struct rg_reading *reading, size_t count);

/* Reports a reference; one that is not wanted is dropped.  RG_ENOMEM,
 * RG_ELIMIT. */
enum rg_status rg_reading_named(struct rg_reading *reading,
                                const struct rg_named *named);

/* Reports that one reference of the referrer to `address` is plumbing. */
void rg_reading_folded(struct rg_reading *reading, uintptr_t address);

/* For the rest of this room. */

struct rg__edge {
    uint32_t referrer; /* node */
    uint32_t next;     /* edge to the same referent, or RG_NONE */
    uint32_t root;
    uint8_t kind, key_type;
    bool through_plumbing;
    struct rg_text owner, label;
    uint64_t number;
};

/* As a reference of the graph, but for its ends. */
static inline struct rg_reference rg__edge_words(const struct rg__edge *edge)
{
    return (struct rg_reference){.root = edge->root,
                                 .kind = edge->kind,
                                 .key_type = edge->key_type,
                                 .owner = edge->owner,
                                 .label = edge->label,
                                 .number = edge->number};
}

/* Everything is borrowed and must outlive the reading; NULL when memory is
 * short. */
struct rg_reading *rg__reading_new(const struct rg_table *table,
                                   const struct rg_closure *closure,
                                   const struct rg_namer *namer,
                                   struct rg_graph *graph);
void rg__reading_free(struct rg_reading *reading);

/* The poll of the namer, for what else is done by the way. */
struct rg_poll *rg__reading_poll(struct rg_reading *reading);

/* Reads whatever may name a reference to `node`; so does
 * rg__reading_stands.  On what the poll says, what was read is kept. */
enum rg_status rg__reading_raise(struct rg_reading *reading, uint32_t node);

/* Says that `node` will be raised: it is then looked for by the way.
 * RG_ENOMEM. */
enum rg_status rg__reading_await(struct rg_reading *reading, uint32_t node);

/* The first edge to a node that was raised, or RG_NONE; and the edges. */
uint32_t rg__reading_first(const struct rg_reading *reading, uint32_t node);
const struct rg__edge *rg__reading_edge(const struct rg_reading *reading,
                                        uint32_t edge);

/* Whether `node` is shown as an object of its own. */
enum rg_status rg__reading_stands(struct rg_reading *reading, uint32_t node,
                                  bool *stands);

/* How many references of closure pair `pair` nobody could name. */
uint32_t rg__reading_unnamed(const struct rg_reading *reading, uint32_t pair);

#endif
