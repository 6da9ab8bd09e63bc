/* read.h - reading one referrer: every reference it has, with its name
 *
 * Private to heap.  read.c decides by type and knows the containers; the other
 * readers know attributes (read_instance.c), functions, generators and frames
 * (read_code.c), classes (read_class.c), contexts and thread-locals
 * (read_context.c), containers of C that are none of Python's basic ones
 * (read_odd.c), private fields (read_fields.c), the interpreter's own tables
 * (read_table.c) and roots (read_root.c). */
#ifndef RG_HEAP_READ_H
#define RG_HEAP_READ_H

#include <Python.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "explain/reading.h"
#include "heap/snapshot.h"
#include "search/witness.h"

struct rg__reader {
    struct rg__snapshot *snapshot;
    struct rg_reading *reading;
    PyObject *object;           /* being read; NULL for a root */
    struct rg_buffer owner;     /* scratch */
    struct rg_buffer label;     /* scratch */
};

/* One reference about to be told.  Set the value, the kind and what the name
 * is made of; the rest may stay zero. */
struct rg__told {
    PyObject *value;            /* NULL: nothing is told */
    enum rg_kind kind;
    bool through_plumbing;
    bool is_root;               /* `root` counts */
    uint32_t root;
    PyObject *owner;            /* str; NULL: the type name of the object ... */
    const struct rg_buffer *owner_text; /* ... or, when set, this */
    PyObject *name;             /* label: a str ... */
    const struct rg_buffer *label_text; /* ... or, when set, this ... */
    const char *word;           /* ... or a C string ... */
    enum rg_key_type key_type;  /*     (that stands for a key of this type) */
    PyObject *key;              /* ... or a key ... */
    size_t index;               /* ... or a position: see rg_reference.number */
};

/* Passes a reference on, unless nobody wants it. */
enum rg_status rg__tell(struct rg__reader *reader, const struct rg__told *told);

/* Tells `count` references of the object itself, each as a member (RG_MEMBER),
 * whatever kind they name. */
enum rg_status rg__tell_members(struct rg__reader *reader,
                                const struct rg__told *members, size_t count);

/* A reference of the object that only implements others: folded, or told as a
 * member called `word` when it is itself a target. */
enum rg_status rg__fold(struct rg__reader *reader, PyObject *plumbing,
                        const char *word);

/* The same for what stands between plumbing and plumbing, where the reference
 * is not one of the object's own: told only when it is a target. */
enum rg_status rg__fold_inner(struct rg__reader *reader, PyObject *plumbing,
                              const struct rg__told *told);

/* The trie behind a Context, or a node of it: plumbing, whoever refers to it. */
bool rg__is_in_trie(struct rg__c_types *types, const PyObject *object);

/* Whether what a functools.lru_cache wrapper refers to is part of its cache, and
 * goes when that is cleared; `type` is the wrapper's as it is known. */
bool rg__is_in_lru_cache(PyObject *wrapper, const PyTypeObject *type,
                         PyObject *referent);

/* How a field of C or a slot holds: an attribute, one that Python code may set
 * (RG_GRIP_OTHER), may read (RG_GRIP_FIXED), or RG_GRIP_HIDDEN. */
enum rg_grip rg__grip_of_member(struct rg__c_types *types, PyObject *object,
                                PyObject *referent);

/* The dict of a threading.local that has a dict for each thread. */
bool rg__is_thread_dicts(struct rg__c_types *types, PyObject *dict);

bool rg__is_target(const struct rg__snapshot *snapshot, PyObject *object);

/* Whether the type's own member table names the field in this word. */
bool rg__is_member(const PyTypeObject *type, size_t word);

/* The object in a word of an object of this type or one that derives from it,
 * when the object's traverse visits it; else NULL. */
PyObject *rg__field(PyObject *object, const PyTypeObject *type, size_t word);

/* The value of an object, or the attribute by which it is told from others;
 * nothing where it has none (value.c).  RG_ENOMEM. */
enum rg_status rg__write_value(const struct rg__snapshot *snapshot,
                               PyObject *object, struct rg_buffer *out);

/* What an asyncio.Task is called: a str, or an int for `Task-N`; NULL when the
 * object is none. */
PyObject *rg__task_name(struct rg__c_types *types, PyObject *object);

/* Readers.  Each returns RG_OK, RG_ENOMEM or RG_ELIMIT. */
enum rg_status rg__read_attributes(struct rg__reader *reader);
enum rg_status rg__read_members(struct rg__reader *reader);
enum rg_status rg__read_fields(struct rg__reader *reader,
                               const PyTypeObject *type);
enum rg_status rg__read_odd_container(struct rg__reader *reader);
enum rg_status rg__read_function(struct rg__reader *reader);
enum rg_status rg__read_generator(struct rg__reader *reader);
enum rg_status rg__read_frame_object(struct rg__reader *reader);
enum rg_status rg__read_class(struct rg__reader *reader);
enum rg_status rg__read_context(struct rg__reader *reader);
enum rg_status rg__read_thread_local(struct rg__reader *reader);
enum rg_status rg__read_namespace(struct rg__reader *reader,
                                  struct rg__namespace *namespace);
enum rg_status rg__read_container(struct rg__reader *reader,
                                  const struct rg__container *container);
enum rg_status rg__read_kept(struct rg__reader *reader);
enum rg_status rg__read_root(struct rg__reader *reader, struct rg__root *root);

/* The value of an attribute kept in the instance's own storage, or NULL. */
PyObject *rg__attribute(PyObject *object, const char *name);

/* Tells the variables in the slots of a frame under `kind` and the code's
 * name; values in cells through their cells. */
enum rg_status rg__tell_slots(struct rg__reader *reader,
                              const struct rg__frame *frame,
                              const struct rg__told *pattern);

#endif
