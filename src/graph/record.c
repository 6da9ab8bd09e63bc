/* What can be done with any record by its row in the table. */
#include "graph/record.h"

#include <string.h>

#include "base/alloc.h"

static size_t read_size(const void *whole, size_t offset)
{
    size_t value;
    memcpy(&value, (const char *)whole + offset, sizeof value);
    return value;
}

/* A pointer to the records of a kind, whatever their struct is. */
static void *items_at(const void *whole, size_t offset)
{
    void *items;
    memcpy(&items, (const char *)whole + offset, sizeof items);
    return items;
}

size_t rg_record_count(const struct rg_record *record, const void *whole)
{
    return record->count_of != NULL ? record->count_of(whole)
                                    : read_size(whole, record->count);
}

bool rg_record_get(const struct rg_record *record, const void *whole, size_t at,
                   void *copy)
{
    if (record->get != NULL)
        return record->get(whole, at, copy);
    const char *items = items_at(whole, record->items);
    memcpy(copy, items + at * record->size, record->size);
    return true;
}

enum rg_status rg_record_append(const struct rg_record *record, void *whole,
                                const void *copy)
{
    size_t count = read_size(whole, record->count);
    size_t capacity = read_size(whole, record->capacity);
    void *items = items_at(whole, record->items);
    /* The index of the last must stay below RG_NONE. */
    if (count >= RG_NONE - 1)
        return RG_ELIMIT;
    if (rg_grow(&items, &capacity, count + 1, record->size) < 0)
        return RG_ENOMEM;
    memcpy((char *)items + count * record->size, copy, record->size);
    count++;
    memcpy((char *)whole + record->items, &items, sizeof items);
    memcpy((char *)whole + record->count, &count, sizeof count);
    memcpy((char *)whole + record->capacity, &capacity, sizeof capacity);
    return RG_OK;
}

enum rg_status rg_record_add(const struct rg_record *record, void *whole,
                             const void *copy, const char **words)
{
    return record->add != NULL ? record->add(whole, copy, words)
                               : rg_record_append(record, whole, copy);
}

static uint64_t field_number(const struct rg_field *field, const void *record)
{
    const char *data = (const char *)record + field->offset;
    uint8_t one;
    uint16_t two;
    uint32_t four;
    uint64_t eight;
    switch (field->size) {
    case sizeof one:
        memcpy(&one, data, sizeof one);
        return one;
    case sizeof two:
        memcpy(&two, data, sizeof two);
        return two;
    case sizeof four:
        memcpy(&four, data, sizeof four);
        return four;
    default:
        memcpy(&eight, data, sizeof eight);
        return eight;
    }
}

static void set_field_number(const struct rg_field *field, void *record,
                             uint64_t value)
{
    char *data = (char *)record + field->offset;
    const uint8_t one = (uint8_t)value;
    const uint16_t two = (uint16_t)value;
    const uint32_t four = (uint32_t)value;
    switch (field->size) {
    case sizeof one:
        memcpy(data, &one, sizeof one);
        break;
    case sizeof two:
        memcpy(data, &two, sizeof two);
        break;
    case sizeof four:
        memcpy(data, &four, sizeof four);
        break;
    default:
        memcpy(data, &value, sizeof value);
    }
}

/* The largest number that fits. */
static uint64_t most(const struct rg_field *field)
{
    return UINT64_MAX >> (64 - 8 * field->size);
}

/* None is all bits set: -1, or RG_NONE. */
static bool has_none(const struct rg_field *field)
{
    return field->type == RG_FIELD_SIGNED || field->type == RG_FIELD_LINK;
}

bool rg_field_number(const struct rg_field *field, const void *record,
                     uint64_t *value)
{
    *value = field_number(field, record);
    return !has_none(field) || *value != most(field);
}

bool rg_field_put(const struct rg_field *field, void *record,
                  const uint64_t *value)
{
    uint64_t limit =
        field->type == RG_FIELD_SIGNED   ? most(field) / 2
        : field->type == RG_FIELD_SWITCH ? 1
        : field->type == RG_FIELD_INDEX || field->type == RG_FIELD_LINK
            ? most(field) - 1
            : most(field);
    if (value == NULL ? !has_none(field) : *value > limit)
        return false;
    set_field_number(field, record, value == NULL ? most(field) : *value);
    return true;
}

const char *rg_field_words(const struct rg_field *field)
{
    return field->name != NULL ? field->name : "flags";
}

struct rg_text rg_field_text(const struct rg_field *field, const void *record)
{
    struct rg_text text;
    memcpy(&text, (const char *)record + field->offset, sizeof text);
    return text;
}

bool rg_field_find_word(const struct rg_field *field, const char *data,
                        size_t size, uint64_t *value)
{
    const char *word;
    for (unsigned i = 0; (word = field->word(i)) != NULL; i++) {
        *value = i;
        if (strlen(word) == size && memcmp(word, data, size) == 0)
            return true;
    }
    return false;
}

static uint32_t known_flags(const struct rg_field *field)
{
    uint32_t known = 0;
    for (const struct rg_flag *flag = field->flags; flag->name != NULL; flag++)
        known |= flag->bit;
    return known;
}

static bool is_text_inside(const struct rg_graph *graph, struct rg_text text)
{
    return text.offset <= graph->text_size &&
           text.size <= graph->text_size - text.offset;
}

static const char *value_wrong(const struct rg_field *field,
                               const struct rg_graph *graph, const void *view,
                               const void *copy)
{
    uint64_t value = 0;
    bool is_there = field->type == RG_FIELD_TEXT ||
                    field->type == RG_FIELD_SECONDS ||
                    rg_field_number(field, copy, &value);
    switch (field->type) {
    case RG_FIELD_INDEX:
    case RG_FIELD_LINK:
        return !is_there || value < rg_record_count(field->of,
                                                    field->of->is_of_view
                                                        ? view
                                                        : (const void *)graph)
                   ? NULL
               : value == RG_NONE ? "names no record"
                                  : "names a record that is not there";
    case RG_FIELD_WORD:
        return field->word((unsigned)value) == NULL ? "is no known word" : NULL;
    case RG_FIELD_FLAGS:
        return (value & ~(uint64_t)known_flags(field)) != 0
                   ? "has a flag that is not known"
                   : NULL;
    case RG_FIELD_TEXT:
        return is_text_inside(graph, rg_field_text(field, copy))
                   ? NULL
                   : "lies outside the text";
    case RG_FIELD_SIGNED:
        return is_there && value > most(field) / 2 ? "is less than none" : NULL;
    default:
        return NULL;
    }
}

static const char *field_wrong(const struct rg_field *field,
                               const struct rg_graph *graph, const void *view,
                               const void *copy)
{
    return field->not_zero && field_number(field, copy) == 0
               ? "must not be 0"
               : value_wrong(field, graph, view, copy);
}

const char *rg_record_wrong(const struct rg_record *record,
                            const struct rg_graph *graph, const void *view,
                            const void *copy, const struct rg_field **at)
{
    for (size_t i = 0; i < record->field_count; i++) {
        *at = &record->fields[i];
        const char *words = field_wrong(*at, graph, view, copy);
        if (words != NULL)
            return words;
    }
    *at = NULL;
    return record->refuse == NULL
               ? NULL
               : record->refuse(record->is_of_view ? view : (const void *)graph,
                                copy);
}
