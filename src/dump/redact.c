#include "dump/redact.h"

#include <stdbool.h>
#include <string.h>

static enum rg_status put(struct rg_buffer *out, const char *text)
{
    return rg_buffer_append(out, text, strlen(text)) < 0 ? RG_ENOMEM : RG_OK;
}

static enum rg_status put_decimal(struct rg_buffer *out, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return rg_buffer_append(out, digits + at, sizeof digits - at) < 0
               ? RG_ENOMEM
               : RG_OK;
}

/* <str, 5 characters> */
static enum rg_status put_counted(struct rg_buffer *out, const char *kind,
                                  uint64_t count, const char *word)
{
    enum rg_status status = put(out, "<");
    if (status == RG_OK)
        status = put(out, kind);
    if (status == RG_OK)
        status = put(out, ", ");
    if (status == RG_OK)
        status = put_decimal(out, count);
    if (status == RG_OK)
        status = put(out, " ");
    if (status == RG_OK)
        status = put(out, word);
    return status == RG_OK ? put(out, count == 1 ? ">" : "s>") : status;
}

static bool begins(const char *data, size_t size, const char *with)
{
    size_t length = strlen(with);
    return size >= length && memcmp(data, with, length) == 0;
}

static bool is(const char *data, size_t size, const char *text)
{
    return size == strlen(text) && begins(data, size, text);
}

/* Whatever reads as no int is a float: also inf and nan. */
static enum rg_status put_numeral(struct rg_buffer *out, const char *data,
                                  size_t size)
{
    size_t sign = size > 0 && data[0] == '-' ? 1 : 0, digits = 0;
    while (sign + digits < size && data[sign + digits] >= '0' &&
           data[sign + digits] <= '9')
        digits++;
    if (digits > 0 && sign + digits == size)
        return put_counted(out, "int", digits, "digit");
    return put(out, begins(data, size, "int of ") ? "<int>" : "<float>");
}

enum rg_status rg_dump_redact_key(enum rg_key_type type, uint64_t number,
                                  struct rg_buffer *text)
{
    struct rg_buffer old = *text;
    enum rg_status status = RG_OK;
    *text = (struct rg_buffer){0};
    switch (type) {
    case RG_KEY_STR:
        status = put_counted(text, "str", number, "character");
        break;
    case RG_KEY_BYTES:
        status = put_counted(text, "bytes", number, "byte");
        break;
    case RG_KEY_TUPLE:
        status = put_counted(text, "tuple", number, "item");
        break;
    case RG_KEY_NUMBER:
        status = put_numeral(text, old.data, old.size);
        break;
    case RG_KEY_CONSTANT:
        status =
            put(text, is(old.data, old.size, "None") ? "<None>" : "<bool>");
        break;
    case RG_KEY_INNER:
        status = put(text, "<key>");
        break;
    default:
        *text = old;
        return RG_OK;
    }
    rg_buffer_free(&old);
    return status;
}

bool rg_dump_is_hidden_key(enum rg_key_type type)
{
    return (type >= RG_KEY_STR && type <= RG_KEY_TUPLE) || type == RG_KEY_INNER;
}

/* Characters of UTF-8. */
static uint64_t characters(const char *data, size_t size)
{
    uint64_t count = 0;
    for (size_t i = 0; i < size; i++)
        count += ((unsigned char)data[i] & 0xc0) != 0x80;
    return count;
}

static bool is_shortened(const char *data, size_t size)
{
    for (size_t i = 0; i + 3 <= size; i++)
        if (memcmp(data + i, "\xe2\x80\xa6", 3) == 0)
            return true;
    return false;
}

/* A text of which `quotes` characters are not its own; the length of one that
 * was shortened is not known. */
static enum rg_status put_length(struct rg_buffer *out, const char *kind,
                                 const char *word, uint64_t quotes,
                                 const char *data, size_t size)
{
    uint64_t count = characters(data, size);
    if (!is_shortened(data, size))
        return put_counted(out, kind, count < quotes ? 0 : count - quotes,
                           word);
    enum rg_status status = put(out, "<");
    if (status == RG_OK)
        status = put(out, kind);
    return status == RG_OK ? put(out, ">") : status;
}

/* The bytes of `name=` in front of a value. */
static size_t front_of(const char *data, size_t size)
{
    size_t at = 0;
    while (at < size && data[at] != '=' && data[at] != '\'' &&
           data[at] != '"' && data[at] != '(' && data[at] != ' ')
        at++;
    bool is_digit = size > 0 && data[0] >= '0' && data[0] <= '9';
    return at > 0 && at < size && data[at] == '=' && !is_digit ? at + 1 : 0;
}

static enum rg_status put_value(struct rg_buffer *out, const char *data,
                                size_t size)
{
    if (begins(data, size, "'") || begins(data, size, "\""))
        return put_length(out, "str", "character", 2, data, size);
    if (begins(data, size, "b'") || begins(data, size, "b\""))
        return put_length(out, "bytes", "byte", 3, data, size);
    if (is(data, size, "True") || is(data, size, "False"))
        return put(out, "<bool>");
    if (is(data, size, "None"))
        return put(out, "<None>");
    if (begins(data, size, "("))
        return put(out, "<tuple>");
    size_t sign = begins(data, size, "-") ? 1 : 0;
    bool is_number = sign < size && ((data[sign] >= '0' && data[sign] <= '9') ||
                                     data[sign] == '.');
    if (is_number || begins(data, size, "int of") ||
        begins(data + sign, size - sign, "inf") || is(data, size, "nan"))
        return put_numeral(out, data, size);
    return put_length(out, "str", "character", 0, data, size);
}

enum rg_status rg_dump_redact_value(struct rg_buffer *text)
{
    struct rg_buffer old = *text;
    size_t front = front_of(old.data, old.size);
    *text = (struct rg_buffer){0};
    enum rg_status status =
        rg_buffer_append(text, old.data, front) < 0 ? RG_ENOMEM : RG_OK;
    if (status == RG_OK)
        status = put_value(text, old.data + front, old.size - front);
    rg_buffer_free(&old);
    return status;
}
