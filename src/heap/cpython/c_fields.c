/* c_fields.c - what stands in the fields of C types that no member table names
 *
 * Where they stand is known (c_layouts.c), and believed only when the object
 * itself confirms it: whatever stands in those words must be among what its own
 * traverse visits.  Where it does not, nothing is said.  A field that the
 * traverse is known to forget is believed when it confirms all the others. */
#include <Python.h>
#include <structmember.h>

#include <string.h>

#include "heap/cpython/containers.h"
#include "heap/cpython/cpython.h"

enum { MAX_WORDS = 64 };

bool rg__c_is_member(const PyTypeObject *type, size_t word)
{
    const struct PyMemberDef *member = type->tp_members;
    for (; member != NULL && member->name != NULL; member++)
        if ((member->type == T_OBJECT || member->type == T_OBJECT_EX) &&
            (size_t)member->offset == (word + RG__C_MORE) * sizeof(void *))
            return true;
    return false;
}

/* What stands in the words of a row, and how much of it was confirmed. */
struct found {
    PyObject *values[MAX_WORDS];
    const char *names[MAX_WORDS];
    bool optional[MAX_WORDS];
    bool untold[MAX_WORDS];
    bool confirmed[MAX_WORDS];
    size_t count;
};

/* The object in a word, or at the start of what the word points to. */
static PyObject *object_in(PyObject *object, size_t word, bool is_pointer)
{
    PyObject *found = rg__c_at(object, word);
    if (!is_pointer || found == NULL)
        return found;
    return (uintptr_t)found % sizeof(void *) == 0 ? *(PyObject **)found : NULL;
}

static void add_word(const PyTypeObject *type, PyObject *object, size_t word,
                     const char *name, bool optional, struct found *found)
{
    bool is_pointer = name[0] == '&', is_untold = name[0] == '!';
    PyObject *value =
        word >= rg__c_words(type) ? NULL : object_in(object, word, is_pointer);
    if (value == NULL || found->count == MAX_WORDS)
        return;
    found->values[found->count] = value;
    found->optional[found->count] = optional || is_untold;
    found->untold[found->count] = is_untold;
    found->names[found->count++] = name + (is_pointer || is_untold);
}

/* The name of all that stands in no word of the struct, or NULL. */
static const char *rest_name(const struct rg__c_type *row)
{
    for (size_t i = 0; i < RG__C_FIELDS_MAX && row->fields[i].name != NULL; i++)
        if (row->fields[i].name[0] == '~')
            return row->fields[i].name + 1;
    return NULL;
}

static void add_row(const PyTypeObject *type, PyObject *object,
                    const struct rg__c_type *row, struct found *found)
{
    for (size_t i = 0; i < RG__C_FIELDS_MAX && row->fields[i].name != NULL;
         i++) {
        const struct rg__c_field *field = &row->fields[i];
        bool to_the_end = field->name[0] == '*';
        if (field->name[0] == '~')
            break;
        size_t word = field->word,
               end = to_the_end ? rg__c_words(type) : word + 1;
        for (; word < end; word++)
            if (!rg__c_is_member(type, word))
                add_word(type, object, word, field->name + to_the_end,
                         to_the_end, found);
    }
}

static int confirm_one(PyObject *referent, void *context)
{
    struct found *found = context;
    for (size_t i = 0; i < found->count; i++)
        if (found->values[i] == referent && !found->confirmed[i]) {
            found->confirmed[i] = true;
            break;
        }
    return 0;
}

/* Whether everything found is among what the object's traverse visits. */
static bool is_confirmed(PyObject *object, struct found *found)
{
    if (!PyObject_IS_GC(object) || Py_TYPE(object)->tp_traverse == NULL)
        return false;
    rg__traverse(object, confirm_one, found);
    for (size_t i = 0; i < found->count; i++)
        if (!found->confirmed[i] && !found->optional[i])
            return false;
    return true;
}

/* What stands in no word of the object. */
struct rest {
    PyObject *object;
    const PyTypeObject *type;
    const char *name;
    rg__c_field_fn visit;
    void *context;
    enum rg_status status;
};

static int visit_rest(PyObject *referent, void *context)
{
    struct rest *rest = context;
    for (size_t i = 0; i < rg__c_words(rest->type); i++)
        if (rg__c_at(rest->object, i) == referent)
            return 0;
    rest->status = rest->visit(rest->context, referent, rest->name);
    return rest->status == RG_OK ? 0 : -1;
}

static enum rg_status walk_rest(PyObject *object, const PyTypeObject *type,
                                const char *name, rg__c_field_fn visit,
                                void *context)
{
    struct rest rest = {.object = object,
                        .type = type,
                        .name = name,
                        .visit = visit,
                        .context = context};
    if (name != NULL && PyObject_IS_GC(object) && type->tp_traverse != NULL)
        type->tp_traverse(object, visit_rest, &rest);
    return rest.status;
}

struct memo {
    rg__c_field_fn visit;
    void *context;
};

static enum rg_status visit_memo(void *context, PyObject *value)
{
    const struct memo *memo = context;
    return memo->visit(memo->context, value, "memo");
}

enum rg_status rg__c_fields_walk(struct rg__c_types *types, PyObject *object,
                                 const PyTypeObject *type, rg__c_field_fn visit,
                                 void *context)
{
    const struct rg__c_type *row = rg__c_row(types, type);
    struct found found = {.count = 0};
    enum rg_status status = RG_OK;
    if (row == NULL || row->fields[0].name == NULL || row->kind >= RG__C_CODE)
        return RG_OK;
    add_row(type, object, row, &found);
    if (found.count == 0 || !is_confirmed(object, &found))
        return RG_OK;
    for (size_t i = 0; status == RG_OK && i < found.count; i++)
        if (found.confirmed[i] || found.untold[i])
            status = visit(context, found.values[i], found.names[i]);
    struct memo memo = {visit, context};
    if (status == RG_OK)
        status = rg__memo_walk(row->kind, object, visit_memo, &memo);
    return status == RG_OK
               ? walk_rest(object, type, rest_name(row), visit, context)
               : status;
}

static bool has_untold(const struct rg__c_type *row)
{
    if (row->kind == RG__C_PICKLER || row->kind == RG__C_UNPICKLER)
        return true;
    for (size_t i = 0; i < RG__C_FIELDS_MAX && row->fields[i].name != NULL; i++)
        if (row->fields[i].name[0] == '!')
            return true;
    return false;
}

enum rg_status rg__c_untold_walk(const struct rg__c_answer *answer,
                                 PyObject *object, rg__object_fn visit,
                                 void *context)
{
    struct found found = {.count = 0};
    enum rg_status status = RG_OK;
    if (answer->row == NULL || !has_untold(answer->row))
        return RG_OK;
    add_row(answer->type, object, answer->row, &found);
    if (found.count == 0 || !is_confirmed(object, &found))
        return RG_OK;
    for (size_t i = 0; status == RG_OK && i < found.count; i++)
        if (found.untold[i] && !found.confirmed[i])
            status = visit(context, found.values[i]);
    return status == RG_OK
               ? rg__memo_walk(answer->row->kind, object, visit, context)
               : status;
}

const char *rg__c_field_name(struct rg__c_types *types, PyObject *object,
                             const PyTypeObject *type, const PyObject *referent)
{
    const struct rg__c_type *row = rg__c_row(types, type);
    for (size_t i = 0;
         row != NULL && i < RG__C_FIELDS_MAX && row->fields[i].name != NULL;
         i++)
        if (row->fields[i].word < rg__c_words(type) &&
            row->fields[i].name[0] != '~' &&
            rg__c_at(object, row->fields[i].word) == referent)
            return row->fields[i].name + (row->fields[i].name[0] == '!');
    return NULL;
}

PyObject *rg__c_word(PyObject *object, const PyTypeObject *type, size_t word)
{
    struct found found = {.count = 0};
    add_word(type, object, word, "", false, &found);
    return found.count == 1 && is_confirmed(object, &found) ? found.values[0]
                                                            : NULL;
}

PyObject *rg__task_name(struct rg__c_types *types, PyObject *object)
{
    const struct rg__c_answer *answer = rg__c_type(types, Py_TYPE(object));
    struct found found = {.count = 0};
    if (answer->row == NULL || answer->row->kind != RG__C_TASK)
        return NULL;
    add_row(answer->type, object, answer->row, &found);
    for (size_t i = 0; i < found.count; i++)
        if (strcmp(found.names[i], "name") == 0)
            return is_confirmed(object, &found) ? found.values[i] : NULL;
    return NULL;
}
