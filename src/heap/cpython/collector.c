/* collector.c - the collector's lists, one for each generation
 *
 * Reading them finds frozen objects too, which gc.get_objects() and, before
 * 3.14, PyUnstable_GC_VisitObjects() leave out. */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <internal/pycore_gc.h>
#undef Py_BUILD_CORE

#include "heap/cpython/version.h"

/* What a page need not say. */
#ifndef RG__LISTS_HAVE_NAMES /* the generations that a person knows */
#define RG__LISTS_HAVE_NAMES 0
#endif
#ifndef RG__LISTS_STAND_BEFORE_FROZEN
#define RG__LISTS_STAND_BEFORE_FROZEN 0
#endif
#ifndef RG__HAS_NO_LISTS
#define RG__HAS_NO_LISTS 0
#endif

/* gcmodule.c: DEBUG_SAVEALL, which the module gc shows. */
enum { DEBUG_SAVEALL = 1 << 5 };

/* The low bits of a link are flags: while a collection runs, and in 3.14.0 to
 * 3.14.4, whose headers a build need not have seen, at any time. */
static PyGC_Head *next_in_list(const PyGC_Head *head)
{
    return (PyGC_Head *)(head->_gc_next & ~(uintptr_t)3);
}

/* From 3.14 on every dict is tracked, and so is the one of interned strings,
 * {text: text}.  Its references are not counted, and nobody would call them
 * references.  That is how it is recognised: any other dict that has a string
 * twice has two counts for it.  (Its size is only asked first because that
 * costs nothing; an interpreter that has run nothing yet has 3,400 strings.)  A
 * free-threaded build counts no reference to an interned string: there a large
 * dict of nothing else, each under itself, is taken for the table. */
enum { FEWEST_INTERNED = 500 };

bool rg__is_intern_table(PyObject *object)
{
    PyObject *key, *value;
    Py_ssize_t position = 0;
    if (!PyDict_CheckExact(object) ||
        ((PyDictObject *)object)->ma_used < FEWEST_INTERNED)
        return false;
    while (PyDict_Next(object, &position, &key, &value)) {
        if (key != value || !PyUnicode_CheckExact(key))
            return false;
        if (RG__HAS_NO_LISTS && !PyUnicode_CHECK_INTERNED(key))
            return false;
        if (!RG__HAS_NO_LISTS && Py_REFCNT(key) < 2)
            return true;
    }
    return RG__HAS_NO_LISTS;
}

static enum rg_status walk_list(PyGC_Head *list, rg__object_fn visit,
                                void *context)
{
    for (PyGC_Head *head = next_in_list(list); head != list;
         head = next_in_list(head)) {
        PyObject *object = (PyObject *)(head + 1);
        /* The next object is fetched while this one is read. */
        __builtin_prefetch(next_in_list(head));
        if (rg__is_intern_table(object))
            continue;
        enum rg_status status = visit(context, object);
        if (status != RG_OK)
            return status;
    }
    return RG_OK;
}

void *rg__generation_list(struct _gc_runtime_state *gc, int i)
{
    struct gc_generation *frozen = &gc->permanent_generation;
#if RG__LISTS_STAND_BEFORE_FROZEN
    return &(frozen + i - NUM_GENERATIONS)->head;
#else
    return i < NUM_GENERATIONS ? &gc->generations[i].head : &frozen->head;
#endif
}

enum rg_status rg__generations_walk(struct _gc_runtime_state *gc,
                                    rg__object_fn visit, void *context)
{
    enum rg_status status = RG_OK;
    for (int i = NUM_GENERATIONS; status == RG_OK && i >= 0; i--)
        status = walk_list(rg__generation_list(gc, i), visit, context);
    return status;
}

bool rg__gc_is_collecting(void)
{
    const struct _gc_runtime_state *gc = rg__collector();
#if RG__LISTS == RG__LISTS_PUBLISHED
    return gc != NULL && rg__published_is_collecting(gc);
#else
    return gc != NULL && gc->collecting;
#endif
}

/* The newest object is the last of the youngest generation: the next is the
 * head. */
bool rg__generations_fit(struct _gc_runtime_state *gc, PyObject *newest)
{
    const PyGC_Head *head = (PyGC_Head *)newest - 1;
    return next_in_list(head) == rg__generation_list(gc, 0);
}

static bool is_in_list(PyGC_Head *list, const PyGC_Head *wanted)
{
    for (PyGC_Head *head = next_in_list(list); head != list;
         head = next_in_list(head))
        if (head == wanted)
            return true;
    return false;
}

int rg__gc_generation(PyObject *object)
{
    struct _gc_runtime_state *gc = rg__collector();
    const PyGC_Head *head = (PyGC_Head *)object - 1;
    if (gc == NULL)
        return -1;
    for (int i = RG__LISTS_HAVE_NAMES ? 0 : NUM_GENERATIONS;
         i <= NUM_GENERATIONS; i++)
        if (is_in_list(rg__generation_list(gc, i), head))
            return i;
    return -1;
}

/* The first object of a list that the walk visits; NULL when there is none. */
static PyObject *first_of(PyGC_Head *list)
{
    PyGC_Head *head = next_in_list(list);
    while (head != list && rg__is_intern_table((PyObject *)(head + 1)))
        head = next_in_list(head);
    return head == list ? NULL : (PyObject *)(head + 1);
}

void rg__gc_firsts(struct rg__generation firsts[RG__GENERATIONS])
{
    struct _gc_runtime_state *gc = rg__collector();
    for (int i = 0; i < RG__GENERATIONS; i++) {
        bool has_name = i == NUM_GENERATIONS || RG__LISTS_HAVE_NAMES;
        firsts[i] = (struct rg__generation){
            .first = gc == NULL ? NULL : first_of(rg__generation_list(gc, i)),
            .number = has_name ? i : -1};
    }
}

bool rg__gc_saves_all(void)
{
#if RG__HAS_NO_LISTS
    const struct _gc_runtime_state *gc = rg__published_collector();
#else
    const struct _gc_runtime_state *gc = rg__collector();
#endif
    return gc != NULL && gc->debug & DEBUG_SAVEALL;
}
