#include "base/format.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
    NUMBER_SIZE = 32, /* digits of any number, sign and point included */
    MOST_DECIMALS = 6
};

/* From here on a double has no digits behind the point that mean much. */
static const double WHOLE = 1e15;

struct text {
    char *out;
    size_t size;   /* of `out` */
    size_t length; /* so far, what did not fit included */
};

/* One directive, read up to its letter. */
struct directive {
    bool is_left, has_zeros;
    int width;
    int precision; /* -1: none */
    int length;    /* in bytes of the integer; 0: int */
    char letter;
};

static void append_bytes(struct text *text, const char *data, size_t size)
{
    for (size_t i = 0; i < size; i++, text->length++)
        if (text->length + 1 < text->size)
            text->out[text->length] = data[i];
}

static void put_repeated(struct text *text, char c, size_t count)
{
    for (size_t i = 0; i < count; i++)
        append_bytes(text, &c, 1);
}

/* `data` in a field of the directive's width. */
static void append_field(struct text *text, const struct directive *directive,
                         const char *data, size_t size)
{
    size_t width = directive->width < 0 ? 0 : (size_t)directive->width;
    size_t missing = width > size ? width - size : 0;
    if (directive->is_left || missing == 0) {
        append_bytes(text, data, size);
        put_repeated(text, ' ', missing);
        return;
    }
    bool has_sign = directive->has_zeros && size > 0 && data[0] == '-';
    if (has_sign)
        append_bytes(text, data, 1);
    put_repeated(text, directive->has_zeros ? '0' : ' ', missing);
    append_bytes(text, data + has_sign, size - has_sign);
}

/* The digits of `value`, at the end of `digits`; where they begin. */
static char *write_digits(char digits[NUMBER_SIZE], uintmax_t value,
                          char letter)
{
    const char *set = letter == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    unsigned base = letter == 'x' || letter == 'X' ? 16 : 10;
    char *start = digits + NUMBER_SIZE;
    do
        *--start = set[value % base];
    while ((value /= base) != 0);
    return start;
}

static void put_integer(struct text *text, struct directive *directive,
                        uintmax_t value, bool is_negative)
{
    char digits[NUMBER_SIZE];
    char *start = write_digits(digits, value, directive->letter);
    if (is_negative)
        *--start = '-';
    append_field(text, directive, start,
                 (size_t)(digits + NUMBER_SIZE - start));
}

/* Half away from zero, which is what readers expect of a time. */
static void put_double(struct text *text, struct directive *directive,
                       double value)
{
    char digits[NUMBER_SIZE];
    int decimals =
        directive->precision < 0 ? MOST_DECIMALS : directive->precision;
    bool is_negative = value < 0;
    double size = is_negative ? -value : value;
    if (size != size || size > (double)UINT64_MAX / 2) {
        const char *word = size != size ? "nan" : is_negative ? "-inf" : "inf";
        directive->has_zeros = false;
        append_field(text, directive, word, strlen(word));
        return;
    }
    if (decimals > MOST_DECIMALS)
        decimals = MOST_DECIMALS;
    if (size >= WHOLE)
        decimals = 0;
    uint64_t scale = 1;
    for (int i = 0; i < decimals; i++)
        scale *= 10;
    uint64_t whole = (uint64_t)size;
    uint64_t rest = (uint64_t)((size - (double)whole) * (double)scale + 0.5);
    whole += rest / scale;
    rest %= scale;
    char *start = digits + NUMBER_SIZE;
    for (int i = 0; i < decimals; i++, rest /= 10)
        *--start = (char)('0' + rest % 10);
    if (decimals > 0)
        *--start = '.';
    do
        *--start = (char)('0' + whole % 10);
    while ((whole /= 10) != 0);
    if (is_negative)
        *--start = '-';
    append_field(text, directive, start,
                 (size_t)(digits + NUMBER_SIZE - start));
}

static void put_padded_string(struct text *text, struct directive *directive,
                              const char *string)
{
    const char *end = directive->precision < 0
                          ? NULL
                          : memchr(string, '\0', (size_t)directive->precision);
    size_t size = directive->precision < 0 ? strlen(string)
                  : end == NULL            ? (size_t)directive->precision
                                           : (size_t)(end - string);
    directive->has_zeros = false;
    append_field(text, directive, string, size);
}

/* A number in the format; more than an int can hold is cut to that. */
static int read_width(const char **at)
{
    int number = 0;
    for (; **at >= '0' && **at <= '9'; ++*at)
        number =
            number > INT_MAX / 10 - 1 ? INT_MAX : number * 10 + (**at - '0');
    return number;
}

/* The length modifier as a number of bytes. */
static int read_length(const char **at)
{
    static const struct {
        const char *word;
        size_t bytes;
    } lengths[] = {{"hh", sizeof(char)},      {"h", sizeof(short)},
                   {"ll", sizeof(long long)}, {"l", sizeof(long)},
                   {"z", sizeof(size_t)},     {"j", sizeof(intmax_t)},
                   {"t", sizeof(ptrdiff_t)}};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        size_t size = strlen(lengths[i].word);
        if (strncmp(*at, lengths[i].word, size) == 0) {
            *at += size;
            return (int)lengths[i].bytes;
        }
    }
    return 0;
}

static void read_directive_flags(struct directive *directive, const char **at)
{
    for (; **at == '-' || **at == '0'; ++*at) {
        directive->is_left |= **at == '-';
        directive->has_zeros |= **at == '0';
    }
}

/* A va_list that functions can share has to be in a struct. */
struct arguments {
    va_list list;
};

static struct directive read_directive(const char **at,
                                       struct arguments *arguments)
{
    struct directive directive = {.precision = -1};
    read_directive_flags(&directive, at);
    if (**at == '*') {
        ++*at;
        directive.width = va_arg(arguments->list, int);
        directive.is_left |= directive.width < 0;
        if (directive.width < 0)
            directive.width =
                directive.width == INT_MIN ? INT_MAX : -directive.width;
    } else {
        directive.width = read_width(at);
    }
    if (**at == '.') {
        ++*at;
        if (**at == '*') {
            ++*at;
            directive.precision = va_arg(arguments->list, int);
        } else {
            directive.precision = read_width(at);
        }
    }
    directive.length = read_length(at);
    directive.letter = **at;
    *at += **at != '\0';
    return directive;
}

/* What the caller passed is at least an int wide. */
static void take_signed(struct text *text, struct directive *directive,
                        struct arguments *arguments)
{
    intmax_t value = directive->length == sizeof(long long)
                         ? va_arg(arguments->list, long long)
                         : va_arg(arguments->list, int);
    if (directive->length == sizeof(char))
        value = (signed char)value;
    if (directive->length == sizeof(short))
        value = (short)value;
    put_integer(text, directive,
                value < 0 ? -(uintmax_t)value : (uintmax_t)value, value < 0);
}

static void take_unsigned(struct text *text, struct directive *directive,
                          struct arguments *arguments)
{
    uintmax_t value = directive->length == sizeof(long long)
                          ? va_arg(arguments->list, unsigned long long)
                          : va_arg(arguments->list, unsigned);
    if (directive->length == sizeof(char))
        value = (unsigned char)value;
    if (directive->length == sizeof(short))
        value = (unsigned short)value;
    put_integer(text, directive, value, false);
}

/* False for a directive that is none of ours. */
static bool take_directive(struct text *text, struct directive *directive,
                           struct arguments *arguments)
{
    char c;
    switch (directive->letter) {
    case 'd':
    case 'i':
        take_signed(text, directive, arguments);
        return true;
    case 'u':
    case 'x':
    case 'X':
        take_unsigned(text, directive, arguments);
        return true;
    case 'f':
        put_double(text, directive, va_arg(arguments->list, double));
        return true;
    case 's':
        put_padded_string(text, directive,
                          va_arg(arguments->list, const char *));
        return true;
    case 'c':
        c = (char)va_arg(arguments->list, int);
        directive->has_zeros = false;
        append_field(text, directive, &c, 1);
        return true;
    case '%':
        append_bytes(text, "%", 1);
        return true;
    default:
        return false;
    }
}

int rg_format_list(char *out, size_t size, const char *format, va_list list)
{
    struct text text = {.out = out, .size = size};
    struct arguments arguments;
    bool is_known = true;
    va_copy(arguments.list, list);
    while (is_known && *format != '\0') {
        if (*format != '%') {
            append_bytes(&text, format++, 1);
            continue;
        }
        format++;
        struct directive directive = read_directive(&format, &arguments);
        is_known = take_directive(&text, &directive, &arguments);
    }
    va_end(arguments.list);
    if (size > 0)
        out[text.length < size ? text.length : size - 1] = '\0';
    return is_known && text.length <= INT_MAX ? (int)text.length : -1;
}

int rg_format(char *out, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = rg_format_list(out, size, format, arguments);
    va_end(arguments);
    return length;
}
