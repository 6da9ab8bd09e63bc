#include "graph/explain.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "graph/cut.h"
#include "graph/disjoint.h"
#include "graph/ledger.h"
#include "graph/retained.h"
#include "graph/ring.h"
#include "graph/story.h"
#include "graph/verdict.h"
#include "graph/via.h"

enum {
    NAMED_TARGETS = 10,     /* targets whose roots are named one by one */
    NAMED_ROOTS = 3,
    ROOT_NODES = 64,        /* looked at for them: beyond this all are alike */
    MORE_PATHS = 4          /* further paths */
};

struct explaining {
    const struct rg__asked *asked;
    struct rg__judgement judgement;
    struct rg__story story;     /* along the route: whatever a root leads to */
    struct rg__story held;      /* along what native code holds */
    struct rg__ways ways;
    struct rg__cut cut;
    struct rg__trails trails;
    uint32_t *group;            /* by target: the target that tells its path */
    uint32_t *group_size;
    uint32_t *group_shared;
};

static enum rg_verdict_kind verdict_of(const struct explaining *explaining,
                                       uint32_t target)
{
    return (enum rg_verdict_kind)explaining->judgement.verdicts[target].kind;
}

/* The story that tells a target's path, or NULL. */
static const struct rg__story *story_of(const struct explaining *explaining,
                                        uint32_t target)
{
    const struct rg__story *story =
        verdict_of(explaining, target) == RG_VERDICT_NATIVE
            ? &explaining->held
            : &explaining->story;
    return story->place == NULL || rg__story_of(story, target) == NULL
               ? NULL
               : story;
}

static enum rg_status tell_stories(struct explaining *explaining)
{
    const struct rg__asked *asked = explaining->asked;
    uint32_t count = asked->target_count, native = 0;
    uint32_t *nodes = rg_alloc(count, sizeof *nodes);
    if (nodes == NULL)
        return RG_ENOMEM;
    for (uint32_t t = 0; t < count; t++)
        nodes[t] = t;
    enum rg_status status = rg__story_init(&explaining->story, asked,
                                           asked->route, nodes, count);
    for (uint32_t t = 0; t < count; t++)
        if (verdict_of(explaining, t) == RG_VERDICT_NATIVE)
            nodes[native++] = t;
    if (status == RG_OK && native > 0)
        status = rg__story_init(&explaining->held, asked,
                                &explaining->judgement.held, nodes, native);
    rg_free(nodes);
    return status;
}

/* Groups: targets whose paths read the same but for keys and positions. */

struct member {
    uint64_t fingerprint, distance;
    uint32_t order, target;
};

static int by_fingerprint(const void *left, const void *right)
{
    const struct member *a = left, *b = right;
    if (a->fingerprint != b->fingerprint)
        return a->fingerprint < b->fingerprint ? -1 : 1;
    if (a->distance != b->distance)
        return a->distance < b->distance ? -1 : 1;
    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    return (a->target > b->target) - (a->target < b->target);
}

static uint32_t depth_of(const struct rg__story *story, uint32_t node)
{
    uint32_t depth = 0;
    while (node != RG_NONE && !rg__story_of(story, node)->way.is_start) {
        depth++;
        node = rg__story_of(story, node)->way.parent;
    }
    return depth;
}

/* How many first steps two paths share: the deepest common ancestor. */
static uint32_t shared_steps(const struct rg__story *story, uint32_t a,
                             uint32_t b)
{
    uint32_t i = depth_of(story, a), j = depth_of(story, b), same = i;
    for (; i > j; i--)
        a = rg__story_of(story, a)->way.parent;
    for (; j > i; j--)
        b = rg__story_of(story, b)->way.parent;
    for (same = i; a != b && i > 0; i--) {
        a = rg__story_of(story, a)->way.parent;
        b = rg__story_of(story, b)->way.parent;
        same = i - 1;
    }
    return same;
}

static void join(struct explaining *explaining, const struct member *first,
                 const struct member *member)
{
    explaining->group[member->target] = first->target;
    explaining->group_size[first->target]++;
    uint32_t shared = shared_steps(story_of(explaining, first->target),
                                   first->target, member->target);
    if (shared < explaining->group_shared[first->target])
        explaining->group_shared[first->target] = shared;
}

static enum rg_status prepare_groups(struct explaining *explaining)
{
    uint32_t count = explaining->asked->target_count;
    explaining->group = rg_alloc(count, sizeof *explaining->group);
    explaining->group_size = rg_alloc_zeroed(count, sizeof(uint32_t));
    explaining->group_shared = rg_alloc(count, sizeof(uint32_t));
    if (explaining->group == NULL || explaining->group_size == NULL ||
        explaining->group_shared == NULL)
        return RG_ENOMEM;
    for (uint32_t t = 0; t < count; t++) {
        explaining->group[t] = t;
        explaining->group_shared[t] = RG_NONE;
    }
    return RG_OK;
}

static enum rg_status find_groups(struct explaining *explaining)
{
    const struct rg__asked *asked = explaining->asked;
    struct member *members = rg_alloc(asked->target_count, sizeof *members);
    size_t count = 0;
    if (members == NULL || prepare_groups(explaining) != RG_OK) {
        rg_free(members);
        return RG_ENOMEM;
    }
    for (uint32_t t = 0; t < asked->target_count; t++) {
        const struct rg__story *story = story_of(explaining, t);
        if (story == NULL)
            continue;
        const struct rg__told_node *told = rg__story_of(story, t);
        members[count++] = (struct member){
            .fingerprint = told->fingerprint ^ (story == &explaining->held),
            .distance = (uint64_t)story->route->rank[t] << 32 |
                        story->route->distance[t],
            .order = told->order, .target = t};
    }
    if (count > 1)
        qsort(members, count, sizeof *members, by_fingerprint);
    for (size_t i = 0, first = 0; i < count; i++) {
        if (members[i].fingerprint != members[first].fingerprint)
            first = i;
        join(explaining, &members[first], &members[i]);
    }
    rg_free(members);
    return RG_OK;
}

static enum rg_status add_emphasised(struct explaining *explaining,
                                     uint32_t target)
{
    const struct rg__story *story = story_of(explaining, target);
    struct rg_path path = {.target = target, .kind = RG_PATH_EMPHASISED,
                           .target_count = 1, .shared_count = RG_NONE};
    if (verdict_of(explaining, target) == RG_VERDICT_GARBAGE)
        return rg__ring_add(explaining->asked, &explaining->judgement, target,
                            &path);
    if (story == NULL || explaining->group[target] != target)
        return RG_OK;
    path.target_count = explaining->group_size[target];
    path.shared_count = explaining->group_shared[target];
    return rg__story_add(story, target, NULL, &path, 0);
}

/* Further paths */

/* Of several ways the one that comes from where the trail is. */
static const struct rg__way *way_from(const struct rg__ways *ways,
                                      uint32_t parent)
{
    for (size_t i = 0; i < ways->count; i++)
        if (ways->ways[i].parent == parent)
            return &ways->ways[i];
    return &ways->ways[0];
}

/* The ways of a trail's pairs, but for those that are plumbing; nothing when
 * one of them has no name. */
static enum rg_status add_trail(struct explaining *explaining,
                                const struct rg__trail *trail, uint32_t target)
{
    const struct rg__asked *asked = explaining->asked;
    uint32_t *nodes = rg_alloc(trail->pair_count, sizeof *nodes);
    struct rg__way *ways = rg_alloc(trail->pair_count, sizeof *ways);
    const struct rg_path path = {.target = target, .kind = RG_PATH_FURTHER,
                                 .target_count = 1, .shared_count = RG_NONE};
    size_t count = 0;
    bool has_names = true;
    enum rg_status status = nodes == NULL || ways == NULL ? RG_ENOMEM : RG_OK;
    for (size_t i = 0; status == RG_OK && has_names && i < trail->pair_count;
         i++) {
        uint32_t pair = trail->pairs[i];
        if (rg__grip(asked->forward, pair) == RG_GRIP_PLUMBING)
            continue;
        status = rg__via(asked, pair, &explaining->ways);
        has_names = explaining->ways.count > 0;
        if (status != RG_OK || !has_names)
            continue;
        ways[count] = *way_from(&explaining->ways,
                                count == 0 ? RG_NONE : nodes[count - 1]);
        nodes[count++] = asked->forward->referent[pair];
    }
    if (status == RG_OK && has_names)
        status = rg__path_add(asked, nodes, ways, count, &path, 0);
    rg_free(nodes);
    rg_free(ways);
    return status;
}

/* The emphasised path is among the trails under other names for its steps:
 * it is recognised by the nodes it meets. */
static bool is_emphasised(const struct explaining *explaining,
                          const struct rg__trail *trail, uint32_t target)
{
    const struct rg__asked *asked = explaining->asked;
    const struct rg__story *story = story_of(explaining, target);
    uint32_t at = target;
    for (size_t i = trail->pair_count; story != NULL && i-- > 0;) {
        uint32_t pair = trail->pairs[i];
        if (rg__grip(asked->forward, pair) == RG_GRIP_PLUMBING)
            continue;
        if (at == RG_NONE || rg__story_of(story, at) == NULL ||
            asked->forward->referent[pair] != at)
            return false;
        at = rg__story_of(story, at)->way.parent;
    }
    return story != NULL;
}

static enum rg_status add_further(struct explaining *explaining,
                                  uint32_t target)
{
    enum rg_status status =
        rg__trails_init(&explaining->trails, explaining->asked->forward, target,
                        MORE_PATHS + 1,
                        rg__reading_poll(explaining->asked->reading));
    size_t added = 0;
    for (size_t i = 0; status == RG_OK && i < explaining->trails.count; i++) {
        const struct rg__trail *trail = &explaining->trails.trails[i];
        if (added == MORE_PATHS || is_emphasised(explaining, trail, target))
            continue;
        status = add_trail(explaining, trail, target);
        added++;
    }
    rg__trails_free(&explaining->trails);
    return status;
}

/* Named roots */

struct named_root {
    uint32_t node, level;
    uint8_t is_frame;
    struct rg__way way;
};

struct rooting {
    struct explaining *explaining;
    uint32_t node, level;
    struct named_root *roots;
    size_t count, capacity;
};

static enum rg_status keep_root(void *context, uint32_t referrer,
                                const struct rg__way *way)
{
    struct rooting *rooting = context;
    const struct rg__asked *asked = rooting->explaining->asked;
    const struct rg_node *root = &asked->closure->nodes[referrer];
    if (way->root == RG_NONE ||
        (asked->witness->is_caller(asked->witness->context, root) &&
         (root->address == 0 || rooting->node < asked->target_count)))
        return RG_OK;
    void *roots = rooting->roots;
    if (rg_grow(&roots, &rooting->capacity, rooting->count + 1,
                sizeof *rooting->roots) < 0)
        return RG_ENOMEM;
    rooting->roots = roots;
    rooting->roots[rooting->count++] =
        (struct named_root){.node = rooting->node, .level = rooting->level,
                            .is_frame = (root->role & RG_ROLE_FRAME) != 0,
                            .way = *way};
    return RG_OK;
}

static bool comes_before(const struct rooting *rooting,
                         const struct named_root *a,
                         const struct named_root *b)
{
    if (a->is_frame != b->is_frame)
        return a->is_frame < b->is_frame;
    if (a->level != b->level)
        return a->level < b->level;
    return rg__way_compare(rooting->explaining->asked->graph, &a->way,
                           &b->way) < 0;
}

/* Takes the first of what is left; they are three. */
static enum rg_status add_roots(struct rooting *rooting, uint32_t target)
{
    const struct rg_path path = {.target = target, .kind = RG_PATH_ROOT,
                                 .target_count = 1, .shared_count = 1};
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

/* Whether a root that is not the caller's refers to the node. */
static bool has_root(const struct rg__asked *asked, uint32_t node)
{
    const struct rg_closure *closure = asked->closure;
    for (uint32_t k = closure->first[node]; k < closure->first[node + 1]; k++)
        if (closure->nodes[closure->referrer[k]].role & RG_ROLE_STOP &&
            !rg__is_mine(asked->forward, k))
            return true;
    return false;
}

/* Back from the target, level by level, until enough roots are found. */
static enum rg_status name_roots(struct explaining *explaining,
                                 uint32_t target, uint32_t *queue,
                                 uint32_t *level)
{
    const struct rg_closure *closure = explaining->asked->closure;
    struct rooting rooting = {.explaining = explaining};
    size_t tail = 0, met = 0;
    enum rg_status status = RG_OK;
    memset(level, 0xff, closure->node_count * sizeof *level);
    level[target] = 0;
    queue[tail++] = target;
    for (size_t head = 0; status == RG_OK && head < tail; head++) {
        uint32_t node = queue[head];
        if (met == ROOT_NODES || (rooting.count >= NAMED_ROOTS &&
                                  level[node] > rooting.level))
            break;
        if (has_root(explaining->asked, node)) {
            rooting.node = node;
            rooting.level = level[node];
            met++;
            status = rg__each_way(explaining->asked, node, keep_root, &rooting);
        }
        if (status == RG_OK)
            status = rg_poll(rg__reading_poll(explaining->asked->reading), 1);
        for (uint32_t k = closure->first[node]; k < closure->first[node + 1];
             k++) {
            uint32_t referrer = closure->referrer[k];
            if (level[referrer] != RG_NONE ||
                closure->nodes[referrer].role & RG_ROLE_STOP)
                continue;
            level[referrer] = level[node] + 1;
            queue[tail++] = referrer;
        }
    }
    if (status == RG_OK)
        status = add_roots(&rooting, target);
    rg_free(rooting.roots);
    return status;
}

static enum rg_status add_named_roots(struct explaining *explaining,
                                      uint32_t target)
{
    size_t nodes = explaining->asked->closure->node_count;
    uint32_t *queue = rg_alloc(nodes, sizeof *queue);
    uint32_t *level = rg_alloc(nodes, sizeof *level);
    enum rg_status status =
        queue == NULL || level == NULL
            ? RG_ENOMEM
            : name_roots(explaining, target, queue, level);
    rg_free(queue);
    rg_free(level);
    return status;
}

/* The cut */

/* One reference to drop: the path to whoever holds it, and the reference. */
static enum rg_status add_cut_way(struct explaining *explaining, uint32_t node,
                                  const struct rg__way *way)
{
    const struct rg__asked *asked = explaining->asked;
    const struct rg_path path = {
        .kind = RG_PATH_CUT, .target_count = asked->target_count,
        .shared_count = RG_NONE};
    struct rg__story story = {0};
    bool has_parent = way->parent != RG_NONE;
    enum rg_status status =
        rg__story_init(&story, asked, asked->route, &way->parent,
                       has_parent ? 1 : 0);
    if (status == RG_OK)
        status = rg__story_add(&story, node, way, &path, RG_STEP_CUT);
    rg__story_free(&story);
    return status;
}

/* What nobody can name has to go all the same. */
static enum rg_status add_unnamed_cut(struct explaining *explaining,
                                      uint32_t pair)
{
    const struct rg__asked *asked = explaining->asked;
    uint32_t referrer = asked->closure->referrer[pair];
    struct rg__way way = {.parent = RG_NONE, .root = RG_NONE,
                          .words = {.root = RG_NONE, .kind = RG_UNNAMED}};
    enum rg_status status = RG_OK;
    if (!(asked->closure->nodes[referrer].role & RG_ROLE_STOP))
        status = rg__way_unnamed(asked, referrer, &way);
    return status == RG_OK ? add_cut_way(explaining,
                                         asked->forward->referent[pair], &way)
                           : status;
}

static enum rg_status add_cut(struct explaining *explaining)
{
    const struct rg__asked *asked = explaining->asked;
    enum rg_status status = rg__cut_init(&explaining->cut, asked->forward,
                                         rg__reading_poll(asked->reading));
    const struct rg__cut *cut = &explaining->cut;
    uint32_t flag = 0;
    if (status == RG_OK && cut->state == RG__CUT_TOO_LARGE)
        flag = RG_VERDICT_CUT_TOO_LARGE;
    if (status == RG_OK && cut->state == RG__CUT_IMPOSSIBLE)
        flag = RG_VERDICT_CUT_IMPOSSIBLE;
    for (uint32_t t = 0; t < asked->target_count; t++)
        asked->graph->verdicts[t].flags |= flag;
    for (size_t i = 0; status == RG_OK && flag == 0 && i < cut->pair_count;
         i++) {
        uint32_t node = asked->forward->referent[cut->pairs[i]];
        uint32_t references = asked->closure->multiplicity[cut->pairs[i]];
        status = rg__via(asked, cut->pairs[i], &explaining->ways);
        if (status == RG_OK && explaining->ways.count == 0)
            status = add_unnamed_cut(explaining, cut->pairs[i]);
        for (size_t k = 0; status == RG_OK && k < explaining->ways.count &&
                           k < references; k++) {
            struct rg__way way = explaining->ways.ways[k];
            status = add_cut_way(explaining, node, &way);
        }
    }
    rg__cut_free(&explaining->cut);
    return status;
}

/* The rest */

static enum rg_status add_verdict(struct explaining *explaining,
                                  uint32_t target)
{
    const struct rg__asked *asked = explaining->asked;
    struct rg_verdict *verdict = &explaining->judgement.verdicts[target];
    verdict->target = asked->object_of[target];
    return rg_graph_add_verdict(asked->graph, verdict);
}

/* What native code holds: the targets themselves, and where it keeps a cycle
 * the objects of it that are shown. */
static enum rg_status add_natives(struct explaining *explaining)
{
    const struct rg__asked *asked = explaining->asked;
    const struct rg__judgement *judgement = &explaining->judgement;
    enum rg_status status = RG_OK;
    for (uint32_t n = 0; status == RG_OK && n < asked->closure->node_count;
         n++) {
        bool is_target = n < asked->target_count;
        if (asked->object_of[n] == RG_NONE ||
            (is_target ? judgement->verdicts[n].unexplained == 0
                       : !judgement->native[n]))
            continue;
        const struct rg_node *node = &asked->closure->nodes[n];
        struct rg_native native = {.object = asked->object_of[n]};
        uint64_t count = 0;
        asked->witness->count(asked->witness->context, node, &count);
        native.count = is_target ? judgement->verdicts[n].unexplained
                                 : count - judgement->tally.found[n];
        status = asked->witness->suspect(asked->witness->context, node,
                                         asked->graph, &native);
        if (status == RG_OK)
            status = rg_graph_add_native(asked->graph, &native);
    }
    return status;
}

static void mark_garbage(const struct explaining *explaining)
{
    const struct rg__asked *asked = explaining->asked;
    for (size_t n = 0; n < asked->closure->node_count; n++)
        if (explaining->judgement.on_cycle[n] && asked->object_of[n] != RG_NONE)
            asked->graph->objects[asked->object_of[n]].flags |=
                RG_OBJECT_GARBAGE;
}

/* All paths of one target, in the order of their kinds. */
static enum rg_status add_paths(struct explaining *explaining, uint32_t target,
                                bool wants_cut)
{
    const struct rg__asked *asked = explaining->asked;
    bool is_alive = verdict_of(explaining, target) == RG_VERDICT_ALIVE;
    enum rg_status status = add_emphasised(explaining, target);
    if (status == RG_OK && is_alive && wants_cut && asked->target_count == 1)
        status = add_further(explaining, target);
    if (status == RG_OK && is_alive && target < NAMED_TARGETS)
        status = add_named_roots(explaining, target);
    if (status == RG_OK && target == 0 && wants_cut)
        status = add_cut(explaining);
    return status;
}

static bool any_alive(const struct explaining *explaining)
{
    for (uint32_t t = 0; t < explaining->asked->target_count; t++)
        if (verdict_of(explaining, t) == RG_VERDICT_ALIVE)
            return true;
    return false;
}

static enum rg_status write(struct explaining *explaining)
{
    const struct rg__asked *asked = explaining->asked;
    bool wants_cut = asked->witness->explain && any_alive(explaining);
    enum rg_status status = RG_OK;
    if (wants_cut)
        status = rg__forward_complete(asked->forward, asked->witness,
                                      rg__reading_poll(asked->reading));
    for (uint32_t t = 0; status == RG_OK && t < asked->target_count; t++)
        status = add_verdict(explaining, t);
    for (uint32_t t = 0; status == RG_OK && t < asked->target_count; t++)
        status = rg__ledger_add(&explaining->judgement, asked, t);
    for (uint32_t t = 0; status == RG_OK && t < asked->target_count; t++)
        status = add_paths(explaining, t, wants_cut);
    if (status == RG_OK)
        status = add_natives(explaining);
    if (status == RG_OK && asked->witness->sizes)
        status = rg__retained_add(asked);
    if (status == RG_OK)
        mark_garbage(explaining);
    return status;
}

enum rg_status rg__explain(const struct rg__asked *asked)
{
    struct explaining explaining = {.asked = asked};
    enum rg_status status = rg__judge(&explaining.judgement, asked);
    if (status == RG_OK)
        status = tell_stories(&explaining);
    if (status == RG_OK)
        status = find_groups(&explaining);
    if (status == RG_OK)
        status = write(&explaining);
    rg__judgement_free(&explaining.judgement);
    rg__story_free(&explaining.story);
    rg__story_free(&explaining.held);
    rg_free(explaining.ways.ways);
    rg_free(explaining.group);
    rg_free(explaining.group_size);
    rg_free(explaining.group_shared);
    return status;
}

enum rg_status rg__explain_late(const struct rg__asked *asked)
{
    struct rg_graph *graph = asked->graph;
    enum rg_status status = RG_OK;
    graph->verdict_count = graph->entry_count = graph->path_count = 0;
    graph->step_count = graph->native_count = graph->retained_count = 0;
    for (uint32_t t = 0; status == RG_OK && t < asked->target_count; t++) {
        const struct rg_verdict verdict = {
            .target = asked->object_of[t], .kind = RG_VERDICT_UNKNOWN,
            .flags = RG_VERDICT_TIMED_OUT, .generation = -1};
        status = rg_graph_add_verdict(graph, &verdict);
    }
    return status;
}

/* Steps in the sealed graph */

static bool is_same_text(struct rg_text a, struct rg_text b)
{
    return a.size == b.size && (a.size == 0 || a.offset == b.offset);
}

static bool is_same(const struct rg_step *step,
                    const struct rg_reference *reference)
{
    return step->kind == reference->kind &&
           step->key_type == reference->key_type &&
           step->number == reference->number &&
           is_same_text(step->owner, reference->owner) &&
           is_same_text(step->label, reference->label);
}

/* The reference that the step is: from `referrer`, or from `root`. */
static uint32_t find_reference(const struct rg_graph *graph,
                               const struct rg_step *step, uint32_t referrer,
                               uint32_t root)
{
    if (step->object == RG_NONE)
        return RG_NONE;
    const struct rg_object *object = &graph->objects[step->object];
    for (uint32_t k = object->first_reference;
         k < object->first_reference + object->reference_count; k++)
        if (graph->references[k].root == root &&
            (root != RG_NONE || referrer == RG_NONE ||
             graph->references[k].referrer == referrer) &&
            is_same(step, &graph->references[k]))
            return k;
    return RG_NONE;
}

void rg__explain_place(struct rg_graph *graph)
{
    for (size_t i = 0; i < graph->path_count; i++) {
        const struct rg_path *path = &graph->paths[i];
        uint32_t referrer = RG_NONE;
        for (uint32_t k = 0; k < path->step_count; k++) {
            struct rg_step *step = &graph->steps[path->first_step + k];
            uint32_t root = k == 0 ? path->root : RG_NONE;
            bool is_known = k == 0 || referrer != RG_NONE;
            if (is_known)
                step->reference = find_reference(graph, step, referrer, root);
            if (step->flags & RG_STEP_CUT && step->reference != RG_NONE)
                graph->references[step->reference].flags |= RG_REFERENCE_CUT;
            referrer = step->object;
        }
    }
}
