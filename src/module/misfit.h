/* misfit.h - an interpreter that does not read as it should
 *
 * Private to module.  Graphs are then made without what cannot be relied on
 * (enum rg_misfit), and the user is told so once, at import. */
#ifndef RG_MODULE_MISFIT_H
#define RG_MODULE_MISFIT_H

#include <Python.h>

/* A RuntimeWarning that says in one line what graphs will lack; none for 0.
 * -1 with an exception when warnings are errors. */
int rg__warn_of_misfits(unsigned misfits);

/* An ImportError instead, where too little could be relied on; none for 0. */
int rg__refuse_misfits(unsigned misfits);

/* The misfits with these names, a tuple of "lists", "attributes", "frames".
 * -1 with a ValueError for any other. */
int rg__misfits_named(PyObject *names, unsigned *misfits);

#endif
