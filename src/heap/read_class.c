/* read_class.c - classes: their namespace, and the plumbing between them */
#include "heap/reach.h"
#include "heap/read.h"
#include "heap/word.h"

static PyObject *class_name(PyTypeObject *type)
{
    return type->tp_flags & Py_TPFLAGS_HEAPTYPE
               ? ((PyHeapTypeObject *)type)->ht_name
               : NULL;
}

static enum rg_status read_class_namespace(struct rg__reader *reader,
                                           PyTypeObject *type)
{
    PyObject *dict = rg__type_dict(type), *key, *value;
    if (dict == NULL || !PyDict_Check(dict))
        return RG_OK;
    Py_ssize_t position = 0;
    enum rg_status status = rg__fold_hidden(reader, dict, "__dict__");
    while (status == RG_OK && PyDict_Next(dict, &position, &key, &value)) {
        struct rg__told told = {.value = value,
                                .kind = RG_CLASS_ATTRIBUTE,
                                .through_plumbing = true,
                                .owner = class_name(type)};
        if (!rg__wants(reader, value))
            continue;
        if (PyUnicode_CheckExact(key)) {
            told.name = key;
            told.key_type =
                rg__reach_class_attribute(reader->snapshot, type, key, value);
        } else {
            told.key = key;
        }
        status = rg__tell(reader, &told);
    }
    return status;
}

void rg__type_parts(PyTypeObject *type, struct rg__type_parts *parts)
{
    const PyHeapTypeObject *heap = (PyHeapTypeObject *)type;
    *parts = (struct rg__type_parts){.subclasses = rg__type_subclasses(type)};
    if (!(type->tp_flags & Py_TPFLAGS_HEAPTYPE))
        return;
    parts->name = heap->ht_name;
    parts->qualname = heap->ht_qualname;
    parts->slots = heap->ht_slots;
}

/* A dict of weak references by address, which nobody would name. */
static enum rg_status read_subclasses(struct rg__reader *reader,
                                      PyObject *subclasses, PyObject *owner)
{
    PyObject *key, *reference;
    Py_ssize_t position = 0;
    if (subclasses == NULL || !PyDict_CheckExact(subclasses))
        return RG_OK;
    enum rg_status status =
        rg__fold_hidden(reader, subclasses, "__subclasses__");
    while (status == RG_OK &&
           PyDict_Next(subclasses, &position, &key, &reference))
        status = rg__tell(reader, &(struct rg__told){.value = reference,
                                                     .kind = RG_MEMBER,
                                                     .through_plumbing = true,
                                                     .owner = owner,
                                                     .key_type = RG_KEY_FIELD,
                                                     .word = "__subclasses__"});
    return status;
}

enum rg_status rg__read_class(struct rg__reader *reader)
{
    PyTypeObject *type = (PyTypeObject *)reader->object;
    PyObject *name = class_name(type);
    struct rg__type_parts parts;
    rg__type_parts(type, &parts);
    const struct rg__told members[] = {
        {.value = (PyObject *)type->tp_base, .owner = name, .word = "__base__"},
        {.value = type->tp_bases, .owner = name, .word = "__bases__"},
        {.value = type->tp_mro, .owner = name, .word = "__mro__"},
        {.value = parts.name, .owner = name, .word = "__name__"},
        {.value = parts.qualname, .owner = name, .word = "__qualname__"},
        {.value = parts.slots,
         .owner = name,
         .word = "__slots__",
         .key_type = RG_KEY_FIELD}};
    enum rg_status status = read_class_namespace(reader, type);
    if (status == RG_OK)
        status = read_subclasses(reader, parts.subclasses, name);
    return status == RG_OK ? rg__tell_members(reader, members,
                                              sizeof members / sizeof *members)
                           : status;
}
