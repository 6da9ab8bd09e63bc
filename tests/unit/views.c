#include "views.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

static struct rg_text word(struct maker *maker, const char *text)
{
    struct rg_text result;
    assert_int_equal(rg_graph_text(maker->graph, text, strlen(text), &result),
                     RG_OK);
    return result;
}

struct maker make(void)
{
    struct maker maker = {rg_graph_new()};
    assert_non_null(maker.graph);
    maker.graph->max_depth = 20;
    return maker;
}

uint32_t add_object(struct maker *maker, const char *type, uint32_t flags)
{
    struct rg_object object = {.type = word(maker, type),
                               .items = -1,
                               .qualname = word(maker, type),
                               .flags = flags,
                               .depth = 1};
    uint32_t index;
    assert_int_equal(rg_graph_add_object(maker->graph, &object, &index), RG_OK);
    return index;
}

uint32_t add_target(struct maker *maker, const char *type)
{
    uint32_t index = add_object(maker, type, 0);
    maker->graph->objects[index].depth = 0;
    assert_int_equal(rg_graph_add_target(maker->graph, index), RG_OK);
    return index;
}

uint32_t add_root(struct maker *maker, enum rg_root_kind kind, const char *name)
{
    struct rg_root root = {.kind = kind, .name = word(maker, name)};
    uint32_t index;
    assert_int_equal(rg_graph_add_root(maker->graph, &root, &index), RG_OK);
    return index;
}

void refer(struct maker *maker, uint32_t referent, uint32_t referrer,
           enum rg_kind kind, const char *label)
{
    struct rg_reference reference = {.referent = referent,
                                     .kind = kind,
                                     .referrer = referrer,
                                     .root = RG_NONE,
                                     .label = word(maker, label)};
    assert_int_equal(rg_graph_add_reference(maker->graph, &reference), RG_OK);
}

void variable(struct maker *maker, uint32_t referent, uint32_t root,
              enum rg_kind kind, const char *label)
{
    struct rg_reference reference = {.referent = referent,
                                     .kind = kind,
                                     .referrer = RG_NONE,
                                     .root = root,
                                     .label = word(maker, label)};
    assert_int_equal(rg_graph_add_reference(maker->graph, &reference), RG_OK);
}

void rest(struct maker *maker, uint32_t referent, uint32_t after,
          enum rg_kind kind, uint64_t count)
{
    struct rg_rest record = {
        .referent = referent, .after = after, .kind = kind, .count = count};
    assert_int_equal(rg_graph_add_rest(maker->graph, &record), RG_OK);
}

void emphasise(struct maker *maker, uint32_t position, uint32_t target_count,
               uint32_t root, const uint32_t *objects, uint32_t count)
{
    uint32_t first = root == RG_NONE ? 1 : 0;
    const struct rg_path path = {.target = position,
                                 .kind = RG_PATH_EMPHASISED,
                                 .root = root,
                                 .step_count = count - first,
                                 .target_count = target_count};
    assert_int_equal(rg_graph_add_path(maker->graph, &path), RG_OK);
    for (uint32_t i = first; i < count; i++) {
        /* Which reference it is, place_steps will see. */
        const struct rg_step step = {.object = objects[i],
                                     .reference =
                                         i == 0 ? RG_NONE : objects[i - 1]};
        assert_int_equal(rg_graph_add_step(maker->graph, &step), RG_OK);
    }
}

/* Finds the references that the steps are, once they are in their places. */
static void place_steps(struct rg_graph *graph)
{
    for (size_t i = 0; i < graph->path_count; i++) {
        const struct rg_path *path = &graph->paths[i];
        for (uint32_t k = 0; k < path->step_count; k++) {
            struct rg_step *step = &graph->steps[path->first_step + k];
            const struct rg_object *object = &graph->objects[step->object];
            uint32_t referrer = step->reference;
            uint32_t root = k == 0 ? path->root : RG_NONE;
            step->reference = RG_NONE;
            for (uint32_t j = object->reference_count; j-- > 0;) {
                uint32_t at = object->first_reference + j;
                if (graph->references[at].referrer == referrer &&
                    graph->references[at].root == root)
                    step->reference = at;
            }
        }
    }
}

void seal(struct maker *maker)
{
    struct rg_error error = {0};
    assert_int_equal(rg_graph_seal(maker->graph, &error), RG_OK);
    place_steps(maker->graph);
}

struct rg_view *view_of(struct maker *maker, size_t max_objects)
{
    struct rg_error error = {0};
    struct rg_view_options options = {.max_objects = max_objects};
    seal(maker);
    struct rg_view *view = rg_view_new(maker->graph, &options, &error);
    assert_non_null(view);
    if (rg_view_check(view, &error) != RG_OK)
        fail_msg("%s", error.text);
    return view;
}

void drop(struct maker *maker, struct rg_view *view)
{
    rg_view_free(view);
    rg_graph_free(maker->graph);
}

uint32_t node_of(const struct rg_view *view, uint32_t object)
{
    for (uint32_t i = 0; i < view->node_count; i++)
        if (view->nodes[i].kind == RG_VIEW_OBJECT &&
            view->nodes[i].object == object)
            return i;
    return RG_NONE;
}

uint32_t node_of_root(const struct rg_view *view, uint32_t root)
{
    for (uint32_t i = 0; i < view->node_count; i++)
        if (view->nodes[i].kind == RG_VIEW_ROOT && view->nodes[i].root == root)
            return i;
    return RG_NONE;
}

uint32_t only(const struct rg_view *view, enum rg_view_kind kind)
{
    uint32_t found = RG_NONE;
    for (uint32_t i = 0; i < view->node_count; i++) {
        if (view->nodes[i].kind != kind)
            continue;
        assert_int_equal(found, RG_NONE);
        found = i;
    }
    return found;
}

size_t count_kind(const struct rg_view *view, enum rg_view_kind kind)
{
    size_t count = 0;
    for (uint32_t i = 0; i < view->node_count; i++)
        count += view->nodes[i].kind == kind;
    return count;
}

const struct rg_view_edge *edge_between(const struct rg_view *view,
                                        uint32_t referrer, uint32_t referent)
{
    for (size_t i = 0; i < view->edge_count; i++)
        if (view->edges[i].referrer == referrer &&
            view->edges[i].referent == referent)
            return &view->edges[i];
    return NULL;
}

bool label_is(const struct rg_view *view, uint32_t reference, const char *label)
{
    struct rg_text text = view->graph->references[reference].label;
    return text.size == strlen(label) &&
           memcmp(rg_graph_bytes(view->graph, text), label, text.size) == 0;
}

struct maker make_alike(uint32_t count, uint32_t *target)
{
    struct maker maker = make();
    *target = add_target(&maker, "Config");
    uint32_t list = add_object(&maker, "list", 0);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t handler = add_object(&maker, "Handler", 0);
        refer(&maker, *target, handler, RG_ATTRIBUTE, "config");
        refer(&maker, handler, list, RG_INDEX, "");
    }
    return maker;
}

struct maker make_chain(uint32_t count, enum rg_root_kind kind)
{
    struct maker maker = make();
    uint32_t *objects = malloc((count + 1) * sizeof *objects);
    assert_non_null(objects);
    objects[count] = add_target(&maker, "Payload");
    for (uint32_t i = count; i-- > 0;) {
        objects[i] = add_object(&maker, "Node", 0);
        refer(&maker, objects[i + 1], objects[i], RG_ATTRIBUTE, "next");
    }
    uint32_t root = add_root(&maker, kind, "m");
    variable(&maker, objects[0], root, RG_MODULE_VARIABLE, "head");
    emphasise(&maker, 0, 1, root, objects, count + 1);
    free(objects);
    return maker;
}
