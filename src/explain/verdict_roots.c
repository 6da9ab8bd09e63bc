/* How many roots lead to each target, and how many objects are on its cycles. */
#include "base/alloc.h"
#include "explain/verdict.h"

/* Roots and cycles are counted for each target by itself; with very many
 * targets that share a large closure this ends after so many looks at each
 * pair on average. */
enum { LOOKS_PER_PAIR = 8, LOOKS_AT_LEAST = 1 << 20 };

/* Walks back from a target to everything that leads to it. */
struct back {
    uint32_t *queue;
    uint32_t *round; /* by node: the walk that came here last */
    uint32_t current;
    uint32_t *groups; /* by group: the round in which it was counted */
    uint64_t looks_left;
};

/* Whether the object is one to a person, not plumbing of another. */
static enum rg_status count_if_stands(const struct rg__asked *asked,
                                      uint32_t node, uint64_t *count)
{
    bool stands = true;
    enum rg_status status = RG_OK;
    if (asked->naming.closure->nodes[node].role & RG_ROLE_FOLDS)
        status = rg__reading_stands(asked->naming.reading, node, &stands);
    *count += stands ? 1 : 0;
    return status;
}

/* Of a root that has none the group of the plumbing behind it.  No role has the
 * last group: threads are numbered below it. */
uint32_t rg__root_group(const struct rg__asked *asked, uint32_t root,
                        uint32_t node)
{
    const struct rg_node *nodes = asked->naming.closure->nodes;
    uint32_t group = rg_role_group(nodes[root].role);
    if (group == 0)
        group = rg_role_group(nodes[node].role);
    return group == 0 &&
                   asked->witness->grip(asked->witness->context, &nodes[root],
                                        &nodes[node]) == RG_GRIP_KEPT
               ? RG_MOST_GROUPS - 1
               : group;
}

/* All stops of one group are one root. */
static uint32_t count_root(struct back *back, uint32_t group,
                           uint32_t references)
{
    if (group == 0)
        return references;
    bool is_new = back->groups[group] != back->current;
    back->groups[group] = back->current;
    return is_new ? 1 : 0;
}

/* The closure lies anywhere in memory: what the queue will come to is fetched
 * before. */
enum { FETCH_FIRST = 24, FETCH_RUN = 16, FETCH_MARKS = 8, FETCHED_PAIRS = 8 };

static void fetch_queued(const struct rg_closure *closure,
                         const struct back *back, size_t head, size_t tail)
{
    if (head + FETCH_FIRST < tail)
        __builtin_prefetch(&closure->first[back->queue[head + FETCH_FIRST]]);
    if (head + FETCH_RUN < tail)
        __builtin_prefetch(
            &closure->referrer[closure->first[back->queue[head + FETCH_RUN]]]);
    if (head + FETCH_MARKS >= tail)
        return;
    uint32_t node = back->queue[head + FETCH_MARKS];
    uint32_t end = closure->first[node + 1];
    for (uint32_t k = closure->first[node], i = 0; k < end && i < FETCHED_PAIRS;
         k++, i++) {
        __builtin_prefetch(&back->round[closure->referrer[k]]);
        __builtin_prefetch(&closure->nodes[closure->referrer[k]].role);
    }
}

/* Counts, along one target's closure, root references and cycle objects. */
static enum rg_status count_one(const struct rg__judgement *judgement,
                                const struct rg__asked *asked,
                                struct back *back, uint32_t target)
{
    const struct rg_closure *closure = asked->naming.closure;
    struct rg_verdict *verdict = &judgement->verdicts[target];
    size_t tail = 0;
    enum rg_status status = RG_OK;
    back->queue[tail++] = target;
    back->round[target] = ++back->current;
    for (size_t head = 0; status == RG_OK && head < tail; head++) {
        uint32_t node = back->queue[head];
        fetch_queued(closure, back, head, tail);
        status = rg_poll(rg__reading_poll(asked->naming.reading), 1);
        if (status == RG_OK && judgement->on_cycle[node] &&
            verdict->flags & RG_VERDICT_CYCLE)
            status = count_if_stands(asked, node, &verdict->cycle_objects);
        for (uint32_t k = closure->first[node]; k < closure->first[node + 1];
             k++) {
            uint32_t referrer = closure->referrer[k];
            back->looks_left -= back->looks_left > 0;
            if (rg_is_told_twice(asked->forward, k))
                continue;
            if (closure->nodes[referrer].role & RG_ROLE_STOP) {
                if (!rg_is_mine(asked->forward, k))
                    verdict->root_count +=
                        count_root(back, rg__root_group(asked, referrer, node),
                                   closure->multiplicity[k]);
            } else if (back->round[referrer] != back->current) {
                back->round[referrer] = back->current;
                back->queue[tail++] = referrer;
            }
        }
    }
    return status;
}

enum rg_status rg__count_roots(const struct rg__judgement *judgement,
                               const struct rg__asked *asked)
{
    size_t nodes = asked->naming.closure->node_count;
    struct back back = {.looks_left = LOOKS_AT_LEAST +
                                      (uint64_t)LOOKS_PER_PAIR *
                                          asked->naming.closure->first[nodes]};
    enum rg_status status = RG_OK;
    back.queue = rg_alloc(nodes, sizeof *back.queue);
    back.round = rg_alloc_zeroed(nodes, sizeof *back.round);
    back.groups = rg_alloc_zeroed(RG_MOST_GROUPS, sizeof *back.groups);
    if (back.queue == NULL || back.round == NULL || back.groups == NULL)
        status = RG_ENOMEM;
    for (uint32_t t = 0; status == RG_OK && t < asked->target_count; t++) {
        if (back.looks_left == 0)
            judgement->verdicts[t].flags |= RG_VERDICT_ROOTS_NOT_COUNTED;
        else
            status = count_one(judgement, asked, &back, t);
    }
    rg_free(back.queue);
    rg_free(back.round);
    rg_free(back.groups);
    return status;
}
