/* graph.h - the referrer graph: the detached answer
 *
 * Objects, the references to them, the roots where chains end, and every word
 * needed to show them.  Plain C: nothing in here points into the inspected
 * program, so a graph keeps nothing alive and can be built by hand in a test,
 * written as lines, sent to another process and read back.
 *
 * Build: rg_graph_new, then texts, roots, objects, references, rests in any
 * order that respects the indices, then rg_graph_seal.  Read: the arrays. */
#ifndef RG_GRAPH_GRAPH_H
#define RG_GRAPH_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/poll.h"
#include "base/siphash.h"
#include "graph/answer.h"
#include "graph/kind.h"

/* "No such index" in every uint32_t index of this room. */
#define RG_NONE UINT32_MAX

enum {
    RG_OBJECT_TARGET = 1 << 0,      /* what the user asked about */
    RG_OBJECT_DEPTH_LIMIT = 1 << 1, /* has referrers that the depth limit cut */
    RG_OBJECT_SUSPENDED = 1 << 2,   /* generator or coroutine, suspended */
    RG_OBJECT_CLASS = 1 << 3,       /* a type object */
    RG_OBJECT_NOT_FOLLOWED = 1 << 4, /* its referrers were left out on purpose
                                       (an instance that holds its class) */
    RG_OBJECT_UNTRACKED_LIMIT = 1 << 5, /* has referrers that the limit on
                                       untracked objects in a row cut */
    RG_OBJECT_COUNT_LIMIT = 1 << 6,     /* has referrers that the limit on the
                                           number of objects cut */
    RG_OBJECT_GARBAGE = 1 << 8,         /* of a cycle that no root leads to */
    RG_OBJECT_LIMIT = RG_OBJECT_DEPTH_LIMIT | RG_OBJECT_UNTRACKED_LIMIT |
        RG_OBJECT_COUNT_LIMIT
};

struct rg_object {
    uint64_t id;             /* id() in the program: its address */
    struct rg_text type;     /* type's __name__: the tree's word */
    struct rg_text qualname; /* type's __qualname__: the picture's word */
    struct rg_text module;   /* type's module; empty for builtins */
    struct rg_text
        detail;         /* function, class, module or task name; may be empty */
    struct rg_text who; /* the same in words: `function app.on_close`,
                           `class app.Plugin`; empty for what is known by
                           its type alone */
    struct rg_text value; /* a short value, when asked for; else empty */
    int64_t items;        /* len() of an exact built-in container, else -1 */
    uint32_t flags;       /* RG_OBJECT_* */
    uint32_t depth;       /* fewest named steps from a target */
    uint32_t first_reference; /* set by rg_graph_seal: the references TO */
    uint32_t reference_count; /*   this object, in the order they are shown */
    uint32_t first_rest;      /* set by rg_graph_seal: what a limit cut */
    uint32_t rest_count;
};

/* Whether two objects of one graph have the same type, as far as its names
 * tell. */
static inline bool rg_object_is_alike(const struct rg_object *a,
                                      const struct rg_object *b)
{
    return rg_text_is_same(a->type, b->type) &&
           rg_text_is_same(a->qualname, b->qualname) &&
           rg_text_is_same(a->module, b->module);
}

enum {
    RG_REFERENCE_CUT = 1
    << 0 /* one of those whose removal lets the target go */
};

/* A str key of so many characters is stored whole. */
enum { RG_WHOLE_KEY = 256 };

/* One reference to `referent`.  Its name is made from kind, owner and label:
 * owner is the word before the dot or bracket (type, function, class or
 * module name), label what follows (attribute, variable, key text). */
struct rg_reference {
    uint32_t referent; /* object */
    uint32_t referrer; /* object, or RG_NONE when it is a variable */
    uint32_t root;     /* root, or RG_NONE when it is an object */
    uint8_t kind;      /* enum rg_kind */
    uint8_t key_type;  /* enum rg_key_type */
    uint16_t flags;    /* RG_REFERENCE_* */
    struct rg_text owner;
    struct rg_text label; /* long keys: first and last part around U+2026 */
    uint64_t number;      /* RG_INDEX, RG_CLOSURE: the position;
                             RG_THREAD_LOCAL: bytes of the attribute's name,
                             behind which ` in thread NAME` stands (0: all);
                             RG_GREENLET_LOCAL: frames between the greenlet's
                             innermost and the variable's;
                             RG_DEFAULT: the same from 1, or 0 where only
                             the name counts; else len() of the key */
};

/* What a step and a reference have in common: the words of its name.  What it
 * leads from and to is left 0. */
struct rg_reference rg_step_words(const struct rg_step *step);

/* References left out by the limit per group: `count` more like those of this
 * kind and owner, shown behind the reference at `after` (an offset among the
 * references of the object; the object has at least after + 1 of them). */
struct rg_rest {
    uint32_t referent;
    uint32_t after;
    uint8_t kind;
    uint8_t key_type;
    struct rg_text owner;
    struct rg_text first; /* label of the first one left out */
    struct rg_text last;  /* label of the last one */
    uint64_t count;
};

struct rg_root {
    uint8_t kind;          /* enum rg_root_kind */
    struct rg_text name;   /* module, function, thread or table name */
    struct rg_text thread; /* thread's name, for frames */
    struct rg_text file;   /* co_filename, for frames */
    uint32_t line;         /* the line being executed; 0 unknown */
    uint32_t inner;        /* of a frame: how many of the graph's it waits for,
                              of its thread */
};

/* What the limit on the number of objects cut: the objects that refer to
 * those shown, each once, and these references.  What is beyond them nobody
 * counts: that is what the limit is for. */
struct rg_left_out {
    uint64_t limit; /* the limit in force */
    uint64_t objects, references;
};

enum { RG_RECENT_WORDS = 32 };

struct rg_graph {
    struct rg_object *objects;
    size_t object_count, object_capacity;
    struct rg_reference *references; /* sealed: grouped by referent */
    size_t reference_count, reference_capacity;
    struct rg_rest *rests; /* sealed: grouped by referent */
    size_t rest_count, rest_capacity;
    struct rg_root *roots;
    size_t root_count, root_capacity;
    uint32_t *targets; /* objects, in the order asked */
    size_t target_count, target_capacity;
    struct rg_verdict *verdicts; /* answer.h: all of these may be empty */
    size_t verdict_count, verdict_capacity;
    struct rg_entry *entries;
    size_t entry_count, entry_capacity;
    struct rg_path *paths;
    size_t path_count, path_capacity;
    struct rg_step *steps;
    size_t step_count, step_capacity;
    struct rg_hint *hints;
    size_t hint_count, hint_capacity;
    struct rg_native *natives;
    size_t native_count, native_capacity;
    struct rg_retained *retained;
    size_t retained_count, retained_capacity;
    char *text; /* all words, each once */
    size_t text_size, text_capacity;
    struct rg_text *words; /* building only, */
    size_t word_capacity;
    struct rg_hash word_index; /* with all of them */
    struct rg_siphash_key text_key;
    struct rg_text recent_words[RG_RECENT_WORDS]; /* the same words again and
                                                     again; size 0: none yet */
    int64_t max_depth;               /* the limit in force; -1 none */
    double timeout;                  /* seconds; 0 none */
    bool timed_out;                  /* the walk ended early: partial */
    int64_t unseen[RG_UNSEEN_COUNT]; /* objects that may be missing: 0 none,
                                        -1 nobody knows how many */
    struct rg_left_out left_out;     /* no objects: none were */
    bool redacted;                   /* texts of the program were hidden */
    bool sealed;
    struct rg_poll *poll; /* borrowed, of who reads a graph from outside; NULL:
                             nobody asks */
};

/* An empty graph, owned by the caller; NULL when memory is short. */
struct rg_graph *rg_graph_new(void);
void rg_graph_free(struct rg_graph *graph);

/* Stores `size` bytes once, however often they are added, and gives their
 * place.  RG_ENOMEM, or RG_ELIMIT past 4 GiB of words. */
enum rg_status rg_graph_text(struct rg_graph *graph, const char *data,
                             size_t size, struct rg_text *text);

/* The first byte of a text; valid until the next text is added. */
const char *rg_graph_bytes(const struct rg_graph *graph, struct rg_text text);

/* The order of two texts, byte by byte, the numbers in them as numbers: below,
 * at or above 0. */
int rg_graph_compare_texts(const struct rg_graph *graph, struct rg_text a,
                           struct rg_text b);

/* Each copies the record and gives its index (`index` may be NULL). */
enum rg_status rg_graph_add_object(struct rg_graph *graph,
                                   const struct rg_object *object,
                                   uint32_t *index);
enum rg_status rg_graph_add_root(struct rg_graph *graph,
                                 const struct rg_root *root, uint32_t *index);
enum rg_status rg_graph_add_reference(struct rg_graph *graph,
                                      const struct rg_reference *reference);
enum rg_status rg_graph_add_rest(struct rg_graph *graph,
                                 const struct rg_rest *rest);
/* Also sets RG_OBJECT_TARGET on the object. */
enum rg_status rg_graph_add_target(struct rg_graph *graph, uint32_t object);

/* Groups references and rests by their referent (stable), so that
 * objects[i].first_reference and first_rest hold.  Every index must be in
 * range (RG_EFORMAT says which is not).  RG_ENOMEM, what graph->poll says.
 * Adding afterwards is a defect. */
enum rg_status rg_graph_seal(struct rg_graph *graph, struct rg_error *error);

/* What is true of every sealed graph; readable as its documentation.  RG_OK,
 * or RG_EINTERNAL with the rule that is broken, or what graph->poll says. */
enum rg_status rg_graph_check(const struct rg_graph *graph,
                              struct rg_error *error);

#endif
