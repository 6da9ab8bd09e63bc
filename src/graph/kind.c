#include "graph/kind.h"

#include <stddef.h>

static const struct rg_kind_words kinds[RG_KIND_COUNT] = {
    [RG_ATTRIBUTE] = {"attribute", "(instance attribute)", "object", false},
    [RG_ITEM] = {"item", "", "object", false},
    [RG_INDEX] = {"index", "", "object", false},
    [RG_KEY] = {"key", "(key)", "object", false},
    [RG_SET_MEMBER] = {"set-member", "(member)", "object", false},
    [RG_CLASS_ATTRIBUTE] = {"class-attribute", "(class attribute)", "object",
                            false},
    [RG_CLOSURE] = {"closure", "(closure)", "closure", false},
    [RG_DEFAULT] = {"default", "(default argument)", "object", false},
    [RG_MEMBER] = {"member", "(member)", "object", false},
    [RG_CONTEXT_VARIABLE] = {"context-variable", "(context variable)", "object",
                             false},
    [RG_THREAD_LOCAL] = {"thread-local", "(thread-local attribute)", "object",
                         false},
    [RG_GENERATOR_LOCAL] = {"generator-local", "(generator local)", "local",
                            false},
    [RG_COROUTINE_LOCAL] = {"coroutine-local", "(coroutine local)", "local",
                            false},
    [RG_ASYNC_LOCAL] = {"async-local", "(async generator local)", "local",
                        false},
    [RG_GREENLET_LOCAL] = {"greenlet-local", "(greenlet local)", "local",
                           false},
    [RG_FRAME_LOCAL] = {"frame-local", "(kept local)", "local", false},
    [RG_INSTANCE] = {"instance", "(instance)", "object", false},
    [RG_WEAK] = {"weak", "(weak reference)", "object", false},
    [RG_UNNAMED] = {"unnamed", "(object)", "object", false},
    [RG_LOCAL] = {"local", "(local)", "local", true},
    [RG_TEMPORARY] = {"temporary", "(temporary)", "local", true},
    [RG_RUNNING] = {"running", "(running)", "local", true},
    [RG_GLOBAL] = {"global", "(global)", "global", true},
    [RG_MODULE_VARIABLE] = {"module-variable", "(module variable)",
                            "module variable", true},
    [RG_THREAD_STATE] = {"thread-state", "", "object", true},
    [RG_INTERPRETER] = {"interpreter", "", "object", true},
};

static const char *const root_kinds[RG_ROOT_KIND_COUNT] = {
    [RG_ROOT_MODULE] = "module",
    [RG_ROOT_FRAME] = "frame",
    [RG_ROOT_THREAD] = "thread",
    [RG_ROOT_INTERPRETER] = "interpreter",
};

static const char *const unseens[RG_UNSEEN_COUNT] = {
    [RG_UNSEEN_COLLECTING] = "collecting",
    [RG_UNSEEN_FROZEN] = "frozen",
};

static const char *const key_types[RG_KEY_TYPE_COUNT] = {
    [RG_KEY_NONE] = "none",         [RG_KEY_STR] = "str",
    [RG_KEY_BYTES] = "bytes",       [RG_KEY_NUMBER] = "number",
    [RG_KEY_CONSTANT] = "constant", [RG_KEY_TUPLE] = "tuple",
    [RG_KEY_OBJECT] = "object",     [RG_KEY_NAMED] = "named",
    [RG_KEY_PATH] = "path",         [RG_KEY_THREAD] = "thread",
    [RG_KEY_INNER] = "inner",       [RG_KEY_VARS] = "vars",
    [RG_KEY_FIELD] = "field",
};

const struct rg_kind_words *rg_kind_words(enum rg_kind kind)
{
    return &kinds[kind];
}

const char *rg_kind_token(unsigned kind)
{
    return kind < RG_KIND_COUNT ? kinds[kind].token : NULL;
}

enum rg_kind rg_kind_reads_as(enum rg_kind kind)
{
    switch (kind) {
    case RG_INDEX:
        return RG_ITEM;
    case RG_GLOBAL:
        return RG_MODULE_VARIABLE;
    default:
        return kind;
    }
}

const char *rg_root_kind_token(unsigned kind)
{
    return kind < RG_ROOT_KIND_COUNT ? root_kinds[kind] : NULL;
}

const char *rg_unseen_token(unsigned unseen)
{
    return unseen < RG_UNSEEN_COUNT ? unseens[unseen] : NULL;
}

const char *rg_key_type_token(unsigned type)
{
    return type < RG_KEY_TYPE_COUNT ? key_types[type] : NULL;
}
