#include "base/sort.h"

#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"

/* Records sorted by insertion, which is quickest for so few.  Runs of this
 * length are then merged, pass by pass. */
enum { RUN = 16 };

/* Bytes swapped at once. */
enum { PIECE = 32 };

struct sort {
    size_t size;
    int (*compare)(const void *, const void *);
    struct rg_poll *poll;
};

static void swap(char *left, char *right, size_t size)
{
    char piece[PIECE];
    while (size > 0) {
        size_t part = size < PIECE ? size : PIECE;
        memcpy(piece, left, part);
        memcpy(left, right, part);
        memcpy(right, piece, part);
        left += part;
        right += part;
        size -= part;
    }
}

/* Merges from[start .. middle) and from[middle .. end) into the same places of
 * `to`. */
static enum rg_status merge(const struct sort *sort, const char *from, char *to,
                            size_t start, size_t middle, size_t end)
{
    size_t left = start, right = middle;
    for (size_t at = start; at < end; at++) {
        enum rg_status status = rg_poll(sort->poll, 1);
        if (status != RG_OK)
            return status;
        bool takes_left =
            right == end ||
            (left < middle && sort->compare(from + left * sort->size,
                                            from + right * sort->size) <= 0);
        size_t next = takes_left ? left++ : right++;
        memcpy(to + at * sort->size, from + next * sort->size, sort->size);
    }
    return RG_OK;
}

static enum rg_status merge_runs(const struct sort *sort, const char *from,
                                 char *to, size_t count, size_t run)
{
    enum rg_status status = RG_OK;
    for (size_t start = 0; status == RG_OK && start < count; start += 2 * run) {
        size_t middle = count - start < run ? count : start + run;
        size_t end = count - middle < run ? count : middle + run;
        status = merge(sort, from, to, start, middle, end);
    }
    return status;
}

static void insert(const struct sort *sort, char *items, size_t count)
{
    for (size_t i = 1; i < count; i++)
        for (char *item = items + i * sort->size;
             item > items && sort->compare(item - sort->size, item) > 0;
             item -= sort->size)
            swap(item - sort->size, item, sort->size);
}

static enum rg_status sort_runs(const struct sort *sort, char *items,
                                size_t count)
{
    for (size_t start = 0; start < count; start += RUN) {
        size_t length = count - start < RUN ? count - start : RUN;
        insert(sort, items + start * sort->size, length);
        enum rg_status status = rg_poll(sort->poll, length);
        if (status != RG_OK)
            return status;
    }
    return RG_OK;
}

enum rg_status rg_sort(void *items, size_t count, size_t size,
                       int (*compare)(const void *, const void *),
                       struct rg_poll *poll)
{
    const struct sort sort = {size, compare, poll};
    enum rg_status status = sort_runs(&sort, items, count);
    if (status != RG_OK || count <= RUN)
        return status;
    char *other = rg_alloc(count, size), *from = items, *to = other;
    if (other == NULL)
        return RG_ENOMEM;
    for (size_t run = RUN; status == RG_OK && run < count; run *= 2) {
        status = merge_runs(&sort, from, to, count, run);
        char *swapped = from;
        from = status == RG_OK ? to : from;
        to = status == RG_OK ? swapped : to;
    }
    /* `from` is the last complete pass. */
    if (from != items)
        memcpy(items, from, count * size);
    rg_free(other);
    return status;
}

/* Lets the record at `place` sink below all greater ones of the heap. */
static void sift_down(const struct sort *sort, char *items, size_t place,
                      size_t count)
{
    while (place < count / 2) {
        size_t child = 2 * place + 1;
        if (child + 1 < count &&
            sort->compare(items + child * sort->size,
                          items + (child + 1) * sort->size) < 0)
            child++;
        if (sort->compare(items + place * sort->size,
                          items + child * sort->size) >= 0)
            return;
        swap(items + place * sort->size, items + child * sort->size,
             sort->size);
        place = child;
    }
}

static bool is_sorted(const struct sort *sort, const char *items, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (sort->compare(items + (i - 1) * sort->size,
                          items + i * sort->size) > 0)
            return false;
    return true;
}

void rg_sort_in_place(void *items, size_t count, size_t size,
                      int (*compare)(const void *, const void *))
{
    const struct sort sort = {size, compare, NULL};
    if (is_sorted(&sort, items, count))
        return;
    for (size_t place = count / 2; place > 0; place--)
        sift_down(&sort, items, place - 1, count);
    for (size_t end = count; end > 1; end--) {
        swap(items, (char *)items + (end - 1) * size, size);
        sift_down(&sort, items, 0, end - 1);
    }
}

const void *rg_sort_find(const void *items, size_t count, size_t size,
                         const void *key,
                         int (*compare)(const void *, const void *))
{
    const char *records = items;
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(records + middle * size, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && compare(records + low * size, key) == 0
               ? records + low * size
               : NULL;
}
