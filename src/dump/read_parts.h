/* read_parts.h - a file while it is being read; private to dump
 *
 *     read_file       the parts of the file, one after the other
 *     read_header     `snapshot`: what the others consist of
 *     read_arrays     nodes, edges, strings
 *     read_check      whether all of it belongs together */
#ifndef RG_DUMP_READ_PARTS_H
#define RG_DUMP_READ_PARTS_H

#include "dump/dump.h"
#include "dump/scan.h"

/* Numbers in pairs and threes, as they stand in the header. */
struct rg__list {
    uint64_t *numbers;
    size_t count, capacity;
};

struct rg__file {
    struct rg__scan scan;
    struct rg_dump *dump;
    struct rg_buffer name;              /* scratch */
    size_t node_count, reference_count; /* as the header says */
    bool has_ours;                      /* snapshot.referrers was there, */
    bool has_fields; /* and nodes and edges are as they should be */
    struct rg__list spaces, moved, big, asides;
};

void rg__read_header(struct rg__file *file);
void rg__read_nodes(struct rg__file *file);
void rg__read_edges(struct rg__file *file);
void rg__read_strings(struct rg__file *file);
void rg__read_check(struct rg__file *file);

#endif
