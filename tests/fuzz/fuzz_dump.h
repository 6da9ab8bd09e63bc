#ifndef FUZZ_DUMP_H
#define FUZZ_DUMP_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
