/* kind.h - the kinds of reference and of root, and the words for them
 *
 * One row per kind: how it is called in the line format, the words a person
 * reads behind the name, the node type in networkx, and whether the
 * referrer is a variable (a root, where a chain ends) or an object. */
#ifndef RG_GRAPH_KIND_H
#define RG_GRAPH_KIND_H

#include <stdbool.h>

/* In the order in which the references to one object are listed: objects
 * first, variables last. */
enum rg_kind {
    RG_ATTRIBUTE,        /* Session.payload (instance attribute) */
    RG_ITEM,             /* dict[user-7]: value stored under a key */
    RG_INDEX,            /* list[3]: item at a position */
    RG_KEY,              /* dict (key) */
    RG_SET_MEMBER,       /* set (member) */
    RG_CLASS_ATTRIBUTE,  /* Config.cache (class attribute) */
    RG_CLOSURE,          /* outer.<locals>.inner.x (closure) */
    RG_DEFAULT,          /* inner.a (default argument) */
    RG_MEMBER,           /* partial.args (member): a field of a C struct */
    RG_CONTEXT_VARIABLE, /* request_id (context variable) */
    RG_THREAD_LOCAL,     /* local.conn (thread-local attribute) */
    RG_GENERATOR_LOCAL,  /* poll.buf (generator local) */
    RG_COROUTINE_LOCAL,  /* poll.buf (coroutine local) */
    RG_ASYNC_LOCAL,      /* poll.buf (async generator local) */
    RG_GREENLET_LOCAL,   /* poll.buf (greenlet local) */
    RG_FRAME_LOCAL,      /* f.x (kept local), of a frame that does not run */
    RG_INSTANCE,         /* K (instance): an object's reference to its class */
    RG_WEAK,      /* weakref (weak reference): shown on demand, never counted */
    RG_UNNAMED,   /* Type (object): found, but no one can name it */
    RG_LOCAL,     /* f.x (local), of a running frame */
    RG_TEMPORARY, /* f (temporary): on a running frame's stack */
    RG_RUNNING,   /* f (running): the function a frame runs */
    RG_GLOBAL,    /* app.CACHE (global) */
    RG_MODULE_VARIABLE, /* app.CACHE (module variable) */
    RG_THREAD_STATE,    /* MainThread: exception being handled */
    RG_INTERPRETER,     /* atexit callback */
    RG_KIND_COUNT
};

struct rg_kind_words {
    const char *token; /* in the line format: one lower-case word */
    const char
        *suffix; /* behind the name, "(local)"; "" when the name says all */
    const char *node_type; /* ReferrerGraphNode.type */
    bool is_variable;      /* the referrer is a root */
};

/* The row of a kind; `kind` must be below RG_KIND_COUNT. */
const struct rg_kind_words *rg_kind_words(enum rg_kind kind);

/* The words of the line format and of JSON; NULL past the last, here and
 * below. */
const char *rg_kind_token(unsigned kind);

enum rg_root_kind {
    RG_ROOT_MODULE,      /* a module's namespace */
    RG_ROOT_FRAME,       /* a running frame */
    RG_ROOT_THREAD,      /* a thread state */
    RG_ROOT_INTERPRETER, /* a table of the interpreter */
    RG_ROOT_KIND_COUNT
};

const char *rg_root_kind_token(unsigned kind);

/* Items and module variables come in two kinds that read alike: one kind for
 * both. */
enum rg_kind rg_kind_reads_as(enum rg_kind kind);

/* Objects that no walk could see. */
enum rg_unseen {
    RG_UNSEEN_COLLECTING, /* the collector is at work on them */
    RG_UNSEEN_FROZEN,     /* gc.freeze(), where they cannot be listed */
    RG_UNSEEN_COUNT
};

const char *rg_unseen_token(unsigned unseen);

/* What a key was, so that each output can write it in its own way; and of a
 * name that stands for no key, whether Python reaches it as it stands. */
enum rg_key_type {
    RG_KEY_NONE,     /* the reference has no key */
    RG_KEY_STR,      /* label: the text itself, raw */
    RG_KEY_BYTES,    /* label: the bytes as Python writes them, b'...' */
    RG_KEY_NUMBER,   /* label: int, float as Python writes them */
    RG_KEY_CONSTANT, /* label: True, False, None */
    RG_KEY_TUPLE,    /* label: as Python writes it */
    RG_KEY_OBJECT,   /* label: the type's name; shown as <Name object> */
    RG_KEY_NAMED,    /* label: what a person calls it; shown as <class K> */
    RG_KEY_PATH,     /* label: where it is found, Color.RED */
    RG_KEY_THREAD,   /* an int that is the ident of a thread; label: the words
                        for that */
    RG_KEY_INNER,    /* as the tree shows it, in what takes no [key]; of a
                        class: that of the instance's __dict__ */
    RG_KEY_VARS,     /* an attribute that only vars() gives */
    RG_KEY_FIELD,    /* a name for what Python code cannot reach */
    RG_KEY_TYPE_COUNT
};

const char *rg_key_type_token(unsigned type);

#endif
