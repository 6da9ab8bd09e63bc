#include "dump/texts.h"

#include <string.h>

#include "dump/column.h"
#include "graph/graph.h"

enum { FIRST_SLOTS = 1 << 10 };

/* Eight bytes at a time, each step a multiplication whose halves are folded
 * (the way of wyhash): names are short and there are millions of them. */
static uint64_t mix(uint64_t a, uint64_t b)
{
    __uint128_t product = (__uint128_t)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t hash(const char *data, size_t size)
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

static int is_text(const struct rg_texts *texts, uint32_t number,
                   const char *data, size_t size)
{
    return rg_texts_size(texts, number) == size &&
           (size == 0 || memcmp(rg_texts_data(texts, number), data, size) == 0);
}

/* The slot of a text, or the free one where it belongs. */
static size_t find_slot(const struct rg_texts *texts, const char *data,
                        size_t size)
{
    size_t mask = texts->slot_count - 1;
    size_t slot = (size_t)hash(data, size) & mask;
    while (texts->slots[slot] != 0 &&
           !is_text(texts, texts->slots[slot] - 1, data, size))
        slot = (slot + 1) & mask;
    return slot;
}

/* Twice the slots, or the first ones. */
static enum rg_status spread(struct rg_texts *texts)
{
    size_t count = texts->slot_count == 0 ? FIRST_SLOTS : texts->slot_count * 2;
    size_t size = 0;
    uint32_t *slots = rg_large_resize(NULL, &size, count * sizeof *slots);
    if (slots == NULL)
        return RG_ENOMEM;
    memset(slots, 0, count * sizeof *slots);
    rg_large_free(texts->slots, texts->slots_size);
    texts->slots = slots;
    texts->slots_size = size;
    texts->slot_count = count;
    for (uint32_t i = 0; i < texts->count; i++)
        slots[find_slot(texts, rg_texts_data(texts, i),
                        rg_texts_size(texts, i))] = i + 1;
    return RG_OK;
}

static enum rg_status append(struct rg_texts *texts, const char *data,
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
    return append(texts, data, size);
}

enum rg_status rg_texts_add(struct rg_texts *texts, const char *data,
                            size_t size, uint32_t *number)
{
    enum rg_status status = RG_OK;
    *number = 0;
    if (texts->count == 0)
        status = append(texts, "", 0);
    if (status == RG_OK && (texts->count + 1) * 3 > texts->slot_count * 2)
        status = spread(texts);
    if (status != RG_OK)
        return status;
    size_t slot = find_slot(texts, data, size);
    if (texts->slots[slot] == 0) {
        status = append(texts, data, size);
        if (status != RG_OK)
            return status;
        texts->slots[slot] = (uint32_t)texts->count;
    }
    *number = texts->slots[slot] - 1;
    return RG_OK;
}

void rg_texts_free(struct rg_texts *texts)
{
    rg_large_free(texts->bytes, texts->bytes_size);
    rg_large_free(texts->start, texts->start_size);
    rg_large_free(texts->slots, texts->slots_size);
    *texts = (struct rg_texts){0};
}
