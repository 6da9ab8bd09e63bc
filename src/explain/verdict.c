#include "explain/verdict.h"

#include <string.h>

#include "base/alloc.h"
#include "search/cycle.h"

void rg__judgement_free(struct rg__judgement *judgement)
{
    rg_route_free(&judgement->held);
    rg__tally_free(&judgement->tally);
    rg_free(judgement->dead);
    rg_free(judgement->native);
    rg_free(judgement->on_cycle);
    rg_free(judgement->in_garbage);
    rg_free(judgement->verdicts);
    *judgement = (struct rg__judgement){0};
}

static bool is_stop(const struct rg__asked *asked, uint32_t node)
{
    return asked->naming.closure->nodes[node].role & RG_ROLE_STOP;
}

/* Whether there is anything that no root leads to: mostly there is not. */
static bool any_dead(const struct rg__asked *asked)
{
    for (uint32_t n = 0; n < asked->naming.closure->node_count; n++)
        if (asked->alive->rank[n] == RG_FROM_NOWHERE && !is_stop(asked, n))
            return true;
    return false;
}

/* The nodes that lead to a target and are dead.  What is told twice leads
 * nowhere by itself: a coroutine that runs may be alive and well while what its
 * frame holds is its thread's. */
static enum rg_status mark_dead(struct rg__judgement *judgement,
                                const struct rg__asked *asked)
{
    const struct rg_closure *closure = asked->naming.closure;
    size_t nodes = closure->node_count, tail = 0;
    if (!any_dead(asked))
        return RG_OK;
    uint32_t *queue = rg_alloc(nodes, sizeof *queue);
    bool *met = rg_alloc_zeroed(nodes, sizeof *met);
    enum rg_status status = queue == NULL || met == NULL ? RG_ENOMEM : RG_OK;
    for (uint32_t t = 0; status == RG_OK && t < asked->target_count; t++) {
        met[t] = true;
        queue[tail++] = t;
    }
    for (size_t head = 0; status == RG_OK && head < tail; head++) {
        uint32_t node = queue[head];
        judgement->dead[node] = asked->alive->rank[node] == RG_FROM_NOWHERE;
        status = rg_poll(rg__reading_poll(asked->naming.reading),
                         closure->first[node + 1] - closure->first[node] + 1);
        for (uint32_t k = closure->first[node]; k < closure->first[node + 1];
             k++) {
            uint32_t referrer = closure->referrer[k];
            if (met[referrer] || is_stop(asked, referrer) ||
                rg_is_told_twice(asked->forward, k))
                continue;
            met[referrer] = true;
            queue[tail++] = referrer;
        }
    }
    rg_free(queue);
    rg_free(met);
    return status;
}

uint64_t rg__unexplained(const struct rg__tally *tally,
                         const struct rg__asked *asked, uint32_t node,
                         struct rg_verdict *verdict)
{
    const struct rg_node *record = &asked->naming.closure->nodes[node];
    uint64_t count, found = tally->found[node];
    enum rg_count_state state =
        asked->witness->count(asked->witness->context, record, &count);
    *verdict = (struct rg_verdict){.generation = -1};
    verdict->counted = count;
    if (state == RG_COUNT_IMMORTAL)
        verdict->flags |= RG_VERDICT_IMMORTAL;
    if (state == RG_COUNT_DEFERRED)
        verdict->flags |= RG_VERDICT_DEFERRED;
    if (state == RG_COUNTED && found > count)
        verdict->flags |= RG_VERDICT_OVERCOUNTED;
    if (state != RG_COUNTED || count <= found)
        return 0;
    uint64_t left = count - found;
    struct rg_on_stacks stacks =
        asked->witness->on_stacks(asked->witness->context, record);
    uint64_t ours = stacks.of_caller < left ? stacks.of_caller : left;
    verdict->counted -= ours;
    left -= ours;
    if (stacks.of_others > 0 && left > 0)
        verdict->flags |= RG_VERDICT_ON_STACK;
    return stacks.of_others < left ? left - stacks.of_others : 0;
}

static bool is_pinned(const struct rg__judgement *judgement,
                      const struct rg__asked *asked, uint32_t node)
{
    return judgement->dead[node] &&
           asked->naming.closure->nodes[node].role & RG_ROLE_PINNED;
}

/* A greenlet that nothing but a cycle through its own stack leads to: the
 * collector does not see that cycle, and nobody ends the greenlet. */
static enum rg_status find_pinned(struct rg__judgement *judgement,
                                  const struct rg__asked *asked)
{
    size_t nodes = asked->naming.closure->node_count;
    bool any_pinned = false;
    for (uint32_t n = 0; n < nodes; n++)
        any_pinned |= is_pinned(judgement, asked, n);
    if (!any_pinned)
        return RG_OK;
    enum rg_status status =
        rg_cycles(asked->naming.closure, judgement->dead, judgement->native,
                  rg__reading_poll(asked->naming.reading));
    for (uint32_t n = 0; n < nodes; n++)
        judgement->native[n] &= is_pinned(judgement, asked, n);
    return status;
}

/* What stands on the stack of a suspended greenlet is held as the greenlet is:
 * of one that no root leads to it is in use by nobody. */
static bool is_held_aside(const struct rg__judgement *judgement,
                          const struct rg__asked *asked, uint32_t node,
                          bool *is_native)
{
    struct rg_on_stacks stacks = asked->witness->on_stacks(
        asked->witness->context, &asked->naming.closure->nodes[node]);
    uint32_t greenlet = stacks.greenlet == 0 || stacks.aside < stacks.of_others
                            ? RG_NONE
                            : rg_closure_node(asked->naming.closure,
                                              asked->table, stacks.greenlet);
    *is_native = greenlet != RG_NONE && judgement->native[greenlet];
    return greenlet != RG_NONE && judgement->dead[greenlet];
}

/* Looks at every dead node as the collector would: what has more references
 * than can be found is held by native code, or by a stack. */
static enum rg_status find_native(struct rg__judgement *judgement,
                                  const struct rg__asked *asked, bool *on_stack)
{
    enum rg_status status = RG_OK;
    for (uint32_t n = 0;
         status == RG_OK && n < asked->naming.closure->node_count; n++) {
        struct rg_verdict verdict;
        status = rg_poll(rg__reading_poll(asked->naming.reading),
                         judgement->dead[n] ? RG__VERDICT_PIECES : 1);
        if (!judgement->dead[n])
            continue;
        judgement->native[n] |=
            rg__unexplained(&judgement->tally, asked, n, &verdict) > 0;
        on_stack[n] =
            verdict.flags & RG_VERDICT_ON_STACK && !judgement->native[n];
        bool is_native;
        if (on_stack[n] && is_held_aside(judgement, asked, n, &is_native)) {
            on_stack[n] = false;
            judgement->native[n] = is_native;
        }
    }
    return status;
}

/* Everything that dead cycles lead to. */
static enum rg_status spread_garbage(struct rg__judgement *judgement,
                                     const struct rg__asked *asked)
{
    const struct rg_forward *forward = asked->forward;
    size_t nodes = asked->naming.closure->node_count, tail = 0;
    uint32_t *queue = rg_alloc(nodes, sizeof *queue);
    if (queue == NULL)
        return RG_ENOMEM;
    for (uint32_t n = 0; n < nodes; n++)
        if (judgement->on_cycle[n]) {
            judgement->in_garbage[n] = true;
            queue[tail++] = n;
        }
    enum rg_status status = RG_OK;
    for (size_t head = 0; status == RG_OK && head < tail; head++) {
        uint32_t j = forward->first[queue[head]];
        uint32_t end = forward->first[queue[head] + 1];
        status = rg_poll(rg__reading_poll(asked->naming.reading), end - j + 1);
        for (; j < end; j++) {
            uint32_t referent = forward->referent[forward->pair[j]];
            if (judgement->in_garbage[referent] || !judgement->dead[referent] ||
                rg_is_told_twice(forward, forward->pair[j]))
                continue;
            judgement->in_garbage[referent] = true;
            queue[tail++] = referent;
        }
    }
    rg_free(queue);
    return status;
}

/* Whether a variable of the caller names the target itself. */
static bool is_yours(const struct rg__asked *asked, uint32_t target)
{
    const struct rg_closure *closure = asked->naming.closure;
    for (uint32_t k = closure->first[target]; k < closure->first[target + 1];
         k++) {
        uint32_t referrer = closure->referrer[k];
        if (rg_is_mine(asked->forward, k))
            return true;
        if (rg_grip_of(asked->forward, k) == RG_GRIP_PLUMBING ||
            !(closure->nodes[referrer].role & RG_ROLE_FOLDS))
            continue;
        for (uint32_t j = closure->first[referrer];
             j < closure->first[referrer + 1]; j++)
            if (rg_is_mine(asked->forward, j) &&
                rg_grip_of(asked->forward, j) == RG_GRIP_PLUMBING)
                return true;
    }
    return false;
}

/* What stands in the way of the next full collection. */
static void judge_garbage(const struct rg__judgement *judgement,
                          const struct rg__asked *asked, uint32_t target)
{
    struct rg_verdict *verdict = &judgement->verdicts[target];
    int generation = asked->witness->generation(
        asked->witness->context, &asked->naming.closure->nodes[target]);
    verdict->flags |= asked->witness->facts &
                      (RG_VERDICT_SAVE_ALL | RG_VERDICT_NOT_AUTOMATIC);
    if (generation > 2)
        verdict->flags |= RG_VERDICT_FROZEN;
    else
        verdict->generation = generation;
}

static void judge_dead(const struct rg__judgement *judgement,
                       const struct rg__asked *asked, uint32_t target,
                       bool left_out)
{
    struct rg_verdict *verdict = &judgement->verdicts[target];
    bool is_native = judgement->held.rank[target] != RG_FROM_NOWHERE;
    bool is_yours = asked->route->rank[target] == RG_FROM_CALLER;
    /* One that is yours is none for native code to keep. */
    if (judgement->in_garbage[target] && !(is_native && is_yours))
        verdict->flags |= RG_VERDICT_CYCLE;
    verdict->kind = RG_VERDICT_ONLY_YOU;
    if (verdict->flags & RG_VERDICT_TIMED_OUT) {
        verdict->kind = RG_VERDICT_UNKNOWN;
    } else if (is_native) {
        verdict->kind = RG_VERDICT_NATIVE;
        if (verdict->flags & RG_VERDICT_CYCLE)
            verdict->flags |= RG_VERDICT_NATIVE_INSIDE;
    } else if (left_out) {
        verdict->kind = RG_VERDICT_UNKNOWN;
    } else if (judgement->in_garbage[target] && !is_yours) {
        verdict->kind = RG_VERDICT_GARBAGE;
    }
    if (verdict->flags & RG_VERDICT_CYCLE)
        judge_garbage(judgement, asked, target);
    if (!is_yours && (verdict->kind == RG_VERDICT_GARBAGE ||
                      verdict->kind == RG_VERDICT_ONLY_YOU))
        verdict->flags |= asked->witness->facts & RG_VERDICT_IN_GIVEN;
}

/* Whether something that only awaits its collection refers to what is alive. */
static bool has_garbage_referrer(const struct rg__judgement *judgement,
                                 const struct rg__asked *asked, uint32_t target)
{
    const struct rg_closure *closure = asked->naming.closure;
    for (uint32_t k = closure->first[target]; k < closure->first[target + 1];
         k++) {
        uint32_t referrer = closure->referrer[k];
        if (judgement->in_garbage[referrer] &&
            asked->route->rank[referrer] != RG_FROM_CALLER &&
            judgement->held.rank[referrer] == RG_FROM_NOWHERE &&
            !rg_is_told_twice(asked->forward, k))
            return true;
    }
    return false;
}

static void judge_one(const struct rg__judgement *judgement,
                      const struct rg__asked *asked, uint32_t target,
                      bool excluded)
{
    struct rg_verdict *verdict = &judgement->verdicts[target];
    verdict->unexplained =
        rg__unexplained(&judgement->tally, asked, target, verdict);
    verdict->flags |= asked->witness->facts & RG_VERDICT_TIMED_OUT;
    if (asked->witness->explain)
        verdict->flags |= RG_VERDICT_EXPLAINED;
    if (verdict->unexplained > 0)
        verdict->flags |= RG_VERDICT_UNEXPLAINED;
    if (is_yours(asked, target))
        verdict->flags |= RG_VERDICT_YOU;
    if (excluded)
        verdict->flags |= RG_VERDICT_EXCLUDED;
    if (asked->alive->rank[target] != RG_FROM_NOWHERE) {
        verdict->kind = RG_VERDICT_ALIVE;
        if (has_garbage_referrer(judgement, asked, target)) {
            verdict->flags |= RG_VERDICT_CYCLE;
            judge_garbage(judgement, asked, target);
        }
        return;
    }
    judge_dead(judgement, asked, target, excluded);
}

/* Excluded objects lead to some dead targets; which ones is not looked into:
 * what is left out makes all of them uncertain. */
static bool any_excluded(const struct rg__judgement *judgement,
                         const struct rg__asked *asked)
{
    bool any = false;
    for (uint32_t t = 0; t < asked->target_count; t++)
        any |= judgement->dead[t];
    for (size_t n = 0; any && n < asked->naming.closure->node_count; n++)
        if (judgement->dead[n] && judgement->tally.excluded[n])
            return true;
    return false;
}

static bool any(const bool *flags, size_t count)
{
    return count > 0 && memchr(flags, 1, count) != NULL;
}

/* What native code and stacks of unknown depth hold is no garbage; what the
 * latter hold is alive. */
static enum rg_status judge_counts(struct rg__judgement *judgement,
                                   const struct rg__asked *asked)
{
    size_t nodes = asked->naming.closure->node_count;
    bool *on_stack = rg_alloc_zeroed(nodes, sizeof *on_stack);
    enum rg_status status = on_stack == NULL ? RG_ENOMEM : RG_OK;
    if (status == RG_OK)
        status = find_pinned(judgement, asked);
    if (status == RG_OK)
        status = find_native(judgement, asked, on_stack);
    if (status == RG_OK && any(on_stack, nodes)) {
        rg_route_free(asked->alive);
        status = rg_route_init_alive(asked->alive, asked->forward, on_stack,
                                     rg__reading_poll(asked->naming.reading));
        for (size_t n = 0; status == RG_OK && n < nodes; n++)
            judgement->dead[n] &= asked->alive->rank[n] == RG_FROM_NOWHERE;
    }
    rg_free(on_stack);
    if (status == RG_OK)
        status = rg_route_init_alive(&judgement->held, asked->forward,
                                     judgement->native,
                                     rg__reading_poll(asked->naming.reading));
    return status;
}

static enum rg_status prepare_judgement(struct rg__judgement *judgement,
                                        const struct rg__asked *asked)
{
    size_t nodes = asked->naming.closure->node_count;
    *judgement = (struct rg__judgement){0};
    judgement->dead = rg_alloc_zeroed(nodes, sizeof(bool));
    judgement->native = rg_alloc_zeroed(nodes, sizeof(bool));
    judgement->on_cycle = rg_alloc_zeroed(nodes, sizeof(bool));
    judgement->in_garbage = rg_alloc_zeroed(nodes, sizeof(bool));
    judgement->verdicts =
        rg_alloc_zeroed(asked->target_count, sizeof *judgement->verdicts);
    if (judgement->dead == NULL || judgement->native == NULL ||
        judgement->on_cycle == NULL || judgement->in_garbage == NULL ||
        judgement->verdicts == NULL)
        return RG_ENOMEM;
    return RG_OK;
}

static enum rg_status tally(struct rg__judgement *judgement,
                            const struct rg__asked *asked)
{
    size_t nodes = asked->naming.closure->node_count;
    bool *wanted = rg_alloc(nodes, sizeof *wanted);
    if (wanted == NULL)
        return RG_ENOMEM;
    for (size_t n = 0; n < nodes; n++)
        wanted[n] = judgement->dead[n] || n < asked->target_count;
    enum rg_status status = rg__tally_init(&judgement->tally, asked, wanted);
    rg_free(wanted);
    return status;
}

enum rg_status rg__judge(struct rg__judgement *judgement,
                         const struct rg__asked *asked)
{
    enum rg_status status = prepare_judgement(judgement, asked);
    if (status == RG_OK)
        status = mark_dead(judgement, asked);
    if (status == RG_OK)
        status = tally(judgement, asked);
    if (status == RG_OK &&
        any(judgement->dead, asked->naming.closure->node_count)) {
        status = judge_counts(judgement, asked);
        if (status == RG_OK)
            status = rg_cycles(asked->naming.closure, judgement->dead,
                               judgement->on_cycle,
                               rg__reading_poll(asked->naming.reading));
        if (status == RG_OK)
            status = spread_garbage(judgement, asked);
    }
    bool excluded = status == RG_OK && any_excluded(judgement, asked);
    for (uint32_t t = 0; status == RG_OK && t < asked->target_count; t++) {
        judge_one(judgement, asked, t, excluded);
        status = rg_poll(rg__reading_poll(asked->naming.reading),
                         RG__VERDICT_PIECES);
    }
    if (status == RG_OK)
        status = rg__count_roots(judgement, asked);
    if (status != RG_OK)
        rg__judgement_free(judgement);
    return status;
}
