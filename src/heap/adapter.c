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

/* Constants are told by their place; the tuple is plumbing. */
static enum rg_status read_code(struct rg__reader *reader)
{
    PyObject *constants = ((PyCodeObject *)reader->object)->co_consts;
    char word[32];
    if (constants == NULL || !PyTuple_CheckExact(constants))
        return RG_OK;
    enum rg_status status = rg__fold(reader, constants, "co_consts");
    for (Py_ssize_t i = 0; status == RG_OK && i < PyTuple_GET_SIZE(constants);
         i++) {
        snprintf(word, sizeof word, "co_consts[%zd]", i);
        status = rg__tell(reader, &(struct rg__told){
                                      .value = PyTuple_GET_ITEM(constants, i),
                                      .kind = RG_MEMBER, .word = word,
                                      .through_plumbing = true});
    }
    return status;
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

/* timezone: a private struct of two objects behind the header. */

enum { TIMEZONE_WORDS = 4, TIMEZONE_OFFSET = 2, TIMEZONE_NAME = 3 };

/* Iterators over ranges of large ints: start, step and length, before 3.12
 * the index too. */
enum { LONGRANGE_FIRST = 2, LONGRANGE_WORDS = 5, LONGRANGE_WORDS_310 = 6 };

static size_t words_of(PyObject *object)
{
    return (size_t)Py_TYPE(object)->tp_basicsize / sizeof(void *);
}

static enum rg_status walk_words(PyObject *object, size_t from, size_t to,
                                 rg__object_fn visit, void *context)
{
    PyObject *const *words = (PyObject *const *)object;
    enum rg_status status = RG_OK;
    for (size_t i = from; status == RG_OK && i < to; i++)
        status = visit_one(words[i], visit, context);
    return status;
}

static enum rg_status walk_timezone(PyObject *object, rg__object_fn visit,
                                    void *context)
{
    return words_of(object) != TIMEZONE_WORDS
               ? RG_OK
               : walk_words(object, TIMEZONE_OFFSET, TIMEZONE_WORDS, visit,
                            context);
}

static enum rg_status read_timezone(struct rg__reader *reader)
{
    PyObject *const *words = (PyObject *const *)reader->object;
    if (words_of(reader->object) != TIMEZONE_WORDS)
        return RG_OK;
    const struct rg__told members[] = {
        {.value = words[TIMEZONE_OFFSET], .word = "offset"},
        {.value = words[TIMEZONE_NAME], .word = "name"}};
    return rg__tell_members(reader, members, sizeof members / sizeof *members);
}

static bool is_known_longrange(PyObject *object)
{
    return words_of(object) == LONGRANGE_WORDS ||
           words_of(object) == LONGRANGE_WORDS_310;
}

static enum rg_status walk_longrange(PyObject *object, rg__object_fn visit,
                                     void *context)
{
    return is_known_longrange(object)
               ? walk_words(object, LONGRANGE_FIRST, words_of(object), visit,
                            context)
               : RG_OK;
}

static enum rg_status read_longrange(struct rg__reader *reader)
{
    PyObject *const *words = (PyObject *const *)reader->object;
    if (!is_known_longrange(reader->object))
        return RG_OK;
    bool has_index = words_of(reader->object) == LONGRANGE_WORDS_310;
    const struct rg__told members[] = {
        {.value = has_index ? words[LONGRANGE_FIRST] : NULL, .word = "index"},
        {.value = words[LONGRANGE_FIRST + has_index], .word = "start"},
        {.value = words[LONGRANGE_FIRST + has_index + 1], .word = "step"},
        {.value = words[LONGRANGE_FIRST + has_index + 2], .word = "len"}};
    return rg__tell_members(reader, members, sizeof members / sizeof *members);
}

static const struct rg__adapter table[] = {
    {"code", walk_code, read_code},
    {"range", walk_members, read_nothing_more},
    {"longrange_iterator", walk_longrange, read_longrange},
    {"datetime.datetime", walk_datetime, read_datetime},
    {"datetime.time", walk_time, read_time},
    {"datetime.timezone", walk_timezone, read_timezone},
    {"numpy.ndarray", rg__walk_array, rg__read_array},
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
