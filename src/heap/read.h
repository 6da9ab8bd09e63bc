/* read.h - reading one referrer: every reference it has, with its name
 *
 * Private to heap.  read.c decides by type and knows the containers; the other
 * readers know attributes (read_instance.c), functions, generators and frames
 * (read_code.c), classes (read_class.c), contexts and thread-locals
 * (read_context.c), containers of C that are none of Python's basic ones
 * (read_odd.c), the interpreter's own tables (read_table.c) and roots
 * (read_root.c). */
#ifndef RG_HEAP_READ_H
#define RG_HEAP_READ_H

#include <Python.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "explain/reading.h"
#include "heap/snapshot.h"

struct rg__recorder;

struct rg__reader {
    struct rg__snapshot *snapshot;
    struct rg_reading *reading;
    struct rg__recorder *recorder; /* takes all that is told, for a dump;
                                   then there is no reading */
    unsigned furniture;            /* enum rg__furniture: all is told as its */
    PyObject *object;              /* being read; NULL for a root */
    struct rg_buffer owner;        /* scratch */
    PyObject *owner_of;            /* whose name `owner` is, or NULL */
    struct rg_buffer label;        /* scratch */
};

/* One reference about to be told.  Set the value, the kind and what the name
 * is made of; the rest may stay zero. */
struct rg__told {
    PyObject *value; /* NULL: nothing is told */
    enum rg_kind kind;
    bool through_plumbing;
    bool is_root; /* `root` counts */
    uint32_t root;
    PyObject *owner; /* str; NULL: the type name of the object ... */
    const struct rg_buffer *owner_text; /* ... or, when set, this */
    PyObject *name;                     /* label: a str ... */
    const struct rg_buffer *label_text; /* ... or, when set, this ... */
    const char *word;                   /* ... or a C string ... */
    enum rg_key_type key_type; /*     (that stands for a key of this type, or
                                      is reached in another way: reach.h) */
    PyObject *key;             /* ... or a key ... */
    size_t index;              /* ... or a position: see rg_reference.number */
    bool stands_in;            /* for the plumbing folded before it: not told
                                  when that is a target, and told itself */
};

/* Whether anybody wants to know of references to this object. */
bool rg__wants(const struct rg__reader *reader, const PyObject *object);

/* A reference of the object to told->value, which is plumbing and no target:
 * as a target it would be told so. */
enum rg_status rg__folded(struct rg__reader *reader,
                          const struct rg__told *told);

/* A reference of the object that is never told. */
enum rg_status rg__pass_over(struct rg__reader *reader, PyObject *object);

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

/* The same where Python code does not get it by that word. */
enum rg_status rg__fold_hidden(struct rg__reader *reader, PyObject *plumbing,
                               const char *word);

/* The same for what stands between plumbing and plumbing, where the reference
 * is not one of the object's own: told only when it is a target. */
enum rg_status rg__fold_inner(struct rg__reader *reader, PyObject *plumbing,
                              const struct rg__told *told);

bool rg__is_target(const struct rg__snapshot *snapshot, PyObject *object);

/* Reads a referrer into the recorder of its reader (dump_live.h). */
enum rg_status rg__read_recorded(struct rg__reader *reader,
                                 const struct rg_node *referrer);

/* The value of an object, or the attribute by which it is told from others;
 * nothing where it has none (value.c).  RG_ENOMEM. */
enum rg_status rg__write_value(const struct rg__snapshot *snapshot,
                               PyObject *object, struct rg_buffer *out);

/* len() of an exact built-in container, or -1. */
int64_t rg__item_count(struct rg__snapshot *snapshot, PyObject *object);

/* Which function, class, module, coroutine or task it is; nothing for all
 * else.  RG_ENOMEM. */
enum rg_status rg__put_detail(struct rg__snapshot *snapshot, PyObject *object,
                              struct rg_buffer *buffer);

/* The same in words: `function app.on_close`, `class app.Plugin`; and of a type
 * its name with the module in front.  RG_ENOMEM. */
enum rg_status rg__put_who(struct rg__snapshot *snapshot, PyObject *object,
                           struct rg_buffer *buffer);
enum rg_status rg__put_type(PyTypeObject *type, struct rg_buffer *buffer);

/* The word before the dot where an object's references are told: the name of
 * its type; of objects of these types their own.  RG_ENOMEM. */
enum rg_status rg__put_owner(PyObject *object, struct rg_buffer *buffer);
bool rg__has_own_name(const PyTypeObject *type);

/* Makes of a reference one of what runs the program: that is all there is to
 * say about it.  RG_ENOMEM, RG_ELIMIT. */
enum rg_status rg__furnish(struct rg__reader *reader, unsigned furniture,
                           struct rg__told *told);

/* Readers.  Each returns RG_OK, RG_ENOMEM or RG_ELIMIT. */
enum rg_status rg__read_attributes(struct rg__reader *reader);
enum rg_status rg__read_members(struct rg__reader *reader);
enum rg_status rg__read_odd_container(struct rg__reader *reader);
enum rg_status rg__read_function(struct rg__reader *reader);
enum rg_status rg__read_generator(struct rg__reader *reader);
enum rg_status rg__read_frame_object(struct rg__reader *reader);
enum rg_status rg__read_class(struct rg__reader *reader);
enum rg_status rg__read_context(struct rg__reader *reader);
enum rg_status rg__read_thread_local(struct rg__reader *reader);
enum rg_status rg__read_namespace(struct rg__reader *reader,
                                  struct rg__namespace *namespace);
enum rg_status rg__read_state(struct rg__reader *reader);
enum rg_status rg__read_container(struct rg__reader *reader,
                                  const struct rg__container *container);
enum rg_status rg__read_kept(struct rg__reader *reader);
enum rg_status rg__read_root(struct rg__reader *reader, struct rg__root *root);

/* The value of an attribute kept in the instance's own storage, or NULL. */
PyObject *rg__attribute(PyObject *object, const char *name);

/* The dict of an instance when it does nothing but keep its attributes: an
 * exact dict, or one of a class derived from it with none of its own; or NULL.
 */
PyObject *rg__plain_namespace(PyObject *object);

/* Tells the variables in the slots of a frame under `kind` and the code's
 * name; values in cells through their cells. */
enum rg_status rg__tell_slots(struct rg__reader *reader,
                              const struct rg__frame *frame,
                              const struct rg__told *pattern);

/* Tells what a frame keeps besides its variables.  `path`: how Python code gets
 * from the reader's object to the frame; NULL where that is or has it. */
enum { RG__FRAME_PATH = 128 };
enum rg_status rg__read_frame_parts(struct rg__reader *reader,
                                    const struct rg__frame *frame,
                                    const char *path);

#endif
