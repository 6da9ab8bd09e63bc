/* c_types.h - the C types whose objects are known, and what stands in them
 *
 * One place decides what a type is, for everybody who reads more of an object
 * than its type itself tells (its tp_members, its flags).  A Python class may
 * take any name, have any slots and any metaclass: it never is one of these,
 * but by the C type that it derives from.
 *
 * The rows for CPython's own types stand in c_layouts.c. */
#ifndef RG_HEAP_CPYTHON_C_TYPES_H
#define RG_HEAP_CPYTHON_C_TYPES_H

#include <Python.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* What else than its fields is known of a type. */
enum rg__c_kind {
    RG__C_PLAIN, /* nothing */
    RG__C_DEQUE,
    RG__C_SIMPLE_QUEUE, /* items in a ring (since 3.13) */
    RG__C_LRU_CACHE,
    RG__C_LRU_LINK,       /* what holds one result of it */
    RG__C_MANAGED_BUFFER, /* what stands between a memoryview and the object
                             it shows */
    RG__C_TRIE,           /* of a Context */
    RG__C_TRIE_NODE,
    RG__C_THREAD_LOCAL,
    RG__C_THREAD_DUMMY, /* stands for a thread in it */
    RG__C_TASK,
    RG__C_ELEMENT,    /* of _elementtree: its children and attributes stand in a
                         block of their own */
    RG__C_XML_PARSER, /* so do the handlers of pyexpat's parser */
    RG__C_PICKLER,    /* 3.10's, and ... */
    RG__C_UNPICKLER,  /* ... its like: neither tells what is in its memo */
    RG__C_GREENLET,   /* greenlet's */
    /* These tell the collector nothing: their references are read from here. */
    RG__C_CODE,
    RG__C_MEMBERS, /* by the type's own member table */
    RG__C_FIELDS,  /* by the fields of the row */
    RG__C_DATETIME,
    RG__C_TIME,
    RG__C_ARRAY,     /* NumPy's */
    RG__C_ARRAY_TYPE /* NumPy's dtypes */
};

enum { RG__C_FIELDS_MAX = 12 };

/* Words are counted as if every object began with two, a count and its type, as
 * it does with a GIL; in a free-threaded build so many more stand in front. */
enum { RG__C_MORE = sizeof(PyObject) / sizeof(void *) - 2 };

/* An object at so many words from the start of a struct. */
struct rg__c_field {
    unsigned char word;
    const char *name; /* NULL: no more; "*...": so are all words from here
                         to the end of the struct that the traverse
                         visits; "&...": a pointer to what begins with a
                         pointer to the object; "!...": which the traverse of
                         some releases forgets to visit; "~...", at the end: so
                         is all else that the type's own traverse visits */
};

struct rg__c_type {
    const char *name;          /* tp_name */
    const PyTypeObject *type;  /* NULL where C code cannot name it: then ... */
    const char *module;        /* ... of this module; NULL: the interpreter's
                                  own; "": one that no module need show */
    unsigned char first, last; /* minor versions of CPython 3 */
    unsigned short words;      /* basic size; 0: any, the fields stand at the
                                  same place */
    enum rg__c_kind kind;
    struct rg__c_field fields[RG__C_FIELDS_MAX];
};

/* CPython's (c_layouts.c), NumPy's (adapter_numpy.c), pandas'
 * (adapter_pandas.c), and greenlet's (greenlets.c). */
extern const struct rg__c_type rg__c_layouts[];
extern const size_t rg__c_layout_count;
extern const struct rg__c_type rg__numpy_layouts[];
extern const size_t rg__numpy_layout_count;
extern const struct rg__c_type rg__pandas_layouts[];
extern const size_t rg__pandas_layout_count;
extern const struct rg__c_type rg__greenlet_layouts[];
extern const size_t rg__greenlet_layout_count;

/* The answers about types asked about lately: the question comes up for nearly
 * every object of the heap.  Start with all members zero but the first. */
enum { RG__C_SLOTS = 256 };

struct rg__c_types {
    PyObject *modules; /* the interpreter's dict of modules, or NULL */
    struct rg__c_answer {
        const PyTypeObject *asked;
        const PyTypeObject *type;     /* the type itself, or the nearest of its
                                         bases, that has ... */
        const struct rg__c_type *row; /* ... this row; or NULL */
    } answers[RG__C_SLOTS];
};

/* What is known of a type, by itself or by what it derives from. */
const struct rg__c_answer *rg__c_type(struct rg__c_types *types,
                                      const PyTypeObject *type);

/* The row of exactly this type, or NULL. */
const struct rg__c_type *rg__c_row(struct rg__c_types *types,
                                   const PyTypeObject *type);

/* Whether an object is of this kind, also as an instance of a subclass. */
static inline bool rg__c_is(struct rg__c_types *types, const PyObject *object,
                            enum rg__c_kind kind)
{
    const struct rg__c_type *row = rg__c_type(types, Py_TYPE(object))->row;
    return row != NULL && row->kind == kind;
}

/* Calls `visit` for what stands in the fields of the type's own row, as far as
 * the object's traverse confirms it (c_fields.c). */
typedef enum rg_status (*rg__c_field_fn)(void *context, PyObject *value,
                                         const char *name);
enum rg_status rg__c_fields_walk(struct rg__c_types *types, PyObject *object,
                                 const PyTypeObject *type, rg__c_field_fn visit,
                                 void *context);

/* Whether an object of a type that is not on the heap may keep silent about
 * what it holds: before 3.11 a pickler does, before 3.12 a BytesIO. */
static inline bool rg__may_be_silent(const PyTypeObject *type)
{
    enum { WORDS_OF_BYTES_IO = 8, WORDS_OF_PICKLER = 19 };
    size_t words = (size_t)type->tp_basicsize / sizeof(void *);
    return PY_VERSION_HEX < 0x030C0000 &&
           !(type->tp_flags & Py_TPFLAGS_HEAPTYPE) &&
           (words == WORDS_OF_BYTES_IO ||
            (PY_VERSION_HEX < 0x030B0000 && words >= WORDS_OF_PICKLER));
}

/* What stands in a word of an object that is of C. */
static inline PyObject *rg__c_at(const PyObject *object, size_t word)
{
    return ((PyObject *const *)object)[word + RG__C_MORE];
}

/* How many words an object of the type has. */
static inline size_t rg__c_words(const PyTypeObject *type)
{
    return (size_t)type->tp_basicsize / sizeof(void *) - RG__C_MORE;
}

/* The name of the field by which an object refers to another, in the type's own
 * row; NULL when it is none. */
const char *rg__c_field_name(struct rg__c_types *types, PyObject *object,
                             const PyTypeObject *type,
                             const PyObject *referent);

/* The object in a word of an object of this type or one that derives from it,
 * when the object's traverse visits it; else NULL. */
PyObject *rg__c_word(PyObject *object, const PyTypeObject *type, size_t word);

/* Whether the type's own member table names the field in this word. */
bool rg__c_is_member(const PyTypeObject *type, size_t word);

/* What an asyncio.Task is called: a str, or an int for `Task-N`; NULL when the
 * object is none. */
PyObject *rg__task_name(struct rg__c_types *types, PyObject *object);

/* Calls `visit` for every row that is meant for this version of CPython. */
typedef enum rg_status (*rg__c_row_fn)(void *context,
                                       const struct rg__c_type *row);
enum rg_status rg__c_rows_walk(rg__c_row_fn visit, void *context);

/* Whether a type was made in C, and has the name that C code gave it. */
bool rg__is_made_in_c(const PyTypeObject *type);

/* Whether a function found in a module of C is the one that the module has as
 * `name`, and may be called as `flags` say: Python code can put any other
 * there. */
bool rg__is_function_of(PyObject *function, PyObject *module, const char *name,
                        int flags);

/* Whether a static type may be the interpreter's own (objects.c). */
bool rg__may_be_own(const PyTypeObject *type);

#endif
