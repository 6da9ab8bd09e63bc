#include "dump/scan.h"

#include <string.h>

void rg__scan_fail(struct rg__scan *scan, enum rg_status status,
                   const char *what)
{
    if (scan->status != RG_OK || status == RG_OK)
        return;
    scan->status = status;
    if (status == RG_EFORMAT && scan->at == scan->end && !scan->is_read)
        rg_error_set(scan->error, status,
                     "the heap file ends too early (in %s): part of it is "
                     "missing",
                     what);
    else if (status == RG_EFORMAT)
        rg_error_set(scan->error, status,
                     "this is not a heap that referrers wrote: %s is not as it "
                     "should be",
                     what);
    else if (status == RG_ENOMEM)
        rg_error_no_memory(scan->error);
    else if (status == RG_ELIMIT)
        rg_error_set(scan->error, status,
                     "the heap is larger than referrers can count: %s", what);
}

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r';
}

static void pass_space(struct rg__scan *scan)
{
    while (scan->at < scan->end && is_space(*scan->at))
        scan->at++;
}

bool rg__scan_is(struct rg__scan *scan, char byte)
{
    if (scan->status != RG_OK)
        return false;
    pass_space(scan);
    if (scan->at == scan->end || *scan->at != byte)
        return false;
    scan->at++;
    return true;
}

void rg__scan_expect(struct rg__scan *scan, char byte, const char *where)
{
    if (!rg__scan_is(scan, byte))
        rg__scan_fail(scan, RG_EFORMAT, where);
}

bool rg__scan_next(struct rg__scan *scan, bool *first, char close,
                   const char *where)
{
    if (rg__scan_is(scan, close))
        return false;
    if (!*first)
        rg__scan_expect(scan, ',', where);
    *first = false;
    return scan->status == RG_OK;
}

/* Numbers */

uint64_t rg__scan_number(struct rg__scan *scan, uint64_t most,
                         const char *where)
{
    if (scan->status != RG_OK)
        return 0;
    pass_space(scan);
    const char *at = scan->at;
    uint64_t number = 0;
    unsigned digit;
    while (at < scan->end &&
           (digit = (unsigned char)*at - (unsigned)'0') < 10) {
        if (digit > most || number > (most - digit) / 10) {
            rg__scan_fail(scan, RG_EFORMAT, where);
            return 0;
        }
        number = number * 10 + digit;
        at++;
    }
    bool is_number = at > scan->at;
    scan->at = at;
    if (!is_number ||
        (at < scan->end && (*at == '.' || *at == 'e' || *at == 'E')))
        rg__scan_fail(scan, RG_EFORMAT, where);
    return number;
}

uint64_t rg__scan_place(struct rg__scan *scan, uint64_t most, const char *where)
{
    if (!rg__scan_is(scan, '-'))
        return rg__scan_number(scan, most, where);
    rg__scan_number(scan, 1, where);
    return UINT64_MAX;
}

/* Strings */

static void append(struct rg__scan *scan, struct rg_buffer *out,
                   const char *data, size_t size)
{
    if (out != NULL && size > 0 && rg_buffer_append(out, data, size) < 0)
        rg__scan_fail(scan, RG_ENOMEM, "");
}

static void append_point(struct rg__scan *scan, struct rg_buffer *out,
                         uint32_t point)
{
    const char bytes[4][4] = {
        {(char)point},
        {(char)(0xc0 | point >> 6), (char)(0x80 | (point & 0x3f))},
        {(char)(0xe0 | point >> 12), (char)(0x80 | (point >> 6 & 0x3f)),
         (char)(0x80 | (point & 0x3f))},
        {(char)(0xf0 | point >> 18), (char)(0x80 | (point >> 12 & 0x3f)),
         (char)(0x80 | (point >> 6 & 0x3f)), (char)(0x80 | (point & 0x3f))}};
    size_t size = point < 0x80      ? 1
                  : point < 0x800   ? 2
                  : point < 0x10000 ? 3
                                    : 4;
    append(scan, out, bytes[size - 1], size);
}

/* Four digits behind \u; UINT32_MAX: they are none. */
static uint32_t hexadecimal(const char *at, const char *end)
{
    uint32_t number = 0;
    if (end - at < 4)
        return UINT32_MAX;
    for (int i = 0; i < 4; i++) {
        char c = at[i];
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10)
                                                : 16;
        if (digit == 16)
            return UINT32_MAX;
        number = number * 16 + digit;
    }
    return number;
}

/* \u, of which two may be one character. */
static void read_point(struct rg__scan *scan, struct rg_buffer *out,
                       const char *where)
{
    uint32_t point = hexadecimal(scan->at, scan->end);
    if (point == UINT32_MAX) {
        rg__scan_fail(scan, RG_EFORMAT, where);
        return;
    }
    scan->at += 4;
    bool is_high = point >= 0xd800 && point < 0xdc00;
    if (is_high && scan->end - scan->at >= 6 && scan->at[0] == '\\' &&
        scan->at[1] == 'u') {
        uint32_t low = hexadecimal(scan->at + 2, scan->end);
        if (low >= 0xdc00 && low < 0xe000) {
            point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
            scan->at += 6;
        }
    }
    append_point(scan, out, point);
}

static void read_escape(struct rg__scan *scan, struct rg_buffer *out,
                        const char *where)
{
    static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    if (scan->at == scan->end) {
        rg__scan_fail(scan, RG_EFORMAT, where);
        return;
    }
    char letter = *scan->at++;
    const char *place = letter == '\0' ? NULL : strchr(letters, letter);
    if (letter == 'u')
        read_point(scan, out, where);
    else if (place != NULL)
        append(scan, out, &meant[place - letters], 1);
    else
        rg__scan_fail(scan, RG_EFORMAT, where);
}

void rg__scan_string(struct rg__scan *scan, struct rg_buffer *out,
                     const char *where)
{
    rg__scan_expect(scan, '"', where);
    while (scan->status == RG_OK) {
        const char *start = scan->at;
        while (scan->at < scan->end && *scan->at != '"' && *scan->at != '\\' &&
               (unsigned char)*scan->at >= 0x20)
            scan->at++;
        append(scan, out, start, (size_t)(scan->at - start));
        char byte = scan->at < scan->end ? *scan->at : '\0';
        if (byte != '"' && byte != '\\') {
            rg__scan_fail(scan, RG_EFORMAT, where);
            return;
        }
        scan->at++;
        if (byte == '"')
            return;
        read_escape(scan, out, where);
    }
}

void rg__scan_name(struct rg__scan *scan, struct rg_buffer *name,
                   const char *where)
{
    name->size = 0;
    rg__scan_string(scan, name, where);
    rg__scan_expect(scan, ':', where);
}

bool rg__scan_is_name(const struct rg_buffer *name, const char *text)
{
    return name->size == strlen(text) &&
           memcmp(name->data == NULL ? "" : name->data, text, name->size) == 0;
}

void rg__scan_end(struct rg__scan *scan, const char *where)
{
    pass_space(scan);
    if (scan->at < scan->end)
        rg__scan_fail(scan, RG_EFORMAT, where);
}

static bool ends_scalar(char byte)
{
    return is_space(byte) || (byte != '\0' && strchr(",:[]{}\"", byte) != NULL);
}

/* One word or mark of whatever it is; brackets are counted and not matched,
 * since nothing is made of it. */
static void skip_token(struct rg__scan *scan, size_t *depth, const char *where)
{
    char byte = *scan->at;
    bool closes = byte == ']' || byte == '}';
    if (byte == '"') {
        rg__scan_string(scan, NULL, where);
    } else if (!ends_scalar(byte)) {
        while (scan->at < scan->end && !ends_scalar(*scan->at))
            scan->at++;
    } else if (*depth == 0 && (closes || byte == ',' || byte == ':')) {
        rg__scan_fail(scan, RG_EFORMAT, where);
    } else {
        *depth += byte == '[' || byte == '{';
        *depth -= closes;
        scan->at++;
    }
}

void rg__scan_skip(struct rg__scan *scan, const char *where)
{
    size_t depth = 0;
    do {
        pass_space(scan);
        if (scan->at == scan->end)
            rg__scan_fail(scan, RG_EFORMAT, where);
        else
            skip_token(scan, &depth, where);
    } while (scan->status == RG_OK && depth > 0);
}
