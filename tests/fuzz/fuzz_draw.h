/* fuzz_draw.h - any bytes into the drawing program, as far as DOT
 *
 * For libFuzzer and AFL++; tests/unit/test_fuzz_draw.c replays the same
 * inputs as for the line format, and every scene. */
#ifndef FUZZ_DRAW_H
#define FUZZ_DRAW_H

#include <stddef.h>
#include <stdint.h>

/* Reads a graph and, if it is one, makes DOT of it, which Graphviz must
 * read again.  A broken promise ends in abort().  Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
