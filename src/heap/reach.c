#include "heap/reach.h"

#include <Python.h>

#include <string.h>

#include "heap/word.h"

/* What a name finds first in the namespaces of a type and its bases; stops
 * before `end`, unless that is NULL. */
static PyObject *look_up(const PyTypeObject *type, const PyTypeObject *end,
                         PyObject *name, const char *word)
{
    PyObject *mro = type->tp_mro;
    for (Py_ssize_t i = 0;
         mro != NULL && PyTuple_CheckExact(mro) && i < PyTuple_GET_SIZE(mro);
         i++) {
        PyObject *base = PyTuple_GET_ITEM(mro, i);
        if (base == (PyObject *)end)
            break;
        PyObject *dict = base == NULL || !PyType_Check(base)
                             ? NULL
                             : rg__type_dict((PyTypeObject *)base);
        PyObject *found = dict == NULL   ? NULL
                          : name == NULL ? rg__dict_find(dict, word)
                                         : rg__dict_find_str(dict, name);
        if (found != NULL)
            return found;
    }
    return NULL;
}

/* What is asked of a type over and over */

static bool is_data_descriptor(const PyObject *value)
{
    return Py_TYPE(value)->tp_descr_set != NULL;
}

/* Every class has these two, and they hide nothing. */
static bool hides(PyObject *name, const PyObject *value)
{
    return is_data_descriptor(value) && !rg__word_is(name, "__dict__") &&
           !rg__word_is(name, "__weakref__");
}

static bool has_descriptors(PyObject *dict)
{
    PyObject *name, *value;
    Py_ssize_t position = 0;
    while (PyDict_Next(dict, &position, &name, &value))
        if (hides(name, value))
            return true;
    return false;
}

static struct rg__reach read_reach(const PyTypeObject *type)
{
    struct rg__reach reach = {.type = type};
    PyObject *mro = type->tp_mro;
    for (Py_ssize_t i = 0;
         mro != NULL && PyTuple_CheckExact(mro) && i < PyTuple_GET_SIZE(mro);
         i++) {
        PyObject *base = PyTuple_GET_ITEM(mro, i), *dict;
        if (base == NULL || !PyType_Check(base) ||
            base == (PyObject *)&PyBaseObject_Type)
            continue;
        dict = rg__type_dict((PyTypeObject *)base);
        if (dict == NULL || !PyDict_Check(dict))
            continue;
        reach.has_descriptors |= has_descriptors(dict);
        reach.has_class |= rg__dict_find(dict, "__class__") != NULL;
    }
    return reach;
}

static const struct rg__reach *reach_of(struct rg__snapshot *snapshot,
                                        const PyTypeObject *type)
{
    struct rg__reach *reach =
        &snapshot->reaches[((uintptr_t)type >> 4 ^ (uintptr_t)type >> 12) %
                           RG__REACH_SLOTS];
    if (reach->type != type)
        *reach = read_reach(type);
    return reach;
}

enum rg_key_type rg__reach_attribute(struct rg__snapshot *snapshot,
                                     PyObject *object, PyObject *name)
{
    const PyTypeObject *type = Py_TYPE(object);
    if (!reach_of(snapshot, type)->has_descriptors)
        return RG_KEY_NONE;
    PyObject *found = look_up(type, NULL, name, NULL);
    return found != NULL && is_data_descriptor(found) ? RG_KEY_VARS
                                                      : RG_KEY_NONE;
}

enum rg_key_type rg__reach_class(struct rg__snapshot *snapshot,
                                 PyObject *object)
{
    return reach_of(snapshot, Py_TYPE(object))->has_class ? RG_KEY_VARS
                                                          : RG_KEY_NONE;
}

/* Asked of a class, these give themselves. */
static bool is_plain(struct rg__snapshot *snapshot, const PyObject *value)
{
    static PyTypeObject *const plain[] = {
        &PyFunction_Type,    &PyProperty_Type,    &PyMemberDescr_Type,
        &PyGetSetDescr_Type, &PyMethodDescr_Type, &PyWrapperDescr_Type};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (Py_IS_TYPE(value, plain[i]))
            return true;
    return Py_TYPE(value)->tp_descr_get == NULL ||
           rg__c_is(&snapshot->c_types, value, RG__C_LRU_CACHE);
}

enum rg_key_type rg__reach_class_attribute(struct rg__snapshot *snapshot,
                                           PyTypeObject *type, PyObject *name,
                                           PyObject *value)
{
    if (!is_plain(snapshot, value))
        return RG_KEY_VARS;
    return Py_IS_TYPE(type, &PyType_Type)
               ? RG_KEY_NONE
               : rg__reach_attribute(snapshot, (PyObject *)type, name);
}

enum rg_key_type rg__reach_member(const PyObject *object,
                                  const PyTypeObject *type, const char *name)
{
    return Py_IS_TYPE(object, (PyTypeObject *)type) ||
                   look_up(Py_TYPE(object), type, NULL, name) == NULL
               ? RG_KEY_NONE
               : RG_KEY_FIELD;
}

bool rg__gives_another(const char *name)
{
    static const char *const names[] = {"_callbacks", "mapping", "groupindex",
                                        "memo"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

enum rg_key_type rg__reach_field(const PyObject *object,
                                 const PyTypeObject *type, const char *name)
{
    const struct PyGetSetDef *getset = type->tp_getset;
    if (strchr(name, '[') != NULL) /* written as Python gets there */
        return rg__reach_member(object, type, name);
    for (; getset != NULL && getset->name != NULL; getset++)
        if (strcmp(getset->name, name) == 0)
            return rg__gives_another(name)
                       ? RG_KEY_FIELD
                       : rg__reach_member(object, type, name);
    return RG_KEY_FIELD;
}

/* A class that defines __getitem__ decides itself what that gives. */
enum rg_key_type rg__reach_items(const PyObject *object)
{
    const PyTypeObject *type = Py_TYPE(object);
    const PyTypeObject *base = PyDict_Check(object)    ? &PyDict_Type
                               : PyList_Check(object)  ? &PyList_Type
                               : PyTuple_Check(object) ? &PyTuple_Type
                                                       : NULL;
    if (type == base || base == NULL || type->tp_as_mapping == NULL)
        return RG_KEY_NONE;
    return type->tp_as_mapping->mp_subscript ==
                   base->tp_as_mapping->mp_subscript
               ? RG_KEY_NONE
               : RG_KEY_INNER;
}

/* The namespace that is called by the first `size` characters of a name. */
static PyObject *find_prefix(const struct rg__snapshot *snapshot,
                             const char *name, size_t size)
{
    for (size_t i = 0; i < snapshot->namespaces.count; i++) {
        PyObject *other = snapshot->namespaces.items[i].name;
        if (PyUnicode_IS_COMPACT_ASCII(other) &&
            (size_t)PyUnicode_GET_LENGTH(other) == size &&
            memcmp(PyUnicode_DATA(other), name, size) == 0)
            return snapshot->namespaces.items[i].dict;
    }
    return NULL;
}

enum rg_key_type rg__reach_module(const struct rg__snapshot *snapshot,
                                  const struct rg__namespace *namespace)
{
    if (!PyUnicode_IS_COMPACT_ASCII(namespace->name))
        return RG_KEY_NONE;
    const char *name = PyUnicode_DATA(namespace->name);
    PyObject *package = NULL;
    char word[128];
    const char *part = name, *dot;
    for (; (dot = strchr(part, '.')) != NULL; part = dot + 1) {
        const char *end = strchr(dot + 1, '.');
        size_t size = end == NULL ? strlen(name) : (size_t)(end - name);
        size_t length = size - (size_t)(dot + 1 - name);
        package = find_prefix(snapshot, name, (size_t)(dot - name));
        if (package == NULL || length >= sizeof word)
            return RG_KEY_FIELD;
        memcpy(word, dot + 1, length);
        word[length] = '\0';
        PyObject *module = rg__dict_find(package, word);
        if (module == NULL || !PyModule_Check(module) ||
            PyModule_GetDict(module) != find_prefix(snapshot, name, size))
            return RG_KEY_FIELD;
    }
    return RG_KEY_NONE;
}
