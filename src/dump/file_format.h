/* file_format.h - what writer and reader of the file agree on; private to
 * dump */
#ifndef RG_DUMP_FILE_FORMAT_H
#define RG_DUMP_FILE_FORMAT_H

#include "dump/dump.h"

/* Fields of a node.  The first seven are V8's. */
enum {
    RG__NODE_TYPE,
    RG__NODE_NAME,
    RG__NODE_ID,
    RG__NODE_SIZE,
    RG__NODE_EDGES,
    RG__NODE_TRACE,
    RG__NODE_DETACHED,
    RG__NODE_ABOUT,
    RG__NODE_REFERENCES,
    RG__NODE_SPACE,
    RG__NODE_ITEMS,
    RG__NODE_VALUE, /* only where values were asked for */
    RG__NODE_FIELDS
};

enum {
    RG__EDGE_TYPE,
    RG__EDGE_NAME,
    RG__EDGE_TO,
    RG__EDGE_HOW,
    RG__EDGE_FIELDS
};

/* V8's numbers for the types used here. */
enum { RG__V8_STRING = 2, RG__V8_OBJECT = 3, RG__V8_SYNTHETIC = 9 };
enum {
    RG__V8_ELEMENT = 1,
    RG__V8_PROPERTY = 2,
    RG__V8_INTERNAL = 3,
    RG__V8_SHORTCUT = 5,
    RG__V8_WEAK = 6
};

/* All bits of enum rg_role. */
enum { RG__ROLES = (1 << 13) - 1 };

enum { RG__FLAG_VALUES = 1 << 0, RG__FLAG_REDACTED = 1 << 1 };

/* How many numbers each record has in the file. */
enum {
    RG__ABOUT_NUMBERS = 10,
    RG__HOW_NUMBERS = 9,
    RG__ROOT_NUMBERS = 5,
    RG__STACK_NUMBERS = 3,
    RG__NATIVE_NUMBERS = 3
};

static inline unsigned rg__node_stride(const struct rg_dump *dump)
{
    return dump->has_values ? RG__NODE_FIELDS : RG__NODE_FIELDS - 1;
}

/* Whether the label is a position and no text. */
static inline bool rg__is_position(const struct rg_dump_how *how)
{
    return how->kind == RG_INDEX && how->mode == RG_DUMP_TOLD &&
           how->flags & RG_DUMP_REAL;
}

/* V8's type of a reference: what keeps nothing alive by itself is a shortcut,
 * which DevTools shows and does not count; what it had better not show with
 * what holds an object is weak. */
unsigned rg__edge_type(const struct rg_dump_how *how);

#endif
