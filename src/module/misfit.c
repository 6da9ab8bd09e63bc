#include "module/misfit.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "heap/heap.h"

static const struct {
    enum rg_misfit misfit;
    const char *name;
    const char *consequence;
} kinds[] = {{RG_MISFIT_LISTS, "lists", "; frozen objects may be missing"},
             {RG_MISFIT_ATTRIBUTES, "attributes", "; attributes have no names"},
             {RG_MISFIT_FRAMES, "frames",
              "; local variables are missing or have no names"}};

enum { KINDS = sizeof kinds / sizeof *kinds };

/* What is said of each kind: what comes of it, or its name; nothing of those
 * that fit. */
static void put_misfits(unsigned misfits, bool names, const char *said[KINDS])
{
    for (int i = 0; i < KINDS; i++)
        said[i] = !(misfits & kinds[i].misfit) ? ""
                  : names                      ? kinds[i].name
                                               : kinds[i].consequence;
}

int rg__warn_of_misfits(unsigned misfits)
{
    const char *said[KINDS];
    char version[40];
    snprintf(version, sizeof version, "%.*s",
             (int)strcspn(Py_GetVersion(), " "), Py_GetVersion());
    put_misfits(misfits, false, said);
    if (misfits == 0)
        return 0;
    return PyErr_WarnFormat(
        PyExc_RuntimeWarning, 1,
        "referrers does not know how this CPython %s lays out its objects"
        "%s%s%s: look for a newer referrers",
        version, said[0], said[1], said[2]);
}

int rg__refuse_misfits(unsigned misfits)
{
    const char *said[KINDS];
    put_misfits(misfits, true, said);
    if (misfits == 0)
        return 0;
    PyErr_Format(PyExc_ImportError,
                 "referrers does not know how this free-threaded CPython "
                 "%.*s lays out its objects (%s %s %s): use a build with the "
                 "GIL, or look for a newer referrers",
                 (int)strcspn(Py_GetVersion(), " "), Py_GetVersion(), said[0],
                 said[1], said[2]);
    return -1;
}

static int find_misfit(PyObject *name)
{
    for (int i = 0; i < KINDS; i++)
        if (PyUnicode_Check(name) &&
            PyUnicode_CompareWithASCIIString(name, kinds[i].name) == 0)
            return i;
    PyErr_Format(PyExc_ValueError,
                 "%R is none of 'lists', 'attributes', 'frames'", name);
    return -1;
}

int rg__misfits_named(PyObject *names, unsigned *misfits)
{
    *misfits = 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names); i++) {
        int found = find_misfit(PyTuple_GET_ITEM(names, i));
        if (found < 0)
            return -1;
        *misfits |= kinds[found].misfit;
    }
    return 0;
}
