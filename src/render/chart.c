#include "render/chart.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "render/label.h"

static const char first_word[] = "referrers-chart\t1\t";
static const char *const looks[] = {"root", "place", "point", "new"};
static const char *const styles[] = {"strong", "muted", "mono"};

enum { MOST_FIELDS = 7, MOST_BOXES = 1 << 20, MOST_WIDTH = 1000 };

void rg_chart_free(struct rg_chart *chart)
{
    for (size_t i = 0; i < chart->box_count; i++) {
        rg_buffer_free(&chart->boxes[i].rows.text);
        rg_buffer_free(&chart->boxes[i].label);
        rg_buffer_free(&chart->boxes[i].tip);
    }
    rg_free(chart->boxes);
    rg_buffer_free(&chart->title);
    rg_buffer_free(&chart->head.text);
    *chart = (struct rg_chart){0};
}

enum rg_status rg_chart_add(struct rg_chart *chart, uint32_t above,
                            enum rg_chart_look look, struct rg_chart_box **box)
{
    void *boxes = chart->boxes;
    *box = NULL;
    if (rg_grow(&boxes, &chart->box_capacity, chart->box_count + 1,
                sizeof *chart->boxes) < 0)
        return RG_ENOMEM;
    chart->boxes = boxes;
    *box = &chart->boxes[chart->box_count++];
    **box = (struct rg_chart_box){.above = above, .look = (uint8_t)look};
    return RG_OK;
}

enum rg_status rg_rows_add(struct rg_rows *rows, enum rg_style style,
                           const char *data, size_t size, size_t width)
{
    struct rg_sink sink = rg_sink_to_buffer(&rows->text);
    size_t start = rows->text.size;
    if (rows->count == RG_MAX_ROWS)
        return RG_ELIMIT;
    rg_label_safe(&sink, data, size, width,
                  style == RG_STYLE_MONO ? RG_ELIDE_FRONT : RG_ELIDE_MIDDLE);
    rows->row[rows->count].style = style;
    rows->row[rows->count].start = start;
    rows->row[rows->count++].size = rows->text.size - start;
    return sink.status;
}

/* Writing */

static void write_chart_rows(struct rg_sink *sink, const char *word,
                             const struct rg_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        rg_sink_format(sink, "%s\t%s\t", word, styles[rows->row[i].style]);
        rg_sink_write(sink, rows->text.data + rows->row[i].start,
                      rows->row[i].size);
        rg_sink_text(sink, "\n");
    }
}

static void write_box(struct rg_sink *sink, const struct rg_chart_box *box)
{
    rg_sink_text(sink, "box\t");
    if (box->above == RG_NONE)
        rg_sink_text(sink, "-");
    else
        rg_sink_format(sink, "%" PRIu32, box->above);
    rg_sink_format(sink, "\t%s\t%d\t%" PRIu32 "\t", looks[box->look],
                   box->on_path ? 1 : 0, box->part);
    rg_sink_write(sink, box->label.data, box->label.size);
    rg_sink_text(sink, "\t");
    rg_sink_write(sink, box->tip.data, box->tip.size);
    rg_sink_text(sink, "\n");
    write_chart_rows(sink, "row", &box->rows);
}

void rg_chart_write(const struct rg_chart *chart, struct rg_sink *sink)
{
    rg_sink_format(sink, "%s%s\ntitle\t", first_word,
                   chart->across ? "across" : "down");
    rg_sink_write(sink, chart->title.data, chart->title.size);
    rg_sink_text(sink, "\n");
    write_chart_rows(sink, "head", &chart->head);
    for (size_t i = 0; i < chart->box_count; i++)
        write_box(sink, &chart->boxes[i]);
    rg_sink_format(sink, "end\t%zu\n", chart->box_count);
}

/* Reading */

struct chart_reader {
    struct rg_chart *chart;
    struct {
        const char *data;
        size_t size;
    } fields[MOST_FIELDS];
    size_t field_count, line;
    bool ended;
    struct rg_error *error;
};

bool rg_chart_is(const char *data, size_t size)
{
    return size >= sizeof first_word - 1 &&
           memcmp(data, first_word, sizeof first_word - 1) == 0;
}

static enum rg_status chart_wrong(const struct chart_reader *reader,
                                  const char *words)
{
    return rg_error_set(reader->error, RG_EFORMAT, "chart line %zu: %s",
                        reader->line, words);
}

static bool is_field(const struct chart_reader *reader, size_t field,
                     const char *word)
{
    return reader->fields[field].size == strlen(word) &&
           memcmp(reader->fields[field].data, word, strlen(word)) == 0;
}

/* Cuts a line at its TABs; false when there are too many. */
static bool cut_fields(struct chart_reader *reader, const char *data,
                       const char *end)
{
    reader->field_count = 0;
    for (const char *start = data; start <= end;) {
        const char *tab = memchr(start, '\t', (size_t)(end - start));
        const char *stop = tab == NULL ? end : tab;
        if (reader->field_count == MOST_FIELDS)
            return false;
        reader->fields[reader->field_count].data = start;
        reader->fields[reader->field_count++].size = (size_t)(stop - start);
        start = stop + 1;
    }
    return true;
}

static bool read_count(const struct chart_reader *reader, size_t field,
                       uint32_t most, uint32_t *count)
{
    const char *data = reader->fields[field].data;
    size_t size = reader->fields[field].size;
    *count = 0;
    for (size_t i = 0; i < size; i++) {
        if (data[i] < '0' || data[i] > '9')
            return false;
        *count = *count * 10 + (uint32_t)(data[i] - '0');
        if (*count > most)
            return false;
    }
    return size > 0;
}

/* The number of a field's word among `count`; `count` when it is none. */
static size_t read_word(const struct chart_reader *reader, size_t field,
                        const char *const *words, size_t count)
{
    size_t i = 0;
    while (i < count && !is_field(reader, field, words[i]))
        i++;
    return i;
}

static enum rg_status read_chart_words(const struct chart_reader *reader,
                                       size_t field, struct rg_buffer *out)
{
    struct rg_sink sink = rg_sink_to_buffer(out);
    out->size = 0;
    rg_label_safe(&sink, reader->fields[field].data, reader->fields[field].size,
                  MOST_WIDTH, RG_ELIDE_MIDDLE);
    return sink.status;
}

static enum rg_status read_chart_row(struct chart_reader *reader,
                                     struct rg_rows *rows)
{
    size_t count = sizeof styles / sizeof *styles;
    if (reader->field_count != 3)
        return chart_wrong(reader, "has a wrong number of fields");
    size_t style = read_word(reader, 1, styles, count);
    if (style == count)
        return chart_wrong(reader, "has an unknown style");
    enum rg_status status =
        rg_rows_add(rows, (enum rg_style)style, reader->fields[2].data,
                    reader->fields[2].size, MOST_WIDTH);
    return status == RG_ELIMIT ? chart_wrong(reader, "is one row too many")
                               : status;
}

static enum rg_status read_box(struct chart_reader *reader)
{
    struct rg_chart *chart = reader->chart;
    struct rg_chart_box *box;
    uint32_t above = RG_NONE, on_path, part;
    if (reader->field_count != MOST_FIELDS)
        return chart_wrong(reader, "has a wrong number of fields");
    if (!is_field(reader, 1, "-") &&
        (chart->box_count == 0 ||
         !read_count(reader, 1, (uint32_t)chart->box_count - 1, &above)))
        return chart_wrong(reader, "is below no box");
    size_t look = read_word(reader, 2, looks, RG_CHART_LOOK_COUNT);
    if (look == RG_CHART_LOOK_COUNT || !read_count(reader, 3, 1, &on_path) ||
        !read_count(reader, 4, RG_CHART_PARTS, &part))
        return chart_wrong(reader, "is no box");
    if (chart->box_count == MOST_BOXES)
        return chart_wrong(reader, "is one box too many");
    enum rg_status status =
        rg_chart_add(chart, above, (enum rg_chart_look)look, &box);
    if (status != RG_OK)
        return status;
    box->on_path = on_path == 1;
    box->part = part;
    status = read_chart_words(reader, 5, &box->label);
    return status == RG_OK ? read_chart_words(reader, 6, &box->tip) : status;
}

static enum rg_status read_chart_end(struct chart_reader *reader)
{
    uint32_t count;
    if (reader->field_count != 2 ||
        !read_count(reader, 1, MOST_BOXES, &count) ||
        count != reader->chart->box_count)
        return chart_wrong(reader, "counts other boxes than there are");
    reader->ended = true;
    return RG_OK;
}

static enum rg_status read_first(struct chart_reader *reader)
{
    bool is_across = reader->field_count == 3 && is_field(reader, 2, "across");
    if (reader->field_count != 3 || !is_field(reader, 0, "referrers-chart") ||
        !is_field(reader, 1, "1") ||
        (!is_across && !is_field(reader, 2, "down")))
        return chart_wrong(reader, "is no chart");
    reader->chart->across = is_across;
    return RG_OK;
}

static enum rg_status read_line(struct chart_reader *reader)
{
    struct rg_chart *chart = reader->chart;
    if (reader->line == 1)
        return read_first(reader);
    if (reader->ended)
        return chart_wrong(reader, "stands behind the end");
    if (is_field(reader, 0, "title") && reader->field_count == 2)
        return read_chart_words(reader, 1, &chart->title);
    if (is_field(reader, 0, "head"))
        return read_chart_row(reader, &chart->head);
    if (is_field(reader, 0, "box"))
        return read_box(reader);
    if (is_field(reader, 0, "row") && chart->box_count > 0)
        return read_chart_row(reader, &chart->boxes[chart->box_count - 1].rows);
    if (is_field(reader, 0, "end"))
        return read_chart_end(reader);
    return chart_wrong(reader, "is of no known kind");
}

enum rg_status rg_chart_read(const char *data, size_t size,
                             struct rg_chart *chart, struct rg_error *error)
{
    struct chart_reader reader = {.chart = chart, .error = error};
    const char *at = data, *end = data + size;
    enum rg_status status = RG_OK;
    *chart = (struct rg_chart){0};
    while (status == RG_OK && at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        reader.line++;
        if (stop == NULL)
            return chart_wrong(&reader, "the chart is cut off here");
        status = cut_fields(&reader, at, stop)
                     ? read_line(&reader)
                     : chart_wrong(&reader, "has too many fields");
        at = stop + 1;
    }
    if (status == RG_OK && !reader.ended)
        return chart_wrong(&reader, "the chart is cut off here");
    return status == RG_ENOMEM ? rg_error_no_memory(error) : status;
}
