/* search.h - backward search: everything from which a target can be reached
 *
 * The reference table says what each object refers to; the question is asked
 * the other way round.  A sweep reads all referents once, in order, and keeps
 * those that are wanted; what it finds is wanted from there on, so that a
 * chain whose referrers come later in the table closes within one sweep.
 * After a few sweeps an index by referent is built instead, so that the cost
 * grows with the heap and never with the number of steps.
 *
 * The search never looks behind an address.  What an object is to the search
 * is asked of a finder (src/heap, or src/dump for a file), once for each object
 * found. */
#ifndef RG_SEARCH_SEARCH_H
#define RG_SEARCH_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "search/table.h"

/* What an object found is to the search. */
enum rg_role {
    RG_ROLE_STOP = 1 << 0,       /* a chain ends here: a namespace, a root */
    RG_ROLE_HIDDEN = 1 << 1,     /* neither shown nor followed */
    RG_ROLE_FOLDS = 1 << 2,      /* may implement a reference of its referrer:
                                    an instance's __dict__, a cell ... */
    RG_ROLE_CLASS = 1 << 3,      /* a type object: `link` is asked about
                                    references to it */
    RG_ROLE_SUSPENDED = 1 << 4,  /* a suspended generator, coroutine */
    RG_ROLE_UNTRACKED = 1 << 5,  /* the collector does not know it */
    RG_ROLE_INNER = 1 << 7,      /* with FOLDS: plumbing inside plumbing, a few
                                    levels of it: a node of a trie */
    RG_ROLE_END = 1 << 8,        /* shown, but not followed */
    RG_ROLE_RUNNING = 1 << 9,    /* a generator, coroutine that runs: what its
                                    frame holds is told by the thread */
    RG_ROLE_FURNITURE = 1 << 10, /* a stop that belongs to what runs the
                                   program or its tests */
    RG_ROLE_PINNED = 1 << 11,    /* a suspended greenlet: its stack is C's, and
                                    the collector leaves it alone */
    RG_ROLE_BOUNDED = 1 << 12,   /* a container that never has more than so
                                    many items: seldom why a program grows */
    RG_ROLE_FRAME = 1 << 6       /* a stop that is a running frame or a thread:
                                    paths from modules are preferred to it */
};

/* Stops of one group count as one root: those of a thread.  The group's number
 * stands above the bits of the role; 0: none. */
enum { RG_ROLE_BITS = 16, RG_MOST_GROUPS = UINT16_MAX + 1 };

static inline uint32_t rg_role_group(uint32_t role)
{
    return role >> RG_ROLE_BITS;
}

/* What a reference to a type object is. */
enum rg_link {
    RG_LINK_REFERENCE, /* like any other */
    RG_LINK_INSTANCE,  /* an object's reference to its class: shown,
                          not followed */
    RG_LINK_PLUMBING,  /* __mro__, __base__ ...: not shown */
    RG_LINK_OWN        /* the same, and part of the class or of one that
                          is known to hold it anyhow */
};

/* Whether all that refers to a class is followed, instances and subclasses
 * too; and even what is its own, for whoever looks for cycles. */
enum rg_through { RG_THROUGH_NONE, RG_THROUGH_CLASSES, RG_THROUGH_ALL };

/* One object of the closure.  Targets come first, in the order asked. */
struct rg_node {
    uintptr_t address; /* 0 for a root */
    uint32_t object;   /* index in the table; RG_NONE for a target
                          that refers to nothing found */
    uint32_t role;     /* enum rg_role bits */
    bool followed;     /* its own referrers were searched */
    /* for the search itself: found in this sweep, while reading this object */
    uint8_t sweep;
    uint32_t position;
};

struct rg_finder {
    void *context;
    unsigned (*role)(void *context, const struct rg_node *node);
    enum rg_link (*link)(void *context, const struct rg_node *referrer,
                         const struct rg_node *referent);
    /* Called every few milliseconds; anything but RG_OK ends the search. */
    enum rg_status (*poll)(void *context);
};

/* What was found: nodes, and for each node the nodes that refer to it with
 * the number of references, referrers in table order. */
struct rg_closure {
    struct rg_node *nodes;
    size_t node_count, node_capacity;
    uint32_t *first;              /* node_count + 1 */
    uint32_t *referrer;           /* first[n] .. first[n + 1]: nodes */
    uint32_t *multiplicity;       /* references of that pair */
    bool root_reached;            /* some chain ended at a stop */
    bool classes_are_open;        /* classes may be held by more than was looked
                                     for */
    struct rg_code_pages by_code; /* objects */
    struct rg_code_map by_root;   /* roots, by table index */
};

/* Finds everything that leads to `targets` (addresses; duplicates merge into
 * one node).  On RG_ETIMEOUT the closure holds what
 * was found so far; on any other failure it is empty and freed. */
enum rg_status rg_search(const struct rg_table *table, const uintptr_t *targets,
                         size_t target_count, enum rg_through through,
                         const struct rg_finder *finder,
                         struct rg_closure *closure);
void rg_closure_free(struct rg_closure *closure);

/* The node of the object at `address`, or RG_NONE. */
uint32_t rg_closure_node(const struct rg_closure *closure,
                         const struct rg_table *table, uintptr_t address);

/* What is true of every closure; RG_EINTERNAL says what is not. */
enum rg_status rg_closure_check(const struct rg_closure *closure,
                                struct rg_error *error);

#endif
