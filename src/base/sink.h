/* sink.h - where text goes
 *
 * Everything that writes (text tree, line format, DOT, SVG) writes to a sink,
 * so that a buffer, a pipe and a test all receive the same bytes.  A sink
 * remembers its first failure: write as much as you like, then look once. */
#ifndef RG_BASE_SINK_H
#define RG_BASE_SINK_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/poll.h"

struct rg_sink {
    enum rg_status (*write)(void *context, const char *data, size_t size);
    void *context;
    enum rg_status
        status; /* RG_OK until a write fails; later writes are dropped */
    struct rg_poll *poll; /* borrowed; asked now and then, and its answer is a
                             failure like any other; NULL: nobody asks */
};

/* A sink that appends to `buffer`, which is borrowed and must outlive it. */
struct rg_sink rg_sink_to_buffer(struct rg_buffer *buffer);

void rg_sink_write(struct rg_sink *sink, const char *data, size_t size);
void rg_sink_text(struct rg_sink *sink, const char *text);

/* The text in which some bytes are replaced by what the function gives for
 * them; NULL: the byte itself. */
void rg_sink_replaced(struct rg_sink *sink, const char *data, size_t size,
                      const char *(*replacement)(char byte));

/* printf (format.h) for short pieces; anything longer than 1,023 bytes is an
 * RG_EINTERNAL, because text from outside must not come this way. */
void rg_sink_format(struct rg_sink *sink, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A number of seconds, 0 or more, with a point whatever the locale, down to
 * nanoseconds; what is not zero stays more than zero. */
void rg_sink_seconds(struct rg_sink *sink, double seconds);

#endif
