/* Records, by their rows, beside what a picture shows. */
#include "render/json.h"

#include <stdint.h>

#include "render/json_picture.h"
#include "render/json_text.h"
#include "render/label.h"

enum { STEP_WIDTH = 60 };

struct writer {
    struct rg_sink *sink;
    const struct rg_view *view;
    const struct rg_json_options *options;
    struct rg_buffer words;
};

/* What a person would say for a reference: for readers only. */
static void write_names(struct writer *writer,
                        const struct rg_reference *reference)
{
    bool is_first = false;
    const struct rg_graph *graph = writer->view->graph;
    struct rg_sink words = rg_sink_to_buffer(&writer->words);
    writer->words.size = 0;
    rg_label_name(&words, graph, reference);
    rg__json_key(writer->sink, &is_first, "name");
    rg__json_string(writer->sink, writer->words.data, writer->words.size);
    writer->words.size = 0;
    rg_label_step(&words, graph, reference, STEP_WIDTH);
    rg__json_key(writer->sink, &is_first, "step");
    rg__json_string(writer->sink, writer->words.data, writer->words.size);
    if (words.status != RG_OK)
        writer->sink->status = words.status;
}

static void write_json_record(struct writer *writer,
                              const struct rg_record *record, const void *copy)
{
    bool is_first = true;
    rg_sink_text(writer->sink, "{");
    rg__json_fields(writer->sink, writer->view, record, copy,
                    writer->options->addresses, &is_first);
    if (record == &rg_graph_records[RG_RECORD_REFERENCE])
        write_names(writer, copy);
    rg_sink_text(writer->sink, "}");
}

static void write_records(struct writer *writer, const struct rg_record *record)
{
    const struct rg_graph *graph = writer->view->graph;
    size_t count = rg_record_count(record, graph);
    bool is_first = true;
    union rg_any copy;
    rg_sink_format(writer->sink, "  \"%s\": [", record->name);
    for (size_t i = 0; i < count; i++) {
        if (!rg_record_get(record, graph, i, &copy))
            continue;
        rg_sink_text(writer->sink, is_first ? "\n    " : ",\n    ");
        is_first = false;
        write_json_record(writer, record, &copy);
    }
    rg_sink_text(writer->sink, is_first ? "],\n" : "\n  ],\n");
}

static void write_limits(struct writer *writer)
{
    const struct rg_record *limits = &rg_graph_records[RG_RECORD_LIMITS];
    union rg_any copy;
    rg_record_get(limits, writer->view->graph, 0, &copy);
    rg_sink_format(writer->sink, "  \"%s\": ", limits->name);
    write_json_record(writer, limits, &copy);
    rg_sink_text(writer->sink, ",\n");
}

enum rg_status rg_json_write(struct rg_sink *sink, const struct rg_view *view,
                             const struct rg_json_options *options)
{
    struct writer writer = {.sink = sink, .view = view, .options = options};
    rg_sink_format(sink,
                   "{\n  \"format\": \"referrers-graph\",\n"
                   "  \"version\": %d,\n",
                   RG_JSON_VERSION);
    write_limits(&writer);
    if (view->graph->redacted)
        rg_sink_text(sink, "  \"redacted\": true,\n");
    for (int i = RG_RECORD_LIMITS + 1; i < RG_RECORD_COUNT; i++)
        write_records(&writer, &rg_graph_records[i]);
    rg__json_picture(sink, view, options);
    rg_sink_text(sink, "}\n");
    rg_buffer_free(&writer.words);
    return sink->status;
}
