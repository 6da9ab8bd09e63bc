/* fuzz_line.h - any bytes into the reader of the line format
 *
 * For libFuzzer (clang -fsanitize=fuzzer,address,undefined) and AFL++, which
 * know this name; tests/unit/test_fuzz_line.c replays tests/fuzz/line, so that
 * what was found once stays found. */
#ifndef FUZZ_LINE_H
#define FUZZ_LINE_H

#include <stddef.h>
#include <stdint.h>

/* Reads a graph and, if it is one, shows it in every way there is.  A broken
 * promise ends in abort().  Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
