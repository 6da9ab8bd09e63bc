/* What there is room for in the text tree. */
#include "base/alloc.h"
#include "render/text_plan.h"

struct room {
    struct rg__text_plan *plan;
    size_t most, used;  /* lines */
    uint32_t *children; /* by node: children not kept yet */
    uint32_t *path;     /* nodes, from a target to its nearest root */
    size_t path_count, path_capacity;
};

/* How many lines it takes to keep the node: its own, and one that counts what
 * is beneath it; but with its last child a count ends. */
static size_t cost_of(const struct room *room, uint32_t node)
{
    uint32_t parent = room->plan->nodes[node].parent;
    return 1u + (room->children[node] != 0) - (room->children[parent] == 1);
}

static void keep_node(struct room *room, uint32_t node)
{
    struct rg__plan_node *kept = &room->plan->nodes[node];
    if (kept->is_kept)
        return;
    room->used += cost_of(room, node);
    room->children[kept->parent]--;
    kept->is_kept = true;
}

static void count_children(struct room *room)
{
    const struct rg__text_plan *plan = room->plan;
    for (size_t i = 1; i < plan->count; i++) {
        /* Kept is set by keep_node alone. */
        plan->nodes[i].is_kept = false;
        room->children[plan->nodes[i].parent] += !plan->nodes[i].is_gone;
    }
}

/* The nearest root among the lines from `target` up to `end`. */
static uint32_t find_root(const struct rg__text_plan *plan, uint32_t target,
                          uint32_t end)
{
    uint32_t found = RG_NONE;
    for (uint32_t i = target; i < end; i++) {
        const struct rg__plan_node *node = &plan->nodes[i];
        if (!node->is_gone && node->kind == RG__LINE_REFERENCE &&
            plan->lines->graph->references[node->index].referrer == RG_NONE &&
            (found == RG_NONE || node->level < plan->nodes[found].level))
            found = i;
    }
    return found;
}

static enum rg_status take_path(struct room *room, uint32_t root)
{
    const struct rg__plan_node *nodes = room->plan->nodes;
    void *path = room->path;
    size_t count = (size_t)nodes[root].level + 1;
    if (rg_grow(&path, &room->path_capacity, count, sizeof *room->path) < 0)
        return RG_ENOMEM;
    room->path = path;
    room->path_count = count;
    for (uint32_t node = root; node != 0; node = nodes[node].parent)
        room->path[--count] = node;
    return RG_OK;
}

static size_t lines_of_path(const struct room *room, size_t first, size_t end)
{
    size_t lines = 0;
    for (size_t i = first; i < end; i++)
        lines += 1u + (room->children[room->path[i]] > 1);
    return lines;
}

/* How many steps are shown at each end, so that they fit; all of them when
 * there is room, or when there is nothing between the ends. */
static size_t choose_ends(const struct room *room)
{
    size_t steps = room->path_count - 1, ends = RG__END_STEPS;
    bool fits = lines_of_path(room, 0, steps + 1) <= room->most;
    if (steps < 3 || (steps <= 2 * ends && fits))
        return steps;
    if (ends > steps / 2)
        ends = steps / 2;
    while (ends > 1 &&
           lines_of_path(room, 0, ends + 1) + 1 +
                   lines_of_path(room, steps + 1 - ends, steps + 1) >
               room->most)
        ends--;
    return ends;
}

/* One line for the steps between the ends. */
static enum rg_status fold_path(struct room *room, size_t ends)
{
    struct rg__text_plan *plan = room->plan;
    size_t steps = room->path_count - 1;
    uint32_t near = room->path[ends], first = room->path[ends + 1];
    uint32_t far = room->path[steps + 1 - ends], node;
    enum rg_status status =
        rg__plan_add_count(plan, near, RG__LINE_STEPS, &node);
    if (status != RG_OK)
        return status;
    struct rg__plan_count *count = &plan->counts[plan->nodes[node].index];
    count->count = steps - 2 * ends;
    count->lines = plan->size[first] - plan->size[far];
    plan->nodes[node].is_kept = false;
    plan->nodes[node].expanded = plan->nodes[far].referent;
    plan->nodes[node].next = plan->nodes[first].next;
    plan->nodes[node].first_child = far;
    plan->nodes[first].next = node;
    plan->nodes[first].is_gone = true;
    plan->nodes[far].parent = node;
    plan->nodes[far].next = RG_NONE;
    room->path[ends + 1] = node;
    return RG_OK;
}

static enum rg_status resize_children(struct room *room)
{
    size_t count = room->plan->count;
    void *children = rg_resize(room->children, count, sizeof *room->children);
    if (children == NULL)
        return RG_ENOMEM;
    room->children = children;
    room->children[count - 1] = 1;
    return RG_OK;
}

/* Keeps the way to the nearest root of one target. */
static enum rg_status keep_path(struct room *room, uint32_t root)
{
    enum rg_status status = take_path(room, root);
    if (status != RG_OK)
        return status;
    size_t steps = room->path_count - 1, ends = choose_ends(room);
    if (2 * ends < steps && ends < steps) {
        status = fold_path(room, ends);
        if (status == RG_OK)
            status = resize_children(room);
        if (status != RG_OK)
            return status;
        for (size_t i = 0; i <= ends + 1; i++)
            keep_node(room, room->path[i]);
        for (size_t i = steps + 1 - ends; i <= steps; i++)
            keep_node(room, room->path[i]);
        return RG_OK;
    }
    for (size_t i = 0; i <= steps; i++)
        keep_node(room, room->path[i]);
    return RG_OK;
}

/* Of the first target always; of others while they take less than half. */
static enum rg_status keep_paths(struct room *room)
{
    struct rg__text_plan *plan = room->plan;
    uint32_t end, target = rg__plan_first(plan, 0);
    uint32_t lines = (uint32_t)plan->count;
    enum rg_status status = RG_OK;
    for (; target != RG_NONE && status == RG_OK; target = end) {
        end = rg__plan_next(plan, target);
        uint32_t root = find_root(plan, target, end == RG_NONE ? lines : end);
        if (root != RG_NONE)
            status = keep_path(room, root);
        if (room->used > room->most / 2)
            break;
    }
    return status;
}

/* Keeps up to `quota` children of a node and queues those that are kept. */
static void keep_children(struct room *room, uint32_t node, size_t quota,
                          uint32_t *queue, size_t *queued)
{
    const struct rg__text_plan *plan = room->plan;
    size_t kept = 0;
    for (uint32_t child = rg__plan_first(plan, node); child != RG_NONE;
         child = rg__plan_next(plan, child)) {
        if (!plan->nodes[child].is_kept && kept < quota &&
            room->used + cost_of(room, child) <= room->most)
            keep_node(room, child);
        if (!plan->nodes[child].is_kept)
            continue;
        kept++;
        queue[(*queued)++] = child;
    }
}

/* Level by level; first few of each object, so that one with many referrers
 * leaves room for what is beyond them. */
static enum rg_status keep_levels(struct room *room)
{
    static const size_t quotas[] = {4, 16, 64, SIZE_MAX};
    uint32_t *queue = rg_alloc(room->plan->count, sizeof *queue);
    enum rg_status status = RG_OK;
    if (queue == NULL)
        return RG_ENOMEM;
    for (size_t i = 0; i < sizeof quotas / sizeof *quotas; i++) {
        size_t queued = 0;
        keep_children(room, 0, quotas[i], queue, &queued);
        for (size_t next = 0; next < queued && status == RG_OK; next++) {
            keep_children(room, queue[next], quotas[i], queue, &queued);
            status = rg_poll(room->plan->lines->poll, 1);
        }
    }
    rg_free(queue);
    return status;
}

/* How many referrers a line stands for. */
static uint64_t referrers_of(const struct rg__text_plan *plan, uint32_t index)
{
    const struct rg__plan_node *node = &plan->nodes[index];
    switch (node->kind) {
    case RG__LINE_TARGET:
    case RG__LINE_REFERENCE:
        return 1;
    case RG__LINE_REST:
        return plan->lines->graph->rests[node->index].count;
    case RG__LINE_BACK:
        return plan->lines->back_count[node->referent];
    case RG__LINE_ALIKE:
        return plan->counts[node->index].count;
    default:
        return 0;
    }
}

static enum rg_status count_rest(struct rg__text_plan *plan, uint32_t parent)
{
    struct rg__plan_count count = {0};
    uint32_t last = RG_NONE, more;
    for (uint32_t child = rg__plan_first(plan, parent); child != RG_NONE;
         child = rg__plan_next(plan, child)) {
        last = child;
        if (plan->nodes[child].is_kept)
            continue;
        count.count += referrers_of(plan, child);
        count.lines += plan->size[child];
    }
    enum rg_status status =
        rg__plan_add_count(plan, parent, RG__LINE_MORE, &more);
    if (status != RG_OK)
        return status;
    plan->counts[plan->nodes[more].index] = count;
    plan->nodes[last].next = more;
    return RG_OK;
}

static enum rg_status count_rests(struct room *room)
{
    size_t count = room->plan->count;
    enum rg_status status = RG_OK;
    for (size_t i = 0; i < count && status == RG_OK; i++)
        if (room->plan->nodes[i].is_kept && !room->plan->nodes[i].is_gone &&
            room->children[i] != 0)
            status = count_rest(room->plan, (uint32_t)i);
    return status;
}

enum rg_status rg__plan_keep(struct rg__text_plan *plan, size_t max_lines)
{
    struct room room = {.plan = plan, .most = max_lines};
    enum rg_status status = RG_ENOMEM;
    room.children = rg_alloc_zeroed(plan->count, sizeof *room.children);
    if (room.children == NULL)
        return status;
    count_children(&room);
    room.used = room.children[0] != 0; /* a count of all targets */
    status = keep_paths(&room);
    if (status == RG_OK)
        status = keep_levels(&room);
    if (status == RG_OK)
        status = count_rests(&room);
    rg_free(room.children);
    rg_free(room.path);
    return status;
}
