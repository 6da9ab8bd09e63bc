#define PY_SSIZE_T_CLEAN
#include "module/json_read.h"

#include <string.h>

#include "graph/intake.h"
#include "module/graph_type.h"
#include "render/json.h"

/* More is no time that anybody waits. */
static const double MOST_SECONDS = 1e15;

struct json_reader {
    PyObject *document; /* borrowed, as all that is in it */
    bool is_old;        /* version 1 */
    const struct rg_record *row;
    Py_ssize_t at; /* place in the array */
    struct rg_intake intake;
};

/* Says where; `name` is of the field, or NULL.  Returns -1. */
static int refuse_value(const struct json_reader *reader, const char *name,
                        const char *words)
{
    char place[32] = "";
    if (!reader->row->is_single)
        PyOS_snprintf(place, sizeof place, "[%zd]", reader->at);
    PyErr_Format(PyExc_ValueError, "%s%s%s%s: %s", reader->row->name, place,
                 name == NULL ? "" : ".", name == NULL ? "" : name, words);
    return -1;
}

static int refuse_status(const struct json_reader *reader,
                         enum rg_status status)
{
    if (status == RG_ENOMEM)
        PyErr_NoMemory();
    else if (status != RG_EINTERRUPT)
        refuse_value(reader, NULL, "more records or words than can be counted");
    return -1;
}

/* The member of a dict, borrowed: NULL when there is none, or with an
 * exception set. */
static PyObject *member_of(PyObject *dict, const char *name)
{
    PyObject *key = PyUnicode_FromString(name);
    if (key == NULL)
        return NULL;
    PyObject *value = PyDict_GetItemWithError(dict, key);
    Py_DECREF(key);
    return value;
}

static const char *name_in(const struct json_reader *reader,
                           const struct rg_field *field)
{
    return reader->is_old && field->old_name != NULL ? field->old_name
                                                     : field->name;
}

static int put_text(struct json_reader *reader, const struct rg_field *field,
                    PyObject *value, void *copy)
{
    if (!PyUnicode_CheckExact(value))
        return refuse_value(reader, name_in(reader, field), "must be a string");
    PyObject *bytes =
        PyUnicode_AsEncodedString(value, "utf-8", "surrogatepass");
    if (bytes == NULL)
        return -1;
    struct rg_text text;
    enum rg_status status =
        rg_graph_text(reader->intake.graph, PyBytes_AS_STRING(bytes),
                      (size_t)PyBytes_GET_SIZE(bytes), &text);
    Py_DECREF(bytes);
    if (status != RG_OK)
        return refuse_status(reader, status);
    memcpy((char *)copy + field->offset, &text, sizeof text);
    return 0;
}

static int put_seconds(const struct json_reader *reader,
                       const struct rg_field *field, PyObject *value,
                       void *copy)
{
    double seconds = 0;
    if (PyFloat_CheckExact(value))
        seconds = PyFloat_AS_DOUBLE(value);
    else if (PyLong_CheckExact(value))
        seconds = PyLong_AsDouble(value);
    else if (value != Py_None)
        seconds = -1;
    PyErr_Clear(); /* an int too large for a double: it is -1 */
    if (!(seconds >= 0 && seconds < MOST_SECONDS))
        return refuse_value(reader, name_in(reader, field),
                            "must be a number of seconds, or null");
    memcpy((char *)copy + field->offset, &seconds, sizeof seconds);
    return 0;
}

static int put_switch(const struct json_reader *reader,
                      const struct rg_field *field, PyObject *value, void *copy)
{
    const uint64_t number = value == Py_True;
    if (!PyBool_Check(value))
        return refuse_value(reader, name_in(reader, field),
                            "must be true or false");
    rg_field_put(field, copy, &number);
    return 0;
}

static int put_word(const struct json_reader *reader,
                    const struct rg_field *field, PyObject *value, void *copy)
{
    uint64_t number;
    Py_ssize_t size = 0;
    const char *word = PyUnicode_CheckExact(value)
                           ? PyUnicode_AsUTF8AndSize(value, &size)
                           : NULL;
    if (PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_MemoryError))
        return -1;
    PyErr_Clear(); /* surrogates are in no word */
    if (word == NULL || !rg_field_find_word(field, word, (size_t)size, &number))
        return refuse_value(reader, name_in(reader, field),
                            "must be a word that is known here");
    rg_field_put(field, copy, &number);
    return 0;
}

static uint32_t flag_named(const struct json_reader *reader,
                           const struct rg_field *field, PyObject *word)
{
    for (const struct rg_flag *flag = field->flags; flag->name != NULL;
         flag++) {
        bool is_old = reader->is_old && flag->old_name != NULL;
        if (PyUnicode_CompareWithASCIIString(word, is_old ? flag->old_name
                                                          : flag->name) == 0)
            return flag->bit;
    }
    return 0;
}

/* A list of words.  What a newer writer may have added is passed over. */
static int put_flag_list(const struct json_reader *reader,
                         const struct rg_field *field, PyObject *value,
                         void *copy)
{
    uint64_t flags = 0;
    if (!PyList_CheckExact(value))
        return refuse_value(reader, "flags", "must be an array of words");
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(value); i++) {
        PyObject *word = PyList_GET_ITEM(value, i);
        if (!PyUnicode_CheckExact(word))
            return refuse_value(reader, "flags", "must be an array of words");
        flags |= flag_named(reader, field, word);
    }
    rg_field_put(field, copy, &flags);
    return 0;
}

/* Flags that are members of the record. */
static int put_flag_members(const struct json_reader *reader,
                            const struct rg_field *field, PyObject *dict,
                            void *copy)
{
    uint64_t flags = 0;
    for (const struct rg_flag *flag = field->flags; flag->name != NULL;
         flag++) {
        PyObject *value = member_of(dict, flag->name);
        if (value == NULL && PyErr_Occurred())
            return -1;
        if (value != NULL && !PyBool_Check(value))
            return refuse_value(reader, flag->name, "must be true or false");
        if (value == Py_True)
            flags |= flag->bit;
    }
    rg_field_put(field, copy, &flags);
    return 0;
}

static int put_number_field(const struct json_reader *reader,
                            const struct rg_field *field, PyObject *value,
                            void *copy)
{
    bool may_be_none =
        field->type == RG_FIELD_SIGNED || field->type == RG_FIELD_LINK;
    if (value == Py_None && may_be_none) {
        rg_field_put(field, copy, NULL);
        return 0;
    }
    int is_beyond = 0;
    bool is_number = PyLong_CheckExact(value);
    if (is_number && PyLong_AsLongLongAndOverflow(value, &is_beyond) < 0)
        is_number = is_beyond > 0;
    if (!is_number)
        return refuse_value(reader, name_in(reader, field),
                            may_be_none ? "must be a number from 0 up, or null"
                                        : "must be a number from 0 up");
    const uint64_t number = PyLong_AsUnsignedLongLong(value);
    if (PyErr_Occurred() || !rg_field_put(field, copy, &number)) {
        PyErr_Clear();
        return refuse_value(reader, name_in(reader, field), "is too large");
    }
    return 0;
}

/* Objects without addresses are numbered, from 1. */
static int put_address(const struct json_reader *reader,
                       const struct rg_field *field, PyObject *value,
                       void *copy)
{
    const uint64_t number = (uint64_t)reader->at + 1;
    if (value != NULL && value != Py_None)
        return put_number_field(reader, field, value, copy);
    rg_field_put(field, copy, &number);
    return 0;
}

static int put_member(struct json_reader *reader, const struct rg_field *field,
                      PyObject *value, void *copy)
{
    switch (field->type) {
    case RG_FIELD_TEXT:
        return put_text(reader, field, value, copy);
    case RG_FIELD_SECONDS:
        return put_seconds(reader, field, value, copy);
    case RG_FIELD_SWITCH:
        return put_switch(reader, field, value, copy);
    case RG_FIELD_WORD:
        return put_word(reader, field, value, copy);
    case RG_FIELD_FLAGS:
        return put_flag_list(reader, field, value, copy);
    default:
        return put_number_field(reader, field, value, copy);
    }
}

static int take_field(struct json_reader *reader, const struct rg_field *field,
                      PyObject *dict, void *copy)
{
    const char *name = name_in(reader, field);
    if (name == NULL)
        return put_flag_members(reader, field, dict, copy);
    PyObject *value = member_of(dict, name);
    if (value == NULL && PyErr_Occurred())
        return -1;
    if (field->type == RG_FIELD_ADDRESS)
        return put_address(reader, field, value, copy);
    if (value != NULL)
        return put_member(reader, field, value, copy);
    return field->may_lack ? 0 : refuse_value(reader, name, "is missing");
}

static int take_record(struct json_reader *reader, PyObject *dict)
{
    union rg_any copy;
    if (!PyDict_CheckExact(dict))
        return refuse_value(reader, NULL, "must be an object of JSON");
    rg_record_clear(reader->row, &copy);
    for (size_t i = 0; i < reader->row->field_count; i++)
        if (take_field(reader, &reader->row->fields[i], dict, &copy) < 0)
            return -1;
    enum rg_status status = rg_intake_add(&reader->intake, reader->row, &copy);
    const struct rg_field *at = reader->intake.at;
    if (status == RG_EFORMAT) {
        const char *name = at == NULL ? NULL : name_in(reader, at);
        return refuse_value(reader, at != NULL && name == NULL ? "flags" : name,
                            reader->intake.words);
    }
    return status == RG_OK ? 0 : refuse_status(reader, status);
}

/* An array that is not there is empty; of limits there are some. */
static int take_records(struct json_reader *reader, const struct rg_record *row)
{
    PyObject *found = member_of(reader->document, row->name);
    if (found == NULL && PyErr_Occurred())
        return -1;
    reader->row = row;
    reader->at = 0;
    if (row->is_single)
        return found == NULL ? refuse_value(reader, NULL, "is missing")
                             : take_record(reader, found);
    if (found == NULL)
        return 0;
    if (!PyList_CheckExact(found)) {
        PyErr_Format(PyExc_ValueError, "%s: must be an array", row->name);
        return -1;
    }
    for (; reader->at < PyList_GET_SIZE(found); reader->at++)
        if (take_record(reader, PyList_GET_ITEM(found, reader->at)) < 0)
            return -1;
    return 0;
}

/* Which version, or -1 with an exception set. */
static int take_version(PyObject *document)
{
    PyObject *format =
        PyDict_CheckExact(document) ? member_of(document, "format") : NULL;
    if (PyErr_Occurred())
        return -1;
    if (format == NULL || !PyUnicode_CheckExact(format) ||
        PyUnicode_CompareWithASCIIString(format, "referrers-graph") != 0) {
        PyErr_SetString(
            PyExc_ValueError,
            "this is not a graph of referrers: its \"format\" is not "
            "'referrers-graph'");
        return -1;
    }
    PyObject *version = member_of(document, "version");
    if (version == NULL && PyErr_Occurred())
        return -1;
    long number = version != NULL && PyLong_CheckExact(version)
                      ? PyLong_AsLong(version)
                      : -1;
    PyErr_Clear(); /* a number of no long: it is -1 */
    if (number >= 1 && number <= RG_JSON_VERSION)
        return (int)number;
    PyErr_Format(PyExc_ValueError,
                 number > RG_JSON_VERSION
                     ? "only versions up to %d of the format are known here, "
                       "and this one is newer: use a newer referrers"
                     : "its \"version\" must be a number from 1 to %d",
                 RG_JSON_VERSION);
    return -1;
}

static int take_document(struct json_reader *reader)
{
    struct rg_error error = {0};
    PyObject *redacted = member_of(reader->document, "redacted");
    if (redacted == NULL && PyErr_Occurred())
        return -1;
    reader->intake.graph->redacted = redacted == Py_True;
    for (int i = 0; i < RG_RECORD_COUNT; i++)
        if (take_records(reader, &rg_graph_records[i]) < 0)
            return -1;
    enum rg_status status = rg_intake_end(&reader->intake, &error);
    if (status == RG_ENOMEM)
        PyErr_NoMemory();
    else if (status != RG_OK && !PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, error.text);
    return status == RG_OK ? 0 : -1;
}

struct rg_graph *rg__json_read(PyObject *document)
{
    int version = take_version(document);
    if (version < 0)
        return NULL;
    struct json_reader reader = {.document = document,
                                 .is_old = version == 1,
                                 .intake.graph = rg_graph_new()};
    if (reader.intake.graph == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    struct rg_poll poll = {.ask = rg__ask_signals};
    reader.intake.graph->poll = &poll;
    int taken = take_document(&reader);
    reader.intake.graph->poll = NULL;
    if (taken == 0)
        return reader.intake.graph;
    rg_graph_free(reader.intake.graph);
    return NULL;
}
