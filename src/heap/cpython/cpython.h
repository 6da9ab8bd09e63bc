/* cpython.h - what only CPython itself knows, asked alike on every version
 *
 * The private layouts of CPython stand beside this header: what a version is
 * made of on its page, py310.h ..., the structs of C types in c_layouts.c.  No
 * file of another directory includes an internal header.  But for what is said
 * to, nothing here creates an object, materialises a dict or a frame, leaves a
 * reference count changed or runs Python code.  All pointers are borrowed and
 * valid while the GIL is held. */
#ifndef RG_HEAP_CPYTHON_CPYTHON_H
#define RG_HEAP_CPYTHON_CPYTHON_H

#include <Python.h>
#include <frameobject.h> /* PyFrame_Check, which 3.10 has only there */
#include <stdbool.h>

#include "base/error.h"

/* The collector */

typedef enum rg_status (*rg__object_fn)(void *context, PyObject *object);

/* Calls `visit` for every object the collector tracks, frozen ones included,
 * oldest generation first; ends with the first answer that is not RG_OK.
 * (collector_lists.c says when frozen ones may be missing.)  The interpreter's
 * table of interned strings is left out. */
enum rg_status rg__gc_walk(rg__object_fn visit, void *context);

/* The same by what CPython offers to everybody, which knows no frozen objects
 * before 3.14; on 3.10 and 3.11 it makes a list and may run an audit hook. */
enum rg_status rg__gc_walk_publicly(rg__object_fn visit, void *context);

/* Calls `visit` for everything that an object which has a tp_traverse refers
 * to: what its own traverse says, but for what would make one version differ
 * from another (traverse.c).  Ends with the first answer that is not 0. */
int rg__traverse(PyObject *object, visitproc visit, void *context);

/* Whether a collection is going on: what it collects is then in no list. */
bool rg__gc_is_collecting(void);

extern const bool rg__public_walk_makes_nothing;

/* Calls `visit` for every object, while all threads are stopped, until it
 * answers 0; nothing where the collector has lists to be walked. */
void rg__gc_visit(int (*visit)(PyObject *object, void *context), void *context);

/* Whether this is a child that was split off in the midst of such a visit:
 * another one would wait there for ever, for threads that do not exist. */
bool rg__is_within_visit(void);

/* Whether rg__gc_walk (`publicly`: rg__gc_walk_publicly) lists frozen objects
 * too. */
bool rg__gc_lists_frozen(bool publicly);

/* The generation a tracked object is in, where a version has generations that
 * mean something to a person (3.10, 3.11); 3 when it is frozen; else -1.
 * Looks through the lists: O(objects). */
int rg__gc_generation(PyObject *object);

/* The objects with which the walk enters the generations, NULL where one is
 * empty, and what rg__gc_generation says of those that follow. */
enum { RG__GENERATIONS = 4 };

struct rg__generation {
    PyObject *first;
    int number;
};
void rg__gc_firsts(struct rg__generation firsts[RG__GENERATIONS]);

/* Whether collections keep what they find (gc.DEBUG_SAVEALL). */
bool rg__gc_saves_all(void);

/* Bytes that an object takes by itself, as far as its struct tells. */
struct rg__c_types;
uint64_t rg__size(struct rg__c_types *types, PyObject *object);

/* Counts */

uint64_t rg__refcount(PyObject *object);

/* Whether the count is none: the object is never freed. */
bool rg__is_immortal(PyObject *object);

/* Whether the count lacks references, that of each frame and the like, so that
 * no sum can be compared with it (free-threaded builds). */
bool rg__is_deferred(PyObject *object);

/* Where the walk finds an object. */
enum rg__listing {
    RG__LEAF,    /* it refers to nothing: need not be read */
    RG__LISTED,  /* in a list of the collector */
    RG__UNLISTED /* in none, and it can refer to others: an untracked
                    object, a static type, one that has an adapter */
};

enum rg__listing rg__listing(PyObject *object, struct rg__c_types *types);

/* Attributes */

/* The instance's dict if there is one; never makes one. */
PyObject *rg__instance_dict(PyObject *object);

/* Attributes kept inside the instance: how many slots there are (0 when there
 * are none), and slot `i`; false when it is empty.  A dict that the instance
 * has as well then tells the same ones (3.13). */
Py_ssize_t rg__inline_count(PyObject *object);
bool rg__inline_item(PyObject *object, Py_ssize_t i, PyObject **name,
                     PyObject **value);

/* Frames */

enum rg__slot_kind { RG__SLOT_PLAIN, RG__SLOT_CELL };

/* A frame's record: what it runs, and how to reach the rest. */
struct rg__frame {
    const void *record; /* identifies the frame */
    PyCodeObject *code;
    PyObject *function; /* strong; may be NULL */
    PyObject *globals;
    PyObject *own_globals;  /* strong; NULL where the function has them */
    PyObject *own_builtins; /* strong; NULL where the function has them */
    PyObject *locals;       /* strong; NULL unless a class body, exec ... */
    PyObject *object;       /* strong; the frame object, if one was made */
    int slot_count;         /* locals, cells and free variables */
    int stack_count;        /* values on the stack; 0 when not known */
    int line;               /* being executed; 0 when not known */
};

/* The innermost frame of a thread, and the one that called `frame`; false when
 * there is none.  Frames that are not set up yet are passed over. */
bool rg__frame_of_thread(PyThreadState *thread, struct rg__frame *frame);
bool rg__frame_back(struct rg__frame *frame);

/* The frame of a generator, coroutine or async generator that has one and is
 * not running, and the object it awaits or yields from (or NULL). */
bool rg__frame_of_generator(PyObject *generator, struct rg__frame *frame,
                            PyObject **awaited);

/* Whether it is running: its frame is then one of a thread's. */
bool rg__generator_is_running(PyObject *generator);

/* What it refers to besides its frame; each may be NULL. */
struct rg__generator {
    PyObject *code;
    PyObject *name;
    PyObject *qualname;
    PyObject *handled; /* the exception being handled */
};
void rg__generator_parts(PyObject *generator, struct rg__generator *parts);
PyObject *rg__generator_qualname(PyObject *generator);

/* The frame that a frame object keeps because no thread runs it any more. */
bool rg__frame_of_object(PyObject *object, struct rg__frame *frame);

/* The frame object that called a frame object no thread runs, or NULL. */
PyObject *rg__frame_object_back(PyObject *object);
PyObject *rg__frame_object_trace(PyObject *object);

/* The frame behind a frame object that no thread runs and that has not ended:
 * the innermost one of a greenlet that is suspended. */
void rg__frame_of_suspended(PyObject *object, struct rg__frame *frame);

/* Whether a generator or coroutine has the frame. */
bool rg__frame_is_of_generator(const struct rg__frame *frame);

/* Slot `i` of a frame: its value (NULL when unset), name and kind.  A cell
 * slot holds the cell, or before the cell is made the value itself. */
PyObject *rg__frame_slot(const struct rg__frame *frame, int i, PyObject **name,
                         enum rg__slot_kind *kind);

/* Whether what slot `i` of a frame holds is not counted, because another slot
 * that lives longer has it (3.14): a variable that was passed to a
 * function. */
bool rg__frame_slot_is_borrowed(const struct rg__frame *frame, int i);

/* Value `i` of a frame's stack; NULL when there is none, or one that another
 * slot has. */
PyObject *rg__frame_stack(const struct rg__frame *frame, int i);

/* Whether C code called what the frame runs, and not the code of another frame
 * (3.10 does not tell: always true there). */
bool rg__frame_is_called_from_c(const struct rg__frame *frame);

/* The part of a frame's stack that rg__frame_stack does not show, because
 * CPython does not say how deep it is: how many values, NULL among them.  With
 * *is_exact they are the values in use, otherwise some may be left over. */
int rg__frame_hidden_stack(const struct rg__frame *frame,
                           PyObject *const **values, bool *is_exact);

/* The thread that came first in this interpreter: its main thread. */
const PyThreadState *rg__oldest_thread(void);

/* Calls `visit` for the exceptions a thread is handling, innermost first. */
enum rg_status rg__handled_walk(const PyThreadState *thread,
                                rg__object_fn visit, void *context);

/* What a thread state holds beside its public fields: object `i`, NULL when
 * there is none, and what it is called; false when there are no more. */
bool rg__thread_part(const PyThreadState *thread, int i, PyObject **object,
                     const char **word);

/* The event loop that a thread runs, and its task; NULL where there is none.
 * False up to 3.13, where asyncio has them in a dict. */
bool rg__thread_runs(const PyThreadState *thread, PyObject **loop,
                     PyObject **task);

/* Whether an object stands for the thread in thread-locals. */
bool rg__stands_for_thread(const PyThreadState *thread, const PyObject *object);

/* Code */

/* The name of free variable `i`, or NULL; and of parameter `i`. */
PyObject *rg__code_free_name(PyCodeObject *code, Py_ssize_t i);
PyObject *rg__code_parameter_name(PyCodeObject *code, Py_ssize_t i);

/* Calls `visit` for every object a code object refers to. */
enum rg_status rg__code_walk(PyCodeObject *code, rg__object_fn visit,
                             void *context);

/* The type parameters of a generic function, or NULL. */
PyObject *rg__function_type_params(PyObject *function);

/* What makes the annotations of a function when they are asked for (3.14), or
 * NULL. */
PyObject *rg__function_annotate(PyObject *function);

/* Sets, strings, numbers, exceptions */

/* The next member of a set or frozenset; false at the end.  *position starts
 * at 0. */
bool rg__set_next(PyObject *set, Py_ssize_t *position, PyObject **member);

/* Whether PyDict_Next reads it though it is no dict: a frozendict (3.15). */
bool rg__is_frozendict(PyObject *object);

/* Whether it stands in a namespace for a module that is still to be imported
 * (3.15): who asks for the variable gets the module. */
bool rg__is_lazy_import(const PyObject *object);

/* Whether the characters of a str can be read. */
bool rg__str_is_ready(PyObject *str);

/* The bits of an int's absolute value. */
uint64_t rg__int_bits(PyObject *number);

/* The __notes__ of an exception, where they are no ordinary attribute. */
PyObject *rg__exception_notes(PyObject *exception);

/* Classes */

/* The namespace of a class, static types included. */
PyObject *rg__type_dict(PyTypeObject *type);

/* The dict of weak references to a class's subclasses, or NULL: it has none,
 * or the interpreter keeps it elsewhere (static types of Python's own since
 * 3.12). */
PyObject *rg__type_subclasses(PyTypeObject *type);

/* The interpreter's own tables
 *
 * Whoever is in them is held by no object that a program can name.  Containers
 * come as themselves, what stands in a struct of C as single objects. */

enum rg__table {
    /* containers */
    RG__TABLE_CODEC_SEARCH, /* list of functions */
    RG__TABLE_CODEC_CACHE,  /* dict, by encoding */
    RG__TABLE_CODEC_ERRORS, /* dict, by name of the handler */
    RG__TABLE_FORK_BEFORE,  /* lists of functions, os.register_at_fork */
    RG__TABLE_FORK_PARENT,
    RG__TABLE_FORK_CHILD,
    RG__TABLE_AUDIT,            /* list of functions, sys.addaudithook */
    RG__TABLE_ATEXIT,           /* list of (function, arguments, keywords) */
    RG__TABLE_MODULES,          /* list of modules, by number */
    RG__TABLE_INTERPRETER_DICT, /* dict that extensions keep things in */
    RG__TABLE_MODULE_COPY,      /* dict: a module's namespace, saved */
    RG__TABLE_RUNNING_TASKS,    /* dict: running loop -> running task */
    RG__TABLE_CONTAINER_COUNT,
    /* single objects */
    RG__TABLE_ATEXIT_CALLBACK = RG__TABLE_CONTAINER_COUNT,
    RG__TABLE_ATEXIT_ARGUMENTS,   /* tuple */
    RG__TABLE_ATEXIT_KEYWORDS,    /* dict */
    RG__TABLE_MONITORING,         /* callable of sys.monitoring */
    RG__TABLE_SIGNAL,             /* callable */
    RG__TABLE_FAULTHANDLER,       /* file of faulthandler.enable */
    RG__TABLE_FAULTHANDLER_USER,  /* of register */
    RG__TABLE_FAULTHANDLER_LATER, /* of dump_traceback_later */
    RG__TABLE_RUNNING_LOOP,       /* of a thread, since 3.14 */
    RG__TABLE_RUNNING_TASK,
    RG__TABLE_COUNT
};

/* `number`: of the tool, for a callback of sys.monitoring. */
typedef enum rg_status (*rg__table_fn)(void *context, enum rg__table table,
                                       PyObject *object, int number);

/* Calls `visit` for what the tables are known to hold, given the dict of
 * modules (or NULL); nothing where the interpreter's struct is not laid out as
 * this file was compiled for (it may change between patch releases). */
enum rg_status rg__tables_walk(PyObject *modules, rg__table_fn visit,
                               void *context);

/* Compares the layouts this was compiled for with those of the running
 * interpreter: reads back a list, an instance, a generator and the frames of
 * the caller that it knows.  *misfits: enum rg_misfit, what did not read as it
 * should.  RG_ENOMEM. */
enum rg_status rg__layout_self_test(unsigned *misfits);

#endif
