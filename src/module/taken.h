/* taken.h - what a writer wrote, as an object of Python
 *
 * Private to module. */
#ifndef RG_MODULE_TAKEN_H
#define RG_MODULE_TAKEN_H

#include <Python.h>

#include "base/buffer.h"
#include "base/error.h"

/* What was written, which is UTF-8, as a str, decoded with that error handler
 * (NULL: strict); or as bytes.  The buffer is emptied.  New reference, or NULL
 * with an exception set unless the status is RG_OK: the one that a signal
 * handler raised meanwhile, or what the status says. */
PyObject *rg__take_str(struct rg_buffer *buffer, enum rg_status status,
                       const char *errors);
PyObject *rg__take_bytes(struct rg_buffer *buffer, enum rg_status status);

#endif
