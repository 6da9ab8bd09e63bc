/* step.c - what a reference means for the tree
 *
 * What only implements its referrer (an instance's __dict__, a cell) belongs to
 * the place of the referrer.  Classes come last: every object leads to its own,
 * and nobody would look for a class there. */
#include <string.h>

#include "search/search.h"
#include "search/witness.h"
#include "survey/place.h"

static bool is_labelled(enum rg_kind kind)
{
    switch (kind) {
    case RG_ATTRIBUTE:
    case RG_CLASS_ATTRIBUTE:
    case RG_CLOSURE:
    case RG_DEFAULT:
    case RG_MEMBER:
    case RG_THREAD_LOCAL:
    case RG_GENERATOR_LOCAL:
    case RG_COROUTINE_LOCAL:
    case RG_ASYNC_LOCAL:
    case RG_FRAME_LOCAL:
    case RG_LOCAL:
    case RG_GLOBAL:
    case RG_MODULE_VARIABLE:
    case RG_THREAD_STATE:
    case RG_INTERPRETER:
        return true;
    default:
        return false;
    }
}

static bool is_item(enum rg_kind kind)
{
    return kind == RG_ITEM || kind == RG_INDEX || kind == RG_SET_MEMBER ||
           kind == RG_CONTEXT_VARIABLE;
}

static bool is_by_name(enum rg_kind kind)
{
    return kind == RG_ATTRIBUTE || kind == RG_CLASS_ATTRIBUTE ||
           kind == RG_THREAD_LOCAL || kind == RG_GLOBAL ||
           kind == RG_MODULE_VARIABLE;
}

static struct rg__step told(const struct rg_dump_how *how)
{
    enum rg_kind kind = (enum rg_kind)how->kind;
    return (struct rg__step){
        .is_step = true,
        .is_late = kind == RG_INSTANCE || how->link != RG_LINK_REFERENCE,
        .is_labelled = is_labelled(kind) && !(how->flags & RG_DUMP_BARE),
        .is_item = is_item(kind),
        .is_name = is_by_name(kind),
        .kind = (uint8_t)rg_kind_reads_as(kind)};
}

static struct rg__step step_of(const struct rg_dump_how *how)
{
    switch ((enum rg_dump_mode)how->mode) {
    case RG_DUMP_TOLD:
        return told(how);
    case RG_DUMP_FOLDED:
    case RG_DUMP_SILENT:
        if (how->link == RG_LINK_REFERENCE &&
            (how->grip == RG_GRIP_PLUMBING || how->grip == RG_GRIP_CACHE))
            return (struct rg__step){.absorbs = true};
        struct rg__step step = told(how);
        step.is_item = step.is_name = false;
        step.is_folded = true;
        return step;
    case RG_DUMP_UNNAMED:
        return (struct rg__step){.is_step = true,
                                 .is_late = how->link != RG_LINK_REFERENCE,
                                 .kind = RG_UNNAMED};
    default:
        return (struct rg__step){0};
    }
}

/* A look, and what was found by one, is no part of the program. */
static bool is_ours(const struct rg_texts *texts,
                    const struct rg_dump_about *about)
{
    static const char name[] = "referrers";
    size_t size = rg_texts_size(texts, about->module);
    const char *module = rg_texts_data(texts, about->module);
    return size >= sizeof name - 1 &&
           memcmp(module, name, sizeof name - 1) == 0 &&
           (size == sizeof name - 1 || module[sizeof name - 1] == '.');
}

static bool is_weak_type(const struct rg_texts *texts,
                         const struct rg_dump_about *about)
{
    static const char *const names[] = {"ReferenceType", "KeyedRef",
                                        "WeakMethod", "ref"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (rg__is_text(texts, about->qualname, names[i]))
            return rg__is_text(texts, about->module, "weakref");
    return false;
}

static uint8_t sort_of(const struct rg_texts *texts,
                       const struct rg_dump_about *about)
{
    bool is_module = rg__is_text(texts, about->qualname, "module") &&
                     rg__is_text(texts, about->module, "");
    return (uint8_t)((is_ours(texts, about) ? RG__SORT_OURS : 0) |
                     (is_module ? RG__SORT_MODULE : 0) |
                     (is_weak_type(texts, about) ? RG__SORT_WEAK : 0));
}

void rg__steps_fill(struct rg__look *look)
{
    const struct rg_dump *dump = look->dump;
    for (size_t i = 0; i < dump->about_count; i++)
        look->sort[i] = sort_of(&dump->texts, &dump->abouts[i]);
    for (size_t i = 0; i < look->dump->how_count; i++)
        look->steps[i] = step_of(&look->dump->hows[i]);
}
