/* reading_parts.h - a reading from inside; private to explain
 *
 *     reading        whose turn it is, edges, what stands
 *     reading_long   long arrays, of which not everything is read */
#ifndef RG_EXPLAIN_READING_PARTS_H
#define RG_EXPLAIN_READING_PARTS_H

#include "explain/reading.h"

/* Of a node: whether what long arrays have of it is among its edges, and then
 * whether these are in order. */
enum rg__told_of {
    RG__NOT_TOLD,
    RG__BEING_TOLD,
    RG__TOLD,
    RG__TOLD_AND_SORTED
};

struct rg_reading {
    const struct rg_table *table;
    const struct rg_closure *closure;
    const struct rg_namer *namer;
    struct rg_graph *graph;
    struct rg__edge *edges;
    size_t edge_count, edge_size;     /* size: bytes there is room for */
    uint32_t *first_edge, *last_edge; /* by referent node */
    uint32_t *named, *folded;         /* by pair of the closure */
    uint32_t *last_pair;              /* by referent node: see pair_of */
    uint8_t *raised;                  /* by node: levels above it read */
    uint8_t *stands;                  /* by node: enum stands */
    uint32_t *turn;                   /* by node: when it was to be read */
    uint32_t *work;                   /* stack of rg__reading_stands */
    size_t work_count, work_capacity;
    uint32_t turns;
    uint32_t current;       /* node being read */
    uintptr_t last_address; /* asked about last, and its wanted_node */
    uint32_t last_node;
    struct rg_poll poll; /* the namer's */
    enum rg_status stop; /* what it said while one was read */

    /* Long arrays; all NULL until one is met. */
    uint8_t *parts;     /* by node: times it was looked through, or WHOLE */
    uint32_t *batch_of; /* by node: when it was looked through last */
    uint8_t *told;      /* by node: enum rg__told_of */
    uint32_t *awaited;  /* nodes that will be asked about */
    size_t awaited_count, awaited_capacity;
    uint32_t batch;
    bool is_part;            /* an array is read for what is RG__BEING_TOLD, */
    bool is_rest;            /* or for what was not RG__TOLD */
    struct rg_filter filter; /* addresses of what is RG__BEING_TOLD */
};

/* Reads `node` itself.  RG_ENOMEM, RG_ELIMIT, or what the poll says. */
enum rg_status rg__reading_read(struct rg_reading *reading, uint32_t node);

/* It is the turn of a long array, which is read when it is asked about.
 * RG_ENOMEM. */
enum rg_status rg__reading_meet_array(struct rg_reading *reading);

/* Reads what long arrays have of a node that was raised, and of those that were
 * awaited.  As rg__reading_read. */
enum rg_status rg__reading_arrays(struct rg_reading *reading, uint32_t node);

#endif
