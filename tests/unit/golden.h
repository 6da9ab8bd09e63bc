/* golden.h - the files of tests/golden
 *
 * NAME.lines is a graph in the line format, NAME.txt the tree it must give,
 * written by hand. */
#ifndef GOLDEN_H
#define GOLDEN_H

#include <stddef.h>

/* The bytes of a file below the top of the source tree (Automake gives that
 * in $srcdir), with a NUL behind them that size does not count.  A file that
 * cannot be read fails the test.  Release with free. */
char *golden_read(const char *path, size_t *size);

/* The same for tests/golden/NAME and a suffix. */
char *golden_read_case(const char *name, const char *suffix, size_t *size);

#endif
