/* adapter_numpy.c - NumPy arrays: their objects, and what a view belongs to
 *
 * Found without importing NumPy.  The first fields of the structs and the
 * numbers are NumPy's C API, the same from 1.7 to 2.5 (numpy/ndarraytypes.h:
 * PyArrayObject_fields, PyArray_Descr); where the rest of a dtype stands
 * differs between NumPy 1 and 2 and is told by where its item size stands. */
#include <Python.h>
#include <structmember.h>

#include <string.h>

#include "base/format.h"
#include "heap/adapter.h"
#include "heap/read.h"

enum {
    ARRAY_OWNS_DATA = 0x4,
    OBJECT_NUMBER = 17,
    MAX_DIMENSIONS = 64,
    HEADER = sizeof(PyObject),
    MAX_PARTS = 64, /* objects in one element of a structured array */
    NAME_SIZE = 64  /* of a part, cut when longer */
};

struct array {
    PyObject_HEAD char *data;
    int dimensions;
    Py_ssize_t *sizes, *strides;
    PyObject *base;
    PyObject *dtype;
    int flags;
};

struct dtype {
    PyObject_HEAD PyTypeObject *scalar;
    char kind, letter, order, flags;
    int number;
};

/* The rest of a dtype, by offset; NumPy 1 has its item size as an int. */
struct layout {
    size_t item_size, subarray, fields;
    bool is_first;
};

static const struct layout layouts[] = {
    {HEADER + 16, HEADER + 24, HEADER + 32, true},
    {HEADER + 24, HEADER + 72, HEADER + 80, false},
};

/* Of a dtype that repeats another. */
struct subarray {
    PyObject *base;
    PyObject *shape;
};

/* Where in an element an object stands, and what that is called; an array of
 * objects has one such part without a name. */
struct part {
    Py_ssize_t offset;
    char name[NAME_SIZE];
};

struct parts {
    struct part at[MAX_PARTS];
    size_t count;
};

/* They are static types, and said here to be large enough for what is read. */
const struct rg__c_type rg__numpy_layouts[] = {
    {"numpy.ndarray", NULL, "numpy", 10, 99, 0, RG__C_ARRAY, {{0, NULL}}},
    {"numpy.dtype", NULL, "numpy", 10, 99, 0, RG__C_ARRAY_TYPE, {{0, NULL}}},
    /* One element of a structured array. */
    {"numpy.void", NULL, "numpy", 10, 99, 8, RG__C_FIELDS, {{6, "base"}}},
    /* What `array.flat` gives. */
    {"numpy.flatiter", NULL, "numpy", 10, 99, 0, RG__C_MEMBERS, {{0, NULL}}},
    /* What frompyfunc calls. */
    {"numpy.ufunc", NULL, "numpy", 10, 99, 0, RG__C_PLAIN, {{11, "obj"}}}};

const size_t rg__numpy_layout_count =
    sizeof rg__numpy_layouts / sizeof *rg__numpy_layouts;

static const struct PyMemberDef *item_size_member(struct rg__c_types *types,
                                                  PyObject *dtype)
{
    const struct rg__c_answer *answer = rg__c_type(types, Py_TYPE(dtype));
    const struct PyMemberDef *member =
        answer->row == NULL || answer->row->kind != RG__C_ARRAY_TYPE
            ? NULL
            : answer->type->tp_members;
    while (member != NULL && member->name != NULL &&
           strcmp(member->name, "itemsize") != 0)
        member++;
    return member != NULL && member->name != NULL ? member : NULL;
}

/* NULL for a NumPy that nobody here knows: only plain object arrays are then
 * read. */
static const struct layout *layout_of(struct rg__c_types *types,
                                      PyObject *dtype)
{
    const struct PyMemberDef *member = item_size_member(types, dtype);
    for (size_t i = 0; member != NULL && i < sizeof layouts / sizeof *layouts;
         i++)
        if ((size_t)member->offset == layouts[i].item_size)
            return &layouts[i];
    return NULL;
}

static void *field_at(PyObject *dtype, size_t offset)
{
    return *(void **)((char *)dtype + offset);
}

static Py_ssize_t item_size(PyObject *dtype, const struct layout *layout)
{
    const char *place = (const char *)dtype + layout->item_size;
    return layout->is_first ? *(const int *)place : *(const Py_ssize_t *)place;
}

/* A dtype still to be looked through, and where in the element it stands. */
struct pending {
    PyObject *dtype;
    struct part part;
};

struct search {
    const struct layout *layout;
    struct pending open[MAX_PARTS];
    size_t open_count;
    struct parts *found;
};

static void push_dtype(struct search *search, PyObject *dtype,
                       Py_ssize_t offset, const struct part *above,
                       const char *before, const char *name, const char *after)
{
    if (search->open_count == MAX_PARTS)
        return;
    struct pending *pending = &search->open[search->open_count++];
    pending->dtype = dtype;
    pending->part.offset = above->offset + offset;
    int size = rg_format(pending->part.name, NAME_SIZE, "%s%s%s%s", above->name,
                         before, name, after);
    if (size < 0 || size >= NAME_SIZE)
        strcpy(pending->part.name + NAME_SIZE - sizeof "...", "...");
}

/* A field's name, when it can be read without making a copy that stays, and
 * written between quotes. */
static const char *field_name(PyObject *name)
{
    const char *text =
        PyUnicode_CheckExact(name) && PyUnicode_IS_COMPACT_ASCII(name)
            ? (const char *)PyUnicode_DATA(name)
            : NULL;
    return text == NULL || strchr(text, '\'') != NULL ||
                   strchr(text, '\\') != NULL
               ? "..."
               : text;
}

static void push_fields(struct search *search, const struct pending *pending)
{
    PyObject *fields = field_at(pending->dtype, search->layout->fields);
    PyObject *name, *field;
    Py_ssize_t position = 0;
    if (fields == NULL || !PyDict_CheckExact(fields))
        return;
    int overflow;
    while (PyDict_Next(fields, &position, &name, &field)) {
        /* A field with a title is listed under both names. */
        if (!PyTuple_CheckExact(field) || PyTuple_GET_SIZE(field) < 2 ||
            !PyLong_CheckExact(PyTuple_GET_ITEM(field, 1)) ||
            (PyTuple_GET_SIZE(field) > 2 && PyTuple_GET_ITEM(field, 2) == name))
            continue;
        push_dtype(search, PyTuple_GET_ITEM(field, 0),
                   (Py_ssize_t)PyLong_AsLongLongAndOverflow(
                       PyTuple_GET_ITEM(field, 1), &overflow),
                   &pending->part, "]['", field_name(name), "'");
    }
}

static void push_repeated(struct search *search, const struct pending *pending,
                          const struct subarray *subarray)
{
    Py_ssize_t step = item_size(subarray->base, search->layout);
    Py_ssize_t size = item_size(pending->dtype, search->layout);
    bool is_row = subarray->shape != NULL &&
                  PyTuple_CheckExact(subarray->shape) &&
                  PyTuple_GET_SIZE(subarray->shape) == 1;
    for (Py_ssize_t at = 0; step > 0 && at < size; at += step) {
        char index[24];
        rg_format(index, sizeof index, "%zd", at / step);
        push_dtype(search, subarray->base, at, &pending->part,
                   is_row ? "][" : "].flat[", index, "");
    }
}

static void find_parts(struct rg__c_types *types, PyObject *dtype,
                       struct parts *parts)
{
    struct search search = {.layout = layout_of(types, dtype), .found = parts};
    parts->count = 0;
    push_dtype(&search, dtype, 0, &(struct part){0}, "", "", "");
    while (search.open_count > 0) {
        struct pending pending = search.open[--search.open_count];
        const struct subarray *subarray = NULL;
        if (((struct dtype *)pending.dtype)->number == OBJECT_NUMBER) {
            if (parts->count < MAX_PARTS)
                parts->at[parts->count++] = pending.part;
            continue;
        }
        if (search.layout == NULL)
            continue;
        subarray = field_at(pending.dtype, search.layout->subarray);
        if (subarray != NULL)
            push_repeated(&search, &pending, subarray);
        else
            push_fields(&search, &pending);
    }
}

/* The place of one element, counted up like an odometer. */
struct place {
    const struct array *array;
    Py_ssize_t at[MAX_DIMENSIONS];
};

static bool has_elements(const struct array *array)
{
    bool has = array->dimensions <= MAX_DIMENSIONS &&
               array->flags & ARRAY_OWNS_DATA && array->data != NULL;
    for (int d = 0; has && d < array->dimensions; d++)
        has = array->sizes[d] > 0;
    return has;
}

/* A field need not be aligned. */
static PyObject *element(const struct place *place, const struct part *part)
{
    const char *data = place->array->data + part->offset;
    PyObject *value;
    for (int d = 0; d < place->array->dimensions; d++)
        data += place->at[d] * place->array->strides[d];
    memcpy(&value, data, sizeof value);
    return value;
}

/* Moves on; false after the last element. */
static bool next_place(struct place *place)
{
    for (int d = place->array->dimensions; d-- > 0;) {
        if (++place->at[d] < place->array->sizes[d])
            return true;
        place->at[d] = 0;
    }
    return false;
}

enum rg_status rg__walk_array(struct rg__c_types *types, PyObject *object,
                              rg__object_fn visit, void *context)
{
    struct place place = {.array = (struct array *)object};
    struct parts parts;
    enum rg_status status = RG_OK;
    if (place.array->base != NULL)
        status = visit(context, place.array->base);
    if (status != RG_OK || !has_elements(place.array))
        return status;
    find_parts(types, place.array->dtype, &parts);
    if (parts.count == 0)
        return RG_OK;
    do
        for (size_t i = 0; status == RG_OK && i < parts.count; i++) {
            PyObject *value = element(&place, &parts.at[i]);
            if (value != NULL)
                status = visit(context, value);
        }
    while (status == RG_OK && next_place(&place));
    return status;
}

/* As one would write it: `2, 5`, `2]['owner']['name'`; `()` for the one element
 * of an array without dimensions. */
static void write_place(const struct place *place, const struct part *part,
                        char *text, size_t size)
{
    size_t used = 0;
    int dimensions = place->array->dimensions;
    used = (size_t)rg_format(text, size, "%s", dimensions == 0 ? "()" : "");
    for (int d = 0; d < dimensions && used < size; d++)
        used += (size_t)rg_format(text + used, size - used, "%s%zd",
                                  d == 0 ? "" : ", ", place->at[d]);
    if (part->name[0] != '\0' && used < size)
        rg_format(text + used, size - used, "%s", part->name);
}

static enum rg_status tell_element(struct rg__reader *reader,
                                   const struct place *place,
                                   const struct part *part)
{
    char text[MAX_DIMENSIONS * 22 + NAME_SIZE];
    PyObject *value = element(place, part);
    if (value == NULL || !rg__wants(reader, value))
        return RG_OK;
    write_place(place, part, text, sizeof text);
    return rg__tell(reader, &(struct rg__told){.value = value,
                                               .kind = RG_ITEM,
                                               .key_type = RG_KEY_NUMBER,
                                               .word = text});
}

enum rg_status rg__read_array(struct rg__reader *reader)
{
    struct place place = {.array = (struct array *)reader->object};
    struct parts parts;
    enum rg_status status =
        rg__tell(reader, &(struct rg__told){.value = place.array->base,
                                            .kind = RG_MEMBER,
                                            .word = "base"});
    if (status != RG_OK || !has_elements(place.array))
        return status;
    find_parts(&reader->snapshot->c_types, place.array->dtype, &parts);
    if (parts.count == 0)
        return RG_OK;
    do
        for (size_t i = 0; status == RG_OK && i < parts.count; i++)
            status = tell_element(reader, &place, &parts.at[i]);
    while (status == RG_OK && next_place(&place));
    return status;
}
