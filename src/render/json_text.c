#include "render/json_text.h"

#include <stdint.h>
#include <string.h>

enum { REPLACEMENT = 0xfffd };

/* Reads one character, surrogates among them; its bytes.  Overlong forms and
 * what lies beyond U+10FFFF are no characters. */
static size_t read_character(const unsigned char *data, size_t size,
                             uint32_t *character)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = data[0] < 0x80   ? 1
                    : data[0] < 0xc0 ? 0
                    : data[0] < 0xe0 ? 2
                    : data[0] < 0xf0 ? 3
                    : data[0] < 0xf8 ? 4
                                     : 0;
    *character = REPLACEMENT;
    if (length == 0 || length > size)
        return 1;
    uint32_t value = length == 1 ? data[0] : data[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((data[i] & 0xc0) != 0x80)
            return 1;
        value = value << 6 | (data[i] & 0x3fu);
    }
    if (value < least[length] || value > 0x10ffff)
        return 1;
    *character = value;
    return length;
}

static void write_character(struct rg_sink *sink, uint32_t character)
{
    if (character > 0xffff) {
        character -= 0x10000;
        rg_sink_format(sink, "\\u%04x\\u%04x",
                       (unsigned)(0xd800 + (character >> 10)),
                       (unsigned)(0xdc00 + (character & 0x3ff)));
    } else if (character == '"' || character == '\\') {
        rg_sink_format(sink, "\\%c", (char)character);
    } else {
        rg_sink_format(sink, "\\u%04x", (unsigned)character);
    }
}

static bool is_plain_byte(unsigned char byte)
{
    return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

void rg__json_string(struct rg_sink *sink, const char *data, size_t size)
{
    rg_sink_text(sink, "\"");
    for (size_t i = 0; i < size;) {
        size_t start = i;
        while (i < size && is_plain_byte((unsigned char)data[i]))
            i++;
        rg_sink_write(sink, data + start, i - start);
        if (i == size)
            break;
        uint32_t character;
        i += read_character((const unsigned char *)data + i, size - i,
                            &character);
        write_character(sink, character);
    }
    rg_sink_text(sink, "\"");
}

void rg__json_key(struct rg_sink *sink, bool *is_first, const char *name)
{
    rg_sink_format(sink, "%s\"%s\": ", *is_first ? "" : ", ", name);
    *is_first = false;
}
