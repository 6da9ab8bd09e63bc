/* era.h - for the files of this directory: what eras share, and what each adds
 *
 * An era is one file pyXYZ.c; the others are compiled with the eras that
 * src/heap/local.mk lists them for, each time against that era's headers. */
#ifndef RG_HEAP_CPYTHON_ERA_H
#define RG_HEAP_CPYTHON_ERA_H

#include "heap/cpython/layout.h"

/* Objects have no PyGC_Head there, and other threads run while we look. */
#ifdef Py_GIL_DISABLED
#error "free-threaded builds of CPython are not supported"
#endif

struct _gc_runtime_state;
struct _PyInterpreterFrame;

/* generations.c */

/* Of the era: where the collector keeps its lists, or NULL when they are not
 * where this file was compiled to find them. */
struct _gc_runtime_state *rg__collector(void);

/* Whether a new object stands at the end of the youngest list. */
bool rg__collector_fits(void);

/* plain.c */

/* The dict of an instance whose type says where with tp_dictoffset. */
PyObject *rg__classic_dict(PyObject *object);

/* Whether a new instance's attribute is read back, from inside the instance
 * or from its dict; and whether the innermost frame is the one that CPython
 * itself names. */
bool rg__instance_fits(bool is_inline);
bool rg__frame_fits(void);

/* The first of these that does not fit, in words; NULL when all do. */
const char *rg__self_test(bool has_inline_values);

/* localsplus.c: 3.11 to 3.13 */

/* Of the era: a record that is set up completely, and what is in it. */
bool rg__is_complete(const struct _PyInterpreterFrame *record);
void rg__fill_frame(struct _PyInterpreterFrame *record,
                    struct rg__frame *frame);

/* The first complete record from `record` on; false when there is none. */
bool rg__first_complete(struct _PyInterpreterFrame *record,
                        struct rg__frame *frame);

/* What eras with localsplus have in common of it. */
void rg__fill_common(struct _PyInterpreterFrame *record, PyCodeObject *code,
                     int instruction, struct rg__frame *frame);

#endif
