/* answering.h - one question to a dump; private to dump
 *
 *     question    from the question to the graph
 *     place       the object at an address
 *     rows        which reference of one object leads to another
 *     testify     roles, grips, counts: struct rg_finder, struct rg_witness
 *     replay      names, as the readers told them: struct rg_namer
 *
 * To the search an object is an address.  Node n has address 16 n, so that its
 * code in the table is n. */
#ifndef RG_DUMP_ANSWERING_H
#define RG_DUMP_ANSWERING_H

#include "dump/question.h"
#include "explain/reading.h"
#include "search/search.h"
#include "search/table.h"
#include "search/witness.h"

/* Node n is at address n << this: its code is n. */
enum { RG__NODE_SHIFT = RG_GRANULE_BITS };

/* The references of an object with many, by what they lead to. */
struct rg__row {
    uint64_t *keys; /* to << 32 | reference, ascending */
    size_t count;
};

struct rg__place {
    uint64_t address;
    uint32_t node;
};

struct rg_dump_heap {
    struct rg_dump *dump;
    struct rg_table table;
    struct rg_code_map row_of; /* node -> place in rows */
    struct rg__row *rows;
    size_t row_count, row_capacity;
    struct rg_code_map stack_of, native_of; /* node -> place */
    bool has_weak;
    uint32_t *weak_first;     /* by node, node_count + 1: its place in */
    uint32_t *weak;           /* references that are weak, by referent */
    struct rg__place *places; /* of all objects, once many were */
    size_t place_count, sought;
};

struct rg__answering {
    struct rg_dump_heap *heap;
    const struct rg_dump *dump;
    const struct rg_dump_query *query;
    struct rg_graph *graph;
    struct rg_closure closure;
    uint32_t target_count; /* the closure's first nodes */
    uint32_t *roots;       /* by root of the dump: of the graph, or
                              RG_NONE until it is needed */
    bool *is_shown;        /* by root: module_prefixes lets it through */
    double deadline;       /* 0 none */
    bool timed_out;
};

static inline uint32_t rg__node_of(const struct rg_node *node)
{
    return node->address == 0 ? node->object
                              : (uint32_t)(node->address >> RG__NODE_SHIFT);
}

/* Calls back with every REAL reference of `from` to `to`, the first of which
 * is given; RG_NONE: there is none. */
uint32_t rg__row_find(struct rg_dump_heap *heap, uint32_t from, uint32_t to);

/* How many of the references of `from` to `to` are not counted. */
uint32_t rg__row_uncounted(struct rg_dump_heap *heap, uint32_t from,
                           uint32_t to);

/* Weak references by referent; made when first needed.  RG_ENOMEM. */
enum rg_status rg__list_weak(struct rg_dump_heap *heap);

/* The object whose reference it is. */
uint32_t rg__dump_owner(const struct rg_dump *dump, uint32_t reference);

/* Whether one object is a weak reference to another, or the callback of one. */
bool rg__dump_watches(struct rg_dump_heap *heap, uint32_t key, uint32_t object);

/* The tables of functions; the context is the answering. */
void rg__finder(struct rg__answering *answering, struct rg_finder *finder);
void rg__namer(struct rg__answering *answering, struct rg_namer *namer);
void rg__witness(struct rg__answering *answering, struct rg_witness *witness);

/* RG_OK, RG_EINTERRUPT, or once RG_ETIMEOUT. */
enum rg_status rg__answering_poll(void *context);

/* A text of the dump in the graph.  RG_ENOMEM, RG_ELIMIT. */
enum rg_status rg__graph_text(struct rg__answering *answering, uint32_t text,
                              struct rg_text *result);

#endif
