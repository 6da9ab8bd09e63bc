#include "heap/adapter.h"

#define _PY_DATETIME_IMPL   /* of datetime.h only the structs */
#include <Python.h>
#include <datetime.h>
#include <structmember.h>

#include <stdio.h>
#include <string.h>

#include "heap/read.h"

/* Anything whose fields its member table names: code, range. */

static enum rg_status walk_members(PyObject *object, rg__object_fn visit,
                                   void *context)
{
    const struct PyMemberDef *member = Py_TYPE(object)->tp_members;
    enum rg_status status = RG_OK;
    for (; status == RG_OK && member != NULL && member->name != NULL; member++) {
        if (member->type != T_OBJECT && member->type != T_OBJECT_EX)
            continue;
        PyObject *value = *(PyObject **)((char *)object + member->offset);
        if (value != NULL)
            status = visit(context, value);
    }
    return status;
}

static enum rg_status walk_code(PyObject *object, rg__object_fn visit,
                                void *context)
{
    return rg__code_walk((PyCodeObject *)object, visit, context);
}

/* Their members are read like those of every object. */
static enum rg_status read_nothing_more(struct rg__reader *reader)
{
    (void)reader;
    return RG_OK;
}

/* datetime and time: the time zone, in a struct that datetime.h publishes. */

static PyObject *datetime_zone(PyObject *object)
{
    const PyDateTime_DateTime *datetime = (PyDateTime_DateTime *)object;
    return datetime->hastzinfo ? datetime->tzinfo : NULL;
}

static PyObject *time_zone(PyObject *object)
{
    const PyDateTime_Time *time = (PyDateTime_Time *)object;
    return time->hastzinfo ? time->tzinfo : NULL;
}

static enum rg_status visit_one(PyObject *value, rg__object_fn visit,
                                void *context)
{
    return value == NULL ? RG_OK : visit(context, value);
}

static enum rg_status tell_zone(struct rg__reader *reader, PyObject *zone)
{
    return rg__tell(reader, &(struct rg__told){.value = zone, .kind = RG_MEMBER,
                                               .word = "tzinfo"});
}

static enum rg_status walk_datetime(PyObject *object, rg__object_fn visit,
                                    void *context)
{
    return visit_one(datetime_zone(object), visit, context);
}

static enum rg_status read_datetime(struct rg__reader *reader)
{
    return tell_zone(reader, datetime_zone(reader->object));
}

static enum rg_status walk_time(PyObject *object, rg__object_fn visit,
                                void *context)
{
    return visit_one(time_zone(object), visit, context);
}

static enum rg_status read_time(struct rg__reader *reader)
{
    return tell_zone(reader, time_zone(reader->object));
}

/* NumPy arrays: elements of object arrays, and the array a view belongs to.
 * The first fields of the structs and the numbers are NumPy's C API, the same
 * from 1.7 to 2.4 (numpy/ndarraytypes.h, PyArrayObject_fields and
 * PyArray_Descr). */

enum { ARRAY_OWNS_DATA = 0x4, ARRAY_OBJECTS = 17, ARRAY_MAX_DIMENSIONS = 64 };

struct array {
    PyObject_HEAD
    char *data;
    int dimensions;
    Py_ssize_t *sizes, *strides;
    PyObject *base;
    PyObject *dtype;
    int flags;
};

struct dtype {
    PyObject_HEAD
    PyTypeObject *scalar;
    char kind, letter, order, flags;
    int number;
};

/* The place of one element, counted up like an odometer. */
struct place {
    const struct array *array;
    Py_ssize_t at[ARRAY_MAX_DIMENSIONS];
};

static bool has_elements(const struct array *array)
{
    bool has = array->dimensions <= ARRAY_MAX_DIMENSIONS &&
               array->flags & ARRAY_OWNS_DATA && array->data != NULL &&
               ((struct dtype *)array->dtype)->number == ARRAY_OBJECTS;
    for (int d = 0; has && d < array->dimensions; d++)
        has = array->sizes[d] > 0;
    return has;
}

static PyObject *element(const struct place *place)
{
    const char *data = place->array->data;
    for (int d = 0; d < place->array->dimensions; d++)
        data += place->at[d] * place->array->strides[d];
    return *(PyObject *const *)data;
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

static enum rg_status walk_array(PyObject *object, rg__object_fn visit,
                                 void *context)
{
    struct place place = {.array = (struct array *)object};
    enum rg_status status = visit_one(place.array->base, visit, context);
    if (status != RG_OK || !has_elements(place.array))
        return status;
    do
        status = visit_one(element(&place), visit, context);
    while (status == RG_OK && next_place(&place));
    return status;
}

static void write_place(const struct place *place, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (int d = 0; d < place->array->dimensions && used < size; d++)
        used += (size_t)snprintf(text + used, size - used, "%s%zd",
                                 d == 0 ? "" : ", ", place->at[d]);
}

static enum rg_status read_array(struct rg__reader *reader)
{
    struct place place = {.array = (struct array *)reader->object};
    char text[ARRAY_MAX_DIMENSIONS * 22];
    enum rg_status status = rg__tell(
        reader, &(struct rg__told){.value = place.array->base,
                                   .kind = RG_MEMBER, .word = "base"});
    if (status != RG_OK || !has_elements(place.array))
        return status;
    do {
        PyObject *value = element(&place);
        if (value == NULL ||
            !rg_reading_wants(reader->reading, (uintptr_t)value))
            continue;
        write_place(&place, text, sizeof text);
        status = rg__tell(reader, &(struct rg__told){.value = value,
                                                     .kind = RG_ITEM,
                                                     .key_type = RG_KEY_NUMBER,
                                                     .word = text});
    } while (status == RG_OK && next_place(&place));
    return status;
}

static const struct rg__adapter table[] = {
    {"code", walk_code, read_nothing_more},
    {"range", walk_members, read_nothing_more},
    {"datetime.datetime", walk_datetime, read_datetime},
    {"datetime.time", walk_time, read_time},
    {"numpy.ndarray", walk_array, read_array},
};

/* A Python class may take any name; only C types are what they say. */
static const struct rg__adapter *look_up(const PyTypeObject *type)
{
    if (type->tp_flags & Py_TPFLAGS_HEAPTYPE)
        return NULL;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(type->tp_name, table[i].type_name) == 0)
            return &table[i];
    return NULL;
}

const struct rg__adapter *rg__adapter_of(struct rg__adapters *adapters,
                                         const PyTypeObject *type)
{
    size_t slot = ((uintptr_t)type >> 5) % RG__ADAPTER_SLOTS;
    if (adapters->types[slot] != type) {
        adapters->types[slot] = type;
        adapters->adapters[slot] = look_up(type);
    }
    return adapters->adapters[slot];
}
