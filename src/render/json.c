/* Records: what the line format says, field by field. */
#include "render/json.h"

#include <stdint.h>
#include <string.h>

#include "line/line.h"
#include "render/json_picture.h"
#include "render/json_text.h"
#include "render/label.h"

enum { MAX_FIELDS = 12, STEP_WIDTH = 60 };

enum type {
    TEXT,
    TOKEN,          /* a word of the line format */
    NUMBER,         /* from 0 up, or -1 for none: null */
    SECONDS,        /* 0 for none: null */
    BOOLEAN,
    INDEX,          /* or "-": null */
    ADDRESS,        /* hexadecimal; left out unless it is asked for */
    FLAGS
};

struct flag {
    uint32_t value;
    const char *name;           /* NULL ends a table */
};

static const struct flag object_flags[] = {
    {RG_OBJECT_TARGET, "target"},
    {RG_OBJECT_DEPTH_LIMIT, "depth_limit"},
    {RG_OBJECT_SUSPENDED, "suspended"},
    {RG_OBJECT_CLASS, "class"},
    {RG_OBJECT_NOT_FOLLOWED, "not_followed"},
    {RG_OBJECT_UNTRACKED_LIMIT, "untracked_limit"},
    {RG_OBJECT_GARBAGE, "garbage"},
    {0, NULL}};
static const struct flag reference_flags[] = {{RG_REFERENCE_CUT, "cut"},
                                              {0, NULL}};
static const struct flag step_flags[] = {{RG_STEP_CUT, "cut"},
                                         {RG_STEP_CLEAR, "clear"},
                                         {0, NULL}};
static const struct flag verdict_flags[] = {
    {RG_VERDICT_YOU, "you"},
    {RG_VERDICT_CYCLE, "cycle"},
    {RG_VERDICT_UNEXPLAINED, "unexplained"},
    {RG_VERDICT_FROZEN, "frozen"},
    {RG_VERDICT_SAVE_ALL, "save_all"},
    {RG_VERDICT_NATIVE_INSIDE, "native_inside"},
    {RG_VERDICT_NOT_AUTOMATIC, "not_automatic"},
    {RG_VERDICT_IMMORTAL, "immortal"},
    {RG_VERDICT_DEFERRED, "deferred"},
    {RG_VERDICT_OVERCOUNTED, "overcounted"},
    {RG_VERDICT_TIMED_OUT, "timed_out"},
    {RG_VERDICT_EXCLUDED, "excluded"},
    {RG_VERDICT_ROOTS_NOT_COUNTED, "roots_not_counted"},
    {RG_VERDICT_EXPLAINED, "explained"},
    {RG_VERDICT_CUT_TOO_LARGE, "cut_too_large"},
    {RG_VERDICT_CUT_IMPOSSIBLE, "cut_impossible"},
    {RG_VERDICT_ON_STACK, "on_stack"},
    {0, NULL}};
static const struct flag entry_flags[] = {{RG_ENTRY_CALLER, "caller"},
                                          {RG_ENTRY_PROBABLE, "probable"},
                                          {RG_ENTRY_LEFT_OUT, "left_out"},
                                          {0, NULL}};

enum { MOST_FLAGS = 32 };

struct field {
    const char *name;
    enum type type;
    const struct flag *flags;   /* FLAGS: their names */
};

struct record {
    const char *word;           /* of the line */
    const char *name;           /* of the array */
    struct field fields[MAX_FIELDS];
};

/* In the order of the lines.  The first two have no array of their own. */
static const struct record records[] = {
    {"unseen", "unseen", {{"kind", TOKEN, NULL}, {"count", NUMBER, NULL}}},
    {"root", "roots",
     {{"kind", TOKEN, NULL}, {"name", TEXT, NULL}, {"thread", TEXT, NULL},
      {"file", TEXT, NULL}, {"line", NUMBER, NULL}}},
    {"object", "objects",
     {{"id", ADDRESS, NULL}, {"flags", FLAGS, object_flags},
      {"type", TEXT, NULL}, {"qualname", TEXT, NULL}, {"module", TEXT, NULL},
      {"detail", TEXT, NULL}, {"items", NUMBER, NULL},
      {"depth", NUMBER, NULL}}},
    {"reference", "references",
     {{"referent", INDEX, NULL}, {"referrer", INDEX, NULL},
      {"root", INDEX, NULL}, {"kind", TOKEN, NULL},
      {"flags", FLAGS, reference_flags}, {"key_type", TOKEN, NULL},
      {"owner", TEXT, NULL}, {"label", TEXT, NULL},
      {"number", NUMBER, NULL}}},
    {"rest", "rests",
     {{"referent", INDEX, NULL}, {"after", INDEX, NULL}, {"kind", TOKEN, NULL},
      {"key_type", TOKEN, NULL}, {"owner", TEXT, NULL}, {"first", TEXT, NULL},
      {"last", TEXT, NULL}, {"count", NUMBER, NULL}}},
    {"target", "targets", {{"object", INDEX, NULL}}},
    {"verdict", "verdicts",
     {{"target", INDEX, NULL}, {"kind", TOKEN, NULL},
      {"flags", FLAGS, verdict_flags}, {"counted", NUMBER, NULL},
      {"unexplained", NUMBER, NULL}, {"roots", NUMBER, NULL},
      {"cycle_objects", NUMBER, NULL}, {"generation", NUMBER, NULL}}},
    {"entry", "ledger",
     {{"target", INDEX, NULL}, {"kind", TOKEN, NULL},
      {"flags", FLAGS, entry_flags}, {"count", NUMBER, NULL}}},
    {"path", "paths",
     {{"target", INDEX, NULL}, {"kind", TOKEN, NULL}, {"root", INDEX, NULL},
      {"steps", NUMBER, NULL}, {"targets", NUMBER, NULL},
      {"shared", NUMBER, NULL}, {"awaiting", TEXT, NULL}}},
    {"step", "steps",
     {{"object", INDEX, NULL}, {"reference", INDEX, NULL},
      {"kind", TOKEN, NULL}, {"flags", FLAGS, step_flags},
      {"key_type", TOKEN, NULL}, {"owner", TEXT, NULL}, {"label", TEXT, NULL},
      {"number", NUMBER, NULL}, {"type", TEXT, NULL}}},
    {"native", "natives",
     {{"object", INDEX, NULL}, {"count", NUMBER, NULL},
      {"holder", TEXT, NULL}, {"offset", NUMBER, NULL}}},
    {"retained", "retained",
     {{"object", INDEX, NULL}, {"bytes", NUMBER, NULL},
      {"objects", NUMBER, NULL}}},
    {"value", "values", {{"object", INDEX, NULL}, {"text", TEXT, NULL}}},
};

enum { RECORD_COUNT = sizeof records / sizeof *records };

static const struct record limits = {
    "limits", "limits",
    {{"max_depth", NUMBER, NULL}, {"timeout", SECONDS, NULL},
     {"timed_out", BOOLEAN, NULL}}};

/* The lines while they are being read: our own, so they are as they must be. */
struct writer {
    struct rg_sink *sink;
    const struct rg_graph *graph;
    const struct rg_json_options *options;
    const char *at, *end;
    struct rg_buffer text;      /* a field without its escapes */
    size_t reference;           /* number of the next one */
};

/* The next field of the line, which ends at a TAB or at the line's end. */
static const char *next_field(struct writer *writer, size_t *size)
{
    const char *start = writer->at;
    while (*writer->at != '\t' && *writer->at != '\n')
        writer->at++;
    *size = (size_t)(writer->at - start);
    if (*writer->at == '\t')
        writer->at++;
    return start;
}

static bool is_line_of(const struct writer *writer, const char *word)
{
    size_t size = strlen(word);
    return (size_t)(writer->end - writer->at) > size &&
           memcmp(writer->at, word, size) == 0 &&
           (writer->at[size] == '\t' || writer->at[size] == '\n');
}

static void end_line(struct writer *writer)
{
    while (writer->at < writer->end && *writer->at != '\n')
        writer->at++;
    if (writer->at < writer->end)
        writer->at++;
}

static int digit_value(char digit)
{
    return digit <= '9' ? digit - '0' : digit - 'a' + 10;
}

static void write_text(struct writer *writer, const char *data, size_t size)
{
    struct rg_sink text = rg_sink_to_buffer(&writer->text);
    writer->text.size = 0;
    for (size_t i = 0; i < size;) {
        size_t start = i;
        while (i < size && data[i] != '\\')
            i++;
        rg_sink_write(&text, data + start, i - start);
        if (i == size)
            break;
        char byte = (char)(digit_value(data[i + 2]) * 16 +
                           digit_value(data[i + 3]));
        rg_sink_write(&text, &byte, 1);
        i += 4;
    }
    if (text.status != RG_OK)
        writer->sink->status = text.status;
    rg__json_string(writer->sink, writer->text.data, writer->text.size);
}

static uint64_t parse(const char *data, size_t size, unsigned base)
{
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++)
        value = value * base + (unsigned)digit_value(data[i]);
    return value;
}

/* A bit without a name is kept by its number. */
static void write_flags(struct rg_sink *sink, uint64_t flags,
                        const struct flag *names)
{
    bool is_first = true;
    rg_sink_text(sink, "[");
    for (unsigned bit = 0; bit < MOST_FLAGS; bit++) {
        const struct flag *flag = names;
        if ((flags >> bit & 1) == 0)
            continue;
        while (flag->name != NULL && flag->value != UINT32_C(1) << bit)
            flag++;
        rg_sink_text(sink, is_first ? "\"" : ", \"");
        if (flag->name != NULL)
            rg_sink_text(sink, flag->name);
        else
            rg_sink_format(sink, "bit%u", bit);
        rg_sink_text(sink, "\"");
        is_first = false;
    }
    rg_sink_text(sink, "]");
}

static void write_value(struct writer *writer, const struct field *field,
                        const char *data, size_t size)
{
    struct rg_sink *sink = writer->sink;
    bool is_none = size != 0 && data[0] == '-';
    switch (field->type) {
    case TEXT:
        write_text(writer, data, size);
        return;
    case TOKEN:
        rg__json_string(sink, data, size);
        return;
    case FLAGS:
        write_flags(sink, parse(data, size, 10), field->flags);
        return;
    case ADDRESS:
        rg_sink_format(sink, "%llu",
                       (unsigned long long)parse(data, size, 16));
        return;
    case SECONDS:
        is_none = size == 1 && data[0] == '0';
        break;
    case BOOLEAN:
        rg_sink_text(sink, data[0] == '1' ? "true" : "false");
        return;
    case NUMBER:
    case INDEX:
        break;
    }
    if (is_none)
        rg_sink_text(sink, "null");
    else
        rg_sink_write(sink, data, size);
}

/* What a person would say for a reference: for readers only. */
static void write_names(struct writer *writer)
{
    bool is_first = false;
    const struct rg_reference *reference =
        &writer->graph->references[writer->reference++];
    struct rg_sink words = rg_sink_to_buffer(&writer->text);
    writer->text.size = 0;
    rg_label_name(&words, writer->graph, reference);
    rg__json_key(writer->sink, &is_first, "name");
    rg__json_string(writer->sink, writer->text.data, writer->text.size);
    writer->text.size = 0;
    rg_label_step(&words, writer->graph, reference, STEP_WIDTH);
    rg__json_key(writer->sink, &is_first, "step");
    rg__json_string(writer->sink, writer->text.data, writer->text.size);
    if (words.status != RG_OK)
        writer->sink->status = words.status;
}

static void write_record(struct writer *writer, const struct record *record)
{
    size_t size;
    bool is_first = true;
    next_field(writer, &size);
    rg_sink_text(writer->sink, "{");
    for (size_t i = 0; i < MAX_FIELDS && record->fields[i].name != NULL; i++) {
        const char *data = next_field(writer, &size);
        if (record->fields[i].type == ADDRESS && !writer->options->addresses)
            continue;
        rg__json_key(writer->sink, &is_first, record->fields[i].name);
        write_value(writer, &record->fields[i], data, size);
    }
    if (strcmp(record->word, "reference") == 0)
        write_names(writer);
    rg_sink_text(writer->sink, "}");
    end_line(writer);
}

static void write_array(struct writer *writer, const struct record *record)
{
    bool is_first = true;
    rg_sink_format(writer->sink, "  \"%s\": [", record->name);
    while (is_line_of(writer, record->word)) {
        rg_sink_text(writer->sink, is_first ? "\n    " : ",\n    ");
        is_first = false;
        write_record(writer, record);
    }
    rg_sink_text(writer->sink, is_first ? "],\n" : "\n  ],\n");
}

static void write_document(struct writer *writer, const struct rg_view *view)
{
    rg_sink_format(writer->sink,
                   "{\n  \"format\": \"referrers-graph\",\n"
                   "  \"version\": %d,\n  \"limits\": ", RG_JSON_VERSION);
    end_line(writer);           /* the line format's own first line */
    write_record(writer, &limits);
    rg_sink_text(writer->sink, ",\n");
    if (is_line_of(writer, "redacted")) {
        rg_sink_text(writer->sink, "  \"redacted\": true,\n");
        end_line(writer);
    }
    for (size_t i = 0; i < RECORD_COUNT; i++)
        write_array(writer, &records[i]);
    rg__json_picture(writer->sink, view, writer->options);
    rg_sink_text(writer->sink, "}\n");
}

enum rg_status rg_json_write(struct rg_sink *sink, const struct rg_view *view,
                             const struct rg_json_options *options)
{
    struct rg_buffer lines = {0};
    struct rg_sink to_lines = rg_sink_to_buffer(&lines);
    rg_line_write(view->graph, &to_lines);
    if (to_lines.status == RG_OK) {
        struct writer writer = {.sink = sink, .graph = view->graph,
                                .options = options, .at = lines.data,
                                .end = lines.data + lines.size};
        write_document(&writer, view);
        rg_buffer_free(&writer.text);
    } else if (sink->status == RG_OK) {
        sink->status = to_lines.status;
    }
    rg_buffer_free(&lines);
    return sink->status;
}
