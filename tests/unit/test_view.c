/* What is drawn of a graph, what is gathered and stacked, and what is only
 * counted.  The path and what leads along it: test_view_path.c. */
#include <stdio.h>

#include "failing_malloc.h"
#include "unit.h"
#include "views.h"

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
    assert_int_equal(
        edge_between(view, node_of(view, 1), stack)->reference_count, 117);
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
    assert_int_equal(
        edge_between(view, more, node_of(view, cut))->reference_count, 0);
    drop(&maker, view);
}

static void three_targets_of_a_type_are_drawn_and_a_stack(void **state)
{
    (void)state;
    for (int count = 1; count < 9; count++) {
        struct maker maker = make();
        for (int i = 0; i < count; i++)
            add_target(&maker, "Child");
        struct rg_view *view = view_of(&maker, 0);
        assert_int_equal(count_kind(view, RG_VIEW_OBJECT),
                         count <= 4 ? count : 3);
        uint32_t stack = only(view, RG_VIEW_STACK);
        assert_int_equal(stack != RG_NONE, count > 4);
        if (stack != RG_NONE) {
            assert_int_equal(view->nodes[stack].count, count - 3);
            assert_int_equal(view->nodes[stack].flags, RG_VIEW_TARGET);
        }
        drop(&maker, view);
    }
}

/* A stack says of what it is, so each type has one of its own. */
static void each_type_of_targets_has_its_stack(void **state)
{
    (void)state;
    static const char *const types[] = {"Alpha", "Beta", "Gamma", "Delta",
                                        "Epsilon"};
    struct maker maker = make();
    for (int i = 0; i < 50; i++)
        add_target(&maker, types[i % 5]);
    struct rg_view *view = view_of(&maker, 0);
    uint64_t stacked = 0;
    for (size_t i = 0; i < view->node_count; i++)
        if (view->nodes[i].kind == RG_VIEW_STACK)
            stacked += view->nodes[i].count;
    assert_int_equal(count_kind(view, RG_VIEW_OBJECT), 10);
    assert_int_equal(count_kind(view, RG_VIEW_STACK), 5);
    assert_int_equal(stacked, 40);
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
    uint32_t root = add_root(&maker, RG_ROOT_MODULE, "m");
    variable(&maker, 1, root, RG_GLOBAL, "X");
    emphasise(&maker, 0, 1, root, (uint32_t[]){1, target}, 2);
    seal(&maker);
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
        cmocka_unit_test(three_targets_of_a_type_are_drawn_and_a_stack),
        cmocka_unit_test(each_type_of_targets_has_its_stack),
        cmocka_unit_test(frames_with_one_variable_name_are_alike),
        cmocka_unit_test(no_target_gives_an_empty_view),
        cmocka_unit_test(deep_and_wide_graphs_are_reduced),
        cmocka_unit_test(a_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests_name("view", tests, NULL, NULL);
}
