#include "dump/texts.h"

#include <stdbool.h>
#include <string.h>

#include "dump/column.h"
#include "graph/graph.h"

/* Eight bytes at a time, each step a multiplication whose halves are folded
 * (the way of wyhash): names are short and there are millions of them. */
static uint64_t mix(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
    __uint128_t product = (__uint128_t)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
#else
    /* By hand, as at school, with digits of 32 bits. */
    uint64_t a_low = (uint32_t)a, a_high = a >> 32;
    uint64_t b_low = (uint32_t)b, b_high = b >> 32;
    uint64_t middle = a_high * b_low + (a_low * b_low >> 32);
    uint64_t other = a_low * b_high + (uint32_t)middle;
    return a * b ^ (a_high * b_high + (middle >> 32) + (other >> 32));
#endif
}

static uint64_t hash_name(const char *data, size_t size)
{
    uint64_t state = size ^ UINT64_C(0x9E3779B97F4A7C15), word;
    while (size >= sizeof word) {
        memcpy(&word, data, sizeof word);
        state = mix(state ^ word, UINT64_C(0xE7037ED1A0B428DB));
        data += sizeof word;
        size -= sizeof word;
    }
    word = 0;
    if (size > 0)
        memcpy(&word, data, size);
    return mix(state ^ word, UINT64_C(0x8EBC6AF09C88C6E3));
}

struct sought_text {
    const struct rg_texts *texts;
    const char *data;
    size_t size;
};

static bool is_known_text(const void *context, uint32_t number)
{
    const struct sought_text *sought = context;
    size_t size = sought->size;
    return rg_texts_size(sought->texts, number) == size &&
           (size == 0 || memcmp(rg_texts_data(sought->texts, number),
                                sought->data, size) == 0);
}

static enum rg_status append_text(struct rg_texts *texts, const char *data,
                                  size_t size)
{
    void *bytes = texts->bytes, *start = texts->start;
    if (texts->count >= RG_NONE - 1 || size > UINT32_MAX - texts->used)
        return RG_ELIMIT;
    if (rg__column(&bytes, &texts->bytes_size, texts->used + size + 1, 1) < 0)
        return RG_ENOMEM;
    texts->bytes = bytes;
    if (rg__column(&start, &texts->start_size, texts->count + 2,
                   sizeof *texts->start) < 0)
        return RG_ENOMEM;
    texts->start = start;
    if (size > 0)
        memcpy(texts->bytes + texts->used, data, size);
    texts->start[texts->count] = (uint32_t)texts->used;
    texts->used += size;
    texts->start[++texts->count] = (uint32_t)texts->used;
    return RG_OK;
}

enum rg_status rg_texts_append(struct rg_texts *texts, const char *data,
                               size_t size)
{
    return append_text(texts, data, size);
}

/* The number of the text, which is appended when it is new. */
static enum rg_status intern_text(struct rg_texts *texts, const char *data,
                                  size_t size, uint32_t *number)
{
    if (rg_hash_reserve(&texts->index) < 0)
        return RG_ENOMEM;
    const struct sought_text sought = {texts, data, size};
    uint32_t key = rg_hash_mix(hash_name(data, size));
    struct rg_hash_slot *slot =
        rg_hash_slot_of(&texts->index, key, is_known_text, &sought);
    if (slot->index == RG_HASH_FREE) {
        enum rg_status status = append_text(texts, data, size);
        if (status != RG_OK)
            return status;
        rg_hash_fill(&texts->index, slot, key, (uint32_t)texts->count - 1);
    }
    *number = slot->index;
    return RG_OK;
}

enum rg_status rg_texts_add(struct rg_texts *texts, const char *data,
                            size_t size, uint32_t *number)
{
    *number = 0;
    enum rg_status status =
        texts->count == 0 ? intern_text(texts, "", 0, number) : RG_OK;
    return status == RG_OK ? intern_text(texts, data, size, number) : status;
}

void rg_texts_free(struct rg_texts *texts)
{
    rg_large_free(texts->bytes, texts->bytes_size);
    rg_large_free(texts->start, texts->start_size);
    rg_hash_free(&texts->index);
    *texts = (struct rg_texts){0};
}
