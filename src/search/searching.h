/* searching.h - a backward search at work; private to search
 *
 *     search    the sweeps, and what is done with each reference found
 *     by_index  the phase after them, by the index of the table */
#ifndef RG_SEARCH_SEARCHING_H
#define RG_SEARCH_SEARCHING_H

#include "search/index.h"
#include "search/pairs.h"
#include "search/search.h"

/* How many sweeps before the index, which costs about as much as all of them
 * (tests/bench): whatever the order of the heap, the search is then at most
 * twice as long as with the better choice.  Most closures need three.  Even,
 * so that the last one runs forward. */
enum { RG__MAX_SWEEPS = 12 };
_Static_assert(RG__MAX_SWEEPS % 2 == 0,
               "what the last sweep found is asked of the "
               "index up to its position");

/* What recording a reference costs, counted in references read. */
enum { RG__HIT_WORK = 1 << 8 };

/* What a sweep asks the processor for before it needs it. */
enum { RG__FETCHES = 3 };

struct rg__search {
    const struct rg_table *table;
    const struct rg_finder *finder;
    struct rg_closure *closure;
    enum rg_through through;
    struct rg__pairs pairs;        /* what was found, in the order found */
    struct rg_code_set wanted;     /* codes a sweep looks for */
    uint8_t sweep;                 /* the sweep going on, from 1, */
    uint32_t fetched[RG__FETCHES]; /* and what it has asked for */
    uint32_t *queue;               /* index phase: nodes still to be asked, */
    size_t queue_count, queue_capacity;
    uint32_t *node_of; /* and object -> node, or RG_NONE */
    size_t since_poll;
};

/* What is known of the object whose references are being recorded. */
struct rg__search_reader {
    uint32_t object;
    uint32_t node;    /* RG_NONE until there is something to record */
    bool is_instance; /* its reference to its class was met */
    bool follows;     /* it has a reference that is to be followed */
};

/* Asks the finder whether to go on, every so much work. */
enum rg_status rg__search_poll(struct rg__search *search, size_t work);

/* Records that the object being read refers to node `referent`. */
enum rg_status rg__search_record(struct rg__search *search,
                                 struct rg__search_reader *reader,
                                 uint32_t referent);

/* Makes the referrers of a node wanted, unless they are or must not be. */
enum rg_status rg__search_follow(struct rg__search *search, uint32_t index);

/* The rest by index: first what the last sweep left open, then whatever turns
 * up.  A node is asked once, so that the work is linear. */
enum rg_status rg__search_by_index(struct rg__search *search);

#endif
