/* read_fields.c - fields of C types that no member table names
 *
 * Where they stand is known (cpython/c_layouts.c), and believed only when the
 * object itself confirms it: whatever stands in those words must be among what
 * its own traverse visits.  Where it does not, the references stay unnamed. */
#include <Python.h>
#include <structmember.h>

#include <string.h>

#include "heap/read.h"

enum { MAX_WORDS = 64 };

static size_t words_of(const PyTypeObject *type)
{
    return (size_t)type->tp_basicsize / sizeof(void *);
}

bool rg__is_member(const PyTypeObject *type, size_t word)
{
    const struct PyMemberDef *member = type->tp_members;
    for (; member != NULL && member->name != NULL; member++)
        if ((member->type == T_OBJECT || member->type == T_OBJECT_EX) &&
            (size_t)member->offset == word * sizeof(void *))
            return true;
    return false;
}

/* What stands in the words of a row, and how much of it was confirmed. */
struct found {
    PyObject *values[MAX_WORDS];
    const char *names[MAX_WORDS];
    bool optional[MAX_WORDS];
    bool confirmed[MAX_WORDS];
    size_t count;
};

static void add_word(const PyTypeObject *type, PyObject *object, size_t word,
                     const char *name, bool optional, struct found *found)
{
    PyObject *const *words = (PyObject *const *)object;
    if (word >= words_of(type) || words[word] == NULL ||
        found->count == MAX_WORDS)
        return;
    found->values[found->count] = words[word];
    found->optional[found->count] = optional;
    found->names[found->count++] = name;
}

static void add_row(const PyTypeObject *type, PyObject *object,
                    const struct rg__c_type *row, struct found *found)
{
    for (size_t i = 0; i < RG__C_FIELDS_MAX && row->fields[i].name != NULL;
         i++) {
        const struct rg__c_field *field = &row->fields[i];
        bool to_the_end = field->name[0] == '*';
        size_t word = field->word, end = to_the_end ? words_of(type) : word + 1;
        for (; word < end; word++)
            if (!rg__is_member(type, word))
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

enum rg_status rg__read_fields(struct rg__reader *reader,
                               const PyTypeObject *type)
{
    const struct rg__c_type *row =
        rg__c_row(&reader->snapshot->c_types, type);
    if (row == NULL || row->fields[0].name == NULL ||
        rg__is_adapted(&reader->snapshot->c_types, type))
        return RG_OK;
    struct found found = {.count = 0};
    add_row(type, reader->object, row, &found);
    if (!is_confirmed(reader->object, &found))
        return RG_OK;
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < found.count; i++)
        if (found.confirmed[i])
            status = rg__tell(reader,
                              &(struct rg__told){.value = found.values[i],
                                                 .kind = RG_MEMBER,
                                                 .word = found.names[i]});
    return status;
}

PyObject *rg__field(PyObject *object, const PyTypeObject *type, size_t word)
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

/* What Python code sees of a field of this name, in its type's getters. */
static const struct PyGetSetDef *find_getter(const PyTypeObject *type,
                                             const char *name)
{
    const struct PyGetSetDef *getset = type->tp_getset;
    for (; getset != NULL && getset->name != NULL; getset++)
        if (strcmp(getset->name, name) == 0)
            return getset;
    return NULL;
}

/* A getter may make a copy: that of a future's callbacks does. */
static enum rg_grip grip_of_row(struct rg__c_types *types, PyObject *object,
                                const PyTypeObject *type, PyObject *referent)
{
    const struct rg__c_type *row = rg__c_row(types, type);
    PyObject *const *words = (PyObject *const *)object;
    for (size_t i = 0; row != NULL && i < RG__C_FIELDS_MAX &&
                       row->fields[i].name != NULL; i++) {
        const struct rg__c_field *field = &row->fields[i];
        if (field->word >= words_of(type) || words[field->word] != referent)
            continue;
        const struct PyGetSetDef *getter = find_getter(type, field->name);
        if (getter != NULL && getter->set != NULL)
            return RG_GRIP_OTHER;
        return getter != NULL && strcmp(field->name, "_callbacks") != 0
                   ? RG_GRIP_FIXED
                   : RG_GRIP_HIDDEN;
    }
    return RG_GRIP_HIDDEN;
}

static enum rg_grip grip_of_members(PyObject *object, const PyTypeObject *type,
                                    PyObject *referent)
{
    const struct PyMemberDef *member = type->tp_members;
    for (; member != NULL && member->name != NULL; member++) {
        if ((member->type != T_OBJECT && member->type != T_OBJECT_EX) ||
            *(PyObject **)((char *)object + member->offset) != referent)
            continue;
        if (member->flags & READONLY)
            return RG_GRIP_FIXED;
        return rg__is_made_in_c(type) ? RG_GRIP_OTHER : RG_GRIP_ATTRIBUTE;
    }
    return RG_GRIP_HIDDEN;
}

enum rg_grip rg__grip_of_member(struct rg__c_types *types, PyObject *object,
                                PyObject *referent)
{
    const PyTypeObject *type = Py_TYPE(object);
    enum rg_grip grip = RG_GRIP_HIDDEN;
    for (; type != NULL && grip == RG_GRIP_HIDDEN; type = type->tp_base) {
        grip = grip_of_members(object, type, referent);
        if (grip == RG_GRIP_HIDDEN)
            grip = grip_of_row(types, object, type, referent);
    }
    return grip;
}
