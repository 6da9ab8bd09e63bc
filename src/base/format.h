/* format.h - the part of printf that this project uses
 *
 * The C library's own may allocate, lock, and asks the locale; in a forked
 * child, where other threads may have held those locks, nobody lets them go.
 * Here are `%d %i %u %x %X` with `hh h l ll z j t`, `%c`, `%s`, `%f` and `%%`,
 * with the flags `-` and `0`, width and precision, `*` included. */
#ifndef RG_BASE_FORMAT_H
#define RG_BASE_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/* As snprintf: writes what fits, always with a zero byte behind it when `size`
 * is not 0, and returns the length that the whole text has; -1 for a directive
 * that is none of the above.  `%f` is written with six digits at most, and a
 * number of 1e15 or more without any. */
int rg_format(char *out, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int rg_format_list(char *out, size_t size, const char *format,
                   va_list arguments) __attribute__((format(printf, 3, 0)));

#endif
