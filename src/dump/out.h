/* out.h - bytes to a descriptor through one buffer
 *
 * Written in a forked child too, where the C library's streams may be locked
 * by a thread that does not exist: numbers and JSON strings are put together
 * here.  The first failure is kept: write on, then look once. */
#ifndef RG_DUMP_OUT_H
#define RG_DUMP_OUT_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/poll.h"

enum { RG__OUT_SIZE = 1 << 16, RG__OUT_ROOM = 64 };

struct rg__out {
    int descriptor;
    enum rg_status status; /* RG_EIO: see number */
    int number;            /* errno of what failed */
    struct rg_poll *poll;  /* asked with each flush; may be NULL */
    uint64_t written;      /* bytes handed over */
    size_t used;
    char data[RG__OUT_SIZE + RG__OUT_ROOM];
};

/* Hands over what the buffer holds. */
void rg__out_flush(struct rg__out *out);

void rg__out_bytes(struct rg__out *out, const char *data, size_t size);
void rg__out_text(struct rg__out *out, const char *text);
void rg__out_number(struct rg__out *out, uint64_t number);
void rg__out_signed(struct rg__out *out, int64_t number);

/* The text as a string of JSON, which is UTF-8 whatever the bytes are: lone
 * surrogates are escaped, bytes that are no character become U+FFFD. */
void rg__out_string(struct rg__out *out, const char *data, size_t size);

static inline void rg__out_byte(struct rg__out *out, char byte)
{
    if (out->used >= RG__OUT_SIZE)
        rg__out_flush(out);
    out->data[out->used++] = byte;
}

#endif
