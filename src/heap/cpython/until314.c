/* until314.c - what CPython 3.10 to 3.14 share */
#include <Python.h>

#include "heap/cpython/era.h"

const int rg__bytearray_header = 0;

bool rg__is_frozendict(PyObject *object)
{
    (void)object;
    return false;   /* PEP 814 came with 3.15 */
}
