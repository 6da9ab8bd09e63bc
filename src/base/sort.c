#include "base/sort.h"

#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"

/* A run is what is in order already, or in the opposite one, as much often is:
 * what is found in order is recorded in order.  A shorter one is made as long
 * as this by insertion, which is quickest for so few.  Neighbouring runs are
 * then merged, pass by pass. */
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

/* One pass: every two runs become one. */
static enum rg_status merge_runs(const struct sort *sort, const char *from,
                                 char *to, size_t *starts, size_t *run_count)
{
    size_t runs = *run_count, merged = 0;
    for (size_t i = 0; i < runs; i += 2) {
        size_t next = i + 2 < runs ? i + 2 : runs;
        enum rg_status status =
            merge(sort, from, to, starts[i], starts[i + 1], starts[next]);
        if (status != RG_OK)
            return status;
        starts[merged++] = starts[i];
    }
    starts[merged] = starts[runs];
    *run_count = merged;
    return RG_OK;
}

static void insert(const struct sort *sort, char *items, size_t count)
{
    for (size_t i = 1; i < count; i++)
        for (char *item = items + i * sort->size;
             item > items && sort->compare(item - sort->size, item) > 0;
             item -= sort->size)
            swap(item - sort->size, item, sort->size);
}

static void reverse(char *items, size_t count, size_t size)
{
    for (size_t i = 0; i < count / 2; i++)
        swap(items + i * size, items + (count - 1 - i) * size, size);
}

static bool descends_to(const struct sort *sort, const char *items, size_t i)
{
    return sort->compare(items + (i - 1) * sort->size, items + i * sort->size) >
           0;
}

/* Sets *length of the first run, which is put in order where it is in the
 * opposite one: strictly, so that equal records keep theirs.  A run may be all
 * there is, so that the poll is asked along it. */
static enum rg_status first_run(const struct sort *sort, char *items,
                                size_t count, size_t *length)
{
    enum rg_status status = RG_OK;
    size_t end = count < 2 ? count : 1;
    bool descends = count > 1 && descends_to(sort, items, 1);
    while (status == RG_OK && end < count &&
           descends_to(sort, items, end) == descends) {
        end++;
        status = rg_poll(sort->poll, 1);
    }
    if (descends)
        reverse(items, end, sort->size);
    *length = end;
    return status;
}

/* Sets `starts` of all runs, and the end of the last behind them. */
static enum rg_status find_runs(const struct sort *sort, char *items,
                                size_t count, size_t *starts, size_t *run_count)
{
    enum rg_status status = RG_OK;
    size_t start = 0, runs = 0;
    while (status == RG_OK && start < count) {
        char *run = items + start * sort->size;
        size_t length;
        status = first_run(sort, run, count - start, &length);
        if (status == RG_OK && length < RUN) {
            length = count - start < RUN ? count - start : RUN;
            insert(sort, run, length);
            status = rg_poll(sort->poll, length);
        }
        starts[runs++] = start;
        start += length;
    }
    starts[runs] = count;
    *run_count = runs;
    return status;
}

enum rg_status rg_sort(void *items, size_t count, size_t size,
                       int (*compare)(const void *, const void *),
                       struct rg_poll *poll)
{
    const struct sort sort = {size, compare, poll};
    if (count <= RUN) {
        insert(&sort, items, count);
        return rg_poll(poll, count);
    }
    size_t *starts = rg_alloc(count / RUN + 2, sizeof *starts), runs = 0;
    char *other = NULL, *from = items;
    enum rg_status status = starts == NULL ? RG_ENOMEM : RG_OK;
    if (status == RG_OK)
        status = find_runs(&sort, items, count, starts, &runs);
    if (status == RG_OK && runs > 1 && (other = rg_alloc(count, size)) == NULL)
        status = RG_ENOMEM;
    for (char *to = other; status == RG_OK && runs > 1;) {
        status = merge_runs(&sort, from, to, starts, &runs);
        char *swapped = from;
        from = status == RG_OK ? to : from;
        to = status == RG_OK ? swapped : to;
    }
    /* `from` is the last complete pass. */
    if (from != items)
        memcpy(items, from, count * size);
    rg_free(other);
    rg_free(starts);
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

void rg_sort_in_place(void *items, size_t count, size_t size,
                      int (*compare)(const void *, const void *))
{
    const struct sort sort = {size, compare, NULL};
    size_t length;
    (void)first_run(&sort, items, count, &length);
    if (length == count)
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
