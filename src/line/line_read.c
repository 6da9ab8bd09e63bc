#include "line/line.h"

#include <string.h>

#include "line/line_reader.h"
#include "line/line_view.h"

/* Digits behind the point of a number of seconds. */
enum { FRACTION_DIGITS = 9, WHOLE_DIGITS = 10 };

/* Every complaint names its line. */
enum rg_status rg__line_wrong(struct reader *reader, const char *words)
{
    return rg_error_set(reader->error, RG_EFORMAT, "graph line %zu: %s",
                        reader->line, words);
}

/* What building the graph said, in this file's words. */
enum rg_status rg__line_built(struct reader *reader, enum rg_status status)
{
    if (status == RG_ENOMEM)
        return rg_error_no_memory(reader->error);
    if (status == RG_ELIMIT)
        return rg__line_wrong(reader,
                              "more records or words than can be counted");
    return status == RG_OK
               ? RG_OK
               : rg__line_wrong(reader, "does not fit the graph");
}

/* Cuts the next line into fields. */
static enum rg_status next_line(struct reader *reader)
{
    size_t left = (size_t)(reader->end - reader->at);
    const char *stop = left == 0 ? NULL : memchr(reader->at, '\n', left);
    reader->line++;
    if (stop == NULL)
        return rg__line_wrong(reader, "the graph is cut off here");
    reader->field_count = 0;
    for (const char *start = reader->at; start <= stop;) {
        const char *tab = memchr(start, '\t', (size_t)(stop - start));
        const char *end = tab == NULL ? stop : tab;
        if (reader->field_count == FIELD_LIMIT)
            return rg__line_wrong(reader, "has too many fields");
        reader->fields[reader->field_count].data = start;
        reader->fields[reader->field_count++].size = (size_t)(end - start);
        start = end + 1;
    }
    reader->at = stop + 1;
    return RG_OK;
}

static bool is_record(const struct reader *reader, const char *word)
{
    const struct field *field = &reader->fields[0];
    return field->size == strlen(word) &&
           memcmp(field->data, word, field->size) == 0;
}

enum rg_status rg__line_expect(struct reader *reader, size_t count)
{
    return reader->field_count == count
               ? RG_OK
               : rg__line_wrong(reader, "has a wrong number of fields");
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

enum rg_status rg__line_number(struct reader *reader, size_t at, uint64_t limit,
                               uint64_t *value)
{
    return parse_digits(reader->fields[at], 10, limit, value)
               ? RG_OK
               : rg__line_wrong(reader,
                                "has a number that is none or too large");
}

enum rg_status rg__line_small(struct reader *reader, size_t at, uint32_t limit,
                              uint32_t *value)
{
    uint64_t number;
    enum rg_status status = rg__line_number(reader, at, limit, &number);
    *value = (uint32_t)number;
    return status;
}

/* A number, or -1. */
enum rg_status rg__line_signed(struct reader *reader, size_t at,
                               int64_t *value)
{
    struct field field = reader->fields[at];
    *value = -1;
    if (field.size == 2 && memcmp(field.data, "-1", 2) == 0)
        return RG_OK;
    uint64_t number;
    enum rg_status status = rg__line_number(reader, at, INT64_MAX, &number);
    *value = (int64_t)number;
    return status;
}

/* An index below `count`; "-" (RG_NONE) is left to the caller's rules. */
enum rg_status rg__line_index(struct reader *reader, size_t at, size_t count,
                              uint32_t *index)
{
    struct field field = reader->fields[at];
    *index = RG_NONE;
    if (field.size == 1 && field.data[0] == '-')
        return RG_OK;
    enum rg_status status = rg__line_small(reader, at, RG_NONE - 1, index);
    if (status == RG_OK && *index >= count)
        return rg__line_wrong(reader, "names a record that is not there");
    return status;
}

/* Seconds as WHOLE or WHOLE.FRACTION. */
static enum rg_status read_seconds(struct reader *reader, size_t at,
                                   double *seconds)
{
    struct field whole = reader->fields[at], fraction = {"0", 1};
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
        return rg__line_wrong(reader,
                              "has a timeout that is no number of seconds");
    uint64_t scale = 1;
    for (size_t i = 0; i < fraction.size; i++)
        scale *= 10;
    *seconds = (double)units + (double)parts / (double)scale;
    return RG_OK;
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
            return rg__line_wrong(reader, "has a backslash that is no \\xHH");
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

enum rg_status rg__line_text(struct reader *reader, size_t at,
                             struct rg_text *text)
{
    struct field field = reader->fields[at];
    if (has_control(field))
        return rg__line_wrong(reader,
                              "has a control character that is not escaped");
    if (field.size != 0 && memchr(field.data, '\\', field.size) != NULL) {
        enum rg_status status = unescape_text(reader, field);
        if (status != RG_OK)
            return status;
        field.data = reader->unescaped.data;
        field.size = reader->unescaped.size;
    }
    return rg__line_built(reader,
                 rg_graph_text(reader->graph, field.data, field.size, text));
}

enum rg_status rg__line_kind(struct reader *reader, size_t at, uint8_t *kind)
{
    struct field field = reader->fields[at];
    *kind = (uint8_t)rg_kind_from_token(field.data, field.size);
    return *kind < RG_KIND_COUNT ? RG_OK
                                 : rg__line_wrong(reader,
                                                  "has an unknown kind");
}

enum rg_status rg__line_key_type(struct reader *reader, size_t at,
                                 uint8_t *type)
{
    struct field field = reader->fields[at];
    *type = (uint8_t)rg_key_type_from_token(field.data, field.size);
    return *type < RG_KEY_TYPE_COUNT ? RG_OK
                                     : rg__line_wrong(reader,
                                                      "has an unknown key type");
}

static enum rg_status read_unseen(struct reader *reader)
{
    STEP(rg__line_expect(reader, 3));
    struct field kind = reader->fields[1];
    enum rg_unseen unseen = rg_unseen_from_token(kind.data, kind.size);
    if (unseen >= RG_UNSEEN_COUNT)
        return rg__line_wrong(reader, "has an unknown kind of unseen objects");
    if (reader->graph->unseen[unseen] != 0)
        return rg__line_wrong(reader, "tells of unseen objects a second time");
    STEP(rg__line_signed(reader, 2, &reader->graph->unseen[unseen]));
    return reader->graph->unseen[unseen] == 0
               ? rg__line_wrong(reader, "tells of no objects")
               : RG_OK;
}

static enum rg_status read_value(struct reader *reader)
{
    uint32_t object;
    STEP(rg__line_expect(reader, 3));
    STEP(rg__line_index(reader, 1, reader->graph->object_count, &object));
    if (object == RG_NONE)
        return rg__line_wrong(reader, "names no object");
    if (reader->graph->objects[object].value.size != 0)
        return rg__line_wrong(reader, "gives an object a second value");
    return rg__line_text(reader, 2, &reader->graph->objects[object].value);
}

static enum rg_status read_redacted(struct reader *reader)
{
    STEP(rg__line_expect(reader, 1));
    if (reader->graph->redacted)
        return rg__line_wrong(reader, "says a second time that it is redacted");
    reader->graph->redacted = true;
    return RG_OK;
}

static enum rg_status read_root(struct reader *reader)
{
    struct rg_root root = {0};
    STEP(rg__line_expect(reader, 6));
    struct field kind = reader->fields[1];
    root.kind = (uint8_t)rg_root_kind_from_token(kind.data, kind.size);
    if (root.kind >= RG_ROOT_KIND_COUNT)
        return rg__line_wrong(reader, "has an unknown kind of root");
    STEP(rg__line_text(reader, 2, &root.name));
    STEP(rg__line_text(reader, 3, &root.thread));
    STEP(rg__line_text(reader, 4, &root.file));
    STEP(rg__line_small(reader, 5, UINT32_MAX, &root.line));
    return rg__line_built(reader,
                          rg_graph_add_root(reader->graph, &root, NULL));
}

static enum rg_status read_object(struct reader *reader)
{
    struct rg_object object = {0};
    STEP(rg__line_expect(reader, 9));
    if (!parse_digits(reader->fields[1], 16, UINT64_MAX, &object.id))
        return rg__line_wrong(reader,
                              "has an id that is no hexadecimal number");
    STEP(rg__line_small(reader, 2, UINT32_MAX, &object.flags));
    STEP(rg__line_text(reader, 3, &object.type));
    STEP(rg__line_text(reader, 4, &object.qualname));
    STEP(rg__line_text(reader, 5, &object.module));
    STEP(rg__line_text(reader, 6, &object.detail));
    STEP(rg__line_signed(reader, 7, &object.items));
    STEP(rg__line_small(reader, 8, UINT32_MAX, &object.depth));
    /* The flag comes back with the target line: one that is set already then
     * tells that a target is listed twice. */
    if (object.flags & RG_OBJECT_TARGET)
        reader->flagged_targets++;
    object.flags &= ~(uint32_t)RG_OBJECT_TARGET;
    return rg__line_built(reader,
                          rg_graph_add_object(reader->graph, &object, NULL));
}

static enum rg_status read_reference(struct reader *reader)
{
    const struct rg_graph *graph = reader->graph;
    struct rg_reference reference = {0};
    uint32_t flags;
    STEP(rg__line_expect(reader, 10));
    STEP(rg__line_index(reader, 1, graph->object_count, &reference.referent));
    STEP(rg__line_index(reader, 2, graph->object_count, &reference.referrer));
    STEP(rg__line_index(reader, 3, graph->root_count, &reference.root));
    STEP(rg__line_kind(reader, 4, &reference.kind));
    STEP(rg__line_small(reader, 5, UINT16_MAX, &flags));
    STEP(rg__line_key_type(reader, 6, &reference.key_type));
    STEP(rg__line_text(reader, 7, &reference.owner));
    STEP(rg__line_text(reader, 8, &reference.label));
    STEP(rg__line_number(reader, 9, UINT64_MAX, &reference.number));
    reference.flags = (uint16_t)flags;
    if (reference.referent == RG_NONE)
        return rg__line_wrong(reader, "has no referent");
    bool is_variable = rg_kind_words(reference.kind)->is_variable;
    if ((reference.root != RG_NONE) != is_variable ||
        (reference.referrer == RG_NONE) != is_variable)
        return rg__line_wrong(reader,
                              is_variable ? "a variable needs a root only"
                                         : "this kind needs a referrer only");
    return rg__line_built(reader,
                          rg_graph_add_reference(reader->graph, &reference));
}

static enum rg_status read_rest(struct reader *reader)
{
    struct rg_rest rest = {0};
    STEP(rg__line_expect(reader, 9));
    STEP(rg__line_index(reader, 1, reader->graph->object_count,
                        &rest.referent));
    STEP(rg__line_small(reader, 2, UINT32_MAX, &rest.after));
    STEP(rg__line_kind(reader, 3, &rest.kind));
    STEP(rg__line_key_type(reader, 4, &rest.key_type));
    STEP(rg__line_text(reader, 5, &rest.owner));
    STEP(rg__line_text(reader, 6, &rest.first));
    STEP(rg__line_text(reader, 7, &rest.last));
    STEP(rg__line_number(reader, 8, UINT64_MAX, &rest.count));
    if (rest.referent == RG_NONE)
        return rg__line_wrong(reader, "has no referent");
    return rg__line_built(reader, rg_graph_add_rest(reader->graph, &rest));
}

static enum rg_status read_target(struct reader *reader)
{
    uint32_t object;
    STEP(rg__line_expect(reader, 2));
    STEP(rg__line_index(reader, 1, reader->graph->object_count, &object));
    if (object == RG_NONE)
        return rg__line_wrong(reader, "names no object");
    if (reader->graph->objects[object].flags & RG_OBJECT_TARGET)
        return rg__line_wrong(reader, "names a target a second time");
    return rg__line_built(reader, rg_graph_add_target(reader->graph, object));
}

/* The records in the order in which they must come. */
static const struct {
    const char *word;
    enum rg_status (*read)(struct reader *reader);
} records[] = {
    {"redacted", read_redacted},
    {"unseen", read_unseen},
    {"root", read_root},
    {"object", read_object},
    {"reference", read_reference},
    {"rest", read_rest},
    {"target", read_target},
    {"verdict", rg__line_read_verdict},
    {"entry", rg__line_read_entry},
    {"path", rg__line_read_path},
    {"step", rg__line_read_step},
    {"native", rg__line_read_native},
    {"retained", rg__line_read_retained},
    {"value", read_value},
    {"view", rg__line_read_view},
    {"cluster", rg__line_read_cluster},
    {"node", rg__line_read_node},
    {"member", rg__line_read_member},
    {"arrow", rg__line_read_arrow},
    {"way", rg__line_read_way},
};

enum { RECORD_COUNT = sizeof records / sizeof records[0] };

static enum rg_status read_header(struct reader *reader)
{
    STEP(next_line(reader));
    if (!is_record(reader, "referrers-graph"))
        return rg__line_wrong(reader, "this is not a referrer graph");
    STEP(rg__line_expect(reader, 2));
    if (reader->fields[1].size != 1 || reader->fields[1].data[0] != '1')
        return rg__line_wrong(reader, "only version 1 of the format is known");
    STEP(next_line(reader));
    if (!is_record(reader, "limits"))
        return rg__line_wrong(reader, "the limits must come first");
    uint32_t timed_out;
    STEP(rg__line_expect(reader, 4));
    STEP(rg__line_signed(reader, 1, &reader->graph->max_depth));
    STEP(read_seconds(reader, 2, &reader->graph->timeout));
    STEP(rg__line_small(reader, 3, 1, &timed_out));
    reader->graph->timed_out = timed_out == 1;
    return RG_OK;
}

static enum rg_status read_end(struct reader *reader)
{
    const struct rg_graph *graph = reader->graph;
    uint64_t objects, references;
    STEP(rg__line_expect(reader, 3));
    STEP(rg__line_number(reader, 1, UINT64_MAX, &objects));
    STEP(rg__line_number(reader, 2, UINT64_MAX, &references));
    if (objects != graph->object_count || references != graph->reference_count)
        return rg__line_wrong(reader, "counts other records than there are");
    if (reader->flagged_targets != graph->target_count)
        return rg__line_wrong(reader, "not every target is listed");
    if (reader->at != reader->end)
        return rg__line_wrong(reader, "something comes behind the end");
    return RG_OK;
}

static enum rg_status read_records(struct reader *reader)
{
    size_t stage = 0;
    for (;;) {
        STEP(next_line(reader));
        if (is_record(reader, "end"))
            return read_end(reader);
        while (stage < RECORD_COUNT && !is_record(reader, records[stage].word))
            stage++;
        if (stage == RECORD_COUNT)
            return rg__line_wrong(reader, "is no record, or not in its place");
        STEP(records[stage].read(reader));
    }
}

/* Rules that need the whole graph are reported at its last line. */
static enum rg_status seal(struct reader *reader)
{
    struct rg_error broken = {0};
    enum rg_status status = rg_graph_seal(reader->graph, &broken);
    if (status == RG_OK)
        status = rg_graph_check(reader->graph, &broken);
    if (status == RG_OK && reader->view != NULL)
        status = rg_view_check(reader->view, &broken);
    if (status == RG_ENOMEM)
        return rg_error_no_memory(reader->error);
    return status == RG_OK ? RG_OK : rg__line_wrong(reader, broken.text);
}

struct rg_graph *rg_line_read(const char *data, size_t size,
                              struct rg_error *error)
{
    struct rg_view *view;
    struct rg_graph *graph = rg_line_read_view(data, size, &view, error);
    rg_view_free(view);
    return graph;
}

struct rg_graph *rg_line_read_view(const char *data, size_t size,
                                   struct rg_view **view,
                                   struct rg_error *error)
{
    *view = NULL;
    struct reader reader = {.error = error, .graph = rg_graph_new()};
    reader.at = size == 0 ? "" : data;
    reader.end = reader.at + size;
    if (reader.graph == NULL) {
        rg_error_no_memory(error);
        return NULL;
    }
    enum rg_status status = read_header(&reader);
    if (status == RG_OK)
        status = read_records(&reader);
    if (status == RG_OK)
        status = seal(&reader);
    rg_buffer_free(&reader.unescaped);
    if (status == RG_OK) {
        *view = reader.view;
        return reader.graph;
    }
    rg_view_free(reader.view);
    rg_graph_free(reader.graph);
    return NULL;
}
