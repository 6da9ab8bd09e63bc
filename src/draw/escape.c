#include "draw/escape.h"

#include <stdbool.h>

#include "render/xml.h"

#define NO_BREAK_SPACE "\xc2\xa0"

static const char *in_html(char byte)
{
    return byte == '\\' ? "\\\\" : rg_xml_entity(byte);
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
        rg_sink_replaced(sink, data + start, i - start, in_html);
        rg_sink_text(sink, NO_BREAK_SPACE);
        start = i + 1;
    }
    rg_sink_replaced(sink, data + start, size - start, in_html);
}

void rg__escape_tooltip(struct rg_sink *sink, const char *data, size_t size)
{
    rg_sink_replaced(sink, data, size, in_tooltip);
}

void rg__escape_label(struct rg_sink *sink, const char *data, size_t size)
{
    rg_sink_replaced(sink, data, size, in_label);
}

void rg__escape_name(struct rg_sink *sink, const char *data, size_t size)
{
    rg_sink_replaced(sink, data, size, in_name);
}
