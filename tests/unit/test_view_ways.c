/* A picture of nothing but the ways from roots: what is drawn, what is counted,
 * and when it is drawn unasked. */
#include "failing_malloc.h"
#include "render/fit.h"
#include "unit.h"
#include "views.h"

enum { HOLDERS = 6 };

/* A module holds a list, which holds the target; a frame holds another object
 * that holds it; and six more objects hold it, each behind others, of which
 * nobody knows what refers to them. */
struct crowd {
    struct maker maker;
    uint32_t target, list, cache, module, frame;
    int levels;
};

static void add_holders(struct crowd *crowd, const char *label)
{
    static const char *const types[HOLDERS] = {"Alpha", "Beta", "Gamma",
                                               "Delta", "Zeta", "Eta"};
    for (int i = 0; i < HOLDERS; i++) {
        uint32_t below = crowd->target;
        for (int level = 1; level <= crowd->levels; level++) {
            uint32_t holder =
                add_object(&crowd->maker, types[i],
                           level == crowd->levels ? RG_OBJECT_NOT_FOLLOWED : 0);
            refer(&crowd->maker, below, holder, RG_ATTRIBUTE, label);
            below = holder;
        }
    }
}

static struct crowd make_crowd(int levels, const char *label)
{
    struct crowd crowd = {.maker = make(), .levels = levels};
    crowd.target = add_target(&crowd.maker, "Config");
    crowd.list = add_object(&crowd.maker, "list", 0);
    crowd.cache = add_object(&crowd.maker, "Cache", 0);
    refer(&crowd.maker, crowd.target, crowd.list, RG_INDEX, "");
    refer(&crowd.maker, crowd.target, crowd.cache, RG_ATTRIBUTE, "kept");
    add_holders(&crowd, label);
    crowd.module = add_root(&crowd.maker, RG_ROOT_MODULE, "m");
    crowd.frame = add_root(&crowd.maker, RG_ROOT_FRAME, "f");
    variable(&crowd.maker, crowd.list, crowd.module, RG_GLOBAL, "CONFIGS");
    variable(&crowd.maker, crowd.cache, crowd.frame, RG_LOCAL, "cache");
    emphasise(&crowd.maker, 0, 1, crowd.module,
              (uint32_t[]){crowd.list, crowd.target}, 2);
    seal(&crowd.maker);
    return crowd;
}

/* Too wide for any page: five boxes and five long words in a row. */
static struct crowd make_wide_crowd(void)
{
    return make_crowd(5, "the_name_of_an_attribute_that_is_long");
}

static struct rg_view *fit(const struct crowd *crowd, enum rg_paths paths,
                           size_t max_objects)
{
    const struct rg_fit_options options = {.paths = paths,
                                           .max_objects = max_objects};
    struct rg_error error = {0};
    struct rg_view *view = rg_fit_view(crowd->maker.graph, &options, &error);
    assert_non_null(view);
    assert_int_equal(rg_view_check(view, &error), RG_OK);
    return view;
}

static void only_the_ways_from_roots_are_drawn(void **state)
{
    (void)state;
    struct crowd crowd = make_crowd(1, "x");
    struct rg_view *view = fit(&crowd, RG_PATHS_ONLY, 0);
    assert_true(view->counts.paths_only);
    assert_int_equal(view->counts.objects_drawn, 3);
    assert_int_not_equal(node_of(view, crowd.list), RG_NONE);
    assert_int_not_equal(node_of(view, crowd.cache), RG_NONE);
    assert_int_not_equal(node_of_root(view, crowd.module), RG_NONE);
    assert_int_not_equal(node_of_root(view, crowd.frame), RG_NONE);
    uint32_t more = only(view, RG_VIEW_MORE);
    assert_int_equal(view->nodes[more].count, HOLDERS);
    assert_false(view->nodes[more].flags & RG_VIEW_CYCLE);
    assert_int_equal(view->counts.shown + view->counts.collapsed,
                     view->counts.references);
    drop(&crowd.maker, view);
}

static void what_can_be_read_is_drawn_as_a_whole(void **state)
{
    (void)state;
    struct crowd crowd = make_crowd(1, "x");
    struct rg_view *view = fit(&crowd, RG_PATHS_AUTOMATIC, 0);
    assert_false(view->counts.paths_only);
    assert_int_equal(view->counts.objects_drawn, 3 + HOLDERS);
    drop(&crowd.maker, view);
}

static void what_is_too_wide_shows_the_paths(void **state)
{
    (void)state;
    struct crowd crowd = make_wide_crowd();
    struct rg_view *view = fit(&crowd, RG_PATHS_AUTOMATIC, 0);
    assert_true(view->counts.paths_only);
    assert_false(view->is_wide);
    drop(&crowd.maker, view);
}

static void unless_somebody_asked_for_all_or_for_so_many(void **state)
{
    (void)state;
    struct crowd crowd = make_wide_crowd();
    struct rg_view *all = fit(&crowd, RG_PATHS_AND_ALL, 0);
    assert_false(all->counts.paths_only);
    assert_true(all->is_wide);
    struct rg_view *many = fit(&crowd, RG_PATHS_AUTOMATIC, 30);
    assert_false(many->counts.paths_only);
    assert_true(many->counts.objects_drawn > 3 + HOLDERS);
    rg_view_free(all);
    drop(&crowd.maker, many);
}

/* Garbage has no root: what keeps it is drawn. */
static void without_a_path_all_is_drawn(void **state)
{
    (void)state;
    struct crowd crowd = {.maker = make()};
    crowd.target = add_target(&crowd.maker, "Node");
    crowd.list = add_object(&crowd.maker, "list", 0);
    refer(&crowd.maker, crowd.target, crowd.list, RG_INDEX, "");
    refer(&crowd.maker, crowd.list, crowd.target, RG_ATTRIBUTE, "kids");
    seal(&crowd.maker);
    struct rg_view *view = fit(&crowd, RG_PATHS_ONLY, 0);
    assert_false(view->counts.paths_only);
    assert_int_equal(view->counts.objects_drawn, 2);
    drop(&crowd.maker, view);
}

static void memory_may_end_anywhere(void **state)
{
    (void)state;
    const struct rg_fit_options options = {0};
    struct crowd crowd = make_wide_crowd();
    size_t failures = 0;
    for (size_t n = 1;; n++) {
        struct rg_error error = {0};
        failing_malloc_at(n);
        struct rg_view *view = rg_fit_view(crowd.maker.graph, &options, &error);
        failing_malloc_off();
        bool is_done = !failing_malloc_reached();
        assert_int_equal(view != NULL, is_done);
        rg_view_free(view);
        if (is_done)
            break;
        failures++;
        assert_int_equal(error.status, RG_ENOMEM);
    }
    assert_true(failures > 20);
    drop(&crowd.maker, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_ways_from_roots_are_drawn),
        cmocka_unit_test(what_can_be_read_is_drawn_as_a_whole),
        cmocka_unit_test(what_is_too_wide_shows_the_paths),
        cmocka_unit_test(unless_somebody_asked_for_all_or_for_so_many),
        cmocka_unit_test(without_a_path_all_is_drawn),
        cmocka_unit_test(memory_may_end_anywhere),
    };
    return cmocka_run_group_tests_name("view_ways", tests, NULL, NULL);
}
