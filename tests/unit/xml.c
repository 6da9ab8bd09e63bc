#include "xml.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "unit.h"

enum { MAX_DEPTH = 64, MAX_NAME = 64 };

struct reader {
    const char *what, *start, *at, *end;
    char open[MAX_DEPTH][MAX_NAME];
    size_t depth;
};

#define REQUIRE(reader, holds, words) \
    do { \
        if (!(holds)) \
            fail_msg("%s, byte %td: %s", (reader)->what, \
                     (reader)->at - (reader)->start, words); \
    } while (0)

static bool is_name_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == ':' || byte == '-' ||
           byte == '_';
}

static size_t read_name(struct reader *reader, char *name)
{
    size_t size = 0;
    while (reader->at < reader->end && is_name_byte(*reader->at)) {
        REQUIRE(reader, size + 1 < MAX_NAME, "a name is too long");
        name[size++] = *reader->at++;
    }
    name[size] = '\0';
    REQUIRE(reader, size > 0, "a name is missing");
    return size;
}

static void skip_space(struct reader *reader)
{
    while (reader->at < reader->end &&
           (*reader->at == ' ' || *reader->at == '\n'))
        reader->at++;
}

static bool is_allowed(uint32_t point)
{
    return point == '\t' || point == '\n' || point == '\r' ||
           (point >= 0x20 && point < 0xd800) ||
           (point >= 0xe000 && point < 0xfffe) ||
           (point >= 0x10000 && point <= 0x10ffff);
}

/* &lt; &gt; &amp; &quot; &apos; &#39; &#160; */
static void read_entity(struct reader *reader)
{
    static const char *const known[] = {"&lt;", "&gt;", "&amp;", "&quot;",
                                        "&apos;"};
    size_t left = (size_t)(reader->end - reader->at);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (left >= strlen(known[i]) &&
            memcmp(reader->at, known[i], strlen(known[i])) == 0) {
            reader->at += strlen(known[i]);
            return;
        }
    REQUIRE(reader, left > 3 && reader->at[1] == '#', "an unknown entity");
    uint32_t point = 0;
    for (reader->at += 2; reader->at < reader->end && *reader->at >= '0' &&
                          *reader->at <= '9' && point < 0x110000;
         reader->at++)
        point = point * 10 + (uint32_t)(*reader->at - '0');
    REQUIRE(reader, reader->at < reader->end && *reader->at == ';',
            "a reference without an end");
    REQUIRE(reader, is_allowed(point), "a reference to no character");
    reader->at++;
}

static void read_character(struct reader *reader)
{
    const unsigned char *byte = (const unsigned char *)reader->at;
    size_t length = *byte < 0x80 ? 1 : *byte < 0xe0 ? 2 : *byte < 0xf0 ? 3 : 4;
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (*byte == '&') {
        read_entity(reader);
        return;
    }
    REQUIRE(reader, *byte < 0x80 || (*byte >= 0xc2 && *byte < 0xf5),
            "no UTF-8");
    REQUIRE(reader, length <= (size_t)(reader->end - reader->at),
            "half a character");
    uint32_t point = length == 1 ? *byte : *byte & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        REQUIRE(reader, (byte[i] & 0xc0) == 0x80, "no UTF-8");
        point = point << 6 | (byte[i] & 0x3f);
    }
    REQUIRE(reader, point >= least[length], "overlong UTF-8");
    REQUIRE(reader, is_allowed(point), "a character that XML has not");
    reader->at += length;
}

static void read_attribute(struct reader *reader)
{
    char name[MAX_NAME];
    read_name(reader, name);
    REQUIRE(reader,
            reader->end - reader->at > 2 && reader->at[0] == '=' &&
                reader->at[1] == '"',
            "an attribute without a value");
    reader->at += 2;
    while (reader->at < reader->end && *reader->at != '"') {
        REQUIRE(reader, *reader->at != '<', "a tag in an attribute");
        read_character(reader);
    }
    REQUIRE(reader, reader->at < reader->end, "an attribute without an end");
    reader->at++;
}

static void read_end_tag(struct reader *reader)
{
    char name[MAX_NAME];
    reader->at += 2;
    read_name(reader, name);
    REQUIRE(reader, reader->depth > 0, "an end without a start");
    REQUIRE(reader, strcmp(name, reader->open[--reader->depth]) == 0,
            "tags overlap");
    REQUIRE(reader, reader->at < reader->end && *reader->at == '>',
            "an end tag without an end");
    reader->at++;
}

static void read_tag(struct reader *reader)
{
    if (reader->end - reader->at > 1 && reader->at[1] == '/') {
        read_end_tag(reader);
        return;
    }
    reader->at++;
    REQUIRE(reader, reader->depth < MAX_DEPTH, "too deep");
    read_name(reader, reader->open[reader->depth++]);
    for (skip_space(reader);
         reader->at < reader->end && *reader->at != '>' && *reader->at != '/';
         skip_space(reader))
        read_attribute(reader);
    if (reader->at < reader->end && *reader->at == '/') {
        reader->at++;
        reader->depth--;
    }
    REQUIRE(reader, reader->at < reader->end && *reader->at == '>',
            "a tag without an end");
    reader->at++;
}

void xml_check(const char *what, const char *data, size_t size)
{
    struct reader reader = {
        .what = what, .start = data, .at = data, .end = data + size};
    REQUIRE(&reader, size > 0 && *data == '<', "it starts with no tag");
    do {
        if (*reader.at == '<')
            read_tag(&reader);
        else
            read_character(&reader);
        REQUIRE(&reader, reader.at < reader.end || reader.depth == 0,
                "a tag is not closed");
    } while (reader.depth > 0);
    skip_space(&reader);
    REQUIRE(&reader, reader.at == reader.end, "something follows the end");
}
