/* decimal.c - the shortest digits of a double, by whole numbers
 *
 * As Steele and White, and Burger and Dybvig, found them: the number is r / s,
 * half the distance to its neighbours is below / s and above / s, all four
 * exact; digits come out until what is left is nearer than a neighbour. */
#include "base/decimal.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
    FRACTION_BITS = 52,
    EXPONENT_BIAS = 1075, /* of a fraction read as a whole number */
    SPECIAL = 0x7ff,      /* the exponent of infinity and of no number */
    WORDS = 40,           /* 1,280 bits: the least double takes 1,140 */
    MOST_DIGITS = 17,
    FIRST_PLAIN = -3, /* the point's places that are written without */
    LAST_PLAIN = 16   /* an exponent, as Python does */
};

/* Least word first; words from `count` on are not there. */
struct big {
    uint32_t words[WORDS];
    int count;
};

static void big_set(struct big *big, uint64_t value)
{
    big->words[0] = (uint32_t)value;
    big->words[1] = (uint32_t)(value >> 32);
    big->count = big->words[1] != 0 ? 2 : big->words[0] != 0;
}

static void multiply(struct big *big, uint32_t factor)
{
    uint64_t carry = 0;
    for (int i = 0; i < big->count; i++) {
        carry += (uint64_t)big->words[i] * factor;
        big->words[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry != 0)
        big->words[big->count++] = (uint32_t)carry;
}

static void shift(struct big *big, int bits)
{
    for (; bits >= 31; bits -= 31)
        multiply(big, (uint32_t)1 << 31);
    multiply(big, (uint32_t)1 << bits);
}

static void scale(struct big *big, int power_of_ten)
{
    for (; power_of_ten >= 9; power_of_ten -= 9)
        multiply(big, 1000000000);
    for (; power_of_ten > 0; power_of_ten--)
        multiply(big, 10);
}

static int compare(const struct big *left, const struct big *right)
{
    if (left->count != right->count)
        return left->count < right->count ? -1 : 1;
    for (int i = left->count - 1; i >= 0; i--)
        if (left->words[i] != right->words[i])
            return left->words[i] < right->words[i] ? -1 : 1;
    return 0;
}

static void big_add(struct big *big, const struct big *other)
{
    uint64_t carry = 0;
    int count = big->count > other->count ? big->count : other->count;
    for (int i = 0; i < count; i++) {
        carry += (i < big->count ? (uint64_t)big->words[i] : 0) +
                 (i < other->count ? other->words[i] : 0);
        big->words[i] = (uint32_t)carry;
        carry >>= 32;
    }
    big->count = count;
    if (carry != 0)
        big->words[big->count++] = (uint32_t)carry;
}

/* `other` is no greater. */
static void subtract(struct big *big, const struct big *other)
{
    int64_t borrow = 0;
    for (int i = 0; i < big->count; i++) {
        borrow += (int64_t)big->words[i] -
                  (i < other->count ? (int64_t)other->words[i] : 0);
        big->words[i] = (uint32_t)borrow;
        borrow >>= 32;
    }
    while (big->count > 0 && big->words[big->count - 1] == 0)
        big->count--;
}

struct digits {
    struct big rest, unit, below, above;
    bool takes_bounds; /* a number half way reads back as this one */
    int point;         /* how many digits stand in front of it */
    int count;
    char text[MOST_DIGITS + 1];
};

/* Whether `rest` and the way to the upper neighbour reach `unit`. */
static bool reaches_unit(const struct digits *digits)
{
    struct big sum = digits->rest;
    big_add(&sum, &digits->above);
    return compare(&sum, &digits->unit) >= !digits->takes_bounds;
}

static void start_digits(struct digits *digits, uint64_t fraction, int exponent)
{
    /* Below a power of two the neighbours are half as far. */
    bool is_power = fraction == (uint64_t)1 << FRACTION_BITS &&
                    exponent > 1 - EXPONENT_BIAS;
    int up = exponent > 0 ? exponent : 0, down = exponent < 0 ? -exponent : 0;
    big_set(&digits->rest, fraction);
    big_set(&digits->unit, 1);
    big_set(&digits->below, 1);
    big_set(&digits->above, 1);
    shift(&digits->rest, up + 1 + is_power);
    shift(&digits->unit, down + 1 + is_power);
    shift(&digits->below, up);
    shift(&digits->above, up + is_power);
    digits->takes_bounds = fraction % 2 == 0;
}

/* Where the point is: as the binary exponent says, or one more. */
static void find_point(struct digits *digits, uint64_t fraction, int exponent)
{
    int bits = 0;
    for (uint64_t left = fraction; left > 1; left >>= 1)
        bits++;
    const double log10_of_2 = 0.30102999566398120;
    double estimate = (double)(exponent + bits) * log10_of_2 - 1e-10;
    int point = (int)estimate;
    point += (double)point < estimate;
    digits->point = point;
    if (point > 0)
        scale(&digits->unit, point);
    scale(&digits->rest, -point);
    scale(&digits->below, -point);
    scale(&digits->above, -point);
    if (reaches_unit(digits)) {
        digits->point++;
        return;
    }
    multiply(&digits->rest, 10);
    multiply(&digits->below, 10);
    multiply(&digits->above, 10);
}

static void generate(struct digits *digits)
{
    bool is_low = false, is_high = false;
    while (!is_low && !is_high) {
        char digit = '0';
        for (; compare(&digits->rest, &digits->unit) >= 0; digit++)
            subtract(&digits->rest, &digits->unit);
        is_low = compare(&digits->rest, &digits->below) < digits->takes_bounds;
        is_high = reaches_unit(digits);
        if (is_low && is_high) {
            struct big twice = digits->rest;
            multiply(&twice, 2);
            int half = compare(&twice, &digits->unit);
            is_high = half > 0 || (half == 0 && digit % 2 == 1);
            digit += is_high;
        } else {
            digit += is_high;
        }
        digits->text[digits->count++] = digit;
        multiply(&digits->rest, 10);
        multiply(&digits->below, 10);
        multiply(&digits->above, 10);
    }
}

static char *put_piece(char *out, const char *data, int size)
{
    memcpy(out, data, (size_t)size);
    return out + size;
}

static char *put_zeros(char *out, int count)
{
    for (int i = 0; i < count; i++)
        *out++ = '0';
    return out;
}

static char *put_exponent(char *out, int exponent)
{
    *out++ = 'e';
    *out++ = exponent < 0 ? '-' : '+';
    int size = exponent < 0 ? -exponent : exponent;
    if (size >= 100)
        *out++ = (char)('0' + size / 100);
    *out++ = (char)('0' + size / 10 % 10);
    *out++ = (char)('0' + size % 10);
    return out;
}

static char *spell_digits(const struct digits *digits, char *out)
{
    const char *text = digits->text;
    int point = digits->point, count = digits->count;
    if (point < FIRST_PLAIN || point > LAST_PLAIN) {
        out = put_piece(out, text, 1);
        if (count > 1)
            *out++ = '.';
        return put_exponent(put_piece(out, text + 1, count - 1), point - 1);
    }
    if (point <= 0)
        return put_piece(put_zeros(put_piece(out, "0.", 2), -point), text,
                         count);
    if (count <= point)
        return put_piece(put_zeros(put_piece(out, text, count), point - count),
                         ".0", 2);
    out = put_piece(put_piece(out, text, point), ".", 1);
    return put_piece(out, text + point, count - point);
}

void rg_decimal_write(double number, char out[RG_DECIMAL_SIZE])
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    uint64_t fraction = bits & (((uint64_t)1 << FRACTION_BITS) - 1);
    int exponent = (int)(bits >> FRACTION_BITS & SPECIAL);
    bool is_number = exponent != SPECIAL || fraction == 0;
    if (bits >> 63 && is_number)
        *out++ = '-';
    if (exponent == SPECIAL || (exponent == 0 && fraction == 0)) {
        strcpy(out, !is_number ? "nan" : exponent == SPECIAL ? "inf" : "0.0");
        return;
    }
    fraction |= exponent == 0 ? 0 : (uint64_t)1 << FRACTION_BITS;
    exponent = (exponent == 0 ? 1 : exponent) - EXPONENT_BIAS;
    struct digits digits = {.count = 0};
    start_digits(&digits, fraction, exponent);
    find_point(&digits, fraction, exponent);
    generate(&digits);
    *spell_digits(&digits, out) = '\0';
}

/* A number in writing */

enum rank { MINUS_INFINITY, NEGATIVE, ZERO, POSITIVE, INFINITE, NO_NUMBER };

/* Its digits without zeros at either end; `fraction` those behind the point. */
struct written {
    enum rank rank;
    const char *whole, *fraction;
    size_t whole_size, fraction_size;
    long long point; /* how many digits stand in front of it */
};

static size_t count_digits(const char *text, size_t size)
{
    size_t count = 0;
    while (count < size && text[count] >= '0' && text[count] <= '9')
        count++;
    return count;
}

/* The exponent behind the digits; one of more than nine digits is cut. */
static long long read_exponent(const char *text, size_t size)
{
    if (size < 2 || (text[0] != 'e' && text[0] != 'E'))
        return 0;
    bool has_sign = text[1] == '-' || text[1] == '+';
    const char *digits = text + 1 + has_sign;
    size_t count = count_digits(digits, size - 1 - has_sign);
    long long exponent = 0;
    for (size_t i = 0; i < count && i < 9; i++)
        exponent = exponent * 10 + (digits[i] - '0');
    return text[1] == '-' ? -exponent : exponent;
}

static bool begins_with_word(const char *text, size_t size, const char *word)
{
    return size >= strlen(word) && memcmp(text, word, strlen(word)) == 0;
}

/* Takes the zeros away that say nothing. */
static void strip(struct written *written)
{
    while (written->whole_size > 0 && *written->whole == '0') {
        written->whole++;
        written->whole_size--;
    }
    written->point += (long long)written->whole_size;
    while (written->fraction_size > 0 &&
           written->fraction[written->fraction_size - 1] == '0')
        written->fraction_size--;
    if (written->fraction_size == 0)
        while (written->whole_size > 0 &&
               written->whole[written->whole_size - 1] == '0')
            written->whole_size--;
    while (written->whole_size == 0 && written->fraction_size > 0 &&
           *written->fraction == '0') {
        written->fraction++;
        written->fraction_size--;
        written->point--;
    }
}

static struct written read_written(const char *text, size_t size)
{
    struct written written = {.rank = ZERO};
    bool is_negative = size > 0 && *text == '-';
    text += is_negative;
    size -= is_negative;
    if (begins_with_word(text, size, "inf"))
        written.rank = is_negative ? MINUS_INFINITY : INFINITE;
    else if (begins_with_word(text, size, "nan"))
        written.rank = NO_NUMBER;
    written.whole = text;
    written.whole_size = count_digits(text, size);
    text += written.whole_size;
    size -= written.whole_size;
    if (size > 0 && *text == '.') {
        written.fraction = text + 1;
        written.fraction_size = count_digits(text + 1, size - 1);
        text += 1 + written.fraction_size;
        size -= 1 + written.fraction_size;
    }
    written.point = read_exponent(text, size);
    strip(&written);
    if (written.whole_size + written.fraction_size > 0)
        written.rank = is_negative ? NEGATIVE : POSITIVE;
    return written;
}

/* Digit `i`; behind the last there are zeros. */
static char digit_of(const struct written *written, size_t i)
{
    if (i < written->whole_size)
        return written->whole[i];
    i -= written->whole_size;
    return i < written->fraction_size ? written->fraction[i] : '0';
}

static int compare_sizes(const struct written *left,
                         const struct written *right)
{
    if (left->point != right->point)
        return left->point < right->point ? -1 : 1;
    size_t left_count = left->whole_size + left->fraction_size;
    size_t right_count = right->whole_size + right->fraction_size;
    size_t count = left_count > right_count ? left_count : right_count;
    for (size_t i = 0; i < count; i++) {
        char a = digit_of(left, i), b = digit_of(right, i);
        if (a != b)
            return a < b ? -1 : 1;
    }
    return 0;
}

int rg_decimal_compare(const char *left, size_t left_size, const char *right,
                       size_t right_size)
{
    struct written a = read_written(left, left_size);
    struct written b = read_written(right, right_size);
    if (a.rank != b.rank)
        return a.rank < b.rank ? -1 : 1;
    switch (a.rank) {
    case POSITIVE:
        return compare_sizes(&a, &b);
    case NEGATIVE:
        return compare_sizes(&b, &a);
    default:
        return 0;
    }
}

static int compare_bytes(const char *left, size_t left_size, const char *right,
                         size_t right_size)
{
    size_t size = left_size < right_size ? left_size : right_size;
    int order = size == 0 ? 0 : memcmp(left, right, size);
    return order != 0 ? order
                      : (left_size > right_size) - (left_size < right_size);
}

/* Two runs of digits, without the zeros in front: the longer is more. */
static int compare_runs(const char *left, size_t left_size, const char *right,
                        size_t right_size)
{
    for (; left_size > 0 && *left == '0'; left_size--)
        left++;
    for (; right_size > 0 && *right == '0'; right_size--)
        right++;
    if (left_size != right_size)
        return left_size < right_size ? -1 : 1;
    return compare_bytes(left, left_size, right, right_size);
}

int rg_decimal_compare_texts(const char *left, size_t left_size,
                             const char *right, size_t right_size)
{
    size_t i = 0, k = 0;
    while (i < left_size && k < right_size) {
        size_t left_digits = count_digits(left + i, left_size - i);
        size_t right_digits = count_digits(right + k, right_size - k);
        bool is_number = left_digits > 0 && right_digits > 0;
        size_t left_step = is_number ? left_digits : 1;
        size_t right_step = is_number ? right_digits : 1;
        int order = (is_number ? compare_runs : compare_bytes)(
            left + i, left_step, right + k, right_step);
        if (order != 0)
            return order;
        i += left_step;
        k += right_step;
    }
    if (i < left_size || k < right_size)
        return i < left_size ? 1 : -1;
    return compare_bytes(left, left_size, right, right_size);
}
