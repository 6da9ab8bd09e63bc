/* dump.h - a whole heap, detached: every object, every reference, every name
 *
 * What src/heap says of each object and each reference when it is read once
 * stands here in flat arrays by node: enough to answer, without the program,
 * whatever the program would have been asked.  It is written as a
 * `.heapsnapshot` file (write.h) and read back from one (read_file.h).
 *
 * Nodes are, in this order: the root; what the reference table has, objects
 * and roots alike, in its order; the groups, under which roots hang (enum
 * rg_dump_group).  The references of a node stand
 * together, in the order in which they were told. */
#ifndef RG_DUMP_DUMP_H
#define RG_DUMP_DUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/hash.h"
#include "dump/texts.h"
#include "graph/kind.h"

/* The last nodes.  What they are called: src/heap/dump_groups.c. */
enum rg_dump_group {
    RG_DUMP_MODULES,
    RG_DUMP_THREADS,
    RG_DUMP_INTERPRETER,
    RG_DUMP_NATIVE,      /* held by C code, as far as counts tell */
    RG_DUMP_UNREACHABLE, /* nothing leads there */
    RG_DUMP_GROUP_COUNT
};

/* How DevTools sorts a node. */
enum rg_dump_shape {
    RG_DUMP_SYNTHETIC, /* no object: a group, a frame, a thread */
    RG_DUMP_OBJECT,    /* stands under its type's name */
    RG_DUMP_STRING,    /* shows its text */
    RG_DUMP_SHAPE_COUNT
};

enum {
    RG_DUMP_ROOT = 1 << 0,      /* a root of the table: no object */
    RG_DUMP_CLASS = 1 << 1,     /* a type object */
    RG_DUMP_IMMORTAL = 1 << 2,  /* its count is none */
    RG_DUMP_UNTRACKED = 1 << 3, /* found through a referrer */
    RG_DUMP_NAMESPACE = 1 << 4, /* a module's */
    RG_DUMP_OURS = 1 << 5,      /* of this package */
    RG_DUMP_WHO = 1 << 6,       /* its name says which, and is not its type's */
    RG_DUMP_ABOUT_FLAGS = (1 << 7) - 1
};

/* What can be said of an object beside its address, size and count.  Alike
 * objects share one; the words are texts. */
struct rg_dump_about {
    uint32_t type, qualname, module, detail; /* as in struct rg_object */
    uint32_t name;                           /* what DevTools shows */
    uint32_t awaiting;                       /* as in struct rg_path */
    uint32_t role;                           /* enum rg_role bits */
    uint32_t flags;
    uint32_t shape;     /* enum rg_dump_shape */
    int32_t generation; /* of the collector; -1 not known */
};

/* What a reference is to those who read names. */
enum rg_dump_mode {
    RG_DUMP_TOLD,    /* it has a name */
    RG_DUMP_FOLDED,  /* to plumbing: has a name only when that is
                        what is asked about */
    RG_DUMP_SILENT,  /* to plumbing, and never has a name */
    RG_DUMP_INNER,   /* like FOLDED, but no reference of this object */
    RG_DUMP_UNNAMED, /* nobody knows a name */
    RG_DUMP_WEAK,
    RG_DUMP_WEAK_OWNER, /* behind a WEAK: the container it works for */
    RG_DUMP_BELOW,      /* no reference: what hangs below a group */
    RG_DUMP_MODE_COUNT
};

enum {
    RG_DUMP_REAL = 1 << 0,      /* one of those that the object holds */
    RG_DUMP_THROUGH = 1 << 1,   /* through plumbing */
    RG_DUMP_INSTEAD = 1 << 2,   /* not told when the FOLDED before it is */
    RG_DUMP_UNCOUNTED = 1 << 3, /* not in the count of what it refers to */
    RG_DUMP_BARE = 1 << 4,      /* the label says nothing: it only stands for
                                   the kind in DevTools */
    RG_DUMP_MEASURED = 1 << 5,  /* the number is the label's length */
    RG_DUMP_BRACKETS = 1 << 6,  /* the label is what stands inside [] */
    RG_DUMP_HOW_FLAGS = (1 << 7) - 1
};

/* What can be said of a reference beside its ends and its label; alike ones
 * share one. */
struct rg_dump_how {
    uint64_t number; /* as in struct rg_reference; RG_INDEX: 0 */
    uint32_t owner;  /* text */
    uint32_t root;   /* of the dump, or RG_NONE */
    uint32_t mode, flags;
    uint32_t kind, key_type; /* enum rg_kind, enum rg_key_type */
    uint32_t link, grip;     /* enum rg_link, enum rg_grip: of a REAL one */
};

/* As struct rg_root; frames of a thread stand innermost first. */
struct rg_dump_root {
    uint32_t kind, name, thread, file, line;
};

/* Something known of a few nodes only. */
struct rg_dump_stack { /* places on stacks of unknown depth */
    uint32_t node, of_caller, of_others;
    uint32_t aside;    /* of the others, of suspended greenlets ... */
    uint32_t greenlet; /* ... of which this is one, a node; 0: none */
};

struct rg_dump_native {    /* an object whose memory shows the address */
    uint32_t node, holder; /* text: its type, with the module */
    uint64_t offset;
};

struct rg_dump_bound { /* a container that never has more items */
    uint32_t node;
    uint64_t most;
};

struct rg_dump {
    size_t node_count;
    uint64_t *address; /* of a root: of its struct */
    uint64_t *bytes;
    uint32_t *references; /* the count; as far as it goes */
    uint32_t *about;
    uint32_t *items; /* len() + 1 of a container; 0 none */
    uint32_t *value; /* text; empty unless `values` */
    uint32_t *first; /* node_count + 1 */
    size_t reference_count;
    uint32_t *to; /* node */
    uint32_t *how;
    uint32_t *label; /* text; of RG_INDEX the position */
    struct rg_dump_about *abouts;
    size_t about_count;
    struct rg_dump_how *hows;
    size_t how_count;
    struct rg_dump_root *roots;
    size_t root_count;
    struct rg_dump_stack *stacks;
    size_t stack_count;
    struct rg_dump_native *natives;
    size_t native_count;
    struct rg_dump_bound *bounds; /* by node, ascending */
    size_t bound_count;
    struct rg_texts texts;
    uint32_t caller;        /* the frame that asked, or RG_NONE */
    uint32_t caller_locals; /* its locals, where a module's; or RG_NONE */
    uint32_t facts;         /* RG_VERDICT_* true of every object */
    int64_t unseen[RG_UNSEEN_COUNT]; /* as in struct rg_graph */
    uint32_t python;                 /* text: the version */
    bool has_values, is_redacted;
    /* bytes of each array, in which order dump.c knows */
    size_t sizes[16];
    struct rg_hash about_index, how_index; /* building only */
};

/* One node, without its references. */
struct rg_dump_node {
    uint64_t address, bytes;
    uint32_t references, about, items, value;
};

/* An empty dump; NULL when memory is short. */
struct rg_dump *rg_dump_new(void);
void rg_dump_free(struct rg_dump *dump);

/* Each RG_ENOMEM, or RG_ELIMIT past what 32 bits count. */

/* The number of such a record, new or not. */
enum rg_status rg_dump_about(struct rg_dump *dump,
                             const struct rg_dump_about *about,
                             uint32_t *number);
enum rg_status rg_dump_how(struct rg_dump *dump, const struct rg_dump_how *how,
                           uint32_t *number);

/* A record that is appended whether it is known or not. */
enum rg_status rg_dump_append_about(struct rg_dump *dump,
                                    const struct rg_dump_about *about);
enum rg_status rg_dump_append_how(struct rg_dump *dump,
                                  const struct rg_dump_how *how);

/* Starts the next node; references that are added are its. */
enum rg_status rg_dump_begin(struct rg_dump *dump,
                             const struct rg_dump_node *node);
enum rg_status rg_dump_refer(struct rg_dump *dump, uint32_t to, uint32_t how,
                             uint32_t label);

/* Closes the last node. */
enum rg_status rg_dump_end(struct rg_dump *dump);

enum rg_status rg_dump_add_root(struct rg_dump *dump,
                                const struct rg_dump_root *root);
enum rg_status rg_dump_add_stack(struct rg_dump *dump,
                                 const struct rg_dump_stack *stack);
enum rg_status rg_dump_add_native(struct rg_dump *dump,
                                  const struct rg_dump_native *native);
enum rg_status rg_dump_add_bound(struct rg_dump *dump,
                                 const struct rg_dump_bound *bound);

/* The record of a reference, of a node. */
static inline const struct rg_dump_how *
rg_dump_how_of(const struct rg_dump *dump, size_t reference)
{
    return &dump->hows[dump->how[reference]];
}

static inline const struct rg_dump_about *
rg_dump_about_of(const struct rg_dump *dump, uint32_t node)
{
    return &dump->abouts[dump->about[node]];
}

/* Whether a node is an object, not the root, a root of the table or a group. */
static inline bool rg_dump_is_object(const struct rg_dump *dump, uint32_t node)
{
    return rg_dump_about_of(dump, node)->shape != RG_DUMP_SYNTHETIC;
}

/* The node of a group. */
static inline uint32_t rg_dump_group_node(const struct rg_dump *dump,
                                          enum rg_dump_group group)
{
    return (uint32_t)(dump->node_count - RG_DUMP_GROUP_COUNT + group);
}

#endif
