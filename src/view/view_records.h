/* view_records.h - what a view consists of: its rows of the table of records
 *
 * Those of graph/record.h; what they refer to in the graph is among the rows
 * of a graph. */
#ifndef RG_VIEW_VIEW_RECORDS_H
#define RG_VIEW_VIEW_RECORDS_H

#include "graph/record.h"
#include "view/view.h"

/* In the order in which they must come. */
enum {
    RG_RECORD_COUNTS,
    RG_RECORD_CLUSTER,
    RG_RECORD_NODE,
    RG_RECORD_MEMBER,
    RG_RECORD_EDGE,
    RG_RECORD_WAY,
    RG_VIEW_RECORD_COUNT
};

extern const struct rg_record rg_view_records[RG_VIEW_RECORD_COUNT];

#endif
