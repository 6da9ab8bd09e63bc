/* snapshot.h - the state of one graph while the heap is read
 *
 * Private to heap.  The walk fills the table, the namespaces and the roots;
 * roles and readers then look things up in them. */
#ifndef RG_HEAP_SNAPSHOT_H
#define RG_HEAP_SNAPSHOT_H

#include <Python.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "graph/graph.h"
#include "explain/reading.h"
#include "search/search.h"
#include "search/table.h"
#include "heap/adapter.h"
#include "heap/cpython/cpython.h"
#include "heap/heap.h"

/* What runs the program or its tests (furniture.c). */
enum rg__furniture {
    RG__NO_FURNITURE,
    RG__PYTEST,
    RG__PYTEST_ASYNCIO,
    RG__UNITTEST,
    RG__IPYTHON,
    RG__JUPYTER,
    RG__PDB,
    RG__REPL,
    RG__FURNITURE_COUNT
};

/* In a namespace, a value that a prompt keeps. */
struct rg__kept_variable {
    const PyObject *dict, *value;
    bool is_named; /* and the program too */
};

/* A module of sys.modules. */
struct rg__namespace {
    PyObject *dict;
    PyObject *name;    /* the key in sys.modules, exact str */
    bool is_ours;      /* a module of this package */
    bool is_running;   /* some running frame's globals */
    bool is_shown;     /* module_prefixes lets it through */
    uint8_t furniture; /* enum rg__furniture */
    uint8_t reach;     /* how its variables are reached; set with the root */
    uint32_t root;     /* of the graph; RG_NONE until it is needed */
};

/* A container of the interpreter's own: chains end there. */
struct rg__container {
    PyObject *object; /* an address: read only when the heap has it */
    enum rg__table table;
};

/* A single object in one of its tables. */
struct rg__kept {
    PyObject *object;
    enum rg__table table;
    int number; /* of the signal, or the tool */
};

/* RG__ROOT_TABLES stands for everything `kept`; there is one of it. */
enum rg__root_kind { RG__ROOT_FRAME, RG__ROOT_THREAD, RG__ROOT_TABLES };

/* Something that is no object and holds references. */
struct rg__root {
    enum rg__root_kind kind;
    struct rg__frame frame;
    PyThreadState *thread;
    uint32_t thread_number;  /* from 1 */
    uint8_t furniture;       /* enum rg__furniture; of a frame */
    bool is_main_thread;     /* the interpreter's oldest */
    bool is_namespace_frame; /* its locals are a module's namespace */
    uint32_t root;           /* of the graph; RG_NONE until it is needed */
};

/* Tools of sys.monitoring. */
enum { RG__MOST_TOOLS = 8 };

/* What runs the program, or stops it. */
enum rg__surrounding { RG__PROGRAM, RG__RUNNER, RG__SHELL, RG__DEBUGGER };
enum { RG__SURROUNDING_SLOTS = 64, RG__DEBUGGER_DICTS = 8 };

struct rg__surroundings {
    bool are_there; /* such a module is imported */
    const PyTypeObject *types[RG__SURROUNDING_SLOTS]; /* asked about lately */
    unsigned char kinds[RG__SURROUNDING_SLOTS];
    const PyObject *dicts[RG__DEBUGGER_DICTS]; /* of debuggers that run now */
    size_t dict_count;
};

/* How Python code gets at what the instances of a type have (reach.h). */
enum { RG__REACH_SLOTS = 256 };

struct rg__reach {
    const PyTypeObject *type;
    bool has_descriptors; /* some may hide an attribute */
    bool has_class;       /* it says itself what __class__ is */
};

/* The greenlet that runs in a thread. */
struct rg__thread_greenlet {
    PyObject *object;
    const PyThreadState *thread;
};

/* The modules of sys.modules, by address of the dict. */
struct rg__namespaces {
    struct rg__namespace *items;
    size_t count, capacity;
};

/* Frames and threads, and the one that stands for what tables keep. */
struct rg__roots {
    struct rg__root *items;
    size_t count, capacity;
};

/* What the interpreter's tables have (tables.c), and their roots in the graph:
 * RG_NONE until one is needed. */
struct rg__tables {
    struct rg__container *containers; /* by address */
    size_t container_count, container_capacity;
    struct rg__kept *kept;
    size_t kept_count, kept_capacity;
    bool has_atexit_tuples; /* of arguments */
    bool has_tool_methods;  /* of C, as callbacks of sys.monitoring */
    uint32_t roots[RG__TABLE_COUNT];
};

/* What prompts keep (furniture.c), by place, and the roots of what runs the
 * program. */
struct rg__furnishing {
    struct rg__kept_variable *kept;
    size_t kept_count, kept_capacity;
    uint32_t roots[RG__FURNITURE_COUNT];
};

/* Every type object that the walk met; of what they consist, __mro__ and
 * __bases__ (role.c), by address. */
struct rg__types {
    PyTypeObject **items;
    size_t count, capacity;
    uintptr_t *plumbing;
    size_t plumbing_count;
    bool has_plumbing;
};

/* Dicts of the standard library that are emptied when they are full
 * (caches.c). */
enum { RG__LIBRARY_CACHES = 4 };

struct rg__caches {
    const PyObject *dicts[RG__LIBRARY_CACHES];
    bool are_listed;
};

/* A tuple and a dict. */
enum { RG__CALL_ARGUMENTS = 2 };

/* Who asks, and what the asking itself holds: the frames of this package are in
 * no table (roots.c, calls.c, given.c). */
struct rg__asking {
    struct rg__frame caller; /* the frame that asked; its locals only where they
                                are a module's variables */
    bool has_caller;
    PyObject *asker;  /* the frame object that the caller's frame is part of;
                         NULL: it runs */
    bool hides_given; /* nothing but the caller leads to the list that it
                         gave, ... */
    bool names_given; /* ... and a variable of its does */
    struct rg__frame *our_frames;
    size_t our_frame_count, our_frame_capacity;
    size_t entry_frame; /* of ours the one that was called; one more: none
                           was */
    PyObject *arguments[RG__CALL_ARGUMENTS]; /* of the call that asks */
    size_t argument_count;
};

/* Those that are suspended tell what they hold themselves (greenlets.c). */
struct rg__greenlets {
    bool are_there; /* greenlet was imported */
    PyObject **suspended;
    size_t suspended_count, suspended_capacity;
    struct rg__thread_greenlet *running;
    size_t running_count, running_capacity;
};

struct rg__snapshot {
    const struct rg_query *query;
    struct rg_graph *graph;
    struct rg_table table;
    struct rg_closure closure;
    uint32_t target_node_count; /* the closure's first nodes */
    struct rg__namespaces namespaces;
    struct rg__roots roots;
    struct rg__tables tables;
    struct rg__furnishing furniture;
    struct rg__types types;
    struct rg__caches caches;
    struct rg__asking asking;
    struct rg__greenlets greenlets;
    struct rg__c_types c_types;
    struct rg__reach reaches[RG__REACH_SLOTS];
    struct rg__surroundings surroundings;
    int64_t unseen[RG_UNSEEN_COUNT]; /* as in struct rg_graph */
    bool hides_names;                /* threads are told by number */
    bool has_addresses;
    struct rg_code_set addresses[2]; /* of all objects, once they are asked
                                        for: those on a granule, and others */
    struct rg_buffer owner, label;   /* scratch of readers */
    double deadline;                 /* rg_now(); 0 none */
    bool timed_out;
};

/* Whether these layouts (enum rg_misfit) can be relied on. */
static inline bool rg__fits(const struct rg__snapshot *snapshot,
                            unsigned layouts)
{
    return !(snapshot->query->misfits & layouts);
}

/* The frame of a call that goes on, for which C code holds the object as its
 * arguments, or NULL (calls.c). */
const struct rg__frame *rg__called_with(const struct rg__snapshot *snapshot,
                                        PyObject *object);

/* In which suspended greenlet C code holds the object so, or NULL; and whether
 * for the call that asks: then it is remembered. */
PyObject *rg__set_aside_by(struct rg__snapshot *snapshot, PyObject *object);
bool rg__is_of_this_call(struct rg__snapshot *snapshot, PyObject *object);

/* A method of C that nothing has but a table of sys.monitoring, where a
 * profiler has one for each event: it is plumbing between the table and the
 * method's object.  NULL for anything else. */
const struct rg__kept *rg__find_tool_method(const struct rg__snapshot *snapshot,
                                            PyObject *object);

/* Calls `visit` for everything in what was remembered, and in the dicts that
 * tracing leaves with frames of ours; ends with the first answer that is not
 * RG_OK. */
enum rg_status rg__ours_walk(const struct rg__snapshot *snapshot,
                             rg__object_fn visit, void *context);

/* Whether it is what was remembered, or the dict that tracing leaves with a
 * frame of ours; and how often such hold an object. */
bool rg__is_ours(const struct rg__snapshot *snapshot, const PyObject *object);
uint32_t rg__times_in_ours(const struct rg__snapshot *snapshot,
                           const PyObject *object);

/* Whether it is a list that holds the targets, made for or by the caller. */
static inline bool rg__is_left_out(const struct rg__snapshot *snapshot,
                                   const PyObject *object)
{
    const struct rg_query *query = snapshot->query;
    return object == query->hidden || object == query->call[0] ||
           object == query->call[1] ||
           (snapshot->asking.hides_given && object == query->given) ||
           rg__is_ours(snapshot, object);
}

/* Sets hides_given and names_given: whether, in the closure, nothing but the
 * caller leads to the list that it gave, and whether anything does.
 * RG_ENOMEM. */
enum rg_status rg__find_whose_given(struct rg__snapshot *snapshot);

/* RG_OK, or RG_EINTERRUPT; sets timed_out and returns RG_ETIMEOUT once, when
 * the deadline has passed. */
enum rg_status rg__poll(struct rg__snapshot *snapshot);

/* Reads the heap into a snapshot that has nothing but its query; running out of
 * time is no failure. */
enum rg_status rg__read_heap(struct rg__snapshot *snapshot);

/* Releases all but the graph, which is the caller's. */
void rg__snapshot_free(struct rg__snapshot *snapshot);

/* Says in *error what `status` means; returns it. */
enum rg_status rg__fail(enum rg_status status, struct rg_error *error);

/* Finds the namespace with this dict, or NULL. */
struct rg__namespace *rg__find_namespace(const struct rg__snapshot *snapshot,
                                         const PyObject *dict);

/* Fills namespaces from sys.modules; done first. */
enum rg_status rg__list_namespaces(struct rg__snapshot *snapshot);

/* Fills containers and kept from the interpreter's tables; after the
 * namespaces. */
enum rg_status rg__list_tables(struct rg__snapshot *snapshot);

/* The container of the interpreter's that `object` is, or NULL. */
const struct rg__container *
rg__find_container(const struct rg__snapshot *snapshot, const PyObject *object);

/* What an object, or a module of this name, is part of (surroundings.c). */
enum rg__surrounding rg__surrounding_of(struct rg__snapshot *snapshot,
                                        PyObject *object);
enum rg__surrounding rg__surrounding_of_module(PyObject *name);

/* Whether a frame is not the program's: one of a shell or debugger, or code
 * that a debugger evaluates with the variables of the frame it stopped in. */
bool rg__is_surrounding_frame(struct rg__snapshot *snapshot,
                              const struct rg__frame *frame);

/* What a module is. */
enum rg__furniture rg__furniture_of_module(PyObject *name);

/* Lists the variables in which a prompt keeps things; after the namespaces. */
enum rg_status rg__list_furniture(struct rg__snapshot *snapshot);
bool rg__is_kept_variable(const struct rg__snapshot *snapshot,
                          const PyObject *dict, const PyObject *value);

/* Calls `visit` for every object that the collector tracks, frozen ones where
 * they can be had; ends with the first answer that is not RG_OK. */
enum rg_status rg__tracked_walk(const struct rg__snapshot *snapshot,
                                rg__object_fn visit, void *context);

/* How many references to an object the facts have themselves: none but where
 * objects do not stand still while they are asked for. */
uint32_t rg__times_in_facts(const struct rg_facts *facts,
                            const PyObject *object);

/* Reads every object and every root into the table. */
enum rg_status rg__walk(struct rg__snapshot *snapshot);

/* Lists the running frames and thread states of this interpreter. */
enum rg_status rg__list_roots(struct rg__snapshot *snapshot);

/* Lists a frame of a thread, and those that called it: what a greenlet has set
 * aside. */
enum rg_status rg__list_frames(struct rg__snapshot *snapshot,
                               PyThreadState *thread, struct rg__frame *frame);

/* Takes the namespaces of modules out of a frame, which say more. */
void rg__leave_namespaces(const struct rg__snapshot *snapshot,
                          struct rg__frame *frame);

/* Calls `visit` for what a frame holds; its locals, where they are a dict, are
 * passed over when they are a module's namespace. */
enum rg_status rg__frame_walk(const struct rg__frame *frame,
                              bool is_namespace_frame, rg__object_fn visit,
                              void *context);

/* Calls `visit` for every object a root refers to. */
enum rg_status rg__root_walk(const struct rg__snapshot *snapshot,
                             const struct rg__root *root, rg__object_fn visit,
                             void *context);

/* What a type refers to besides what its traverse says; each may be NULL. */
struct rg__type_parts {
    PyObject *subclasses;
    PyObject *name, *qualname, *slots;
};
void rg__type_parts(PyTypeObject *type, struct rg__type_parts *parts);

/* The name of a thread as the threading module knows it.  RG_ENOMEM. */
enum rg_status rg__thread_name(const struct rg__snapshot *snapshot,
                               const PyThreadState *thread,
                               struct rg_buffer *out);

/* Whether it is a module of sys.modules in which C code keeps things: a chain
 * ends there. */
bool rg__has_state(const struct rg__snapshot *snapshot, PyObject *object);

/* Whether a number is an address where objects are, and the object that stands
 * there, or NULL (key_address.c).  RG_ENOMEM. */
enum rg_status rg__find_address(struct rg__snapshot *snapshot,
                                unsigned long long value, bool *is_address,
                                PyObject **object);

/* Whether there may be such addresses in a str: few have any. */
bool rg__may_have_address(PyObject *str);

/* Shortens such addresses in a text, from a place on, to `0x` and an ellipsis.
 * RG_ENOMEM. */
enum rg_status rg__mask_addresses(struct rg__snapshot *snapshot,
                                  struct rg_buffer *text, size_t from);

/* struct rg_finder and struct rg_namer; context is the snapshot. */
unsigned rg__role(void *context, const struct rg_node *node);
enum rg_link rg__link(void *context, const struct rg_node *referrer,
                      const struct rg_node *referent);
enum rg_status rg__read(void *context, const struct rg_node *referrer,
                        struct rg_reading *reading);
bool rg__is_long(void *context, const struct rg_node *referrer);
enum rg_status rg__weak_walk(void *context, const struct rg_node *node,
                             rg_weak_fn visit, void *visit_context);

/* Of a weak reference: what it refers to, or NULL; the container of the module
 * weakref that it works for, or NULL; and the word for it, NULL: its type's. */
const char *rg__weak_parts(const struct rg__snapshot *snapshot,
                           PyObject *object, PyObject **referent,
                           PyObject **container);
enum rg_status rg__describe(void *context, const struct rg_node *node,
                            struct rg_graph *graph, struct rg_object *object);

#endif
