/* The path that a view emphasises: which of those that a graph carries, which
 * of its steps are drawn, and which edges close a cycle. */
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
    uint32_t root = add_root(&maker, RG_ROOT_MODULE, "a");
    variable(&maker, 0, root, RG_GLOBAL, "X");
    maker.graph->path_count = maker.graph->step_count = 0;
    emphasise(&maker, 0, 1, root, (uint32_t[]){0}, 1);
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
    uint32_t objects[200] = {[199] = add_target(&maker, "Entry")};
    for (uint32_t i = 1; i < 200; i++) {
        objects[199 - i] = add_object(&maker, "Entry", 0);
        refer(&maker, i - 1, i, RG_ATTRIBUTE, "next");
        refer(&maker, i, i - 1, RG_ATTRIBUTE, "prev");
    }
    uint32_t root = add_root(&maker, RG_ROOT_MODULE, "m");
    variable(&maker, 199, root, RG_GLOBAL, "HEAD");
    emphasise(&maker, 0, 1, root, objects, 200);
    struct rg_view *view = view_of(&maker, 10);
    assert_true(view->counts.objects_drawn <= 10);
    uint32_t steps = only(view, RG_VIEW_STEPS);
    assert_int_equal(view->nodes[steps].count + view->counts.objects_drawn,
                     200);
    assert_int_not_equal(node_of(view, 199), RG_NONE);
    assert_int_equal(view->path_count, 200);
    drop(&maker, view);
}

/* A frame's variable is nearer, and the view is not asked. */
static void the_path_is_the_one_that_the_graph_carries(void **state)
{
    (void)state;
    struct maker maker = make();
    uint32_t target = add_target(&maker, "Request");
    uint32_t list = add_object(&maker, "list", 0);
    variable(&maker, target, add_root(&maker, RG_ROOT_FRAME, "f"), RG_LOCAL,
             "request");
    refer(&maker, target, list, RG_INDEX, "");
    uint32_t module = add_root(&maker, RG_ROOT_MODULE, "m");
    variable(&maker, list, module, RG_GLOBAL, "recent");
    emphasise(&maker, 0, 1, module, (uint32_t[]){list, target}, 2);
    struct rg_view *view = view_of(&maker, 0);
    assert_int_equal(view->path_count, 2);
    assert_true(label_is(view, view->path[0], "recent"));
    assert_ptr_equal(rg_view_emphasised(view), maker.graph->paths);
    drop(&maker, view);
}

static void without_a_path_nothing_is_emphasised(void **state)
{
    (void)state;
    struct maker maker = make();
    uint32_t target = add_target(&maker, "Request");
    variable(&maker, target, add_root(&maker, RG_ROOT_MODULE, "m"), RG_GLOBAL,
             "request");
    struct rg_view *view = view_of(&maker, 0);
    assert_int_equal(view->path_count, 0);
    assert_null(rg_view_emphasised(view));
    for (size_t i = 0; i < view->node_count; i++)
        assert_false(view->nodes[i].flags & RG_VIEW_ON_PATH);
    drop(&maker, view);
}

static void a_path_may_start_at_a_suspended_task(void **state)
{
    (void)state;
    struct maker maker = make();
    uint32_t target = add_target(&maker, "Request");
    uint32_t coroutine = add_object(&maker, "coroutine", RG_OBJECT_SUSPENDED);
    variable(&maker, target, add_root(&maker, RG_ROOT_FRAME, "f"), RG_LOCAL,
             "request");
    refer(&maker, target, coroutine, RG_COROUTINE_LOCAL, "req");
    emphasise(&maker, 0, 1, RG_NONE, (uint32_t[]){coroutine, target}, 2);
    struct rg_view *view = view_of(&maker, 0);
    assert_int_equal(view->path_count, 1);
    assert_true(label_is(view, view->path[0], "req"));
    assert_true(view->nodes[node_of(view, coroutine)].flags & RG_VIEW_ON_PATH);
    drop(&maker, view);
}

/* Three targets, each with a variable of its own. */
static struct maker make_three(uint32_t *roots)
{
    struct maker maker = make();
    for (uint32_t i = 0; i < 3; i++) {
        add_target(&maker, "Request");
        roots[i] = add_root(&maker, RG_ROOT_MODULE,
                            i == 0   ? "a"
                            : i == 1 ? "b"
                                     : "c");
        variable(&maker, i, roots[i], RG_GLOBAL, "X");
    }
    return maker;
}

static void
of_several_paths_that_of_the_most_targets_is_emphasised(void **state)
{
    (void)state;
    uint32_t roots[3];
    struct maker maker = make_three(roots);
    emphasise(&maker, 0, 1, roots[0], (uint32_t[]){0}, 1);
    emphasise(&maker, 1, 2, roots[1], (uint32_t[]){1}, 1);
    emphasise(&maker, 2, 2, roots[2], (uint32_t[]){2}, 1);
    struct rg_view *view = view_of(&maker, 0);
    assert_ptr_equal(rg_view_emphasised(view), &maker.graph->paths[1]);
    assert_true(view->nodes[node_of_root(view, roots[1])].flags &
                RG_VIEW_ON_PATH);
    drop(&maker, view);
}

/* A root past the depth limit: the list is the last object that is shown. */
static void a_path_that_a_limit_cut_keeps_its_end(void **state)
{
    (void)state;
    struct maker maker = make();
    uint32_t target = add_target(&maker, "Request");
    uint32_t list = add_object(&maker, "list", RG_OBJECT_DEPTH_LIMIT);
    variable(&maker, target, add_root(&maker, RG_ROOT_FRAME, "f"), RG_LOCAL,
             "request");
    refer(&maker, target, list, RG_INDEX, "");
    emphasise(&maker, 0, 1, add_root(&maker, RG_ROOT_MODULE, "m"),
              (uint32_t[]){list, target}, 2);
    struct rg_view *view = view_of(&maker, 0);
    assert_int_equal(view->path_count, 1);
    assert_int_equal(maker.graph->references[view->path[0]].referrer, list);
    assert_ptr_equal(rg_view_emphasised(view), maker.graph->paths);
    drop(&maker, view);
}

static void a_path_without_an_end_gives_way_to_the_next(void **state)
{
    (void)state;
    uint32_t roots[3];
    struct maker maker = make_three(roots);
    emphasise(&maker, 0, 3, roots[1], (uint32_t[]){0}, 1);
    emphasise(&maker, 1, 1, roots[1], (uint32_t[]){1}, 1);
    struct rg_view *view = view_of(&maker, 0);
    assert_ptr_equal(rg_view_emphasised(view), &maker.graph->paths[1]);
    drop(&maker, view);
}

/* What only a cycle holds has a path that goes round. */
static void a_cycle_is_not_emphasised(void **state)
{
    (void)state;
    for (int has_verdict = 0; has_verdict < 2; has_verdict++) {
        struct maker maker = make();
        uint32_t target = add_target(&maker, "Node");
        uint32_t other = add_object(&maker, "Node", 0);
        const struct rg_verdict verdict = {
            .target = target, .kind = RG_VERDICT_GARBAGE, .generation = -1};
        refer(&maker, target, other, RG_ATTRIBUTE, "peer");
        refer(&maker, other, target, RG_ATTRIBUTE, "peer");
        emphasise(&maker, 0, 1, RG_NONE,
                  has_verdict ? (uint32_t[]){other, target}
                              : (uint32_t[]){target, other, target},
                  has_verdict ? 2 : 3);
        if (has_verdict)
            assert_int_equal(rg_graph_add_verdict(maker.graph, &verdict),
                             RG_OK);
        struct rg_view *view = view_of(&maker, 0);
        assert_int_equal(view->path_count, 0);
        drop(&maker, view);
    }
}

static void no_path_leads_over_a_weak_reference(void **state)
{
    (void)state;
    struct maker maker = make();
    uint32_t target = add_target(&maker, "Link");
    uint32_t set = add_object(&maker, "WeakSet", 0);
    refer(&maker, target, set, RG_WEAK, "");
    uint32_t root = add_root(&maker, RG_ROOT_MODULE, "m");
    variable(&maker, set, root, RG_GLOBAL, "ALL");
    emphasise(&maker, 0, 1, root, (uint32_t[]){set, target}, 2);
    struct rg_view *view = view_of(&maker, 0);
    assert_int_equal(view->path_count, 0);
    assert_int_equal(view->counts.references, 0);
    assert_int_equal(view->counts.weak, 1);
    assert_int_equal(
        edge_between(view, node_of(view, set), node_of(view, target))->flags,
        RG_VIEW_WEAK | RG_VIEW_ALIKE);
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
    uint32_t root = add_root(&maker, RG_ROOT_FRAME, "build");
    variable(&maker, first, root, RG_LOCAL, "node");
    emphasise(&maker, 0, 1, root, (uint32_t[]){first, target}, 2);
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
    uint32_t root = add_root(&maker, RG_ROOT_MODULE, "m");
    variable(&maker, 24, root, RG_GLOBAL, "X");
    emphasise(&maker, 24, 1, root, (uint32_t[]){24}, 1);
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
        cmocka_unit_test(the_path_is_the_one_that_the_graph_carries),
        cmocka_unit_test(without_a_path_nothing_is_emphasised),
        cmocka_unit_test(a_path_may_start_at_a_suspended_task),
        cmocka_unit_test(
            of_several_paths_that_of_the_most_targets_is_emphasised),
        cmocka_unit_test(a_path_that_a_limit_cut_keeps_its_end),
        cmocka_unit_test(a_path_without_an_end_gives_way_to_the_next),
        cmocka_unit_test(a_cycle_is_not_emphasised),
        cmocka_unit_test(no_path_leads_over_a_weak_reference),
        cmocka_unit_test(the_edge_that_closes_a_cycle_is_marked),
        cmocka_unit_test(a_shorter_way_is_no_cycle),
        cmocka_unit_test(an_object_may_refer_to_itself),
        cmocka_unit_test(the_path_leads_to_a_target_that_is_drawn),
    };
    return cmocka_run_group_tests_name("view_path", tests, NULL, NULL);
}
