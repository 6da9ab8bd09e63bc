/* containers.h - what C types beside list, tuple, dict and set hold, and how
 *
 * Asked only of objects that c_types.h knows to be of the kind. */
#ifndef RG_HEAP_CPYTHON_CONTAINERS_H
#define RG_HEAP_CPYTHON_CONTAINERS_H

#include "heap/cpython/c_types.h"
#include "heap/cpython/cpython.h"

/* Calls `visit` for the items of a deque or SimpleQueue, from left to right;
 * `type` is what the object's type is or derives from. */
enum rg_status rg__positions_walk(PyObject *object, const PyTypeObject *type,
                                  rg__object_fn visit, void *context);

/* The dict of a functools.lru_cache: of results or, when their number is
 * limited, of links in the order of use; NULL when it is not found.  And the
 * result that a link holds for `key`, NULL when it is no link. */
PyObject *rg__lru_results(PyObject *object, const PyTypeObject *type);
PyObject *rg__lru_link_result(struct rg__c_types *types, PyObject *link,
                              PyObject *key);

/* How many items a container has at most: a deque's maxlen, a lru_cache's
 * maxsize; -1 for one without, and for anything else. */
int64_t rg__bound(struct rg__c_types *types, PyObject *object);

/* Whether what a functools.lru_cache wrapper refers to is part of its cache,
 * and goes when that is cleared: all but the function and what the wrapper
 * needs to work. */
bool rg__is_in_lru_cache(PyObject *wrapper, const PyTypeObject *type,
                         PyObject *referent);

/* The attributes of an Element of ElementTree (a dict) and its children; false
 * when it has none.  The names and the values of what a parser of expat calls:
 * how many there are. */
bool rg__element_parts(PyObject *element, PyObject **attributes,
                       PyObject *const **children, Py_ssize_t *count);
bool rg__is_child(PyObject *element, const PyObject *referent);
size_t rg__xml_handlers(PyObject *parser, const PyTypeObject *type,
                        const char *const **names, PyObject *const **handlers);

/* Calls `visit` for what is in the memo of 3.10's Pickler or Unpickler. */
enum rg_status rg__memo_walk(enum rg__c_kind kind, PyObject *object,
                             rg__object_fn visit, void *context);

/* What stands between a memoryview and the object that it shows (several may
 * share it), and that object; what a mappingproxy shows.  Each may be NULL. */
PyObject *rg__memoryview_buffer(PyObject *view);
PyObject *rg__memoryview_object(PyObject *view);
PyObject *rg__buffer_object(PyObject *buffer);
PyObject *rg__proxy_mapping(PyObject *proxy);

/* The tzinfo of a datetime (RG__C_DATETIME) or time, or NULL. */
PyObject *rg__time_zone(enum rg__c_kind kind, PyObject *object);

/* The trie behind a Context, or a node of it: plumbing, whoever refers to it.
 * Calls `visit` for each variable in it and its value; and what a variable is
 * called, or NULL. */
typedef enum rg_status (*rg__entry_fn)(void *context, PyObject *variable,
                                       PyObject *value);
bool rg__is_in_trie(struct rg__c_types *types, const PyObject *object);
enum rg_status rg__trie_walk(struct rg__c_types *types, PyObject *root,
                             rg__entry_fn visit, void *context);
PyObject *rg__variable_name(PyObject *variable);

/* The dict of a threading.local that has a dict for each thread: whether it is
 * one, and that of an object, or NULL. */
bool rg__is_thread_dicts(struct rg__c_types *types, PyObject *dict);
PyObject *rg__local_dicts(struct rg__c_types *types, PyObject *object);

/* Calls `visit` for what stands in fields that the type's traverse is known to
 * forget ("!..."), and does forget.  Objects of such a type are to have a
 * tp_traverse that confirms the rest of the row. */
enum rg_status rg__c_untold_walk(const struct rg__c_answer *answer,
                                 PyObject *object, rg__object_fn visit,
                                 void *context);

#endif
