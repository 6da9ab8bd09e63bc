/* answer.h - the records of "why is it alive" that a graph carries
 *
 * Computed on the whole closure before the graph is detached, whatever the
 * limits of what is shown, and copied out like everything else.  A graph made
 * by hand, or read from lines that have none, simply has no such records.
 *
 * A path is a list of steps from its root down to its last step.  A step is
 * one reference and names what it leads to; where that reference is part of
 * the graph the step says which one it is, otherwise the step is all there is
 * (a path may leave what the limits show).  A first step that is no variable
 * starts at an object: a suspended coroutine, or one that native code holds;
 * the step's owner names it. */
#ifndef RG_GRAPH_ANSWER_H
#define RG_GRAPH_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct rg_graph;

/* Bytes inside graph->text: UTF-8, in which lone surrogates are kept as the
 * three bytes they would have ("surrogatepass"); may hold NUL and controls.
 * Not safe to print: render/label.h makes it so. */
struct rg_text {
    uint32_t offset;
    uint32_t size;
};

/* Whether two texts of one graph are the same: each is stored once, so that
 * equal ones have equal places. */
static inline bool rg_text_is_same(struct rg_text a, struct rg_text b)
{
    return a.size == b.size && (a.size == 0 || a.offset == b.offset);
}

/* Alive goes before native, native before only-you, only-you before garbage:
 * the first that is true is the verdict, what else is true stands in the
 * flags. */
enum rg_verdict_kind {
    RG_VERDICT_ALIVE,    /* some root other than the caller leads to it */
    RG_VERDICT_NATIVE,   /* references that nothing visible explains */
    RG_VERDICT_GARBAGE,  /* only cycles that no root leads to, not even the
                            caller */
    RG_VERDICT_ONLY_YOU, /* nothing but the caller's own variables leads to
                            it, directly or through other objects */
    RG_VERDICT_UNKNOWN,  /* a part of the heap was left out: TIMED_OUT or
                            EXCLUDED says why */
    RG_VERDICT_KIND_COUNT
};

enum {
    /* Also true, beside the verdict. */
    RG_VERDICT_YOU = 1 << 0,         /* the caller's variables hold it too */
    RG_VERDICT_CYCLE = 1 << 1,       /* cycles that no root leads to, too,
                                        but perhaps the caller */
    RG_VERDICT_UNEXPLAINED = 1 << 2, /* some of its references are native */
    /* Why the next full collection will not free a garbage cycle. */
    RG_VERDICT_FROZEN = 1 << 3,        /* gc.freeze() */
    RG_VERDICT_SAVE_ALL = 1 << 4,      /* gc.DEBUG_SAVEALL */
    RG_VERDICT_NATIVE_INSIDE = 1 << 5, /* native references into the cycle, or
                                          into what leads to the target */
    RG_VERDICT_NOT_AUTOMATIC = 1 << 6, /* gc.disable(): none comes by itself */
    /* Why the ledger's sum says nothing. */
    RG_VERDICT_IMMORTAL = 1 << 7,    /* the count is no count */
    RG_VERDICT_DEFERRED = 1 << 8,    /* counted elsewhere (free threading) */
    RG_VERDICT_OVERCOUNTED = 1 << 9, /* more references than the count */
    /* What was left out. */
    RG_VERDICT_TIMED_OUT = 1 << 10,
    RG_VERDICT_EXCLUDED = 1 << 11, /* an excluded object refers to it */
    RG_VERDICT_ROOTS_NOT_COUNTED = 1 << 12, /* one of very many targets */
    /* What was asked for. */
    RG_VERDICT_EXPLAINED = 1 << 13,      /* explain=True: paths and cut */
    RG_VERDICT_CUT_TOO_LARGE = 1 << 14,  /* more references than are worth a
                                            list: no path is an RG_PATH_CUT */
    RG_VERDICT_CUT_IMPOSSIBLE = 1 << 15, /* no reference that can be dropped */
    RG_VERDICT_ON_STACK = 1 << 16,       /* probably: in use on the stack of a
                                            running function, a root */
    RG_VERDICT_IN_GIVEN = 1 << 17,       /* garbage, or only yours, but for the
                                            list that was asked about, which a
                                            variable of the caller names */
    RG_VERDICT_FLAGS = (1 << 18) - 1
};

/* One for each target, in the order of graph->targets; or none at all. */
struct rg_verdict {
    uint32_t target;        /* object */
    uint8_t kind;           /* enum rg_verdict_kind */
    uint32_t flags;         /* RG_VERDICT_* */
    uint64_t counted;       /* its reference count, without the references
                               that the call itself held */
    uint64_t unexplained;   /* of these, found nowhere */
    uint64_t root_count;    /* root references that lead to it, without the
                               caller's */
    uint64_t cycle_objects; /* objects of the cycles that hold it */
    int32_t generation;     /* the collection that frees it; -1 not known */
};

enum {
    RG_ENTRY_CALLER = 1 << 0,   /* variables of the caller */
    RG_ENTRY_PROBABLE = 1 << 1, /* seen where it may be a left-over */
    RG_ENTRY_LEFT_OUT = 1 << 2, /* of classes' plumbing, of excluded objects */
    RG_ENTRY_FLAGS = (1 << 3) - 1
};

/* One line of a ledger: `count` references of one kind.  With the unexplained
 * ones they add up to the count, unless a flag of the verdict says why not. */
struct rg_entry {
    uint32_t target; /* position among the targets; ascending */
    uint8_t kind;    /* enum rg_kind */
    uint8_t flags;   /* RG_ENTRY_* */
    uint64_t count;
};

enum rg_path_kind {
    RG_PATH_EMPHASISED, /* the shortest; first of its target */
    RG_PATH_FURTHER,    /* then those that differ most from it */
    RG_PATH_ROOT,       /* one step: a root, named in the verdict */
    RG_PATH_CUT,        /* down to a reference that has to go */
    RG_PATH_YOURS,      /* from a variable of the caller; it is left when
                           the cut is made */
    RG_PATH_NATIVE,     /* from an object that native code holds; left
                           as well */
    RG_PATH_FIXED,      /* why there is no cut: nothing of it can be
                           dropped */
    RG_PATH_KIND_COUNT
};

/* Of many targets, those whose path has the same fingerprint share one. */
struct rg_path {
    uint32_t target;     /* position among the targets; ascending */
    uint8_t kind;        /* enum rg_path_kind; ascending per target */
    uint32_t root;       /* RG_NONE when it starts at an object */
    uint32_t first_step; /* its steps follow those of the path before */
    uint32_t step_count;
    uint32_t target_count;   /* how many targets go this way */
    uint32_t shared_count;   /* first steps that are the same for all */
    struct rg_text awaiting; /* of a suspended coroutine on it: `outer > inner
                                at app.py:40`; may be empty */
};

enum {
    RG_STEP_CUT = 1 << 0,   /* the reference that has to go */
    RG_STEP_CLEAR = 1 << 1, /* it leads to a cache that has to be cleared */
    RG_STEP_FLAGS = (1 << 2) - 1
};

struct rg_step {
    uint32_t object;    /* what it leads to, or RG_NONE: not shown */
    uint32_t reference; /* of the sealed graph, or RG_NONE */
    uint8_t kind;       /* these five as in struct rg_reference */
    uint8_t key_type;
    uint16_t flags; /* RG_STEP_* */
    struct rg_text owner;
    struct rg_text label;
    uint64_t number;
    struct rg_text type; /* type's __name__ of what it leads to */
};

/* The label of a step without what says of which thread it is, and that; all
 * of it and nothing for most. */
struct rg_text rg_step_name(const struct rg_step *step);
struct rg_text rg_step_thread(const struct rg_step *step);

/* What people meet again and again, and what to do about it.  Said only where
 * it is certain. */
enum rg_hint_kind {
    RG_HINT_PROMPT,        /* a variable in which a prompt keeps what it had */
    RG_HINT_FINALIZER,     /* weakref.finalize holds the object it watches */
    RG_HINT_WEAK_KEY,      /* of a WeakKeyDictionary: the value leads to it */
    RG_HINT_METHOD_CACHE,  /* a cache on a method holds the instances */
    RG_HINT_LOG_RECORD,    /* a logging record holds what it was given */
    RG_HINT_TRACEBACK,     /* an exception is kept with its traceback */
    RG_HINT_LOST_TASK,     /* nobody can await a task that waits */
    RG_HINT_CALLBACK,      /* a registered function holds it in its closure */
    RG_HINT_TIMER,         /* an event loop is to call it */
    RG_HINT_EACH_ONE_MORE, /* many of one type with one reference each that
                              nothing explains */
    RG_HINT_KIND_COUNT
};

/* `step` is where it shows on the path of the target, RG_NONE for the last
 * kind. */
struct rg_hint {
    uint32_t target; /* position among the targets; ascending */
    uint8_t kind;    /* enum rg_hint_kind */
    uint32_t object; /* the one it is about, or RG_NONE: not shown */
    uint32_t step;   /* of all paths' steps */
};

/* References to an object that nothing visible explains: the C-code node of
 * the picture.  `holder` is the type of an object whose memory shows the
 * address, a probable owner; empty when there is none. */
struct rg_native {
    uint32_t object;
    uint64_t count;
    struct rg_text holder; /* with its module: lxml.etree._Element */
    uint64_t offset;       /* bytes into the holder */
};

/* What would go with an object (sizes=True): itself included. */
struct rg_retained {
    uint32_t object; /* ascending */
    uint64_t bytes;
    uint64_t objects;
};

/* Each copies the record.  Verdicts in the order of the targets, steps behind
 * the path they belong to (which counts them).  RG_ENOMEM, RG_ELIMIT. */
enum rg_status rg_graph_add_verdict(struct rg_graph *graph,
                                    const struct rg_verdict *verdict);
enum rg_status rg_graph_add_entry(struct rg_graph *graph,
                                  const struct rg_entry *entry);
enum rg_status rg_graph_add_path(struct rg_graph *graph,
                                 const struct rg_path *path);
enum rg_status rg_graph_add_step(struct rg_graph *graph,
                                 const struct rg_step *step);
enum rg_status rg_graph_add_hint(struct rg_graph *graph,
                                 const struct rg_hint *hint);
enum rg_status rg_graph_add_native(struct rg_graph *graph,
                                   const struct rg_native *native);
enum rg_status rg_graph_add_retained(struct rg_graph *graph,
                                     const struct rg_retained *retained);

/* Groups of targets that share a path, each known by that path: the one after
 * `group` (NULL: the first), or NULL.  The largest come first, equal ones in
 * the order of their targets: so words tell them, RG_NAMED_GROUPS of them, and
 * so the picture chooses the path that it emphasises. */
enum { RG_NAMED_GROUPS = 8 };
const struct rg_path *rg_graph_next_group(const struct rg_graph *graph,
                                          const struct rg_path *group);

/* What would go with an object, or NULL where nobody asked. */
const struct rg_retained *rg_graph_retained_by(const struct rg_graph *graph,
                                               uint32_t object);

/* Words of the line format and of JSON; NULL past the last. */
const char *rg_verdict_token(unsigned kind);
const char *rg_path_token(unsigned kind);
const char *rg_hint_token(unsigned kind);

#endif
