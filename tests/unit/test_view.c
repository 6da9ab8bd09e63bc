#include <stdio.h>
#include <string.h>

#include "failing_malloc.h"
#include "graph/view.h"
#include "unit.h"

/* A graph that is being made; words are given once and never fail. */
struct maker {
    struct rg_graph *graph;
};

static struct rg_text word(struct maker *maker, const char *text)
{
    struct rg_text result;
    assert_int_equal(
        rg_graph_text(maker->graph, text, strlen(text), &result), RG_OK);
    return result;
}

static struct maker make(void)
{
    struct maker maker = {rg_graph_new()};
    assert_non_null(maker.graph);
    maker.graph->max_depth = 20;
    return maker;
}

static uint32_t add_object(struct maker *maker, const char *type,
                           uint32_t flags)
{
    struct rg_object object = {.type = word(maker, type), .items = -1,
                               .qualname = word(maker, type), .flags = flags,
                               .depth = 1};
    uint32_t index;
    assert_int_equal(rg_graph_add_object(maker->graph, &object, &index), RG_OK);
    return index;
}

static uint32_t add_target(struct maker *maker, const char *type)
{
    uint32_t index = add_object(maker, type, 0);
    maker->graph->objects[index].depth = 0;
    assert_int_equal(rg_graph_add_target(maker->graph, index), RG_OK);
    return index;
}

static uint32_t add_root(struct maker *maker, enum rg_root_kind kind,
                         const char *name)
{
    struct rg_root root = {.kind = kind, .name = word(maker, name)};
    uint32_t index;
    assert_int_equal(rg_graph_add_root(maker->graph, &root, &index), RG_OK);
    return index;
}

static void refer(struct maker *maker, uint32_t referent, uint32_t referrer,
                  enum rg_kind kind, const char *label)
{
    struct rg_reference reference = {.referent = referent, .kind = kind,
                                     .referrer = referrer, .root = RG_NONE,
                                     .label = word(maker, label)};
    assert_int_equal(rg_graph_add_reference(maker->graph, &reference), RG_OK);
}

static void variable(struct maker *maker, uint32_t referent, uint32_t root,
                     enum rg_kind kind, const char *label)
{
    struct rg_reference reference = {.referent = referent, .kind = kind,
                                     .referrer = RG_NONE, .root = root,
                                     .label = word(maker, label)};
    assert_int_equal(rg_graph_add_reference(maker->graph, &reference), RG_OK);
}

static void rest(struct maker *maker, uint32_t referent, uint32_t after,
                 enum rg_kind kind, uint64_t count)
{
    struct rg_rest record = {.referent = referent, .after = after,
                             .kind = kind, .count = count};
    assert_int_equal(rg_graph_add_rest(maker->graph, &record), RG_OK);
}

/* Seals, reads the view off, and checks every rule of it. */
static struct rg_view *view_of(struct maker *maker, size_t max_objects)
{
    struct rg_error error = {0};
    struct rg_view_options options = {.max_objects = max_objects};
    assert_int_equal(rg_graph_seal(maker->graph, &error), RG_OK);
    struct rg_view *view = rg_view_new(maker->graph, &options, &error);
    assert_non_null(view);
    if (rg_view_check(view, &error) != RG_OK)
        fail_msg("%s", error.text);
    return view;
}

static void drop(struct maker *maker, struct rg_view *view)
{
    rg_view_free(view);
    rg_graph_free(maker->graph);
}

/* The node of an object or a root, and the only one of a kind. */
static uint32_t node_of(const struct rg_view *view, uint32_t object)
{
    for (uint32_t i = 0; i < view->node_count; i++)
        if (view->nodes[i].kind == RG_VIEW_OBJECT &&
            view->nodes[i].object == object)
            return i;
    return RG_NONE;
}

static uint32_t node_of_root(const struct rg_view *view, uint32_t root)
{
    for (uint32_t i = 0; i < view->node_count; i++)
        if (view->nodes[i].kind == RG_VIEW_ROOT && view->nodes[i].root == root)
            return i;
    return RG_NONE;
}

static uint32_t only(const struct rg_view *view, enum rg_view_kind kind)
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

static size_t count_kind(const struct rg_view *view, enum rg_view_kind kind)
{
    size_t count = 0;
    for (uint32_t i = 0; i < view->node_count; i++)
        count += view->nodes[i].kind == kind;
    return count;
}

static const struct rg_view_edge *edge_between(const struct rg_view *view,
                                               uint32_t referrer,
                                               uint32_t referent)
{
    for (size_t i = 0; i < view->edge_count; i++)
        if (view->edges[i].referrer == referrer &&
            view->edges[i].referent == referent)
            return &view->edges[i];
    return NULL;
}

static bool label_is(const struct rg_view *view, uint32_t reference,
                     const char *label)
{
    struct rg_text text = view->graph->references[reference].label;
    return text.size == strlen(label) &&
           memcmp(rg_graph_bytes(view->graph, text), label, text.size) == 0;
}

static void several_references_are_one_edge(void **state)
{
    (void)state;
    struct maker maker = make();
    uint32_t target = add_target(&maker, "list");
    uint32_t dict = add_object(&maker, "dict", 0);
    refer(&maker, target, dict, RG_ITEM, "a");
    refer(&maker, target, dict, RG_ITEM, "b");
    refer(&maker, target, dict, RG_ITEM, "c");
    refer(&maker, target, dict, RG_ITEM, "d");
    struct rg_view *view = view_of(&maker, 0);
    assert_int_equal(view->node_count, 2);
    assert_int_equal(view->edge_count, 1);
    assert_int_equal(view->edges[0].reference_count, 4);
    assert_int_equal(view->edges[0].label_count, 3);
    assert_true(label_is(view, view->edges[0].label[0], "a"));
    assert_true(label_is(view, view->edges[0].last, "d"));
    assert_int_equal(view->edges[0].flags, 0);
    assert_int_equal(view->counts.references, 4);
    assert_int_equal(view->counts.shown, 4);
    drop(&maker, view);
}

static void variables_are_gathered_into_their_root(void **state)
{
    (void)state;
    struct maker maker = make();
    uint32_t target = add_target(&maker, "list");
    uint32_t dict = add_object(&maker, "dict", 0);
    uint32_t frame = add_root(&maker, RG_ROOT_FRAME, "f");
    refer(&maker, target, dict, RG_ITEM, "a");
    variable(&maker, target, frame, RG_LOCAL, "x");
    variable(&maker, target, frame, RG_LOCAL, "y");
    variable(&maker, dict, frame, RG_LOCAL, "d");
    struct rg_view *view = view_of(&maker, 0);
    assert_int_equal(view->node_count, 3);
    assert_int_equal(count_kind(view, RG_VIEW_ROOT), 1);
    uint32_t root = node_of_root(view, frame);
    const struct rg_view_edge *edge =
        edge_between(view, root, node_of(view, target));
    assert_int_equal(edge->reference_count, 2);
    assert_non_null(edge_between(view, root, node_of(view, dict)));
    drop(&maker, view);
}

/* `count` objects of one type refer to the target in one way. */
static struct maker make_alike(uint32_t count, uint32_t *target)
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

static void four_alike_are_all_drawn(void **state)
{
    (void)state;
    uint32_t target;
    struct maker maker = make_alike(4, &target);
    struct rg_view *view = view_of(&maker, 0);
    assert_int_equal(count_kind(view, RG_VIEW_OBJECT), 6);
    assert_int_equal(only(view, RG_VIEW_STACK), RG_NONE);
    assert_int_equal(view->counts.collapsed, 0);
    drop(&maker, view);
}

static void beyond_three_alike_stand_in_a_stack(void **state)
{
    (void)state;
    uint32_t target;
    struct maker maker = make_alike(120, &target);
    struct rg_view *view = view_of(&maker, 0);
    uint32_t stack = only(view, RG_VIEW_STACK);
    assert_int_not_equal(stack, RG_NONE);
    assert_int_equal(view->nodes[stack].count, 117);
    assert_int_equal(count_kind(view, RG_VIEW_OBJECT), 5);
    const struct rg_view_edge *down =
        edge_between(view, stack, node_of(view, target));
    assert_int_equal(down->reference_count, 117);
    assert_true(down->flags & RG_VIEW_ALIKE);
    /* What refers to the members refers to the stack. */
    assert_int_equal(edge_between(view, node_of(view, 1), stack)->reference_count,
                     117);
    assert_int_equal(view->counts.references, 120);
    assert_int_equal(view->counts.shown, 3);
    assert_int_equal(view->counts.collapsed, 117);
    drop(&maker, view);
}

static void alike_means_type_kind_and_attribute(void **state)
{
    (void)state;
    struct maker maker = make();
    uint32_t target = add_target(&maker, "Config");
    for (int i = 0; i < 3; i++) {
        refer(&maker, target, add_object(&maker, "A", 0), RG_ATTRIBUTE, "x");
        refer(&maker, target, add_object(&maker, "A", 0), RG_ATTRIBUTE, "y");
        refer(&maker, target, add_object(&maker, "B", 0), RG_ATTRIBUTE, "x");
        refer(&maker, target, add_object(&maker, "A", 0), RG_CLOSURE, "x");
    }
    struct rg_view *view = view_of(&maker, 0);
    assert_int_equal(count_kind(view, RG_VIEW_OBJECT), 13);
    drop(&maker, view);
}

static void what_the_graph_only_counted_joins_the_stack(void **state)
{
    (void)state;
    struct maker maker = make();
    uint32_t target = add_target(&maker, "Config");
    for (int i = 0; i < 2; i++)
        refer(&maker, target, add_object(&maker, "A", 0), RG_ATTRIBUTE, "x");
    rest(&maker, target, 1, RG_ATTRIBUTE, 98);
    struct rg_view *view = view_of(&maker, 0);
    uint32_t stack = only(view, RG_VIEW_STACK);
    assert_int_equal(view->nodes[stack].count, 98);
    const struct rg_view_edge *edge =
        edge_between(view, stack, node_of(view, target));
    assert_int_equal(edge->reference_count, 98);
    assert_int_equal(edge->label_count, 0);
    assert_int_equal(edge->rest, 0);
    assert_int_equal(view->counts.references, 100);
    assert_int_equal(view->counts.collapsed, 98);
    drop(&maker, view);
}

static void one_container_many_times_is_one_edge(void **state)
{
    (void)state;
    struct maker maker = make();
    uint32_t target = add_target(&maker, "Config");
    uint32_t list = add_object(&maker, "list", 0);
    for (int i = 0; i < 5; i++)
        refer(&maker, target, list, RG_INDEX, "");
    rest(&maker, target, 4, RG_INDEX, 9995);
    struct rg_view *view = view_of(&maker, 0);
    assert_int_equal(view->node_count, 2);
    assert_int_equal(view->edges[0].reference_count, 10000);
    drop(&maker, view);
}

static void what_has_no_room_is_counted_where_it_was_cut(void **state)
{
    (void)state;
    static const char *const types[] = {"A", "B", "C", "D", "E", "F"};
    struct maker maker = make();
    uint32_t target = add_target(&maker, "Config");
    for (int i = 0; i < 6; i++)
        refer(&maker, target, add_object(&maker, types[i], 0), RG_ITEM, "x");
    struct rg_view *view = view_of(&maker, 3);
    assert_int_equal(count_kind(view, RG_VIEW_OBJECT), 3);
    uint32_t more = only(view, RG_VIEW_MORE);
    assert_int_equal(view->nodes[more].count, 4);
    assert_int_equal(view->nodes[more].flags, 0);
    assert_int_equal(view->counts.shown, 2);
    assert_int_equal(view->counts.collapsed, 4);
    drop(&maker, view);
}

/* `count` objects of different types refer to one, and that to the target. */
static size_t drawn_of(uint32_t count, bool to_target)
{
    struct maker maker = make();
    uint32_t referent = add_target(&maker, "Config");
    if (!to_target) {
        uint32_t busy = add_object(&maker, "Loop", 0);
        refer(&maker, referent, busy, RG_ITEM, "x");
        referent = busy;
    }
    for (uint32_t i = 0; i < count; i++) {
        char type[16];
        snprintf(type, sizeof type, "T%u", (unsigned)i);
        refer(&maker, referent, add_object(&maker, type, 0), RG_ITEM, "x");
    }
    struct rg_view *view = view_of(&maker, 0);
    size_t drawn = view->counts.objects_drawn - (to_target ? 1 : 2);
    uint32_t more = only(view, RG_VIEW_MORE);
    if (drawn < count)
        assert_int_equal(view->nodes[more].count, count - drawn);
    else
        assert_int_equal(more, RG_NONE);
    drop(&maker, view);
    return drawn;
}

static void a_busy_object_does_not_fill_the_picture(void **state)
{
    (void)state;
    assert_int_equal(drawn_of(8, false), 8);
    assert_int_equal(drawn_of(20, false), 8);
    assert_int_equal(drawn_of(20, true), 20);
}

static void a_depth_limit_is_marked(void **state)
{
    (void)state;
    struct maker maker = make();
    uint32_t target = add_target(&maker, "list");
    uint32_t cut = add_object(&maker, "Router", RG_OBJECT_DEPTH_LIMIT);
    refer(&maker, target, cut, RG_ATTRIBUTE, "x");
    struct rg_view *view = view_of(&maker, 0);
    uint32_t more = only(view, RG_VIEW_MORE);
    assert_int_equal(view->nodes[more].flags, RG_VIEW_DEPTH_LIMIT);
    assert_int_equal(edge_between(view, more, node_of(view, cut))
                         ->reference_count, 0);
    drop(&maker, view);
}

/* A chain of `count` objects of one referrer each, then a root. */
static struct maker make_chain(uint32_t count, enum rg_root_kind kind)
{
    struct maker maker = make();
    uint32_t below = add_target(&maker, "Payload");
    for (uint32_t i = 0; i < count; i++) {
        uint32_t object = add_object(&maker, "Node", 0);
        refer(&maker, below, object, RG_ATTRIBUTE, "next");
        below = object;
    }
    variable(&maker, below, add_root(&maker, kind, "m"), RG_MODULE_VARIABLE,
             "head");
    return maker;
}

static void six_steps_are_all_drawn(void **state)
{
    (void)state;
    struct maker maker = make_chain(6, RG_ROOT_MODULE);
    struct rg_view *view = view_of(&maker, 0);
    assert_int_equal(count_kind(view, RG_VIEW_OBJECT), 7);
    assert_int_equal(only(view, RG_VIEW_STEPS), RG_NONE);
    drop(&maker, view);
}

static void a_long_run_shows_its_ends(void **state)
{
    (void)state;
    struct maker maker = make_chain(98, RG_ROOT_MODULE);
    struct rg_view *view = view_of(&maker, 0);
    assert_int_equal(view->node_count, 5);
    uint32_t steps = only(view, RG_VIEW_STEPS);
    assert_int_equal(view->nodes[steps].count, 96);
    assert_non_null(edge_between(view, node_of(view, 98), steps));
    assert_non_null(edge_between(view, steps, node_of(view, 1)));
    assert_int_equal(view->path_count, 99);
    for (size_t i = 0; i < view->node_count; i++)
        assert_true(view->nodes[i].flags & RG_VIEW_ON_PATH);
    drop(&maker, view);
}

static void a_long_run_off_the_path_shows_its_ends(void **state)
{
    (void)state;
    struct maker maker = make_chain(98, RG_ROOT_MODULE);
    variable(&maker, 0, add_root(&maker, RG_ROOT_MODULE, "a"), RG_GLOBAL, "X");
    struct rg_view *view = view_of(&maker, 0);
    assert_int_equal(view->path_count, 1);
    assert_int_equal(view->nodes[only(view, RG_VIEW_STEPS)].count, 96);
    assert_int_equal(count_kind(view, RG_VIEW_OBJECT), 3);
    drop(&maker, view);
}

static void a_run_that_holds_something_else_is_not_hidden(void **state)
{
    (void)state;
    struct maker maker = make_chain(20, RG_ROOT_FRAME);
    refer(&maker, 0, 10, RG_ATTRIBUTE, "owner");
    struct rg_view *view = view_of(&maker, 0);
    assert_int_not_equal(node_of(view, 10), RG_NONE);
    assert_non_null(edge_between(view, node_of(view, 10), node_of(view, 0)));
    drop(&maker, view);
}

/* Every object refers to its neighbours: no run, but a long path. */
static void a_long_path_loses_its_middle(void **state)
{
    (void)state;
    struct maker maker = make();
    add_target(&maker, "Entry");
    for (uint32_t i = 1; i < 200; i++) {
        add_object(&maker, "Entry", 0);
        refer(&maker, i - 1, i, RG_ATTRIBUTE, "next");
        refer(&maker, i, i - 1, RG_ATTRIBUTE, "prev");
    }
    variable(&maker, 199, add_root(&maker, RG_ROOT_MODULE, "m"), RG_GLOBAL,
             "HEAD");
    struct rg_view *view = view_of(&maker, 10);
    assert_true(view->counts.objects_drawn <= 10);
    uint32_t steps = only(view, RG_VIEW_STEPS);
    assert_int_equal(view->nodes[steps].count + view->counts.objects_drawn, 200);
    assert_int_not_equal(node_of(view, 199), RG_NONE);
    assert_int_equal(view->path_count, 200);
    drop(&maker, view);
}

static void a_module_comes_before_a_nearer_frame(void **state)
{
    (void)state;
    struct maker maker = make();
    uint32_t target = add_target(&maker, "Request");
    uint32_t list = add_object(&maker, "list", 0);
    variable(&maker, target, add_root(&maker, RG_ROOT_FRAME, "f"), RG_LOCAL,
             "request");
    refer(&maker, target, list, RG_INDEX, "");
    variable(&maker, list, add_root(&maker, RG_ROOT_MODULE, "m"), RG_GLOBAL,
             "recent");
    struct rg_view *view = view_of(&maker, 0);
    assert_int_equal(view->path_count, 2);
    assert_true(label_is(view, view->path[0], "recent"));
    drop(&maker, view);
}

static void a_suspended_task_comes_before_a_frame(void **state)
{
    (void)state;
    struct maker maker = make();
    uint32_t target = add_target(&maker, "Request");
    uint32_t coroutine = add_object(&maker, "coroutine", RG_OBJECT_SUSPENDED);
    variable(&maker, target, add_root(&maker, RG_ROOT_FRAME, "f"), RG_LOCAL,
             "request");
    refer(&maker, target, coroutine, RG_COROUTINE_LOCAL, "req");
    struct rg_view *view = view_of(&maker, 0);
    assert_int_equal(view->path_count, 1);
    assert_true(label_is(view, view->path[0], "req"));
    assert_true(view->nodes[node_of(view, coroutine)].flags & RG_VIEW_ON_PATH);
    drop(&maker, view);
}

/* Whatever the order in which the graph has them. */
static void ties_are_broken_by_text(void **state)
{
    (void)state;
    struct maker maker = make();
    uint32_t target = add_target(&maker, "list");
    uint32_t late = add_object(&maker, "dict", 0);
    uint32_t early = add_object(&maker, "dict", 0);
    refer(&maker, target, late, RG_ITEM, "a");
    refer(&maker, target, early, RG_ITEM, "b");
    uint32_t z = add_root(&maker, RG_ROOT_MODULE, "z");
    uint32_t a = add_root(&maker, RG_ROOT_MODULE, "a");
    variable(&maker, late, z, RG_GLOBAL, "X");
    variable(&maker, early, a, RG_GLOBAL, "Y");
    variable(&maker, late, a, RG_GLOBAL, "Z");
    struct rg_view *view = view_of(&maker, 0);
    assert_true(label_is(view, view->path[0], "Y"));
    assert_true(label_is(view, view->path[1], "b"));
    drop(&maker, view);
}

static void later_steps_break_ties_too(void **state)
{
    (void)state;
    struct maker maker = make();
    uint32_t target = add_target(&maker, "list");
    uint32_t top = add_object(&maker, "App", 0);
    uint32_t one = add_object(&maker, "A", 0);
    uint32_t two = add_object(&maker, "B", 0);
    refer(&maker, target, one, RG_ATTRIBUTE, "a");
    refer(&maker, target, two, RG_ATTRIBUTE, "z");
    refer(&maker, one, top, RG_ATTRIBUTE, "y");
    refer(&maker, two, top, RG_ATTRIBUTE, "x");
    variable(&maker, top, add_root(&maker, RG_ROOT_MODULE, "m"), RG_GLOBAL,
             "app");
    struct rg_view *view = view_of(&maker, 0);
    assert_int_equal(view->path_count, 3);
    assert_true(label_is(view, view->path[1], "x"));
    assert_true(label_is(view, view->path[2], "z"));
    drop(&maker, view);
}

static void no_path_leads_over_a_weak_reference(void **state)
{
    (void)state;
    struct maker maker = make();
    uint32_t target = add_target(&maker, "Link");
    uint32_t set = add_object(&maker, "WeakSet", 0);
    refer(&maker, target, set, RG_WEAK, "");
    variable(&maker, set, add_root(&maker, RG_ROOT_MODULE, "m"), RG_GLOBAL,
             "ALL");
    struct rg_view *view = view_of(&maker, 0);
    assert_int_equal(view->path_count, 0);
    assert_int_equal(view->counts.references, 0);
    assert_int_equal(view->counts.weak, 1);
    assert_int_equal(edge_between(view, node_of(view, set), node_of(view, target))
                         ->flags, RG_VIEW_WEAK | RG_VIEW_ALIKE);
    drop(&maker, view);
}

static void the_edge_that_closes_a_cycle_is_marked(void **state)
{
    (void)state;
    struct maker maker = make();
    uint32_t target = add_target(&maker, "Link");
    uint32_t first = add_object(&maker, "Link", 0);
    refer(&maker, target, first, RG_ATTRIBUTE, "next");
    refer(&maker, first, target, RG_ATTRIBUTE, "prev");
    variable(&maker, first, add_root(&maker, RG_ROOT_FRAME, "build"), RG_LOCAL,
             "node");
    struct rg_view *view = view_of(&maker, 0);
    uint32_t t = node_of(view, target), f = node_of(view, first);
    assert_true(edge_between(view, t, f)->flags & RG_VIEW_CYCLE);
    assert_true(edge_between(view, f, t)->flags & RG_VIEW_ON_PATH);
    drop(&maker, view);
}

/* A frame refers to the target and to a dict that refers to it too. */
static void a_shorter_way_is_no_cycle(void **state)
{
    (void)state;
    struct maker maker = make();
    uint32_t target = add_target(&maker, "list");
    uint32_t dict = add_object(&maker, "dict", 0);
    uint32_t frame = add_root(&maker, RG_ROOT_FRAME, "f");
    refer(&maker, target, dict, RG_ITEM, "a");
    variable(&maker, target, frame, RG_LOCAL, "a");
    variable(&maker, dict, frame, RG_LOCAL, "d");
    struct rg_view *view = view_of(&maker, 0);
    for (size_t i = 0; i < view->edge_count; i++)
        assert_false(view->edges[i].flags & RG_VIEW_CYCLE);
    drop(&maker, view);
}

static void an_object_may_refer_to_itself(void **state)
{
    (void)state;
    struct maker maker = make();
    uint32_t target = add_target(&maker, "list");
    refer(&maker, target, target, RG_INDEX, "");
    struct rg_view *view = view_of(&maker, 0);
    assert_int_equal(view->node_count, 1);
    assert_true(view->edges[0].flags & RG_VIEW_CYCLE);
    drop(&maker, view);
}

static void ten_targets_are_drawn_and_a_stack(void **state)
{
    (void)state;
    struct maker maker = make();
    for (int i = 0; i < 25; i++)
        add_target(&maker, "Child");
    struct rg_view *view = view_of(&maker, 0);
    assert_int_equal(count_kind(view, RG_VIEW_OBJECT), 10);
    uint32_t stack = only(view, RG_VIEW_STACK);
    assert_int_equal(view->nodes[stack].count, 15);
    assert_int_equal(view->nodes[stack].flags, RG_VIEW_TARGET);
    drop(&maker, view);
}

static void the_path_leads_to_a_target_that_is_drawn(void **state)
{
    (void)state;
    struct maker maker = make();
    for (int i = 0; i < 25; i++)
        add_target(&maker, "Child");
    variable(&maker, 24, add_root(&maker, RG_ROOT_MODULE, "m"), RG_GLOBAL, "X");
    struct rg_view *view = view_of(&maker, 0);
    assert_int_equal(node_of(view, 24), 0);
    assert_int_equal(view->path_count, 1);
    drop(&maker, view);
}

static void frames_with_one_variable_name_are_alike(void **state)
{
    (void)state;
    struct maker maker = make();
    uint32_t target = add_target(&maker, "Config");
    for (int i = 0; i < 500; i++)
        variable(&maker, target, add_root(&maker, RG_ROOT_FRAME, "visit"),
                 RG_LOCAL, "config");
    struct rg_view *view = view_of(&maker, 0);
    assert_int_equal(count_kind(view, RG_VIEW_ROOT), 3);
    uint32_t stack = only(view, RG_VIEW_STACK);
    assert_int_equal(view->nodes[stack].count, 497);
    assert_int_equal(view->nodes[stack].object, RG_NONE);
    drop(&maker, view);
}

static void wide_views_are_drawn_left_to_right(void **state)
{
    (void)state;
    static const char *const types[] = {"A", "B", "C", "D", "E", "F"};
    struct maker maker = make();
    uint32_t target = add_target(&maker, "Config");
    for (int i = 0; i < 5; i++)
        refer(&maker, target, add_object(&maker, types[i], 0), RG_ITEM, "x");
    struct rg_view *view = view_of(&maker, 0);
    assert_false(view->left_to_right);      /* 5 x 150 px fit the page */
    drop(&maker, view);
    maker = make();
    target = add_target(&maker, "Config");
    for (int i = 0; i < 6; i++)
        refer(&maker, target, add_object(&maker, types[i], 0), RG_ITEM, "x");
    view = view_of(&maker, 0);
    assert_true(view->left_to_right);       /* 900 px, two levels are 410 */
    drop(&maker, view);
}

static void no_target_gives_an_empty_view(void **state)
{
    (void)state;
    struct maker maker = make();
    struct rg_view *view = view_of(&maker, 0);
    assert_int_equal(view->node_count, 0);
    assert_int_equal(view->edge_count, 0);
    drop(&maker, view);
}

/* A list nested 100,000 deep and 100,000 lists are ordinary inputs. */
static void deep_and_wide_graphs_are_reduced(void **state)
{
    (void)state;
    struct maker maker = make_chain(100000, RG_ROOT_MODULE);
    struct rg_view *view = view_of(&maker, 0);
    assert_int_equal(view->node_count, 5);
    assert_int_equal(view->path_count, 100001);
    drop(&maker, view);
    uint32_t target;
    maker = make_alike(100000, &target);
    view = view_of(&maker, 0);
    assert_int_equal(view->node_count, 6);
    drop(&maker, view);
}

static void a_failed_allocation_is_reported(void **state)
{
    (void)state;
    uint32_t target;
    struct maker maker = make_alike(10, &target);
    variable(&maker, 1, add_root(&maker, RG_ROOT_MODULE, "m"), RG_GLOBAL, "X");
    assert_int_equal(rg_graph_seal(maker.graph, NULL), RG_OK);
    struct rg_view_options options = {0};
    size_t failures = 0;
    for (size_t n = 1;; n++) {
        struct rg_error error = {0};
        failing_malloc_at(n);
        struct rg_view *view = rg_view_new(maker.graph, &options, &error);
        failing_malloc_off();
        if (!failing_malloc_reached()) {
            assert_non_null(view);
            rg_view_free(view);
            break;
        }
        failures++;
        assert_null(view);
        assert_int_equal(error.status, RG_ENOMEM);
    }
    assert_true(failures > 20);
    rg_graph_free(maker.graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(several_references_are_one_edge),
        cmocka_unit_test(variables_are_gathered_into_their_root),
        cmocka_unit_test(four_alike_are_all_drawn),
        cmocka_unit_test(beyond_three_alike_stand_in_a_stack),
        cmocka_unit_test(alike_means_type_kind_and_attribute),
        cmocka_unit_test(what_the_graph_only_counted_joins_the_stack),
        cmocka_unit_test(one_container_many_times_is_one_edge),
        cmocka_unit_test(what_has_no_room_is_counted_where_it_was_cut),
        cmocka_unit_test(a_busy_object_does_not_fill_the_picture),
        cmocka_unit_test(a_depth_limit_is_marked),
        cmocka_unit_test(six_steps_are_all_drawn),
        cmocka_unit_test(a_long_run_shows_its_ends),
        cmocka_unit_test(a_long_run_off_the_path_shows_its_ends),
        cmocka_unit_test(a_run_that_holds_something_else_is_not_hidden),
        cmocka_unit_test(a_long_path_loses_its_middle),
        cmocka_unit_test(a_module_comes_before_a_nearer_frame),
        cmocka_unit_test(a_suspended_task_comes_before_a_frame),
        cmocka_unit_test(ties_are_broken_by_text),
        cmocka_unit_test(later_steps_break_ties_too),
        cmocka_unit_test(no_path_leads_over_a_weak_reference),
        cmocka_unit_test(the_edge_that_closes_a_cycle_is_marked),
        cmocka_unit_test(a_shorter_way_is_no_cycle),
        cmocka_unit_test(an_object_may_refer_to_itself),
        cmocka_unit_test(ten_targets_are_drawn_and_a_stack),
        cmocka_unit_test(the_path_leads_to_a_target_that_is_drawn),
        cmocka_unit_test(frames_with_one_variable_name_are_alike),
        cmocka_unit_test(wide_views_are_drawn_left_to_right),
        cmocka_unit_test(no_target_gives_an_empty_view),
        cmocka_unit_test(deep_and_wide_graphs_are_reduced),
        cmocka_unit_test(a_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests_name("view", tests, NULL, NULL);
}
