/* What native code holds: the targets themselves, and of what leads to them the
 * objects that are shown, each with whoever may hold it. */
#include "explain/explaining.h"

#include "base/alloc.h"

/* How many references to a node nothing visible explains; 0: it is none of
 * those that native code holds. */
static uint64_t held_count(const struct rg__explaining *explaining,
                           uint32_t node)
{
    const struct rg__asked *asked = explaining->asked;
    const struct rg__judgement *judgement = &explaining->judgement;
    uint64_t count = 0;
    if (node < asked->target_count)
        return judgement->verdicts[node].unexplained;
    if (explaining->behind != NULL && explaining->behind[node] > 0)
        return explaining->behind[node];
    if (!judgement->native[node])
        return 0;
    asked->witness->count(asked->witness->context,
                          &asked->naming.closure->nodes[node], &count);
    /* A suspended greenlet may be held by its own stack alone. */
    return count > judgement->tally.found[node]
               ? count - judgement->tally.found[node]
               : 0;
}

/* Whether it is told that native code holds something on the way: where that is
 * the verdict, and to who asked for all there is to say. */
static bool wants_the_way(const struct rg__explaining *explaining)
{
    const struct rg__asked *asked = explaining->asked;
    bool wants = asked->witness->explain;
    for (uint32_t t = 0; !wants && t < asked->target_count; t++)
        wants = explaining->judgement.verdicts[t].kind == RG_VERDICT_NATIVE;
    return wants;
}

enum rg_status rg__explain_natives(struct rg__explaining *explaining)
{
    const struct rg__asked *asked = explaining->asked;
    size_t count = 0, nodes = wants_the_way(explaining)
                                  ? asked->naming.closure->node_count
                                  : asked->target_count;
    struct rg_native *natives = rg_alloc(nodes, sizeof *natives);
    const struct rg_node **held = rg_alloc(nodes, sizeof *held);
    enum rg_status status = natives == NULL || held == NULL ? RG_ENOMEM : RG_OK;
    for (uint32_t n = 0; status == RG_OK && n < nodes; n++) {
        uint64_t references = asked->naming.object_of[n] == RG_NONE
                                  ? 0
                                  : held_count(explaining, n);
        if (references == 0)
            continue;
        held[count] = &asked->naming.closure->nodes[n];
        natives[count++] = (struct rg_native){
            .object = asked->naming.object_of[n], .count = references};
    }
    if (status == RG_OK && count > 0)
        status = asked->witness->suspect(asked->witness->context, held, count,
                                         asked->naming.graph, natives);
    for (size_t i = 0; status == RG_OK && i < count; i++)
        status = rg_graph_add_native(asked->naming.graph, &natives[i]);
    rg_free(natives);
    rg_free(held);
    return status;
}
