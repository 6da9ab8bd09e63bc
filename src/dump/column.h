/* column.h - arrays of a dump, which grow to hundreds of megabytes */
#ifndef RG_DUMP_COLUMN_H
#define RG_DUMP_COLUMN_H

#include <stddef.h>

#include "base/large.h"

/* Room for `needed` items of `width` bytes in the array *column of *size bytes,
 * growing by a half at least.  0, or -1 with the array as it was. */
static inline int rg__column(void **column, size_t *size, size_t needed,
                             size_t width)
{
    enum { FIRST = 1 << 12 };
    size_t wanted = *size + *size / 2;
    if (needed <= *size / width)
        return 0;
    if (wanted < FIRST)
        wanted = FIRST;
    if (wanted / width < needed)
        wanted = needed * width;
    void *resized = rg_large_resize(*column, size, wanted);
    if (resized == NULL)
        return -1;
    *column = resized;
    return 0;
}

#endif
