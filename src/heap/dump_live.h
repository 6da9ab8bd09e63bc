/* dump_live.h - a whole heap read into a dump
 *
 * Private to heap.  The walk fills the reference table, as for a graph, with
 * what refers to nothing as well.  Then every object is read once: what the
 * readers tell goes to the recorder, which finds each reference in the table,
 * so that what nobody tells is in the dump too. */
#ifndef RG_HEAP_DUMP_LIVE_H
#define RG_HEAP_DUMP_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/poll.h"
#include "dump/dump.h"
#include "heap/read.h"
#include "heap/snapshot.h"
#include "heap/testimony.h"

/* Address -> node, for every object of the table. */
struct rg__places {
    const struct rg_table *table;
    struct rg__places_word {
        uint64_t bits;   /* granules at which something stands */
        uint32_t before; /* how many in the words before it */
    } *words;
    size_t word_count, words_size;
    uint32_t *node; /* by rank */
    size_t node_size;
};

/* The table's object i is node i + 1.  RG_ENOMEM; to be freed in either
 * case. */
enum rg_status rg__places_init(struct rg__places *places,
                               const struct rg_table *table);
void rg__places_free(struct rg__places *places);

/* The node of an address, or RG_NONE. */
uint32_t rg__place_of(const struct rg__places *places, uintptr_t address);

/* Which of the references of the object being read were told. */
struct rg__matching {
    const rg_code *referents; /* of the table */
    uint32_t count;
    uint32_t cursor; /* those before it were told */
    bool *told;
    size_t told_size;
    uint32_t *slots, *next; /* by code, for what comes out of order */
    size_t slots_size, next_size;
    uint32_t slot_count; /* 0: not made for this object */
};

/* For the next object.  RG_ENOMEM. */
enum rg_status rg__matching_start(struct rg__matching *matching,
                                  const rg_code *referents, uint32_t count);

/* Takes one reference to the code that was not taken yet: *found.
 * RG_ENOMEM. */
enum rg_status rg__matching_take(struct rg__matching *matching, rg_code code,
                                 bool *found);
void rg__matching_free(struct rg__matching *matching);

/* The words of a type, and what else is the same for its objects. */
struct rg__type_words {
    const PyTypeObject *type;
    uint32_t name, qualname, module, full; /* texts */
    bool tells_more; /* its objects have words of their own */
    struct rg_dump_about
        last;             /* what was said of the last one that has none, */
    uint32_t last_number; /* and its number + 1; 0: there is none */
};

/* Words of str objects asked for lately. */
enum { RG__WORD_SLOTS = 1 << 12 };

struct rg__known_word {
    const PyObject *str;
    uint32_t text;
};

struct rg__recorder {
    struct rg__snapshot *snapshot;
    struct rg_poll poll; /* the snapshot's */
    struct rg__testimony testimony;
    struct rg_witness witness;
    struct rg_dump *dump;
    struct rg__places places;
    struct rg__matching matching;
    struct rg__reader reader;
    struct rg_buffer words;       /* scratch */
    struct rg__type_words *types; /* in the order met */
    size_t type_count, type_capacity;
    struct rg_hash type_index; /* of them, by address */
    struct rg__generation firsts[RG__GENERATIONS];
    uint32_t first_root; /* of the table's; they are in a row */
    int generation;      /* of what is being read */
    /* the referrer */
    struct rg_node referrer;
    uint32_t type_name;    /* text */
    uint32_t owner;        /* text: the word before the dot */
    bool may_be_uncounted; /* see rg_witness.uncounted */
    struct rg__known_word plain[RG__WORD_SLOTS], bracketed[RG__WORD_SLOTS];
};

/* Takes a reference that a reader tells.  RG_ENOMEM, RG_ELIMIT. */
enum rg_status rg__record(struct rg__recorder *recorder,
                          const struct rg__told *told, enum rg_dump_mode mode);

/* Adds the references of the referrer that nobody told. */
enum rg_status rg__record_rest(struct rg__recorder *recorder);

/* Adds what a weak reference refers to. */
enum rg_status rg__record_weak(struct rg__recorder *recorder, PyObject *weak);

/* Adds what hangs below a node that is no object. */
enum rg_status rg__record_below(struct rg__recorder *recorder, uint32_t node,
                                const char *label, size_t size);

/* Starts the node of an object, or of the root `number`. */
enum rg_status rg__record_object(struct rg__recorder *recorder,
                                 PyObject *object, unsigned table_flags);
enum rg_status rg__record_root(struct rg__recorder *recorder,
                               const struct rg__root *root);

/* The text of a str, of the buffer `words`. */
enum rg_status rg__record_str(struct rg__recorder *recorder, PyObject *str,
                              uint32_t *text);
enum rg_status rg__record_words(struct rg__recorder *recorder, uint32_t *text);

/* Remembers where on stacks a node stands, if it does. */
enum rg_status rg__record_stack(struct rg__recorder *recorder, uint32_t node);

/* Remembers what C code has unpacked, if these are the arguments of a call. */
enum rg_status rg__record_call(struct rg__recorder *recorder,
                               PyObject *arguments);

/* Hangs the frames of a thread below it, whose node was started last. */
enum rg_status rg__record_frames(struct rg__recorder *recorder,
                                 const struct rg__root *thread);

/* The root; and the groups, with what hangs below them. */
enum rg_status rg__record_top(struct rg__recorder *recorder);
enum rg_status rg__record_groups(struct rg__recorder *recorder);

#endif
