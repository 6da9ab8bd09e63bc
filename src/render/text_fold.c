/* Alike siblings: the same line but for label and id, and the same lines
 * beneath.  Three of them are shown and the others counted. */
#include "base/alloc.h"
#include "base/hash.h"
#include "render/text_plan.h"

/* Siblings that are alike. */
struct likeness {
    uint64_t sign;
    uint32_t count;
    uint32_t third; /* the last one shown */
    uint32_t node;  /* that counts the others, or RG_NONE */
};

struct folding {
    struct rg__text_plan *plan;
    uint64_t *sign; /* by node: what its line and those beneath it say */
    struct rg_hash table;
    struct likeness *kinds; /* of the siblings at hand */
    size_t kind_count, kind_capacity;
    uint32_t counting; /* the count that was added to last, or RG_NONE */
};

static const struct rg_reference *reference_of(const struct rg__text_plan *plan,
                                               const struct rg__plan_node *node)
{
    return &plan->lines->graph->references[node->index];
}

/* What a line says without label and id.  A text is stored once, so that its
 * place stands for it. */
static uint64_t line_sign(const struct rg__text_plan *plan,
                          const struct rg__plan_node *node)
{
    const struct rg_graph *graph = plan->lines->graph;
    uint64_t sign = (uint64_t)node->kind << 8 | node->mark;
    if (node->kind == RG__LINE_REFERENCE) {
        const struct rg_reference *reference = reference_of(plan, node);
        sign = rg_hash_join(sign, rg_kind_reads_as(reference->kind));
        return rg_hash_join(sign, reference->owner.offset);
    }
    if (node->kind == RG__LINE_REST) {
        const struct rg_rest *rest = &graph->rests[node->index];
        sign = rg_hash_join(sign, rest->kind);
        sign = rg_hash_join(sign, rest->owner.offset);
        return rg_hash_join(sign, rest->count);
    }
    if (node->kind == RG__LINE_BACK)
        return rg_hash_join(sign, plan->lines->back_count[node->referent]);
    return sign;
}

/* From behind: when a node is reached, all beneath it have been joined. */
static enum rg_status sign_nodes(struct folding *folding)
{
    const struct rg__text_plan *plan = folding->plan;
    enum rg_status status = RG_OK;
    folding->sign = rg_alloc_zeroed(plan->count, sizeof *folding->sign);
    if (folding->sign == NULL)
        return RG_ENOMEM;
    for (size_t i = plan->count; i-- > 1 && status == RG_OK;) {
        const struct rg__plan_node *node = &plan->nodes[i];
        uint64_t *above = &folding->sign[node->parent];
        folding->sign[i] =
            rg_hash_join(folding->sign[i], line_sign(plan, node));
        *above = rg_hash_join(*above, folding->sign[i]);
        status = rg_poll(plan->lines->poll, 1);
    }
    return status;
}

/* A root is never one of many; nor is what has no words but its label. */
static bool may_be_alike(const struct rg__text_plan *plan, uint32_t index)
{
    const struct rg__plan_node *node = &plan->nodes[index];
    return node->kind == RG__LINE_REFERENCE &&
           reference_of(plan, node)->referrer != RG_NONE &&
           reference_of(plan, node)->owner.size != 0;
}

struct sought_kind {
    const struct folding *folding;
    uint64_t sign;
};

static bool is_sought(const void *context, uint32_t index)
{
    const struct sought_kind *sought = context;
    return sought->folding->kinds[index].sign == sought->sign;
}

static enum rg_status find_kind(struct folding *folding, uint64_t sign,
                                struct likeness **kind)
{
    struct sought_kind sought = {folding, sign};
    void *kinds = folding->kinds;
    struct rg_hash_slot *slot =
        rg_hash_slot_of(&folding->table, rg_hash_mix(sign), is_sought, &sought);
    if (slot->index == RG_HASH_FREE) {
        if (rg_grow(&kinds, &folding->kind_capacity, folding->kind_count + 1,
                    sizeof *folding->kinds) < 0)
            return RG_ENOMEM;
        folding->kinds = kinds;
        folding->kinds[folding->kind_count] =
            (struct likeness){.sign = sign, .node = RG_NONE};
        rg_hash_fill(&folding->table, slot, rg_hash_mix(sign),
                     (uint32_t)folding->kind_count++);
    }
    *kind = &folding->kinds[slot->index];
    return RG_OK;
}

/* Counts one more, in a line behind the third. */
static enum rg_status count_alike(struct folding *folding,
                                  struct likeness *kind, uint32_t node)
{
    struct rg__text_plan *plan = folding->plan;
    uint32_t reference = plan->nodes[node].index;
    if (kind->node == RG_NONE) {
        enum rg_status status = rg__plan_add_count(
            plan, plan->nodes[node].parent, RG__LINE_ALIKE, &kind->node);
        if (status != RG_OK)
            return status;
        plan->nodes[kind->node].next = plan->nodes[kind->third].next;
        plan->nodes[kind->third].next = kind->node;
        plan->counts[plan->nodes[kind->node].index].first = reference;
    }
    struct rg__plan_count *count = &plan->counts[plan->nodes[kind->node].index];
    count->count++;
    count->last = reference;
    plan->nodes[node].is_gone = true;
    folding->counting = kind->node;
    return RG_OK;
}

/* What a limit of the graph left out is no second count of the same. */
static void join_rest(struct folding *folding, uint32_t node)
{
    struct rg__text_plan *plan = folding->plan;
    if (folding->counting == RG_NONE)
        return;
    const struct rg_rest *rest =
        &plan->lines->graph->rests[plan->nodes[node].index];
    struct rg__plan_count *count =
        &plan->counts[plan->nodes[folding->counting].index];
    const struct rg_reference *reference =
        &plan->lines->graph->references[count->first];
    if (reference->kind != rest->kind ||
        !rg_text_is_same(reference->owner, rest->owner))
        return;
    count->count += rest->count;
    plan->nodes[node].is_gone = true;
}

static enum rg_status fold_children(struct folding *folding, uint32_t parent)
{
    struct rg__text_plan *plan = folding->plan;
    size_t count = 0;
    for (uint32_t child = plan->nodes[parent].first_child; child != RG_NONE;
         child = plan->nodes[child].next)
        count++;
    if (count <= RG__MOST_ALIKE)
        return RG_OK;
    if (rg_hash_restart(&folding->table, count) < 0)
        return RG_ENOMEM;
    folding->kind_count = 0;
    folding->counting = RG_NONE;
    enum rg_status status = RG_OK;
    uint32_t next;
    for (uint32_t child = plan->nodes[parent].first_child;
         child != RG_NONE && status == RG_OK; child = next) {
        struct likeness *kind = NULL;
        next = plan->nodes[child].next;
        if (plan->nodes[child].kind == RG__LINE_REST)
            join_rest(folding, child);
        if (!may_be_alike(plan, child))
            continue;
        status = find_kind(folding, folding->sign[child], &kind);
        if (status != RG_OK)
            return status;
        if (++kind->count > RG__MOST_ALIKE)
            status = count_alike(folding, kind, child);
        else
            kind->third = child;
    }
    return status;
}

enum rg_status rg__plan_fold(struct rg__text_plan *plan)
{
    struct folding folding = {.plan = plan};
    enum rg_status status = sign_nodes(&folding);
    size_t count = plan->count; /* those that are added have no children */
    for (size_t i = 1; i < count && status == RG_OK; i++) {
        struct rg__plan_node *node = &plan->nodes[i];
        node->is_gone |= plan->nodes[node->parent].is_gone;
        if (!node->is_gone)
            status = fold_children(&folding, (uint32_t)i);
    }
    rg_hash_free(&folding.table);
    rg_free(folding.kinds);
    rg_free(folding.sign);
    return status;
}
