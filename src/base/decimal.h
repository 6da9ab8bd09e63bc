/* decimal.h - numbers as people write them, without the C library
 *
 * Nothing here allocates, asks the locale or rounds more than once. */
#ifndef RG_BASE_DECIMAL_H
#define RG_BASE_DECIMAL_H

#include <stddef.h>

enum { RG_DECIMAL_SIZE = 32 };

/* Writes the shortest digits that read back as this very number, as Python's
 * repr() does: "0.1", "1.0", "1e+16", "-inf", "nan". */
void rg_decimal_write(double number, char out[RG_DECIMAL_SIZE]);

/* Compares two numbers in writing, exactly, however many digits they have:
 * below 0, 0 or above 0.  What begins with no number counts as zero, "nan" is
 * more than everything. */
int rg_decimal_compare(const char *left, size_t left_size, const char *right,
                       size_t right_size);

/* Compares two texts byte by byte, runs of digits as one number, so that
 * "worker-2" comes before "worker-10": below 0, 0 for the same text, or above
 * 0. */
int rg_decimal_compare_texts(const char *left, size_t left_size,
                             const char *right, size_t right_size);

#endif
