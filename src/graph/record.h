/* record.h - what a record of a graph or a view consists of
 *
 * A graph is rows of records: objects, references, roots, the answers.  One
 * table says of each record which fields it has, of which type, under which
 * name; graph_records.c has the rows of a graph, view/view_records.c those of
 * a view.  Whatever carries or shows records goes through the table, and has
 * no list of fields of its own: the line format and JSON, both ways, the
 * dicts of Python, the schema, redaction, the checker.  So a new field is a
 * member of a struct and a row.
 *
 * A record is handled as a copy in a `union rg_any`, because some are not kept
 * as they are told (a value is a member of its object): for these the row has
 * functions. */
#ifndef RG_GRAPH_RECORD_H
#define RG_GRAPH_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "graph/graph.h"

/* Pieces of work (poll.h) that a record is: it is read or looked at field by
 * field, each with some rules. */
enum { RG_RECORD_PIECES = 16 };

enum rg_field_type {
    RG_FIELD_NUMBER, /* from 0 up */
    RG_FIELD_SIGNED, /* from 0 up, or -1 for none */
    RG_FIELD_INDEX,  /* the place of a record */
    RG_FIELD_LINK,   /* the same, or RG_NONE */
    RG_FIELD_WORD,   /* a number that stands for one of some words */
    RG_FIELD_FLAGS,  /* bits, each with a name */
    RG_FIELD_TEXT,
    RG_FIELD_SECONDS, /* a double; 0 for none */
    RG_FIELD_SWITCH,  /* a bool */
    RG_FIELD_ADDRESS
};

/* What redaction does with a field.  Whoever adds one has to think of it: a
 * row that says nothing is an error, not a leak. */
enum rg_redaction {
    RG_REDACT_UNKNOWN,
    RG_KEEP,
    RG_HIDE_KEY, /* the text of a key, by its type and length: */
    RG_HIDE_KEY_TYPE,
    RG_HIDE_KEY_LENGTH,
    RG_HIDE_FOLDER, /* of a path all but its last part */
    RG_HIDE_TASK,   /* the name of a task; other details are kept */
    RG_HIDE_THREAD, /* the name of a thread, */
    RG_HIDE_OWNER,  /* and where the record's kind is a thread's; others kept */
    RG_HIDE_VALUE,
    RG_REDACTION_COUNT
};

struct rg_flag {
    uint32_t bit;
    const char *name;     /* NULL ends a list */
    const char *old_name; /* in version 1 of JSON, where it was another */
};

struct rg_record;

struct rg_field {
    const char *name;     /* in JSON and Python; NULL, of flags: each flag
                             is a member of its own, true or false */
    const char *old_name; /* in version 1 of JSON, where it was another */
    enum rg_field_type type;
    enum rg_redaction redaction;
    size_t offset, size;                 /* in the struct */
    const struct rg_record *of;          /* INDEX, LINK: to which records */
    const char *(*word)(unsigned value); /* WORD: NULL past the last */
    const struct rg_flag *flags;         /* FLAGS */
    bool only_in_lines;                  /* what no reader of JSON could use */
    bool not_zero;                       /* what counts something */
    bool may_lack;     /* added when files without it were about: there
                          it is 0, empty or none */
    const char *about; /* for the schema; may be NULL */
};

/* Room for any record; the rows assert that theirs fit. */
union rg_any {
    struct rg_object object;
    struct rg_reference reference;
    struct rg_step step;
    uint64_t numbers[20];
};

struct rg_record {
    const char *word;  /* its lines begin with it */
    const char *name;  /* of the array in JSON; NULL: in lines only */
    const char *about; /* for the schema; may be NULL */
    bool is_single;    /* there is exactly one */
    bool is_of_view;   /* `whole` is a view; else a graph */
    const struct rg_field *fields;
    size_t field_count;
    size_t size;                   /* of the struct */
    size_t items, count, capacity; /* where `whole` has them: offsets */
    /* For those that are kept in another way; else NULL.  `get` is false where
     * there is no such record.  `add` may refuse one, with RG_EFORMAT and
     * words that follow its name: "names a target a second time". */
    size_t (*count_of)(const void *whole);
    bool (*get)(const void *whole, size_t at, void *record);
    enum rg_status (*add)(void *whole, const void *record, const char **words);
    /* What is wrong with the record as it stands beyond its fields, or NULL;
     * all that it refers to is there. */
    const char *(*refuse)(const void *whole, const void *record);
};

/* The records of a graph, in the order in which they must come: each refers to
 * those before it. */
enum {
    RG_RECORD_LIMITS,
    RG_RECORD_UNSEEN,
    RG_RECORD_LEFT_OUT,
    RG_RECORD_ROOT,
    RG_RECORD_OBJECT,
    RG_RECORD_REFERENCE,
    RG_RECORD_REST,
    RG_RECORD_TARGET,
    RG_RECORD_VERDICT,
    RG_RECORD_ENTRY,
    RG_RECORD_PATH,
    RG_RECORD_STEP,
    RG_RECORD_HINT,
    RG_RECORD_NATIVE,
    RG_RECORD_RETAINED,
    RG_RECORD_VALUE,
    RG_RECORD_COUNT
};

extern const struct rg_record rg_graph_records[RG_RECORD_COUNT];

/* How many places there are for records, and the record at one of them: false
 * when that is empty. */
size_t rg_record_count(const struct rg_record *record, const void *whole);
bool rg_record_get(const struct rg_record *record, const void *whole, size_t at,
                   void *copy);

/* Adds a record to the graph or view that is being built.  RG_ENOMEM,
 * RG_ELIMIT; RG_EFORMAT with *words. */
enum rg_status rg_record_add(const struct rg_record *record, void *whole,
                             const void *copy, const char **words);

/* Adds one as it is to the array of its kind. */
enum rg_status rg_record_append(const struct rg_record *record, void *whole,
                                const void *copy);

/* What is wrong with a record, or NULL; *at is the field then, or NULL when it
 * is the record.  Indices are compared with what is there by now.  `view` may
 * be NULL. */
const char *rg_record_wrong(const struct rg_record *record,
                            const struct rg_graph *graph, const void *view,
                            const void *copy, const struct rg_field **at);

/* Numbers, indices, words, flags, switches, addresses: false stands for none,
 * and none is written where *value is NULL.  rg_field_put is false when the
 * value is too large for the field, or none where there must be one. */
bool rg_field_number(const struct rg_field *field, const void *record,
                     uint64_t *value);
bool rg_field_put(const struct rg_field *field, void *record,
                  const uint64_t *value);

/* What a message calls it. */
const char *rg_field_words(const struct rg_field *field);

struct rg_text rg_field_text(const struct rg_field *field, const void *record);

/* The value of a word; false when it is none of the field's. */
bool rg_field_find_word(const struct rg_field *field, const char *data,
                        size_t size, uint64_t *value);

#define RG_COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* What every row of a field says: its name, its type, what redaction does with
 * it, and the struct's member.  Then, where they apply, the others by name. */
#define RG_FIELD(words, kind, redact, record, member) \
    .name = (words), .type = RG_FIELD_##kind, .redaction = RG_##redact, \
    .offset = offsetof(struct record, member), \
    .size = sizeof((struct record *)NULL)->member

#endif
