/* scan.h - JSON read as it comes; private to dump
 *
 * What is read was written by somebody else: nothing is believed, nothing is
 * recursive.  The first thing that is wrong is kept, and everything after it
 * reads as nothing. */
#ifndef RG_DUMP_SCAN_H
#define RG_DUMP_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/poll.h"

struct rg__scan {
    const char *at, *end;
    enum rg_status status;
    struct rg_error *error; /* one line, when something is wrong */
    struct rg_poll *poll;   /* may be NULL */
    bool is_read;           /* all of it: what is wrong is no end */
};

/* Remembers what is wrong, the first time; RG_OK is nothing. */
void rg__scan_fail(struct rg__scan *scan, enum rg_status status,
                   const char *what);

/* Passes over white space and this byte, if it comes next. */
bool rg__scan_is(struct rg__scan *scan, char byte);

/* The same, and anything else is wrong; `where` is told. */
void rg__scan_expect(struct rg__scan *scan, char byte, const char *where);

/* The next member of an object, or the next item of a list, whose opening byte
 * was read; false at its end, which is `close`.  *first is true before the
 * first of them. */
bool rg__scan_next(struct rg__scan *scan, bool *first, char close,
                   const char *where);

/* A number from 0 to `most`. */
uint64_t rg__scan_number(struct rg__scan *scan, uint64_t most,
                         const char *where);

/* The same, or -1 (then UINT64_MAX). */
uint64_t rg__scan_place(struct rg__scan *scan, uint64_t most,
                        const char *where);

/* A string, appended to `out`, which may be NULL. */
void rg__scan_string(struct rg__scan *scan, struct rg_buffer *out,
                     const char *where);

/* The name of a member and the colon behind it. */
void rg__scan_name(struct rg__scan *scan, struct rg_buffer *name,
                   const char *where);
bool rg__scan_is_name(const struct rg_buffer *name, const char *text);

/* Nothing but white space may come. */
void rg__scan_end(struct rg__scan *scan, const char *where);

/* Whatever value comes next. */
void rg__scan_skip(struct rg__scan *scan, const char *where);

#endif
