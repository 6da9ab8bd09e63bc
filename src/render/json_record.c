/* The members of any record, by its row. */
#include "render/json_text.h"

#include <inttypes.h>
#include <string.h>

void rg__json_id(struct rg_sink *sink, const struct rg_view *view,
                 const struct rg_record *record, size_t index)
{
    if (record == &rg_view_records[RG_RECORD_CLUSTER])
        rg_sink_format(sink, "\"%c%zu\"",
                       view->clusters[index].kind == RG_VIEW_GARBAGE ? 'g'
                                                                     : 't',
                       index + 1);
    else
        rg_sink_format(sink, "\"n%zu\"", index);
}

static void write_flag_list(struct rg_sink *sink, const struct rg_field *field,
                            uint64_t flags)
{
    bool is_first = true;
    rg_sink_text(sink, "[");
    for (const struct rg_flag *flag = field->flags; flag->name != NULL;
         flag++) {
        if ((flags & flag->bit) == 0)
            continue;
        rg_sink_format(sink, "%s\"%s\"", is_first ? "" : ", ", flag->name);
        is_first = false;
    }
    rg_sink_text(sink, "]");
}

static void write_flag_members(struct rg_sink *sink,
                               const struct rg_field *field, uint64_t flags,
                               bool *is_first)
{
    for (const struct rg_flag *flag = field->flags; flag->name != NULL;
         flag++) {
        rg__json_key(sink, is_first, flag->name);
        rg_sink_text(sink, (flags & flag->bit) != 0 ? "true" : "false");
    }
}

static void write_json_number(struct rg_sink *sink, const struct rg_view *view,
                              const struct rg_field *field, const void *copy)
{
    uint64_t value;
    if (!rg_field_number(field, copy, &value))
        rg_sink_text(sink, "null");
    else if (field->type == RG_FIELD_FLAGS)
        write_flag_list(sink, field, value);
    else if (field->type == RG_FIELD_WORD)
        rg_sink_format(sink, "\"%s\"", field->word((unsigned)value));
    else if (field->type == RG_FIELD_SWITCH)
        rg_sink_text(sink, value != 0 ? "true" : "false");
    else if (field->of != NULL && field->of->is_of_view)
        rg__json_id(sink, view, field->of, (size_t)value);
    else
        rg_sink_format(sink, "%" PRIu64, value);
}

static void write_json_field(struct rg_sink *sink, const struct rg_view *view,
                             const struct rg_field *field, const void *copy)
{
    double seconds;
    struct rg_text text;
    switch (field->type) {
    case RG_FIELD_TEXT:
        text = rg_field_text(field, copy);
        rg__json_string(sink, rg_graph_bytes(view->graph, text), text.size);
        break;
    case RG_FIELD_SECONDS:
        memcpy(&seconds, (const char *)copy + field->offset, sizeof seconds);
        if (seconds > 0)
            rg_sink_seconds(sink, seconds);
        else
            rg_sink_text(sink, "null");
        break;
    default:
        write_json_number(sink, view, field, copy);
    }
}

void rg__json_fields(struct rg_sink *sink, const struct rg_view *view,
                     const struct rg_record *record, const void *copy,
                     bool addresses, bool *is_first)
{
    for (size_t i = 0; i < record->field_count; i++) {
        const struct rg_field *field = &record->fields[i];
        uint64_t flags;
        if (field->only_in_lines ||
            (field->type == RG_FIELD_ADDRESS && !addresses))
            continue;
        if (field->name == NULL) {
            rg_field_number(field, copy, &flags);
            write_flag_members(sink, field, flags, is_first);
            continue;
        }
        rg__json_key(sink, is_first, field->name);
        write_json_field(sink, view, field, copy);
    }
}
