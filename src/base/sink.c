#include "base/sink.h"

#include <stdarg.h>
#include <string.h>

enum { FORMAT_SIZE = 1024 };

static enum rg_status write_to_buffer(void *context, const char *data,
                                      size_t size)
{
    return rg_buffer_append(context, data, size) < 0 ? RG_ENOMEM : RG_OK;
}

static enum rg_status write_to_stream(void *context, const char *data,
                                      size_t size)
{
    return fwrite(data, 1, size, context) == size ? RG_OK : RG_EIO;
}

struct rg_sink rg_sink_to_buffer(struct rg_buffer *buffer)
{
    return (struct rg_sink){.write = write_to_buffer, .context = buffer};
}

struct rg_sink rg_sink_to_stream(FILE *stream)
{
    return (struct rg_sink){.write = write_to_stream, .context = stream};
}

void rg_sink_write(struct rg_sink *sink, const char *data, size_t size)
{
    if (sink->status == RG_OK)
        sink->status = rg_poll(sink->poll, 1);
    if (sink->status == RG_OK && size != 0)
        sink->status = sink->write(sink->context, data, size);
}

void rg_sink_text(struct rg_sink *sink, const char *text)
{
    rg_sink_write(sink, text, strlen(text));
}

/* In runs between the replaced bytes. */
void rg_sink_replaced(struct rg_sink *sink, const char *data, size_t size,
                      const char *(*replacement)(char byte))
{
    size_t start = 0;
    if (size == 0)
        return;     /* then `data` may be NULL, which knows no arithmetic */
    for (size_t i = 0; i < size; i++) {
        const char *text = replacement(data[i]);
        if (text == NULL)
            continue;
        rg_sink_write(sink, data + start, i - start);
        rg_sink_text(sink, text);
        start = i + 1;
    }
    rg_sink_write(sink, data + start, size - start);
}

void rg_sink_format(struct rg_sink *sink, const char *format, ...)
{
    char piece[FORMAT_SIZE];
    va_list arguments;
    if (sink->status != RG_OK)
        return;
    va_start(arguments, format);
    int length = vsnprintf(piece, sizeof piece, format, arguments);
    va_end(arguments);
    if (length < 0 || length >= FORMAT_SIZE)
        sink->status = RG_EINTERNAL;
    else
        rg_sink_write(sink, piece, (size_t)length);
}
