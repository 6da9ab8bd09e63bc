/* read_class.c - classes: their namespace, and the plumbing between them */
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
    enum rg_status status = rg__fold(reader, dict, "__dict__");
    while (status == RG_OK && PyDict_Next(dict, &position, &key, &value))
        status = rg__tell(reader, &(struct rg__told){
                                      .value = value,
                                      .kind = RG_CLASS_ATTRIBUTE,
                                      .through_plumbing = true,
                                      .owner = class_name(type),
                                      .name = PyUnicode_CheckExact(key) ? key
                                                                        : NULL,
                                      .key = PyUnicode_CheckExact(key) ? NULL
                                                                       : key});
    return status;
}

enum rg_status rg__read_class(struct rg__reader *reader)
{
    PyTypeObject *type = (PyTypeObject *)reader->object;
    PyObject *name = class_name(type);
    const struct rg__told members[] = {
        {.value = (PyObject *)type->tp_base, .owner = name, .word = "__base__"},
        {.value = type->tp_bases, .owner = name, .word = "__bases__"},
        {.value = type->tp_mro, .owner = name, .word = "__mro__"}};
    enum rg_status status = read_class_namespace(reader, type);
    return status == RG_OK
               ? rg__tell_members(reader, members,
                                  sizeof members / sizeof *members)
               : status;
}
