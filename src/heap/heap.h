/* heap.h - from live objects to the referrer graph
 *
 * The one crossing from live to detached.  Everything here runs with the GIL
 * held from the first object to the last name, allocates no Python object and
 * runs no Python code; what it returns holds no reference to anything.  Where
 * there is no GIL, it runs in a child that was forked while all stood still. */
#ifndef RG_HEAP_HEAP_H
#define RG_HEAP_HEAP_H

#include <Python.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "graph/graph.h"

/* Private layouts of CPython that do not read as they should in the running
 * interpreter.  What depends on them is then found by what objects tell the
 * collector, and has no name; nothing is read that might be something else. */
enum rg_misfit {
    RG_MISFIT_LISTS = 1,      /* frozen objects may be missing */
    RG_MISFIT_ATTRIBUTES = 2, /* attributes have no names */
    RG_MISFIT_FRAMES = 4      /* running frames are not seen, variables of
                                 suspended and kept ones have no names */
};

/* What only the interpreter itself can say, asked before the look begins.
 * Borrowed, and valid until other code runs. */
enum { RG_SIGNAL_COUNT = 65 };

struct rg_facts {
    PyObject *modules;    /* the dict; NULL: there is none any more */
    int64_t freeze_count; /* frozen objects that no walk lists; -1: not
                             known */
    PyObject *handlers[RG_SIGNAL_COUNT]; /* by signal; NULL: none in Python */
};

/* Asks.  Objects may be made and dropped, but no code of the program runs.
 * Where objects do not stand still the facts hold theirs, until rg_heap_asked
 * lets them go, which may run code. */
void rg_heap_ask(struct rg_facts *facts, unsigned misfits);
void rg_heap_asked(struct rg_facts *facts);

/* How many objects the collector tracks: looks through its lists. */
uint64_t rg_heap_count(unsigned misfits);

/* Whether a look makes no object in this interpreter, and calls nothing that
 * may wait for another thread, so that it can be taken in a forked child. */
bool rg_heap_can_be_forked(unsigned misfits);

/* Whether objects stand still in a forked child alone, because this build of
 * CPython has no GIL: then every look is one. */
extern const bool rg_heap_needs_fork;

/* All objects that the collector tracks, where it has no lists of them. */
struct rg_tracked {
    PyObject **objects; /* NULL: there are lists */
    size_t count;
    enum rg_status status; /* RG_ENOMEM: not even that */
};

/* How to split a process at an instant at which no object changes. */
enum rg_split {
    RG_SPLIT_NOT, /* not yet */
    RG_SPLIT_REFUSED,
    RG_SPLIT_PARENT,
    RG_SPLIT_CHILD
};

struct rg_standstill {
    void *context;
    /* Called once, while all stands still. */
    enum rg_split (*split)(void *context);
    /* In the parent, when all goes on, and in the child, which waits for it: a
     * number.  Neither is called where there is a GIL. */
    void (*send)(void *context, uint64_t number);
    uint64_t (*receive)(void *context);
    /* In the child: takes the look, and does not return. */
    void (*look)(void *context, const struct rg_tracked *tracked);
};

/* Returns in the parent alone, or when the split was refused. */
void rg_heap_stand_still(const struct rg_standstill *standstill);

/* What is asked.  All pointers are borrowed for the duration of the call. */
struct rg_query {
    PyObject *const *targets;
    size_t target_count;
    PyObject *hidden;          /* neither shown nor followed; may be NULL */
    PyObject *given;           /* the list that the caller gave, or NULL: the
                                  same, where only the caller leads to it */
    PyObject *call[2];         /* what the call itself is made with: arguments
                                  and keywords, of which no one shall know */
    PyObject *asker;           /* a frame that has ended and asks, that of an
                                  exception; NULL, or one that runs: the frame
                                  that calls */
    bool nobody_asks;          /* nobody of the program */
    const uintptr_t *excluded; /* ids neither shown nor followed, ascending */
    size_t excluded_count;
    PyObject *const *prefixes; /* exact str; only variables of modules whose
                                  names start with one of them */
    size_t prefix_count;
    bool all_modules;  /* prefixes do not matter */
    bool untracked;    /* a target may be an object the collector
                          does not track */
    bool leaves;       /* also what refers to nothing: set with
                          sizes, which need it */
    int64_t max_depth; /* -1: no limit, as for the next three */
    int64_t max_untracked;
    int64_t group_limit;
    int64_t object_limit;
    bool values;      /* also tell short values */
    bool weak;        /* also tell weak references */
    bool explain;     /* also further paths and the cut */
    bool sizes;       /* also retained sizes */
    double timeout;   /* seconds for the whole; 0: no limit */
    double began;     /* when they began to count (rg_now); 0: now */
    unsigned misfits; /* of enum rg_misfit; 0: all can be relied on */
    const struct rg_facts *facts;
    const struct rg_tracked *tracked;     /* NULL: the collector's lists */
    enum rg_status (*ask)(void *context); /* asked every millisecond or so:
                                 what is not RG_OK ends the look, RG_ETIMEOUT
                                 as if the time, if it is limited, were
                                 over */
    void *ask_context;
};

/* The referrer graph of the targets, owned by the caller; NULL with *error
 * otherwise. */
struct rg_graph *rg_heap_graph(const struct rg_query *query,
                               struct rg_error *error);

struct rg_dump;

/* The whole heap, owned by the caller; of the query only values and what is
 * said of facts, misfits and asking matters.  With `redact` what only the
 * program's user may know is not in it.  NULL with *error as above. */
struct rg_dump *rg_heap_dump(const struct rg_query *query, bool redact,
                             struct rg_error *error);

/* The live objects of one exact type, found by its name. */
struct rg_instances {
    PyObject **objects; /* borrowed, as the walk met them: valid until
                           other code runs */
    size_t count;
    struct rg_buffer names; /* the types that the name means, one a line:
                               none, one, or several when it is ambiguous
                               (then no objects) */
    size_t name_count;
    bool is_listable; /* the walk meets objects of this type; those
                         of the others (str, int ...) are not listed */
};

/* Lists the live objects whose type is called `name`: module.qualname, or
 * qualname alone where that is unambiguous; untracked containers included, as
 * far as something refers to them.  The query says how to look: facts, misfits,
 * asking, what is tracked.  0, or -1 with *error; to be freed in either case. */
int rg_heap_instances(const struct rg_query *how, const char *name,
                      struct rg_instances *found, struct rg_error *error);
void rg_instances_free(struct rg_instances *found);

/* Takes a reference to each of `count` objects that is still there (tracked, or
 * something tracked refers to it) and of the type that stands beside it in
 * `types`; NULL in the place of all others.
 * Both are only compared: another thread may have let go of them.  Only where
 * objects do not stand still (rg_heap_needs_fork).  RG_ENOMEM. */
enum rg_status rg_heap_hold(PyObject **objects, PyTypeObject *const *types,
                            size_t count);

/* Appends a line for each layout of a C type that is known for this version of
 * CPython: the type's name, its size in words (0: any), and 1 when such a type
 * is met, else 0; with spaces between.  0, or -1 with *error. */
int rg_heap_c_rows(struct rg_buffer *lines, struct rg_error *error);

/* Calls `visit` for each variable of a frame object that has a value: what
 * f_locals would give, but no dict is left in the frame.  A cell counts as
 * what is in it.  Ends with the first answer that is not 0, and gives it. */
typedef int (*rg_variable_fn)(void *context, PyObject *name, PyObject *value);
int rg_heap_variables(PyObject *frame, rg_variable_fn visit, void *context);

/* Reads back what is known, and sets *misfits.  RG_ENOMEM, also when a Python
 * exception is set. */
enum rg_status rg_heap_self_test(unsigned *misfits);

#endif
