/* key_address.c - ids among keys
 *
 * `registry[id(thing)]` has another number in every run, and nobody knows it.
 * What stands there is told instead, where the number is the address of an
 * object that was met; of any other address where objects are, that it is an
 * id.  Numbers below 4 G are taken as they are: programs count that far. */
#include <string.h>

#include "heap/word.h"
#include "heap/snapshot.h"

enum { ALIGNED = RG_GRANULE - 1, DIGITS_MAX = 16 };

/* All objects of the table, when the first number comes up that may be an
 * address. */
static enum rg_status list_addresses(struct rg__snapshot *snapshot)
{
    const struct rg_table *table = &snapshot->table;
    if (snapshot->has_addresses)
        return RG_OK;
    for (int i = 0; i < 2; i++)
        if (rg_code_set_cover(&snapshot->addresses[i], table->regions) < 0)
            return RG_ENOMEM;
    for (size_t i = 0; i < table->count; i++)
        if (!(table->flags[i] & RG_TABLE_ROOT))
            RG_CODE_SET_ADD(
                &snapshot->addresses[(table->flags[i] & RG_TABLE_ODD) != 0],
                table->object[i]);
    snapshot->has_addresses = true;
    return RG_OK;
}

enum rg_status rg__find_address(struct rg__snapshot *snapshot,
                                unsigned long long value, bool *is_address,
                                PyObject **object)
{
    rg_code code;
    *object = NULL;
    *is_address =
        value >> 32 != 0 && value >> 48 == 0 &&
        ((value & ALIGNED) == 0 || (value & ALIGNED) == RG_HALF_GRANULE) &&
        rg_regions_find(snapshot->table.regions, (uintptr_t)value, &code);
    if (!*is_address)
        return RG_OK;
    if (list_addresses(snapshot) != RG_OK)
        return RG_ENOMEM;
    /* What names are asked for may have met new regions. */
    const struct rg_code_set *set =
        &snapshot->addresses[(value & ALIGNED) == RG_HALF_GRANULE];
    if (code < set->code_count && RG_CODE_SET_HAS(set, code))
        *object = (PyObject *)(uintptr_t)value;
    return RG_OK;
}

bool rg__may_have_address(PyObject *str)
{
    enum { SHORTEST = 2 + 9 }; /* 0x and more than 32 bits */
    if (!rg__str_is_ready(str) || PyUnicode_GET_LENGTH(str) < SHORTEST)
        return false;
    int kind = (int)PyUnicode_KIND(str);
    const void *data = PyUnicode_DATA(str);
    for (Py_ssize_t i = 1; i < PyUnicode_GET_LENGTH(str); i++)
        if (PyUnicode_READ(kind, data, i) == 'x' &&
            PyUnicode_READ(kind, data, i - 1) == '0')
            return true;
    return false;
}

/* The number of hexadecimal digits that follow, and what they say. */
static size_t read_digits(const char *text, size_t size,
                          unsigned long long *value)
{
    static const char digits[] = "0123456789abcdef";
    size_t count = 0;
    *value = 0;
    for (; count < size && text[count] != '\0'; count++) {
        const char *digit = strchr(digits, text[count] | 0x20);
        if (digit == NULL || count == DIGITS_MAX)
            break;
        *value = *value << 4 | (unsigned long long)(digit - digits);
    }
    return count;
}

/* `<K object at 0x7f...>` as a key: the address says nothing. */
enum rg_status rg__mask_addresses(struct rg__snapshot *snapshot,
                                  struct rg_buffer *text, size_t from)
{
    static const char ellipsis[] = "\xe2\x80\xa6";
    const size_t width = sizeof ellipsis - 1;
    for (size_t i = from; i + 2 < text->size; i++) {
        unsigned long long value;
        bool is_address;
        PyObject *object;
        if (memcmp(text->data + i, "0x", 2) != 0)
            continue;
        i += 2;
        size_t count = read_digits(text->data + i, text->size - i, &value);
        if (count <= width)
            continue;
        if (rg__find_address(snapshot, value, &is_address, &object) != RG_OK)
            return RG_ENOMEM;
        if (!is_address)
            continue;
        memcpy(text->data + i, ellipsis, width);
        memmove(text->data + i + width, text->data + i + count,
                text->size - i - count);
        text->size -= count - width;
    }
    return RG_OK;
}
