/* code.c - the names in code, and what code and functions refer to */
#include <Python.h>

#include "heap/cpython/version.h"

#if RG__FRAMES == RG__FRAMES_ARE_OBJECTS

PyObject *rg__code_free_name(PyCodeObject *code, Py_ssize_t i)
{
    return i < PyTuple_GET_SIZE(code->co_freevars)
               ? PyTuple_GET_ITEM(code->co_freevars, i)
               : NULL;
}

PyObject *rg__code_parameter_name(PyCodeObject *code, Py_ssize_t i)
{
    return i >= 0 && i < PyTuple_GET_SIZE(code->co_varnames)
               ? PyTuple_GET_ITEM(code->co_varnames, i)
               : NULL;
}

enum rg_status rg__code_walk(PyCodeObject *code, rg__object_fn visit,
                             void *context)
{
    PyObject *const objects[] = {
        code->co_code,     code->co_consts,   code->co_names,
        code->co_varnames, code->co_freevars, code->co_cellvars,
        code->co_filename, code->co_name,     code->co_linetable};
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < sizeof objects / sizeof *objects;
         i++)
        if (objects[i] != NULL)
            status = visit(context, objects[i]);
    return status;
}

#else

PyObject *rg__code_free_name(PyCodeObject *code, Py_ssize_t i)
{
    if (i >= code->co_nfreevars)
        return NULL;
    return PyTuple_GET_ITEM(code->co_localsplusnames,
                            code->co_nlocalsplus - code->co_nfreevars + i);
}

PyObject *rg__code_parameter_name(PyCodeObject *code, Py_ssize_t i)
{
    if (i < 0 || i >= code->co_nlocalsplus)
        return NULL;
    return PyTuple_GET_ITEM(code->co_localsplusnames, i);
}

enum rg_status rg__code_walk(PyCodeObject *code, rg__object_fn visit,
                             void *context)
{
    PyObject *const objects[] = {
        code->co_consts,         code->co_names,
        code->co_exceptiontable, code->co_filename,
        code->co_name,           code->co_qualname,
        code->co_linetable,      code->co_localsplusnames,
        code->co_localspluskinds};
    enum rg_status status = RG_OK;
    for (size_t i = 0; status == RG_OK && i < sizeof objects / sizeof *objects;
         i++)
        if (objects[i] != NULL)
            status = visit(context, objects[i]);
    return status;
}

#endif

PyObject *rg__function_type_params(PyObject *function)
{
#ifdef RG__FUNCTIONS_HAVE_TYPE_PARAMS
    return ((PyFunctionObject *)function)->func_typeparams;
#else
    (void)function;
    return NULL; /* PEP 695 came with 3.12 */
#endif
}

PyObject *rg__function_annotate(PyObject *function)
{
#ifdef RG__FUNCTIONS_HAVE_ANNOTATE
    return ((PyFunctionObject *)function)->func_annotate;
#else
    (void)function;
    return NULL; /* PEP 649 came with 3.14 */
#endif
}
