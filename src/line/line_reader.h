/* line_reader.h - reading one record of the line format
 *
 * Private to graph: line_read.c cuts lines into fields and knows the records
 * of the graph proper, line_answer.c those of answer.h. */
#ifndef RG_LINE_LINE_READER_H
#define RG_LINE_LINE_READER_H

#include "base/buffer.h"
#include "graph/graph.h"
#include "view/view.h"

/* `object` has the most text, `node` the most fields: eleven. */
enum { FIELD_LIMIT = 11 };

struct field {
    const char *data;
    size_t size;
};

struct reader {
    const char *at, *end;           /* what is left of the input */
    size_t line;                    /* number of the line being read */
    struct field fields[FIELD_LIMIT];
    size_t field_count;
    struct rg_graph *graph;
    struct rg_view *view;           /* NULL: no record of it yet */
    size_t path_capacity;           /* of view->path */
    struct rg_buffer unescaped;     /* a text that had escapes */
    size_t flagged_targets;
    struct rg_error *error;
};

/* The record's fields, each checked; the failure names the line. */
enum rg_status rg__line_wrong(struct reader *reader, const char *words);

/* What building the graph said, in the words of a line. */
enum rg_status rg__line_built(struct reader *reader, enum rg_status status);
enum rg_status rg__line_expect(struct reader *reader, size_t count);
enum rg_status rg__line_number(struct reader *reader, size_t at, uint64_t limit,
                               uint64_t *value);
enum rg_status rg__line_small(struct reader *reader, size_t at, uint32_t limit,
                              uint32_t *value);
enum rg_status rg__line_signed(struct reader *reader, size_t at,
                               int64_t *value);

/* An index below `count`, or RG_NONE for "-". */
enum rg_status rg__line_index(struct reader *reader, size_t at, size_t count,
                              uint32_t *index);
enum rg_status rg__line_text(struct reader *reader, size_t at,
                             struct rg_text *text);
enum rg_status rg__line_kind(struct reader *reader, size_t at, uint8_t *kind);
enum rg_status rg__line_key_type(struct reader *reader, size_t at,
                                 uint8_t *type);

/* The records of answer.h. */
enum rg_status rg__line_read_verdict(struct reader *reader);
enum rg_status rg__line_read_entry(struct reader *reader);
enum rg_status rg__line_read_path(struct reader *reader);
enum rg_status rg__line_read_step(struct reader *reader);
enum rg_status rg__line_read_native(struct reader *reader);
enum rg_status rg__line_read_retained(struct reader *reader);

/* The records of line_view.h. */
enum rg_status rg__line_read_view(struct reader *reader);
enum rg_status rg__line_read_cluster(struct reader *reader);
enum rg_status rg__line_read_node(struct reader *reader);
enum rg_status rg__line_read_member(struct reader *reader);
enum rg_status rg__line_read_arrow(struct reader *reader);
enum rg_status rg__line_read_way(struct reader *reader);

/* Does one step of a record and leaves the function when it fails. */
#define STEP(call) \
    do { \
        enum rg_status step_status = (call); \
        if (step_status != RG_OK) \
            return step_status; \
    } while (0)

#endif
