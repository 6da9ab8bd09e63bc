#include "base/buffer.h"

#include <stdint.h>
#include <string.h>

#include "base/alloc.h"

int rg_buffer_append(struct rg_buffer *buffer, const void *data, size_t size)
{
    if (size > SIZE_MAX - buffer->size)
        return -1;
    void *items = buffer->data;
    if (rg_grow(&items, &buffer->capacity, buffer->size + size, 1) < 0)
        return -1;
    buffer->data = items;
    if (size != 0)
        memcpy(buffer->data + buffer->size, data, size);
    buffer->size += size;
    return 0;
}

enum rg_status rg_buffer_put(struct rg_buffer *buffer, const char *text)
{
    return rg_buffer_put_data(buffer, text, strlen(text));
}

enum rg_status rg_buffer_put_data(struct rg_buffer *buffer, const void *data,
                                  size_t size)
{
    return rg_buffer_append(buffer, data, size) < 0 ? RG_ENOMEM : RG_OK;
}

void rg_buffer_free(struct rg_buffer *buffer)
{
    rg_free(buffer->data);
    *buffer = (struct rg_buffer){0};
}
