#include "heap/adapter.h"

#include <Python.h>
#include <structmember.h>

#include "base/format.h"
#include "heap/cpython/containers.h"
#include "heap/reach.h"
#include "heap/read.h"

/* Anything whose fields its member table names: range. */
static enum rg_status walk_members(PyObject *object, rg__object_fn visit,
                                   void *context)
{
    const struct PyMemberDef *member = Py_TYPE(object)->tp_members;
    enum rg_status status = RG_OK;
    for (; status == RG_OK && member != NULL && member->name != NULL;
         member++) {
        if (member->type != T_OBJECT && member->type != T_OBJECT_EX)
            continue;
        PyObject *value = *(PyObject **)((char *)object + member->offset);
        if (value != NULL)
            status = visit(context, value);
    }
    return status;
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
        rg_format(word, sizeof word, "co_consts[%zd]", i);
        status = rg__tell(
            reader, &(struct rg__told){.value = PyTuple_GET_ITEM(constants, i),
                                       .kind = RG_MEMBER,
                                       .word = word,
                                       .through_plumbing = true});
    }
    return status;
}

/* The fields of a row. */

static enum rg_status walk_row(const struct rg__c_type *row, PyObject *object,
                               rg__object_fn visit, void *context)
{
    enum rg_status status = RG_OK;
    for (size_t i = 0;
         status == RG_OK && i < RG__C_FIELDS_MAX && row->fields[i].name != NULL;
         i++) {
        PyObject *value = rg__c_at(object, row->fields[i].word);
        if (value != NULL)
            status = visit(context, value);
    }
    return status;
}

static enum rg_status read_by_row(const struct rg__c_type *row,
                                  const PyTypeObject *type,
                                  struct rg__reader *reader)
{
    enum rg_status status = RG_OK;
    for (size_t i = 0;
         status == RG_OK && i < RG__C_FIELDS_MAX && row->fields[i].name != NULL;
         i++)
        status = rg__tell(
            reader, &(struct rg__told){
                        .value = rg__c_at(reader->object, row->fields[i].word),
                        .kind = RG_MEMBER,
                        .key_type = rg__reach_field(reader->object, type,
                                                    row->fields[i].name),
                        .word = row->fields[i].name});
    return status;
}

bool rg__is_adapted(struct rg__c_types *types, const PyTypeObject *type)
{
    const struct rg__c_type *row = rg__c_type(types, type)->row;
    return row != NULL && row->kind >= RG__C_CODE && row->kind <= RG__C_ARRAY;
}

static enum rg_status visit_one(PyObject *value, rg__object_fn visit,
                                void *context)
{
    return value == NULL ? RG_OK : visit(context, value);
}

enum rg_status rg__adapted_walk(struct rg__c_types *types, PyObject *object,
                                rg__object_fn visit, void *context)
{
    const struct rg__c_answer *answer = rg__c_type(types, Py_TYPE(object));
    const struct rg__c_type *row = answer->row;
    switch (row == NULL ? RG__C_PLAIN : row->kind) {
    case RG__C_PLAIN:
    case RG__C_PICKLER:
    case RG__C_UNPICKLER:
        return rg__c_untold_walk(answer, object, visit, context);
    case RG__C_CODE:
        return rg__code_walk((PyCodeObject *)object, visit, context);
    case RG__C_MEMBERS:
        return walk_members(object, visit, context);
    case RG__C_FIELDS:
        return walk_row(row, object, visit, context);
    case RG__C_DATETIME:
    case RG__C_TIME:
        return visit_one(rg__time_zone(row->kind, object), visit, context);
    case RG__C_ARRAY:
        return rg__walk_array(types, object, visit, context);
    default:
        return RG_OK;
    }
}

/* What stands in a member table is read like that of every object. */
enum rg_status rg__adapted_read(struct rg__reader *reader)
{
    PyObject *object = reader->object;
    const struct rg__c_answer *answer =
        rg__c_type(&reader->snapshot->c_types, Py_TYPE(object));
    const struct rg__c_type *row = answer->row;
    switch (row == NULL ? RG__C_PLAIN : row->kind) {
    case RG__C_CODE:
        return read_code(reader);
    case RG__C_FIELDS:
        return read_by_row(row, answer->type, reader);
    case RG__C_DATETIME:
    case RG__C_TIME:
        return rg__tell(reader, &(struct rg__told){
                                    .value = rg__time_zone(row->kind, object),
                                    .kind = RG_MEMBER,
                                    .word = "tzinfo"});
    case RG__C_ARRAY:
        return rg__read_array(reader);
    default:
        return RG_OK;
    }
}
