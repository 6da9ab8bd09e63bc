/* texts.h - every word of a dump, once
 *
 * A heap of a million objects has a million names of references, most of them
 * the same few.  A text is known by its number, in the order of arrival;
 * number 0 is the empty one. */
#ifndef RG_DUMP_TEXTS_H
#define RG_DUMP_TEXTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/hash.h"

/* Start with all members zero.  Bytes as in struct rg_text. */
struct rg_texts {
    char *bytes;
    size_t used, bytes_size;
    uint32_t *start; /* count + 1 */
    size_t count, start_size;
    struct rg_hash index; /* of texts that rg_texts_add gave a number */
};

/* The number of a text, new or not.  RG_ENOMEM, or RG_ELIMIT past 4 GiB. */
enum rg_status rg_texts_add(struct rg_texts *texts, const char *data,
                            size_t size, uint32_t *number);

/* A text that is appended whether it is known or not: reading a file back,
 * where each has its place. */
enum rg_status rg_texts_append(struct rg_texts *texts, const char *data,
                               size_t size);

static inline const char *rg_texts_data(const struct rg_texts *texts,
                                        uint32_t number)
{
    return texts->bytes + texts->start[number];
}

static inline size_t rg_texts_size(const struct rg_texts *texts,
                                   uint32_t number)
{
    return texts->start[number + 1] - texts->start[number];
}

void rg_texts_free(struct rg_texts *texts);

#endif
