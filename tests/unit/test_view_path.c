/* The path that a view emphasises: which one it is, which of its steps are
 * drawn, and which edges close a cycle. */
#include "unit.h"
#include "views.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
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
        cmocka_unit_test(the_path_leads_to_a_target_that_is_drawn),
    };
    return cmocka_run_group_tests_name("view_path", tests, NULL, NULL);
}
