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
    uint8_t rank;    /* enum rg_rank */
    bool is_bounded; /* through what never has more than so many items */
    uint32_t group;
    struct rg__way way;
};

struct rooting {
    struct rg__explaining *explaining;
    uint32_t node, level;
    bool is_bounded;
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
    if (a->is_bounded != b->is_bounded)
        return b->is_bounded;
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
        .is_bounded = rooting->is_bounded || root->role & RG_ROLE_BOUNDED,
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

/* What reads the same, as the same object in a table twice, is told once. */
static void drop_equals(struct rooting *rooting, const struct named_root *told)
{
    size_t left = 0;
    for (size_t i = 0; i < rooting->count; i++) {
        const struct named_root *root = &rooting->roots[i];
        if (root->node != told->node || root->way.root != told->way.root ||
            rg__way_compare(rooting->explaining->asked->naming.graph,
                            &root->way, &told->way) != 0)
            rooting->roots[left++] = *root;
    }
    rooting->count = left;
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
        const struct named_root told = rooting->roots[first];
        rooting->roots[first] = rooting->roots[--rooting->count];
        status = rg__path_add(rooting->explaining->asked, &told.node, &told.way,
                              1, &path, 0);
        drop_equals(rooting, &told);
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

/* The walk back from a target: from the front of the queue level by level;
 * what has a bound waits at its other end until nothing else is left. */
struct way_back {
    uint32_t *queue, *level;
    size_t head, tail, met;
    size_t put_off; /* so many wait, the first one last */
};

static void queue_referrers(const struct rooting *rooting,
                            struct way_back *back, uint32_t node)
{
    const struct rg__asked *asked = rooting->explaining->asked;
    const struct rg_closure *closure = asked->naming.closure;
    for (uint32_t k = closure->first[node]; k < closure->first[node + 1]; k++) {
        uint32_t referrer = closure->referrer[k];
        unsigned role = closure->nodes[referrer].role;
        if (back->level[referrer] != RG_NONE || role & RG_ROLE_STOP ||
            rg_is_told_twice(asked->forward, k))
            continue;
        back->level[referrer] = back->level[node] + 1;
        if (role & RG_ROLE_BOUNDED && !rooting->is_bounded)
            back->queue[closure->node_count - ++back->put_off] = referrer;
        else
            back->queue[back->tail++] = referrer;
    }
}

/* Until enough roots are found. */
static enum rg_status meet_roots(struct rooting *rooting, struct way_back *back)
{
    const struct rg__asked *asked = rooting->explaining->asked;
    enum rg_status status = RG_OK;
    while (status == RG_OK && back->head < back->tail) {
        uint32_t node = back->queue[back->head++];
        if (back->met == ROOT_NODES || (rooting->count >= NAMED_ROOTS &&
                                        back->level[node] > rooting->level))
            break;
        if (has_root(asked, node)) {
            rooting->node = node;
            rooting->level = back->level[node];
            back->met++;
            status = rg__each_way(&asked->naming, node, keep_root, rooting);
        }
        if (status == RG_OK)
            status = rg_poll(rg__reading_poll(asked->naming.reading), 1);
        queue_referrers(rooting, back, node);
    }
    return status;
}

/* What waits comes to the front, in the order in which it was found. */
static void take_put_off(struct way_back *back, size_t node_count)
{
    uint32_t *first = back->queue + back->tail;
    memmove(first, back->queue + node_count - back->put_off,
            back->put_off * sizeof *first);
    for (size_t i = 0; i < back->put_off / 2; i++) {
        uint32_t other = first[back->put_off - 1 - i];
        first[back->put_off - 1 - i] = first[i];
        first[i] = other;
    }
    back->tail += back->put_off;
    back->put_off = 0;
}

static enum rg_status name_roots(struct rg__explaining *explaining,
                                 uint32_t target, uint32_t *queue,
                                 uint32_t *level)
{
    const struct rg_closure *closure = explaining->asked->naming.closure;
    struct rooting rooting = {.explaining = explaining};
    struct way_back back = {.queue = queue, .level = level, .tail = 1};
    memset(level, 0xff, closure->node_count * sizeof *level);
    level[target] = 0;
    queue[0] = target;
    enum rg_status status = meet_roots(&rooting, &back);
    if (status == RG_OK && rooting.count < NAMED_ROOTS) {
        rooting.is_bounded = true;
        take_put_off(&back, closure->node_count);
        status = meet_roots(&rooting, &back);
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
