/* step.c - what a reference means for the tree
 *
 * What only implements its referrer (an instance's __dict__, a cell) belongs to
 * the place of the referrer.  Classes come last: every object leads to its own,
 * and nobody would look for a class there. */
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

static bool is_name(enum rg_kind kind)
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
        /* A module's variables are its namespace's. */
        .is_name = is_name(kind) && (rg_kind_reads_as(kind) !=
                                         RG_MODULE_VARIABLE ||
                                     how->flags & RG_DUMP_REAL),
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
        return step;
    case RG_DUMP_UNNAMED:
        return (struct rg__step){.is_step = true,
                                 .is_late = how->link != RG_LINK_REFERENCE,
                                 .kind = RG_UNNAMED};
    default:
        return (struct rg__step){0};
    }
}

void rg__steps_fill(struct rg__look *look)
{
    for (size_t i = 0; i < look->dump->how_count; i++)
        look->steps[i] = step_of(&look->dump->hows[i]);
}
