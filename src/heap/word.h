/* word.h - words of the inspected program as bytes
 *
 * Type names, attribute names and keys, read from the objects' own memory:
 * no str(), no repr(), no cached UTF-8 left behind in a string. */
#ifndef RG_HEAP_WORD_H
#define RG_HEAP_WORD_H

#include <Python.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"
#include "graph/graph.h"
#include "explain/reading.h"

/* Characters kept of a text: all of it up to twice this number, else this
 * many from each end around U+2026. */
enum { RG__WORD_HALF = RG_WHOLE_KEY / 2 };

/* Appends the characters of an exact str (or subclass: its raw text) as UTF-8
 * with surrogates passed through.  RG_ENOMEM. */
enum rg_status rg__word_str(PyObject *str, struct rg_buffer *out);

/* The same of a qualified name, without the functions that it was defined in:
 * `key` of `outer.<locals>.key`. */
enum rg_status rg__word_local_name(PyObject *str, struct rg_buffer *out);

/* Makes such a name of what the buffer has from there on. */
void rg__word_make_local(struct rg_buffer *out, size_t from);

/* Whether `object` is a str with exactly these ASCII characters. */
bool rg__word_is(PyObject *object, const char *text);

/* Whether both are str with the same characters. */
bool rg__word_is_same(PyObject *a, PyObject *b);

/* The value stored in a dict under a str key, found without hashing and
 * without calling anything: O(size).  Borrowed, or NULL. */
PyObject *rg__dict_find(PyObject *dict, const char *key);

/* The same by a str. */
PyObject *rg__dict_find_str(PyObject *dict, PyObject *key);

/* A key: type, text, len() (key.c).  Without a snapshot threads, ids and
 * members of an Enum are not known.  RG_ENOMEM. */
struct rg__snapshot;
enum rg_status rg__word_key(struct rg__snapshot *snapshot, PyObject *key,
                            enum rg_key_type *type, struct rg_buffer *out,
                            uint64_t *length);

/* Whether a key is told in words, and could not be looked up anyhow. */
static inline bool rg__is_said_key(enum rg_key_type type)
{
    return type == RG_KEY_OBJECT || type == RG_KEY_NAMED ||
           type == RG_KEY_THREAD;
}

/* An exact scalar (str, bytes, int, float, bool, None) or a tuple as Python
 * would write it, strings in single quotes and otherwise as they are.
 * RG_ENOMEM. */
enum rg_status rg__word_value(PyObject *value, struct rg_buffer *out);

/* __name__ and __qualname__ of a type, and its __module__ ("" for builtins);
 * read from the type object.  RG_ENOMEM. */
enum rg_status rg__word_type_name(PyTypeObject *type, struct rg_buffer *out);
enum rg_status rg__word_type_qualname(PyTypeObject *type,
                                      struct rg_buffer *out);
enum rg_status rg__word_type_module(PyTypeObject *type, struct rg_buffer *out);

#endif
