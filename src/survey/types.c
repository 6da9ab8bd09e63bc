/* types.c - what is in a heap, by type
 *
 * Sizes go up the dominator tree of the whole dump, in which the groups hold
 * what nothing visible holds, as they do in DevTools.  What an instance dominates
 * counts once for its type: the tree is walked with the number of instances of
 * each type that stand above. */
#include <string.h>

#include "base/alloc.h"
#include "base/dominator.h"
#include "base/hash.h"
#include "base/sort.h"
#include "graph/graph.h"
#include "survey/place.h"

struct tally {
    const struct rg_dump *dump;
    struct rg_poll *poll;
    struct rg_digraph graph;
    uint32_t *dominator, *order;
    uint64_t *bytes;  /* by node: with all that it dominates */
    uint32_t *row_of; /* by about */
    struct rg_type_row *rows;
    size_t row_count;
    uint32_t reached;
};

static void tally_free(struct tally *tally)
{
    rg_digraph_free(&tally->graph);
    rg_free(tally->dominator);
    rg_free(tally->order);
    rg_free(tally->bytes);
    rg_free(tally->row_of);
    rg_free(tally->rows);
}

static bool counts(const struct rg_dump *dump, size_t reference)
{
    const struct rg_dump_how *how = rg_dump_how_of(dump, reference);
    return how->flags & RG_DUMP_REAL || how->mode == RG_DUMP_BELOW;
}

static bool is_object(const struct rg_dump *dump, uint32_t node)
{
    return rg_dump_about_of(dump, node)->shape != RG_DUMP_SYNTHETIC;
}

/* The references that keep something alive, in both directions. */
static enum rg_status list_edges(struct tally *tally)
{
    const struct rg_dump *dump = tally->dump;
    size_t nodes = dump->node_count;
    uint32_t *first = rg_alloc(nodes + 1, sizeof *first);
    uint32_t *to = rg_alloc(dump->reference_count, sizeof *to);
    uint32_t count = 0;
    enum rg_status status = first == NULL || to == NULL ? RG_ENOMEM : RG_OK;
    for (uint32_t n = 0; status == RG_OK && n < nodes; n++) {
        first[n] = count;
        for (size_t i = dump->first[n]; i < dump->first[n + 1]; i++) {
            to[count] = dump->to[i];
            count += counts(dump, i);
        }
        status = rg_poll(tally->poll, 1);
    }
    if (status != RG_OK) {
        rg_free(first);
        rg_free(to);
        return status;
    }
    first[nodes] = count;
    tally->graph = (struct rg_digraph){
        .count = (uint32_t)nodes, .first = first, .referent = to};
    return rg_digraph_turn(&tally->graph, tally->poll);
}

/* Rows */

struct named {
    const struct tally *tally;
    const struct rg_dump_about *about;
};

static bool is_row(const void *context, uint32_t index)
{
    const struct named *named = context;
    const struct rg_type_row *row = &named->tally->rows[index];
    return row->module == named->about->module &&
           row->qualname == named->about->qualname;
}

/* Alike abouts, which differ in what they say of one object, are one row. */
static enum rg_status name_rows(struct tally *tally)
{
    const struct rg_dump *dump = tally->dump;
    struct rg_hash hash = {0};
    enum rg_status status = RG_OK;
    tally->row_of = rg_alloc(dump->about_count, sizeof *tally->row_of);
    tally->rows = rg_alloc_zeroed(dump->about_count, sizeof *tally->rows);
    if (tally->row_of == NULL || tally->rows == NULL)
        return RG_ENOMEM;
    for (size_t i = 0; status == RG_OK && i < dump->about_count; i++) {
        const struct named named = {tally, &dump->abouts[i]};
        uint32_t key = rg_hash_mix(
            rg_hash_join(named.about->module, named.about->qualname));
        if (rg_hash_reserve(&hash) < 0) {
            status = RG_ENOMEM;
            break;
        }
        struct rg_hash_slot *slot = rg_hash_slot_of(&hash, key, is_row, &named);
        if (slot->index == RG_HASH_FREE) {
            rg_hash_fill(&hash, slot, key, (uint32_t)tally->row_count);
            tally->rows[tally->row_count++] =
                (struct rg_type_row){.module = named.about->module,
                                     .qualname = named.about->qualname};
        }
        tally->row_of[i] = slot->index;
    }
    rg_hash_free(&hash);
    return status;
}

static struct rg_type_row *row_at(const struct tally *tally, uint32_t node)
{
    return &tally->rows[tally->row_of[tally->dump->about[node]]];
}

/* Dominators */

static enum rg_status find_type_dominators(struct tally *tally)
{
    size_t count = tally->dump->node_count;
    bool *is_root = rg_alloc_zeroed(count, sizeof *is_root);
    tally->dominator = rg_alloc(count, sizeof *tally->dominator);
    tally->order = rg_alloc(count, sizeof *tally->order);
    enum rg_status status =
        is_root == NULL || tally->dominator == NULL || tally->order == NULL
            ? RG_ENOMEM
            : RG_OK;
    if (status == RG_OK) {
        is_root[0] = true;
        status = rg_dominators(&tally->graph, is_root, tally->dominator,
                               tally->order, &tally->reached, tally->poll);
    }
    rg_free(is_root);
    rg_digraph_free(&tally->graph);
    return status;
}

static enum rg_status add_up_dominated(struct tally *tally)
{
    const struct rg_dump *dump = tally->dump;
    tally->bytes = rg_alloc(dump->node_count, sizeof *tally->bytes);
    if (tally->bytes == NULL)
        return RG_ENOMEM;
    memcpy(tally->bytes, dump->bytes, dump->node_count * sizeof *tally->bytes);
    for (uint32_t i = tally->reached; i-- > 1;) {
        uint32_t node = tally->order[i];
        tally->bytes[tally->dominator[node]] += tally->bytes[node];
    }
    return rg_poll(tally->poll, dump->node_count);
}

/* The tree, walked: `above` counts by row what stands over a node. */
struct walk {
    uint32_t *child, *sibling, *above;
};

static void enter_node(struct tally *tally, const struct walk *walk,
                       uint32_t node)
{
    struct rg_type_row *row = row_at(tally, node);
    if (is_object(tally->dump, node)) {
        row->count++;
        row->own += tally->dump->bytes[node];
        if (walk->above[row - tally->rows]++ == 0)
            row->retained += tally->bytes[node];
    }
}

static void leave_node(struct tally *tally, const struct walk *walk,
                       uint32_t node)
{
    if (is_object(tally->dump, node))
        walk->above[row_at(tally, node) - tally->rows]--;
}

static enum rg_status walk_tree(struct tally *tally, struct walk *walk)
{
    enum rg_status status = RG_OK;
    uint32_t node = 0;
    enter_node(tally, walk, node);
    while (status == RG_OK) {
        uint32_t child = walk->child[node];
        if (child != RG_NONE) {
            walk->child[node] = walk->sibling[child];
            node = child;
            enter_node(tally, walk, node);
        } else if (node == 0) {
            break;
        } else {
            leave_node(tally, walk, node);
            node = tally->dominator[node];
        }
        status = rg_poll(tally->poll, 1);
    }
    return status;
}

static enum rg_status sum_types(struct tally *tally)
{
    size_t count = tally->dump->node_count;
    struct walk walk = {
        .child = rg_alloc(count, sizeof(uint32_t)),
        .sibling = rg_alloc(count, sizeof(uint32_t)),
        .above = rg_alloc_zeroed(tally->row_count + 1, sizeof(uint32_t))};
    enum rg_status status =
        walk.child == NULL || walk.sibling == NULL || walk.above == NULL
            ? RG_ENOMEM
            : RG_OK;
    for (size_t n = 0; status == RG_OK && n < count; n++)
        walk.child[n] = RG_NONE;
    for (uint32_t i = tally->reached; status == RG_OK && i-- > 1;) {
        uint32_t node = tally->order[i], above = tally->dominator[node];
        walk.sibling[node] = walk.child[above];
        walk.child[above] = node;
    }
    if (status == RG_OK)
        status = walk_tree(tally, &walk);
    rg_free(walk.child);
    rg_free(walk.sibling);
    rg_free(walk.above);
    return status;
}

/* Order */

struct sorted {
    struct rg_type_row row;
    const struct rg_texts *texts;
};

static int heaviest_type_first(const void *left, const void *right)
{
    const struct sorted *a = left, *b = right;
    if (a->row.retained != b->row.retained)
        return a->row.retained < b->row.retained ? 1 : -1;
    int order = rg__text_compare(a->texts, a->row.module, b->row.module);
    return order != 0
               ? order
               : rg__text_compare(a->texts, a->row.qualname, b->row.qualname);
}

static enum rg_status sort_rows(struct tally *tally)
{
    struct sorted *sorted = rg_alloc(tally->row_count, sizeof *sorted);
    size_t count = 0;
    if (sorted == NULL)
        return RG_ENOMEM;
    for (size_t i = 0; i < tally->row_count; i++)
        if (tally->rows[i].count > 0)
            sorted[count++] = (struct sorted){.row = tally->rows[i],
                                              .texts = &tally->dump->texts};
    enum rg_status status = rg_sort(sorted, count, sizeof *sorted,
                                    heaviest_type_first, tally->poll);
    for (size_t i = 0; i < count; i++)
        tally->rows[i] = sorted[i].row;
    tally->row_count = count;
    rg_free(sorted);
    return status;
}

enum rg_status rg_survey_types(const struct rg_dump *dump, struct rg_poll *poll,
                               struct rg_type_row **rows, size_t *count)
{
    struct tally tally = {.dump = dump, .poll = poll};
    enum rg_status status = list_edges(&tally);
    if (status == RG_OK)
        status = name_rows(&tally);
    if (status == RG_OK)
        status = find_type_dominators(&tally);
    if (status == RG_OK)
        status = add_up_dominated(&tally);
    if (status == RG_OK)
        status = sum_types(&tally);
    if (status == RG_OK)
        status = sort_rows(&tally);
    *rows = NULL;
    *count = 0;
    if (status == RG_OK) {
        *rows = tally.rows;
        *count = tally.row_count;
        tally.rows = NULL;
    }
    tally_free(&tally);
    return status;
}
