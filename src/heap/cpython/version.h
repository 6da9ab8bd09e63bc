/* version.h - which CPython this is compiled for, and the words of its page
 *
 * Every version has a page, py310.h ...: what it has of all that differs, one
 * line for each.  The sources of this directory are the same for all versions
 * and compile what the page says.  Below is what a page can say; then come the
 * page itself, and what the sources have for each other.
 *
 * Nothing here is for files of other directories: cpython.h is. */
#ifndef RG_HEAP_CPYTHON_VERSION_H
#define RG_HEAP_CPYTHON_VERSION_H

#include "heap/cpython/cpython.h"

/* RG__LISTS, where the collector keeps its lists (collector_lists.c): where the
 * headers have them; there too, if CPython's own walk begins there; or where
 * CPython publishes, if it begins there. */
#define RG__LISTS_IN_INTERPRETER 1
#define RG__LISTS_COMPARED 2
#define RG__LISTS_PUBLISHED 3

/* RG__ATTRIBUTES, where an instance keeps them (attributes.c): in a dict; in an
 * array of values or in a dict, with two words in front of the object; the same
 * with one word, and a flag in it; or in the object itself, with a word in
 * front for the dict that reads them there. */
#define RG__ATTRIBUTES_IN_DICT 1
#define RG__ATTRIBUTES_BEFORE 2
#define RG__ATTRIBUTES_EITHER 3
#define RG__ATTRIBUTES_INSIDE 4

/* RG__TRAVERSE, what a tp_traverse leaves out (traverse.c): nothing; what
 * frames hold (and what is told elsewhere, it says); or, of a dict and the
 * values that it shares with an object, one or the other, by the patch
 * release. */
#define RG__TRAVERSE_TELLS_ALL 1
#define RG__TRAVERSE_LACKS_FRAMES 2
#define RG__TRAVERSE_LACKS_DICT 3

/* RG__FRAMES, what a frame is: an object (frame_objects.c, frame_depth.c); or a
 * record of the evaluation loop, with locals, cells and stack in one array
 * (frame_records.c, frame_slots.c). */
#define RG__FRAMES_ARE_OBJECTS 1
#define RG__FRAMES_ARE_RECORDS 2

/* RG__SLOTS, what stands in that array: pointers to objects; or tagged
 * pointers, with or without a reference of their own, and small numbers. */
#define RG__SLOTS_ARE_POINTERS 1
#define RG__SLOTS_ARE_TAGGED 2

/* RG__AWAITS, how a suspended generator tells that it awaits (generators.c): by
 * the instruction that comes next, or by its state. */
#define RG__AWAITS_BY_OPCODE 1
#define RG__AWAITS_BY_STATE 2

/* Further facts are expressions, or 1; a page lacks what its version has
 * nothing of. */

#if PY_VERSION_HEX >> 16 == 0x030A
#include "heap/cpython/py310.h"
#elif PY_VERSION_HEX >> 16 == 0x030B
#include "heap/cpython/py311.h"
#elif PY_VERSION_HEX >> 16 == 0x030C
#include "heap/cpython/py312.h"
#elif PY_VERSION_HEX >> 16 == 0x030D
#include "heap/cpython/py313.h"
#elif PY_VERSION_HEX >> 16 == 0x030E
#include "heap/cpython/py314.h"
#elif PY_VERSION_HEX >> 16 == 0x030F
#include "heap/cpython/py315.h"
#else
#error "this version of CPython has no page in src/heap/cpython"
#endif
#ifdef Py_GIL_DISABLED
#include "heap/cpython/threaded.h"
#endif

struct _gc_runtime_state;
struct _PyInterpreterFrame;
struct _dictvalues;

/* The collector */

/* Where it keeps its lists, or NULL when that is not known or there are none
 * (collector_lists.c). */
struct _gc_runtime_state *rg__collector(void);

/* What CPython publishes since 3.13 (published.c): where they should be, or
 * NULL; and whether a collection is going on. */
struct _gc_runtime_state *rg__published_collector(void);
bool rg__published_is_collecting(const struct _gc_runtime_state *gc);

/* Whether an object is the interpreter's table of interned strings
 * (collector.c). */
bool rg__is_intern_table(PyObject *object);

/* The list of generation `i`, youngest first; NUM_GENERATIONS of them, and the
 * frozen one behind (collector.c). */
void *rg__generation_list(struct _gc_runtime_state *gc, int i);

/* rg__gc_walk over these lists, and whether the newest object stands at the end
 * of the youngest (collector.c). */
enum rg_status rg__generations_walk(struct _gc_runtime_state *gc,
                                    rg__object_fn visit, void *context);
bool rg__generations_fit(struct _gc_runtime_state *gc, PyObject *newest);

/* Attributes (attributes.c) */

/* Since 3.13: the values inside the instance, or NULL. */
struct _dictvalues *rg__inside_values(PyObject *object);

/* Frames */

/* On 3.10: whether a frame object is one of a thread's (frame_objects.c); and
 * how deep its stack is before an instruction, -1 when that is not known
 * (frame_depth.c). */
bool rg__is_running_frame(const PyFrameObject *object);
int rg__stack_depth(const PyCodeObject *code, int instruction);

/* On 3.10: of what is being handled the objects that do not hold each other;
 * how many (thread.c). */
enum { RG__HANDLED_PARTS = 3 };
int rg__handled_parts(PyObject *type, PyObject *value, PyObject *traceback,
                      PyObject **objects);

/* Whether this build, and the running interpreter, are both free-threaded or
 * both not; true where it does not say (published.c). */
bool rg__threading_fits(void);

/* Whether the offsets this was compiled with are those that the running
 * interpreter publishes; true where it publishes none (published.c). */
bool rg__frame_offsets_fit(void);

/* Whether a thread state ends where this was compiled to see its end; the
 * private fields are behind it (published.c). */
bool rg__thread_offsets_fit(void);

/* Since 3.11 (frame_slots.c): how many values are on a record's stack, 0 when
 * not known; what slot `i` of a record holds, or NULL; and whether it has no
 * count for it. */
int rg__record_stack_count(const struct _PyInterpreterFrame *record,
                           const PyCodeObject *code);
PyObject *rg__record_slot(const struct _PyInterpreterFrame *record, int i);
bool rg__record_slot_is_borrowed(const struct _PyInterpreterFrame *record,
                                 int i);

/* Since 3.11 (frame_records.c): describes a record that is set up; and what is
 * on top of a frame's stack, or NULL. */
void rg__describe_record(struct _PyInterpreterFrame *record,
                         struct rg__frame *frame);
PyObject *rg__frame_top(const struct rg__frame *frame);

#endif
