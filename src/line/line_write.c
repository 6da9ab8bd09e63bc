#include "line/line.h"

#include <inttypes.h>
#include <string.h>

#include "line/line_writer.h"

static bool needs_escape(unsigned char byte)
{
    return byte < 0x20 || byte == 0x7f || byte == '\\';
}

static void write_text(struct rg_sink *sink, const struct rg_graph *graph,
                       struct rg_text text)
{
    const char *data = rg_graph_bytes(graph, text);
    size_t start = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (!needs_escape((unsigned char)data[i]))
            continue;
        rg_sink_write(sink, data + start, i - start);
        rg_sink_format(sink, "\\x%02x", (unsigned char)data[i]);
        start = i + 1;
    }
    rg_sink_write(sink, data + start, text.size - start);
}

/* The number that a WORD stands for has a word: the graph is checked. */
static void write_number_field(struct rg_sink *sink,
                               const struct rg_field *field, const void *record)
{
    uint64_t value;
    bool is_there = rg_field_number(field, record, &value);
    if (field->type == RG_FIELD_WORD)
        rg_sink_text(sink, field->word((unsigned)value));
    else if (field->type == RG_FIELD_ADDRESS)
        rg_sink_format(sink, "%" PRIx64, value);
    else if (is_there)
        rg_sink_format(sink, "%" PRIu64, value);
    else
        rg_sink_text(sink, field->type == RG_FIELD_LINK ? "-" : "-1");
}

static void write_field(struct rg_sink *sink, const struct rg_graph *graph,
                        const struct rg_field *field, const void *record)
{
    double seconds;
    rg_sink_text(sink, "\t");
    switch (field->type) {
    case RG_FIELD_TEXT:
        write_text(sink, graph, rg_field_text(field, record));
        break;
    case RG_FIELD_SECONDS:
        memcpy(&seconds, (const char *)record + field->offset, sizeof seconds);
        rg_sink_seconds(sink, seconds);
        break;
    default:
        write_number_field(sink, field, record);
    }
}

static uint32_t place_in_excerpt(const struct rg__excerpt *excerpt,
                                 const struct rg_record *row, size_t at)
{
    const uint32_t *places = excerpt == NULL || row->is_of_view
                                 ? NULL
                                 : excerpt->places[row - rg_graph_records];
    return places == NULL ? (uint32_t)at : places[at];
}

/* From places in the graph to those in the part; false when the record must
 * refer to something that is left out. */
static bool move_indices(const struct rg__excerpt *excerpt,
                         const struct rg_record *row, void *copy)
{
    for (size_t i = 0; i < row->field_count; i++) {
        const struct rg_field *field = &row->fields[i];
        uint64_t index;
        if (field->of == NULL || !rg_field_number(field, copy, &index))
            continue;
        index = place_in_excerpt(excerpt, field->of, index);
        if (!rg_field_put(field, copy, index == RG_NONE ? NULL : &index))
            return false;
    }
    return true;
}

/* A rest stands behind a reference, counted among those to its referent: in
 * the part, among those that stay.  Rests come by referent and place, so that
 * the count goes on from the one before. */
struct rest_place {
    uint32_t referent, counted, before;
};

static void move_rest(const struct rg_graph *graph,
                      const struct rg__excerpt *excerpt, struct rg_rest *rest,
                      struct rest_place *place)
{
    const uint32_t *places = excerpt->places[RG_RECORD_REFERENCE];
    uint32_t first = graph->objects[rest->referent].first_reference;
    if (place->referent != rest->referent)
        *place = (struct rest_place){.referent = rest->referent};
    for (; place->counted < rest->after; place->counted++)
        place->before += places[first + place->counted] != RG_NONE;
    rest->after = place->before;
}

static void write_record_rows(struct rg_sink *sink,
                              const struct rg_graph *graph, const void *whole,
                              const struct rg_record *row,
                              const struct rg__excerpt *excerpt)
{
    struct rest_place place = {.referent = RG_NONE};
    size_t count = rg_record_count(row, whole);
    for (size_t i = 0; i < count; i++) {
        union rg_any copy;
        if (!rg_record_get(row, whole, i, &copy))
            continue;
        if (excerpt != NULL && row == &rg_graph_records[RG_RECORD_REST])
            move_rest(graph, excerpt, (struct rg_rest *)&copy, &place);
        if (place_in_excerpt(excerpt, row, i) == RG_NONE ||
            (excerpt != NULL && !move_indices(excerpt, row, &copy)))
            continue;
        rg_sink_text(sink, row->word);
        for (size_t k = 0; k < row->field_count; k++)
            write_field(sink, graph, &row->fields[k], &copy);
        rg_sink_text(sink, "\n");
    }
}

void rg__line_write_graph(struct rg_sink *sink, const struct rg_graph *graph,
                          const struct rg__excerpt *excerpt)
{
    const struct rg_record *rows = rg_graph_records;
    rg_sink_text(sink, "referrers-graph\t1\n");
    write_record_rows(sink, graph, graph, &rows[RG_RECORD_LIMITS], excerpt);
    if (graph->redacted)
        rg_sink_text(sink, "redacted\n");
    for (int i = RG_RECORD_LIMITS + 1; i < RG_RECORD_COUNT; i++)
        write_record_rows(sink, graph, graph, &rows[i], excerpt);
}

void rg__line_write_view(struct rg_sink *sink, const struct rg_view *view,
                         const struct rg__excerpt *excerpt)
{
    for (int i = 0; i < RG_VIEW_RECORD_COUNT; i++)
        write_record_rows(sink, view->graph, view, &rg_view_records[i],
                          excerpt);
}

void rg_line_write(const struct rg_graph *graph, struct rg_sink *sink)
{
    rg__line_write_graph(sink, graph, NULL);
    rg_sink_format(sink, "end\t%zu\t%zu\n", graph->object_count,
                   graph->reference_count);
}
