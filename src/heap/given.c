/* The list that the caller gave, whose objects are asked about.
 *
 * It holds them, and when it was made to ask about them that is no answer;
 * when it is one of the program's own it may be the very answer.  So it is
 * left out where nothing but the caller's frame leads to it. */
#include "base/alloc.h"
#include "heap/snapshot.h"
#include "heap/testimony.h"

/* Whether a chain that ends here is the caller's: its frame, or the variable
 * of the module whose code asks that names the list itself. */
static bool is_callers_own(const struct rg__snapshot *snapshot, uint32_t root,
                           uint32_t referent, uint32_t given)
{
    const struct rg_node *node = &snapshot->closure.nodes[root];
    return rg__is_caller(snapshot, node) &&
           (node->address == 0 || referent == given);
}

/* Back from the list, until a root is found that is somebody else's. */
static bool is_elsewhere(const struct rg__snapshot *snapshot, uint32_t given,
                         uint32_t *queue, bool *is_met)
{
    const struct rg_closure *closure = &snapshot->closure;
    size_t tail = 0;
    queue[tail++] = given;
    is_met[given] = true;
    for (size_t head = 0; head < tail; head++) {
        uint32_t node = queue[head];
        for (uint32_t k = closure->first[node]; k < closure->first[node + 1];
             k++) {
            uint32_t referrer = closure->referrer[k];
            if (rg__is_told_by_thread(
                    snapshot, (PyObject *)closure->nodes[referrer].address,
                    (PyObject *)closure->nodes[node].address))
                continue;
            if (closure->nodes[referrer].role & (RG_ROLE_STOP | RG_ROLE_END)) {
                if (!is_callers_own(snapshot, referrer, node, given))
                    return true;
            } else if (!is_met[referrer]) {
                is_met[referrer] = true;
                queue[tail++] = referrer;
            }
        }
    }
    return false;
}

enum rg_status rg__find_whose_given(struct rg__snapshot *snapshot)
{
    const struct rg_query *query = snapshot->query;
    size_t nodes = snapshot->closure.node_count;
    uint32_t given = rg_closure_node(&snapshot->closure, &snapshot->table,
                                     (uintptr_t)query->given);
    for (size_t i = 0; i < query->target_count; i++)
        if (query->targets[i] == query->given)
            return RG_OK; /* asked about, and shown */
    if (given == RG_NONE || !PyList_Check(query->given))
        return RG_OK;
    uint32_t *queue = rg_alloc(nodes, sizeof *queue);
    bool *is_met = rg_alloc_zeroed(nodes, sizeof *is_met);
    enum rg_status status = queue == NULL || is_met == NULL ? RG_ENOMEM : RG_OK;
    if (status == RG_OK)
        snapshot->asking.hides_given =
            !is_elsewhere(snapshot, given, queue, is_met);
    snapshot->asking.names_given =
        snapshot->closure.first[given] < snapshot->closure.first[given + 1];
    rg_free(queue);
    rg_free(is_met);
    return status;
}
