/* graph_parts.h - records of a graph that stand in no array of it
 *
 * The limits in force, kinds of objects that may be missing, what a limit left
 * out: each is copied from members of struct rg_graph and put back there, as
 * struct rg_record says (record.h).  Private to graph. */
#ifndef RG_GRAPH_GRAPH_PARTS_H
#define RG_GRAPH_GRAPH_PARTS_H

#include "graph/record.h"

struct rg__limits {
    int64_t max_depth;
    double timeout;
    bool timed_out;
};

struct rg__unseen {
    uint8_t kind;
    int64_t count;
};

bool rg__copy_limits(const void *whole, size_t at, void *record);
enum rg_status rg__add_limits(void *whole, const void *record,
                              const char **words);
const char *rg__refuse_limits(const void *whole, const void *record);
size_t rg__unseen_records(const void *whole);
bool rg__copy_unseen(const void *whole, size_t at, void *record);
enum rg_status rg__add_unseen(void *whole, const void *record,
                              const char **words);
bool rg__copy_left_out(const void *whole, size_t at, void *record);
enum rg_status rg__add_left_out(void *whole, const void *record,
                                const char **words);
const char *rg__refuse_left_out(const void *whole, const void *record);

#endif
