/* reach.h - whether Python code that names something gets that object
 *
 * What a reference is called in C and what Python shows under that name may be
 * two things: a property hides the attribute behind it, a descriptor gives
 * something made for the asker, a field of C has no attribute, or one that
 * makes a copy.  Each answers with what the label of such a reference is:
 * RG_KEY_NONE where the name gives the object; else RG_KEY_VARS, RG_KEY_FIELD
 * or RG_KEY_INNER. */
#ifndef RG_HEAP_REACH_H
#define RG_HEAP_REACH_H

#include "heap/snapshot.h"

/* An attribute that an object keeps itself. */
enum rg_key_type rg__reach_attribute(struct rg__snapshot *snapshot,
                                     PyObject *object, PyObject *name);

/* What stands in the namespace of a class. */
enum rg_key_type rg__reach_class_attribute(struct rg__snapshot *snapshot,
                                           PyTypeObject *type, PyObject *name,
                                           PyObject *value);

/* A slot or a field in the member table of `type`, which is the object's or a
 * base of it; and a field that only a getter may show. */
enum rg_key_type rg__reach_member(const PyObject *object,
                                  const PyTypeObject *type, const char *name);
enum rg_key_type rg__reach_field(const PyObject *object,
                                 const PyTypeObject *type, const char *name);

/* Whether a getter of this name gives a copy, or a window on what is there. */
bool rg__gives_another(const char *name);

/* The class of an object. */
enum rg_key_type rg__reach_class(struct rg__snapshot *snapshot,
                                 PyObject *object);

/* What [key] and [position] give of a dict, list, tuple or deque. */
enum rg_key_type rg__reach_items(const PyObject *object);

/* The variables of a module: of one that is no attribute of its package only
 * sys.modules has it. */
enum rg_key_type rg__reach_module(const struct rg__snapshot *snapshot,
                                  const struct rg__namespace *namespace);

#endif
