#include "line/line.h"

#include <string.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "graph/intake.h"
#include "line/line_view.h"
#include "view/view_records.h"

/* Digits behind the point of a number of seconds. */
enum { FRACTION_DIGITS = 9, WHOLE_DIGITS = 10 };

/* The word, and the fields of the record that has most: a node. */
enum { FIELD_LIMIT = 11 };

struct field {
    const char *data;
    size_t size;
};

struct reader {
    const char *at, *end; /* what is left of the input */
    size_t line;          /* number of the line being read */
    struct field fields[FIELD_LIMIT];
    size_t field_count;
    struct rg_intake intake;
    struct rg_view *view;       /* NULL: no record of it yet */
    struct rg_buffer unescaped; /* a text that had escapes */
    struct rg_error *error;
};

/* Does one step of a record and leaves the function when it fails. */
#define STEP(call) \
    do { \
        enum rg_status step_status = (call); \
        if (step_status != RG_OK) \
            return step_status; \
    } while (0)

/* Every complaint names its line; `field` may be NULL. */
static enum rg_status line_wrong(struct reader *reader,
                                 const struct rg_field *field,
                                 const char *words)
{
    return rg_error_set(reader->error, RG_EFORMAT, "graph line %zu: %s%s%s",
                        reader->line,
                        field == NULL ? "" : rg_field_words(field),
                        field == NULL ? "" : " ", words);
}

/* What building the graph said, in this file's words. */
static enum rg_status built(struct reader *reader, enum rg_status status)
{
    if (status == RG_OK || status == RG_EINTERRUPT)
        return status;
    return status == RG_ENOMEM
               ? rg_error_no_memory(reader->error)
               : line_wrong(reader, NULL,
                            "more records or words than can be counted");
}

/* Cuts the next line into fields. */
static enum rg_status next_line(struct reader *reader)
{
    size_t left = (size_t)(reader->end - reader->at);
    const char *stop = left == 0 ? NULL : memchr(reader->at, '\n', left);
    reader->line++;
    if (stop == NULL)
        return line_wrong(reader, NULL, "the graph is cut off here");
    reader->field_count = 0;
    for (const char *start = reader->at; start <= stop;) {
        const char *tab = memchr(start, '\t', (size_t)(stop - start));
        const char *end = tab == NULL ? stop : tab;
        if (reader->field_count == FIELD_LIMIT)
            return line_wrong(reader, NULL, "has too many fields");
        reader->fields[reader->field_count].data = start;
        reader->fields[reader->field_count++].size = (size_t)(end - start);
        start = end + 1;
    }
    reader->at = stop + 1;
    return RG_OK;
}

static enum rg_status expect_fields(struct reader *reader, size_t count)
{
    return reader->field_count == count
               ? RG_OK
               : line_wrong(reader, NULL, "has a wrong number of fields");
}

static int digit_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : 16;
}

/* Digits only, no sign, at most `limit`. */
static bool parse_digits(struct field field, unsigned base, uint64_t limit,
                         uint64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < field.size; i++) {
        unsigned digit = (unsigned)digit_value(field.data[i]);
        if (digit >= base || digit > limit || *value > (limit - digit) / base)
            return false;
        *value = *value * base + digit;
    }
    return field.size != 0;
}

/* Seconds as WHOLE or WHOLE.FRACTION. */
static bool parse_seconds_field(struct field whole, double *seconds)
{
    struct field fraction = {"0", 1};
    const char *point = memchr(whole.data, '.', whole.size);
    if (point != NULL) {
        fraction.data = point + 1;
        fraction.size = whole.size - (size_t)(point - whole.data) - 1;
        whole.size = (size_t)(point - whole.data);
    }
    uint64_t units, parts;
    if (whole.size > WHOLE_DIGITS || fraction.size > FRACTION_DIGITS ||
        !parse_digits(whole, 10, UINT64_MAX, &units) ||
        !parse_digits(fraction, 10, UINT64_MAX, &parts))
        return false;
    uint64_t scale = 1;
    for (size_t i = 0; i < fraction.size; i++)
        scale *= 10;
    *seconds = (double)units + (double)parts / (double)scale;
    return true;
}

/* The byte that \xHH at `data` stands for, or -1. */
static int unescape(const char *data, size_t size)
{
    if (size < 4 || data[1] != 'x')
        return -1;
    int high = digit_value(data[2]), low = digit_value(data[3]);
    return high > 15 || low > 15 ? -1 : high * 16 + low;
}

/* Undoes the escapes into reader->unescaped. */
static enum rg_status unescape_text(struct reader *reader, struct field field)
{
    reader->unescaped.size = 0;
    for (size_t i = 0; i < field.size;) {
        size_t left = field.size - i;
        const char *slash = memchr(field.data + i, '\\', left);
        size_t plain = slash == NULL ? left : (size_t)(slash - field.data) - i;
        if (rg_buffer_append(&reader->unescaped, field.data + i, plain) < 0)
            return rg_error_no_memory(reader->error);
        i += plain;
        if (slash == NULL)
            break;
        int byte = unescape(slash, field.size - i);
        if (byte < 0)
            return line_wrong(reader, NULL, "has a backslash that is no \\xHH");
        char character = (char)byte;
        if (rg_buffer_append(&reader->unescaped, &character, 1) < 0)
            return rg_error_no_memory(reader->error);
        i += 4;
    }
    return RG_OK;
}

static bool has_control(struct field field)
{
    for (size_t i = 0; i < field.size; i++)
        if ((unsigned char)field.data[i] < 0x20 || field.data[i] == 0x7f)
            return true;
    return false;
}

/* The text of a field. */
static enum rg_status read_text(struct reader *reader,
                                const struct rg_field *type, struct field field,
                                void *record)
{
    struct rg_text text;
    if (has_control(field))
        return line_wrong(reader, NULL,
                          "has a control character that is not escaped");
    if (field.size != 0 && memchr(field.data, '\\', field.size) != NULL) {
        STEP(unescape_text(reader, field));
        field.data = reader->unescaped.data;
        field.size = reader->unescaped.size;
    }
    STEP(built(reader, rg_graph_text(reader->intake.graph, field.data,
                                     field.size, &text)));
    memcpy((char *)record + type->offset, &text, sizeof text);
    return RG_OK;
}

static bool is_field_text(struct field field, const char *text)
{
    return field.size == strlen(text) &&
           memcmp(field.data, text, field.size) == 0;
}

/* Numbers, and what is kept as one. */
static enum rg_status read_number_field(struct reader *reader,
                                        const struct rg_field *type,
                                        struct field field, void *record)
{
    uint64_t value;
    bool is_none =
        is_field_text(field, type->type == RG_FIELD_SIGNED ? "-1" : "-");
    unsigned base = type->type == RG_FIELD_ADDRESS ? 16 : 10;
    if (type->type == RG_FIELD_WORD)
        return rg_field_find_word(type, field.data, field.size, &value) &&
                       rg_field_put(type, record, &value)
                   ? RG_OK
                   : line_wrong(reader, type, "is no known word");
    if (!is_none && !parse_digits(field, base, UINT64_MAX, &value))
        return line_wrong(reader, type, "is no number, or too large");
    if (!rg_field_put(type, record, is_none ? NULL : &value))
        return line_wrong(reader, type,
                          is_none ? "names no record" : "is too large");
    return RG_OK;
}

static enum rg_status read_field(struct reader *reader,
                                 const struct rg_field *type,
                                 struct field field, void *record)
{
    double seconds;
    switch (type->type) {
    case RG_FIELD_TEXT:
        return read_text(reader, type, field, record);
    case RG_FIELD_SECONDS:
        if (!parse_seconds_field(field, &seconds))
            return line_wrong(reader, type, "is no number of seconds");
        memcpy((char *)record + type->offset, &seconds, sizeof seconds);
        return RG_OK;
    default:
        return read_number_field(reader, type, field, record);
    }
}

/* A view begins with its counts. */
static enum rg_status begin_view(struct reader *reader,
                                 const struct rg_record *row)
{
    if (!row->is_single)
        return reader->view == NULL
                   ? line_wrong(reader, NULL, "is of a view that is not there")
                   : RG_OK;
    if (reader->view != NULL)
        return line_wrong(reader, NULL, "is a second view");
    reader->view = rg_alloc_zeroed(1, sizeof *reader->view);
    if (reader->view == NULL)
        return rg_error_no_memory(reader->error);
    reader->view->graph = reader->intake.graph;
    reader->intake.view = reader->view;
    return RG_OK;
}

static enum rg_status read_record(struct reader *reader,
                                  const struct rg_record *row)
{
    union rg_any copy;
    if (row->is_of_view)
        STEP(begin_view(reader, row));
    STEP(expect_fields(reader, 1 + row->field_count));
    rg_record_clear(row, &copy);
    for (size_t i = 0; i < row->field_count; i++)
        STEP(read_field(reader, &row->fields[i], reader->fields[1 + i], &copy));
    enum rg_status status = rg_intake_add(&reader->intake, row, &copy);
    return status == RG_EFORMAT
               ? line_wrong(reader, reader->intake.at, reader->intake.words)
               : built(reader, status);
}

/* The record that comes, at its place or behind it: of the graph, then of the
 * view; NULL when there is none. */
static const struct rg_record *find_row(const struct reader *reader, int *stage)
{
    for (; *stage < RG_RECORD_COUNT + RG_VIEW_RECORD_COUNT; ++*stage) {
        const struct rg_record *row =
            *stage < RG_RECORD_COUNT
                ? &rg_graph_records[*stage]
                : &rg_view_records[*stage - RG_RECORD_COUNT];
        if (is_field_text(reader->fields[0], row->word))
            return row;
    }
    return NULL;
}

static enum rg_status read_head(struct reader *reader)
{
    STEP(next_line(reader));
    if (!is_field_text(reader->fields[0], "referrers-graph"))
        return line_wrong(reader, NULL, "this is not a referrer graph");
    STEP(expect_fields(reader, 2));
    if (!is_field_text(reader->fields[1], "1"))
        return line_wrong(reader, NULL,
                          "only version 1 of the format is known");
    STEP(next_line(reader));
    const struct rg_record *limits = &rg_graph_records[RG_RECORD_LIMITS];
    if (!is_field_text(reader->fields[0], limits->word))
        return line_wrong(reader, NULL, "the limits must come first");
    return read_record(reader, limits);
}

static enum rg_status read_end(struct reader *reader)
{
    const struct rg_graph *graph = reader->intake.graph;
    uint64_t objects, references;
    STEP(expect_fields(reader, 3));
    if (!parse_digits(reader->fields[1], 10, UINT64_MAX, &objects) ||
        !parse_digits(reader->fields[2], 10, UINT64_MAX, &references) ||
        objects != graph->object_count || references != graph->reference_count)
        return line_wrong(reader, NULL, "counts other records than there are");
    return reader->at != reader->end
               ? line_wrong(reader, NULL, "something comes behind the end")
               : RG_OK;
}

static enum rg_status read_records(struct reader *reader)
{
    int stage = RG_RECORD_LIMITS + 1;
    STEP(next_line(reader));
    if (is_field_text(reader->fields[0], "redacted")) {
        STEP(expect_fields(reader, 1));
        reader->intake.graph->redacted = true;
        STEP(next_line(reader));
    }
    while (!is_field_text(reader->fields[0], "end")) {
        const struct rg_record *row = find_row(reader, &stage);
        if (row == NULL)
            return line_wrong(reader, NULL,
                              "is no record, or not in its place");
        STEP(read_record(reader, row));
        STEP(next_line(reader));
    }
    return read_end(reader);
}

/* Rules that need the whole graph are reported at its last line. */
static enum rg_status seal_what_was_read(struct reader *reader)
{
    struct rg_error broken = {0};
    enum rg_status status = rg_intake_end(&reader->intake, &broken);
    if (status == RG_OK && reader->view != NULL)
        status = rg_view_check(reader->view, &broken);
    if (status == RG_ENOMEM)
        return rg_error_no_memory(reader->error);
    if (status == RG_OK || status == RG_EINTERRUPT)
        return status;
    return line_wrong(reader, NULL, broken.text);
}

static struct rg_graph *read_graph(const char *data, size_t size,
                                   struct rg_view **view, struct rg_poll *poll,
                                   struct rg_error *error)
{
    *view = NULL;
    struct reader reader = {.error = error, .intake.graph = rg_graph_new()};
    reader.at = size == 0 ? "" : data;
    reader.end = reader.at + size;
    if (reader.intake.graph == NULL) {
        rg_error_no_memory(error);
        return NULL;
    }
    reader.intake.graph->poll = poll;
    enum rg_status status = read_head(&reader);
    if (status == RG_OK)
        status = read_records(&reader);
    if (status == RG_OK)
        status = seal_what_was_read(&reader);
    rg_buffer_free(&reader.unescaped);
    reader.intake.graph->poll = NULL;
    if (status == RG_OK) {
        *view = reader.view;
        return reader.intake.graph;
    }
    rg_view_free(reader.view);
    rg_graph_free(reader.intake.graph);
    return NULL;
}

struct rg_graph *rg_line_read(const char *data, size_t size,
                              struct rg_poll *poll, struct rg_error *error)
{
    struct rg_view *view;
    struct rg_graph *graph = read_graph(data, size, &view, poll, error);
    rg_view_free(view);
    return graph;
}

struct rg_graph *rg_line_read_view(const char *data, size_t size,
                                   struct rg_view **view,
                                   struct rg_error *error)
{
    return read_graph(data, size, view, NULL, error);
}
