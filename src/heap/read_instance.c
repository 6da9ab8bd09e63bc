/* read_instance.c - attributes: inline values, __dict__, slots, C members */
#include <Python.h>
#include <structmember.h>

#include "heap/reach.h"
#include "heap/read.h"
#include "heap/word.h"

PyObject *rg__attribute(PyObject *object, const char *name)
{
    Py_ssize_t count = rg__inline_count(object);
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *found, *value;
        if (rg__inline_item(object, i, &found, &value) &&
            rg__word_is(found, name))
            return value;
    }
    PyObject *dict = rg__instance_dict(object);
    return dict == NULL || !PyDict_Check(dict) ? NULL
                                               : rg__dict_find(dict, name);
}

static enum rg_status read_inline(struct rg__reader *reader)
{
    Py_ssize_t count = rg__inline_count(reader->object);
    enum rg_status status = RG_OK;
    for (Py_ssize_t i = 0; status == RG_OK && i < count; i++) {
        PyObject *name, *value;
        if (rg__inline_item(reader->object, i, &name, &value) &&
            rg__wants(reader, value))
            status = rg__tell(reader,
                              &(struct rg__told){
                                  .value = value,
                                  .kind = RG_ATTRIBUTE,
                                  .name = name,
                                  .key_type = rg__reach_attribute(
                                      reader->snapshot, reader->object, name)});
    }
    return status;
}

/* A __dict__ may hold keys that are no str, put there by hand. */
static enum rg_status tell_dict_attribute(struct rg__reader *reader,
                                          PyObject *key, PyObject *value)
{
    struct rg__told told = {
        .value = value, .kind = RG_ATTRIBUTE, .through_plumbing = true};
    if (!rg__wants(reader, value))
        return RG_OK;
    if (PyUnicode_CheckExact(key)) {
        told.name = key;
        told.key_type =
            rg__reach_attribute(reader->snapshot, reader->object, key);
    } else {
        told.key = key;
    }
    return rg__tell(reader, &told);
}

/* Whether it has any attribute or slot, not counting items. */
static bool has_own_attributes(PyObject *mapping)
{
    const PyTypeObject *type = Py_TYPE(mapping);
    PyObject *dict = rg__instance_dict(mapping), *name, *value;
    Py_ssize_t count = rg__inline_count(mapping);
    for (; type != NULL && type != &PyDict_Type; type = type->tp_base)
        if (type->tp_members != NULL && type->tp_members->name != NULL)
            return true;
    for (Py_ssize_t i = 0; i < count; i++)
        if (rg__inline_item(mapping, i, &name, &value))
            return true;
    return dict != NULL && (!PyDict_Check(dict) || PyDict_GET_SIZE(dict) > 0);
}

PyObject *rg__plain_namespace(PyObject *object)
{
    PyObject *dict = rg__instance_dict(object);
    return dict != NULL && (PyDict_CheckExact(dict) ||
                            (PyDict_Check(dict) && !has_own_attributes(dict)))
               ? dict
               : NULL;
}

/* A dict of a class of the program's refers to that class too. */
static enum rg_status tell_namespace(struct rg__reader *reader, PyObject *dict)
{
    PyTypeObject *type = Py_TYPE(dict);
    struct rg_buffer owner = {0};
    if (rg__plain_namespace(reader->object) == NULL)
        return rg__tell(reader, &(struct rg__told){.value = dict,
                                                   .kind = RG_MEMBER,
                                                   .word = "__dict__"});
    enum rg_status status = rg__fold(reader, dict, "__dict__");
    if (status != RG_OK || !(type->tp_flags & Py_TPFLAGS_HEAPTYPE) ||
        !rg__wants(reader, (PyObject *)type))
        return status;
    status = rg__put_owner(dict, &owner);
    if (status == RG_OK)
        status = rg__tell(reader, &(struct rg__told){.value = (PyObject *)type,
                                                     .kind = RG_INSTANCE,
                                                     .owner_text = &owner,
                                                     .key_type = RG_KEY_INNER,
                                                     .through_plumbing = true});
    rg_buffer_free(&owner);
    return status;
}

enum rg_status rg__read_attributes(struct rg__reader *reader)
{
    if (!rg__fits(reader->snapshot, RG_MISFIT_ATTRIBUTES))
        return RG_OK;
    PyObject *dict = rg__instance_dict(reader->object);
    bool is_inline = rg__inline_count(reader->object) > 0;
    enum rg_status status = read_inline(reader);
    if (status != RG_OK || dict == NULL || !PyDict_Check(dict))
        return status;
    PyObject *key, *value;
    Py_ssize_t position = 0;
    while (!is_inline && status == RG_OK &&
           PyDict_Next(dict, &position, &key, &value))
        status = tell_dict_attribute(reader, key, value);
    return status == RG_OK ? tell_namespace(reader, dict) : status;
}

/* A slot of a Python class reads like an attribute, a field of a C struct is
 * a member. */
static enum rg_kind member_kind(PyTypeObject *type)
{
    if (type->tp_flags & Py_TPFLAGS_HEAPTYPE &&
        ((PyHeapTypeObject *)type)->ht_slots != NULL)
        return RG_ATTRIBUTE;
    return RG_MEMBER;
}

static enum rg_status read_member(struct rg__reader *reader,
                                  const PyTypeObject *type,
                                  const struct PyMemberDef *member,
                                  enum rg_kind kind)
{
    if (member->type != T_OBJECT && member->type != T_OBJECT_EX)
        return RG_OK;
    PyObject *value = *(PyObject **)((char *)reader->object + member->offset);
    if (value == NULL || !rg__wants(reader, value))
        return RG_OK;
    return rg__tell(
        reader, &(struct rg__told){.value = value,
                                   .kind = kind,
                                   .word = member->name,
                                   .key_type = rg__reach_member(
                                       reader->object, type, member->name)});
}

/* Whether a member before it in the table is the same field: what classmethod
 * calls __func__ and __wrapped__ is one reference. */
static bool is_alias(const struct PyMemberDef *table,
                     const struct PyMemberDef *member)
{
    const struct PyMemberDef *before = table;
    while (before < member && before->offset != member->offset)
        before++;
    return before < member;
}

/* Functions, classes and frames have readers of their own, which know more
 * than their members say. */
static bool has_own_reader(PyObject *object)
{
    return PyFunction_Check(object) || PyType_Check(object) ||
           PyFrame_Check(object) || PyGen_CheckExact(object) ||
           PyCoro_CheckExact(object) || PyAsyncGen_CheckExact(object);
}

static enum rg_status read_exception(struct rg__reader *reader)
{
    PyBaseExceptionObject *exception = (PyBaseExceptionObject *)reader->object;
    const struct rg__told members[] = {
        {.value = exception->args, .word = "args"},
        {.value = rg__exception_notes(reader->object), .word = "__notes__"},
        {.value = exception->traceback, .word = "__traceback__"},
        {.value = exception->context, .word = "__context__"},
        {.value = exception->cause, .word = "__cause__"}};
    return rg__tell_members(reader, members, sizeof members / sizeof *members);
}

static enum rg_status read_builtin(struct rg__reader *reader)
{
    const PyCFunctionObject *function = (PyCFunctionObject *)reader->object;
    const struct rg__told members[] = {
        {.value = function->m_self, .word = "__self__"},
        {.value = function->m_module, .word = "__module__"},
        {.value = (PyObject *)PyCFunction_GET_CLASS(reader->object),
         .word = "class",
         .key_type = RG_KEY_FIELD}};
    return rg__tell_members(reader, members, sizeof members / sizeof *members);
}

/* Fields that public structs show and no member table names. */
static enum rg_status read_public_fields(struct rg__reader *reader)
{
    PyObject *object = reader->object;
    if (PyExceptionInstance_Check(object))
        return read_exception(reader);
    if (PyTraceBack_Check(object))
        return rg__tell(
            reader,
            &(struct rg__told){
                .value = (PyObject *)((PyTracebackObject *)object)->tb_next,
                .kind = RG_MEMBER,
                .word = "tb_next"});
    if (PyCFunction_Check(object))
        return read_builtin(reader);
    if (PyWeakref_CheckProxy(object))
        return rg__tell(reader,
                        &(struct rg__told){
                            .value = ((PyWeakReference *)object)->wr_callback,
                            .kind = RG_MEMBER,
                            .word = "__callback__",
                            .key_type = RG_KEY_FIELD});
    return RG_OK;
}

struct c_fields {
    struct rg__reader *reader;
    const PyTypeObject *type;
};

static enum rg_status tell_c_field(void *context, PyObject *value,
                                   const char *name)
{
    const struct c_fields *fields = context;
    return rg__tell(
        fields->reader,
        &(struct rg__told){.value = value,
                           .kind = RG_MEMBER,
                           .word = name,
                           .key_type = rg__reach_field(fields->reader->object,
                                                       fields->type, name)});
}

enum rg_status rg__read_members(struct rg__reader *reader)
{
    enum rg_status status = read_public_fields(reader);
    if (has_own_reader(reader->object))
        return status;
    PyTypeObject *type = Py_TYPE(reader->object);
    for (; status == RG_OK && type != NULL; type = type->tp_base) {
        const struct PyMemberDef *member = type->tp_members;
        for (; status == RG_OK && member != NULL && member->name != NULL;
             member++)
            if (!is_alias(type->tp_members, member))
                status = read_member(reader, type, member, member_kind(type));
        struct c_fields fields = {reader, type};
        if (status == RG_OK)
            status =
                rg__c_fields_walk(&reader->snapshot->c_types, reader->object,
                                  type, tell_c_field, &fields);
    }
    return status;
}
