/* dumping.h - a whole heap into a file
 *
 * Private to module. */
#ifndef RG_MODULE_DUMPING_H
#define RG_MODULE_DUMPING_H

#include <Python.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "heap/heap.h"
#include "module/forked.h"

/* What is to be dumped, and where to. */
struct rg__dump_task {
    struct rg_query query;
    bool redact;
    int descriptor;
    int niceness; /* of a child */
};

/* The work of a child that dumps, which borrows the task.  Its answer is the
 * number of what failed (errno), or nothing. */
struct rg__forked_work rg__dump_work(struct rg__dump_task *task);
int rg__dump_number(const struct rg_buffer *answer);

PyObject *rg__dump(PyObject *module, PyObject *args);
extern const char rg__dump_doc[];

/* The same in two halves: the program goes on between them. */
PyObject *rg__dump_begin(PyObject *module, PyObject *descriptor);
PyObject *rg__dump_end(PyObject *module, PyObject *begun);
extern const char rg__dump_begin_doc[], rg__dump_end_doc[];

#endif
