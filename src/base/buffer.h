/* buffer.h - a growing run of bytes */
#ifndef RG_BASE_BUFFER_H
#define RG_BASE_BUFFER_H

#include <stddef.h>

#include "base/error.h"

/* Start with all members zero.  `data` is not NUL-terminated. */
struct rg_buffer {
    char *data;
    size_t size;
    size_t capacity;
};

/* Appends `size` bytes.  Returns 0, or -1 when memory is short (the buffer
 * keeps what it held). */
int rg_buffer_append(struct rg_buffer *buffer, const void *data, size_t size);

/* Appends the characters of a C string, or bytes.  RG_ENOMEM. */
enum rg_status rg_buffer_put(struct rg_buffer *buffer, const char *text);
enum rg_status rg_buffer_put_data(struct rg_buffer *buffer, const void *data,
                                  size_t size);

/* Releases the bytes and leaves an empty buffer that can be used again. */
void rg_buffer_free(struct rg_buffer *buffer);

#endif
