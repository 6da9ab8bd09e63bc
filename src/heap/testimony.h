/* testimony.h - what the live objects say to the analyses (search/witness.h)
 *
 * Private to heap.  Everything here reads and counts; nothing is kept. */
#ifndef RG_HEAP_TESTIMONY_H
#define RG_HEAP_TESTIMONY_H

#include "search/witness.h"
#include "heap/snapshot.h"

struct rg__testimony {
    struct rg__snapshot *snapshot;
    uint32_t *in_list; /* by target: how often the caller's list, or
                          the one made for the call, holds it */
};

/* A witness for the snapshot's closure, and its testimony, which must outlive
 * it.  RG_ENOMEM; the testimony is then freed. */
enum rg_status rg__testimony_init(struct rg__testimony *testimony,
                                  struct rg__snapshot *snapshot,
                                  struct rg_witness *witness);
void rg__testimony_free(struct rg__testimony *testimony);

/* The frame that asked, or the module whose namespace its locals are. */
bool rg__is_caller(const struct rg__snapshot *snapshot,
                   const struct rg_node *node);

/* References to a target that this very call holds. */
uint64_t rg__our_references(const struct rg__testimony *testimony,
                            PyObject *object);

struct rg_on_stacks rg__on_stacks(void *context, const struct rg_node *node);

/* Adds what C code holds to call functions of Python with: the arguments of a
 * call, and what it has unpacked of them.  That of the caller's call, if it is
 * known, is the caller's (calls.c). */
void rg__add_calls(const struct rg__snapshot *snapshot,
                   const struct rg_node *node, const struct rg__frame *caller,
                   struct rg_on_stacks *on_stacks);

/* Calls `visit` for each value that C code has unpacked of a tuple or dict of
 * arguments, with the frame called; ends with the first answer that is not
 * RG_OK. */
typedef enum rg_status (*rg__unpacked_fn)(void *context, PyObject *value,
                                          const struct rg__frame *frame);
enum rg_status rg__each_unpacked(const struct rg__snapshot *snapshot,
                                 PyObject *arguments, rg__unpacked_fn visit,
                                 void *context);

struct rg_weight rg__weigh(void *context, uintptr_t address);

/* Whether a reference of a generator that runs is told by the thread. */
bool rg__is_told_by_thread(const struct rg__snapshot *snapshot,
                           PyObject *generator, PyObject *object);

/* How often a value is an attribute inside an object that is in the object's
 * dict as well, and counted once (3.13). */
uint32_t rg__times_shared_with_dict(const struct rg__snapshot *snapshot,
                                    PyObject *object, const PyObject *value);

/* search/witness.h says what they are asked; the context is the testimony. */
enum rg_grip rg__grip_of(void *context, const struct rg_node *referrer,
                         const struct rg_node *referent);
bool rg__is_watched(void *context, const struct rg_node *dict,
                    const struct rg_node *value, const struct rg_node *object);
bool rg__is_instance(void *context, const struct rg_node *object,
                     const struct rg_node *of);
enum rg_status rg__awaiting(void *context, const struct rg_node *node,
                            struct rg_graph *graph, struct rg_text *text);
enum rg_status rg__suspect(void *context, const struct rg_node *const *nodes,
                           size_t count, struct rg_graph *graph,
                           struct rg_native *natives);

#endif
