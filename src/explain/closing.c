#include "explain/closing.h"

#include "graph/graph.h"
#include "search/path.h"

static enum rg_status search(const struct rg_closing *closing,
                             enum rg_through through)
{
    rg_closure_free(closing->closure);
    enum rg_status status =
        rg_search(closing->table, closing->targets, closing->target_count,
                  through, closing->finder, closing->closure);
    return status == RG_ETIMEOUT ? RG_OK : status;
}

/* When a class is asked about, what holds its instances holds it. */
static enum rg_through first_classes(const struct rg_closing *closing)
{
    for (size_t i = 0; i < closing->target_count; i++) {
        const struct rg_node node = {.address = closing->targets[i],
                                     .object = RG_NONE};
        if (closing->finder->role(closing->finder->context, &node) &
            RG_ROLE_CLASS)
            return RG_THROUGH_CLASSES;
    }
    return RG_THROUGH_NONE;
}

/* How many different targets there are. */
static uint32_t count_different_targets(const struct rg_closing *closing)
{
    uint32_t count = 0;
    for (size_t i = 0; i < closing->target_count; i++) {
        uint32_t node = rg_closure_node(closing->closure, closing->table,
                                        closing->targets[i]);
        if (node + 1 > count)
            count = node + 1;
    }
    return count;
}

static bool has_class(const struct rg_closure *closure)
{
    for (size_t n = 0; n < closure->node_count; n++)
        if (closure->nodes[n].role & RG_ROLE_CLASS)
            return true;
    return false;
}

/* What is known to lead to the targets, and to classes on the way. */
struct known {
    bool unheld_target; /* nothing leads to one of them */
    bool unheld_class;  /* nothing but perhaps the caller leads to a
                           class that leads to them, or is one */
};

static void look_at_ranks(const struct rg_closing *closing,
                          const struct rg_route *route, struct known *known)
{
    const struct rg_closure *closure = closing->closure;
    for (uint32_t n = 0; n < closure->node_count; n++) {
        if (n < *closing->target_nodes)
            known->unheld_target |= route->rank[n] == RG_FROM_NOWHERE;
        if (closure->nodes[n].role & RG_ROLE_CLASS)
            known->unheld_class |= route->rank[n] >= RG_FROM_CALLER;
    }
}

static enum rg_status find_out(const struct rg_closing *closing,
                               struct known *known)
{
    struct rg_witness witness;
    struct rg_forward forward = {0};
    struct rg_route alive = {0}, route = {0};
    enum rg_status status = closing->testify(closing->context, &witness);
    if (status == RG_OK)
        status = rg_forward_init(&forward, closing->closure,
                                 *closing->target_nodes, &witness, NULL);
    if (status == RG_OK)
        status = rg_route_init_alive(&alive, &forward, NULL, NULL);
    if (status == RG_OK)
        status = rg_route_init(&route, &forward, &alive, NULL);
    if (status == RG_OK)
        look_at_ranks(closing, &route, known);
    rg_route_free(&alive);
    rg_route_free(&route);
    rg_forward_free(&forward);
    closing->dismiss(closing->context);
    return status;
}

/* How the search has to go on: what a class leads to that is otherwise unheld
 * may be held by its instances, and what nobody leads to by a class that is
 * garbage. */
static enum rg_status next_classes(const struct rg_closing *closing,
                                   enum rg_through *through)
{
    struct known known = {0};
    enum rg_status status = RG_OK;
    if (*through < RG_THROUGH_ALL && !closing->is_late(closing->context) &&
        has_class(closing->closure))
        status = find_out(closing, &known);
    if (*through == RG_THROUGH_NONE && known.unheld_class)
        *through = RG_THROUGH_CLASSES;
    else if (*through == RG_THROUGH_CLASSES && known.unheld_target)
        *through = RG_THROUGH_ALL;
    return status;
}

static enum rg_status search_once(const struct rg_closing *closing,
                                  enum rg_through through)
{
    bool again = false;
    enum rg_status status = search(closing, through);
    if (status == RG_OK && closing->reconsider != NULL)
        status = closing->reconsider(closing->context, &again);
    return status == RG_OK && again ? search(closing, through) : status;
}

/* First without the plumbing between classes; when that leads to no root, and
 * it could, once more with it. */
enum rg_status rg_close(const struct rg_closing *closing)
{
    enum rg_through through = first_classes(closing), last;
    enum rg_status status;
    do {
        last = through;
        status = search_once(closing, through);
        *closing->target_nodes =
            status == RG_OK ? count_different_targets(closing) : 0;
        if (status == RG_OK)
            status = next_classes(closing, &through);
    } while (status == RG_OK && through != last);
    return status;
}
