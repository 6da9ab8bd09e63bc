#include "dump/out.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void rg__out_flush(struct rg__out *out)
{
    size_t done = 0;
    if (out->status == RG_OK)
        out->status = rg_poll(out->poll, RG_POLL_INTERVAL);
    while (out->status == RG_OK && done < out->used) {
        ssize_t count =
            write(out->descriptor, out->data + done, out->used - done);
        if (count >= 0) {
            done += (size_t)count;
        } else if (errno != EINTR) {
            out->status = RG_EIO;
            out->number = errno;
        }
    }
    out->written += done;
    out->used = 0;
}

void rg__out_bytes(struct rg__out *out, const char *data, size_t size)
{
    while (size > 0) {
        if (out->used >= RG__OUT_SIZE)
            rg__out_flush(out);
        size_t part = RG__OUT_SIZE - out->used;
        if (part > size)
            part = size;
        memcpy(out->data + out->used, data, part);
        out->used += part;
        data += part;
        size -= part;
    }
}

void rg__out_text(struct rg__out *out, const char *text)
{
    rg__out_bytes(out, text, strlen(text));
}

/* Nearly all of a file is numbers, and most have few digits.  They are counted
 * first, so that they are written where they stay: what is read back as soon as
 * it was written in other pieces makes a processor wait. */

static const char pairs[] = "0001020304050607080910111213141516171819"
                            "2021222324252627282930313233343536373839"
                            "4041424344454647484950515253545556575859"
                            "6061626364656667686970717273747576777879"
                            "8081828384858687888990919293949596979899";

static unsigned digits_of_number(uint64_t number)
{
    unsigned count = 1;
    for (; number >= 10000; number /= 10000)
        count += 4;
    return count + (number >= 10) + (number >= 100) + (number >= 1000);
}

/* The last digit stands before `end`. */
static void put_digits(char *end, uint64_t number)
{
    while (number > UINT32_MAX) {
        *--end = (char)('0' + number % 10);
        number /= 10;
    }
    uint32_t small = (uint32_t)number;
    while (small >= 100) {
        end -= 2;
        memcpy(end, pairs + small % 100 * 2, 2);
        small /= 100;
    }
    if (small >= 10)
        memcpy(end - 2, pairs + small * 2, 2);
    else
        end[-1] = (char)('0' + small);
}

void rg__out_number(struct rg__out *out, uint64_t number)
{
    if (out->used >= RG__OUT_SIZE)
        rg__out_flush(out);
    if (number < 10) {
        out->data[out->used++] = (char)('0' + number);
        return;
    }
    out->used += digits_of_number(number);
    put_digits(out->data + out->used, number);
}

void rg__out_signed(struct rg__out *out, int64_t number)
{
    if (number < 0)
        rg__out_byte(out, '-');
    rg__out_number(out, number < 0 ? -(uint64_t)number : (uint64_t)number);
}

/* Strings */

static void escape(struct rg__out *out, uint32_t point)
{
    static const char digits[] = "0123456789abcdef";
    const char text[] = {'\\',
                         'u',
                         digits[point >> 12 & 15],
                         digits[point >> 8 & 15],
                         digits[point >> 4 & 15],
                         digits[point & 15]};
    rg__out_bytes(out, text, sizeof text);
}

/* The bytes of the character that begins here; 0: they are none. */
static size_t character(const unsigned char *byte, size_t size)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = byte[0] < 0xc2   ? 0
                    : byte[0] < 0xe0 ? 2
                    : byte[0] < 0xf0 ? 3
                    : byte[0] < 0xf5 ? 4
                                     : 0;
    if (length == 0 || length > size)
        return 0;
    uint32_t point = byte[0] & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        if ((byte[i] & 0xc0) != 0x80)
            return 0;
        point = point << 6 | (byte[i] & 0x3f);
    }
    return point < least[length] || point > 0x10ffff ? 0 : length;
}

/* What may not stand in a string as it is; gives how many bytes it was. */
static size_t special(struct rg__out *out, const unsigned char *byte,
                      size_t size)
{
    if (byte[0] == '"' || byte[0] == '\\') {
        rg__out_byte(out, '\\');
        rg__out_byte(out, (char)byte[0]);
        return 1;
    }
    if (byte[0] < 0x80) {
        escape(out, byte[0]);
        return 1;
    }
    size_t length = character(byte, size);
    if (length == 3 && byte[0] == 0xed && byte[1] >= 0xa0)
        escape(out, 0xd000U | (byte[1] & 0x3fU) << 6 | (byte[2] & 0x3fU));
    else if (length == 0)
        escape(out, 0xfffd);
    else
        rg__out_bytes(out, (const char *)byte, length);
    return length == 0 ? 1 : length;
}

void rg__out_string(struct rg__out *out, const char *data, size_t size)
{
    const unsigned char *byte = (const unsigned char *)data;
    size_t at = 0;
    rg__out_byte(out, '"');
    while (at < size) {
        size_t plain = at;
        while (plain < size && byte[plain] >= 0x20 && byte[plain] < 0x7f &&
               byte[plain] != '"' && byte[plain] != '\\')
            plain++;
        rg__out_bytes(out, data + at, plain - at);
        at = plain;
        if (at < size)
            at += special(out, byte + at, size - at);
    }
    rg__out_byte(out, '"');
}
