/* question.h - questions to a dump, answered as the live heap answers them
 *
 * The same search, names and analyses (explain) with the dump as the witness.
 * An object is known by its node. */
#ifndef RG_DUMP_QUESTION_H
#define RG_DUMP_QUESTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/poll.h"
#include "dump/dump.h"
#include "graph/graph.h"

/* A dump with what questions need: made once. */
struct rg_dump_heap;

/* Takes the dump, also when it fails: NULL, when memory is short or the poll
 * (or NULL) ends it. */
struct rg_dump_heap *rg_dump_open(struct rg_dump *dump, struct rg_poll *poll);
void rg_dump_close(struct rg_dump_heap *heap);
const struct rg_dump *rg_dump_of(const struct rg_dump_heap *heap);

/* The node of an object at an address, or RG_NONE. */
uint32_t rg_dump_heap_at(struct rg_dump_heap *heap, uint64_t address);

/* What is asked; the members mean what they mean in struct rg_query.  All
 * pointers are borrowed. */
struct rg_dump_query {
    const uint32_t *targets; /* nodes of objects */
    size_t target_count;
    const uint64_t *excluded; /* addresses, ascending */
    size_t excluded_count;
    const struct rg_buffer *prefixes; /* of module names */
    size_t prefix_count;
    bool all_modules;
    int64_t max_depth, max_untracked, group_limit, object_limit;
    bool values, weak, explain, sizes;
    double timeout;
    /* Asked every few milliseconds, unless NULL; RG_EINTERRUPT ends it. */
    enum rg_status (*ask)(void *context);
    void *ask_context;
};

/* The referrer graph, owned by the caller; NULL with *error otherwise. */
struct rg_graph *rg_dump_graph(struct rg_dump_heap *heap,
                               const struct rg_dump_query *query,
                               struct rg_error *error);

#endif
