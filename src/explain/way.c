/* The ways to a node, with and without names, and their order as text.
 *
 * One walk for all who need them: stories, further paths, cuts, named roots
 * and the path of garbage see the same ways in the same order. */
#include "explain/way.h"

#include <string.h>

/* Whether a person would not know a root: a module that calls itself
 * private. */
static bool is_private(const struct rg_graph *graph, const struct rg_root *root)
{
    const char *name = rg_graph_bytes(graph, root->name);
    size_t size = root->name.size;
    if (root->kind != RG_ROOT_MODULE ||
        (size > 1 && memcmp(name, "__", 2) == 0))
        return false;
    for (size_t i = 0; i < size; i++)
        if (name[i] == '_' && (i == 0 || name[i - 1] == '.'))
            return true;
    return false;
}

/* A module that calls itself private comes after all that do not. */
enum { PRIVATE = 1 << 16 };

/* Of a thing that several modules name: not where it is from, least of all an
 * alias deep in a package. */
static int distance_of(const struct rg_graph *graph, const struct rg__way *way)
{
    const struct rg_root *root = &graph->roots[way->root];
    const char *name = rg_graph_bytes(graph, root->name);
    int dots = 0;
    if (root->kind != RG_ROOT_MODULE || way->is_home)
        return 0;
    if (root->name.size == strlen("__main__") &&
        memcmp(name, "__main__", root->name.size) == 0)
        return 1;
    for (size_t i = 0; i < root->name.size; i++)
        dots += name[i] == '.';
    return (is_private(graph, root) ? PRIVATE : 2) + dots;
}

static int compare_roots(const struct rg_graph *graph,
                         const struct rg__way *left,
                         const struct rg__way *right)
{
    uint32_t x = left->root, y = right->root;
    if (x == y || x == RG_NONE || y == RG_NONE)
        return (x == RG_NONE) - (y == RG_NONE);
    const struct rg_root *a = &graph->roots[x], *b = &graph->roots[y];
    int order =
        (a->kind == RG_ROOT_INTERPRETER) - (b->kind == RG_ROOT_INTERPRETER);
    if (order == 0)
        order = distance_of(graph, left) - distance_of(graph, right);
    if (order == 0)
        order = rg_graph_compare_texts(graph, a->name, b->name);
    if (order == 0)
        order = rg_graph_compare_texts(graph, a->thread, b->thread);
    if (order == 0)
        order = rg_graph_compare_texts(graph, a->file, b->file);
    return order != 0 ? order : (a->line > b->line) - (a->line < b->line);
}

/* A variable that a person would not name if there is another: one that calls
 * itself private, and before all what a prompt calls its last results. */
static int reserve_of(const struct rg_graph *graph, const struct rg__way *way)
{
    const char *name = rg_graph_bytes(graph, way->words.label);
    size_t size = way->words.label.size, bars = 0;
    if (way->root == RG_NONE || !(way->words.kind == RG_GLOBAL ||
                                  way->words.kind == RG_MODULE_VARIABLE))
        return 0;
    while (bars < size && name[bars] == '_')
        bars++;
    return (bars > 0) + (bars == size);
}

int rg__way_compare(const struct rg_graph *graph, const struct rg__way *a,
                    const struct rg__way *b)
{
    int order = compare_roots(graph, a, b);
    if (order == 0)
        order = reserve_of(graph, a) - reserve_of(graph, b);
    if (order == 0)
        order = rg_graph_compare_texts(graph, a->words.owner, b->words.owner);
    if (order == 0)
        order = rg_graph_compare_texts(graph, a->words.label, b->words.label);
    if (order == 0)
        order = (a->words.number > b->words.number) -
                (a->words.number < b->words.number);
    if (order == 0)
        order = (int)a->words.kind - (int)b->words.kind;
    return order != 0 ? order : (int)a->words.key_type - (int)b->words.key_type;
}

/* Whether the module is the one that a class or a function says it is from:
 * what is said of it are a word, that module, and its own name. */
static bool is_from(const struct rg_graph *graph, const struct rg_object *thing,
                    struct rg_text module)
{
    const char *who = rg_graph_bytes(graph, thing->who);
    const char *space =
        thing->who.size == 0 ? NULL : memchr(who, ' ', thing->who.size);
    if (space == NULL || thing->detail.size == 0)
        return false;
    size_t front = (size_t)(space + 1 - who);
    return thing->who.size == front + module.size + 1 + thing->detail.size &&
           memcmp(space + 1, rg_graph_bytes(graph, module), module.size) == 0;
}

/* Sets is_home of a way from a module; `thing` is what it leads to, described
 * when first needed. */
static enum rg_status find_home(const struct rg__naming *naming, uint32_t node,
                                struct rg_object *thing, bool *is_described,
                                struct rg__way *way)
{
    struct rg_graph *graph = naming->graph;
    enum rg_status status = RG_OK;
    if (way->root == RG_NONE || graph->roots[way->root].kind != RG_ROOT_MODULE)
        return RG_OK;
    if (!*is_described)
        status = naming->namer->describe(naming->namer->context,
                                         &naming->closure->nodes[node], graph,
                                         thing);
    *is_described = true;
    if (status == RG_OK)
        way->is_home = is_from(graph, thing, graph->roots[way->root].name);
    return status;
}

static enum rg_status each_named(const struct rg__naming *naming, uint32_t node,
                                 rg__way_fn visit, void *context)
{
    struct rg_object thing = {0};
    bool is_described = false;
    for (uint32_t at = rg__reading_first(naming->reading, node);
         at != RG_NONE;) {
        /* A copy: deciding whether an object stands may read further. */
        struct rg__edge edge = *rg__reading_edge(naming->reading, at);
        bool stands = true;
        enum rg_status status = RG_OK;
        if (!edge.through_plumbing && edge.root == RG_NONE)
            status =
                rg__reading_stands(naming->reading, edge.referrer, &stands);
        struct rg__way way = {.parent = edge.root == RG_NONE ? edge.referrer
                                                             : RG_NONE,
                              .root = edge.root,
                              .from = edge.referrer,
                              .words = rg__edge_words(&edge)};
        if (status == RG_OK && stands)
            status = find_home(naming, node, &thing, &is_described, &way);
        if (status == RG_OK && stands)
            status = visit(context, edge.referrer, &way);
        if (status == RG_OK)
            status = rg_poll(rg__reading_poll(naming->reading), 1);
        if (status != RG_OK)
            return status;
        at = edge.next;
    }
    return RG_OK;
}

/* The type of the referrer is said. */
enum rg_status rg__way_unnamed(const struct rg__naming *naming,
                               uint32_t referrer, struct rg__way *way)
{
    struct rg_object words = {0};
    *way = (struct rg__way){.parent = referrer,
                            .root = RG_NONE,
                            .from = referrer,
                            .words = {.root = RG_NONE, .kind = RG_UNNAMED}};
    enum rg_status status = naming->namer->describe(
        naming->namer->context, &naming->closure->nodes[referrer],
        naming->graph, &words);
    way->words.owner = words.type;
    return status;
}

static enum rg_status each_unnamed(const struct rg__naming *naming,
                                   uint32_t node, rg__way_fn visit,
                                   void *context)
{
    const struct rg_closure *closure = naming->closure;
    for (uint32_t k = closure->first[node]; k < closure->first[node + 1]; k++) {
        uint32_t referrer = closure->referrer[k];
        bool stands = true;
        struct rg__way way;
        if (rg__reading_unnamed(naming->reading, k) == 0 ||
            closure->nodes[referrer].address == 0 ||
            closure->nodes[referrer].role & RG_ROLE_STOP)
            continue;
        enum rg_status status =
            rg__reading_stands(naming->reading, referrer, &stands);
        if (status == RG_OK && stands)
            status = rg__way_unnamed(naming, referrer, &way);
        if (status == RG_OK && stands)
            status = visit(context, referrer, &way);
        if (status != RG_OK)
            return status;
    }
    return RG_OK;
}

enum rg_status rg__each_way(const struct rg__naming *naming, uint32_t node,
                            rg__way_fn visit, void *context)
{
    enum rg_status status = rg__reading_raise(naming->reading, node);
    if (status == RG_OK)
        status = each_named(naming, node, visit, context);
    return status == RG_OK ? each_unnamed(naming, node, visit, context)
                           : status;
}

enum rg_status rg__way_step(const struct rg__naming *naming, uint32_t node,
                            const struct rg__way *way, struct rg_step *step)
{
    uint32_t object = naming->object_of[node];
    struct rg_object words = {0};
    enum rg_status status = RG_OK;
    if (object == RG_NONE)
        status = naming->namer->describe(naming->namer->context,
                                         &naming->closure->nodes[node],
                                         naming->graph, &words);
    else
        words = naming->graph->objects[object];
    *step = (struct rg_step){.object = object,
                             .reference = RG_NONE,
                             .kind = way->words.kind,
                             .key_type = way->words.key_type,
                             .owner = way->words.owner,
                             .label = way->words.label,
                             .number = way->words.number,
                             .type = words.type};
    return status;
}
