/* witness.h - what only who looks behind an address can tell about a closure
 *
 * The analyses (verdict, ledger, paths, cut) work on indices; whatever they
 * must know of the objects behind them is asked here.  There are two who can
 * answer: src/heap, of the live program, and src/dump, of a file.  A graph made
 * without a witness has no answers, only references. */
#ifndef RG_SEARCH_WITNESS_H
#define RG_SEARCH_WITNESS_H

#include <stdbool.h>
#include <stdint.h>

#include "graph/graph.h"
#include "search/search.h"

/* How a referrer holds a referent, from what is easily let go to what cannot
 * be: the cut prefers the earlier ones. */
enum rg_grip {
    RG_GRIP_ITEM,      /* an item of a container */
    RG_GRIP_ATTRIBUTE, /* an attribute */
    RG_GRIP_VARIABLE,  /* a variable of a module */
    RG_GRIP_OTHER,     /* a field that Python code may set */
    RG_GRIP_KEPT,      /* the same, in which a prompt keeps what it showed */
    RG_GRIP_FRAME,     /* a variable of a frame, running or suspended: it
                          goes when the frame ends */
    RG_GRIP_CACHE,     /* a cache's: it goes when that is cleared */
    RG_GRIP_CELL,      /* what a cell holds: it can be dropped where the
                          cell is a frame's variable */
    RG_GRIP_FIXED,     /* nobody can drop it: an object's class, an item of
                          a tuple, a field that only C sets ... */
    RG_GRIP_HIDDEN,    /* the same, and no expression gives the referent
                          itself: at most a copy of it */
    RG_GRIP_PLUMBING,  /* implements other references, and is dropped with
                          them: an instance's __dict__, a closure's cell */
    RG_GRIP_TOLD_TWICE /* the same reference as one that is told through
                          plumbing, and goes with that */
};

enum rg_count_state { RG_COUNTED, RG_COUNT_IMMORTAL, RG_COUNT_DEFERRED };

struct rg_on_stacks {
    uint32_t of_caller; /* what it called us with */
    uint32_t of_others;
    uint32_t aside;     /* of these, of suspended greenlets ... */
    uintptr_t greenlet; /* ... of which this is one */
};

struct rg_weight {
    uint64_t bytes;
    uint32_t objects;
    uint64_t count; /* the reference count, without what this call holds */
    bool is_root;   /* it is held, whatever its count */
    bool is_ours;   /* made for this call: it holds nothing */
};

struct rg_witness {
    void *context;
    enum rg_grip (*grip)(void *context, const struct rg_node *referrer,
                         const struct rg_node *referent);
    /* The frame that asked, or the module whose namespace its locals are. */
    bool (*is_caller)(void *context, const struct rg_node *node);
    /* The reference count, without the references that this call holds. */
    enum rg_count_state (*count)(void *context, const struct rg_node *node,
                                 uint64_t *count);
    /* Of the references of `referrer` to `referent` in the table, how many
     * are not in the referent's count: borrowed, or told twice. */
    uint32_t (*uncounted)(void *context, const struct rg_node *referrer,
                          const struct rg_node *referent);
    /* Places on stacks whose depth nobody knows where the object's address
     * stands: values in use, or left-overs. */
    struct rg_on_stacks (*on_stacks)(void *context, const struct rg_node *node);
    /* The collection that will look at the object: 0, 1 or 2; 3 when it is
     * frozen; -1 not known. */
    int (*generation)(void *context, const struct rg_node *node);
    /* Looks for objects whose memory shows a node's address, all nodes at once:
     * fills holder and offset of each native, or leaves the holder empty.
     * RG_ENOMEM, RG_ELIMIT, or what the poll says. */
    enum rg_status (*suspect)(void *context, const struct rg_node *const *nodes,
                              size_t count, struct rg_graph *graph,
                              struct rg_native *natives);
    /* What a suspended coroutine waits in: `outer > inner at app.py:40`; empty
     * for anything else.  RG_ENOMEM, RG_ELIMIT. */
    enum rg_status (*awaiting)(void *context, const struct rg_node *node,
                               struct rg_graph *graph, struct rg_text *text);
    /* Whether `dict` keeps `value` under a key by which it watches `object`: a
     * weak reference to it, or the callback of one. */
    bool (*is_watched)(void *context, const struct rg_node *dict,
                       const struct rg_node *value,
                       const struct rg_node *object);
    /* Whether an object is an instance of a class, or of one that is derived
     * from it. */
    bool (*is_instance)(void *context, const struct rg_node *object,
                        const struct rg_node *of);
    /* What an object takes. */
    struct rg_weight (*weigh)(void *context, uintptr_t address);
    /* RG_VERDICT_* flags true of every target: SAVE_ALL, NOT_AUTOMATIC,
     * TIMED_OUT, IN_GIVEN. */
    uint32_t facts;
    bool explain; /* also the cut and further paths */
    bool sizes;   /* also retained sizes */
};

#endif
