/* Named roots: of the roots that lead to a target, the first few.
 *
 * Frames come after all others, far roots after near ones; among equals the
 * order is that of the text.  The caller's own variables are not among them. */
#include "explain/explaining.h"

#include <string.h>

#include "base/alloc.h"
#include "explain/verdict.h"

enum {
    NAMED_ROOTS = 3,
    ROOT_NODES = 64 /* looked at for them: beyond this all are alike */
};

struct named_root {
    uint32_t node, level;
    uint8_t rank; /* enum rg_rank */
    uint32_t group;
    struct rg__way way;
};

struct rooting {
    struct rg__explaining *explaining;
    uint32_t node, level;
    struct named_root *roots;
    size_t count, capacity;
};

/* Frames come after all others, and what runs the program after frames. */
static enum rg_rank root_rank(const struct rg__asked *asked,
                              const struct rg_node *root, uint32_t node)
{
    if (root->role & RG_ROLE_FURNITURE ||
        asked->witness->grip(asked->witness->context, root,
                             &asked->naming.closure->nodes[node]) ==
            RG_GRIP_KEPT)
        return RG_FROM_FURNITURE;
    return root->role & RG_ROLE_FRAME ? RG_FROM_FRAME : RG_FROM_MODULE;
}

static bool comes_before(const struct rooting *rooting,
                         const struct named_root *a, const struct named_root *b)
{
    if (a->rank != b->rank)
        return a->rank < b->rank;
    if (a->level != b->level)
        return a->level < b->level;
    return rg__way_compare(rooting->explaining->asked->naming.graph, &a->way,
                           &b->way) < 0;
}

/* Of a group that is there already the better one is kept. */
static bool joins_group(struct rooting *rooting, const struct named_root *root)
{
    for (size_t i = 0; root->group != 0 && i < rooting->count; i++) {
        if (rooting->roots[i].group != root->group)
            continue;
        if (comes_before(rooting, root, &rooting->roots[i]))
            rooting->roots[i] = *root;
        return true;
    }
    return false;
}

static enum rg_status keep_root(void *context, uint32_t referrer,
                                const struct rg__way *way)
{
    struct rooting *rooting = context;
    const struct rg__asked *asked = rooting->explaining->asked;
    const struct rg_node *root = &asked->naming.closure->nodes[referrer];
    if (way->root == RG_NONE ||
        (asked->witness->is_caller(asked->witness->context, root) &&
         (root->address == 0 || rooting->node < asked->target_count)))
        return RG_OK;
    const struct named_root found = {
        .node = rooting->node,
        .level = rooting->level,
        .rank = (uint8_t)root_rank(asked, root, rooting->node),
        .group = rg__root_group(asked, referrer, rooting->node),
        .way = *way};
    if (joins_group(rooting, &found))
        return RG_OK;
    void *roots = rooting->roots;
    if (rg_grow(&roots, &rooting->capacity, rooting->count + 1,
                sizeof *rooting->roots) < 0)
        return RG_ENOMEM;
    rooting->roots = roots;
    rooting->roots[rooting->count++] = found;
    return RG_OK;
}

/* Takes the first of what is left; they are three. */
static enum rg_status add_named_roots(struct rooting *rooting, uint32_t target)
{
    const struct rg_path path = {.target = target,
                                 .kind = RG_PATH_ROOT,
                                 .target_count = 1,
                                 .shared_count = 1};
    enum rg_status status = RG_OK;
    for (int i = 0; status == RG_OK && i < NAMED_ROOTS && rooting->count > 0;
         i++) {
        size_t first = 0;
        for (size_t k = 1; k < rooting->count; k++)
            if (comes_before(rooting, &rooting->roots[k],
                             &rooting->roots[first]))
                first = k;
        status = rg__path_add(rooting->explaining->asked,
                              &rooting->roots[first].node,
                              &rooting->roots[first].way, 1, &path, 0);
        rooting->roots[first] = rooting->roots[--rooting->count];
    }
    return status;
}

static bool refers_as_root(const struct rg__asked *asked, uint32_t pair)
{
    const struct rg_closure *closure = asked->naming.closure;
    return closure->nodes[closure->referrer[pair]].role & RG_ROLE_STOP &&
           !rg_is_mine(asked->forward, pair);
}

/* Whether a root that is not the caller's refers to the node, also through a
 * cell or the dict of a class body. */
static bool has_root(const struct rg__asked *asked, uint32_t node)
{
    const struct rg_closure *closure = asked->naming.closure;
    for (uint32_t k = closure->first[node]; k < closure->first[node + 1]; k++) {
        uint32_t referrer = closure->referrer[k];
        if (refers_as_root(asked, k))
            return true;
        if (!(closure->nodes[referrer].role & RG_ROLE_FOLDS))
            continue;
        for (uint32_t j = closure->first[referrer];
             j < closure->first[referrer + 1]; j++)
            if (refers_as_root(asked, j))
                return true;
    }
    return false;
}

/* Back from the target, level by level, until enough roots are found. */
static enum rg_status name_roots(struct rg__explaining *explaining,
                                 uint32_t target, uint32_t *queue,
                                 uint32_t *level)
{
    const struct rg_closure *closure = explaining->asked->naming.closure;
    struct rooting rooting = {.explaining = explaining};
    size_t tail = 0, met = 0;
    enum rg_status status = RG_OK;
    memset(level, 0xff, closure->node_count * sizeof *level);
    level[target] = 0;
    queue[tail++] = target;
    for (size_t head = 0; status == RG_OK && head < tail; head++) {
        uint32_t node = queue[head];
        if (met == ROOT_NODES ||
            (rooting.count >= NAMED_ROOTS && level[node] > rooting.level))
            break;
        if (has_root(explaining->asked, node)) {
            rooting.node = node;
            rooting.level = level[node];
            met++;
            status = rg__each_way(&explaining->asked->naming, node, keep_root,
                                  &rooting);
        }
        if (status == RG_OK)
            status =
                rg_poll(rg__reading_poll(explaining->asked->naming.reading), 1);
        for (uint32_t k = closure->first[node]; k < closure->first[node + 1];
             k++) {
            uint32_t referrer = closure->referrer[k];
            if (level[referrer] != RG_NONE ||
                closure->nodes[referrer].role & RG_ROLE_STOP ||
                rg_is_told_twice(explaining->asked->forward, k))
                continue;
            level[referrer] = level[node] + 1;
            queue[tail++] = referrer;
        }
    }
    if (status == RG_OK)
        status = add_named_roots(&rooting, target);
    rg_free(rooting.roots);
    return status;
}

enum rg_status rg__explain_roots(struct rg__explaining *explaining,
                                 uint32_t target)
{
    size_t nodes = explaining->asked->naming.closure->node_count;
    uint32_t *queue = rg_alloc(nodes, sizeof *queue);
    uint32_t *level = rg_alloc(nodes, sizeof *level);
    enum rg_status status = queue == NULL || level == NULL
                                ? RG_ENOMEM
                                : name_roots(explaining, target, queue, level);
    rg_free(queue);
    rg_free(level);
    return status;
}
