/* What only leads back: on random small graphs, no object that is called idle
 * stands on a way from a root to a target that passes nothing twice. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "failing_malloc.h"
#include "view/viewing.h"
#include "unit.h"

enum { MOST_OBJECTS = 9, GRAPHS = 20000 };

struct walk {
    const struct rg_graph *graph;
    bool on_way[MOST_OBJECTS];    /* the way that is being walked */
    bool is_useful[MOST_OBJECTS]; /* stands on a way to a root */
};

static uint32_t state;

static uint32_t random_below(uint32_t limit)
{
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % limit;
}

/* All ways up from one object, each object at most once in each. */
static void walk_up(struct walk *walk, uint32_t object)
{
    const struct rg_object *o = &walk->graph->objects[object];
    bool is_start = o->reference_count == 0;
    walk->on_way[object] = true;
    for (uint32_t k = 0; k < o->reference_count; k++) {
        const struct rg_reference *reference =
            &walk->graph->references[o->first_reference + k];
        if (reference->root != RG_NONE)
            is_start = true;
        else if (!walk->on_way[reference->referrer])
            walk_up(walk, reference->referrer);
    }
    for (size_t i = 0; is_start && i < walk->graph->object_count; i++)
        walk->is_useful[i] = walk->is_useful[i] || walk->on_way[i];
    walk->on_way[object] = false;
}

static struct rg_graph *random_graph(void)
{
    struct rg_graph *graph = rg_graph_new();
    struct rg_root root = {.kind = RG_ROOT_MODULE};
    uint32_t count = 2 + random_below(MOST_OBJECTS - 1);
    uint32_t edges = random_below(2 * count + 2);
    rg_graph_add_root(graph, &root, NULL);
    for (uint32_t i = 0; i < count; i++) {
        struct rg_object object = {.id = i + 1, .items = -1, .depth = i != 0};
        rg_graph_add_object(graph, &object, NULL);
    }
    for (uint32_t i = 0; i < edges; i++) {
        bool is_variable = random_below(6) == 0;
        struct rg_reference reference = {
            .referent = random_below(count),
            .referrer = is_variable ? RG_NONE : random_below(count),
            .root = is_variable ? 0 : RG_NONE,
            .kind = is_variable ? RG_GLOBAL : RG_INDEX};
        rg_graph_add_reference(graph, &reference);
    }
    rg_graph_add_target(graph, 0);
    assert_int_equal(rg_graph_seal(graph, NULL), RG_OK);
    return graph;
}

static void no_idle_object_keeps_anything(void **unused)
{
    (void)unused;
    size_t idle = 0;
    state = 20261124;
    for (int i = 0; i < GRAPHS; i++) {
        struct rg_graph *graph = random_graph();
        struct walk walk = {.graph = graph};
        bool *is_idle;
        walk_up(&walk, 0);
        assert_int_equal(
            rg__view_find_idle(&(struct rg_view){.graph = graph}, &is_idle),
            RG_OK);
        for (size_t k = 0; k < graph->object_count; k++) {
            idle += is_idle[k];
            if (is_idle[k] && walk.is_useful[k])
                fail_msg("graph %d: object %zu is of use", i, k);
        }
        rg_free(is_idle);
        rg_graph_free(graph);
    }
    assert_true(idle > 1000);
}

static void add_object(struct rg_graph *graph, uint32_t referrer_of)
{
    struct rg_object object = {.id = graph->object_count + 1,
                               .items = -1,
                               .depth = referrer_of != RG_NONE};
    struct rg_reference reference = {
        .referent = referrer_of, .root = RG_NONE, .kind = RG_INDEX};
    rg_graph_add_object(graph, &object, &reference.referrer);
    if (referrer_of != RG_NONE)
        rg_graph_add_reference(graph, &reference);
}

/* A loop of callbacks behind a task is counted at the task. */
static void what_leads_back_is_counted_where_it_does(void **unused)
{
    (void)unused;
    struct rg_graph *graph = rg_graph_new();
    struct rg_root root = {.kind = RG_ROOT_MODULE};
    struct rg_reference back = {.root = RG_NONE, .kind = RG_INDEX};
    struct rg_view_options defaults = {0};
    rg_graph_add_root(graph, &root, NULL);
    add_object(graph, RG_NONE); /* 0 target */
    add_object(graph, 0);       /* 1 task */
    add_object(graph, 1);       /* 2 callback */
    add_object(graph, 2);       /* 3 future, that the task refers to */
    back.referent = 3;
    back.referrer = 1;
    rg_graph_add_reference(graph, &back);
    struct rg_reference variable = {
        .referent = 1, .referrer = RG_NONE, .root = 0, .kind = RG_GLOBAL};
    rg_graph_add_reference(graph, &variable);
    rg_graph_add_target(graph, 0);
    assert_int_equal(rg_graph_seal(graph, NULL), RG_OK);
    struct rg_view *view = rg_view_new(graph, &defaults, NULL);
    assert_int_equal(view->counts.objects_drawn, 2);
    const struct rg_view_node *more = &view->nodes[view->node_count - 1];
    for (size_t i = 0; i < view->node_count; i++)
        if (view->nodes[i].kind == RG_VIEW_MORE)
            more = &view->nodes[i];
    assert_int_equal(more->kind, RG_VIEW_MORE);
    assert_int_equal(more->count, 1);
    assert_true(more->flags & RG_VIEW_CYCLE);
    rg_view_free(view);
    rg_graph_free(graph);
}

/* A parent and its children, each with a way back to it. */
static struct rg_view *family(struct rg_graph *graph, uint32_t children)
{
    struct rg_root root = {.kind = RG_ROOT_MODULE};
    struct rg_view_options defaults = {0};
    rg_graph_add_root(graph, &root, NULL);
    add_object(graph, RG_NONE); /* 0 the parent, a target */
    for (uint32_t i = 1; i <= children; i++) {
        struct rg_reference child = {.referent = i,
                                     .referrer = 0,
                                     .root = RG_NONE,
                                     .kind = RG_INDEX,
                                     .number = i};
        add_object(graph, 0);
        rg_graph_add_reference(graph, &child);
    }
    struct rg_reference variable = {
        .referent = 0, .referrer = RG_NONE, .root = 0, .kind = RG_GLOBAL};
    rg_graph_add_reference(graph, &variable);
    rg_graph_add_target(graph, 0);
    assert_int_equal(rg_graph_seal(graph, NULL), RG_OK);
    return rg_view_new(graph, &defaults, NULL);
}

static void a_few_children_are_drawn_and_many_are_counted(void **unused)
{
    (void)unused;
    for (uint32_t children = 1; children < 9; children++) {
        struct rg_graph *graph = rg_graph_new();
        struct rg_view *view = family(graph, children);
        size_t counted = 0;
        for (size_t i = 0; i < view->node_count; i++)
            if (view->nodes[i].kind == RG_VIEW_MORE &&
                view->nodes[i].flags & RG_VIEW_CYCLE)
                counted += view->nodes[i].count;
        assert_int_equal(view->counts.objects_drawn,
                         children <= 3 ? 1 + children : 1);
        assert_int_equal(counted, children <= 3 ? 0 : children);
        rg_view_free(view);
        rg_graph_free(graph);
    }
}

static void a_failed_allocation_is_reported(void **unused)
{
    (void)unused;
    struct rg_graph *graph = random_graph();
    size_t failures = 0;
    for (size_t n = 1;; n++) {
        bool *is_idle;
        failing_malloc_at(n);
        enum rg_status status =
            rg__view_find_idle(&(struct rg_view){.graph = graph}, &is_idle);
        failing_malloc_off();
        rg_free(is_idle);
        if (!failing_malloc_reached()) {
            assert_int_equal(status, RG_OK);
            break;
        }
        failures++;
        assert_int_equal(status, RG_ENOMEM);
    }
    assert_true(failures > 8);
    rg_graph_free(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_idle_object_keeps_anything),
        cmocka_unit_test(what_leads_back_is_counted_where_it_does),
        cmocka_unit_test(a_few_children_are_drawn_and_many_are_counted),
        cmocka_unit_test(a_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests_name("idle", tests, NULL, NULL);
}
