#include "base/sink.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "base/format.h"

enum { FORMAT_SIZE = 1024 };

static enum rg_status write_to_buffer(void *context, const char *data,
                                      size_t size)
{
    return rg_buffer_append(context, data, size) < 0 ? RG_ENOMEM : RG_OK;
}

struct rg_sink rg_sink_to_buffer(struct rg_buffer *buffer)
{
    return (struct rg_sink){.write = write_to_buffer, .context = buffer};
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
        return; /* then `data` may be NULL, which knows no arithmetic */
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
    int length = rg_format_list(piece, sizeof piece, format, arguments);
    va_end(arguments);
    if (length < 0 || length >= FORMAT_SIZE)
        sink->status = RG_EINTERNAL;
    else
        rg_sink_write(sink, piece, (size_t)length);
}

enum { NANOSECONDS = 1000000000, NANOSECOND_DIGITS = 9 };

/* Ten digits of seconds are three centuries; more is written as that. */
static const double MOST_SECONDS = 9999999999.0;

void rg_sink_seconds(struct rg_sink *sink, double seconds)
{
    seconds = seconds > 0 ? seconds : 0;
    seconds = seconds < MOST_SECONDS ? seconds : MOST_SECONDS;
    uint64_t whole = (uint64_t)seconds;
    uint64_t rest = (uint64_t)((seconds - (double)whole) * NANOSECONDS + 0.5);
    if (seconds > 0 && whole == 0 && rest == 0)
        rest = 1;
    if (rest == NANOSECONDS) {
        whole++;
        rest = 0;
    }
    rg_sink_format(sink, "%" PRIu64, whole);
    int digits = NANOSECOND_DIGITS;
    for (; rest != 0 && rest % 10 == 0; rest /= 10)
        digits--;
    if (rest != 0)
        rg_sink_format(sink, ".%0*" PRIu64, digits, rest);
}
