#include "render/label.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "render/quote.h"

#define ELLIPSIS "\xe2\x80\xa6"

enum { ELLIPSIS_POINT = 0x2026, BAD_BYTE = 0x110000 };

/* One character as it will be seen: a code point, or a byte that is part of
 * none.  Every bad byte is a unit of its own, so that units are the same
 * whether they are counted from the front or from the back. */
struct unit {
    uint32_t point; /* BAD_BYTE + byte for a bad one */
    unsigned size;  /* bytes, 1 to 4 */
};

static unsigned sequence_size(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    if (lead < 0xc2)
        return 0;
    if (lead < 0xe0)
        return 2;
    if (lead < 0xf0)
        return 3;
    return lead < 0xf5 ? 4 : 0;
}

/* Surrogates pass: their three bytes are how the graph keeps lone ones. */
static struct unit unit_at(const char *data, size_t size)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *byte = (const unsigned char *)data;
    struct unit bad = {BAD_BYTE + byte[0], 1};
    unsigned length = sequence_size(byte[0]);
    if (length == 1)
        return (struct unit){byte[0], 1};
    if (length == 0 || length > size)
        return bad;
    uint32_t point = byte[0] & (0x7fU >> length);
    for (unsigned i = 1; i < length; i++) {
        if ((byte[i] & 0xc0) != 0x80)
            return bad;
        point = point << 6 | (byte[i] & 0x3f);
    }
    if (point < least[length] || point > 0x10ffff)
        return bad;
    return (struct unit){point, length};
}

/* The unit that ends where `size` bytes end (size > 0). */
static struct unit unit_before(const char *data, size_t size)
{
    for (unsigned length = 1; length <= 4 && length <= size; length++) {
        struct unit unit = unit_at(data + size - length, length);
        if (unit.size == length && unit.point < BAD_BYTE)
            return unit;
    }
    return (struct unit){BAD_BYTE + (unsigned char)data[size - 1], 1};
}

/* What must not reach a person's screen as it is: controls, surrogates,
 * non-characters, and what Unicode calls default-ignorable (drawn as nothing,
 * or changing the order of the text around it). */
static const struct {
    uint32_t first, last;
} hidden[] = {
    {0x0000, 0x001f},   {0x007f, 0x009f},       {0x00ad, 0x00ad},
    {0x034f, 0x034f},   {0x061c, 0x061c},       {0x115f, 0x1160},
    {0x17b4, 0x17b5},   {0x180b, 0x180f},       {0x200b, 0x200f},
    {0x2028, 0x202e},   {0x2060, 0x206f},       {0x3164, 0x3164},
    {0xd800, 0xdfff},   {0xfdd0, 0xfdef},       {0xfe00, 0xfe0f},
    {0xfeff, 0xfeff},   {0xffa0, 0xffa0},       {0xfff0, 0xfffb},
    {0xfffe, 0xffff},   {0x1bca0, 0x1bca3},     {0x1d173, 0x1d17a},
    {0xe0000, 0xe0fff}, {BAD_BYTE, UINT32_MAX},
};

static bool is_hidden_point(uint32_t point)
{
    if (point >= 0x20 && point < 0x7f)
        return false;
    if (point >= 0x10000 && (point & 0xfffe) == 0xfffe)
        return true;
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
        if (point <= hidden[i].last)
            return point >= hidden[i].first;
    return false;
}

static void write_escape(struct rg_sink *sink, uint32_t point)
{
    if (point == '\n')
        rg_sink_text(sink, "\\n");
    else if (point == '\t')
        rg_sink_text(sink, "\\t");
    else if (point == '\r')
        rg_sink_text(sink, "\\r");
    else if (point >= BAD_BYTE)
        rg_sink_format(sink, "\\x%02x", (unsigned)(point - BAD_BYTE));
    else if (point < 0x100)
        rg_sink_format(sink, "\\x%02x", (unsigned)point);
    else if (point < 0x10000)
        rg_sink_format(sink, "\\u%04x", (unsigned)point);
    else
        rg_sink_format(sink, "\\U%08x", (unsigned)point);
}

/* Writes all units of `size` bytes; what is plain goes out in runs. */
static void write_units(struct rg_sink *sink, const char *data, size_t size,
                        char quote)
{
    size_t start = 0, at = 0;
    while (at < size) {
        struct unit unit = unit_at(data + at, size - at);
        bool quoted = quote != 0 && (unit.point == '\\' ||
                                     unit.point == (unsigned char)quote);
        if (quoted || is_hidden_point(unit.point)) {
            rg_sink_write(sink, data + start, at - start);
            if (quoted)
                rg_sink_format(sink, "\\%c", (char)unit.point);
            else
                write_escape(sink, unit.point);
            start = at + unit.size;
        }
        at += unit.size;
    }
    rg_sink_write(sink, data + start, size - start);
}

/* The bytes of the first `count` units; fewer where an ellipsis comes before,
 * when `stop` is set.  *left is what is missing to `count`. */
static size_t head_size(const char *data, size_t size, size_t count, bool stop,
                        size_t *left)
{
    size_t at = 0;
    while (at < size && count != 0) {
        struct unit unit = unit_at(data + at, size - at);
        if (stop && unit.point == ELLIPSIS_POINT)
            break;
        at += unit.size;
        count--;
    }
    *left = count;
    return at;
}

/* The same from the end. */
static size_t tail_size(const char *data, size_t size, size_t count,
                        size_t *left)
{
    size_t at = size;
    while (at != 0 && count != 0) {
        struct unit unit = unit_before(data, at);
        if (unit.point == ELLIPSIS_POINT)
            break;
        at -= unit.size;
        count--;
    }
    *left = count;
    return size - at;
}

/* The heap stores a long key as its first and last part around an ellipsis.
 * A part that reaches that ellipsis ends there, and the other part gets its
 * room, so that one ellipsis stands for all that is missing. */
static void write_around(struct rg_sink *sink, const char *data, size_t size,
                         size_t width, char quote)
{
    size_t left;
    size_t tail_width = (width - 1) / 2, head_width = width - 1 - tail_width;
    size_t head = head_size(data, size, head_width, true, &left);
    size_t tail = tail_size(data, size, tail_width + left, &left);
    /* `left` is what the tail could not use.  When the head was stopped by an
     * ellipsis of its own, asking again changes nothing. */
    if (left != 0)
        head = head_size(data, size, head_width + left, true, &left);
    write_units(sink, data, head, quote);
    rg_sink_text(sink, ELLIPSIS);
    write_units(sink, data + size - tail, tail, quote);
}

void rg__label_write(struct rg_sink *sink, const char *data, size_t size,
                     size_t width, enum rg_elide elide, char quote)
{
    size_t left;
    if (width == 0)
        return;
    if (head_size(data, size, width, false, &left) == size) {
        write_units(sink, data, size, quote);
    } else if (elide == RG_ELIDE_MIDDLE) {
        write_around(sink, data, size, width, quote);
    } else {
        size_t tail = tail_size(data, size, width - 1, &left);
        rg_sink_text(sink, ELLIPSIS);
        write_units(sink, data + size - tail, tail, quote);
    }
}

void rg__label_quoted(struct rg_sink *sink, const char *data, size_t size,
                      size_t width)
{
    bool has_single = size != 0 && memchr(data, '\'', size) != NULL;
    bool has_double = size != 0 && memchr(data, '"', size) != NULL;
    char quote = has_single && !has_double ? '"' : '\'';
    rg_sink_write(sink, &quote, 1);
    rg__label_write(sink, data, size, width, RG_ELIDE_MIDDLE, quote);
    rg_sink_write(sink, &quote, 1);
}

void rg_label_safe(struct rg_sink *sink, const char *data, size_t size,
                   size_t width, enum rg_elide elide)
{
    rg__label_write(sink, data, size, width, elide, 0);
}

void rg_label_text(struct rg_sink *sink, const struct rg_graph *graph,
                   struct rg_text text, size_t width)
{
    rg_label_safe(sink, rg_graph_bytes(graph, text), text.size, width,
                  RG_ELIDE_MIDDLE);
}
