/* era.h - for the files of this directory: what an era adds, and what it uses
 *
 * Each era is one file, py310.c ...; what several of them share stands in files
 * of its own, compiled for each against its own headers:
 *     every.c, unlisted.c, generations.c, self_test.c
 *                                          3.10 to 3.15
 *     tables.c                             every era
 *     tables310.c, tables312.c, tables313.c, tables314.c
 *                                          from that version on
 *     until311.c, public311.c              3.10 and 3.11
 *     since311.c, since312.c, since313.c   from that version to 3.15
 *     until313.c                           3.11 to 3.13
 *     until314.c                           3.10 to 3.14
 *     since314.c                           3.14 and 3.15 */
#ifndef RG_HEAP_CPYTHON_ERA_H
#define RG_HEAP_CPYTHON_ERA_H

#include "heap/cpython/layout.h"

/* Their objects have no PyGC_Head, and other threads run while we look. */
#ifdef Py_GIL_DISABLED
#error "free-threaded builds of CPython are not supported"
#endif

struct _gc_runtime_state;
struct _PyInterpreterFrame;

/* The collector */

/* Where the collector keeps its lists, or NULL when that is not known
 * (until311.c, since312.c). */
struct _gc_runtime_state *rg__collector(void);

/* Since 3.12, of the era: where they should be, or NULL. */
struct _gc_runtime_state *rg__expected_collector(void);

/* Of the era: the list of generation `i`, youngest first; NUM_GENERATIONS of
 * them, and the frozen one behind. */
void *rg__generation_list(struct _gc_runtime_state *gc, int i);

/* Of the era: whether a collection is going on. */
bool rg__is_collecting(const struct _gc_runtime_state *gc);

/* Whether an object is the interpreter's table of interned strings
 * (generations.c). */
bool rg__is_intern_table(PyObject *object);

/* rg__gc_walk over these lists, and whether the newest object stands at the end
 * of the youngest (generations.c). */
enum rg_status rg__generations_walk(struct _gc_runtime_state *gc,
                                    rg__object_fn visit, void *context);
bool rg__generations_fit(struct _gc_runtime_state *gc, PyObject *newest);

/* The interpreter's struct (tables.c)
 *
 * Where it keeps warnings' registry and default action is compared with what
 * the module _warnings shows, and where it has its first thread with the
 * oldest thread there is: when both fit, so does what lies between. */
struct rg__interpreter_marks {
    PyObject *once_registry;
    PyObject *default_action;
    const PyThreadState *first_thread;  /* NULL: the version has none */
};
bool rg__marks_fit(const struct rg__interpreter_marks *marks,
                   PyObject *modules);

/* Calls `visit` for each of `count` objects that is not NULL. */
struct rg__table_entry {
    enum rg__table table;
    PyObject *object;
};
enum rg_status rg__entries_walk(const struct rg__table_entry *entries,
                                size_t count, rg__table_fn visit,
                                void *context);

/* Of the era, since 3.12: whether PyUnstable_GC_VisitObjects lists frozen
 * objects. */
extern const bool rg__visit_lists_frozen;

/* Of the era: whether the generations are those of the collector's page. */
extern const bool rg__has_named_generations;

/* Attributes */

/* The dict of an instance whose type has it at tp_dictoffset (every.c). */
PyObject *rg__classic_dict(PyObject *object);

/* Of the era: whether a new instance keeps its attributes inside itself. */
extern const bool rg__has_inline_values;

struct _dictvalues;

/* Since 3.13: the values inside the instance, or NULL (since313.c); and of the
 * era: whether they are its own also when it has a dict that shares them. */
struct _dictvalues *rg__inline_values(PyObject *object);
extern const bool rg__keeps_values_beside_dict;

/* Frames since 3.11: since311.c, and what the era adds to it */

/* Whether the offsets this was compiled with are those that the running
 * interpreter publishes (since313.c); true where it publishes none. */
bool rg__frame_offsets_fit(void);

/* Of the era: how many values are on a record's stack, 0 when not known; what
 * slot `i` of a record holds, or NULL; and whether it has no count for it. */
int rg__stack_count(const struct _PyInterpreterFrame *record,
                    const PyCodeObject *code);
PyObject *rg__slot(const struct _PyInterpreterFrame *record, int i);
bool rg__slot_is_borrowed(const struct _PyInterpreterFrame *record, int i);

/* Since 3.13, of the era: what a suspended generator with this frame and frame
 * state awaits or yields from, or NULL. */
PyObject *rg__awaited(const struct rg__frame *frame, int state);

/* Since 3.13: whether a thread state ends where this was compiled to see its
 * end; the private fields are behind it. */
bool rg__thread_offsets_fit(void);

/* Of the era: whether a record is one of Python code, and set up. */
bool rg__is_complete(struct _PyInterpreterFrame *record);

/* Of the era: describes a complete record. */
void rg__fill_frame(struct _PyInterpreterFrame *record,
                    struct rg__frame *frame);

/* What all eras fill in alike; `instruction` counts code units. */
void rg__fill_common(struct _PyInterpreterFrame *record, PyCodeObject *code,
                     int instruction, struct rg__frame *frame);

/* The first complete record from `record` on, which may be NULL. */
bool rg__first_complete(struct _PyInterpreterFrame *record,
                        struct rg__frame *frame);

/* What is on top of a frame's stack, or NULL. */
PyObject *rg__frame_top(const struct rg__frame *frame);

#endif
