/* c_types.c - which C type a type is
 *
 * What decides is what no Python code can make or change: the address of a type
 * that C code can name; else that it was made in C and bears the name in there,
 * that its module is the one, and its size. */
#include "heap/cpython/c_types.h"

#include <string.h>
#include <unistd.h>

#include "base/format.h"
#include "heap/cpython/cpython.h"
#include "heap/word.h"

/* Whether a mismatch is said. */
#ifndef RG_DEBUG
#define RG_DEBUG 0
#endif

/* A class made in Python is on the heap and can be changed; a type that is on
 * the heap and cannot is one of C, and nobody can give it another name. */
bool rg__is_made_in_c(const PyTypeObject *type)
{
    return !(type->tp_flags & Py_TPFLAGS_HEAPTYPE) ||
           type->tp_flags & Py_TPFLAGS_IMMUTABLETYPE;
}

/* What a module is called in C; else what it calls itself. */
static bool is_called(PyObject *module, const char *name)
{
    const PyModuleDef *def = PyModule_GetDef(module);
    if (def == NULL) {
        PyObject *dict = PyModule_GetDict(module);
        PyObject *own = dict == NULL ? NULL : rg__dict_find(dict, "__name__");
        return own != NULL && rg__word_is(own, name);
    }
    /* _io says "io" of itself, and others may. */
    return strcmp(def->m_name, name) == 0 ||
           (name[0] == '_' && strcmp(def->m_name, name + 1) == 0);
}

/* Whether the module shows the type under the type's name: a static type
 * belongs to none by itself. */
static bool is_shown_by(PyObject *modules, const PyTypeObject *type,
                        const char *module_name)
{
    const char *dot = strrchr(type->tp_name, '.');
    PyObject *module =
        modules == NULL ? NULL : rg__dict_find(modules, module_name);
    PyObject *dict = module == NULL || !PyModule_Check(module)
                         ? NULL
                         : PyModule_GetDict(module);
    return dict != NULL &&
           rg__dict_find(dict, dot == NULL ? type->tp_name : dot + 1) ==
               (PyObject *)type;
}

static bool is_of_module(PyObject *modules, const PyTypeObject *type,
                         const struct rg__c_type *row)
{
    if (!(type->tp_flags & Py_TPFLAGS_HEAPTYPE))
        return row->module == NULL
                   ? rg__may_be_own(type)
                   : row->module[0] == '\0' ||
                         is_shown_by(modules, type, row->module);
    PyObject *own = ((PyHeapTypeObject *)type)->ht_module;
    if (own == NULL) /* _thread makes one type without saying so, and the
                        interpreter some before there are modules */
        return row->kind == RG__C_THREAD_DUMMY ||
               (row->module != NULL && row->module[0] == '\0');
    return row->module != NULL && PyModule_Check(own) &&
           is_called(own, row->module);
}

static bool is_type_of(PyObject *modules, const struct rg__c_type *row,
                       const PyTypeObject *type)
{
    if (row->type != NULL)
        return row->type == type;
    return strcmp(row->name, type->tp_name) == 0 &&
           is_of_module(modules, type, row);
}

bool rg__is_function_of(PyObject *function, PyObject *module, const char *name,
                        int flags)
{
    if (!PyCFunction_CheckExact(function) ||
        PyCFunction_GET_SELF(function) != module ||
        PyCFunction_GET_FLAGS(function) != flags)
        return false;
    const PyModuleDef *def = PyModule_GetDef(module);
    for (const PyMethodDef *method = def == NULL ? NULL : def->m_methods;
         method != NULL && method->ml_name != NULL; method++)
        if (method == ((PyCFunctionObject *)function)->m_ml)
            return strcmp(method->ml_name, name) == 0;
    return false;
}

static bool is_of_this_version(const struct rg__c_type *row)
{
    return row->first <= PY_MINOR_VERSION && PY_MINOR_VERSION <= row->last;
}

/* Without stdio, which a forked child must not use. */
static void say_unknown_size(const PyTypeObject *type)
{
    char line[256];
    int size = rg_format(line, sizeof line,
                         "referrers: %.80s has %zu words in this CPython %s, "
                         "of which src/heap/cpython/c_layouts.c knows "
                         "nothing\n",
                         type->tp_name, rg__c_words(type), PY_VERSION);
    if (write(STDERR_FILENO, line, (size_t)size) < 0)
        return;
}

static const struct rg__c_type *find_layout(PyObject *modules,
                                            const struct rg__c_type *rows,
                                            size_t count,
                                            const PyTypeObject *type)
{
    bool is_known = false;
    for (size_t i = 0; i < count; i++) {
        const struct rg__c_type *row = &rows[i];
        if (!is_of_this_version(row) || !is_type_of(modules, row, type))
            continue;
        if (row->words == 0 || row->words == rg__c_words(type))
            return row;
        is_known = true;
    }
    if (RG_DEBUG && is_known)
        say_unknown_size(type);
    return NULL;
}

/* Only C code can make a type that does: Cython's are open to changes, but
 * their module, which a row asks for, is not. */
static bool says_its_module(const PyTypeObject *type)
{
    return ((PyHeapTypeObject *)type)->ht_module != NULL;
}

static const struct rg__c_type *look_up_row(PyObject *modules,
                                            const PyTypeObject *type)
{
    const struct {
        const struct rg__c_type *rows;
        size_t count;
    } tables[] = {{rg__c_layouts, rg__c_layout_count},
                  {rg__numpy_layouts, rg__numpy_layout_count},
                  {rg__greenlet_layouts, rg__greenlet_layout_count},
                  {rg__pandas_layouts, rg__pandas_layout_count}};
    const struct rg__c_type *row = NULL;
    if (!rg__is_made_in_c(type) && !says_its_module(type))
        return NULL;
    for (size_t i = 0; row == NULL && i < sizeof tables / sizeof *tables; i++)
        row = find_layout(modules, tables[i].rows, tables[i].count, type);
    return row;
}

static struct rg__c_answer answer_about(PyObject *modules,
                                        const PyTypeObject *asked)
{
    struct rg__c_answer answer = {.asked = asked};
    const PyTypeObject *type = asked;
    for (; type != NULL && answer.row == NULL; type = type->tp_base) {
        answer.type = type;
        answer.row = look_up_row(modules, type);
    }
    return answer;
}

const struct rg__c_answer *rg__c_type(struct rg__c_types *types,
                                      const PyTypeObject *type)
{
    struct rg__c_answer *answer =
        &types->answers[((uintptr_t)type >> 4 ^ (uintptr_t)type >> 12) %
                        RG__C_SLOTS];
    if (answer->asked != type)
        *answer = answer_about(types->modules, type);
    return answer;
}

const struct rg__c_type *rg__c_row(struct rg__c_types *types,
                                   const PyTypeObject *type)
{
    const struct rg__c_answer *answer = rg__c_type(types, type);
    return answer->row != NULL && answer->type == type ? answer->row : NULL;
}

enum rg_status rg__c_rows_walk(rg__c_row_fn visit, void *context)
{
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < rg__c_layout_count; i++)
        if (is_of_this_version(&rg__c_layouts[i]))
            status = visit(context, &rg__c_layouts[i]);
    return status;
}
