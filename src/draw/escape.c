#include "draw/escape.h"

#include <stdbool.h>

#define NO_BREAK_SPACE "\xc2\xa0"

/* What takes the place of one byte, or NULL for itself. */
typedef const char *replacement(char byte);

/* Copies the text in runs between replaced bytes. */
static void replace(struct rg_sink *sink, const char *data, size_t size,
                    replacement *replacement_of)
{
    size_t start = 0;
    if (size == 0)
        return;     /* then `data` may be NULL, which knows no arithmetic */
    for (size_t i = 0; i < size; i++) {
        const char *text = replacement_of(data[i]);
        if (text == NULL)
            continue;
        rg_sink_write(sink, data + start, i - start);
        rg_sink_text(sink, text);
        start = i + 1;
    }
    rg_sink_write(sink, data + start, size - start);
}

static const char *in_xml(char byte)
{
    switch (byte) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    default:
        return NULL;
    }
}

static const char *in_html(char byte)
{
    return byte == '\\' ? "\\\\" : in_xml(byte);
}

static const char *in_label(char byte)
{
    if (byte == '&')
        return "&amp;";
    return byte == '\\' ? "\\\\" : NULL;
}

static const char *in_tooltip(char byte)
{
    if (byte == '&')
        return "&amp;";
    return byte == '\\' ? "\\\\\\\\" : NULL;
}

static const char *in_name(char byte)
{
    switch (byte) {
    case '&':
        return "+";
    case '\\':
        return "/";
    case '"':
        return "'";
    default:
        return NULL;
    }
}

/* A space at an end or next to another one: renderers drop those. */
static bool is_fragile(const char *data, size_t size, size_t i)
{
    return data[i] == ' ' && (i == 0 || i + 1 == size || data[i + 1] == ' ');
}

void rg__escape_html(struct rg_sink *sink, const char *data, size_t size)
{
    size_t start = 0;
    if (size == 0) {
        rg_sink_text(sink, NO_BREAK_SPACE);
        return;
    }
    for (size_t i = 0; i < size; i++) {
        if (!is_fragile(data, size, i))
            continue;
        replace(sink, data + start, i - start, in_html);
        rg_sink_text(sink, NO_BREAK_SPACE);
        start = i + 1;
    }
    replace(sink, data + start, size - start, in_html);
}

void rg__escape_tooltip(struct rg_sink *sink, const char *data, size_t size)
{
    replace(sink, data, size, in_tooltip);
}

void rg__escape_label(struct rg_sink *sink, const char *data, size_t size)
{
    replace(sink, data, size, in_label);
}

void rg__escape_name(struct rg_sink *sink, const char *data, size_t size)
{
    replace(sink, data, size, in_name);
}

void rg__escape_xml(struct rg_sink *sink, const char *data, size_t size)
{
    replace(sink, data, size, in_xml);
}
